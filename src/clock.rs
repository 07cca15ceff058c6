//! The only place that meets a clock.
#![allow(clippy::disallowed_methods)] // this is the one place that they are allowed in

use std::sync::OnceLock;

use chrono::{DateTime, Local, NaiveDate, Utc};

use crate::error::Error;

/// The instant now, for the log's own stamps.
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The instant now in whole seconds since 1970, as witnesses say when they cosign.
pub fn seconds() -> u64 {
    u64::try_from(now().timestamp()).unwrap_or(0)
}

/// Whether a test says which day it is.
pub fn is_set() -> bool {
    std::env::var_os("OBLIGO_TODAY").is_some_and(|day| !day.is_empty())
}

/// The day it is where the program runs: read once, so that no answer is given half before midnight and half after it; its stamp says which
/// day it was (`as_of`). `OBLIGO_TODAY` says another for tests; it changes what is asked, never what is recorded.
///
/// # Errors
/// [`Error::Refused`], if the variable is not a day.
pub fn today() -> Result<NaiveDate, Error> {
    static READ: OnceLock<NaiveDate> = OnceLock::new();
    match std::env::var("OBLIGO_TODAY") {
        Ok(text) if !text.is_empty() => {
            text.parse().map_err(|_| Error::refused("E0303", format!("OBLIGO_TODAY is `{text}`, not a day"), "write 2026-06-30"))
        }
        _ => Ok(*READ.get_or_init(|| Local::now().date_naive())),
    }
}
