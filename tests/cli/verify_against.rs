//! `obligo verify` with what others kept, `obligo prove`, `obligo key`, and receipts.

use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, Register, SMALL};

fn small() -> Register {
    Register::with(&[("small.toml", SMALL)])
}

fn launched(register: &Register, on: &str) -> Ran {
    register.obligo(&format!("record announcement small --on {on} --reason late --text news")).succeeded()
}

fn path(register: &Register, name: &str) -> std::path::PathBuf {
    register.folder.path().join(name)
}

fn last_checkpoint(register: &Register) -> String {
    let text = std::fs::read_to_string(path(register, "register.checkpoints")).unwrap();
    let notes: Vec<&str> = text.trim_end().split("\n\n").collect();
    format!("{}\n", notes[notes.len() - 2..].join("\n\n"))
}

/// Size of each checkpoint beside the register.
fn sizes(register: &Register) -> Vec<u64> {
    let text = std::fs::read_to_string(path(register, "register.checkpoints")).unwrap();
    text.split("\n\n").filter_map(|part| part.lines().nth(1)?.parse().ok()).collect()
}

#[track_caller]
fn verdict(register: &Register, line: &str, code: i32) -> Value {
    let ran = register.obligo(&format!("verify {line} --json")).ended(code);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn each_write_brings_a_checkpoint_and_a_look_brings_none() {
    let register = small();
    let size = register.log()["size"].as_u64().unwrap();
    launched(&register, "2024-02-01").says(&format!("Receipt: obligo prove {}", size + 1));
    register
        .obligo("record announcement small --on 2024-03-01 --reason late --text more --dry-run")
        .succeeded()
        .says_not("Receipt");
    register.obligo("status").succeeded();
    register.obligo("import small.toml").succeeded();
    assert_eq!(sizes(&register), [size, size + 1]);
    register.obligo("verify").succeeded().says("SELF-CONSISTENT").says("2 checkpoints beside it");
}

#[test]
fn a_register_from_before_there_were_keys_gets_one_at_its_first_write() {
    let register = small();
    for end in ["key", "checkpoints"] {
        std::fs::remove_file(path(&register, &format!("register.{end}"))).unwrap();
    }
    register.obligo("verify").succeeded().says("no file of checkpoints").says("no key");
    register.obligo("record announcement small --on 2024-02-01 --reason late --text more --dry-run").succeeded();
    assert!(!path(&register, "register.key").exists(), "a dry run makes nothing");
    launched(&register, "2024-02-01");
    assert_eq!(sizes(&register).len(), 1);
    register.obligo("key").succeeded().says("obligo/");
}

#[test]
fn what_a_crash_left_undone_is_made_up_for_by_the_next_write() {
    let register = small();
    let file = path(&register, "register.checkpoints");
    launched(&register, "2024-02-01");
    let whole = std::fs::read(&file).unwrap();
    let size = register.log()["size"].as_u64().unwrap();
    // Cut off in the middle of the last checkpoint, as by a crash after the commit.
    std::fs::write(&file, &whole[..whole.len() - 60]).unwrap();
    register.obligo("verify").succeeded().says("no whole checkpoint");
    register.obligo(&format!("prove {size}")).ended(4).warns("E0606");
    launched(&register, "2024-02-02");
    assert_eq!(sizes(&register), [size - 1, size + 1]);
    register.obligo("verify").succeeded().says_not("no whole");
}

#[test]
fn a_disk_that_refuses_the_checkpoint_does_not_undo_the_record() {
    let register = small();
    let file = path(&register, "register.checkpoints");
    let size = register.log()["size"].as_u64().unwrap();
    // Nobody can append to a link that leads to a full device.
    if !Path::new("/dev/full").exists() {
        return;
    }
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let ran = launched(&register, "2024-02-01").warns("warning: the record stands").warns("cannot be");
    assert!(ran.stdout.contains(&format!("Recorded record {}", size + 1)), "{ran:?}");
    std::fs::remove_file(&file).unwrap();
    launched(&register, "2024-02-02");
    assert_eq!(sizes(&register), [size + 2]);
}

#[test]
fn a_checkpoint_that_was_kept_anchors_what_it_covers() {
    let register = small();
    let kept = last_checkpoint(&register);
    let size = register.log()["size"].as_u64().unwrap();
    launched(&register, "2024-02-01");
    register.file("mail.eml", kept.lines().map(|line| format!("> {line}\r\n")).collect::<String>());
    register.file("table.csv", format!("a,b\n{}", kept.lines().map(|line| format!("# {line}\n")).collect::<String>()));
    register.file("answer.json", serde_json::json!({"log": {"checkpoint": kept}}).to_string());
    for file in ["mail.eml", "table.csv", "answer.json", "register.checkpoints"] {
        register.obligo(&format!("verify --against {file}")).succeeded().says("ANCHORED(");
    }
    let found = verdict(&register, "--against mail.eml", 0);
    assert_eq!((&found["verdict"], &found["anchored"]["seq"]), (&"ANCHORED".into(), &size.into()));
    let found = verdict(&register, "--against mail.eml --against register.checkpoints", 0);
    assert_eq!(found["anchored"], serde_json::json!({"seq": size + 1, "by": "register.checkpoints"}));
    let other = small();
    other.file("mail.eml", std::fs::read(path(&register, "mail.eml")).unwrap());
    assert_eq!(verdict(&other, "--against mail.eml", 5)["verdict"], "FOREIGN");
}

#[test]
fn a_receipt_is_a_proof_of_the_record_and_holds_the_register_to_it() {
    let register = small();
    register
        .obligo("record launched small --on 2024-02-01 --reason late --receipt mine.tlog-proof")
        .succeeded()
        .says("Receipt for record");
    let key = register.obligo("key").succeeded().stdout;
    let key = key.trim();
    register.obligo(&format!("verify --proof mine.tlog-proof --key {key}")).succeeded().says("INCLUDED(");
    let elsewhere = Register::nowhere();
    let proof = std::fs::read_to_string(path(&register, "mine.tlog-proof")).unwrap();
    elsewhere.file("mine.tlog-proof", &proof);
    elsewhere.obligo(&format!("verify --proof mine.tlog-proof --key {key}")).succeeded().says("INCLUDED(");
    let other = small().obligo("key").succeeded().stdout;
    elsewhere
        .obligo(&format!("verify --proof mine.tlog-proof --key {}", other.trim()))
        .ended(5)
        .says("FORGED")
        .says("not signed");
    register.obligo("verify --against mine.tlog-proof").succeeded().says("ANCHORED(");
    // The entry apart from the proof, and another entry.
    let seq = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("prove {seq} -o bare.tlog-proof")).succeeded();
    let connection = rusqlite::Connection::open(register.db()).unwrap();
    let entry: String = connection.query_row("SELECT entry FROM record ORDER BY seq DESC", [], |row| row.get(0)).unwrap();
    register.file("entry.json", &entry);
    register.obligo(&format!("verify --proof bare.tlog-proof --entry entry.json --key {key}")).succeeded().says("INCLUDED(");
    register.file("entry.json", entry.replace("2024", "2025"));
    register.obligo(&format!("verify --proof bare.tlog-proof --entry entry.json --key {key}")).ended(5).says("FORGED");
    register.obligo("verify --against bare.tlog-proof").succeeded().says("ANCHORED(");
}

#[test]
fn one_checkpoint_is_proved_to_go_on_from_another() {
    let register = small();
    let size = register.log()["size"].as_u64().unwrap();
    register.file("old.checkpoint", last_checkpoint(&register));
    launched(&register, "2024-02-01");
    let key = register.obligo("key").succeeded().stdout;
    for from in [format!("#{size}"), "old.checkpoint".into()] {
        register.obligo(&format!("prove --from {from} -o proof.txt")).succeeded();
        let words = format!("CONSISTENT({size} to {})", size + 1);
        register.obligo(&format!("verify --proof proof.txt --key {}", key.trim())).succeeded().says(&words);
    }
    let proof = std::fs::read_to_string(path(&register, "proof.txt")).unwrap();
    let line = proof.lines().nth(1).unwrap();
    register.file("proof.txt", proof.replacen(&format!("{line}\n"), "", 1));
    register.obligo(&format!("verify --proof proof.txt --key {}", key.trim())).ended(5).says("FORGED").says("goes on");
}

#[test]
fn a_rollback_a_fork_and_an_exchanged_key_are_told_by_name() {
    let register = small();
    let size = register.log()["size"].as_u64().unwrap();
    for end in ["db", "key", "checkpoints"] {
        std::fs::copy(path(&register, &format!("register.{end}")), path(&register, &format!("old.{end}"))).unwrap();
    }
    launched(&register, "2024-02-01");
    register.file("kept", last_checkpoint(&register));
    let found = verdict(&register, "--against kept --register old.db", 5);
    assert_eq!((&found["verdict"], &found["first_bad_seq"]), (&"ROLLBACK".into(), &(size + 1).into()));
    // The old copy is written to: the same size, another history.
    register.obligo("record announcement small --on 2024-02-02 --reason late --text other --register old.db").succeeded();
    // Only what was kept bounds it: the copy has a checkpoint of its own, signed with the same key.
    let found = verdict(&register, "--against kept --register old.db", 5);
    assert_eq!((&found["first_bad_seq"], &found["first_bad_upto"]), (&1.into(), &(size + 1).into()), "{found:#}");
    let found = verdict(&register, "--against register.checkpoints --register old.db", 5);
    let bad = (&found["first_bad_seq"], &found["first_bad_upto"]);
    assert_eq!((&found["verdict"], bad), (&"FORK".into(), (&(size + 1).into(), &(size + 1).into())), "{found:#}");
    // Another key, and all checkpoints signed anew with it.
    for end in ["key", "checkpoints"] {
        std::fs::rename(path(&register, &format!("register.{end}")), path(&register, &format!("away.{end}"))).unwrap();
    }
    launched(&register, "2024-02-03");
    assert_eq!(verdict(&register, "", 0)["verdict"], "SELF-CONSISTENT", "of itself it does not show");
    assert_eq!(verdict(&register, "--against kept", 5)["verdict"], "KEY-CHANGED");
    let key = register.obligo("key").succeeded().stdout;
    std::fs::rename(path(&register, "away.key"), path(&register, "register.key")).unwrap();
    assert_eq!(verdict(&register, "", 5)["verdict"], "KEY-CHANGED");
    assert_eq!(verdict(&register, &format!("--key {}", key.trim()), 5)["verdict"], "KEY-CHANGED");
}

#[test]
fn a_key_vouches_for_the_next_one() {
    let register = small();
    let before = register.obligo("key").succeeded().stdout;
    register.file("kept", last_checkpoint(&register));
    launched(&register, "2024-02-01");
    let ran = register.obligo("key rotate --reason 'the laptop was stolen'").succeeded();
    let after = register.obligo("key").succeeded().stdout;
    assert!(before != after && ran.stdout == after, "{ran:?}");
    launched(&register, "2024-02-02");
    register.obligo("key rotate --reason again").succeeded();
    launched(&register, "2024-02-03");
    let last = register.obligo("key").succeeded().stdout;
    for key in [before, after, last] {
        let ran = register.obligo(&format!("verify --against kept --key {}", key.trim())).succeeded().says("ANCHORED(");
        assert!(ran.stdout.contains("the laptop was stolen"), "{ran:?}");
    }
    let stranger = small().obligo("key").succeeded().stdout;
    assert_eq!(verdict(&register, &format!("--key {}", stranger.trim()), 5)["verdict"], "KEY-CHANGED");
}

#[test]
fn a_change_of_keys_that_was_cut_short_is_ended_or_dropped() {
    let register = small();
    register.obligo("key rotate --reason test").succeeded();
    let (key, next) = (path(&register, "register.key"), path(&register, "register.key.next"));
    let vouched = std::fs::read(&key).unwrap();
    // Before the rename: the last checkpoint vouches for the key that waits.
    std::fs::rename(&key, &next).unwrap();
    std::fs::copy(&next, path(&register, "copy.key")).unwrap();
    launched(&register, "2024-02-01");
    assert!(!next.exists() && std::fs::read(&key).unwrap() == vouched);
    // Before the checkpoint: nothing vouches for it.
    let other = small();
    std::fs::copy(path(&other, "register.key"), &next).unwrap();
    launched(&register, "2024-02-02");
    assert!(!next.exists() && std::fs::read(&key).unwrap() == vouched);
    register.obligo("verify").succeeded();
}

#[test]
fn a_key_may_be_kept_elsewhere() {
    let register = Register::nowhere();
    std::fs::create_dir(path(&register, "keys")).unwrap();
    register.file("obligo.toml", "register = \"x.db\"\nkey = \"keys/x.key\"\n");
    let run = |line: &str| {
        let mut command = register.command(line);
        command.env_remove("OBLIGO_REGISTER");
        crate::support::run(&mut command).succeeded()
    };
    run("init");
    assert!(path(&register, "keys/x.key").exists() && !path(&register, "x.key").exists());
    register.file("small.toml", SMALL);
    run("import small.toml");
    let key = run("key").stdout;
    run(&format!("verify --key {}", key.trim())).says("1 checkpoint beside it");
}
