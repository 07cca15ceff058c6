//! A length of time as agreements say it. Months stay months: six months are never a number of days.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};

/// Years and months, then weeks and days, or working days, or hours; at least one of them is more than nothing.
///
/// Reads `6 months`, `six months`, `six (6) months`, `1 year and 6 months`, `90 days`, `2 weeks`, `P6M`, `P1Y6M`, `P30D`, and also
/// `2 quarters`, `a half-year`, `half a month` (a month in parts has thirty days), `5 working days`, `48 hours`.
/// Two statements of one number must agree: `six (7) months` is refused, and so is a number without its unit.
///
/// # Examples
/// ```
/// use rules::time::Period;
/// let period: Period = "six (6) months".parse()?;
/// assert_eq!((period.months(), period.days()), (6, 0));
/// # Ok::<(), rules::time::period::PeriodError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    months: u32,
    days: u32,
    working_days: u32,
    hours: u32,
}

/// Why words are not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is not a period: {why}")]
pub struct PeriodError {
    written: String,
    why: String,
}

impl PeriodError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        "write \"6 months\", \"six (6) months\", \"1 year and 6 months\", \"90 days\", \"2 weeks\" or \"P6M\"".into()
    }
}

/// No agreement speaks of more than a thousand years; a larger number is a slip.
const MOST_MONTHS: u32 = 12_000;
const MOST_DAYS: u32 = 366_000;

impl Period {
    /// A number of months.
    pub const fn of_months(months: u32) -> Self {
        Period { months, days: 0, working_days: 0, hours: 0 }
    }

    /// A number of days.
    pub const fn of_days(days: u32) -> Self {
        Period { months: 0, days, working_days: 0, hours: 0 }
    }

    /// Whole months, a year being twelve.
    pub fn months(&self) -> u32 {
        self.months
    }

    /// Days beyond the months, a week being seven.
    pub fn days(&self) -> u32 {
        self.days
    }

    /// Working days, which no months or days go with.
    pub fn working_days(&self) -> u32 {
        self.working_days
    }

    /// Hours, which nothing else goes with.
    pub fn hours(&self) -> u32 {
        self.hours
    }

    /// Whether it is counted in months or years, and not merely in days, working days or hours.
    pub fn has_months(&self) -> bool {
        self.months > 0
    }

    /// The corresponding day: years and months first, to the day of the same number or the last of a month that lacks it, then days.
    /// It is what all regimes start from. `None` past the calendar's end, and for working days and hours, which need a calendar or a clock.
    pub fn after(self, from: NaiveDate) -> Option<NaiveDate> {
        if self.working_days > 0 || self.hours > 0 {
            return None;
        }
        from.checked_add_months(Months::new(self.months))?.checked_add_days(Days::new(self.days.into()))
    }

    /// The corresponding day before, by the same rule.
    pub fn before(self, day: NaiveDate) -> Option<NaiveDate> {
        if self.working_days > 0 || self.hours > 0 {
            return None;
        }
        day.checked_sub_months(Months::new(self.months))?.checked_sub_days(Days::new(self.days.into()))
    }

    /// One after the other, as one: ten years and then two more are twelve. `None` where working days or hours are in it.
    pub fn and(self, then: Period) -> Option<Period> {
        let is_plain = |period: Period| period.working_days == 0 && period.hours == 0;
        let (months, days) = (self.months.checked_add(then.months)?, self.days.checked_add(then.days)?);
        (is_plain(self) && is_plain(then)).then_some(Period { months, days, ..self })
    }

    /// Several of it in a row, as one: three times six months are eighteen. `None` beyond a thousand years.
    pub fn times(self, turns: u32) -> Option<Period> {
        let months = self.months.checked_mul(turns).filter(|months| *months <= MOST_MONTHS)?;
        let days = self.days.checked_mul(turns).filter(|days| *days <= MOST_DAYS)?;
        (self.working_days == 0 && self.hours == 0).then_some(Period { months, days, ..self })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |number: u32, unit: &str| match number {
            0 => None,
            1 => Some(format!("1 {unit}")),
            _ => Some(format!("{number} {unit}s")),
        };
        let (years, months) = if self.months.is_multiple_of(12) { (self.months / 12, 0) } else { (0, self.months) };
        let parts: Vec<String> = [
            counted(years, "year"),
            counted(months, "month"),
            counted(self.days, "day"),
            counted(self.working_days, "working day"),
            counted(self.hours, "hour"),
        ]
        .into_iter()
        .flatten()
        .collect();
        f.write_str(&parts.join(" and "))
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(written: &str) -> Result<Self, PeriodError> {
        let refuse = |why: String| PeriodError { written: written.trim().into(), why };
        let text = written.trim();
        let parts = if let Some(rest) = text.strip_prefix('P') { iso_parts(rest) } else { worded_parts(text) };
        sum(&parts.map_err(refuse)?).map_err(refuse)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Year,
    HalfYear,
    Quarter,
    Month,
    Week,
    Day,
    WorkingDay,
    Hour,
}

fn sum(parts: &[(u32, Unit)]) -> Result<Period, String> {
    if !parts.is_sorted_by(|one, next| one.1 < next.1) {
        return Err("each unit stands once, the longest first".into());
    }
    let mut period = Period { months: 0, days: 0, working_days: 0, hours: 0 };
    for &(number, unit) in parts {
        let (part, each) = match unit {
            Unit::Year => (&mut period.months, 12),
            Unit::HalfYear => (&mut period.months, 6),
            Unit::Quarter => (&mut period.months, 3),
            Unit::Month => (&mut period.months, 1),
            Unit::Week => (&mut period.days, 7),
            Unit::Day => (&mut period.days, 1),
            Unit::WorkingDay => (&mut period.working_days, 1),
            Unit::Hour => (&mut period.hours, 1),
        };
        *part = number.checked_mul(each).and_then(|more| part.checked_add(more)).unwrap_or(u32::MAX);
    }
    let Period { months, days, working_days, hours } = period;
    let kinds = [months > 0 || days > 0, working_days > 0, hours > 0].into_iter().filter(|there| *there).count();
    match kinds {
        0 => Err("it has no length".into()),
        1 if months <= MOST_MONTHS && days.max(working_days) <= MOST_DAYS && hours / 24 <= MOST_DAYS => Ok(period),
        1 => Err("it is longer than a thousand years".into()),
        _ => Err("working days and hours stand alone: how they add to months and days is not settled".into()),
    }
}

/// ISO 8601 without a time part: `6M`, `1Y6M`, `2W`, `30D`.
fn iso_parts(text: &str) -> Result<Vec<(u32, Unit)>, String> {
    let mut parts = Vec::new();
    let mut digits = String::new();
    for letter in text.chars() {
        let unit = match letter {
            '0'..='9' => {
                digits.push(letter);
                continue;
            }
            'Y' => Unit::Year,
            'M' => Unit::Month,
            'W' => Unit::Week,
            'D' => Unit::Day,
            _ => return Err(format!("`{letter}` is not one of Y, M, W, D")),
        };
        parts.push((number(&std::mem::take(&mut digits))?, unit));
    }
    if digits.is_empty() && !parts.is_empty() { Ok(parts) } else { Err("a number stands without its unit".into()) }
}

/// `six (6) months`, `1 year and 6 months`.
fn worded_parts(text: &str) -> Result<Vec<(u32, Unit)>, String> {
    if let Some(part) = month_in_parts(text)? {
        return Ok(vec![(part, Unit::Day)]);
    }
    let text = &joined_units(text);
    let mut parts = Vec::new();
    let mut pending: Option<u32> = None;
    let text = text.replace(',', " , ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = words.as_slice();
    while let [word, after @ ..] = rest {
        rest = after;
        if let Some((hundreds, after)) = hundreds(word, after) {
            if pending.is_some() {
                return Err(format!("`{word}` stands after a number without its unit"));
            }
            (pending, rest) = (Some(hundreds), after);
        } else if let Some(unit) = unit(word) {
            let number = pending.take().ok_or_else(|| format!("`{word}` has no number before it"))?;
            parts.push((number, unit));
        } else if *word == "," {
            if pending.is_some() {
                return Err("a comma stands between a number and its unit".into());
            }
        } else if word.eq_ignore_ascii_case("and") {
            if pending.is_some() || parts.is_empty() {
                return Err("`and` joins two lengths, each with its unit".into());
            }
        } else if let Some(again) = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            let again = number(again)?;
            if pending != Some(again) {
                return Err(format!("`({again})` is not the number that stands before it"));
            }
        } else if pending.is_some() {
            return Err(format!("`{word}` is not a unit: years, months, weeks, days, working days and hours are"));
        } else {
            pending = Some(number(word)?);
        }
    }
    match (pending, parts.is_empty()) {
        (Some(_), _) => Err("a number stands without its unit".into()),
        (None, true) => Err("nothing is written".into()),
        (None, false) => Ok(parts),
    }
}

/// `one hundred and eighty`, `two hundred`: the number, and what stands after it.
fn hundreds<'a>(word: &str, after: &'a [&'a str]) -> Option<(u32, &'a [&'a str])> {
    let [hundred, after @ ..] = after else { return None };
    let ones = number_word(&word.to_ascii_lowercase())
        .filter(|ones| (1..=9).contains(ones) && hundred.eq_ignore_ascii_case("hundred"))?;
    let below = |word: &str| number_word(&word.to_ascii_lowercase()).filter(|rest| (1..=99).contains(rest) && word.len() > 2);
    match after {
        [and, rest, after @ ..] if and.eq_ignore_ascii_case("and") && below(rest).is_some() => {
            Some((ones * 100 + below(rest)?, after))
        }
        [rest, after @ ..] if below(rest).is_some() => Some((ones * 100 + below(rest)?, after)),
        _ => Some((ones * 100, after)),
    }
}

/// Units of two words as one.
fn joined_units(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let joined = [
        ("working day", "working-day"),
        ("business day", "working-day"),
        ("half year", "half-year"),
        ("half a year", "1 half-year"),
        ("calendar month", "month"),
        ("calendar day", "day"),
        ("calendar year", "year"),
    ];
    joined.into_iter().fold(lower, |text, (two, one)| text.replace(two, one))
}

/// `half a month`, `one third of a month`: a month in parts has thirty days (Regulation 1182/71, art. 3(2); ETS 76, art. 4(3)).
fn month_in_parts(text: &str) -> Result<Option<u32>, String> {
    let lower = text.trim().to_ascii_lowercase();
    let Some(part) = lower.strip_suffix("a month").map(|part| part.trim().trim_end_matches("of").trim()) else { return Ok(None) };
    let days = match part {
        "" => return Ok(None),
        "half" | "one half" | "a half" | "1/2" => 15,
        "third" | "one third" | "a third" | "1/3" => 10,
        "two thirds" | "2/3" => 20,
        other => return Err(format!("`{other}` of a month is not a part that comes out in whole days")),
    };
    Ok(Some(days))
}

fn unit(word: &str) -> Option<Unit> {
    match word.to_ascii_lowercase().trim_end_matches(['\'', '’']) {
        "year" | "years" => Some(Unit::Year),
        "month" | "months" => Some(Unit::Month),
        "week" | "weeks" => Some(Unit::Week),
        "day" | "days" => Some(Unit::Day),
        "half-year" | "half-years" | "semester" | "semesters" => Some(Unit::HalfYear),
        "quarter" | "quarters" => Some(Unit::Quarter),
        "working-day" | "working-days" => Some(Unit::WorkingDay),
        "hour" | "hours" => Some(Unit::Hour),
        _ => None,
    }
}

fn number(word: &str) -> Result<u32, String> {
    if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().map_err(|_| format!("`{word}` is too large"));
    }
    number_word(&word.to_ascii_lowercase()).ok_or_else(|| format!("`{word}` is not a number"))
}

fn number_word(word: &str) -> Option<u32> {
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let of = |words: &[&str], word: &str| words.iter().position(|known| *known == word).map(|place| place as u32);
    if let Some(ones) = of(&ONES, word) {
        return Some(ones);
    }
    match word.split_once('-') {
        None => of(&TENS, word).map(|tens| (tens + 2) * 10),
        Some((tens, ones)) => {
            let ones = of(&ONES[..10], ones).filter(|ones| *ones > 0)?;
            Some((of(&TENS, tens)? + 2) * 10 + ones)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    #[test]
    fn six_months_from_31_august_end_on_28_february() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Period::of_months(6).after(day("2026-08-31")), Some(day("2027-02-28")));
    }

    #[test]
    fn it_agrees_with_jiff_on_every_day_from_1990_to_2100_and_1_to_60_months() {
        let mut from = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap();
        while from.year() < 2101 {
            let (month, day) = (from.month() as i8, from.day() as i8);
            let oracle = jiff::civil::date(from.year() as i16, month, day);
            for months in 1..=60 {
                let ours = Period::of_months(months).after(from).unwrap();
                let theirs = oracle.checked_add(jiff::Span::new().months(months)).unwrap();
                let theirs = (i32::from(theirs.year()), theirs.month() as u32, theirs.day() as u32);
                assert_eq!((ours.year(), ours.month(), ours.day()), theirs, "{from} + {months} months");
            }
            from = from.succ_opt().unwrap();
        }
    }

    #[track_caller]
    fn reads(written: &str, months: u32, days: u32) {
        assert_eq!(written.parse(), Ok(Period { months, days, working_days: 0, hours: 0 }), "{written}");
    }

    #[track_caller]
    fn refused(written: &str, why: &str) {
        let error = written.parse::<Period>().expect_err(written).to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn a_period_is_read_as_people_say_it() {
        reads("6 months", 6, 0);
        reads("six months", 6, 0);
        reads("six (6) months", 6, 0);
        reads("Six Months", 6, 0);
        reads("P6M", 6, 0);
        reads("1 year and 6 months", 18, 0);
        reads("P1Y6M", 18, 0);
        reads("two weeks", 0, 14);
        reads("ninety days", 0, 90);
        reads("twenty-one days", 0, 21);
        reads("one year, two months and three days", 14, 3);
        reads("six (6) months'", 6, 0);
        reads("one hundred and eighty (180) days", 0, 180);
        reads("three hundred sixty-five days", 0, 365);
        reads("two hundred days", 0, 200);
        reads("half a year", 6, 0);
    }

    #[test]
    fn parts_of_years_and_months_working_days_and_hours_are_read() {
        reads("2 quarters", 6, 0);
        reads("a half-year", 6, 0);
        reads("half a month", 0, 15);
        reads("one third of a month", 0, 10);
        reads("a month", 1, 0);
        reads("one calendar month", 1, 0);
        assert_eq!("5 working days".parse::<Period>().unwrap().working_days(), 5);
        assert_eq!("five (5) business days".parse::<Period>().unwrap().working_days(), 5);
        assert_eq!("48 hours".parse::<Period>().unwrap().hours(), 48);
    }

    #[test]
    fn what_is_not_plainly_a_period_is_refused_and_never_guessed() {
        refused("six (7) months", "is not the number that stands before it");
        refused("6", "without its unit");
        refused("months", "has no number");
        refused("6 moons", "is not a unit");
        refused("one hundred and eighty (181) days", "is not the number");
        refused("hundred days", "is not a number");
        refused("a, hundred years", "comma stands between");
        refused("one hundred, eighty days", "comma stands between");
        refused("six, months", "comma stands between");
        refused("1,200 days", "comma stands between");
        refused("two one hundred days", "without its unit");
        refused("one hundred and months", "joins two lengths");
        refused("six", "without its unit");
        refused("0 days", "no length");
        refused("1.5 years", "is not a number");
        refused("-6 months", "is not a number");
        refused("6 days 1 month", "the longest first");
        refused("6 months 6 months", "each unit stands once");
        refused("2 months and 5 working days", "stand alone");
        refused("a third of a quarter", "is not a unit");
        refused("a seventh of a month", "whole days");
        refused("PT6M", "is not one of");
        refused("P6", "without its unit");
        refused("P", "without its unit");
        refused("", "nothing is written");
        refused("99999999999 days", "too large");
        refused("4000000000 years", "thousand years");
    }

    proptest::proptest! {
        #[test]
        fn no_words_make_it_panic_and_what_is_read_says_itself_again(written in "[PYMWD0-9a-z() ,-]{0,24}") {
            if let Ok(period) = written.parse::<Period>() {
                assert_eq!(period.to_string().parse::<Period>(), Ok(period));
            }
        }
    }
}
