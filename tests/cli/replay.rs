//! `obligo replay`

use serde_json::Value;

use crate::support::{Register, SMALL};

#[test]
fn each_record_is_told_with_what_it_changed() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record meeting small --body council --held 2026-11-08").succeeded();
    let last = register.log()["size"].as_u64().unwrap();
    let document = register.json("replay small --as-of 2026-11-22");
    let records = document["records"].as_array().unwrap();
    assert_eq!(records.len() as u64, last);
    let meeting = records.last().unwrap();
    assert_eq!((&meeting["type"], &meeting["seq"]), (&"meeting.held".into(), &last.into()));
    let council = meeting["changes"].as_array().unwrap().iter().find(|change| change["id"] == "small/council-2026").unwrap();
    assert_eq!((&council["change"], &council["after"]["label"]), (&"changed".into(), &"fulfilled".into()));
    let sum: u64 = records.iter().map(|record| record["lines_changed"].as_u64().unwrap()).sum();
    assert_eq!(document["lines_changed"], sum);
    let ran = register.obligo("replay small --step --as-of 2026-11-22").succeeded();
    ran.says(&format!("#{last}  2026-11-08  meeting.held  small  ")).says("    ✓ small/council-2026  ").says("changes of lines");
    let ran = register.obligo("replay small --as-of 2026-11-22").succeeded();
    ran.says("LINES").says_not("✓ small/council-2026");
}

#[test]
fn a_docket_on_the_way_is_what_the_status_at_that_record_says() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let last = register.log()["size"].as_u64().unwrap();
    let mut told: Vec<(String, Value)> = Vec::new();
    for record in register.json("replay --as-of 2026-11-22")["records"].as_array().unwrap() {
        for change in record["changes"].as_array().unwrap() {
            let id = change["id"].as_str().unwrap().to_string();
            told.retain(|(known, _)| *known != id);
            told.extend((change["change"] != "gone").then(|| (id, change["after"]["label"].clone())));
        }
        let status = register.json(&format!("status --as-of 2026-11-22 --known-at #{}", record["seq"]));
        let entries = status["entries"].as_array().unwrap().iter();
        let mut is: Vec<(String, Value)> =
            entries.map(|entry| (entry["id"].as_str().unwrap().to_string(), entry["label"].clone())).collect();
        let by_id = |one: &(String, Value), other: &(String, Value)| one.0.cmp(&other.0);
        told.sort_by(by_id);
        is.sort_by(by_id);
        assert_eq!(told, is, "with {} of {last} records", record["seq"]);
    }
}

#[test]
fn what_is_late_or_reversed_says_so() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2026-11-08 --text begun").succeeded();
    let last = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("record correction {last} --reason 'not begun'")).succeeded();
    let document = register.json(&format!("replay --from {last} --to {last}"));
    let record = &document["records"][0];
    assert_eq!((&record["reversed_by"], &record["occurred_on"]), (&(last + 1).into(), &"2026-11-08".into()));
    let recorded = record["recorded_at"].as_str().unwrap()[..10].parse::<jiff::civil::Date>().unwrap();
    let late = (recorded - "2026-11-08".parse::<jiff::civil::Date>().unwrap()).get_days();
    assert_eq!(record["days_late"], late);
    let ran = register.obligo(&format!("replay --from #{last}")).succeeded();
    ran.says(&format!("(recorded {late} days later) (reversed by #{})", last + 1)).says("an earlier record is reversed");
    register.obligo("replay -O md").succeeded().says("~~");
}

#[test]
fn a_walk_has_its_ends() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("replay --from 9999").ended(3).warns("E0504");
    register.obligo("replay --known-at #3 --to 4").ended(3).warns("E0504");
    register.obligo("replay --from 3 --to 2").ended(4).warns("E0305");
    register.obligo("replay smal").ended(3).warns("E0502").warns("small");
    register.obligo("replay --from x").ended(2);
    let seqs: Vec<u64> = register.json("replay --from 2 --to 4")["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|record| record["seq"].as_u64())
        .collect();
    assert_eq!(seqs, [2, 3, 4]);
    Register::new().obligo("replay").succeeded().says("No record");
}
