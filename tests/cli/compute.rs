//! `obligo compute`, `compare`, `regimes`, `calendars`

use crate::support::Register;

fn answer(flags: &str) -> serde_json::Value {
    Register::nowhere().json(&format!("compute {flags}"))
}

#[test]
fn six_months_from_31_august_end_on_28_february_and_each_step_is_told() {
    let answer = answer("--from 2026-08-31 --period P6M");
    assert_eq!(answer["date"], "2027-02-28");
    assert_eq!(answer["earliest"], answer["latest"]);
    assert!(answer["steps"].as_array().unwrap().len() >= 2);
    assert!(answer["undetermined"].is_null());
}

#[test]
fn a_roll_without_a_calendar_is_undetermined_with_the_days_it_lies_between() {
    let answer = answer("--from 2025-08-31 --period P6M --regime eu-1182-71");
    assert!(answer["date"].is_null());
    assert_eq!(answer["earliest"], "2026-03-02");
    assert!(answer["latest"].as_str().unwrap() > "2026-03-02");
    assert!(answer["undetermined"].as_str().unwrap().contains("no calendar"));
}

#[test]
fn an_effect_never_rolls_and_may_begin_on_the_next_day() {
    assert_eq!(answer("--from 2025-08-31 --period P6M --regime eu-1182-71 --purpose effect")["date"], "2026-02-28");
    assert_eq!(answer("--from 2014-12-31 --period P1Y --purpose effect --effect next-day")["date"], "2016-01-01");
}

#[test]
fn a_year_that_no_calendar_covers_is_not_a_working_day() {
    let answer = answer("--from 2034-01-02 --period P6M --regime kr --calendar KR");
    assert!(answer["date"].is_null());
    assert!(answer["undetermined"].as_str().unwrap().contains("covers 2022 to 2030"));
}

#[test]
fn notice_by_1_july_takes_effect_on_1_january() {
    let flags = "--then fixed-day=01-01 --cutoff 07-01 --purpose effect";
    assert_eq!(answer(&format!("--from 2011-06-29 {flags}"))["date"], "2012-01-01");
    assert_eq!(answer(&format!("--from 2011-07-01 {flags}"))["date"], "2012-01-01");
    assert_eq!(answer(&format!("--from 2011-07-02 {flags}"))["date"], "2013-01-01");
}

#[test]
fn a_vague_day_gives_a_range_and_says_what_is_missing() {
    let answer = answer("--from 2026-08 --period P6M");
    assert_eq!((answer["earliest"].as_str(), answer["latest"].as_str()), (Some("2027-02-01"), Some("2027-02-28")));
    assert!(answer["date"].is_null() && answer["undetermined"].is_string());
}

#[test]
fn what_is_no_regime_calendar_period_or_day_of_the_year_is_refused() {
    let nowhere = Register::nowhere();
    for (flags, code) in [
        ("--from 2026-01-01 --period P6M --regime eu", "E0204"),
        ("--from 2026-01-01 --period P6M --calendar XX", "E0204"),
        ("--from 2026-01-01 --period six", "E0304"),
        ("--from 2026-02-30 --period P6M", "E0301"),
        ("--from 2026-01-01 --then fixed-day=13-01", "E0303"),
        ("--from 2026-01-01 --then sometime", "E0204"),
    ] {
        nowhere.obligo(&format!("compute {flags}")).ended(4).warns(code);
    }
    nowhere.obligo("compute --from 2026-01-01").ended(2);
}

#[test]
fn an_agreement_counts_working_days_by_its_calendars_and_without_one_says_what_is_missing() {
    let working = crate::support::SMALL.replace("6 months", "6 working days");
    let by_calendar = working
        .replace("id = \"small\"", "id = \"by-calendar\"")
        .replace("reckoning = \"corresponding-date\"", "reckoning = \"corresponding-date\"\ncalendars = [\"KR\"]");
    let register = Register::with(&[("working.toml", &working), ("by-calendar.toml", &by_calendar)]);
    // 3 October 2025 is Foundation Day, and the harvest holiday follows from the 5th to the 9th.
    for agreement in ["small", "by-calendar"] {
        register
            .obligo(&format!("record notice {agreement} --by AA --given 2025-10-01 --received 2025-10-01 --reason late"))
            .succeeded();
    }
    register.obligo("explain by-calendar/notice-1").succeeded().says("6 working days from 2025-10-01: 2025-10-16");
    register
        .obligo("explain small/notice-1")
        .succeeded()
        .says("between 2025-10-09 and 2025-10-24")
        .says("no calendar of holidays is named");
}

#[test]
fn one_table_has_every_regime_and_one_period() {
    let compared = Register::nowhere().obligo("compare --from 2026-02-28 --period P1M --purpose effect").succeeded();
    for line in ["corresponding-date  2026-03-28", "kr                  2026-03-31", "jp                  2026-03-31"] {
        assert!(compared.stdout.contains(line), "{}", compared.stdout);
    }
}

#[test]
fn regimes_and_calendars_show_their_sources_and_how_far_they_reach() {
    let nowhere = Register::nowhere();
    nowhere.obligo("regimes kr").succeeded().says("Art 160(3)").says("2008-03-22");
    nowhere.obligo("calendars").succeeded().says("library").says("official").says("2022–2030");
    nowhere.obligo("calendars JP").succeeded().says("2026-01-01");
}
