//! `obligo explain`

use crate::support::{Register, SMALL, unstamped};

#[test]
fn a_line_says_why_with_paragraph_records_and_rule_and_what_would_close_it() {
    Register::demo()
        .obligo("explain uk-kr-dp/forum-2026 --as-of 2026-11-21")
        .succeeded()
        .says("Why")
        .says("calendar-year")
        .says("twelve-months")
        .says("meeting-series.readings")
        .says("Would close it")
        .says("obligo record meeting uk-kr-dp --body forum --held DATE");
}

#[test]
fn an_id_is_forgiven_its_case_its_parentheses_and_a_missing_agreement() {
    let demo = Register::demo();
    let told = |id: &str| unstamped(&demo.obligo(&format!("explain {id} --as-of 2026-11-21")).succeeded().stdout);
    let plain = told("uk-kr-dp/20a");
    for id in ["'uk-kr-dp/20(a)'", "UK-KR-DP/20A", "'uk-kr-dp/20 (A)'", "20a", "'20(a)'"] {
        assert_eq!(told(id), plain, "{id}");
    }
}

#[test]
fn what_could_be_several_lines_is_answered_with_all_of_them() {
    Register::demo()
        .obligo("explain council-3 --as-of 2025-02-13")
        .ended(3)
        .warns("E0503")
        .warns("eu-jp-dp/council-3")
        .warns("eu-kr-dp/council-3");
}

#[test]
fn what_is_not_there_is_answered_with_what_is_near() {
    let demo = Register::demo();
    demo.obligo("explain uk-kr-dp/terminaton").ended(3).warns("E0504").warns("uk-kr-dp/termination");
    demo.obligo("explain uk-kr-d/termination").ended(3).warns("E0502").warns("uk-kr-dp");
    demo.obligo("explain uk-kr-dp/nope").ended(3).warns("E0504").warns("lists the ids");
    demo.obligo("explain nothing-of-the-kind").ended(3).warns("E0504");
}

#[test]
fn a_line_that_was_not_known_then_is_not_there() {
    Register::demo().obligo("explain eu-jp-dp/council-3 --known-at 2025-02-12").ended(3).warns("E050");
}

#[test]
fn every_line_of_the_demo_can_be_explained() {
    let demo = Register::demo();
    let docket = demo.json("status --as-of 2026-11-21");
    for id in crate::support::ids(&docket) {
        let explained = demo.json(&format!("explain '{id}' --as-of 2026-11-21"));
        assert_eq!(explained["entries"].as_array().unwrap().len(), 1, "{id}");
        assert_eq!(explained["entries"][0], *crate::support::entry(&docket, id).unwrap(), "{id} is told otherwise");
    }
}

#[test]
fn what_would_close_a_line_closes_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for (id, day) in [("small/3", "2025-06-30"), ("small/council-2025", "2025-10-10")] {
        let line = register.entry(id, &format!("--as-of {day}"));
        let command = line["closes_with"][0].as_str().unwrap_or_else(|| panic!("nothing closes {id}")).replace("DATE", day);
        register.obligo(&format!("{} --reason late", command.strip_prefix("obligo ").unwrap())).succeeded();
        assert_eq!(register.entry(id, &format!("--as-of {day}"))["label"], "fulfilled", "{id}");
    }
}
