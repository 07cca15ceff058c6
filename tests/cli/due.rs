//! `obligo due`

use crate::support::{Register, SMALL, ids};

#[test]
fn it_is_silent_when_nothing_is_due() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let ran = register.obligo("due --as-of 2024-06-01 --within 10d").succeeded();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    register.obligo("due --as-of 2024-06-01 --within 10d --exit-code").ended(0);
}

#[test]
fn the_exit_code_tells_due_from_overdue_only_when_it_is_asked_to() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("due --as-of 2025-05-20 --within 30d --exit-code").ended(10).says("small/3");
    register.obligo("due --as-of 2025-06-30 --within 1d --exit-code").ended(10);
    register.obligo("due --as-of 2025-07-01 --within 1d --exit-code").ended(11).says("small/3");
    register.obligo("due --as-of 2025-07-01 --within 1d").ended(0).says("small/3");
}

#[test]
fn the_window_has_both_its_ends() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let within =
        |question: &str| register.json(question)["entries"].as_array().unwrap().iter().any(|line| line["id"] == "small/3");
    assert!(!within("due --as-of 2025-05-21 --within 10d"), "31 May is the day before");
    assert!(within("due --as-of 2025-05-22 --within 10d"), "1 June is the first day of June");
    assert!(within("due --as-of 2025-05-01 --within 1m"));
    assert!(within("due --from 2025-06-30 --to 2025-07-31 --as-of 2025-05-01"));
    assert!(!within("due --from 2025-07-01 --to 2025-07-31 --as-of 2025-05-01"));
    assert!(within("due --from 2025-05-01 --to 2025-06-01 --as-of 2025-05-01"));
    assert!(!within("due --from 2025-05-01 --to 2025-05-31 --as-of 2025-05-01"));
}

#[test]
fn a_tentative_meeting_is_announced_from_its_earliest_day() {
    let demo = Register::demo();
    let known = "--as-of 2025-02-13 --known-at 2025-02-13";
    let found = |window: &str| ids(&demo.json(&format!("due {window} {known}"))).contains(&"eu-kr-dp/council-3");
    assert!(!found("--from 2025-06-01 --to 2025-06-30"));
    assert!(found("--from 2025-07-01 --to 2025-07-01"));
    assert!(found("--from 2025-12-31 --to 2026-01-31"));
    assert!(!found("--from 2026-01-01 --to 2026-01-31"));
}

#[test]
fn what_was_done_is_not_due() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record performance small/3 --on 2025-05-30 --reason late").succeeded();
    assert!(!ids(&register.json("due --as-of 2025-06-15")).contains(&"small/3"));
}

#[test]
fn a_period_is_read_as_people_type_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for within in ["90d", "3m", "'90 days'", "'six (6) months'", "P6M", "1y", "2w"] {
        register.obligo(&format!("due --within {within}")).succeeded();
    }
    register.obligo("due --within 0d").ended(4).warns("E0304").warns("no time at all");
    register.obligo("due --within 90d --from 2025-01-01 --to 2025-02-02").ended(2);
    register.obligo("due --from 2025-01-01").ended(2);
}
