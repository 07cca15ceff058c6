//! What a clause adds after a period: the first of the next month, a day of every year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

/// What a clause adds after the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The first day of the month after the one in which the period ends.
    FirstOfNextMonth,
    /// The first day of the month in which the period ends.
    FirstOfThatMonth,
    /// The next such day of a year.
    FixedDay(MonthDay),
}

/// A day of every year; 29 February is the last of February in a common year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// Why words are not what a clause adds, or not a day of every year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThenError {
    /// None of the words there are.
    #[error("`{0}` is not what a clause adds")]
    Unknown(String),
    /// Not a day of every year.
    #[error("`{0}` is not a day of the year")]
    NoDay(String),
}

impl ThenError {
    /// The code under which it is documented.
    pub fn code(&self) -> &'static str {
        match self {
            ThenError::Unknown(_) => "E0204",
            ThenError::NoDay(_) => "E0303",
        }
    }

    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            ThenError::Unknown(text) => {
                crate::fault::nearest(text, ["first-of-next-month", "first-of-that-month", "fixed-day=12-31"])
            }
            ThenError::NoDay(_) => "write month and day, as in 07-01".into(),
        }
    }
}

impl Then {
    /// The day that it makes of another, and the step in words.
    pub(super) fn of(self, day: NaiveDate) -> Option<NaiveDate> {
        let first = day.with_day(1)?;
        match self {
            Then::FirstOfNextMonth => first.checked_add_months(Months::new(1)),
            Then::FirstOfThatMonth => Some(first),
            Then::FixedDay(fixed) => fixed.on_or_after(day.succ_opt()?),
        }
    }
}

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Then::FirstOfNextMonth => f.write_str("the first day of the month after"),
            Then::FirstOfThatMonth => f.write_str("the first day of that month"),
            Then::FixedDay(fixed) => write!(f, "the next {fixed}"),
        }
    }
}

impl FromStr for Then {
    type Err = ThenError;

    fn from_str(text: &str) -> Result<Self, ThenError> {
        match text.split_once('=') {
            None if text == "first-of-next-month" => Ok(Then::FirstOfNextMonth),
            None if text == "first-of-that-month" => Ok(Then::FirstOfThatMonth),
            Some(("fixed-day", day)) => Ok(Then::FixedDay(day.parse()?)),
            _ => Err(ThenError::Unknown(text.into())),
        }
    }
}

impl MonthDay {
    /// A day that at least leap years have: month 1 to 12, and a day of it.
    pub fn new(month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| MonthDay { month, day })
    }

    /// 29 February, which common years do not have.
    pub fn is_leap_day(self) -> bool {
        (self.month, self.day) == (2, 29)
    }

    /// The first such day that is not before another.
    pub fn on_or_after(self, day: NaiveDate) -> Option<NaiveDate> {
        let this = self.in_year(day.year())?;
        if day <= this { Some(this) } else { self.in_year(day.year() + 1) }
    }

    fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day).or_else(|| NaiveDate::from_ymd_opt(year, self.month, self.day - 1))
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = ThenError;

    fn from_str(text: &str) -> Result<Self, ThenError> {
        let number = |text: &str| {
            let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| is_number)
        };
        let day = text.split_once('-').and_then(|(month, day)| MonthDay::new(number(month)?, number(day)?));
        day.ok_or_else(|| ThenError::NoDay(text.into()))
    }
}
