//! Dates as texts have them: a day, a month, a quarter, a half-year, a year, a range, "by" a date, "around" a date, unknown.
//! Each has an earliest and a latest day it could mean; nothing is narrowed that the text leaves open.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use edtf_core::{Bound, Edtf};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A civil date as precisely as a text gives it.
///
/// Written as the text has it: `2025-05-07`, `2025-05`, `2025-Q3`, `2025-Q3/2025-Q4`, `2025-H2`, `2025`,
/// `by 2026-06`, `around 2026`, `unknown`, or the same in EDTF (ISO 8601-2), for example `2025-05~`.
///
/// # Examples
/// ```
/// use events::DateSpec;
/// let second_half: DateSpec = "2025-Q3/2025-Q4".parse()?;
/// assert_eq!(second_half.earliest().unwrap().to_string(), "2025-07-01");
/// assert_eq!(second_half.latest().unwrap().to_string(), "2025-12-31");
/// // Two lawful readings are no date:
/// assert!("03/04/2026".parse::<DateSpec>().is_err());
/// # Ok::<(), events::date_spec::DateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateSpec(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// A day, written `2025-05-07`: nearly every date of a log. It takes no memory beside the fact that it stands in.
    Day(NaiveDate),
    Words(Box<Words>),
}

/// Any other words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    text: String,
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A day or a range of days in which the day lies.
    Within,
    /// Any day up to and including the last of the range: `by 2026-06`.
    By,
    /// Near the range, how near is not said.
    Around,
    Unknown,
}

/// Why words are not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// The day is not in the calendar.
    #[error("`{written}` is not in the calendar: {why}")]
    Nonexistent {
        /// As written.
        written: String,
        /// What is wrong with it.
        why: String,
    },
    /// The words admit two dates.
    #[error("`{written}` is two dates: {first} (month first) or {second} (day first)")]
    Ambiguous {
        /// As written.
        written: String,
        /// Read month first.
        first: String,
        /// Read day first.
        second: String,
    },
    /// The range ends before it begins.
    #[error("`{written}` ends before it begins")]
    Backwards {
        /// As written.
        written: String,
    },
    /// The words are no date at all.
    #[error("`{written}` is not a date")]
    Unreadable {
        /// As written.
        written: String,
    },
}

impl DateError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            DateError::Nonexistent { .. } => "write a day that exists, or only the month".into(),
            DateError::Ambiguous { first, second, .. } => format!("write {first} or {second}"),
            DateError::Backwards { .. } => "write the earlier date first, as in 2025-Q3/2025-Q4".into(),
            DateError::Unreadable { .. } => {
                "write 2026-06-30, 2026-06, 2026-Q3, 2026-H2, 2026, 2026-Q3/2026-Q4, \"by 2026-06\" or \"around 2026\"".into()
            }
        }
    }
}

impl DateSpec {
    /// An exact day.
    pub fn day(day: NaiveDate) -> Self {
        DateSpec(Form::Day(day))
    }

    /// The earliest day it could be; `None` where the text sets no lower bound.
    pub fn earliest(&self) -> Option<NaiveDate> {
        match &self.0 {
            Form::Day(day) => Some(*day),
            Form::Words(words) => words.earliest,
        }
    }

    /// The latest day it could be; `None` where the text sets no upper bound.
    pub fn latest(&self) -> Option<NaiveDate> {
        match &self.0 {
            Form::Day(day) => Some(*day),
            Form::Words(words) => words.latest,
        }
    }

    /// The day, if it is one.
    pub fn exact(&self) -> Option<NaiveDate> {
        self.earliest().filter(|day| Some(*day) == self.latest())
    }

    /// Both ends, if both are known.
    pub fn bounds(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((self.earliest()?, self.latest()?))
    }

    /// The same, where it is a day in more words (`2026-05-07/2026-05-07`) as that day: what one writes twice is one thing. Not done where an
    /// entry is read: what stands in a log is as it was written.
    #[must_use]
    pub fn plain(self) -> Self {
        match self.exact().filter(|_| !self.is_approximate()) {
            Some(day) => DateSpec::day(day),
            None => self,
        }
    }

    /// Said to be near this date: neither end may be judged by.
    pub fn is_approximate(&self) -> bool {
        match &self.0 {
            Form::Day(_) => false,
            Form::Words(words) => words.shape == Shape::Around || words.text.contains(DOUBTS),
        }
    }

    /// Read as a deadline, the range in which it falls: `by 2026-06` falls between the first and the last of June,
    /// though the act itself may come on any day before.
    pub fn deadline(&self) -> Option<(NaiveDate, NaiveDate)> {
        match &self.0 {
            Form::Day(day) => Some((*day, *day)),
            Form::Words(words) => words.deadline(),
        }
    }
}

impl Words {
    fn deadline(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self.shape {
            Shape::By => {
                let (earliest, latest) = edtf_bounds(self.text.trim_start_matches("by ").trim()).ok()?;
                Some((earliest?, latest?))
            }
            Shape::Within | Shape::Around => Some((self.earliest?, self.latest?)),
            Shape::Unknown => None,
        }
    }
}

/// As written.
impl fmt::Display for DateSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Day(day) => day.fmt(f),
            Form::Words(words) => words.text.fmt(f),
        }
    }
}

impl Serialize for DateSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Day(day) => serializer.collect_str(day),
            Form::Words(words) => serializer.serialize_str(&words.text),
        }
    }
}

impl<'de> Deserialize<'de> for DateSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = DateSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, written: &str) -> Result<DateSpec, E> {
                written.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Written)
    }
}

impl From<NaiveDate> for DateSpec {
    fn from(day: NaiveDate) -> Self {
        DateSpec::day(day)
    }
}

impl FromStr for DateSpec {
    type Err = DateError;

    fn from_str(written: &str) -> Result<Self, DateError> {
        let text = written.trim();
        if let Some(day) = plain_day(text) {
            return Ok(DateSpec::day(day));
        }
        let words = |shape, (earliest, latest): Ends| {
            DateSpec(Form::Words(Box::new(Words { text: text.into(), earliest, latest, shape })))
        };
        if text == "unknown" {
            return Ok(words(Shape::Unknown, (None, None)));
        }
        let (shape, date) = if let Some(rest) = text.strip_prefix("by ") {
            (Shape::By, rest.trim())
        } else if let Some(rest) = text.strip_prefix("around ") {
            (Shape::Around, rest.trim())
        } else if text.contains(DOUBTS) {
            (Shape::Around, text)
        } else {
            (Shape::Within, text)
        };
        refuse_slashed(date)?;
        let (earliest, latest) = edtf_bounds(date)?;
        let earliest = earliest.filter(|_| shape != Shape::By);
        Ok(words(shape, (earliest, latest)))
    }
}

/// Nearly every date of a log: `2026-11-22`, a day from 0001-01-01 on, read without the whole of EDTF.
fn plain_day(written: &str) -> Option<NaiveDate> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = written.as_bytes() else { return None };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(**digit - b'0')))
    };
    let year = i32::try_from(number(&[a, b, c, d])?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(&[e, f])?, number(&[g, h])?)
}

/// `03/04/2026` and its like have two readings; `2026/2027` is a range and has one.
fn refuse_slashed(written: &str) -> Result<(), DateError> {
    let parts: Vec<&str> = written.split(['/', '.', '-', ' ']).collect();
    let [a, b, c] = parts[..] else { return Ok(()) };
    let (Ok(first), Ok(second), Ok(year)) = (a.parse::<u32>(), b.parse::<u32>(), c.parse::<i32>()) else { return Ok(()) };
    if a.len() > 2 || b.len() > 2 {
        return Ok(());
    }
    let year = if c.len() == 2 { 2000 + year } else { year };
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let written = written.to_owned();
    Err(match (month_first, day_first) {
        (Some(one), Some(other)) if one != other => {
            DateError::Ambiguous { written, first: one.to_string(), second: other.to_string() }
        }
        (None, None) => DateError::Nonexistent { written, why: "neither reading is a day".into() },
        _ => DateError::Unreadable { written },
    })
}

type Ends = (Option<NaiveDate>, Option<NaiveDate>);

/// Earliest and latest day of one EDTF expression or of our shorthands for quarters and halves.
fn edtf_bounds(written: &str) -> Result<Ends, DateError> {
    let unreadable = || DateError::Unreadable { written: written.into() };
    // A text has letters, digits and these; anything longer than a range of two dates is no date.
    if written.is_empty() || written.len() > 32 {
        return Err(unreadable());
    }
    let sides: Vec<String> = written.split('/').map(expand_shorthand).collect();
    if sides.iter().any(|side| is_season(side)) {
        return Err(unreadable());
    }
    let expanded = sides.join("/");
    let edtf = Edtf::parse(&expanded).map_err(|error| {
        if error.message.contains("precedes") {
            DateError::Backwards { written: written.into() }
        } else if looks_like_a_day(&sides) {
            let why = if error.message.contains("month") && !error.message.contains("day") {
                "a month is 01 to 12"
            } else {
                error.message
            };
            DateError::Nonexistent { written: written.into(), why: why.to_string() }
        } else {
            unreadable()
        }
    })?;
    if matches!(edtf, Edtf::DateTime(_)) {
        return Err(unreadable());
    }
    let bounds = edtf.bounds();
    let ends = (civil(bounds.earliest), civil(bounds.latest));
    match ends {
        (None, None) => Err(unreadable()),
        (Some(earliest), Some(latest)) if latest < earliest => Err(DateError::Backwards { written: written.into() }),
        _ => Ok(ends),
    }
}

/// `2025-Q3` and `2025-H2` as EDTF writes them (ISO 8601-2 sub-year codes 33–36 and 40–41).
fn expand_shorthand(side: &str) -> String {
    let side = side.trim();
    for (short, code) in [("-Q1", "-33"), ("-Q2", "-34"), ("-Q3", "-35"), ("-Q4", "-36"), ("-H1", "-40"), ("-H2", "-41")] {
        if let Some(year) = side.strip_suffix(short) {
            return format!("{year}{code}");
        }
    }
    side.to_owned()
}

/// The marks by which EDTF says of a date, or of a part of it, that it is doubtful, approximate, or both.
const DOUBTS: [char; 3] = ['?', '~', '%'];

/// Seasons (sub-year codes 21–32) mean other months elsewhere, and `2025-21` is more often a slip than a spring.
fn is_season(side: &str) -> bool {
    let plain = side.replace(DOUBTS, "");
    plain
        .split(['[', ']', '{', '}', ',', '.'])
        .filter_map(|date| date.split_once('-'))
        .any(|(year, code)| year.len() == 4 && code.parse::<u8>().is_ok_and(|code| (21..=32).contains(&code)))
}

fn looks_like_a_day(sides: &[String]) -> bool {
    sides.iter().any(|side| {
        let numbers: Vec<&str> = side.trim_end_matches(DOUBTS).split('-').collect();
        (numbers.len() == 3 || numbers.len() == 2)
            && numbers[0].len() == 4
            && numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Years outside 1–9999 are no dates of an agreement.
fn civil(bound: Bound) -> Option<NaiveDate> {
    match bound {
        Bound::Date(day) if (1..=9999).contains(&day.year) => {
            NaiveDate::from_ymd_opt(day.year as i32, day.month.into(), day.day.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(written: &str, earliest: &str, latest: &str) {
        let spec: DateSpec = written.parse().unwrap_or_else(|error| panic!("{written}: {error}"));
        let ends = [spec.earliest(), spec.latest()].map(|end| end.map(|day| day.to_string()).unwrap_or_default());
        assert_eq!(ends, [earliest, latest], "{written}");
    }

    #[track_caller]
    fn refused(written: &str, with: &str) {
        let error = written.parse::<DateSpec>().expect_err(written);
        assert!(error.to_string().contains(with), "{written}: {error}");
    }

    #[test]
    fn each_precision_has_its_first_and_last_day() {
        reads("2025-05-07", "2025-05-07", "2025-05-07");
        reads("2025-05", "2025-05-01", "2025-05-31");
        reads("2025-Q3/2025-Q4", "2025-07-01", "2025-12-31");
        reads("2027-H2", "2027-07-01", "2027-12-31");
        reads("2022", "2022-01-01", "2022-12-31");
        reads("2024-02", "2024-02-01", "2024-02-29");
        reads("by 2026-06", "", "2026-06-30");
        reads("around 2026", "2026-01-01", "2026-12-31");
        reads("unknown", "", "");
    }

    #[test]
    fn what_is_no_date_or_two_dates_is_refused() {
        refused("03/04/2026", "is two dates: 2026-03-04 (month first) or 2026-04-03 (day first)");
        refused("3.4.2026", "is two dates");
        refused("2025-02-30", "is not in the calendar");
        refused("2025-13", "is not in the calendar");
        refused("31/02/2026", "is not in the calendar");
        refused("25/12/2026", "is not a date");
        refused("2025-21", "is not a date");
        refused("soon", "is not a date");
        refused("", "is not a date");
        refused("2025-12/2025-05", "ends before it begins");
        refused("2025-05-07T10:00:00Z", "is not a date");
    }

    #[test]
    fn a_deadline_by_a_month_falls_within_that_month() {
        let by: DateSpec = "by 2026-06".parse().unwrap();
        let (earliest, latest) = by.deadline().unwrap();
        assert_eq!((earliest.to_string(), latest.to_string()), ("2026-06-01".into(), "2026-06-30".into()));
    }

    #[test]
    fn a_day_in_more_words_is_that_day() {
        let plain = |written: &str| written.parse::<DateSpec>().unwrap().plain().to_string();
        assert_eq!(plain("2026-05-07/2026-05-07"), "2026-05-07");
        for other in ["2026-05-07", "2026-05-07/2026-05-08", "by 2026-05-07", "around 2026-05-07", "2026-05-07~", "2026-05"] {
            assert_eq!(plain(other), other);
        }
    }

    #[test]
    fn an_approximate_date_says_so() {
        assert!("around 2026".parse::<DateSpec>().unwrap().is_approximate());
        assert!("2026~".parse::<DateSpec>().unwrap().is_approximate());
        assert!(!"2026".parse::<DateSpec>().unwrap().is_approximate());
    }

    proptest::proptest! {
        #[test]
        fn no_words_make_it_panic_and_what_is_read_is_written_back(written in "\\PC{0,40}") {
            if let Ok(spec) = written.parse::<DateSpec>() {
                assert_eq!(spec.to_string().parse::<DateSpec>().unwrap(), spec);
            }
        }

        #[test]
        fn every_day_reads_as_itself(days in 0i64..200_000) {
            let day = NaiveDate::from_ymd_opt(1600, 1, 1).unwrap() + chrono::Duration::days(days);
            assert_eq!(day.to_string().parse::<DateSpec>().unwrap().exact(), Some(day));
        }

        #[test]
        fn a_day_reads_the_short_way_as_the_long_way(written in "[0-2][0-9]{3}-[0-1][0-9]-[0-3][0-9]") {
            let long = edtf_bounds(&written).ok().filter(|(earliest, latest)| earliest.is_some() && earliest == latest);
            assert_eq!(plain_day(&written), long.and_then(|(day, _)| day), "{written}");
            assert_eq!(written.parse::<DateSpec>().is_ok(), long.is_some());
        }
    }
}
