//! `obligo rules`, `--rules`: by which rule set an answer is given, then, now, or by another.

use crate::support::{Register, SMALL};

/// A register that adopts a rule set of its own: as the program's, with a holiday more.
fn with_own_rules() -> Register {
    let register = Register::with(&[("small.toml", SMALL)]);
    let own = register.obligo("rules show obligo-rules/3").succeeded().stdout;
    register.file("ours.toml", own.replace("id = \"obligo-rules/3\"", "id = \"ours/1\""));
    register
}

#[test]
fn a_rule_set_is_adopted_by_a_record_and_gone_by_from_there_on() {
    let register = with_own_rules();
    let before = register.json("status small");
    assert_eq!((&before["rules"], &before["stamp"]["rules"]["adopted"]), (&"obligo-rules/4".into(), &serde_json::Value::Null));
    let size = register.log()["size"].as_u64().unwrap();
    register.obligo("rules adopt ours.toml --reason 'our own holidays'").succeeded().says("rules.adopted").says("ours/1");
    register.obligo("rules adopt ours.toml").succeeded().says("Nothing to record; 1 was recorded already");
    let after = register.json("status small");
    assert_eq!(after["rules"], "ours/1");
    assert_eq!(after["stamp"]["rules"]["adopted"], size + 1);
    let then = register.json(&format!("status small --known-at #{size}"));
    assert_eq!(then["rules"], "obligo-rules/4", "by the rules of then");
    let now = register.json(&format!("status small --known-at #{size} --rules now"));
    assert_eq!(now["rules"], "ours/1");
    let named = register.json("status small --rules obligo-rules/4");
    assert_eq!((&named["rules"], &named["stamp"]["rules"]["adopted"]), (&"obligo-rules/4".into(), &serde_json::Value::Null));
    register.obligo("rules").succeeded().says("ours/1").says("beside the register").says("in force");
    register.obligo("verify").succeeded();
    // An adoption is a record: it can be reversed, and then the rules are those of before.
    register.obligo(&format!("record correction {} --reason slip", size + 1)).succeeded();
    assert_eq!(register.json("status small")["rules"], "obligo-rules/4");
}

#[test]
fn a_rule_set_that_is_written_otherwise_is_the_same() {
    let register = with_own_rules();
    register.obligo("rules adopt ours.toml").succeeded();
    let digest = register.json("status")["stamp"]["rules"]["sha256"].as_str().unwrap().to_string();
    let canonical = register.obligo("rules show ours/1 --json").succeeded().stdout;
    assert_eq!(events::tree::sha256(canonical.trim_end().as_bytes()).to_string(), digest);
    register.file("same.json", &canonical);
    register.obligo("rules adopt same.json").succeeded().says("Nothing to record");
}

#[test]
fn what_the_stages_say_otherwise_is_told_line_by_line() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let compared = register.json("rules compare obligo-rules/3 obligo-rules/4 --as-of 2026-11-21");
    assert_eq!((&compared["from"], &compared["to"]), (&"obligo-rules/3".into(), &"obligo-rules/4".into()));
    let told = |rules: &str| register.json(&format!("status small --as-of 2026-11-21 --rules {rules}"))["entries"].clone();
    let late = |rules: &str| told(rules).as_array().unwrap().iter().filter(|line| line["late_known"].as_bool().unwrap()).count();
    assert_eq!(late("obligo-rules/3"), 0, "stage 3 does not know of late knowledge");
    assert!(late("obligo-rules/4") > 0, "its missed dates were recorded after they had passed");
    register.obligo("rules compare then now").succeeded().says("says of every line what");
}

#[test]
fn a_replay_goes_by_the_rules_of_each_record_or_by_those_of_now() {
    let register = with_own_rules();
    register.obligo("rules adopt ours.toml").succeeded();
    let size = register.log()["size"].as_u64().unwrap();
    let step = |more: &str| {
        let replay = register.json(&format!("replay --as-of 2026-11-21 {more}"));
        let last = replay["records"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["seq"], &last["type"]), (&size.into(), &"rules.adopted".into()));
        last["lines_changed"].as_u64().unwrap()
    };
    assert_eq!(step("--rules now"), 0, "by the rules of now an adoption changes nothing");
    let _ = step("");
}

#[test]
fn nobody_s_agreement_is_called_like_the_register_itself() {
    let register = Register::new();
    register.file("own.toml", SMALL.replace("\"small\"", "\"@register\""));
    register.obligo("import own.toml").ended(4);
}

#[test]
fn a_lost_rule_set_is_told_by_verify_and_another_can_be_adopted() {
    let register = with_own_rules();
    register.obligo("rules adopt ours.toml").succeeded();
    register.obligo("verify").succeeded();
    std::fs::remove_dir_all(register.db().with_extension("rules")).unwrap();
    register.obligo("verify").ended(5).says("DAMAGED").says("the rule set ours/1");
    register.obligo("rules").succeeded().says("not at hand");
    register.obligo("rules adopt obligo-rules/4 --reason 'ours is lost'").succeeded();
    register.obligo("status").succeeded();
}

#[test]
fn a_changed_file_of_evidence_is_told_by_verify() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.file("minutes.txt", "They met.");
    register.obligo("record performance small/3 --on 2026-11-20 --evidence minutes.txt").succeeded();
    register.obligo("verify").succeeded();
    let folder = register.db().with_extension("evidence");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, "They did not meet.").unwrap();
    register.obligo("verify").ended(5).says("DAMAGED").says("kept as evidence was changed");
}
