//! `obligo notice` and `obligo notices`

use serde_json::Value;

use crate::support::{Register, SMALL};

fn power(document: &Value) -> &Value {
    &document["powers"][0]
}

#[test]
fn the_last_day_is_a_search_and_the_subtraction_stands_beside_it() {
    let ran = Register::demo().obligo("notice uk-kr-dp --to-end-on 2027-02-28").succeeded();
    let ran = ran.says("Last day for notice, to end by 2027-02-28: Monday 2026-08-31");
    ran.says("counting back gives 2026-08-28, 3 days too early");
    let document = Register::demo().json("notice uk-kr-dp --to-end-on 2027-02-28");
    assert_eq!(power(&document)["last_day"]["earliest"], "2026-08-31");
    assert_eq!(power(&document)["first_end"]["latest"], "2027-02-28");
    assert_eq!(power(&document)["readings"][0]["subtracted"], "2026-08-28");
}

#[test]
fn the_day_ends_by_the_clock_of_each_party() {
    let document = Register::demo().json("notice uk-kr-dp --to-end-on 2027-02-28");
    let clocks = power(&document)["clocks"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = clocks
        .iter()
        .map(|clock| {
            let elsewhere = &clock["elsewhere"][0];
            (clock["of"].as_str().unwrap(), clock["day_ends_at"].as_str().unwrap(), elsewhere["text"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [("KR", "2026-08-31T15:00:00Z", "2026-08-31 16:00"), ("GB", "2026-08-31T23:00:00Z", "2026-09-01 08:00")],
        "in August London is an hour ahead of UTC"
    );
}

#[test]
fn an_instant_is_another_day_for_who_sends_and_who_receives() {
    let ends = |given: &str| power(&Register::demo().json(&format!("notice uk-kr-dp --given {given}")))["first_end"].clone();
    assert_eq!(ends("2026-08-30T12:00+09:00"), serde_json::json!({"earliest": "2027-02-28", "latest": "2027-02-28"}));
    // Half past midnight in Seoul is the afternoon before in London.
    assert_eq!(ends("2026-09-01T00:30+09:00"), serde_json::json!({"earliest": "2027-02-28", "latest": "2027-03-01"}));
}

#[test]
fn a_text_that_does_not_say_from_when_it_counts_has_two_readings() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let document = register.json("notice small --given 2026-08-31");
    let readings = power(&document)["readings"].as_array().unwrap();
    assert_eq!(readings.len(), 2);
    assert_eq!(power(&document)["undetermined"], "the day it was received is not known");
    assert_eq!(power(&document)["first_end"], serde_json::json!({"earliest": "2027-02-28", "latest": null}));
    let document = register.json("notice small --given 2026-08-31 --received 2026-09-02");
    assert_eq!(power(&document)["first_end"], serde_json::json!({"earliest": "2027-02-28", "latest": "2027-03-02"}));
}

#[test]
fn a_period_under_a_law_that_does_not_settle_the_day_of_effect_has_two_days() {
    let text = SMALL.replace("reckoning = \"corresponding-date\"", "reckoning = \"vclt\"");
    let months = text.replace("at_least = \"6 months\"", "period = \"6 months\", counted_from = \"given\"");
    let days = months.replace("6 months", "180 days").replace("id = \"small\"", "id = \"in-days\"");
    let register = Register::with(&[("small.toml", &months), ("in-days.toml", &days)]);
    let document = register.json("notice small --to-end-on 2027-02-28");
    assert_eq!(power(&document)["last_day"], serde_json::json!({"earliest": "2026-08-27", "latest": "2026-08-31"}));
    let document = register.json("notice in-days --given 2026-01-01");
    assert_eq!(power(&document)["first_end"], serde_json::json!({"earliest": "2026-06-30", "latest": "2026-07-01"}));
}

#[test]
fn a_last_day_that_has_passed_says_what_a_notice_of_today_would_do() {
    let ran = Register::demo().obligo("notice uk-kr-dp --to-end-on 2027-02-28 --as-of 2026-09-01").succeeded();
    ran.says("has passed: a notice of 2026-09-01 takes effect 2027-03-01");
}

#[test]
fn a_text_without_such_a_power_is_undetermined_and_never_guessed() {
    let document = Register::demo().json("notice eu-jp-dp --given 2026-01-01");
    assert_eq!(document["powers"], serde_json::json!([]));
    assert!(document["undetermined"].as_str().unwrap().contains("gives a power"));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let demo = Register::demo();
    demo.obligo("notice uk-kr-dp").ended(2);
    demo.obligo("notice uk-kr-dp --to-end-on 2027-02-28 --given 2026-01-01").ended(2);
    demo.obligo("notice uk-kr-dp --received 2026-01-01").ended(2);
    demo.obligo("notice uk-kr --given 2026-01-01").ended(3).warns("E0502");
    demo.obligo("notice uk-kr-dp --given 2026-02-30").ended(4).warns("E0301");
    demo.obligo("notice uk-kr-dp --given 03/04/2026").ended(4).warns("E0302");
    demo.obligo("notice uk-kr-dp --given 'around 2026'").ended(4).warns("E0303");
    demo.obligo("notice uk-kr-dp --given 2026-02-02 --received 2026-02-01").ended(4).warns("E0413");
    demo.obligo("notice uk-kr-dp --given 2026-02-02 --power 7").ended(3).warns("E0504");
}

#[test]
fn without_a_notice_the_ledger_says_so_and_with_one_it_has_its_line() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("notices").succeeded().says("No notice and no consent is recorded");
    register.obligo("record notice small --by AA --given 2026-01-05 --received 2026-01-05 --reason late").succeeded();
    register.obligo("record effect-stated small --effective 2026-07-05 --on 2026-01-10 --reason late").succeeded();
    let document = register.json("notices small");
    assert_eq!(document["entries"][0]["verdict"], "agrees");
    assert_eq!(document["score"]["stated"], 1);
    register.obligo("notices smal").ended(3).warns("E0502");
}

#[test]
fn working_days_are_counted_by_the_calendar_of_the_agreement() {
    let working = SMALL
        .replace("6 months", "6 working days")
        .replace("reckoning = \"corresponding-date\"", "reckoning = \"corresponding-date\"\ncalendars = [\"KR\"]");
    let register = Register::with(&[("small.toml", &working)]);
    let now = register.json("notice small --given 2025-10-01 --received 2025-10-01");
    assert_eq!(power(&now)["first_end"], serde_json::json!({"earliest": "2025-10-16", "latest": "2025-10-16"}));
    assert_eq!(power(&now)["undetermined"], Value::Null);
}
