//! `obligo check-nagios`

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
        (0, "OK - nothing is overdue, or due within 30d | overdue=0;;0;0 soon=0;0;;0".into())
    );
    assert_eq!(
        told(&on("2025-05-20"), "check-nagios"),
        (1, "WARNING - 2 due within 30d (small/council-2025, small/3) | overdue=0;;0;0 soon=2;0;;0".into())
    );
    // Its last day is no day after it.
    assert_eq!(told(&on("2025-06-30"), "check-nagios").0, 1);
    assert_eq!(
        told(&on("2025-07-01"), "check-nagios"),
        (2, "CRITICAL - 1 overdue (small/3), 1 due within 30d (small/council-2025) | overdue=1;;0;0 soon=1;0;;0".into())
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
