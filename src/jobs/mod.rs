//! The scheduled run: what falls due is flagged in the log, and whoever is to know is told.

pub mod http;
pub mod mail;
pub mod message;
pub mod ping;
pub mod secret;
pub mod webhook;
