//! Laws of reading: whatever is written of periods, dates and notice is read as it stands or refused with a code. Nothing makes the
//! program panic, and no number of a text is dropped.

use std::sync::LazyLock;

use chrono::{Days, Months, NaiveDate};
use events::memory::MemoryLog;
use events::{DateSpec, Event};
use obligo::agreement_file::AgreementFile;
use obligo::app::{App, TimeOrdered, Unwritten, Write};
use obligo::clock;
use obligo::rule_sets::Shelf;
use obligo::rule_sets::newest;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rules::notice::{CountedFrom, NoticeTerms, terms};
use rules::time::compute::Quantifier;
use rules::time::regime::{EffectDay, MissingDay};
use rules::time::then::{MonthDay, Then};
use rules::time::{Counting, Period, Span, compute};
use uuid::Uuid;

/// What the program counts by.
fn shipped() -> &'static rules::time::regime::Almanac {
    &newest().set.almanac
}

fn config(cases: fn(u32) -> u32) -> ProptestConfig {
    let all = ProptestConfig::default();
    let cases = cases(all.cases);
    ProptestConfig { cases, max_global_rejects: 50 * cases, failure_persistence: None, ..all }
}

// ---- Periods

/// Months, days, working days and hours, as large as they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Total([u64; 4]);

impl Total {
    fn of(period: Period) -> Self {
        Total([period.months(), period.days(), period.working_days(), period.hours()].map(u64::from))
    }

    fn add(&mut self, number: u64, unit: &str) -> Option<()> {
        let (kind, each) = match unit.strip_suffix('s').unwrap_or(unit) {
            "year" => (0, 12),
            "half-year" | "semester" => (0, 6),
            "quarter" => (0, 3),
            "month" => (0, 1),
            "week" => (1, 7),
            "day" => (1, 1),
            "working-day" => (2, 1),
            "hour" => (3, 1),
            _ => return None,
        };
        self.0[kind] += number * each;
        Some(())
    }
}

const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Zero to ninety-nine in words.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
                 eighteen nineteen";
    let small: Vec<&str> = small.split_whitespace().collect();
    let word = |number: usize| match (number / 10, number % 10) {
        (0 | 1, _) => small[number].to_string(),
        (tens, 0) => TENS[tens].to_string(),
        (tens, ones) => format!("{}-{}", TENS[tens], small[ones]),
    };
    (0..100).map(word).collect()
});

fn number(token: &str) -> Option<u64> {
    match token {
        "a" | "an" => Some(1),
        _ if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()) => token.parse().ok(),
        _ => WORDS.iter().position(|word| word == token).map(|number| number as u64),
    }
}

/// All numbers of a text with their units, added up. `None` where a number stands without a unit, or two do not agree, or a word is
/// neither.
fn worded_total(written: &str) -> Option<Total> {
    let lower = written.to_lowercase().replace(',', " ");
    let mut tokens: Vec<String> = Vec::new();
    for token in lower.split_whitespace() {
        let token = token.trim_end_matches(['\'', '’']);
        let joined = match (tokens.last().map(String::as_str), token) {
            (Some("working" | "business"), "day" | "days") => Some(format!("working-{token}")),
            (Some("half"), "year" | "years") => Some(format!("half-{token}")),
            (Some("calendar"), "day" | "days" | "month" | "months" | "year" | "years") => Some(token.to_string()),
            _ => None,
        };
        match joined {
            Some(joined) => *tokens.last_mut()? = joined,
            None => tokens.push(token.to_string()),
        }
    }
    let mut total = Total::default();
    let mut pending: Option<u64> = None;
    for token in with_hundreds(&tokens) {
        let token = token.as_str();
        let again = token.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        match (pending, again) {
            (Some(one), Some(again)) if number(again) == Some(one) => {}
            (_, Some(_)) => return None,
            (Some(one), None) => {
                total.add(one, token)?;
                pending = None;
            }
            (None, None) => pending = Some(number(token)?),
        }
    }
    pending.is_none().then_some(total)
}

/// The tokens without `and`, where `one hundred`, `and`, `eighty` are one: 180.
fn with_hundreds(tokens: &[String]) -> Vec<String> {
    let in_words = |token: &String| number(token).filter(|_| !token.starts_with(|letter: char| letter.is_ascii_digit()));
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for token in tokens.iter().filter(|token| *token != "and") {
        let before = all.last().and_then(in_words);
        let so_far = all.last().and_then(|last| last.parse::<u64>().ok());
        match (before, so_far, in_words(token)) {
            (Some(ones @ 1..=9), _, _) if token == "hundred" => {
                all.pop();
                all.push((ones * 100).to_string());
                open = true;
            }
            (_, Some(hundreds), Some(below @ 1..=99)) if open && token.len() > 2 => {
                all.pop();
                all.push((hundreds + below).to_string());
                open = false;
            }
            _ => {
                all.push(token.clone());
                open = false;
            }
        }
    }
    all
}

/// `P1Y6M2W3D`, letter by letter.
fn iso_total(written: &str) -> Option<Total> {
    let mut total = Total::default();
    let mut number: Option<u64> = None;
    for letter in written.strip_prefix('P')?.chars() {
        let unit = match letter {
            'Y' => "year",
            'M' => "month",
            'W' => "week",
            'D' => "day",
            _ => {
                number = Some(number.unwrap_or(0) * 10 + u64::from(letter.to_digit(10)?));
                continue;
            }
        };
        total.add(number.take()?, unit)?;
    }
    number.is_none().then_some(total)
}

fn total(written: &str) -> Option<Total> {
    let written = written.trim();
    if written.starts_with('P') { iso_total(written) } else { worded_total(written) }
}

/// What is read is what is written, and says itself again.
fn check_period(written: &str) -> Result<(), TestCaseError> {
    let Ok(period) = written.parse::<Period>() else { return Ok(()) };
    prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period), "{}", period);
    prop_assert_ne!(Total::of(period), Total::default());
    prop_assert_eq!(Some(Total::of(period)), total(written), "`{}` is read as {}", written, period);
    Ok(())
}

const UNITS: [&str; 31] = [
    "year",
    "years",
    "half-year",
    "half year",
    "semesters",
    "quarter",
    "quarters",
    "month",
    "months",
    "months'",
    "month’",
    "week",
    "weeks",
    "day",
    "days",
    "working day",
    "working days",
    "business days",
    "hour",
    "hours",
    "calendar month",
    "calendar days",
    "calendar years",
    "Months",
    "WORKING DAYS",
    "moons",
    "fortnight",
    "working",
    "calendar",
    "half",
    "month's",
];

const NUMBERS: [&str; 32] = [
    "0",
    "1",
    "2",
    "6",
    "007",
    "12",
    "90",
    "999",
    "12000",
    "366000",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "a",
    "an",
    "one",
    "six",
    "Six",
    "twelve",
    "twenty",
    "twenty-one",
    "ninety-nine",
    "twenty-",
    "hundred",
    "zero",
    "-6",
    "1.5",
    "½",
    "٣",
    "(6)",
    "(six)",
    "(7)",
];

const JOINTS: [&str; 10] = ["and", "AND", ",", "of", "or", "P", "T", "plus", "&", "to"];

/// Numbers, units and what joins them, one after the other: mostly in pairs that make sense, so that much of it is read.
fn tokens() -> impl Strategy<Value = String> {
    let pair = (select(&NUMBERS[..]), option::weighted(0.1, select(&NUMBERS[..])), select(&UNITS[..]));
    let pair = pair.prop_map(|(number, again, unit)| match again {
        None => format!("{number} {unit}"),
        Some(again) => format!("{number} ({again}) {unit}"),
    });
    let any = select([&NUMBERS[..], &UNITS[..], &JOINTS[..]].concat()).prop_map(String::from);
    let joint = select(vec![" ", " and ", ", ", "  ", "", "\t", "\u{a0}"]);
    vec((prop_oneof![6 => pair, 1 => any], joint), 0..4)
        .prop_map(|all| all.into_iter().flat_map(|(token, joint)| [token, joint.to_string()]).collect())
}

/// A number with its unit, in the order of the units.
fn well_formed() -> impl Strategy<Value = (String, Total)> {
    let units = ["year", "half-year", "quarter", "month", "week", "day"];
    let number = (1u32..=120, 0u8..5);
    let parts = vec(option::weighted(0.4, number.clone()), units.len());
    let joint = select(vec![" ", " and ", ", ", ", and ", "  AND "]);
    let alone = (number, select(vec!["working day", "business day", "hour"]));
    let said = |(number, how): (u32, u8)| match (WORDS.get(number as usize), how) {
        (Some(word), 0) => word.clone(),
        (Some(word), 1) => format!("{word} ({number})"),
        (Some(word), 2) => word.to_uppercase(),
        (_, 3) => format!("{number} ({number})"),
        _ => number.to_string(),
    };
    let many = |number: u32| if number == 1 { "" } else { "s" };
    let add = |total: &mut Total, number: u32, unit: &str| total.add(number.into(), unit).unwrap();
    let together = (parts, joint).prop_filter_map("something is written", move |(parts, joint)| {
        let mut total = Total::default();
        let mut words = Vec::new();
        for (part, unit) in parts.into_iter().zip(units) {
            let Some((number, how)) = part else { continue };
            add(&mut total, number, unit);
            words.push(format!("{} {unit}{}", said((number, how)), many(number)));
        }
        (!words.is_empty()).then(|| (words.join(joint), total))
    });
    let alone = alone.prop_map(move |((number, how), unit)| {
        let mut total = Total::default();
        add(&mut total, number, if unit == "hour" { unit } else { "working-day" });
        (format!("{} {unit}{}", said((number, how)), many(number)), total)
    });
    prop_oneof![3 => together, 1 => alone]
}

proptest! {
    #![proptest_config(config(|cases| cases * 4))]

    #[test]
    fn what_is_plainly_a_period_is_read((written, total) in well_formed()) {
        prop_assert_eq!(written.parse::<Period>().map(Total::of), Ok(total), "{}", written);
        check_period(&written)?;
    }

    #[test]
    fn no_number_of_a_text_in_words_is_dropped(written in tokens()) {
        check_period(&written)?;
    }

    #[test]
    fn no_number_of_a_text_in_letters_is_dropped(written in "P([0-9]{0,5}[YMWD]){0,4}[0-9YMWDTH -]{0,2}") {
        check_period(&written)?;
    }

    #[test]
    fn no_words_are_a_period_by_accident(written in prop_oneof!["\\PC{0,24}", "[a-z0-9(),' -]{0,16} (months|days|hours)", "(?s).{0,24}"]) {
        check_period(&written)?;
    }
}

/// `one two thirds of a month` is not two thirds of a month.
#[test]
fn no_number_before_a_part_of_a_month_is_dropped() {
    let leads = ["", "a", "an", "one", "two", "1", "2", "1 and", "one and", "half", "(1)"];
    let parts = [("half", 15), ("third", 10), ("two thirds", 20), ("1/2", 15), ("1/3", 10), ("2/3", 20)];
    let mut wrong = Vec::new();
    for (first, second) in leads.iter().flat_map(|first| leads.map(|second| (*first, second))) {
        let before: Vec<&str> = [first, second].into_iter().flat_map(str::split_whitespace).collect();
        let numbers: Vec<&str> = before.iter().copied().filter(|word| !matches!(*word, "a" | "an")).collect();
        for ((part, days), of) in parts.into_iter().flat_map(|part| ["", "of "].map(|of| (part, of))) {
            let written = [&before.join(" "), part, of].join(" ") + "a month";
            let is_plain = numbers.is_empty() || (numbers == ["one"] && matches!(part, "half" | "third"));
            match written.parse::<Period>() {
                Ok(period) if !is_plain => wrong.push(format!("`{}` is read as {period}", written.trim())),
                Ok(period) if period != Period::of_days(days) => wrong.push(format!("`{written}` is {period}")),
                Err(error) if before.is_empty() => wrong.push(error.to_string()),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The control: a reader that takes the first number with the last unit is found out.
#[test]
fn a_reader_that_drops_a_number_is_found_out() {
    let careless = |written: &str| {
        let tokens: Vec<&str> = written.split_whitespace().collect();
        let mut total = Total::default();
        total.add(number(tokens.first()?)?, tokens.last()?)?;
        Some(total)
    };
    let texts = ["6 months", "1 year and 6 months", "six (6) months", "six (7) months", "6 6 months", "two weeks 3 days"];
    let caught = texts.into_iter().filter(|written| careless(written).is_some() && careless(written) != total(written));
    assert_eq!(caught.collect::<Vec<_>>(), ["1 year and 6 months", "six (7) months", "6 6 months", "two weeks 3 days"]);
}

// ---- Dates

/// A date by itself: its first and last day, counted here.
fn single(year: i32, part: u32, day: u32, how: u8) -> (String, NaiveDate, NaiveDate) {
    let months = |first: u32, count: u32| {
        let first = NaiveDate::from_ymd_opt(year, first, 1).unwrap();
        (first, first + Months::new(count) - Days::new(1))
    };
    let (text, (first, last)) = match how {
        0 => (format!("{year:04}"), months(1, 12)),
        1 => (format!("{year:04}-{:02}", part + 1), months(part + 1, 1)),
        2 => (format!("{year:04}-Q{}", part % 4 + 1), months(part % 4 * 3 + 1, 3)),
        3 => (format!("{year:04}-H{}", part % 2 + 1), months(part % 2 * 6 + 1, 6)),
        _ => {
            let (first, last) = months(part + 1, 1);
            let day = (first + Days::new(day.into())).min(last);
            (day.to_string(), (day, day))
        }
    };
    (text, first, last)
}

fn singles() -> impl Strategy<Value = (String, NaiveDate, NaiveDate)> {
    (1000i32..=9998, 0u32..12, 0u32..31, 0u8..5).prop_map(|(year, part, day, how)| single(year, part, day, how))
}

/// Two of them, often near each other.
fn pairs() -> impl Strategy<Value = [(String, NaiveDate, NaiveDate); 2]> {
    let near = (1000i32..=9990, 0i32..=2, 0u32..12, 0u32..12, 0u32..31, 0u8..5, 0u8..5);
    near.prop_map(|(year, more, one, other, day, how, again)| {
        [single(year, one, day, how), single(year + more, other, day, again)]
    })
}

fn ends(spec: &DateSpec) -> (Option<NaiveDate>, Option<NaiveDate>) {
    (spec.earliest(), spec.latest())
}

/// What is read is written back, its ends are in order, and a text that reads as one day has no other day in it.
fn check_date(written: &str) -> Result<(), TestCaseError> {
    let Ok(spec) = written.parse::<DateSpec>() else { return Ok(()) };
    prop_assert_eq!(spec.to_string().parse::<DateSpec>(), Ok(spec.clone()));
    let json = serde_json::to_string(&spec).unwrap();
    prop_assert_eq!(serde_json::from_str::<DateSpec>(&json).unwrap(), spec.clone());
    prop_assert!(spec.bounds().is_none_or(|(earliest, latest)| earliest <= latest));
    prop_assert!(spec.deadline().is_none_or(|(earliest, latest)| earliest <= latest));
    // A range may narrow to a day: the last of July, and July; so may a month of which one letter is not known: `X3` is March.
    if let Some(day) = spec.exact().filter(|_| !written.contains(['/', 'X'])) {
        let runs: Vec<&str> = written.split(|c: char| !c.is_ascii_digit() && c != '-').filter(|run| !run.is_empty()).collect();
        prop_assert!(runs.iter().all(|run| *run == day.to_string()), "`{}` is read as {}", written, day);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(|cases| cases * 4))]

    #[test]
    fn a_date_is_read_with_its_first_and_last_day((text, first, last) in singles()) {
        let spec: DateSpec = text.parse().unwrap();
        prop_assert_eq!(ends(&spec), (Some(first), Some(last)));
        prop_assert_eq!((spec.is_approximate(), spec.deadline()), (false, Some((first, last))));
        let by: DateSpec = format!("by {text}").parse().unwrap();
        prop_assert_eq!(ends(&by), (None, Some(last)));
        prop_assert_eq!((by.is_approximate(), by.deadline()), (false, Some((first, last))));
        let around: DateSpec = format!("around {text}").parse().unwrap();
        prop_assert_eq!((around.is_approximate(), ends(&around)), (true, (Some(first), Some(last))));
        check_date(&text)?;
    }

    #[test]
    fn a_range_is_read_from_the_first_day_of_one_to_the_last_of_the_other([one, other] in pairs()) {
        let text = format!("{}/{}", one.0, other.0);
        match text.parse::<DateSpec>() {
            Ok(spec) => {
                prop_assert_eq!(ends(&spec), (Some(one.1), Some(other.2)));
                prop_assert!(!spec.is_approximate());
            }
            // In order as they stand, it must be read.
            Err(error) => prop_assert!(other.1 <= one.2, "{}", error),
        }
        check_date(&text)?;
    }

    #[test]
    fn no_words_are_a_date_by_accident(
        written in prop_oneof![
            "\\PC{0,24}",
            "(?s).{0,40}",
            "(by |around |)[0-9XQHS/.,\\[\\]{}TZY -]{0,24}",
            "(by |around |)(19|20)[0-9X]{2}(-[0-9X]{2}){0,2}(/|\\.\\.|,| |)(19|20|)[0-9X]{0,2}(-[0-9X]{2}){0,2}",
        ],
    ) {
        check_date(&written)?;
    }
}

/// `2026-06~-15` says that the month is approximate. It is no exact day, wherever the mark stands: it is refused, or it is approximate.
#[test]
fn a_date_that_is_marked_as_doubtful_is_never_exact() {
    let mut wrong = Vec::new();
    for mark in ['~', '?', '%'] {
        for text in ["2026", "2026-06", "2026-06-15", "2026/2027", "2026-06/2026-08", "by 2026-06"] {
            for place in (0..=text.len()).filter(|place| *place > 2 || !text.starts_with("by")) {
                let (before, after) = text.split_at(place);
                let written = format!("{before}{mark}{after}");
                if written.parse::<DateSpec>().is_ok_and(|spec| !spec.is_approximate()) {
                    wrong.push(written);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are read as if nothing were doubtful:\n{}", wrong.len(), wrong.join("\n"));
}

/// A season is another one elsewhere, and more often a slip for a month: it is refused however it is written.
#[test]
fn no_season_is_read() {
    let mut wrong = Vec::new();
    for code in 21..=32 {
        for shape in [
            "2025-{}",
            "2025-{}~",
            "~2025-{}",
            "2025~-{}",
            "2025-?{}",
            "[2025-{}]",
            "{2025-{}}",
            "[2025-{},2026-01]",
            "by 2025-{}",
            "2025-{}/2026",
            "2025/2026-{}",
            "around 2025-{}",
            "..2025-{}",
            "2025-{}^",
        ] {
            let written = shape.replacen("{}", &code.to_string(), 1);
            if written.parse::<DateSpec>().is_ok() {
                wrong.push(written);
            }
        }
    }
    assert!(wrong.is_empty(), "{} are read:\n{}", wrong.len(), wrong.join("\n"));
}

// ---- What a clause adds, and days of a year

#[test]
fn a_day_of_the_year_is_read_if_a_leap_year_has_it_and_says_itself_again() {
    for (month, day) in (0..=20u32).flat_map(|month| (0..=40u32).map(move |day| (month, day))) {
        let written = format!("{month:02}-{day:02}");
        let exists = NaiveDate::from_ymd_opt(2024, month, day).is_some();
        let read = written.parse::<MonthDay>();
        assert_eq!(read.as_ref().ok().map(ToString::to_string), exists.then(|| written.clone()));
        assert_eq!(read.is_ok(), MonthDay::new(month, day).is_some());
        let then = format!("fixed-day={written}").parse::<Then>();
        assert_eq!(then.ok(), read.ok().map(Then::FixedDay));
    }
}

proptest! {
    #![proptest_config(config(|cases| cases))]

    #[test]
    fn nothing_else_is_a_day_of_the_year_or_what_a_clause_adds(
        written in prop_oneof!["\\PC{0,24}", "[0-9-]{0,6}", "fixed-day=[0-9 =-]{0,6}", " ?first-of-(next|that)-months? ?", "[fF]ixed.day=12-31"],
    ) {
        if let Ok(day) = written.parse::<MonthDay>() {
            prop_assert_eq!(day.to_string(), written.clone());
        }
        match written.parse::<Then>() {
            Ok(Then::FirstOfNextMonth) => prop_assert_eq!(written, "first-of-next-month"),
            Ok(Then::FirstOfThatMonth) => prop_assert_eq!(written, "first-of-that-month"),
            Ok(Then::FixedDay(day)) => prop_assert_eq!(written, format!("fixed-day={day}")),
            Err(error) => prop_assert!(["E0204", "E0303"].contains(&error.code())),
        }
    }
}

// ---- Tables of notice

/// Values that a key may have, as the file has them.
const RIGHT: [(&str, &[&str]); 20] = [
    ("period", LENGTHS),
    ("at_least", LENGTHS),
    ("exactly", LENGTHS),
    ("clear", LENGTHS),
    ("at_once", &["true", "false"]),
    ("effect", &["\"same-day\"", "\"next-day\""]),
    ("missing_day", &["\"last\"", "\"next\"", "\"refuse\""]),
    ("sticky", &["true", "false"]),
    ("then", &["\"first-of-next-month\"", "\"first-of-that-month\"", "\"fixed-day=12-31\"", "\"fixed-day=02-29\""]),
    ("cutoff", &["\"10-01\"", "\"02-29\"", "\"01-01\""]),
    ("not_before", &["2036-12-31", "\"2024-02-29\"", "\"3 years after entry-into-force\"", "\"P18M after entry-into-effect\""]),
    ("deemed_received_after", &["\"5 days\"", "\"1 month\"", "\"P2W\""]),
    ("count_trigger_day", &["true", "false"]),
    ("form", &["\"written\"", "\"diplomatic note\""]),
    (
        "counted_from",
        &[
            "\"given\"",
            "\"dispatched\"",
            "\"received\"",
            "\"received-by-depositary\"",
            "\"deposited\"",
            "\"registered\"",
            "\"stated\"",
            "\"expiry\"",
        ],
    ),
    ("window", &["{ every = \"5 years\", open = \"90 days\" }", "{ open = \"1 month\", every = \"1 year\" }"]),
    ("hold_while", &["\"armed conflict\""]),
    ("condition", &["\"budgetary obligations met\""]),
    ("may_name_later_date", &["true", "false"]),
    ("retraction", &["\"alone\"", "\"by consent\""]),
];

const LENGTHS: &[&str] = &[
    "\"6 months\"",
    "\"six (6) months\"",
    "\"1 year and 6 months\"",
    "\"P30D\"",
    "\"2 weeks\"",
    "\"5 working days\"",
    "\"48 hours\"",
];

/// Values that no key may have: of another sort, or words that mean nothing.
const WRONG: [&str; 24] = [
    "6",
    "-1",
    "0",
    "1.5",
    "inf",
    "99999999999999999999",
    "[]",
    "[\"6 months\"]",
    "{}",
    "{ every = \"1 year\" }",
    "{ at_least = \"6 months\" }",
    "2026-01-15T10:00:00Z",
    "10:00:00",
    "\"six (7) months\"",
    "\"6 moons\"",
    "\"soon\"",
    "\"\"",
    "\"6\"",
    "\"٣ months\"",
    "\"03/04/2026\"",
    "\"2025-02-30\"",
    "\"fixed-day=02-30\"",
    "\"3 years after signature\"",
    "\"maybe\"",
];

/// Words that are words, whatever they are.
const FREE: [&str; 3] = ["form", "hold_while", "condition"];

/// Of the wrong values, those that are of another sort than words.
fn is_words(value: &str) -> bool {
    value.starts_with('"')
}

#[derive(Debug, Clone)]
struct Written {
    entries: Vec<(&'static str, &'static str)>,
    is_right: bool,
}

impl Written {
    fn get(&self, key: &str) -> Option<&'static str> {
        self.entries.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// The words under a key, without their quotation marks.
    fn words(&self, key: &str) -> Option<&'static str> {
        self.get(key).map(|value| value.trim_matches('"'))
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key) == Some("true")
    }

    fn table(&self) -> String {
        let entries: Vec<String> = self.entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{{ {} }}", entries.join(", "))
    }

    /// One length, or none where `then` says all; no cut-off without a fixed day.
    fn says_how_long(&self) -> bool {
        let lengths = ["period", "at_least", "exactly", "clear"].into_iter().filter(|key| self.get(key).is_some()).count();
        let lengths = lengths + usize::from(self.flag("at_once"));
        let has_then = self.get("then").is_some();
        (lengths == 1 || (lengths == 0 && has_then)) && (has_then || self.get("cutoff").is_none())
    }
}

/// Some keys, most of them with values that they may have.
fn written(wrong: f64) -> impl Strategy<Value = Written> {
    let others: Vec<_> = RIGHT[4..]
        .iter()
        .map(|(key, right)| {
            option::weighted(0.2, (Just(*key), select(right.to_vec()), select(WRONG.to_vec()), prop::bool::weighted(wrong)))
        })
        .collect();
    let lengths = prop_oneof![8 => Just(1usize), 1 => Just(0), 1 => Just(2)].prop_flat_map(move |many| {
        vec((0usize..4, select(LENGTHS.to_vec()), select(WRONG.to_vec()), prop::bool::weighted(wrong)), many)
    });
    (lengths, others).prop_map(|(lengths, others)| {
        let lengths = lengths.into_iter().map(|(at, right, wrong, is_wrong)| (RIGHT[at].0, right, wrong, is_wrong));
        let mut found = Written { entries: Vec::new(), is_right: true };
        for (key, right, wrong, is_wrong) in lengths.chain(others.into_iter().flatten()) {
            if found.get(key).is_none() {
                let is_wrong = is_wrong && !(FREE.contains(&key) && is_words(wrong));
                found.is_right &= !is_wrong;
                found.entries.push((key, if is_wrong { wrong } else { right }));
            }
        }
        found
    })
}

fn agreement(table: &str, regime: &str, calendars: &str, acts: &str) -> String {
    format!(
        "[agreement]\nid = \"t\"\ntitle = \"T\"\nform = \"treaty\"\nforce = \"binding\"\nreckoning = \"{regime}\"\ncalendars = [{calendars}]\n\n\
         [[party]]\nid = \"AA\"\nname = \"A\"\n\n[[party]]\nid = \"BB\"\nname = \"B\"\n\n\
         [[source]]\nid = \"text\"\ntitle = \"The text\"\npublished = 2024-01-15\n\n\
         [[provision]]\nref = \"1\"\nkind = \"entry-into-effect\"\non = \"signature\"\n\n\
         [[provision]]\nref = \"2\"\nkind = \"termination\"\nby = \"either\"\nnotice = {table}\n\n\
         [[act]]\ntype = \"signed\"\non = 2024-01-15\nsource = \"text\"\n\n{acts}"
    )
}

const NOTICE: &str = "[[act]]\ntype = \"notice-given\"\nby = \"AA\"\nreceived = 2026-03-31\non = 2026-03-28\nsource = \"text\"\n";

/// What the file says of notice, or the codes with which it is refused. Nothing is written, but all that follows from it is computed.
fn read(text: String, today: &str) -> Result<Option<NoticeTerms>, Vec<&'static str>> {
    let file = AgreementFile::parse("t.toml", text);
    let log = MemoryLog::new(Uuid::nil(), clock::now);
    let mut app = App {
        log,
        private: store::PrivateFile::nowhere(),
        shelf: Shelf::default(),
        actor: "test".into(),
        today: today.parse().unwrap(),
        late_after_days: None,
        ids: Box::new(TimeOrdered),
    };
    let result = app.execute(&file.proposals, Write { dry_run: true, ..Write::default() });
    let mut codes: Vec<&'static str> = file.faults.iter().map(|placed| placed.fault.code).collect();
    match result {
        Ok(_) => {}
        Err(Unwritten::Refused(refusals)) => codes.extend(refusals.iter().map(|refusal| refusal.fault.code)),
        Err(Unwritten::Other(error)) => panic!("{error}"),
    }
    if !codes.is_empty() {
        return Err(codes);
    }
    Ok(file.proposals.iter().find_map(|proposal| match &proposal.event {
        Event::ProvisionRecorded(provision) => terms::notice(provision),
        _ => None,
    }))
}

fn is_documented(code: &str) -> bool {
    include_str!("../docs/errors.md").contains(&format!("\n## {code}: "))
}

/// Each key by itself, with one length, is accepted with each of its values; so the tables below are refused for what is wrong in them.
#[test]
fn every_key_of_notice_is_known_with_each_of_its_values() {
    for (key, value) in RIGHT.iter().flat_map(|(key, values)| values.iter().map(move |value| (*key, *value))) {
        let is_length = ["period", "at_least", "exactly", "clear"].contains(&key) || (key, value) == ("at_once", "true");
        let mut entries = vec![(key, value)];
        entries.extend((!is_length).then_some(("period", "\"6 months\"")));
        entries.extend((key == "cutoff").then_some(("then", "\"fixed-day=12-31\"")));
        let table = Written { entries, is_right: true }.table();
        let found = read(agreement(&table, "corresponding-date", "", ""), "2026-11-22");
        assert!(matches!(found, Ok(Some(_))), "{table}: {found:?}");
    }
}

proptest! {
    #![proptest_config(config(|cases| cases))]

    #[test]
    fn a_table_of_notice_is_read_as_it_stands_or_refused_with_a_code(written in written(0.1)) {
        let table = written.table();
        match read(agreement(&table, "corresponding-date", "", ""), "2026-11-22") {
            Err(codes) => {
                prop_assert!(!(written.is_right && written.says_how_long()), "{} is refused: {:?}", table, codes);
                prop_assert!(codes.iter().all(|code| is_documented(code)), "{:?}", codes);
            }
            Ok(found) => {
                prop_assert!(written.is_right && written.says_how_long(), "{} is accepted: {:?}", table, found);
                let found = found.unwrap();
                let length = ["period", "at_least", "exactly", "clear"].into_iter().find_map(|key| Some((key, written.words(key)?)));
                let quantifier = length.and_then(|(key, _)| match key {
                    "at_least" => Some(Quantifier::AtLeast),
                    "exactly" => Some(Quantifier::Exactly),
                    "clear" => Some(Quantifier::Clear),
                    _ => None,
                });
                let clause = &found.clause;
                prop_assert_eq!(clause.period, length.map(|(_, words)| words.parse().unwrap()));
                prop_assert_eq!(clause.quantifier, quantifier);
                prop_assert_eq!(clause.effect, written.words("effect").map(|word| match word {
                    "same-day" => EffectDay::SameDay,
                    _ => EffectDay::NextDay,
                }));
                prop_assert_eq!(clause.missing_day, written.words("missing_day").map(|word| match word {
                    "last" => MissingDay::Last,
                    "next" => MissingDay::Next,
                    _ => MissingDay::Refuse,
                }));
                prop_assert_eq!(clause.sticky, written.get("sticky").map(|value| value == "true"));
                prop_assert_eq!(clause.then, written.words("then").map(|word| word.parse().unwrap()));
                prop_assert_eq!(clause.cutoff, written.words("cutoff").map(|word| word.parse().unwrap()));
                let (lock, day) = match written.words("not_before").map(|words| (words, words.split_once(" after "))) {
                    None => (None, None),
                    Some((_, Some((period, _)))) => (Some(period.parse().unwrap()), None),
                    Some((day, None)) => (None, Some(day.parse().unwrap())),
                };
                prop_assert_eq!((found.locked_for, clause.not_before), (lock, day));
                prop_assert_eq!(clause.deemed_received_after, written.words("deemed_received_after").map(|words| words.parse().unwrap()));
                prop_assert_eq!(clause.count_trigger_day, written.flag("count_trigger_day"));
                prop_assert_eq!(found.form.as_deref(), written.words("form"));
                prop_assert_eq!(found.counted_from.map(CountedFrom::word), written.words("counted_from"));
                prop_assert_eq!(found.window.is_some(), written.get("window").is_some());
                prop_assert_eq!(found.hold_while.as_deref(), written.words("hold_while"));
                prop_assert_eq!(found.condition.as_deref(), written.words("condition"));
                prop_assert_eq!(found.may_name_later_date, written.flag("may_name_later_date"));
            }
        }
    }

    /// Under any regime, with calendars or without, on days before, between and after: something follows from each table, and no panic.
    #[test]
    fn whatever_notice_is_given_under_a_table_that_is_accepted_something_follows(
        written in written(0.02),
        regime in select(shipped().regimes.iter().map(|regime| regime.id.as_str()).collect::<Vec<_>>()),
        calendars in select(vec!["", "\"KR\"", "\"EU\"", "\"KR\", \"SG\""]),
        today in select(vec!["2024-01-14", "2024-01-15", "2026-03-30", "2026-11-22", "2031-01-01", "2060-06-30"]),
    ) {
        let table = written.table();
        match read(agreement(&table, regime, calendars, NOTICE), today) {
            Err(codes) => prop_assert!(codes.iter().all(|code| is_documented(code)), "{:?}", codes),
            Ok(found) => {
                let counting = Counting::named(shipped(), regime, &[]);
                let from = Span::day("2026-03-28".parse().unwrap());
                let answer = compute(from, &found.unwrap().clause, &counting);
                prop_assert!(answer.span().is_some(), "{} gives no day: {:?}", table, answer.undetermined);
            }
        }
    }

    /// Any text at all where the table should be.
    #[test]
    fn no_text_in_place_of_a_table_makes_it_panic(table in prop_oneof!["\\PC{0,40}", "\\{[a-z_]{1,8} = \"[^\"\\\\]{0,12}\"\\}", "(?s).{0,40}"]) {
        if let Err(codes) = read(agreement(&table, "kr", "", ""), "2026-11-22") {
            prop_assert!(codes.iter().all(|code| is_documented(code)), "{:?}", codes);
        }
    }
}

/// Working days have no end without a calendar of each year, so a time until receipt is deemed is counted in days; what the table takes,
/// some day must follow from.
#[test]
fn what_is_said_of_deemed_receipt_can_be_counted_or_is_refused() {
    for later in ["5 working days", "48 hours"] {
        let table = format!("{{ period = \"6 months\", deemed_received_after = \"{later}\" }}");
        if let Ok(found) = read(agreement(&table, "kr", "\"KR\"", ""), "2026-11-22") {
            let counting = Counting::named(shipped(), "kr", &["KR".to_string()]);
            let answer = compute(Span::day("2026-03-28".parse().unwrap()), &found.unwrap().clause, &counting);
            assert!(answer.span().is_some(), "{table} is accepted, but then: {:?}", answer.undetermined);
        }
    }
}

/// A window that opens every so many working days or hours opens at no day that can be told; it must not be as if there were none.
#[test]
fn a_window_that_is_accepted_opens_on_some_day() {
    let counting = Counting::named(shipped(), "corresponding-date", &[]);
    for every in ["60 working days", "8784 hours", "1 year", "400 days"] {
        let table = format!("{{ period = \"6 months\", window = {{ every = \"{every}\", open = \"30 days\" }} }}");
        if let Ok(found) = read(agreement(&table, "corresponding-date", "", ""), "2026-11-22") {
            let (entry, today) = (Span::day("2024-01-15".parse().unwrap()), "2026-11-22".parse().unwrap());
            let window = found.unwrap().window.unwrap().around(today, entry, &counting);
            assert!(window.is_some(), "{table} is accepted, and its window is ignored");
        }
    }
}
