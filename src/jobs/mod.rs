//! The scheduled run: what falls due is flagged in the log, and whoever is to know is told. `plan` says who hears of what and when, `run` does
//! it, one at a time (`lock`); `message` is what a channel is handed, `items` puts it into words, `senders` finds the channel.

pub mod health;
pub mod lock;
pub mod plan;
pub mod run;

pub mod items;
pub mod message;

pub mod mail;
pub mod ping;
pub mod senders;
pub mod webhook;

pub mod http;
pub mod secret;
