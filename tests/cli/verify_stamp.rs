//! `obligo verify --stamp`: an answer that was kept is asked for again.

use crate::support::{Register, SMALL};

#[test]
fn an_answer_in_any_format_is_given_again_though_more_was_recorded_since() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for (question, file) in [
        ("status --as-of 2026-06-30", "status.json"),
        ("status small", "status.txt"),
        ("due --from 2020-01-01 --to 2030-01-01", "due.csv"),
        ("explain small/council-2025", "why.md"),
        ("party AA", "party.jsonl"),
        ("log", "log.json"),
        ("replay --step", "replay.txt"),
        ("diff --from 2026-01-01@#3 --to 2026-11-21@now", "diff.json"),
        ("notices", "notices.csv"),
        ("topics --ceiling public", "topics.json"),
        ("what-if work small --on 2026-11-20 --text news", "what.json"),
        ("compute --from 2026-08-31 --period P6M", "compute.json"),
        ("regimes kr", "regimes.txt"),
    ] {
        register.obligo(&format!("{question} -o {file}")).succeeded();
    }
    register.obligo("record work small --on 2026-11-20 --text later").succeeded();
    let register = register.on("2027-03-01");
    for file in [
        "status.json",
        "status.txt",
        "due.csv",
        "why.md",
        "party.jsonl",
        "log.json",
        "replay.txt",
        "diff.json",
        "notices.csv",
        "topics.json",
        "what.json",
        "compute.json",
        "regimes.txt",
    ] {
        let ran = register.obligo(&format!("verify --stamp {file}"));
        assert_eq!(ran.code, 0, "{file}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.starts_with("SAME"), "{file}: {}", ran.stdout);
    }
}

#[test]
fn the_first_place_that_differs_is_named() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("status -o kept.json").succeeded();
    let kept = std::fs::read_to_string(register.folder.path().join("kept.json")).unwrap();
    register.file("edited.json", kept.replacen("2025-12-31", "2026-12-31", 1));
    let found = register.obligo("verify --stamp edited.json --json").ended(5);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["verdict"], "DIFFERENT");
    assert!(found["first"]["at"].as_str().unwrap().starts_with("/entries/"), "{found}");
    assert!(found["first"]["then"].as_str().unwrap().contains("2026-12-31"), "{found}");
    register.obligo("status -o kept.txt").succeeded();
    let kept = std::fs::read_to_string(register.folder.path().join("kept.txt")).unwrap();
    register.file("edited.txt", kept.replacen("✗ ", "✓ ", 1));
    register.obligo("verify --stamp edited.txt").ended(5).says("DIFFERENT").says("line ");
}

#[test]
fn an_answer_of_another_register_or_of_one_that_was_changed_is_told_by_name() {
    let register = Register::with(&[("small.toml", SMALL)]);
    std::fs::copy(register.db(), register.folder.path().join("before.db")).unwrap();
    register.obligo("record work small --on 2026-11-20 --text news").succeeded();
    register.obligo("status -o kept.json").succeeded();
    register.obligo("verify --stamp kept.json --register before.db").ended(5).says("ROLLBACK");
    register.obligo("record work small --on 2026-11-20 --text other --register before.db").succeeded();
    register.obligo("verify --stamp kept.json --register before.db").ended(5).says("FORK");
    let other = Register::with(&[("small.toml", SMALL)]);
    let kept = std::fs::read_to_string(register.folder.path().join("kept.json")).unwrap();
    other.file("kept.json", kept);
    other.obligo("verify --stamp kept.json").ended(5).says("FOREIGN");
}

#[test]
fn a_file_that_is_handed_on_carries_its_stamp_and_a_checkpoint_and_can_be_held_against_the_register() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for file in ["a.csv", "a.jsonl", "a.md", "a.txt", "a.json"] {
        register.obligo(&format!("status -o {file}")).succeeded();
        register.obligo(&format!("verify --against {file}")).succeeded().says("ANCHORED(");
        register.obligo(&format!("status -o bare-{file} --bare")).succeeded();
    }
    let bare = std::fs::read_to_string(register.folder.path().join("bare-a.csv")).unwrap();
    assert!(!bare.contains('#'), "{bare}");
}

#[test]
fn a_file_that_holds_no_question_has_nothing_done_for_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("status -o kept.json").succeeded();
    let kept = register.obligo("status --json").stdout;
    let before = register.log();
    for asked in [
        r#"["rules","adopt","obligo-rules/3"]"#,
        r#"["record","work","small","--on","2026-11-20","--text","forged"]"#,
        r#"["actor","local","--name","Mr Forged"]"#,
        r#"["status","-o","register.key"]"#,
        r#"["status","--output=register.key"]"#,
        r#"["verify","--stamp","forged.json"]"#,
        r#"["status","--register","other.db"]"#,
        "[]",
    ] {
        let mut answer: serde_json::Value = serde_json::from_str(&kept).unwrap();
        answer["stamp"]["asked"] = serde_json::from_str(asked).unwrap();
        register.file("forged.json", answer.to_string());
        let ran = register.obligo("verify --stamp forged.json").ended(4);
        assert!(ran.stderr.contains("E0109"), "{asked}: {}", ran.stderr);
        assert_eq!(register.log(), before, "{asked}");
    }
    register.obligo("key").succeeded();
}

#[test]
fn what_stands_with_an_answer_is_looked_at_too() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let read = |name: &str| std::fs::read_to_string(register.folder.path().join(name)).unwrap();
    for file in ["a.md", "a.txt", "a.csv"] {
        register.obligo(&format!("status -o {file}")).succeeded();
        let end = file.split_once('.').unwrap().1;
        register.file(&format!("more.{end}"), format!("{}it was met after all\n", read(file)));
        register.obligo(&format!("verify --stamp more.{end}")).ended(5).says("DIFFERENT").says("met after all");
        // The size in the checkpoint: not what was signed, and not of this log.
        let size = register.log()["size"].as_u64().unwrap();
        let changed = read(file).replace(&format!("\n{size}\n"), &format!("\n{}\n", size - 1));
        let changed = changed.replace(&format!("\n# {size}\n"), &format!("\n# {}\n", size - 1));
        register.file(&format!("other.{end}"), changed);
        register.obligo(&format!("verify --stamp other.{end}")).ended(5).says("not of this log");
    }
}

#[test]
fn a_register_that_was_changed_confirms_nothing() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("status -o kept.json").succeeded();
    let connection = rusqlite::Connection::open(register.db()).unwrap();
    connection
        .execute_batch("DROP TRIGGER record_update; UPDATE record SET entry = replace(entry, '2024-01-15', '2023-01-15')")
        .unwrap();
    drop(connection);
    register.obligo("verify --stamp kept.json").ended(5).says("TAMPERED");
}
