//! The program: the only place that meets a clock, a terminal, a file or an environment variable.
//! `cli` reads arguments, `agreement_file` reads what people write, `sources` the documents
//! it cites, `app` has the two motions, `texts` what stands beside the log, `report` lays answers out. `checkpoints` has keys, signatures
//! and proofs, `witness` those of logs elsewhere.

pub mod cli;

pub mod app;
pub mod derived;
pub mod erase;
pub mod packs;
pub mod texts;

pub mod agreement_file;
pub mod bundle;
pub mod pack;
pub mod report;
pub mod sources;

pub mod jobs;

pub mod checkpoints;
pub mod witness;

pub mod almanac;
pub mod kept;
pub mod rule_sets;

pub mod clock;
pub mod config;
pub mod error;
pub mod zones;

/// A replay makes and frees millions of small strings. It stands here, so that the benches measure what the program has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
