//! The worked examples of courts, offices and texts: one row of the table, one counting.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use clap::Parser;
use obligo::cli::compute::Flags;
use obligo::rule_sets;
use rules::time::calendar::{Calendar, CalendarEdition};

const TABLE: &str = include_str!("../rules/testdata/worked-examples.csv");
const DISPUTED: &str = include_str!("../rules/testdata/disputed.csv");

#[derive(Parser)]
struct Typed {
    #[command(flatten)]
    flags: Flags,
}

/// `test:2007-09-03|2007-10-08`: a calendar made of just these holidays, for every year.
fn made_up(text: &str) -> Calendar {
    let days: BTreeMap<NaiveDate, (String, Option<String>)> =
        text.split('|').filter(|day| !day.is_empty()).map(|day| (day.parse().unwrap(), ("holiday".into(), None))).collect();
    let known_from = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let edition = CalendarEdition { known_from, covers: (1, 9999), status: "test".into(), source: String::new(), days };
    Calendar { id: "test".into(), name: "test".into(), editions: vec![edition] }
}

#[test]
fn every_worked_example_gives_the_expected_date() {
    let almanac = &rule_sets::newest().set.almanac;
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in csv::Reader::from_reader(TABLE.as_bytes()).deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let cell = |key: &str| row.get(key).map_or("", String::as_str);
        let mut arguments = vec!["compute".to_string()];
        for key in [
            "from",
            "period",
            "purpose",
            "quantifier",
            "effect",
            "missing_day",
            "sticky",
            "then",
            "cutoff",
            "not_before",
            "deemed_received_after",
        ] {
            if !cell(key).is_empty() {
                arguments.push(format!("--{}={}", key.replace('_', "-"), cell(key)));
            }
        }
        for key in ["backward", "count_trigger_day"] {
            if cell(key) == "true" {
                arguments.push(format!("--{}", key.replace('_', "-")));
            }
        }
        let flags = Typed::try_parse_from(arguments).unwrap_or_else(|error| panic!("case {}: {error}", cell("case"))).flags;
        let made_up: Vec<Calendar> =
            cell("calendars").split(';').filter_map(|id| id.strip_prefix("test:")).map(made_up).collect();
        let mut question = flags.question(almanac).unwrap_or_else(|error| panic!("case {}: {error}", cell("case")));
        question.calendars = made_up.iter().collect();
        for id in cell("calendars").split(';').filter(|id| !id.is_empty() && !id.starts_with("test:")) {
            question.calendars.push(almanac.calendar(id).unwrap());
        }
        let regime = almanac.regime(cell("regime")).unwrap_or_else(|| panic!("case {}: {}", cell("case"), cell("regime")));
        let answer = question.under(&regime);
        let words = |day: Option<NaiveDate>| day.map_or(String::new(), |day| day.to_string());
        let expected = [cell("date"), cell("earliest"), cell("latest")];
        let found = [words(answer.date()), words(answer.earliest), words(answer.latest)];
        let fits = (0..3).all(|place| expected[place].is_empty() || expected[place] == found[place]);
        let is_range_wanted = expected[0].is_empty();
        if !fits || (is_range_wanted && !found[0].is_empty()) {
            wrong.push(format!("case {}: expected {expected:?}, found {found:?}: {:?}", cell("case"), answer.undetermined));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 48, "{count}");
}

#[test]
fn every_case_is_in_the_table_or_among_the_disputed_with_a_reason() {
    let number = |case: &str| case.trim_end_matches(char::is_alphabetic).parse::<u32>().unwrap();
    let cases = |text: &'static str| {
        let rows = csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect::<Vec<_>>();
        rows.into_iter().map(move |row| number(&row[0])).collect::<Vec<_>>()
    };
    let known: Vec<u32> = cases(TABLE).into_iter().chain(cases(DISPUTED)).collect();
    let missing: Vec<u32> = (1..=48).filter(|case| !known.contains(case)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
