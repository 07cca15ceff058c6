//! Public holidays as data: each edition has a source, a range of years and the day from which it was known. Outside its range the
//! answer is "not covered", never "working day".

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

/// A calendar of public holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its id (`KR`, `GB-ENG`, `EU`).
    pub id: String,
    /// Its name.
    pub name: String,
    /// Editions, the latest last.
    pub editions: Vec<CalendarEdition>,
}

/// What was known of a calendar from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEdition {
    /// Day from which the program knew it.
    pub known_from: NaiveDate,
    /// First and last year that it covers.
    pub covers: (i32, i32),
    /// How far to trust it: `official`, `estimated`, `library`.
    pub status: String,
    /// Where it is from.
    pub source: String,
    /// The holidays: their names, and their status where it is not the edition's.
    pub days: BTreeMap<NaiveDate, (String, Option<String>)>,
}

/// The status of a day that is a holiday in some of a calendar's places only.
pub const LOCAL: &str = "local";

/// A day that a calendar does not cover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar {calendar} {}", reach(.years, .local, .day))]
pub struct NotCovered {
    /// The calendar.
    pub calendar: String,
    /// First and last year covered; `None` where nothing of it was known.
    pub years: Option<(i32, i32)>,
    /// The holiday's name, where it is one in some of the calendar's places only.
    pub local: Option<String>,
    /// The day asked about.
    pub day: NaiveDate,
}

fn reach(years: &Option<(i32, i32)>, local: &Option<String>, day: &NaiveDate) -> String {
    match (local, years) {
        (Some(name), _) => format!("has {day} for some places only: {name}"),
        (None, Some((first, last))) => format!("covers {first} to {last}, not {day}"),
        (None, None) => format!("covers nothing that was known, not {day}"),
    }
}

impl Calendar {
    /// The latest edition.
    pub fn latest(&self) -> Option<&CalendarEdition> {
        self.editions.last()
    }

    /// The holiday on a day, if it is one.
    ///
    /// # Errors
    /// [`NotCovered`] outside the years of the latest edition.
    pub fn holiday(&self, day: NaiveDate) -> Result<Option<&str>, NotCovered> {
        let edition = self.latest().filter(|edition| (edition.covers.0..=edition.covers.1).contains(&day.year()));
        let years = self.latest().map(|edition| edition.covers);
        let unknown = |local: Option<String>| NotCovered { calendar: self.id.clone(), years, local, day };
        let edition = edition.ok_or_else(|| unknown(None))?;
        match edition.days.get(&day) {
            Some((name, Some(status))) if status == LOCAL => Err(unknown(Some(name.clone()))),
            found => Ok(found.map(|(name, _)| name.as_str())),
        }
    }
}

/// Whether a day is on the weekend.
pub(crate) fn is_weekend(day: NaiveDate, weekend: &[Weekday]) -> bool {
    weekend.contains(&day.weekday())
}
