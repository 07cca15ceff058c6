//! `obligo residual`

use crate::support::{Register, SMALL};

#[test]
fn what_is_open_says_what_would_discharge_it_and_why_it_is_not() {
    let document = Register::demo().json("residual uk-kr-dp/forum-2026");
    assert_eq!(document["discharged"], false);
    assert_eq!(document["by"], serde_json::json!(["GB", "KR"]));
    assert_eq!(document["how"][0], "obligo record meeting uk-kr-dp --body forum --held DATE");
    assert!(document["why"].as_str().unwrap().contains("no meeting of forum"), "{document}");
}

#[test]
fn every_line_has_an_answer_and_what_is_discharged_leaves_nothing() {
    let demo = Register::demo();
    let docket = demo.json("status");
    for line in docket["entries"].as_array().unwrap() {
        let id = line["id"].as_str().unwrap();
        let document = demo.json(&format!("residual {id}"));
        assert!(!document["why"].as_str().unwrap().is_empty(), "{id}");
        if line["performance"] == "complete" {
            assert_eq!((&document["discharged"], document["how"].as_array().map(Vec::len)), (&true.into(), Some(0)), "{id}");
        }
    }
}

#[test]
fn what_was_done_in_part_says_who_is_left() {
    let one = "by = [\"AA\"]\ndue = { by = \"2025-06\" }";
    assert!(SMALL.contains(one), "the report of the small agreement is another");
    let both = SMALL.replace(one, "by = [\"AA\", \"BB\"]\ndue = { by = \"2025-06\" }");
    let register = Register::with(&[("small.toml", &both)]);
    register.obligo("record performance small/3 --by AA --on 2025-05-01 --reason late").succeeded();
    let document = register.json("residual small/3");
    assert!(document["why"].as_str().unwrap().contains("together with BB"), "{document}");
    register.obligo("residual small/99").ended(3).warns("E0504");
}

#[test]
fn of_several_who_owe_the_whole_any_may_do_it() {
    let one = "by = [\"AA\"]\ndue = { by = \"2025-06\" }";
    let text =
        SMALL.replace(one, "by = [\"AA\", \"BB\"]\njoint = \"joint-and-several\"\nquantity = 10\ndue = { by = \"2025-06\" }");
    let register = Register::with(&[("small.toml", &text)]);
    register.obligo("record performance small/3 --by AA --quantity 4 --on 2025-05-01 --reason late").succeeded();
    register.obligo("residual small/3").succeeded().says("any of AA, BB");
    let why = register.json("residual small/3")["why"].to_string();
    assert!(!why.contains("together with"), "{why}");
}

#[test]
fn nothing_is_owed_under_a_power() {
    let ran = Register::demo().obligo("residual uk-kr-dp/termination --as-of 2026-08-31").succeeded();
    ran.says("Nothing is owed: it is a power, which can be used or not").says("Would use it");
}
