//! `obligo correct`, `obligo undo`, and how `obligo log` shows what was reversed.

use serde_json::Value;

use crate::support::{Register, SMALL, run};

fn small() -> Register {
    Register::with(&[("small.toml", SMALL)])
}

fn size(register: &Register) -> u64 {
    register.log()["size"].as_u64().unwrap()
}

fn records(register: &Register) -> Vec<Value> {
    register.json("log")["records"].as_array().unwrap().clone()
}

#[test]
fn a_record_is_reversed_and_another_stands_in_its_place_by_one_command() {
    let register = small();
    register.obligo("record notice small --by AA --given 2026-11-01").succeeded();
    let wrong = size(&register);
    register
        .obligo(&format!(
            "correct {wrong} --reason 'the letter is of the 5th' --authority desk-1 notice small --by AA --given 2026-11-05"
        ))
        .succeeded()
        .says(&format!("an earlier record is reversed: #{wrong}"))
        .says("What we believed, and what follows now")
        .says("from 2027-05-01 -> from 2027-05-05")
        .says("obligo undo");
    let all = records(&register);
    let [old, reversal, new] = &all[all.len() - 3..] else { panic!("three records") };
    assert_eq!((&old["reversed_by"], &new["in_place_of"]), (&reversal["seq"], &old["seq"]));
    assert_eq!((&reversal["entry"]["corrects"], &reversal["entry"]["command"]), (&old["seq"], &new["entry"]["command"]));
    assert_eq!(reversal["texts"][0]["text"], "the letter is of the 5th");
    assert_eq!(new["texts"][0]["text"], format!("in place of #{wrong}: the letter is of the 5th"));
    assert_eq!((&reversal["entry"]["authority"], &new["entry"]["authority"]), (&"desk-1".into(), &"desk-1".into()));
    assert_eq!(new["entry"]["data"]["notice"], "notice-1", "it is judged without the one that is reversed");
    register.obligo("verify").succeeded();
}

#[test]
fn both_are_recorded_or_nothing() {
    let register = small();
    register.obligo("record notice small --by AA --given 2026-11-01").succeeded();
    let (before, wrong) = (register.log(), size(&register));
    register.obligo(&format!("correct {wrong} --reason x notice small --by ZZ --given 2026-11-05")).ended(4).warns("E0401");
    register.obligo(&format!("correct {wrong} notice small --by AA --given 2026-11-05")).ended(4).warns("E0416");
    register.obligo("correct 1 --reason x notice small --by AA --given 2026-11-05").ended(4).warns("E0415");
    register
        .obligo(&format!("correct {wrong} --reason x --dry-run notice small --by AA --given 2026-11-05"))
        .succeeded()
        .says("Would record 2 records");
    assert_eq!(register.log(), before);
}

#[test]
fn what_is_corrected_may_have_been_another_agreement_s() {
    let other = SMALL.replace("id = \"small\"", "id = \"other\"");
    let register = Register::with(&[("small.toml", SMALL), ("other.toml", &other)]);
    register.obligo("record work small --on 2026-11-20 --text drafting").succeeded();
    let wrong = size(&register);
    register
        .obligo(&format!("correct {wrong} --reason 'it was the other' work other --on 2026-11-20 --text drafting"))
        .succeeded();
    let all = records(&register);
    let last = all.last().unwrap();
    assert_eq!((&last["entry"]["agreement"], &last["in_place_of"]), (&"other".into(), &wrong.into()));
}

#[test]
fn the_log_shows_what_is_reversed_struck_and_says_by_what_and_why() {
    let register = small();
    register.obligo("record work small --on 2026-11-20 --text drafting").succeeded();
    register.obligo("log").succeeded().says_not("NOTE");
    let wrong = size(&register);
    register.obligo(&format!("record correction {wrong} --reason 'it was a draft'")).succeeded();
    let told = format!("reversed by #{}: it was a draft", wrong + 1);
    register.obligo("log").succeeded().says("NOTE").says(&told).says_not("\u{1b}");
    register.obligo("log -O md").succeeded().says("~~work reported: drafting~~").says(&told).says_not("~~small~~ | ~~A small");
    let struck = register.obligo("log --color always").succeeded();
    let line = struck.stdout.lines().find(|line| line.contains("work reported")).unwrap();
    assert!(line.contains("\u{1b}[9m") || line.contains(";9m") || line.contains("[9;"), "{line:?}");
    // A reversal that is itself reversed strikes nothing.
    register.obligo(&format!("record correction {} --reason 'it was none'", wrong + 1)).succeeded();
    register.obligo("log").succeeded().says_not(&told).says("it was none");
    let all = records(&register);
    let by = |seq: u64| all[seq as usize - 1]["reversed_by"].clone();
    assert_eq!((by(wrong), by(wrong + 1)), (Value::Null, (wrong + 2).into()));
    register.obligo(&format!("log --known-at #{}", wrong + 1)).succeeded().says(&told);
}

#[test]
fn undo_takes_back_the_last_command_and_no_other_actor_s() {
    let register = small();
    register.obligo("record work small --on 2026-11-20 --text mine").succeeded();
    let mine = size(&register);
    register.obligo("record work small --on 2026-11-21 --text theirs --actor desk").succeeded();
    let before = register.log();
    register.obligo("undo --dry-run").succeeded().says(&format!("Would undo #{mine}")).says("nothing was written");
    assert_eq!(register.log(), before);
    register.obligo("undo --reason 'a slip' --authority head").succeeded().says(&format!("Undone #{mine}")).says("mine");
    let all = records(&register);
    let (last, reason) = (&all.last().unwrap()["entry"], &all.last().unwrap()["texts"][0]["text"]);
    assert_eq!((&last["corrects"], reason, &last["authority"]), (&mine.into(), &"a slip".into(), &"head".into()));
    assert_eq!(all[mine as usize]["reversed_by"], Value::Null, "what another recorded stands");
    register.obligo("undo --actor nobody").ended(4).warns("E0424");
    // All that is left of ours is the import of the agreement.
    register.obligo("undo").ended(4).warns("E0425").warns("record 1");
}

#[test]
fn undo_takes_back_all_of_an_import_that_nothing_rests_on() {
    let register = small();
    let before = size(&register);
    let more = "\n[[provision]]\nref = \"6\"\nkind = \"report\"\nby = [\"AA\"]\ndue = 2027-06-30\n\n[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\non = 2026-11-20\n";
    register.file("small.toml", format!("{SMALL}{more}"));
    register.obligo("import small.toml").succeeded();
    assert_eq!(size(&register), before + 2);
    let rests = "record extension small/6 --to 2027-09-30 --on 2026-11-21";
    register.obligo(rests).succeeded();
    register.obligo("undo").succeeded().says("extension.granted");
    register.obligo(&format!("{rests} --actor desk")).succeeded();
    register.obligo("undo").ended(4).warns("E0425").warns("extension.granted");
    register.obligo("undo --actor desk").succeeded();
    register.obligo("undo").succeeded().says("provision.recorded").says("meeting.held");
    assert!(crate::support::entry(&register.json("status small"), "small/6").is_none());
    // The same words are recorded anew: they stand no more.
    register.obligo("import small.toml").succeeded().says("provision.recorded");
}

#[test]
fn the_same_undo_twice_undoes_once() {
    let register = small();
    for text in ["one", "two"] {
        register.obligo(&format!("record work small --on 2026-11-20 --text {text}")).succeeded();
    }
    let undo = "undo --command-id 00000000-0000-4000-8000-000000000007";
    register.obligo(undo).succeeded().says("two");
    let before = register.log();
    register.obligo(undo).succeeded().says("carried out before");
    assert_eq!(register.log(), before);
    let other = "record work small --on 2026-11-20 --text three --command-id 00000000-0000-4000-8000-000000000007";
    register.obligo(other).ended(4).warns("E0418");
}

#[test]
fn how_late_something_may_be_told_is_a_setting() {
    let register = small();
    let late = "record work small --on 2026-10-20 --text drafting";
    register.obligo(late).ended(4).warns("33 days before 2026-11-22").warns("--reason");
    register.file("obligo.toml", "late_after_days = 33");
    register.obligo(late).succeeded();
    register.obligo("record work small --on 2026-10-19 --text drafting").ended(4).warns("more than 33 days late");
    // The register is then the one that would be meant without settings.
    run(register.command("where").env_remove("OBLIGO_REGISTER")).succeeded().says("data folder");
}

#[test]
fn a_date_that_was_known_only_afterwards_is_told_so_everywhere() {
    let register = small();
    let log = register.json("log");
    let since = log["records"][0]["entry"]["recorded_at"].as_str().unwrap()[..10].to_string();
    let known = format!("known only since {since}");
    register.obligo("status").succeeded().says(&known).says("2 of them known only after their date)").says("not met by the date");
    register.obligo("due").succeeded().says(&known);
    register.obligo("explain small/3").succeeded().says(&known).says("line.late-known");
    let line = register.entry("small/3", "--as-of 2026-11-22");
    assert_eq!((&line["known_since"], &line["late_known"]), (&since.as_str().into(), &true.into()));
    assert_eq!(line["label"], "not met by the date, nothing recorded", "the flag is no part of the label");
    register.obligo("status -O csv").succeeded().says("known_since,late_known").says(&format!("{since},true"));
    // By the rules of before nothing was said of that.
    let before = register.entry("small/3", "--as-of 2026-11-22 --rules obligo-rules/3");
    assert_eq!((&before["known_since"], &before["late_known"]), (&Value::Null, &false.into()));
    assert_eq!(before["label"], line["label"]);
}
