//! The scheduled run from outside: what it flags, once, and what people say of it.

use serde_json::Value;

use crate::support::Register;

const PACT: &str = r#"
[agreement]
id = "pact"
title = "A pact on reports"
form = "treaty"
force = "binding"
reckoning = "corresponding-date"
[[party]]
id = "AA"
name = "Country A"
zone = "Europe/Brussels"
[[party]]
id = "BB"
name = "Country B"
zone = "Asia/Seoul"
[[provision]]
ref = "3"
kind = "report"
by = ["AA"]
due = "2027-06-30"

[[act]]
type = "took-effect"
on = 2026-01-01
"#;

fn pact() -> Register {
    let register = Register::with(&[("pact.toml", PACT)]).on("2028-01-01");
    register.obligo("import pact.toml").succeeded();
    register
}

fn run(register: &Register, day: &str) -> Value {
    register.json(&format!("run --as-of {day}"))
}

fn count(run: &Value, key: &str) -> u64 {
    run[key].as_u64().unwrap_or_else(|| panic!("{key} in {run:#}"))
}

fn rungs(run: &Value) -> Vec<String> {
    run["alerts"].as_array().unwrap().iter().map(|alert| alert["rung"].to_string()).collect()
}

#[test]
fn each_rung_is_flagged_once_and_a_missed_week_is_caught_up_and_marked_late() {
    let register = pact();
    let first = run(&register, "2027-06-01");
    // The first run of a register says where things stand, not all that would have been said before.
    assert_eq!((count(&first, "raised"), count(&first, "late"), rungs(&first)), (1, 0, vec!["30".to_string()]));
    assert_eq!(first["alerts"][0]["entry"], "pact/3");
    assert_eq!(first["alerts"][0]["due"]["earliest"], "2027-06-30");
    assert_eq!(first["alerts"][0]["state"], "raised");
    assert_eq!(count(&run(&register, "2027-06-01"), "raised"), 0, "twice on a day");
    // The job stood still over the rungs 7, 1 and 0: none is missed.
    let after = run(&register, "2027-07-02");
    assert_eq!(rungs(&after), ["0", "1", "7", "\"after\""]);
    let late: Vec<Option<u64>> = after["alerts"].as_array().unwrap().iter().map(|one| one["late_by"].as_u64()).collect();
    assert_eq!(late, [Some(2), Some(3), Some(9), Some(1)]);
    assert_eq!(count(&after, "late"), 4);
    assert_eq!(count(&run(&register, "2027-07-03"), "raised"), 0);
}

#[test]
fn a_date_that_moves_withdraws_what_was_said_of_it_and_is_flagged_anew() {
    let register = pact();
    run(&register, "2027-06-01");
    register.obligo("record extension pact/3 --to 2027-12-31 --on 2027-06-02 --reason told-afterwards").succeeded();
    let moved = run(&register, "2027-06-03");
    assert_eq!((count(&moved, "withdrawn"), count(&moved, "raised")), (1, 0), "{moved:#}");
    assert_eq!(moved["alerts"][0]["why"], "moved to 2027-12-31");
    let again = run(&register, "2027-07-04");
    assert_eq!(rungs(&again), ["180"]);
}

#[test]
fn performed_in_time_it_is_flagged_no_more_and_what_was_said_stands() {
    let register = pact();
    run(&register, "2027-06-01");
    register.obligo("record performance pact/3 --on 2027-06-10 --reason told-afterwards").succeeded();
    let after = run(&register, "2027-07-10");
    assert_eq!((count(&after, "raised"), count(&after, "withdrawn")), (0, 0), "{after:#}");
    register.obligo("alerts --as-of 2027-07-10").succeeded().says("Nothing is flagged");
    register.obligo("alerts --all --as-of 2027-07-10").succeeded().says("30 days before");
}

#[test]
fn a_clock_that_was_set_back_takes_nothing_away_and_one_far_ahead_is_not_believed() {
    let register = pact();
    run(&register, "2027-07-01");
    let back = run(&register, "2026-12-01");
    assert_eq!((count(&back, "raised"), count(&back, "withdrawn")), (0, 0), "{back:#}");
    let demo = Register::new().on("2026-11-22");
    for agreement in ["uk-kr-dp", "eu-kr-dp", "eu-jp-dp", "eu-sg-dp"] {
        demo.file(&format!("{agreement}.toml"), crate::support::example(&format!("{agreement}.toml")));
        demo.obligo(&format!("import {agreement}.toml")).succeeded();
    }
    let before = demo.log();
    let refused = demo.obligo("run --as-of 2046-11-22").ended(4);
    assert!(refused.stderr.contains("E0807") && refused.stderr.contains("2046-11-22"), "{}", refused.stderr);
    assert_eq!(demo.log(), before, "nothing is written");
    assert!(count(&demo.json("run --as-of 2046-11-22 --accept-clock"), "raised") > 10);
}

#[test]
fn people_take_note_put_off_and_take_it_back() {
    let register = pact();
    let first = run(&register, "2027-06-01");
    let id = first["alerts"][0]["id"].as_str().unwrap().to_string();
    register.obligo(&format!("alerts ack {} --reason seen", &id[..8])).succeeded().says("1 alert acknowledged");
    let shown = register.json("alerts show pact/3 --as-of 2027-06-01");
    assert_eq!(shown["alerts"][0]["state"], "acknowledged");
    register.obligo("undo --reason slip").succeeded();
    assert_eq!(register.json("alerts --as-of 2027-06-01")["alerts"][0]["state"], "raised");
    register.obligo("alerts snooze pact/3 --until 2028-02-01 --reason holidays").succeeded().says("put off to 2028-02-01");
    assert_eq!(register.json("alerts --as-of 2027-06-02")["alerts"][0]["state"], "snoozed");
    let late = register.obligo("alerts snooze pact/3 --until 2027-02-01 --reason holidays").ended(4);
    assert!(late.stderr.contains("E0303"), "{}", late.stderr);
    register.obligo("alerts ack nothing").ended(3);
    let nobody = register.obligo("alerts escalate pact/3 --to head-7").ended(4);
    assert!(nobody.stderr.contains("E0808"), "{}", nobody.stderr);
    // What a run recorded is not taken back by hand.
    let of_run = register.obligo("undo --actor job").ended(4);
    assert!(of_run.stderr.contains("E0424"), "{}", of_run.stderr);
}

#[test]
fn nothing_is_recorded_by_a_dry_run() {
    let register = pact();
    let before = register.log();
    register.obligo("run --as-of 2027-06-01 --dry-run").succeeded().says("Would be recorded").says("pact/3");
    assert_eq!(register.log(), before);
}

#[test]
fn a_run_can_be_proved_to_have_left_nothing_out() {
    let register = pact();
    run(&register, "2027-06-01");
    run(&register, "2027-06-02");
    register.obligo("record performance pact/3 --on 2027-06-10 --reason told-afterwards").succeeded();
    run(&register, "2027-06-20");
    register.obligo("verify --runs").succeeded().says("3 runs: 3 as recorded");
    register.obligo("verify").succeeded();
}

#[test]
fn two_runs_at_once_flag_once() {
    let register = pact();
    let spawn = || {
        let mut command = register.command("run --as-of 2027-06-25 --json");
        command.stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let both = [spawn(), spawn(), spawn()];
    let raised: u64 = both
        .into_iter()
        .map(|child| {
            let out = child.wait_with_output().unwrap();
            assert!(out.status.success());
            count(&serde_json::from_slice(&out.stdout).unwrap(), "raised")
        })
        .sum();
    assert_eq!(raised, 1);
}

#[test]
fn the_doctor_says_what_is_to_be_seen_to() {
    let register = pact();
    register.obligo("doctor --exit-code").ended(11).says("no run was ever recorded");
    run(&register, "2027-06-01");
    register.obligo("doctor --exit-code").ended(10).says("in time").says("nothing is undelivered").says("nobody is told");
    let nowhere = Register::nowhere().obligo("doctor --exit-code").ended(11);
    assert!(nowhere.stdout.contains("register"), "{}", nowhere.stdout);
}

#[test]
fn everything_that_is_wrong_with_the_settings_is_said_at_once() {
    let register = pact();
    register
        .file("obligo.toml", "[ladder]\ndefault = [30, \"afterwards\"]\nkinds.meating = [1]\n\n[[watch]]\nowners = [\"dg-1\"]\n");
    let refused = register.obligo("config check").ended(4);
    for words in ["`afterwards` is no rung", "`meating` is no kind of line", "no [[person]] `dg-1`", "E0806"] {
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
    }
    let before = register.log();
    register.obligo("run --as-of 2027-06-01").ended(4);
    assert_eq!(register.log(), before);
    register.file("obligo.toml", "[ladder]\nagreements.pact = [10]\n");
    register.obligo("config check").succeeded().says("is sound");
    assert_eq!(count(&run(&register, "2027-06-19"), "raised"), 0);
    assert_eq!(rungs(&run(&register, "2027-06-20")), ["10"]);
}
