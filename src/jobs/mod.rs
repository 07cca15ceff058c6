//! The scheduled run: what falls due is flagged in the log, and whoever is to know is told. `plan` says who hears of what and when, `run` does
//! it, `message` is what a channel is handed, and `items` puts it into words.

pub mod items;
pub mod lock;
pub mod message;
pub mod plan;
pub mod run;
pub mod senders;
