//! What each crate may know, held against its manifest and its text.

mod support;

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use support::{root, sources};

/// The dependencies that each crate declares, by cargo's own word; its own crates of the workspace among them.
fn declared(package: &str, is_kind: fn(&Value) -> bool) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers in JSON");
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|found| found["name"] == package).unwrap_or_else(|| panic!("no package {package}"));
    let dependencies = package["dependencies"].as_array().unwrap().iter().filter(|dependency| is_kind(&dependency["kind"]));
    dependencies.map(|dependency| dependency["name"].as_str().unwrap().to_string()).collect()
}

#[track_caller]
fn depends_only_on(package: &str, may: &[&str]) {
    let found = declared(package, Value::is_null);
    let may: BTreeSet<String> = may.iter().map(ToString::to_string).collect();
    let beyond: Vec<&String> = found.difference(&may).collect();
    assert!(beyond.is_empty(), "{package} may not depend on {beyond:?}");
}

#[test]
fn each_crate_depends_only_on_what_it_may() {
    let events = [
        "base64",
        "chrono",
        "compact_str",
        "ed25519-dalek",
        "edtf-core",
        "memchr",
        "serde",
        "serde_json",
        "sha2",
        "thiserror",
        "uuid",
    ];
    depends_only_on("events", &events);
    depends_only_on("rules", &["events", "chrono", "thiserror"]);
    depends_only_on("store", &["events", "rusqlite", "rustix", "signal-hook", "thiserror", "uuid", "chrono"]);
}

#[test]
fn rules_and_store_have_never_heard_of_each_other_not_even_in_their_tests() {
    assert!(!declared("rules", |_| true).contains("store"));
    assert!(!declared("store", |_| true).contains("rules"));
    for (folder, other) in [("rules", "store"), ("store", "rules")] {
        assert_nowhere(&[folder], &[&format!("use {other}::"), &format!(" {other}::")]);
    }
}

#[test]
fn only_the_program_has_a_clock() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let workspace: toml::Table = manifest.parse().unwrap();
    let chrono = &workspace["workspace"]["dependencies"]["chrono"];
    assert_eq!(chrono["default-features"].as_bool(), Some(false));
    assert!(
        !chrono["features"].as_array().unwrap().iter().any(|feature| feature.as_str() == Some("clock")),
        "the core is built without chrono's clock"
    );
    for member in ["events", "rules", "store"] {
        let manifest = std::fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(!manifest.contains("clock"), "{member} turns a clock on");
    }
    let clocks = mentions(&["src", "events/src", "rules/src", "store/src"], &["Utc::now", "Local::now", "SystemTime::now"]);
    assert!(clocks.iter().all(|mention| mention.starts_with("src/clock.rs:")), "only src/clock.rs meets a clock: {clocks:#?}");
}

/// Lines of code, without what follows `//`, that have one of these words.
fn mentions(folders: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources(folders) {
        let text = std::fs::read_to_string(&file).unwrap();
        for (line, number) in text.lines().zip(1..) {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{number}: {}", file.strip_prefix(root()).unwrap().display(), line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn assert_nowhere(folders: &[&str], words: &[&str]) {
    let found = mentions(folders, words);
    assert!(found.is_empty(), "{words:?} are not for {folders:?}:\n{}", found.join("\n"));
}

#[test]
fn the_core_meets_no_clock_terminal_file_environment_or_database() {
    let words = [
        "Utc::now",
        "Local::now",
        "SystemTime::now",
        "Instant::now",
        "println!",
        "eprintln!",
        "print!(",
        "std::fs",
        "std::env",
        "std::net",
        "rusqlite",
    ];
    assert_nowhere(&["events/src", "rules/src"], &words);
    assert_nowhere(&["store/src"], &["println!", "eprintln!", "print!(", "std::env::var"]);
}

#[test]
fn sql_stays_in_the_store() {
    let words = ["SELECT ", "INSERT INTO", "DELETE FROM", "UPDATE record", "CREATE TABLE", "PRAGMA ", "rusqlite"];
    assert_nowhere(&["src", "events/src", "rules/src"], &words);
}

#[test]
fn dates_are_reckoned_in_rules_alone() {
    assert_nowhere(&["store/src"], &["checked_add_months", "checked_sub_months", "Months::new"]);
    // Windows of screens and dates that people type are at the edge; what is due is not computed there.
    assert_nowhere(&["src/report"], &["checked_add_months", "checked_sub_months"]);
}

#[test]
fn nothing_is_left_to_do_and_no_test_is_skipped() {
    let folders = ["src", "events", "rules", "store", "tests"];
    let words = [concat!("to", "do!("), concat!("unimpl", "emented!("), concat!("#[ig", "nore"), concat!("db", "g!(")];
    assert_nowhere(&folders, &words);
}

#[test]
fn the_core_makes_no_unsafe_exception() {
    assert_nowhere(
        &["src", "events/src", "rules/src", "store/src"],
        &[concat!("allow(un", "safe_code)"), concat!("un", "safe {")],
    );
}

#[test]
fn each_event_has_a_golden_record_and_each_golden_record_an_event() {
    let text = std::fs::read_to_string(root().join("events/src/codec.rs")).unwrap()
        + &std::fs::read_to_string(root().join("events/src/event.rs")).unwrap();
    for entry in std::fs::read_dir(root().join("snapshots/events")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let kind = name.split(".v").next().unwrap().trim_end_matches('+');
        assert!(text.contains(&format!("\"{kind}\"")), "{name} is the golden record of no event");
    }
}
