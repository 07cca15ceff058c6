//! `obligo status`

use crate::support::{Register, SMALL, due, entry};

#[test]
fn all_agreements_are_on_the_screen_with_what_needs_attention() {
    Register::demo()
        .obligo("status --as-of 2026-11-21")
        .succeeded()
        .says("Needs attention")
        .says("uk-kr-dp/forum-2025")
        .says("not met by the")
        .says("as of 2026-11-21")
        .says("eu-sg-ai-safety")
        .says("kr-sg-dpa")
        .says_not("breach");
}

#[test]
fn one_agreement_shows_everything_under_it() {
    let ran = Register::demo().obligo("status uk-kr-dp --as-of 2026-11-21").succeeded();
    ran.says("participants:").says("20a").says("termination").says("Powers").says("survival").says_not("eu-jp-dp/");
}

#[test]
fn an_empty_register_says_what_to_do_next() {
    let register = Register::new();
    register.obligo("status").succeeded().warns("Next: obligo import");
}

#[test]
fn overdue_lines_do_not_fail_the_command() {
    Register::with(&[("small.toml", SMALL)]).on("2030-01-01").obligo("status").succeeded().says("not met");
}

#[test]
fn as_of_is_read_as_people_type_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for (typed, day) in [
        ("today", "2026-11-22"),
        ("+3m", "2027-02-22"),
        ("-1d", "2026-11-21"),
        ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"),
        ("eoy", "2026-12-31"),
        ("tomorrow", "2026-11-23"),
    ] {
        assert_eq!(register.json(&format!("status --as-of {typed}"))["as_of"], day, "{typed}");
    }
    assert_eq!(register.json("status")["as_of"], "2026-11-22");
}

#[test]
fn known_at_takes_a_day_or_an_instant() {
    let demo = Register::demo();
    let size = |known_at: &str| demo.json(&format!("status --known-at {known_at}"))["log"]["size"].as_u64().unwrap();
    assert_eq!(size("2025-02-13T23:59:59Z"), size("2025-02-13"));
    assert!(size("2025-02-12") < size("2025-02-13"));
    assert_eq!(size("2025-02-13T00:00:00Z"), size("2025-02-12"));
    assert_eq!(size("2025-02-13T23:00:00+14:00"), size("2025-02-13T09:00:00Z"));
    let log = demo.json("log");
    assert_eq!(size("2026-11-21"), log["log"]["size"].as_u64().unwrap());
}

#[test]
fn binding_and_political_texts_are_told_in_their_own_words() {
    let binding = SMALL.replace("non-binding", "binding").replace("form = \"partnership\"", "form = \"treaty\"");
    let register = Register::with(&[("small.toml", &binding)]);
    register
        .obligo("status small --as-of 2026-11-22")
        .succeeded()
        .says("parties:")
        .says("Obligations")
        .says("in force since 2024-01-15")
        .says("overdue");
    let political = Register::with(&[("small.toml", SMALL)]);
    political
        .obligo("status small --as-of 2026-11-22")
        .succeeded()
        .says("participants:")
        .says("Commitments")
        .says("in effect since")
        .says_not("verdue");
}

#[test]
fn each_line_of_a_mixed_agreement_has_the_force_of_its_provision() {
    let mixed = SMALL
        .replace("force = \"non-binding\"", "force = \"mixed\"")
        .replace("kind = \"report\"", "kind = \"report\"\nforce = \"binding\"")
        .replace("kind = \"commitment\"", "kind = \"commitment\"\nforce = \"non-binding\"")
        .replace("kind = \"meeting-series\"", "kind = \"meeting-series\"\nforce = \"non-binding\"")
        .replace("kind = \"termination\"", "kind = \"termination\"\nforce = \"binding\"")
        .replace("kind = \"entry-into-effect\"", "kind = \"entry-into-effect\"\nforce = \"binding\"");
    let register = Register::with(&[("small.toml", &mixed)]);
    let docket = register.json("status small --as-of 2026-11-22");
    let report = entry(&docket, "small/3").unwrap();
    assert_eq!(report["force"], "binding");
    assert!(report["label"].as_str().unwrap().starts_with("overdue"), "{}", report["label"]);
    let cycle = entry(&docket, "small/council-2025").unwrap();
    assert_eq!(
        (cycle["label"].as_str().unwrap(), due(cycle).as_str()),
        ("not met by the date, nothing recorded", "2025-01-15..2025-12-31")
    );
}

#[test]
fn a_line_fits_the_width_and_no_id_is_broken() {
    let demo = Register::demo();
    for columns in ["80", "120", "200"] {
        let mut command = demo.command("status uk-kr-dp --as-of 2026-11-21");
        let ran = crate::support::run(command.env("COLUMNS", columns)).succeeded();
        let docket = demo.json("status uk-kr-dp --as-of 2026-11-21");
        for id in crate::support::ids(&docket) {
            assert!(ran.stdout.contains(id), "{id} is broken over lines at {columns} columns");
        }
    }
}

#[test]
fn on_days_on_which_it_may_have_come_into_effect_that_is_what_is_not_known() {
    let term = "[[provision]]\nref = \"9\"\nkind = \"term\"\nlength = \"18 months\"\n\n[[provision]]\nref = \"2\"";
    let text = SMALL.replace("on = 2024-01-15\n", "on = \"2024-01\"\n").replacen("[[provision]]\nref = \"2\"", term, 1);
    let register = Register::with(&[("small.toml", &text)]);
    let missing = "it does so between 2024-01-01 and 2024-01-31";
    for line in ["small/entry-into-effect", "small/term"] {
        let label = register.entry(line, "--as-of 2024-01-15")["label"].to_string();
        assert!(label.contains(missing), "{line}: {label}");
    }
    assert_eq!(register.entry("small/term", "--as-of 2024-01-15")["due"]["earliest"], "2025-07-01");
}
