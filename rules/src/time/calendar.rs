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

/// A day that a calendar does not cover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar {calendar} covers {}, not {day}", covered(.years))]
pub struct NotCovered {
    /// The calendar.
    pub calendar: String,
    /// First and last year covered; `None` where nothing of it was known.
    pub years: Option<(i32, i32)>,
    /// The day asked about.
    pub day: NaiveDate,
}

fn covered(years: &Option<(i32, i32)>) -> String {
    years.map_or_else(|| "nothing that was known".into(), |(first, last)| format!("{first} to {last}"))
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
        let edition = edition.ok_or_else(|| NotCovered { calendar: self.id.clone(), years, day })?;
        Ok(edition.days.get(&day).map(|(name, _)| name.as_str()))
    }
}

/// Whether a day is on the weekend.
pub(crate) fn is_weekend(day: NaiveDate, weekend: &[Weekday]) -> bool {
    weekend.contains(&day.weekday())
}
