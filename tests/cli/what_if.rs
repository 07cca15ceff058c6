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

/// [`SMALL`] with a survival, a duty after the end, a retraction by consent, and a meeting on each side of the end.
fn ending() -> Register {
    let text = SMALL
        .replace(
            "notice = { at_least = \"6 months\" }",
            "notice = { at_least = \"6 months\", counted_from = \"given\", retraction = \"by consent\" }",
        )
        .replace("due = { by = \"2025-06\" }", "due = \"2027-05-31\"");
    let more = r#"
[[provision]]
ref = "6"
kind = "survival"
of = ["4"]

[[provision]]
ref = "7"
kind = "report"
by = ["BB"]
text = "A report on quantum"
due = "2028-01-31"

[[act]]
type = "meeting-planned"
body = "council"
on = 2027-03-01
stated = 2026-06-01

[[act]]
type = "meeting-planned"
body = "experts"
on = 2027-09-01
stated = 2026-06-01
"#;
    Register::with(&[("small.toml", &format!("{text}{more}"))])
}

#[test]
fn what_goes_on_says_why_and_meetings_stand_on_their_side_of_the_end() {
    let register = ending();
    let document = register.json("what-if notice small --by AA --given 2026-12-01");
    assert_eq!(document["end"]["on"]["earliest"], "2027-06-01");
    assert_eq!(document["end"]["retraction"], "by consent");
    let why = |id: &str| {
        let lines = document["goes_on"].as_array().unwrap();
        lines.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("{id}: {lines:#?}"))["why"].clone()
    };
    assert_eq!(why("small/3"), "it fell due before the end: what was due stays");
    assert_eq!(why("small/4"), "it survives by 6");
    assert!(why("small/survival").as_str().unwrap().starts_with("goes on after the end"));
    assert!(ids(&document, "ends").contains(&"small/7".to_string()));
    assert!(ids(&document, "meetings").contains(&"small/council-on-2027-03-01".to_string()));
    assert!(!ids(&document, "meetings").contains(&"small/council-2025".to_string()), "its time was over before the notice");
    assert_eq!(ids(&document, "meetings_after"), ["small/experts-on-2027-09-01"]);
    assert_eq!(ids(&document, "accelerated"), Vec::<String>::new());
    let ran = register.obligo("what-if notice small --by AA --given 2026-12-01").succeeded();
    ran.says("until 2027-05-31, if the other side accepts that").says("Meetings planned for after the end");
}

#[test]
fn what_all_agreed_on_nobody_takes_back() {
    let document = ending().json("what-if termination small --on 2026-12-01 --effective 2027-03-01");
    assert_eq!((&document["end"]["last_day_to_retract"], &document["end"]["retraction"]), (&Value::Null, &Value::Null));
}

#[test]
fn it_goes_in_front_of_whatever_is_typed_after_record() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record performance small/3 --on 2025-05-01 --reason late").succeeded();
    let before = register.log();
    for act in [
        "performance small/4 --on 2025-05-02 --source text --locator p.2",
        "meeting small --body council --planned 2026-12-24",
        "assessment small/3 contested --by BB --on 2025-06-01",
        "suspension small --on 2026-12-01",
        "termination small --on 2026-12-01 --effective 2027-01-01 --authority ministers",
        "correction 11 --reason mistyped",
    ] {
        register.obligo(&format!("what-if {act}")).succeeded().says("nothing is written");
    }
    for (act, code, word) in [
        ("extension small/3 --to 2027-02-01 --on 2025-06-01", 4, "E0411"),
        ("correction 11", 4, "E0416"),
        ("correction 99 --reason mistyped", 3, "E0504"),
        ("performance small/99 --on 2025-05-02", 3, "E0504"),
        ("suspension small --on 2026-02-30", 4, "E0301"),
    ] {
        register.obligo(&format!("what-if {act}")).ended(code).warns(word);
    }
    assert_eq!(register.log(), before);
}

#[test]
fn whoever_takes_the_place_of_a_party_owes_what_it_owed() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let ran = register.obligo("what-if party-succeeded small --party AA --by NN --name New --on 2025-01-01").succeeded();
    ran.says("small/3  owed by AA -> NN").says("held by AA -> NN");
}

#[test]
fn where_one_may_have_left_the_doubt_is_its_participation() {
    let text = SMALL.replace("by = \"either\"", "by = \"any\"").replace("due = { by = \"2025-06\" }", "due = \"2027-06-15\"");
    let register = Register::with(&[("small.toml", &text)]);
    let document = register.json("what-if notice small --by AA --given 2026-12-01 --received 2026-12-31");
    let lines = document["goes_on"].as_array().unwrap().iter().chain(document["ends"].as_array().unwrap());
    let told: Vec<String> = lines.map(|line| line["label"].to_string()).filter(|label| label.contains("had ended")).collect();
    assert!(told.iter().all(|label| label.contains("participation")), "{told:?}");
    assert!(!told.is_empty(), "{document}");
}

#[test]
fn a_receipt_after_the_day_it_was_given_is_counted_from() {
    let counted = SMALL.replace("at_least = \"6 months\" }", "at_least = \"6 months\", counted_from = \"received\" }");
    let register = Register::with(&[("small.toml", &counted)]);
    let document = register.json("what-if notice small --by AA --given 2027-11-01 --received 2027-11-02");
    assert_eq!(document["as_of"], "2027-11-02", "{document}");
    assert_eq!(document["end"]["on"]["latest"], "2028-05-02", "{document}");
}
