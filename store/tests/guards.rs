//! Another tool opens the file, without our settings and our authorizer: the triggers in it refuse every way to overwrite.

mod common;

use common::{raw, register};
use rusqlite::config::DbConfig;

/// Every way that SQL has to change or drop what is there, with the words of the guard that must refuse it.
const ATTEMPTS: &[(&str, &str)] = &[
    ("UPDATE record SET entry = replace(entry, 'a', 'b')", "a record is never changed"),
    ("UPDATE record SET seq = seq + 100", "a record is never changed"),
    ("UPDATE OR REPLACE record SET seq = 2 WHERE seq = 1", "a record is never changed"),
    ("UPDATE OR IGNORE record SET type = 'x' WHERE seq = 1", "a record is never changed"),
    ("DELETE FROM record", "a record is never deleted"),
    ("DELETE FROM record WHERE seq = 5", "a record is never deleted"),
    ("INSERT OR REPLACE INTO record VALUES (3, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    ("REPLACE INTO record VALUES (5, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    ("REPLACE INTO record SELECT 6, id, 'n', 'n', 1, 't', 'r', 'e' FROM record WHERE seq = 2", "this id is taken"),
    ("REPLACE INTO record VALUES (6, 'n', 'n', 'odd', 1, 't', 'r', 'e')", "version must be the one after"),
    ("REPLACE INTO record VALUES (6, 'n', 'n', 'odd', 5, 't', 'r', 'e')", "version must be the one after"),
    ("REPLACE INTO record SELECT 6, 'n', command, 'n', 1, 't', 'r', 'e' FROM record WHERE seq = 2", "carried out before"),
    ("INSERT INTO record VALUES (7, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    ("INSERT INTO record VALUES (NULL, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    ("INSERT INTO record VALUES (-1, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    ("INSERT OR IGNORE INTO record VALUES (3, 'n', 'n', 'n', 1, 't', 'r', 'e')", "seq must be the one after"),
    (
        "INSERT INTO record VALUES (3, 'n', 'n', 'n', 1, 't', 'r', 'e') ON CONFLICT (seq) DO UPDATE SET entry = 'x'",
        "seq must be the one after",
    ),
    (
        "INSERT INTO record SELECT 6, id, 'n', 'n', 1, 't', 'r', 'e' FROM record WHERE seq = 2
         ON CONFLICT (id) DO UPDATE SET entry = 'x'",
        "this id is taken",
    ),
    (
        "INSERT INTO record VALUES (6, 'n', 'n', 'odd', 2, 't', 'r', 'e')
         ON CONFLICT (agreement, version) DO UPDATE SET entry = 'x'",
        "version must be the one after",
    ),
    ("UPDATE tree SET hash = zeroblob(32)", "a node of the tree is never changed"),
    ("UPDATE OR REPLACE tree SET idx = 1 WHERE level = 0 AND idx = 0", "a node of the tree is never changed"),
    ("DELETE FROM tree", "a node of the tree is never deleted"),
    ("DELETE FROM tree WHERE level = 0 AND idx = 4", "a node of the tree is never deleted"),
    ("INSERT OR REPLACE INTO tree VALUES (0, 2, zeroblob(32))", "a node must be the next"),
    ("REPLACE INTO tree VALUES (0, 9, zeroblob(32))", "a node must be the next"),
    ("INSERT OR IGNORE INTO tree VALUES (0, 2, zeroblob(32))", "a node must be the next"),
    ("INSERT INTO tree VALUES (2, 0, zeroblob(32)) ON CONFLICT DO UPDATE SET hash = excluded.hash", "a node must be the next"),
    ("INSERT INTO tree VALUES (7, NULL, zeroblob(32))", "a node must be the next"),
    ("INSERT INTO tree VALUES (0, 5, x'00')", "CHECK constraint failed"),
    ("UPDATE log SET origin = 'other'", "the origin of a log is never changed"),
    ("DELETE FROM log", "the origin of a log is never deleted"),
    ("INSERT INTO log VALUES ('other')", "a log has one origin"),
    ("INSERT OR REPLACE INTO log (rowid, origin) VALUES (1, 'other')", "a log has one origin"),
    ("REPLACE INTO log (rowid, origin) VALUES (1, 'other')", "a log has one origin"),
    ("INSERT INTO log (rowid, origin) VALUES (1, 'x') ON CONFLICT DO UPDATE SET origin = 'x'", "a log has one origin"),
];

#[test]
fn no_statement_changes_or_drops_what_is_there() {
    for recursive_triggers in [false, true] {
        let (_folder, path) = register(5);
        let before = std::fs::read(&path).expect("the file is read");
        let connection = raw(&path);
        connection.pragma_update(None, "recursive_triggers", recursive_triggers).expect("a setting");
        for (sql, words) in ATTEMPTS {
            let error = connection.execute_batch(sql).expect_err(sql).to_string();
            assert!(error.contains(words), "{sql}: {error}");
        }
        drop(connection);
        assert!(std::fs::read(&path).expect("the file is read") == before, "not a byte of the file changed");
    }
}

#[test]
fn the_guards_say_what_to_do_instead() {
    let (_folder, path) = register(1);
    let error = raw(&path).execute_batch("UPDATE record SET type = 'x'").expect_err("it is guarded").to_string();
    assert!(error.contains("append-only: a record is never changed; correct it with a later record"), "{error}");
}

/// The control: without its trigger each of these goes through, so it is the trigger that refuses.
#[test]
fn without_the_triggers_the_same_statements_do_go_through() {
    let through = [
        ("record_update", "UPDATE record SET type = 'x'"),
        ("record_delete", "DELETE FROM record WHERE seq = 5"),
        ("record_insert", "REPLACE INTO record VALUES (3, 'n', 'n', 'n', 1, 't', 'r', 'e')"),
        ("tree_update", "UPDATE tree SET hash = zeroblob(32)"),
        ("tree_delete", "DELETE FROM tree"),
        ("tree_insert", "REPLACE INTO tree VALUES (0, 2, zeroblob(32))"),
        ("log_update", "UPDATE log SET origin = 'other'"),
        ("log_delete", "DELETE FROM log"),
        ("log_insert", "REPLACE INTO log (rowid, origin) VALUES (1, 'other')"),
    ];
    for (trigger, sql) in through {
        let (_folder, path) = register(5);
        let connection = raw(&path);
        connection.execute_batch(sql).expect_err("it is guarded");
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).expect("the guard is dropped");
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

#[test]
fn a_tool_that_turns_triggers_off_is_found_out_by_verify() {
    let (_folder, path) = register(5);
    let connection = raw(&path);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("a setting");
    connection.execute_batch("UPDATE record SET entry = replace(entry, 'odd', 'Odd') WHERE seq = 3").expect("no guard");
    drop(connection);
    let log = store::SqliteLog::open_read_only(&path).expect("it is opened");
    let verification = log.verify(&mut |_| {}).expect("it is verified");
    assert_eq!(verification.verdict, store::Verdict::Tampered(3));
}
