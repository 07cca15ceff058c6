//! A date as the days that it could be.

use chrono::{NaiveDate, TimeDelta};

/// Days from the earliest to the latest that a date could be; a known date has both ends on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Earliest day.
    pub earliest: NaiveDate,
    /// Latest day, not before the earliest.
    pub latest: NaiveDate,
}

impl Span {
    /// A single day.
    pub fn day(day: NaiveDate) -> Self {
        Span { earliest: day, latest: day }
    }

    /// The day, if it is one.
    pub fn exact(self) -> Option<NaiveDate> {
        (self.earliest == self.latest).then_some(self.earliest)
    }

    /// Whether a day is one of those it could be.
    pub fn holds(self, other: Span) -> bool {
        self.earliest <= other.earliest && other.latest <= self.latest
    }

    /// The smallest span that holds both.
    pub fn hull(self, other: Span) -> Span {
        Span { earliest: self.earliest.min(other.earliest), latest: self.latest.max(other.latest) }
    }

    /// The smallest span that holds all of them; `None` where one has no date, or there are none.
    pub fn of_all(spans: impl IntoIterator<Item = Option<Span>>) -> Option<Span> {
        spans.into_iter().collect::<Option<Vec<Span>>>()?.into_iter().reduce(Span::hull)
    }

    /// No earlier than another: the later of two.
    pub fn later_of(self, other: Span) -> Span {
        Span { earliest: self.earliest.max(other.earliest), latest: self.latest.max(other.latest) }
    }

    /// So many days later, or earlier. `None` past the calendar's end.
    pub fn moved(self, days: i64) -> Option<Span> {
        let by = TimeDelta::try_days(days)?;
        Some(Span { earliest: self.earliest.checked_add_signed(by)?, latest: self.latest.checked_add_signed(by)? })
    }

    /// Both ends by the same rule, which never turns their order.
    pub fn map(self, rule: impl Fn(NaiveDate) -> Option<NaiveDate>) -> Option<Span> {
        Some(Span { earliest: rule(self.earliest)?, latest: rule(self.latest)? })
    }

    /// `2027-02-28`, `between 2026-11-22 and 2026-12-31`, or `by 2021-12-15` where nothing bounds the beginning.
    pub fn words(self) -> String {
        if self.earliest == self.latest {
            self.earliest.to_string()
        } else if self.earliest == NaiveDate::MIN {
            format!("by {}", self.latest)
        } else if self.latest == NaiveDate::MAX {
            format!("no earlier than {}", self.earliest)
        } else {
            format!("between {} and {}", self.earliest, self.latest)
        }
    }
}
