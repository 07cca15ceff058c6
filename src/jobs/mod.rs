//! The scheduled run: what falls due is flagged in the log, and whoever is to know is told.

pub mod message;
