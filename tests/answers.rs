//! The answers that the product was made for, asked of the demo from outside.

mod support;

use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use support::{Register, agreement, because, due, entry, example, ids};

const PAPER_DAY: &str = "--as-of 2025-02-13 --known-at 2025-02-13";

fn demo() -> &'static Register {
    Register::demo()
}

#[track_caller]
fn found<'a>(docket: &'a Value, id: &str) -> &'a Value {
    entry(docket, id).unwrap_or_else(|| panic!("no line {id}; there are {:#?}", ids(docket)))
}

#[test]
fn what_was_planned_with_japan_on_the_day_of_the_council_paper() {
    let docket = demo().json(&format!("status {PAPER_DAY}"));
    let council = found(&docket, "eu-jp-dp/council-3");
    assert_eq!((due(council).as_str(), &council["label"]), ("2025-05-01..2025-05-31", &"planned".into()));
    assert_eq!(council["kind"], "meeting");
    assert!(council["what"].as_str().unwrap().contains("Tokyo"), "{council:#}");
    let ict = found(&docket, "eu-jp-dp/ict-dialogue-30");
    assert_eq!((due(ict).as_str(), &ict["label"]), ("2025-03-06", &"planned".into()));
    let policy = found(&docket, "eu-jp-dp/digital-policy-dialogue-8");
    assert_eq!((due(policy).as_str(), &policy["label"]), ("2025-04-01", &"planned".into()));
}

#[test]
fn the_third_council_with_korea_is_tentative_in_the_second_half_of_2025_in_seoul() {
    let docket = demo().json(&format!("status {PAPER_DAY}"));
    let council = found(&docket, "eu-kr-dp/council-3");
    assert_eq!((due(council).as_str(), &council["label"]), ("2025-07-01..2025-12-31", &"tentative".into()));
    assert_eq!(council["due"]["certainty"], "tentative");
    assert!(council["what"].as_str().unwrap().contains("Seoul"), "{council:#}");
}

#[test]
fn a_tentative_council_is_not_missed_before_its_half_year_is_over() {
    for day in ["2025-07-01", "2025-10-01", "2025-12-31"] {
        let council = demo().entry("eu-kr-dp/council-3", &format!("--as-of {day} --known-at 2025-02-13"));
        assert_eq!(council["label"], "tentative", "on {day}");
    }
    let council = demo().entry("eu-kr-dp/council-3", "--as-of 2026-01-01 --known-at 2025-02-13");
    let label = council["label"].as_str().unwrap();
    assert!(label.starts_with("undetermined"), "after its end nothing is known of it, and it is not `{label}`");
}

#[test]
fn the_cycles_of_the_uk_korea_forum_are_judged_one_by_one_and_never_called_a_breach() {
    let docket = demo().json("status uk-kr-dp --as-of 2026-11-21");
    let cycles: Vec<&Value> =
        docket["entries"].as_array().unwrap().iter().filter(|line| line["kind"] == "meeting-cycle").collect();
    let told: Vec<String> = cycles
        .iter()
        .map(|line| format!("{} {}: {}", line["id"].as_str().unwrap(), due(line), line["label"].as_str().unwrap()))
        .collect();
    assert_eq!(told[0], "uk-kr-dp/forum-2024 2024-11-22..2024-12-31: not met by the date, nothing recorded");
    assert_eq!(told[1], "uk-kr-dp/forum-2025 2025-11-22..2025-12-31: not met by the date, nothing recorded");
    assert_eq!(told[2], "uk-kr-dp/forum-2026 2026-11-22..2026-12-31: due soon, at risk: no meeting planned");
    assert_eq!(told.len(), 3, "{told:#?}");
    for cycle in cycles {
        let why = because(cycle);
        assert!(why.contains("calendar-year") && why.contains("twelve-months"), "each reading is named: {why}");
        assert!(why.contains("[7]"), "the paragraph is cited: {why}");
    }
    assert!(!docket.to_string().contains("breach"), "nobody determined a breach");
    assert_eq!(agreement(&docket, "uk-kr-dp")["effect"]["state"], "in_effect");
    assert_eq!(agreement(&docket, "uk-kr-dp")["effect"]["since"], "2023-11-22");
}

#[test]
fn the_third_cycle_is_due_from_the_twelve_month_day_to_the_end_of_the_year_and_not_met_after_it() {
    let label = |day: &str| demo().entry("uk-kr-dp/forum-2026", &format!("--as-of {day}"))["label"].clone();
    assert_eq!(label("2026-11-21"), "due soon, at risk: no meeting planned");
    assert_eq!(label("2026-11-22"), "due, at risk: no meeting planned");
    assert_eq!(label("2026-12-31"), "due, at risk: no meeting planned");
    assert_eq!(label("2027-01-01"), "not met by the date, nothing recorded");
}

#[test]
fn notice_given_on_31_august_2026_ends_the_uk_korea_partnership_no_earlier_than_28_february_2027() {
    let docket = demo().json("explain uk-kr-dp/termination --as-of 2026-08-31");
    let power = found(&docket, "uk-kr-dp/termination");
    assert_eq!((&power["kind"], &power["label"]), (&"power".into(), &"exercisable".into()));
    let why = because(power);
    let notice =
        why.lines().find(|line| line.contains("2026-08-31") && line.contains("2027-02-28")).unwrap_or_else(|| panic!("{why}"));
    assert!(notice.contains("no earlier than 2027-02-28") && notice.starts_with("[31]"), "{notice}");
    assert!(why.lines().any(|line| line.starts_with("[32]")), "paragraph 32 says what goes on: {why}");
    assert!(!why.contains("breach"));
}

/// A copy of the demo that a test may write to.
fn copy_of_demo() -> Register {
    let register = Register::nowhere();
    // The key and the checkpoints go along: without them it is another register in the eyes of whoever writes.
    for end in ["db", "key", "checkpoints"] {
        std::fs::copy(demo().db().with_extension(end), register.db().with_extension(end)).unwrap();
    }
    register
}

#[test]
fn a_recorded_notice_runs_with_the_partnership_in_effect_until_its_day() {
    let register = copy_of_demo();
    register
        .obligo("record notice uk-kr-dp --by KR --given 2026-08-31 --received 2026-08-31 --reason late")
        .succeeded()
        .says("notice.given");
    let on = |day: &str| {
        let docket = register.json(&format!("status uk-kr-dp --as-of {day}"));
        let line = agreement(&docket, "uk-kr-dp");
        (line["effect"]["state"].as_str().unwrap().to_string(), line["notice"]["state"].as_str().unwrap().to_string())
    };
    let told = |effect: &str, notice: &str| (effect.to_string(), notice.to_string());
    assert_eq!(on("2026-08-30"), told("in_effect", "none"));
    assert_eq!(on("2026-08-31"), told("in_effect", "pending"));
    assert_eq!(on("2027-02-27"), told("in_effect", "pending"));
    assert_eq!(on("2027-02-28"), told("terminated", "effective"));
    let docket = register.json("status uk-kr-dp --as-of 2026-11-22");
    let ends = &agreement(&docket, "uk-kr-dp")["notice"]["ends"];
    assert_eq!((&ends["earliest"], &ends["latest"]), (&"2027-02-28".into(), &"2027-02-28".into()));
}

#[test]
fn what_became_known_later_was_not_known_before() {
    let register = demo();
    let before = register.json("status eu-sg-dp --as-of 2026-01-01 --known-at 2024-12-01").to_string();
    assert!(!before.contains("2025-12-01"), "the Council of 1 December 2025 was not known on 1 December 2024");
    let log = register.json("log --known-at 2024-12-01").to_string();
    assert!(!log.contains("2025-12-01"), "no record of it either");
    let now = register.json("status eu-sg-dp --as-of 2026-01-01");
    let council = now["entries"].as_array().unwrap().iter().find(|line| line["kind"] == "meeting" && due(line) == "2025-12-01");
    assert_eq!(council.expect("it is known now")["label"], "held");
}

#[test]
fn a_document_is_unknown_the_day_before_it_was_published_and_known_on_its_day() {
    let agreements = |day: &str| {
        let docket = demo().json(&format!("status --as-of 2026-11-21 --known-at {day}"));
        docket["agreements"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(agreements("2021-12-14"), Vec::<String>::new());
    assert_eq!(agreements("2021-12-15"), ["kr-sg-dpa"]);
    assert_eq!(agreements("2023-11-21"), ["kr-sg-dpa"]);
    assert_eq!(agreements("2023-11-22"), ["kr-sg-dpa", "uk-kr-dp"]);
    assert!(!agreements("2025-02-12").contains(&"eu-jp-dp".to_string()));
    assert!(agreements("2025-02-13").contains(&"eu-jp-dp".to_string()));
    assert_eq!(
        agreements("2026-11-21"),
        ["eu-jp-dp", "eu-kr-dp", "eu-sg-ai-safety", "eu-sg-dp", "eu-sg-dta", "kr-sg-dpa", "uk-kr-dp"]
    );
}

#[test]
fn all_33_paragraphs_of_the_uk_korea_text_were_read() {
    let docket = demo().json("status uk-kr-dp");
    let line = agreement(&docket, "uk-kr-dp");
    assert_eq!((&line["paragraphs"]["read"], &line["paragraphs"]["of"]), (&33.into(), &33.into()));
    demo().obligo("status uk-kr-dp").succeeded().says("33 of 33 paragraphs read");
}

/// The lettered items of the text, counted in the text itself: paragraph and last letter.
const LETTERED: [(u32, char); 12] = [
    (1, 'd'),
    (3, 'b'),
    (9, 'c'),
    (11, 'b'),
    (13, 'd'),
    (15, 'd'),
    (16, 'c'),
    (20, 'c'),
    (22, 'c'),
    (24, 'c'),
    (25, 'f'),
    (27, 'c'),
];

#[test]
fn each_lettered_item_of_the_uk_korea_text_is_a_provision_and_a_line_of_its_own() {
    let log = demo().json("log uk-kr-dp");
    let provisions: Vec<&Value> = log["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["entry"])
        .filter(|entry| entry["type"] == "provision.recorded")
        .collect();
    let docket = demo().json("status uk-kr-dp --as-of 2026-11-21");
    for (paragraph, last) in LETTERED {
        for letter in 'a'..=last {
            let item = format!("{paragraph}({letter})");
            let found: Vec<&&Value> = provisions.iter().filter(|entry| entry["source"]["locator"] == item.as_str()).collect();
            assert_eq!(found.len(), 1, "{item} is a provision of its own");
            let lines = docket["entries"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|line| line["provision"] == item.as_str() && line["kind"] == "commitment")
                .count();
            // Paragraph 3 describes strategies that each country had already; it promises nothing.
            assert_eq!(lines, usize::from(paragraph != 3), "{item} is a commitment of its own");
        }
        let beyond = format!("{paragraph}({})", (last as u8 + 1) as char);
        assert!(!provisions.iter().any(|entry| entry["source"]["locator"] == beyond.as_str()), "{beyond} is not in the text");
    }
}

#[test]
fn each_kind_of_line_is_one_of_six() {
    let docket = demo().json("status --as-of 2026-11-21");
    for line in docket["entries"].as_array().unwrap() {
        let kind = line["kind"].as_str().unwrap();
        assert!(["commitment", "meeting-cycle", "meeting", "power", "notice", "term"].contains(&kind), "{kind}");
        assert!(!line["because"].as_array().unwrap().is_empty(), "{} says nothing of why", line["id"]);
        assert!(!line["label"].as_str().unwrap().is_empty(), "{} has no label", line["id"]);
    }
}

#[test]
fn every_reason_names_records_that_are_in_the_log() {
    let docket = demo().json("status --as-of 2026-11-21");
    let size = docket["log"]["size"].as_u64().unwrap();
    for line in docket["entries"].as_array().unwrap() {
        let records: Vec<u64> = line["because"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|step| step["records"].as_array().unwrap())
            .filter_map(Value::as_u64)
            .collect();
        assert!(records.iter().all(|seq| (1..=size).contains(seq)), "{}: {records:?}", line["id"]);
        assert!(!records.is_empty(), "{} rests on no record", line["id"]);
    }
}

#[test]
fn what_rests_on_the_council_paper_carries_its_marking() {
    let docket = demo().json(&format!("status {PAPER_DAY}"));
    for id in ["eu-jp-dp", "eu-kr-dp"] {
        assert_eq!(agreement(&docket, id)["handling"], serde_json::json!(["LIMITE"]), "{id}");
    }
    assert_eq!(found(&docket, "eu-jp-dp/council-3")["handling"], serde_json::json!(["LIMITE"]));
    assert_eq!(agreement(&docket, "uk-kr-dp")["handling"], serde_json::json!([]));
    for verb in ["status", "status eu-jp-dp", "party EU", "topics", "explain eu-jp-dp/council-3", "timeline eu-jp-dp"] {
        demo().obligo(&format!("{verb} {PAPER_DAY}")).succeeded().says("LIMITE");
    }
}

#[test]
fn further_agreements_that_a_text_names_are_relations_with_their_titles() {
    let docket = demo().json("status uk-kr-dp");
    let relates = agreement(&docket, "uk-kr-dp")["relates"].as_array().unwrap().clone();
    let titles: Vec<&str> = relates.iter().filter_map(|other| other["title"].as_str()).collect();
    for words in ["1985", "2013", "2022"] {
        assert!(titles.iter().any(|title| title.contains(words)), "{words}: {titles:?}");
    }
}

#[test]
fn topics_answer_over_all_agreements_where_cooperation_stands() {
    let topics = demo().json("topics --as-of 2026-11-21");
    assert_eq!(topics["schema"], "obligo.topics.v1");
    let named = |name: &str| topics["topics"].as_array().unwrap().iter().find(|topic| topic["topic"] == name).cloned();
    for name in [
        "semiconductors",
        "artificial-intelligence",
        "quantum",
        "telecoms",
        "cybersecurity",
        "digital-identity",
        "data-flows",
        "online-safety",
        "standards",
        "e-invoicing",
    ] {
        let topic = named(name).unwrap_or_else(|| panic!("{name} is missing"));
        assert!(!topic["agreements"].as_array().unwrap().is_empty(), "{name}");
    }
    let semiconductors = named("semiconductors").unwrap();
    let ids: Vec<&str> = semiconductors["agreements"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(ids.contains(&"eu-jp-dp") && ids.contains(&"eu-kr-dp"), "where partners overlap is the question: {ids:?}");
}

#[test]
fn one_party_is_shown_over_all_its_agreements() {
    let party = demo().json("party KR --as-of 2026-11-21");
    let ids: Vec<&str> = party["agreements"].as_array().unwrap().iter().filter_map(|line| line["id"].as_str()).collect();
    assert_eq!(ids, ["eu-kr-dp", "kr-sg-dpa", "uk-kr-dp"]);
    for line in party["owes"].as_array().unwrap() {
        assert!(line["by"].as_array().unwrap().contains(&"KR".into()), "{}", line["id"]);
    }
    for line in party["owed"].as_array().unwrap() {
        assert!(line["to"].as_array().unwrap().contains(&"KR".into()), "{}", line["id"]);
    }
}

#[test]
fn the_same_question_gets_the_same_bytes() {
    for question in [
        "status --as-of 2026-11-21 --json",
        "status --as-of 2026-11-21",
        "explain uk-kr-dp/forum-2026 --as-of 2026-11-21 --json",
        "topics --as-of 2026-11-21 --json",
        "party EU --as-of 2026-11-21 -O csv",
        "log -O jsonl",
        "timeline uk-kr-dp --as-of 2026-11-21",
    ] {
        assert_eq!(demo().obligo(question).succeeded(), demo().obligo(question), "{question}");
    }
}

#[test]
fn the_answer_does_not_hang_on_the_day_it_is_asked_when_a_day_is_named() {
    let question = "status --as-of 2025-02-13 --known-at 2025-02-13 --json";
    let later = copy_of_demo().on("2031-05-05");
    assert_eq!(demo().obligo(question).succeeded().stdout, later.obligo(question).succeeded().stdout);
}

fn digest(path: &Path) -> String {
    events::tree::sha256(&std::fs::read(path).unwrap()).to_string()
}

#[test]
fn the_demo_writes_the_same_bytes_in_every_folder_and_again_in_the_same() {
    let (one, other) = (Register::nowhere(), Register::nowhere().on("2030-01-01"));
    let files = ["obligo.checkpoints", "obligo.db", "obligo.key"];
    let of_demo = |register: &Register| files.map(|file| digest(&register.folder.path().join("demo").join(file)));
    let first = one.obligo("demo").succeeded();
    let second = other.obligo("demo").succeeded();
    assert_eq!(of_demo(&one), of_demo(&other));
    assert_eq!(first.stdout, second.stdout);
    let again = one.obligo("demo").succeeded();
    assert_eq!(of_demo(&one), of_demo(&other));
    assert_eq!(first.stdout, again.stdout);
    let mut left: Vec<_> =
        std::fs::read_dir(one.folder.path().join("demo")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, files, "nothing else is left in ./demo");
}

#[test]
fn the_demo_says_its_privilege_and_the_next_three_commands_which_work() {
    let register = Register::nowhere();
    let ran = register.obligo("demo").succeeded().says("7 agreements").says("pinned").says("demo/obligo.db");
    let commands: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.trim().trim_start_matches("Next:").trim().strip_prefix("obligo ")).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        register.obligo(&format!("{command} --register demo/obligo.db")).succeeded();
    }
}

#[test]
fn the_demo_overwrites_nothing_that_it_did_not_write() {
    for (name, bytes) in [("text", b"my notes".to_vec()), ("empty", Vec::new())] {
        let register = Register::nowhere();
        std::fs::create_dir(register.folder.path().join("demo")).unwrap();
        let path = register.file("demo/obligo.db", &bytes);
        register.obligo("demo").ended(1).warns("demo/obligo.db");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name} was touched");
    }
    let register = Register::nowhere();
    std::fs::create_dir(register.folder.path().join("demo")).unwrap();
    register.obligo("init demo/obligo.db").succeeded();
    let path = register.folder.path().join("demo/obligo.db");
    let before = digest(&path);
    register.obligo("demo").ended(1);
    assert_eq!(digest(&path), before, "somebody's own register was overwritten");
}

#[test]
fn nobody_but_the_demo_sets_the_time_of_recording() {
    let day = |today: &str| {
        let register = Register::new().on(today);
        register.file("uk-kr-dp.toml", example("uk-kr-dp.toml"));
        register.obligo("import uk-kr-dp.toml").succeeded();
        let log = register.json("log");
        let stamp = log["records"][0]["entry"]["recorded_at"].as_str().unwrap().to_string();
        chrono::DateTime::parse_from_rfc3339(&stamp).unwrap().to_utc()
    };
    let (past, future) = (day("2024-01-01"), day("2035-01-01"));
    assert!((future - past).num_minutes().abs() < 10, "recorded at {past} and {future}, whatever OBLIGO_TODAY says");
    let register = Register::new();
    for flag in ["--recorded-at", "--recorded_at"] {
        register.obligo(&format!("import x.toml {flag} 2024-01-01")).ended(2);
    }
    register.file("x.toml", example("uk-kr-dp.toml").replace("[[act]]", "[[act]]\nrecorded_at = 2024-01-01\n"));
    register.obligo("import x.toml").ended(4).warns("recorded_at");
}

/// Changes a copy of the demo behind the program's back, guards away.
fn tampered(change: &str) -> Register {
    let register = copy_of_demo();
    let connection = Connection::open(register.db()).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    assert!(!triggers.is_empty());
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    assert!(connection.execute(change, []).unwrap() > 0, "{change} changes nothing");
    // As a careful forger would, the guards are put back.
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
    register
}

#[test]
fn a_changed_byte_is_found_and_the_first_bad_record_named() {
    copy_of_demo().obligo("verify").succeeded().says("SELF-CONSISTENT");
    for seq in [1, 7, 100] {
        let changed = format!(
            "UPDATE record SET entry = substr(entry, 1, length(entry) - 2) || char(unicode(substr(entry, -2, 1)) + 1) || substr(entry, -1) WHERE seq = {seq}"
        );
        let register = tampered(&changed);
        register.obligo("verify").ended(5).says(&format!("seq {seq}")).says("TAMPERED");
        let ran = register.obligo("verify --json").ended(5);
        let verdict: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(verdict["first_bad_seq"], seq, "{verdict:#}");
    }
}

#[test]
fn a_changed_column_beside_the_entry_is_found_too() {
    for (column, value) in [
        ("recorded_at", "'2020-01-01T00:00:00.000000Z'"),
        ("type", "'meeting.held'"),
        ("agreement", "'another'"),
        ("command", "'x'"),
    ] {
        let register = tampered(&format!("UPDATE record SET {column} = {value} WHERE seq = 5"));
        register.obligo("verify").ended(5).says("seq 5");
    }
}

#[test]
fn a_record_that_is_gone_is_found() {
    let size = demo().log()["size"].as_u64().unwrap();
    tampered("DELETE FROM record WHERE seq = 9").obligo("verify").ended(5).says("seq 9");
    tampered(&format!("DELETE FROM record WHERE seq = {size}")).obligo("verify").ended(5);
}

#[test]
fn a_register_without_its_guards_does_not_verify() {
    let register = copy_of_demo();
    Connection::open(register.db()).unwrap().execute_batch("DROP TRIGGER record_update").unwrap();
    register.obligo("verify").ended(5).says("UNGUARDED");
}

const FORBIDDEN: [&str; 7] = [
    "UPDATE record SET entry = replace(entry, 'a', 'b') WHERE seq = 1",
    "UPDATE record SET seq = 100000 WHERE seq = 1",
    "DELETE FROM record WHERE seq = 1",
    "DELETE FROM record",
    "INSERT OR REPLACE INTO record SELECT seq, id, command, agreement, version, type, recorded_at, entry || ' ' FROM record WHERE seq = 1",
    "REPLACE INTO record SELECT seq + 1000, id, command, agreement, version, type, recorded_at, entry FROM record WHERE seq = 1",
    "UPDATE log SET origin = 'x'",
];

#[test]
fn nobody_changes_a_record_with_plain_sql() {
    let register = copy_of_demo();
    let before = register.log();
    for statement in FORBIDDEN {
        let error = Connection::open(register.db()).unwrap().execute(statement, []).expect_err(statement).to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
    assert_eq!(register.log(), before);
}

#[test]
fn nobody_changes_a_record_with_the_sqlite3_command() {
    let register = copy_of_demo();
    let before = register.log();
    for statement in FORBIDDEN {
        let sqlite3 = std::process::Command::new("sqlite3").arg(register.db()).arg(statement).output();
        let Ok(output) = sqlite3 else {
            eprintln!("skipped: the sqlite3 command is not installed (the same statements are tried through the library)");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("append-only"), "{statement}: {said}");
    }
    assert_eq!(register.log(), before);
}

#[test]
fn two_records_of_one_step_that_cannot_both_be_are_found() {
    let text = support::SMALL.replace("at_least = \"6 months\"", "at_least = \"6 months\", counted_from = \"received\"");
    let register = Register::with(&[("small.toml", &text)]);
    let findings = || -> Vec<String> {
        let docket = register.json("status");
        docket["findings"].as_array().unwrap().iter().map(|finding| finding["text"].as_str().unwrap().to_string()).collect()
    };
    let record = |line: &str| drop(register.obligo(&format!("record {line} --reason late")).ended(0));
    for act in [
        "notice small --by AA --given 2024-05-01",
        "notice-dispatched small --on 2024-05-02",
        "notice-received small --by BB --on 2024-05-05",
        "notice-received small --by depositary --on 2024-05-04",
        "notice-deposited small --on 2024-05-04",
        "consent small --by AA --how acceptance --on 2024-02-01",
    ] {
        record(act);
    }
    assert!(findings().is_empty(), "each step once: {:?}", findings());
    record("notice-received small --by depositary --on 2024-05-09");
    record("notice-dispatched small --on 2024-05-03");
    record("consent small --by AA --how acceptance --on 2024-03-01");
    let told = findings();
    for words in [
        "notice-1 received by depositary 2024-05-04 and notice-1 received by depositary 2024-05-09",
        "notice-1 dispatched 2024-05-02 and notice-1 dispatched 2024-05-03",
        "AA consented (acceptance) 2024-02-01 and AA consented (acceptance) 2024-03-01",
    ] {
        assert!(told.iter().any(|text| text.contains(words) && text.ends_with("cannot both be")), "{words}: {told:#?}");
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}
