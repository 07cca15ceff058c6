//! `obligo check-nagios`

use chrono::{DateTime, TimeDelta, Utc};
use events::alert::{AlertFact, RunCompleted};
use events::event::RulesAdopted;
use events::log::{EventLog, Expected};
use events::record::{ALERTS, Draft};
use events::{DateSpec, Event};
use store::SqliteLog;
use uuid::Uuid;

use crate::support::{Register, SMALL, run};

#[track_caller]
fn told(register: &Register, line: &str) -> (i32, String) {
    let ran = register.obligo(line);
    assert_eq!(ran.stdout.lines().count(), 1, "one line: {ran:?}");
    (ran.code, ran.stdout.trim_end().into())
}

#[test]
fn it_says_in_one_line_what_is_due_with_the_codes_of_nagios() {
    let on = |day: &str| Register::with(&[("small.toml", SMALL)]).on(day);
    assert_eq!(
        told(&on("2024-06-01"), "check-nagios"),
        (0, "OK - nothing is overdue, or due within 30d | overdue=0;;0;0 soon=0;0;;0 undelivered=0;0;;0".into())
    );
    assert_eq!(
        told(&on("2025-05-20"), "check-nagios"),
        (1, "WARNING - 2 due within 30d (small/council-2025, small/3) | overdue=0;;0;0 soon=2;0;;0 undelivered=0;0;;0".into())
    );
    // Its last day is no day after it.
    assert_eq!(told(&on("2025-06-30"), "check-nagios").0, 1);
    assert_eq!(
        told(&on("2025-07-01"), "check-nagios"),
        (2, "CRITICAL - 1 overdue (small/3), 1 due within 30d (small/council-2025) | overdue=1;;0;0 soon=1;0;;0 undelivered=0;0;;0".into())
    );
}

#[test]
fn the_thresholds_are_the_caller_s() {
    let register = Register::with(&[(
        "small.toml",
        &SMALL.replace("kind = \"meeting-series\"\nbody = \"council\"\nevery = \"1 year\"", "kind = \"statement\""),
    )]);
    let on = |day: &str, options: &str| {
        let mut command = register.command(&format!("check-nagios {options}"));
        run(command.env("OBLIGO_TODAY", day)).code
    };
    assert_eq!(on("2025-05-31", "--warning 0d"), 0, "the 1st of June is tomorrow");
    assert_eq!(on("2025-06-01", "--warning 0d"), 1);
    assert_eq!(on("2025-05-31", "-w 1d"), 1);
    assert_eq!(on("2025-05-24", "-w 30d -c 7d"), 1);
    assert_eq!(on("2025-05-25", "-w 30d -c 7d"), 2);
    assert_eq!(on("2025-06-01", "-c 0d"), 2);
    assert_eq!(on("2025-07-01", "-w 0d"), 2, "what is overdue is critical, whatever is warned of");
}

#[test]
fn whatever_keeps_it_from_an_answer_is_unknown() {
    let nowhere = Register::nowhere();
    let (code, line) = told(&nowhere, "check-nagios");
    assert_eq!(code, 3);
    assert!(line.starts_with("UNKNOWN - "), "{line}");
    for wrong in [
        "check-nagios --warning",
        "check-nagios --frequency 3",
        "check-nagios -w soon",
        "check-nagios one more",
        "check-nagios -c 3x",
    ] {
        let (code, line) = told(&nowhere, wrong);
        assert_eq!((code, line.starts_with("UNKNOWN - ")), (3, true), "{wrong}: {line}");
        assert!(!line.contains('|'), "{line}");
    }
    nowhere.file("register.db", "this is no register");
    assert_eq!(told(&nowhere, "check-nagios").0, 3);
    // Other verbs keep their own code, and help is an answer.
    nowhere.obligo("status --frequency check-nagios").ended(2);
    nowhere.obligo("check-nagios --help").succeeded().says("--warning");
}

/// Half past a day and two hours ago.
fn long_ago() -> DateTime<Utc> {
    obligo::clock::now() - TimeDelta::minutes(26 * 60 + 30)
}

#[test]
fn a_run_that_did_not_come_is_a_warning() {
    let register = Register::new().on("2024-06-01");
    let completed = RunCompleted {
        size: 0,
        root: String::new(),
        rules: RulesAdopted { id: "rules".into(), sha256: String::new() },
        settings: String::new(),
        evaluated: 0,
        due: 0,
        undetermined: 0,
        obligations: String::new(),
    };
    let draft = Draft {
        id: Uuid::from_u128(1),
        agreement: ALERTS.into(),
        event: Event::Alert(AlertFact::Run(Box::new(completed))),
        occurred_on: "2024-05-31".parse::<DateSpec>().ok(),
        actor: "job".into(),
        authority: None,
        source: None,
        reason: None,
        corrects: None,
        rules: None,
    };
    let mut log = SqliteLog::open(register.db(), long_ago).unwrap();
    log.append(Uuid::from_u128(2), &Expected::Size(0), &[draft]).unwrap();
    drop(log);
    let (code, line) = told(&register, "check-nagios");
    assert_eq!(code, 1, "{line}");
    assert!(line.starts_with("WARNING - the last run was 26 hours ago, at "), "{line}");
    register.file("obligo.toml", "run_every_hours = 48");
    assert_eq!(told(&register, "check-nagios").0, 0);
    register.file("obligo.toml", "");
    register.obligo("run").succeeded();
    assert_eq!(told(&register, "check-nagios").0, 0);
    register.file("obligo.toml", "run_every_hours = 0");
    assert_eq!(told(&register, "check-nagios").0, 3, "settings that cannot be read are no answer");
}

#[cfg(target_os = "linux")]
#[test]
fn what_nobody_can_read_is_no_answer() {
    let register = Register::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let status = register.command("check-nagios").stdout(full).stderr(std::process::Stdio::null()).status().expect("it runs");
    assert_eq!(status.code(), Some(3));
}
