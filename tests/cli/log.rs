//! `obligo log`

use crate::support::{Register, SMALL};

#[test]
fn records_stand_in_their_order_without_gaps() {
    let log = Register::demo().json("log");
    let records = log["records"].as_array().unwrap();
    let seqs: Vec<u64> = records.iter().filter_map(|record| record["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=records.len() as u64).collect::<Vec<_>>());
    assert_eq!(log["log"]["size"], records.len());
    let stamps: Vec<&str> = records.iter().filter_map(|record| record["entry"]["recorded_at"].as_str()).collect();
    assert!(stamps.is_sorted(), "no record is older than the one before it");
    assert!(stamps.iter().all(|stamp| stamp.ends_with('Z') && stamp.len() == "2025-02-13T12:00:00.000000Z".len()));
}

#[test]
fn the_versions_of_each_agreement_have_no_gaps() {
    let demo = Register::demo();
    for id in ["uk-kr-dp", "eu-jp-dp", "eu-sg-dta"] {
        let log = demo.json(&format!("log {id}"));
        let versions: Vec<u64> =
            log["records"].as_array().unwrap().iter().filter_map(|record| record["entry"]["version"].as_u64()).collect();
        assert_eq!(versions, (1..=versions.len() as u64).collect::<Vec<_>>(), "{id}");
    }
}

#[test]
fn the_envelope_has_its_fields_in_their_order() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2025-05-05 --text x --source text --authority council --reason y").succeeded();
    let connection = rusqlite::Connection::open(register.db()).unwrap();
    let entry: String = connection.query_row("SELECT entry FROM record ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)).unwrap();
    let places: Vec<Option<usize>> = [
        "origin",
        "seq",
        "id",
        "command",
        "agreement",
        "version",
        "type",
        "schema",
        "occurred_on",
        "recorded_at",
        "actor",
        "authority",
        "source",
        "reason",
    ]
    .iter()
    .map(|field| entry.find(&format!("\"{field}\":")))
    .collect();
    assert!(places.iter().all(Option::is_some), "{entry}");
    assert!(places.is_sorted(), "{entry}");
    assert!(entry.find("\"data\":") > places[13], "{entry}");
}

#[test]
fn each_leaf_is_the_digest_of_its_entry() {
    let demo = Register::demo();
    let log = demo.json("log");
    let connection = rusqlite::Connection::open(demo.db()).unwrap();
    for record in log["records"].as_array().unwrap().iter().step_by(20) {
        let entry: String = connection
            .query_row("SELECT entry FROM record WHERE seq = ?1", [record["seq"].as_u64().unwrap() as i64], |row| row.get(0))
            .unwrap();
        let leaf = events::tree::sha256(&[b"\0", entry.as_bytes()].concat()).to_string();
        assert_eq!(record["leaf"], leaf.as_str());
    }
}

#[test]
fn it_takes_a_position_in_what_was_known() {
    let demo = Register::demo();
    let before = demo.json("log --known-at 2024-12-01");
    let after = demo.json("log");
    let (before, after) = (before["records"].as_array().unwrap(), after["records"].as_array().unwrap());
    assert!(before.len() < after.len());
    assert_eq!(before[..], after[..before.len()], "what was known is a beginning of what is known");
}
