//! What every store must pass: the promises of [`EventLog`], one function each, and random histories beside the memory log.
//!
//! A store's own test says how an empty log is made and calls [`all`]. The suite must be able to fail: the tests of this crate
//! hand it logs that are broken on purpose, and each must be caught.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::log::{Clock, EventLog};

pub mod history;
pub mod promises;
pub mod samples;

/// Makes an empty log with this origin, which takes its time from this clock.
pub type Make<'a> = &'a dyn Fn(Uuid, HandClock) -> Box<dyn EventLog>;

/// Whether a promise is kept; if not, how it was found broken.
pub type Outcome = Result<(), String>;

/// A promise and the check that holds a log to it.
pub struct Promise {
    /// The promise, as a claim.
    pub name: &'static str,
    /// The check.
    pub check: fn(Make<'_>) -> Outcome,
}

/// A promise that a log does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The promise, as a claim.
    pub name: &'static str,
    /// What was found instead.
    pub found: String,
}

/// A clock that is set by hand. All its copies show the same time.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<Mutex<DateTime<Utc>>>);

impl HandClock {
    /// A clock that shows this instant until it is set.
    pub fn at(instant: DateTime<Utc>) -> Self {
        HandClock(Arc::new(Mutex::new(instant)))
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds a log to every promise.
///
/// # Panics
/// When a promise is broken; the message names each that is, and what was found.
pub fn all(make: Make<'_>) {
    let broken: Vec<String> = broken(make).iter().map(|one| format!("\n- {}: {}", one.name, one.found)).collect();
    assert!(broken.is_empty(), "the log breaks its promise:{}", broken.concat());
}

/// The promises that a log breaks, in the order of [`promises::ALL`]. A panic of the log counts as broken.
pub fn broken(make: Make<'_>) -> Vec<Broken> {
    let found = |promise: &Promise| {
        let outcome = catch_unwind(AssertUnwindSafe(|| (promise.check)(make)));
        let found = outcome.unwrap_or_else(|_| Err("it panicked".into())).err()?;
        Some(Broken { name: promise.name, found })
    };
    promises::ALL.iter().filter_map(found).collect()
}
