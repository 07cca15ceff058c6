//! `obligo record`

use crate::support::{Register, SMALL};

fn small() -> Register {
    Register::with(&[("small.toml", SMALL)])
}

#[test]
fn each_act_is_recorded_says_what_it_did_and_how_to_take_it_back() {
    let register = small();
    for (act, kind) in [
        ("announced small --on 2024-01-02", "agreement.announced"),
        ("concluded small --on 2024-01-10 --place Brussels", "agreement.concluded"),
        ("signed small --on 2024-01-16 --text 'by the second signatory'", "agreement.signed"),
        ("launched small --on 2024-02-01", "agreement.launched"),
        ("took-effect small --on 2024-01-15 --source text --locator 'para. 1'", "agreement.took-effect"),
        ("meeting small --body council --planned 2025-05", "meeting.scheduled"),
        ("meeting small --body council --postponed 2025-06-03", "meeting.postponed"),
        ("meeting small --body council --cancelled", "meeting.cancelled"),
        ("meeting small --body council --tentative 2027-H1", "meeting.scheduled"),
        ("meeting small --body experts --held 2025-02-02 --topics quantum,standards --place Seoul --name First", "meeting.held"),
        ("announcement small --on 2025-03-01 --text 'a call for projects' --by AA", "announcement.made"),
        ("deliverable small --on 2025-03-02 --text 'a toolkit' --provision 4 --topics quantum", "deliverable.delivered"),
        ("work small --on 2025-03-03 --text 'drafting' --provision 3", "work.reported"),
        ("project small --id lab --on 2025-04-01 --text 'a laboratory' --ends 2028", "project.begun"),
        ("performance small/3 --on 2025-06-01 --by AA --evidence https://example.org/report", "performance.reported"),
        ("reading small/2 calendar-year --on 2025-07-01 --authority council", "reading.chosen"),
        ("notice small --by BB --given 2026-08-31", "notice.given"),
        ("notice-received small --on 2026-09-02", "notice.received"),
    ] {
        let seq = register.log()["size"].as_u64().unwrap() + 1;
        register
            .obligo(&format!("record {act} --reason late"))
            .succeeded()
            .says(&format!("Recorded record {seq}"))
            .says(kind)
            .says(&format!("obligo undo, or obligo correct {seq} --reason TEXT ACT"));
        let log = register.json("log");
        let last = log["records"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["entry"]["type"], kind, "{act}");
        assert_eq!(last["seq"], seq);
    }
    register.obligo("verify").succeeded();
}

#[test]
fn what_was_said_of_an_act_stands_in_its_record() {
    let register = small();
    register.obligo("record deliverable small --on 2025-03-02 --text 'a toolkit' --source text --locator 'p. 4' --authority council --actor desk-7 --reason late").succeeded();
    let log = register.json("log");
    let entry = log["records"].as_array().unwrap().last().unwrap()["entry"].clone();
    assert_eq!(entry["occurred_on"], "2025-03-02");
    assert_eq!((&entry["source"]["id"], &entry["source"]["locator"]), (&"text".into(), &"p. 4".into()));
    assert_eq!((&entry["authority"], &entry["actor"]), (&"council".into(), &"desk-7".into()));
}

#[test]
fn a_planned_meeting_is_held_by_its_body_alone() {
    let register = small();
    register.obligo("record meeting small --body council --planned 2025-05 --meeting spring").succeeded();
    register.obligo("record meeting small --body council --held 2026-11-22").succeeded();
    let meeting = register.entry("small/spring", "--as-of 2026-11-22");
    assert_eq!(meeting["label"], "held");
}

#[test]
fn a_planned_meeting_may_be_recorded_later_than_it_was_planned() {
    let register = small();
    register
        .obligo("record meeting small --body council --planned 2025-05-02 --stated 2025-03-01 --meeting spring --reason late")
        .succeeded();
    register
        .obligo("record meeting small --body council --postponed 2025-06-03 --meeting spring --stated 2025-04-01 --reason late")
        .succeeded();
    assert_eq!(register.entry("small/spring", "--as-of 2025-03-15")["due"]["earliest"], "2025-05-02");
    assert_eq!(register.entry("small/spring", "--as-of 2025-04-15")["due"]["earliest"], "2025-06-03");
    register.obligo("record meeting small --body council --held 2025-06-03 --stated 2025-04-01 --reason late").ended(2);
}

#[test]
fn no_number_of_pieces_is_refused() {
    let register = small();
    for quantity in ["-5", "0", "ten"] {
        let line = format!("record performance small/3 --on 2025-05-01 --quantity {quantity} --reason late");
        register.obligo(&line).ended(4).warns("E0203").warns("no number of pieces");
    }
}

#[test]
fn a_suspension_between_some_names_them() {
    let line = "record suspension uk-kr-dp --parties GB,KR --on 2026-01-01 --dry-run --reason late";
    Register::demo().obligo(line).succeeded().says("all of it, between GB, KR alone");
}

#[test]
fn which_of_two_planned_meetings_is_asked_and_a_name_answers() {
    let register = small();
    for month in ["2026-11", "2026-12"] {
        register.obligo(&format!("record meeting small --body council --planned {month}")).succeeded();
    }
    let before = register.log();
    for what in ["--held 2026-11-22", "--cancelled", "--postponed 2027-12"] {
        register
            .obligo(&format!("record meeting small --body council {what}"))
            .ended(3)
            .warns("E0503")
            .warns("council-on-2026-11")
            .warns("council-on-2026-12");
    }
    assert_eq!(register.log(), before);
    register.obligo("record meeting small --body council --cancelled --meeting council-on-2026-12").succeeded();
    register.obligo("record meeting small --body council --postponed 2027-12").succeeded();
    assert_eq!(register.entry("small/council-on-2026-11", "")["due"]["latest"], "2027-12-31");
    assert_eq!(register.entry("small/council-on-2026-12", "")["label"], "cancelled");
}

#[test]
fn one_thing_is_said_of_a_meeting_at_a_time() {
    let register = small();
    register.obligo("record meeting small --body council").ended(2);
    register.obligo("record meeting small --body council --held 2025-05-05 --cancelled --reason late").ended(2);
}

#[test]
fn the_change_that_follows_is_said() {
    let register = small();
    register
        .obligo("record meeting small --body council --held 2026-06-10 --reason late")
        .succeeded()
        .says("What follows, as of 2026-11-22:")
        .says("small/council-2026")
        .says("fulfilled");
}

#[test]
fn a_notice_says_when_it_ends_the_agreement_and_its_receipt_may_come_later() {
    let register = small();
    register.obligo("record notice small --by AA --given 2026-08-31 --received 2026-09-04 --reason late").succeeded();
    let notice = register.entry("small/notice-1", "");
    assert_eq!((&notice["due"]["earliest"], &notice["due"]["latest"]), (&"2027-02-28".into(), &"2027-03-04".into()));
    // A second notice, of the other party, whose receipt is recorded by name.
    register.obligo("record notice small --by BB --given 2026-09-01 --reason late").succeeded();
    register.obligo("record notice-received small --on 2026-09-03 --reason late").ended(4).warns("E0408");
    register.obligo("record notice-received small --notice notice-2 --on 2026-09-03 --reason late").succeeded();
    let second = register.entry("small/notice-2", "");
    assert_eq!((&second["due"]["earliest"], &second["due"]["latest"]), (&"2027-03-01".into(), &"2027-03-03".into()));
}

#[test]
fn a_corrected_record_stays_in_the_log_and_leaves_the_docket() {
    let register = small();
    register.obligo("record meeting small --body council --held 2026-06-10 --meeting summer --reason late").succeeded();
    let seq = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("record correction {seq} --reason 'it was postponed'")).succeeded();
    let log = register.json("log small");
    let records = log["records"].as_array().unwrap();
    assert_eq!(records[seq as usize - 1]["entry"]["type"], "meeting.held", "the target stays");
    let last = records.last().unwrap();
    let reason = &last["texts"][0];
    assert_eq!((&last["entry"]["corrects"], &reason["at"]), (&seq.into(), &"/reason".into()));
    assert_eq!(reason["text"], "it was postponed");
    let docket = register.json("status small");
    assert!(!crate::support::ids(&docket).contains(&"small/summer"));
    register.obligo("log small").succeeded().says("it was postponed").says("summer");
    register.obligo("verify").succeeded();
    register.obligo(&format!("record correction {seq} --reason again")).ended(4).warns("E0415");
}

#[test]
fn the_same_command_writes_once_even_when_its_act_could_not_be_repeated() {
    let register = small();
    let command = "record performance small/3 --on 2025-06-01 --command-id 0198e0a0-0000-7000-8000-000000000002 --reason late";
    register.obligo(command).succeeded().says("Recorded record");
    let before = register.log();
    register.obligo(command).succeeded().says("carried out before").says("nothing was written now");
    assert_eq!(register.log(), before);
}

#[test]
fn the_same_act_in_the_same_words_is_recorded_once() {
    let register = small();
    register.obligo("record signed small --on 2024-01-15 --source text --reason late").succeeded().says("Nothing to record");
    register.obligo("record meeting small --body experts --held 2025-02-02 --reason late").succeeded().says("Recorded");
    let before = register.log();
    register.obligo("record meeting small --body experts --held 2025-02-02 --reason late").succeeded().says("Nothing to record");
    assert_eq!(register.log(), before);
}

#[test]
fn a_dry_run_says_the_record_and_what_follows_and_writes_nothing() {
    let register = small();
    let before = register.log();
    for act in ["meeting small --body council --held 2026-06-10", "notice small --by AA --given 2026-08-31", "correction 3"] {
        register
            .obligo(&format!("record {act} --reason x --dry-run"))
            .succeeded()
            .says("Would record 1 record")
            .says("nothing was written");
    }
    register.file("report.pdf", "the report");
    register.obligo("record performance small/3 --on 2025-06-01 --evidence report.pdf --dry-run --reason late").succeeded();
    assert!(!register.folder.path().join("register.evidence").exists(), "a dry run keeps no evidence");
    assert_eq!(register.log(), before);
}

#[test]
fn a_file_of_evidence_is_kept_under_its_digest() {
    let register = small();
    register.file("report.pdf", "the report");
    register.obligo("record performance small/3 --on 2025-06-01 --evidence report.pdf --reason late").succeeded();
    let digest = events::tree::sha256(b"the report").to_string();
    assert_eq!(std::fs::read(register.folder.path().join("register.evidence").join(&digest)).unwrap(), b"the report");
    assert!(register.json("log")["records"].to_string().contains(&digest));
}

#[test]
fn a_refused_performance_keeps_no_evidence() {
    let register = small();
    register.file("report.pdf", "the report");
    register.obligo("record performance small/33 --on 2025-06-01 --evidence report.pdf --reason late").ended(3);
    let kept = std::fs::read_dir(register.folder.path().join("register.evidence")).map_or(0, |folder| folder.count());
    assert_eq!(kept, 0, "nothing was written, the evidence neither");
}

#[test]
fn dates_are_read_as_people_type_them() {
    let register = small();
    for on in ["today", "-10d", "2026-06", "2026-Q3", "by 2026-10", "unknown"] {
        register.obligo(&format!("record work small --text 'drafting {on}' --on '{on}' --reason late")).succeeded();
    }
    let log = register.json("log");
    let on: Vec<String> = log["records"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .take(6)
        .map(|record| record["entry"]["occurred_on"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(on, ["unknown", "by 2026-10", "2026-Q3", "2026-06", "2026-11-12", "2026-11-22"]);
}

#[test]
fn a_paragraph_is_named_with_its_parentheses_or_without() {
    let lettered = SMALL.replace("ref = \"3\"", "ref = \"3(a)\"");
    for id in ["small/3a", "'small/3(a)'"] {
        let register = Register::with(&[("small.toml", &lettered)]);
        register.obligo(&format!("record performance {id} --on 2025-06-01 --reason late")).succeeded().says("small/3a");
    }
}

#[test]
fn ten_writers_at_once_lose_nothing() {
    let register = small();
    let before = register.log()["size"].as_u64().unwrap();
    let writers: Vec<_> = (0..10)
        .map(|number| {
            register
                .command(&format!("record work small --on 2025-05-05 --text 'part {number}' --reason late"))
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let written =
        writers.into_iter().map(|writer| writer.wait_with_output().unwrap()).filter(|output| output.status.success()).count()
            as u64;
    // Whoever lost the race twice was told so; nobody lost a record, and the log verifies.
    assert_eq!(register.log()["size"], before + written);
    assert!(written >= 1);
    register.obligo("verify").succeeded();
}

#[test]
fn an_amendment_of_what_runs_alone_says_under_which_words_it_is() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let ran = register
        .obligo("record amendment small/2 --transition old --effective 2025-06-15 --on 2025-06-01 --reason late")
        .succeeded();
    assert!(ran.stdout.contains("from 2025-06-15: a cycle that runs on 2025-06-15 is under the old words"), "{}", ran.stdout);
}

#[test]
fn minutes_of_an_unknown_meeting_are_answered_with_each_that_was_held_once() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for act in [
        "small --body council --planned 2025-03-01 --meeting m1",
        "small --body council --held 2025-03-01 --meeting m1",
        "small --body council --planned 2028-03-01 --meeting m2",
    ] {
        register.obligo(&format!("record meeting {act} --reason late")).succeeded();
    }
    let ran = register.obligo("record minutes small --meeting zzz --on 2025-04-01 --reason late").ended(4);
    assert!(ran.stderr.contains("known here: m1\n"), "{}", ran.stderr);
}

#[test]
fn a_notice_that_was_taken_back_takes_effect_on_no_day() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record notice small --by AA --given 2026-09-01 --received 2026-09-01 --reason late").succeeded();
    assert!(register.json("notices")["entries"][0]["takes_effect"]["earliest"].is_string());
    register.obligo("record notice-retracted small --on 2026-10-01 --reason late").succeeded();
    let entry = &register.json("notices")["entries"][0];
    assert_eq!(entry["takes_effect"]["earliest"], serde_json::Value::Null, "{entry}");
    assert!(entry["clause"]["earliest"].is_string(), "what the clause gives is told all the same: {entry}");
}

#[test]
fn a_day_in_more_words_is_the_same_day() {
    let register = Register::with(&[("small.toml", SMALL)]).on("2026-11-22");
    let held = |on: &str| register.obligo(&format!("record meeting small --body council --held {on}"));
    held("2026-11-20").succeeded();
    held("2026-11-20/2026-11-20").succeeded().says("Nothing to record");
}
