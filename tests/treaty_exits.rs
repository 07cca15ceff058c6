//! Real notices and deposits, 1933 to 2025: what each clause alone gives, beside the day that the depositary stated.
//! `cargo test --test treaty_exits -- --nocapture` prints the score line by line, and so does `obligo notices`.

mod support;

use std::collections::BTreeMap;

use serde_json::Value;
use support::{Register, root};

type Row = BTreeMap<String, String>;

fn rows() -> Vec<Row> {
    let path = root().join("examples/treaty-exits/rows.csv");
    csv::Reader::from_path(path).unwrap().into_deserialize::<Row>().map(Result::unwrap).collect()
}

/// Every file, in one register.
fn register() -> Register {
    let register = Register::new();
    let folder = root().join("examples/treaty-exits");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    register.obligo(&format!("import {}", files.join(" "))).succeeded();
    register
}

/// What the clause gives, in a word beside what is expected.
fn verdict(entry: &Value, expected: &str) -> &'static str {
    let end = |which: &str| entry["clause"][which].as_str();
    match (end("earliest"), end("latest")) {
        (Some(_) | None, None) if expected.is_empty() => "none",
        (Some(earliest), Some(latest)) if earliest == latest && earliest == expected => "agrees",
        (Some(earliest), latest) if earliest <= expected && latest.is_none_or(|latest| expected <= latest) => "open",
        _ => "differs",
    }
}

#[test]
fn each_clause_alone_gives_what_the_row_says_that_it_gives() {
    let document = register().json("notices");
    let entries = document["entries"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut score: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows() {
        let stem = row["file"].trim_end_matches(".toml");
        let id = format!("{stem}/{}", row["notice"]);
        let entry = entries.iter().find(|entry| entry["id"] == id.as_str());
        let Some(entry) = entry else {
            wrong.push(format!("{id} is not among the notices"));
            continue;
        };
        let found = verdict(entry, &row["expected"]);
        let clause = &entry["clause"];
        let line = format!("{found:8} {:32} expected {:10} clause {clause} {}", row["id"], row["expected"], row["remark"]);
        println!("{line}");
        *score.entry(found).or_default() += 1;
        if found != row["verdict"] {
            wrong.push(format!("{line}\n  the row says {}", row["verdict"]));
        }
    }
    println!("{score:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows().len(), 59);
}

#[test]
fn a_row_that_is_not_simply_reproduced_says_why() {
    for row in rows().iter().filter(|row| row["verdict"] != "agrees") {
        assert!(!row["remark"].is_empty(), "{} is {} and does not say why", row["id"], row["verdict"]);
    }
}

/// The control: with the clause of one file changed, its row no longer agrees.
#[test]
fn a_clause_of_seven_months_is_caught() {
    let text = std::fs::read_to_string(root().join("examples/treaty-exits/ottawa.toml")).unwrap();
    let changed = text.replace("period = \"6 months\"", "period = \"7 months\"");
    assert_ne!(text, changed, "the clause is no longer found by this test");
    let document = Register::with(&[("ottawa.toml", &changed)]).json("notices ottawa");
    let entries = document["entries"].as_array().unwrap();
    let estonia = entries.iter().find(|entry| entry["id"] == "ottawa/ottawa-estonia-2025").unwrap();
    assert_eq!(verdict(estonia, "2025-12-27"), "differs");
    assert_eq!(estonia["verdict"], "differs");
}

/// Retractions, suspensions, expulsions and conditions, as they stand today.
#[test]
fn what_became_of_a_notice_is_told() {
    let document = register().json("notices");
    let label = |id: &str| {
        let entry = document["entries"].as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap().clone();
        entry["label"].as_str().unwrap().to_string()
    };
    assert_eq!(label("upu/upu-us-2018"), "retracted 2019-10-10");
    assert_eq!(label("un-charter/un-indonesia-1965"), "retracted 1966-09-28");
    assert_eq!(label("coe-statute/coe-russia-2022"), "overtaken");
    assert!(label("npt/npt-dprk-1993").contains("suspended 1993-06-11, 1 day before"), "{}", label("npt/npt-dprk-1993"));
    assert!(label("ottawa/ottawa-ukraine-2025").contains("until the end of armed conflict"));
    assert_eq!(label("iccpr-op1/iccprop1-trinidad-2000"), "effective");
}
