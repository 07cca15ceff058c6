//! `--as-of`, `--known-at`, `--sources-until` and `--ceiling`, on every verb that reads.

use serde_json::Value;

use crate::support::{Register, SMALL};

/// Every verb that reads, of an agreement that all of them have something to say of.
const READING: [&str; 16] = [
    "status",
    "status small",
    "due --within 10y",
    "explain small/3",
    "residual small/3",
    "what-if meeting small --body council --held 2026-11-22",
    "brief small",
    "timeline small",
    "topics",
    "party AA",
    "notice small --given 2026-11-22",
    "notices",
    "log",
    "log small",
    "replay",
    "replay small --step",
];

/// [`SMALL`] with a document that is marked, and secrets in everything that rests on it; then a secret on no document.
fn marked() -> Register {
    let more = r#"
[[source]]
id = "paper"
title = "GEHEIM paper"
published = 2025-02-13
handling = "LIMITE"

[[body]]
id = "cell"
name = "GEHEIM cell"
source = "paper"

[[provision]]
ref = "6"
kind = "commitment"
by = ["AA"]
text = "Keep GEHEIM things"
topics = ["geheim"]
source = "paper"

[[act]]
type = "meeting-planned"
body = "council"
name = "GEHEIM council"
on = 2027-03-01
stated = 2025-02-13
source = "paper"
"#;
    let text = SMALL.replace("[[act]]", &format!("{more}\n[[act]]"));
    let register = Register::with(&[("small.toml", &text)]);
    let work = "record work small --on 2026-11-20 --text 'GEHEIM work' --topics geheim";
    register.obligo(work).succeeded();
    let public = "record announcement small --on 2026-11-21 --text 'not so' --source text";
    register.obligo(public).succeeded();
    let last = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("record correction {last} --reason 'GEHEIM reason'")).succeeded();
    register
}

#[test]
fn nothing_above_the_ceiling_is_told_by_any_verb_in_any_format() {
    let register = marked();
    let all = READING.iter().chain(&["diff --from 2024-02-01 --to 2026-11-22", "diff --from #1 --to #17"]);
    for verb in all {
        for format in ["table", "json", "jsonl", "csv", "md"] {
            let open = register.obligo(&format!("{verb} -O {format}"));
            let ran = register.obligo(&format!("{verb} --ceiling public -O {format}"));
            assert_eq!((ran.code, open.code), (0, 0), "{verb} -O {format}: {}{}", ran.stderr, open.stderr);
            let told = format!("{}{}", ran.stdout, ran.stderr).to_lowercase();
            assert!(!told.contains("geheim") && !told.contains("limite\""), "{verb} -O {format}:\n{told}");
        }
    }
    // The control: without a ceiling it is told.
    for verb in ["status small", "topics", "log", "timeline small", "brief small", "replay --step"] {
        assert!(register.obligo(verb).succeeded().stdout.to_lowercase().contains("geheim"), "{verb}");
    }
    let svg = register.folder.path().join("small.svg");
    register.obligo("timeline small --ceiling public -o small.svg").succeeded();
    let picture = std::fs::read_to_string(svg).unwrap();
    assert!(!picture.contains("GEHEIM") && picture.contains("ceiling public"), "{picture}");
}

#[test]
fn what_is_not_told_is_not_near_either() {
    let register = marked();
    register.obligo("explain small/6").succeeded();
    register.obligo("explain small/6 --ceiling public").ended(3).warns("E0504");
    register.obligo("topics geheim --ceiling public").ended(3).warns("E0504");
    let hidden = SMALL
        .replace("id = \"small\"", "id = \"geheim\"")
        .replace("published = 2024-01-15", "published = 2024-01-15\nhandling = \"LIMITE\"");
    register.file("hidden.toml", hidden);
    register.obligo("import hidden.toml").succeeded();
    let ran = register.obligo("status geheimm --ceiling public").ended(3);
    assert!(!ran.stderr.contains("geheim`?") && ran.stderr.contains("small"), "{}", ran.stderr);
    register.obligo("status --ceiling public").succeeded().says_not("geheim").says("small");
    let last = register.log()["size"].as_u64().unwrap();
    let ran = register.obligo(&format!("what-if correction {last} --reason x --ceiling public")).ended(3);
    assert!(!ran.stderr.contains("geheim"), "{}", ran.stderr);
}

#[test]
fn a_reversal_that_is_not_shown_still_reverses() {
    let register = marked();
    let log = register.json("log small --ceiling public");
    let records = log["records"].as_array().unwrap();
    let reversed: Vec<&Value> = records.iter().filter(|record| !record["reversed_by"].is_null()).collect();
    assert_eq!(reversed.len(), 1);
    assert_eq!(reversed[0]["texts"][0]["text"], "not so");
    assert!(records.iter().all(|record| record["entry"]["type"] != "record.corrected"));
    assert_eq!(log["log"]["left_out"]["records"], 6, "the paper, its body, provision and meeting, the work, the reversal");
    assert_eq!(log["log"]["left_out"]["ceiling"], "public");
    register.obligo("log small --ceiling public").succeeded().says("reversed by #").says("ceiling public: 6 records left out");
    // As far as it counts it is walked past.
    register.obligo("replay small --step --ceiling public").succeeded().says("(reversed by #");
}

#[test]
fn a_record_is_a_moment_of_knowledge() {
    let demo = Register::demo();
    let size = |known_at: &str| demo.json(&format!("status --known-at {known_at}"))["log"]["size"].as_u64().unwrap();
    assert_eq!([size("#100"), size("100"), size("#0"), size("0")], [100, 100, 0, 0]);
    // The register with the records 1 to the last of a day is the register of that day.
    let day = demo.json("status --known-at 2024-12-01 --as-of 2024-12-01");
    let last = day["log"]["size"].as_u64().unwrap();
    let same = demo.json(&format!("status --known-at #{last} --as-of 2024-12-01"));
    assert_eq!((&day["entries"], &day["agreements"]), (&same["entries"], &same["agreements"]));
    assert_eq!(same["known_at"], format!("#{last}"));
    let none = demo.json("status --known-at #0");
    assert!(none["entries"].as_array().unwrap().is_empty() && none["agreements"].as_array().unwrap().is_empty());
}

#[test]
fn every_verb_that_reads_takes_a_record_a_day_of_documents_and_a_ceiling() {
    let register = marked();
    let last = register.log()["size"].as_u64().unwrap();
    for verb in READING {
        let asked = format!("{verb} --known-at #{last} --sources-until 2026-12-31 --ceiling LIMITE");
        let document = register.json(&asked);
        assert_eq!(document["log"]["size"], last, "{asked}");
        assert_eq!(document["log"]["left_out"]["sources_until"], "2026-12-31", "{asked}");
        assert_eq!(document["log"]["left_out"]["ceiling"], "LIMITE", "{asked}");
        assert!(document["log"]["left_out"]["records"].is_u64(), "{asked}");
        let ran = register.obligo(&asked).succeeded();
        ran.says("sources until 2026-12-31, ceiling LIMITE");
        register.obligo(&format!("{verb} --known-at #{}", last + 1)).ended(3).warns("E0504");
    }
}

#[test]
fn what_follows_from_an_act_is_asked_of_any_position() {
    let demo = Register::demo();
    let asked = "what-if --known-at 2024-12-01 --as-of 2024-12-01 notice uk-kr-dp --by KR --given 2024-12-31";
    let document = demo.json(asked);
    assert_eq!(document["as_of"], "2024-12-31");
    assert_eq!(document["known_at"], "2024-12-01");
    assert_eq!(document["end"]["on"]["earliest"], "2025-06-30");
    demo.obligo(asked).succeeded().says("known at 2024-12-01");
}

#[test]
fn the_records_are_seen_from_no_day() {
    Register::demo().obligo("log --as-of 2024-01-01").ended(2);
    let log = Register::demo().json("log --known-at 2024-12-01");
    assert_eq!(log["stamp"]["as_of"], Value::Null);
}
