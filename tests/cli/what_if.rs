//! `obligo what-if`

use serde_json::Value;

use crate::support::{Register, SMALL};

fn ids(document: &Value, list: &str) -> Vec<String> {
    document[list].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_string()).collect()
}

#[test]
fn a_notice_of_a_day_to_come_ends_what_it_ends_and_nothing_is_written() {
    let demo = Register::demo();
    let before = demo.log();
    let document = demo.json("what-if notice uk-kr-dp --by KR --given 2026-12-31");
    assert_eq!(document["end"]["on"], serde_json::json!({"earliest": "2027-06-30", "latest": "2027-06-30"}));
    assert_eq!(document["end"]["last_day_to_retract"], "2027-06-29");
    assert!(ids(&document, "ends").contains(&"uk-kr-dp/20a".to_string()), "{:?}", ids(&document, "ends"));
    assert!(ids(&document, "goes_on").contains(&"uk-kr-dp/survival".to_string()), "{:?}", ids(&document, "goes_on"));
    assert!(ids(&document, "goes_on").contains(&"uk-kr-dp/forum-2024".to_string()), "what was due before stays");
    assert_eq!(demo.log(), before, "nothing is written");
    demo.obligo("what-if notice uk-kr-dp --by KR --given 2026-12-31").succeeded().says("It could be taken back until 2027-06-29");
}

#[test]
fn the_withdrawal_of_one_ends_its_participation() {
    let text = SMALL.replace("by = \"either\"", "by = \"any\"");
    let register = Register::with(&[("small.toml", &text)]);
    let document = register.json("what-if notice small --by AA --given 2026-12-31 --received 2026-12-31");
    assert_eq!(document["end"]["of"], "AA");
    assert_eq!(document["end"]["on"]["earliest"], "2027-06-30");
}

#[test]
fn an_act_that_ends_nothing_shows_what_it_changes() {
    let ran = Register::demo().obligo("what-if meeting uk-kr-dp --body forum --held 2026-11-22").succeeded();
    ran.says("forum-2026").says("fulfilled").says("nothing is written");
}

#[test]
fn what_could_not_be_recorded_cannot_be_imagined() {
    let demo = Register::demo();
    demo.obligo("what-if notice uk-kr-dp --by FR --given 2026-12-31").ended(4).warns("E0401");
    demo.obligo("what-if notice uk-kr --by KR --given 2026-12-31").ended(3).warns("E0502");
    demo.obligo("what-if").ended(2);
}

#[test]
fn an_end_by_consent_is_an_end_too() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let document = register.json("what-if termination small --on 2026-12-01 --effective 2027-03-01");
    assert_eq!(document["end"]["on"], serde_json::json!({"earliest": "2027-03-01", "latest": "2027-03-01"}));
    assert_eq!(document["end"]["of"], Value::Null);
    let document = register.json("what-if supersession small --by new --on 2027-01-01");
    assert_eq!(document["end"]["on"]["earliest"], "2027-01-01");
}
