//! Whoever owns the file can drop its guards and change it: `verify` says so, and names the first record in doubt.

mod common;

use std::fs;
use std::path::Path;

use common::{ORIGIN, entries, filled, folder, raw, register, without_guards};
use events::log::EventLog;
use events::tree::{self, Hash};
use rusqlite::{Connection, params};
use store::{SqliteLog, StoreError, Verdict, Verification};

fn verify(path: &Path) -> Verification {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    log.verify(&mut |_| {}).expect("it is verified")
}

/// Changes a register of 13 records behind its guards' back, and expects this verdict for a reason with these words.
#[track_caller]
fn check(sql: &str, verdict: Verdict, words: &str) {
    let (_folder, path) = register(13);
    without_guards(&path, |connection| connection.execute_batch(sql).expect(sql));
    expect(&verify(&path), verdict, words, sql);
}

#[track_caller]
fn expect(found: &Verification, verdict: Verdict, words: &str, what: &str) {
    assert_eq!(found.verdict, verdict, "{what}: {:#?}", found.faults);
    assert!(found.faults.iter().any(|fault| fault.what.contains(words)), "{what}: {:#?}", found.faults);
    assert_eq!(found.fault_count, found.faults.len() as u64);
    match verdict {
        Verdict::Tampered(seq) | Verdict::Incomplete(seq) => assert_eq!(found.first_bad_seq(), Some(seq)),
        _ => assert_eq!(found.first_bad_seq(), None),
    }
}

#[test]
fn clean_registers_of_any_size_raise_no_fault() {
    for size in [0, 1, 2, 3, 4, 7, 8, 9, 31, 64, 100] {
        let folder = folder();
        let log = filled(&folder.path().join("register.db"), size);
        let mut told = Vec::new();
        let found = log.verify(&mut |seq| told.push(seq)).expect("it is verified");
        let head = log.head().expect("it is read");
        assert_eq!((found.verdict, &found.faults[..]), (Verdict::SelfConsistent, &[][..]), "size {size}");
        assert_eq!((found.size, found.root), (size, Some(head.root)));
        assert_eq!((found.first_bad_seq(), found.fault_count), (None, 0));
        assert_eq!(told.last(), Some(&size));
    }
}

#[test]
fn a_changed_entry_is_named() {
    let words = |seq: u64| format!("the entry of record {seq} does not have the hash that the tree has for it");
    for seq in 1..=13 {
        let byte = format!("UPDATE record SET entry = replace(entry, '0192-opaque', '0193-opaque') WHERE seq = {seq}");
        check(&byte, Verdict::Tampered(seq), &words(seq));
    }
    check("UPDATE record SET entry = entry || ' ' WHERE seq = 5", Verdict::Tampered(5), &words(5));
    check("UPDATE record SET entry = CAST(x'fffe00' AS TEXT) WHERE seq = 3", Verdict::Tampered(3), "record 3 cannot be read");
    check("UPDATE record SET entry = '' WHERE seq = 13", Verdict::Tampered(13), "record 13 cannot be read");
    check("UPDATE record SET entry = upper(entry) WHERE seq IN (11, 4, 9)", Verdict::Tampered(4), &words(11));
}

#[test]
fn one_change_is_one_fault() {
    let changes = [
        "UPDATE record SET entry = replace(entry, '0192-opaque', '0193-opaque') WHERE seq = 6",
        "UPDATE tree SET hash = zeroblob(32) WHERE level = 0 AND idx = 5",
        "UPDATE tree SET hash = zeroblob(32) WHERE level = 2 AND idx = 1",
        "DELETE FROM tree WHERE level = 1 AND idx = 2",
        "DELETE FROM record WHERE seq = 13",
        "UPDATE record SET type = 'x' WHERE seq = 6",
    ];
    for sql in changes {
        let (_folder, path) = register(13);
        without_guards(&path, |connection| connection.execute_batch(sql).expect(sql));
        let found = verify(&path);
        assert_eq!(found.fault_count, 1, "{sql}: {:#?}", found.faults);
    }
}

#[test]
fn a_missing_record_is_named() {
    check("DELETE FROM record WHERE seq = 1", Verdict::Tampered(1), "record 1 is missing");
    check("DELETE FROM record WHERE seq = 6", Verdict::Tampered(6), "record 6 is missing");
    check("DELETE FROM record WHERE seq IN (7, 8, 9)", Verdict::Tampered(7), "records 7 to 9 are missing");
    check("DELETE FROM record WHERE seq = 13", Verdict::Incomplete(13), "record 13 is missing at the end");
    check("DELETE FROM record WHERE 10 <= seq", Verdict::Incomplete(10), "records 10 to 13 are missing at the end");
    check("DELETE FROM record", Verdict::Incomplete(1), "records 1 to 13 are missing at the end");
    check("DELETE FROM record WHERE seq IN (5, 13)", Verdict::Tampered(5), "record 13 is missing at the end");
}

/// The tree is walked past a gap, with the leaves it has.
#[test]
fn a_node_over_a_missing_record_is_still_checked() {
    let sql = "DELETE FROM record WHERE seq = 6; UPDATE tree SET hash = zeroblob(32) WHERE level = 1 AND idx = 2";
    check(sql, Verdict::Tampered(5), "record 6 is missing");
    check(sql, Verdict::Tampered(5), "one of records 5 to 6 was changed");
}

#[test]
fn a_moved_record_is_named() {
    let entries =
        "UPDATE record SET entry = (SELECT entry FROM record AS other WHERE other.seq = 13 - record.seq) WHERE seq IN (4, 9)";
    check(entries, Verdict::Tampered(4), "the entry at seq 4 says that it is record 9");
    let rows = "UPDATE record SET seq = -4 WHERE seq = 4; UPDATE record SET seq = 4 WHERE seq = 9; UPDATE record SET seq = 9 WHERE seq = -4";
    check(rows, Verdict::Tampered(4), "the entry at seq 9 says that it is record 4");
    check("UPDATE record SET seq = 4611686018427387904 WHERE seq = 12", Verdict::Tampered(12), "record 12 is missing");
    check("UPDATE record SET seq = -12 WHERE seq = 12", Verdict::Tampered(12), "a record has seq -12; the first is 1");
}

#[test]
fn a_column_that_is_not_what_its_entry_says_is_named() {
    let edits = [
        ("id", "'0192'"),
        ("command", "'0192'"),
        ("agreement", "'other'"),
        ("agreement", "CAST(x'ff' AS TEXT)"),
        ("version", "99"),
        ("version", "-1"),
        ("type", "'meeting.dreamt'"),
        ("recorded_at", "'2026-11-22T09:31:10.000001Z'"),
        ("recorded_at", "'2026-11-22 09:31:10'"),
    ];
    for (column, value) in edits {
        let sql = format!("UPDATE record SET {column} = {value} WHERE seq = 7");
        let words = match value {
            "-1" => "record 7 cannot be read".into(),
            _ => format!("the column {column} of record 7 is not what its entry says"),
        };
        check(&sql, Verdict::Tampered(7), &words);
    }
}

#[test]
fn a_changed_tree_is_named_by_the_first_record_under_it() {
    let cases = [
        ((0, 7), 8, "the entry of record 8 does not have the hash"),
        ((1, 3), 7, "one of records 7 to 8 was changed, or the tree's node over them"),
        ((2, 1), 5, "one of records 5 to 8 was changed"),
        ((3, 0), 1, "one of records 1 to 8 was changed"),
        ((0, 12), 13, "the entry of record 13 does not have the hash"),
    ];
    for ((level, index), seq, words) in cases {
        let sql = format!("UPDATE tree SET hash = zeroblob(32) WHERE level = {level} AND idx = {index}");
        check(&sql, Verdict::Tampered(seq), words);
    }
}

#[test]
fn a_tree_with_too_little_or_too_much_is_found() {
    check("DELETE FROM tree WHERE level = 0 AND idx = 12", Verdict::Incomplete(13), "record 13 is not in the tree");
    check("DELETE FROM tree WHERE level = 0 AND idx = 4", Verdict::Incomplete(5), "the tree has no leaf for record 5");
    check("DELETE FROM tree WHERE level = 2 AND idx = 1", Verdict::Incomplete(8), "the tree has no node over records 5 to 8");
    check("DELETE FROM tree", Verdict::Incomplete(1), "record 1 is not in the tree");
    check("INSERT INTO tree VALUES (0, 13, zeroblob(32))", Verdict::Incomplete(14), "record 14 is missing at the end");
    check("INSERT INTO tree VALUES (5, 0, zeroblob(32))", Verdict::Damaged, "the tree has a node (5, 0)");
    check("INSERT INTO tree VALUES (-1, 7, zeroblob(32))", Verdict::Damaged, "the tree has a node (-1, 7)");
}

#[test]
fn a_record_that_was_put_in_past_the_program_has_no_leaf() {
    let (_folder, path) = register(13);
    let columns = "'n', 'n', 'new', 1, 't', '2026-11-23T00:00:00.000000Z', '{}'";
    raw(&path).execute_batch(&format!("INSERT INTO record VALUES (14, {columns})")).expect("the guards let it in");
    let found = verify(&path);
    expect(&found, Verdict::Tampered(14), "record 14 is not in the tree", "a forged record");
}

/// Replaces words in an entry and puts the hash of what results in its leaf.
fn rehash(connection: &Connection, seq: u64, from: &str, to: &str) {
    let sql = "UPDATE record SET entry = replace(entry, ?2, ?3) WHERE seq = ?1";
    assert_eq!(connection.execute(sql, params![seq as i64, from, to]).expect("an entry is changed"), 1);
    let entry: String =
        connection.query_row("SELECT entry FROM record WHERE seq = ?1", [seq as i64], |row| row.get(0)).expect("an entry");
    let sql = "UPDATE tree SET hash = ?2 WHERE level = 0 AND idx = ?1";
    connection.execute(sql, params![seq as i64 - 1, tree::leaf(entry.as_bytes()).0]).expect("a leaf is changed");
}

/// Computes every node above the leaves anew.
fn rebuild(connection: &Connection) {
    let read = |level: u32, index: u64| {
        let sql = "SELECT hash FROM tree WHERE level = ?1 AND idx = ?2";
        connection.query_row(sql, params![level, index as i64], |row| row.get(0).map(Hash))
    };
    let mut index = 0;
    while let Ok(leaf) = read(0, index) {
        for (level, place, hash) in tree::nodes_of_leaf(index, leaf, read).expect("the nodes below are there") {
            let sql = "REPLACE INTO tree VALUES (?1, ?2, ?3)";
            connection.execute(sql, params![level, place as i64, hash.0]).expect("a node is changed");
        }
        index += 1;
    }
}

#[test]
fn a_leaf_that_was_hashed_anew_does_not_fit_under_its_parent() {
    for (seq, named, words) in [(5, 5, "one of records 5 to 6"), (6, 5, "one of records 5 to 6"), (1, 1, "one of records 1 to 2")]
    {
        let (_folder, path) = register(13);
        without_guards(&path, |connection| rehash(connection, seq, "0192-opaque", "0193-opaque"));
        let found = verify(&path);
        expect(&found, Verdict::Tampered(named), words, "a leaf hashed anew");
        assert_eq!(found.fault_count, 1, "{:#?}", found.faults);
    }
}

/// What the verdict does not claim: for this a checkpoint must be held elsewhere.
#[test]
fn a_register_rewritten_as_a_whole_is_self_consistent_and_has_another_root() {
    let (_folder, path) = register(13);
    let before = verify(&path).root;
    without_guards(&path, |connection| {
        rehash(connection, 6, "0192-opaque", "0193-opaque");
        rebuild(connection);
    });
    let after = verify(&path);
    assert_eq!(after.verdict, Verdict::SelfConsistent, "{:#?}", after.faults);
    assert_ne!(after.root, before);
    assert!(after.verdict.meaning().contains("only a checkpoint held elsewhere can show"));
}

/// Whatever was hashed anew as a whole must still make sense.
#[test]
fn positions_times_and_origins_are_checked_even_under_a_good_tree() {
    let cases = [
        ("recorded_at", "09:31:00.000000Z", "09:30:00.000000Z", "before its predecessor"),
        ("version", "\"version\":3", "\"version\":4", "is version 4 of `even`, after version 2"),
    ];
    for (column, from, to, words) in cases {
        let (_folder, path) = register(13);
        without_guards(&path, |connection| {
            rehash(connection, 6, from, to);
            let sql = format!("UPDATE record SET {column} = json_extract(entry, '$.{column}') WHERE seq = 6");
            connection.execute_batch(&sql.replace("version = json", "version = 100 + json")).expect("a column is changed");
            if column == "version" {
                connection.execute_batch("UPDATE record SET version = version + 1000 WHERE seq IN (8, 10, 12)").expect("moved");
                connection.execute_batch("UPDATE record SET version = 4 WHERE seq = 6").expect("moved");
            }
            rebuild(connection);
        });
        expect(&verify(&path), Verdict::Tampered(6), words, column);
    }
    let (_folder, path) = register(13);
    without_guards(&path, |connection| {
        rehash(connection, 9, &ORIGIN.to_string(), "0192b1f0-0000-7000-8000-000000000002");
        rebuild(connection);
    });
    expect(&verify(&path), Verdict::Tampered(9), "record 9 is of another log", "origin");
}

#[test]
fn an_id_that_occurs_twice_and_a_torn_command_are_named() {
    let (_folder, path) = register(13);
    without_guards(&path, |connection| {
        let bare = "ALTER TABLE record RENAME TO old;
             CREATE TABLE record (seq INTEGER PRIMARY KEY, id TEXT, command TEXT, agreement TEXT, version INTEGER, type TEXT,
               recorded_at TEXT, entry TEXT) STRICT;
             INSERT INTO record SELECT * FROM old; DROP TABLE old;";
        connection.execute_batch(bare).expect("a table without constraints");
        let id = |seq: u128| uuid::Uuid::from_u128(seq).to_string();
        rehash(connection, 9, &id(9), &id(2));
        rehash(connection, 11, &id(1011), &id(1004));
        let columns = "UPDATE record SET id = json_extract(entry, '$.id'), command = json_extract(entry, '$.command')";
        connection.execute_batch(columns).expect("columns follow");
        rebuild(connection);
    });
    let found = verify(&path);
    expect(&found, Verdict::Tampered(9), "record 9 has the id of an earlier record", "ids");
    expect(&found, Verdict::Tampered(9), "record 11 has a command of earlier records", "commands");
    expect(&found, Verdict::Tampered(9), "the table `record` was changed", "table");
}

#[test]
fn guards_that_were_dropped_changed_or_added_are_named() {
    let cases = [
        ("DROP TRIGGER record_update", "the trigger `record_update` is missing"),
        ("DROP TRIGGER tree_insert", "the trigger `tree_insert` is missing"),
        ("DROP INDEX record_command", "the index `record_command` is missing"),
        (
            "DROP TRIGGER log_delete; CREATE TRIGGER log_delete BEFORE DELETE ON log BEGIN SELECT 1; END",
            "the trigger `log_delete` was changed",
        ),
        ("CREATE TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END", "the trigger `more` does not belong to the register"),
        ("CREATE TABLE notes (text TEXT)", "the table `notes` does not belong to the register"),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'never changed', 'changed') WHERE name = 'record_update'",
            "the trigger `record_update` was changed",
        ),
        (
            "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'tree_delete'",
            "the trigger `tree_delete` is missing",
        ),
    ];
    for (sql, words) in cases {
        let (_folder, path) = register(3);
        raw(&path).execute_batch(sql).expect(sql);
        expect(&verify(&path), Verdict::Unguarded, words, sql);
    }
}

#[test]
fn statistics_are_no_fault() {
    let (_folder, path) = register(3);
    raw(&path).execute_batch("ANALYZE").expect("statistics are made");
    assert_eq!(verify(&path).verdict, Verdict::SelfConsistent);
}

#[test]
fn a_header_changed_under_an_open_log_is_found() {
    let (_folder, path) = register(3);
    let log = SqliteLog::open_read_only(&path).expect("it is opened");
    raw(&path).execute_batch("PRAGMA application_id = 7; PRAGMA user_version = 2").expect("the header is changed");
    let found = log.verify(&mut |_| {}).expect("it is verified");
    expect(&found, Verdict::Unguarded, "the header's application_id is 7", "application_id");
    expect(&found, Verdict::Unguarded, "the header's user_version is 2, not 1", "user_version");
}

#[test]
fn a_log_with_another_origin_or_two_or_none_is_found() {
    let other = "UPDATE log SET origin = '0192b1f0-0000-7000-8000-000000000002'";
    let (_folder, path) = register(3);
    without_guards(&path, |connection| connection.execute_batch(other).expect("it is changed"));
    expect(&verify(&path), Verdict::Tampered(1), "record 1 is of another log", "another origin");
    let two = "INSERT INTO log SELECT origin FROM log";
    check(two, Verdict::Damaged, "the log has 2 origins");
    let (_folder, path) = register(3);
    without_guards(&path, |connection| connection.execute_batch("DELETE FROM log").expect("it is dropped"));
    assert!(matches!(SqliteLog::open_read_only(&path), Err(StoreError::Damaged { .. })));
}

#[test]
fn more_faults_than_are_kept_are_counted() {
    let (_folder, path) = register(130);
    let sql = "UPDATE record SET entry = replace(entry, '0192-opaque', '0193-opaque') WHERE 3 <= seq";
    without_guards(&path, |connection| connection.execute_batch(sql).expect(sql));
    let found = verify(&path);
    assert_eq!((found.fault_count, found.faults.len()), (128, store::sqlite::verify::FAULTS_KEPT));
    assert_eq!(found.verdict, Verdict::Tampered(3));
}

/// A flipped byte is found, or it changes nothing that anyone reads (a page's unused middle, a counter in the header).
#[test]
fn a_byte_flipped_anywhere_is_found_or_is_nowhere_read() {
    let (folder, path) = register(40);
    let good = fs::read(&path).expect("the file is read");
    let log = SqliteLog::open_read_only(&path).expect("it is opened");
    let (head, before) = (log.head().expect("it is read"), entries(&log));
    drop(log);
    let mut found = 0;
    for place in (0..100).chain((100..good.len()).step_by(211)) {
        let mut bytes = good.clone();
        bytes[place] ^= 0x41;
        let path = folder.path().join(format!("{place}.db"));
        fs::write(&path, &bytes).expect("a copy is written");
        let verdict = SqliteLog::open_read_only(&path).map(|log| (log.verify(&mut |_| {}), log));
        match verdict {
            Ok((Ok(verification), log)) if verification.verdict == Verdict::SelfConsistent => {
                assert_eq!(log.head().expect("it is read"), head, "byte {place}");
                assert!(entries(&log) == before, "byte {place}");
            }
            _ => found += 1,
        }
        fs::remove_file(&path).expect("the copy is removed");
    }
    assert!(found > 100, "only {found} flips were found");
}

#[test]
fn a_page_of_rubbish_is_a_fault_and_never_a_panic() {
    let (folder, path) = register(60);
    let good = fs::read(&path).expect("the file is read");
    for page in 1..good.len() / 4096 {
        for rubbish in [0x00, 0xff, 0x0d] {
            let mut bytes = good.clone();
            bytes[page * 4096..(page + 1) * 4096].fill(rubbish);
            let path = folder.path().join("rubbish.db");
            fs::write(&path, &bytes).expect("a copy is written");
            let Ok(log) = SqliteLog::open_read_only(&path) else { continue };
            let Ok(found) = log.verify(&mut |_| {}) else { continue };
            assert_ne!(found.verdict, Verdict::SelfConsistent, "page {page} of {rubbish:#x}");
        }
    }
}

#[test]
fn what_lies_behind_an_unreadable_page_is_still_checked() {
    let (_folder, path) = register(60);
    let root: i64 = raw(&path)
        .query_row(
            "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 3",
            [],
            |row| row.get(0),
        )
        .expect("a page of records");
    without_guards(&path, |connection| connection.execute_batch("UPDATE record SET type = 'x' WHERE seq = 58").expect("changed"));
    let mut bytes = fs::read(&path).expect("the file is read");
    bytes[(root as usize - 1) * 4096..root as usize * 4096].fill(0xff);
    fs::write(&path, &bytes).expect("the file is written");
    let found = verify(&path);
    let Verdict::Tampered(first) = found.verdict else { panic!("{:?}", found.verdict) };
    assert!(1 < first && first < 58, "{first}");
    let words = format!("record {first} cannot be read");
    assert!(found.faults.iter().any(|fault| fault.seq == Some(first) && fault.what.contains(&words)), "{:#?}", found.faults);
    assert!(found.faults.iter().any(|fault| fault.seq == Some(58)), "{:#?}", found.faults);
}
