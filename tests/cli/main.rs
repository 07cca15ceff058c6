//! The program from outside, verb by verb: one file a verb, and what all verbs have in common.

#[path = "../support/mod.rs"]
mod support;

mod brief;
mod bundle;
mod check;
mod check_nagios;
mod completions;
mod compute;
mod corrections;
mod diff;
mod due;
mod explain;
mod formats;
mod help;
mod import;
mod init;
mod log;
mod man;
mod notice;
mod pack;
mod party;
mod pipes;
mod positions;
mod quotes;
mod record;
mod replay;
mod residual;
mod rules;
mod run;
mod schema;
mod status;
mod timeline;
mod topics;
mod verify;
mod verify_against;
mod verify_stamp;
mod what_if;
mod where_is_it;
