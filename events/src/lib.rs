//! What happened: every fact there is, how it is written down for ever, the tree of hashes over what is written,
//! and what a log promises. Nothing here knows what a fact implies, which database holds it, or what day it is.
//!
//! Read in this order: [`event`] (the facts), [`alert`] (those of scheduled runs), [`terms`] (an agreement's terms, carried and never interpreted),
//! [`date_spec`] (dates as texts have them), [`record`] (the envelope), [`codec`] (the bytes), [`seal`] (texts that are kept
//! out of them), [`tree`] (the hashes over them), [`checkpoint`] (size and root, signed), [`proof`] (both as texts for others),
//! [`log`] (the promise) and [`memory`] (its reference implementation).

pub mod alert;
pub mod event;
pub mod terms;

pub mod date_spec;
pub mod record;

pub mod codec;
pub mod compact;
pub mod seal;

pub mod checkpoint;
pub mod proof;
pub mod tree;

pub mod log;
pub mod memory;

#[cfg(feature = "contract")]
pub mod contract;

pub use date_spec::DateSpec;
pub use event::Event;
pub use log::{EventLog, LogError};
pub use record::{Draft, Record};
/// What ids are.
pub use uuid::Uuid;
