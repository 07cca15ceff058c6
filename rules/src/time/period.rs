//! A length of time as agreements say it. Months stay months: six months are never a number of days.

use std::fmt;
use std::str::FromStr;

/// Years and months, then weeks and days; at least one of them is more than nothing.
///
/// Reads `6 months`, `six months`, `six (6) months`, `1 year and 6 months`, `90 days`, `2 weeks`, `P6M`, `P1Y6M`, `P30D`.
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
        Period { months, days: 0 }
    }

    /// A number of days.
    pub const fn of_days(days: u32) -> Self {
        Period { months: 0, days }
    }

    /// Whole months, a year being twelve.
    pub fn months(&self) -> u32 {
        self.months
    }

    /// Days beyond the months, a week being seven.
    pub fn days(&self) -> u32 {
        self.days
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
        let parts: Vec<String> =
            [counted(years, "year"), counted(months, "month"), counted(self.days, "day")].into_iter().flatten().collect();
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
    Month,
    Week,
    Day,
}

fn sum(parts: &[(u32, Unit)]) -> Result<Period, String> {
    if !parts.is_sorted_by(|one, next| one.1 < next.1) {
        return Err("each unit stands once, the longest first".into());
    }
    let mut period = Period { months: 0, days: 0 };
    for &(number, unit) in parts {
        let (months, days) = match unit {
            Unit::Year => (number.checked_mul(12), Some(0)),
            Unit::Month => (Some(number), Some(0)),
            Unit::Week => (Some(0), number.checked_mul(7)),
            Unit::Day => (Some(0), Some(number)),
        };
        period.months = months.and_then(|more| period.months.checked_add(more)).unwrap_or(u32::MAX);
        period.days = days.and_then(|more| period.days.checked_add(more)).unwrap_or(u32::MAX);
    }
    match period {
        Period { months: 0, days: 0 } => Err("it has no length".into()),
        Period { months, days } if months > MOST_MONTHS || days > MOST_DAYS => Err("it is longer than a thousand years".into()),
        _ => Ok(period),
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
    let mut parts = Vec::new();
    let mut pending: Option<u32> = None;
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        if let Some(unit) = unit(word) {
            let number = pending.take().ok_or_else(|| format!("`{word}` has no number before it"))?;
            parts.push((number, unit));
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
            return Err(format!("`{word}` is not a unit: years, months, weeks and days are"));
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

fn unit(word: &str) -> Option<Unit> {
    match word.to_ascii_lowercase().trim_end_matches(['\'', '’']) {
        "year" | "years" => Some(Unit::Year),
        "month" | "months" => Some(Unit::Month),
        "week" | "weeks" => Some(Unit::Week),
        "day" | "days" => Some(Unit::Day),
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
    use super::*;

    #[track_caller]
    fn reads(written: &str, months: u32, days: u32) {
        assert_eq!(written.parse(), Ok(Period { months, days }), "{written}");
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
    }

    #[test]
    fn what_is_not_plainly_a_period_is_refused_and_never_guessed() {
        refused("six (7) months", "is not the number that stands before it");
        refused("6", "without its unit");
        refused("months", "has no number");
        refused("6 moons", "is not a unit");
        refused("six", "without its unit");
        refused("0 days", "no length");
        refused("1.5 years", "is not a number");
        refused("-6 months", "is not a number");
        refused("6 days 1 month", "the longest first");
        refused("6 months 6 months", "each unit stands once");
        refused("30 working days", "is not a unit");
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
