//! `obligo brief`

use serde_json::Value;

use crate::support::{Register, SMALL};

fn titles(document: &Value) -> Vec<&str> {
    document["groups"].as_array().unwrap().iter().map(|group| group["title"].as_str().unwrap()).collect()
}

fn group(document: &Value, title: &str) -> Vec<String> {
    let groups = document["groups"].as_array().unwrap();
    let found = groups.iter().find(|group| group["title"] == title).unwrap_or_else(|| panic!("no group {title}"));
    found["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_string()).collect()
}

#[test]
fn one_page_has_ours_theirs_and_the_joint_ones() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let document = register.json("brief small --for aa");
    assert_eq!(titles(&document), ["Ours (AA)", "Theirs", "Joint", "Contested", "Meetings coming or open"]);
    assert_eq!(document["for"], "AA");
    assert!(group(&document, "Ours (AA)").contains(&"small/3".to_string()));
    assert!(!group(&document, "Theirs").contains(&"small/3".to_string()));
    let document = register.json("brief small --for BB");
    assert!(group(&document, "Theirs").contains(&"small/3".to_string()));
}

#[test]
fn what_is_contested_and_what_was_done_since_the_last_meeting_stand_on_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for act in [
        "meeting small --body council --held 2025-03-01",
        "performance small/3 --on 2025-06-20",
        "assessment small/3 contested --by BB --on 2025-07-01",
    ] {
        register.obligo(&format!("record {act}")).succeeded();
    }
    let document = register.json("brief small");
    assert_eq!(group(&document, "Contested"), ["small/3"]);
    let since: Vec<&str> = document["since_last_meeting"].as_array().unwrap().iter().map(|said| said.as_str().unwrap()).collect();
    assert_eq!(since.len(), 3, "{since:?}");
    assert!(since[2].contains("contested by BB"), "{since:?}");
    register.obligo("brief small --for CC").ended(4).warns("E0401");
    register.obligo("brief smal").ended(3).warns("E0502");
}
