//! The guards on a connection: its settings, and the authorizer that denies whatever an append-only log has no use for.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, Result, Row};

use crate::StoreError;

/// The tables, indexes and triggers of format version 1. A register holds this text to the letter; see README.md.
pub(super) const SCHEMA: &str = include_str!("schema.sql");

/// `OBLG`, in the header of every register.
pub(super) const APPLICATION_ID: i32 = 0x4f42_4c47;

/// The format version in the header.
pub(super) const FORMAT_VERSION: i32 = 1;

/// How long one writer waits for another.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Write,
    Read,
}

/// Settings that last as long as the connection.
pub(super) fn configure(connection: &Connection, purpose: Purpose) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "query_only", purpose == Purpose::Read)
}

/// The journal mode is kept in the file: another tool may have set it to WAL.
///
/// The pragma answers with the mode that it reached.
pub(super) fn set_journal(connection: &Connection, path: &Path) -> std::result::Result<(), StoreError> {
    let failed = |error| StoreError::from_sqlite(path, "opened", error);
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(failed)?;
    // Answers only when it is on.
    let _: i64 = connection.query_row("PRAGMA secure_delete = ON", [], |row| row.get(0)).map_err(failed)?;
    match mode.as_str() {
        "delete" => Ok(()),
        mode => Err(StoreError::Damaged { path: path.into(), what: format!("its journal mode stays `{mode}`") }),
    }
}

/// From here on the connection can read, and insert into the two tables that grow; nothing else.
///
/// SQLite asks while it prepares a statement, never while it runs one, so reading is as fast as before.
pub(super) fn lock_down(connection: &mut Connection) -> Result<()> {
    connection.authorizer(Some(authorize))
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive | AuthAction::Function { .. } => {
            Authorization::Allow
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => Authorization::Allow,
        AuthAction::Insert { table_name: "record" | "tree" } => Authorization::Allow,
        AuthAction::Pragma { pragma_name: "application_id" | "user_version" | "integrity_check", pragma_value: None } => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

/// An object of the schema: what it is, its name, the text that made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) sql: String,
}

/// The objects of a database, in order. Statistics, which `ANALYZE` keeps, change nothing and are left out.
pub(super) fn objects(connection: &Connection) -> Result<Vec<Object>> {
    let sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2, 3";
    let mut statement = connection.prepare(sql)?;
    let objects = statement.query_map([], |row| Ok(Object { kind: text(row, 0)?, name: text(row, 1)?, sql: text(row, 2)? }))?;
    objects.collect()
}

/// Text that need not be UTF-8 in a file that was tampered with.
fn text(row: &Row<'_>, column: usize) -> Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(column)?.as_bytes()?).into_owned())
}

/// The objects that a register has.
pub(super) fn expected_objects() -> Result<Vec<Object>> {
    let model = Connection::open_in_memory()?;
    model.execute_batch(SCHEMA)?;
    objects(&model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(purpose: Purpose) -> Connection {
        let mut connection = Connection::open_in_memory().expect("memory is opened");
        connection.execute_batch(SCHEMA).expect("the schema is made");
        configure(&connection, purpose).expect("the settings are made");
        lock_down(&mut connection).expect("the authorizer is set");
        connection
    }

    #[test]
    fn the_authorizer_denies_whatever_is_not_reading_or_appending() {
        let connection = guarded(Purpose::Write);
        let denied = [
            "CREATE TABLE other (a)",
            "CREATE TEMP TABLE record (a)",
            "CREATE INDEX more ON record (type)",
            "CREATE TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END",
            "CREATE TEMP TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END",
            "CREATE VIEW more AS SELECT 1",
            "CREATE VIRTUAL TABLE more USING fts5(a)",
            "DROP TABLE record",
            "DROP TRIGGER record_update",
            "DROP INDEX record_command",
            "ALTER TABLE record RENAME TO other",
            "ALTER TABLE record ADD COLUMN more TEXT",
            "UPDATE record SET entry = ''",
            "UPDATE tree SET hash = zeroblob(32)",
            "UPDATE log SET origin = ''",
            "DELETE FROM record",
            "DELETE FROM tree",
            "DELETE FROM log",
            "INSERT INTO log VALUES ('')",
            "INSERT INTO sqlite_schema VALUES ('', '', '', 1, '')",
            "INSERT INTO record VALUES (1, '', '', '', 1, '', '', '') ON CONFLICT DO UPDATE SET entry = ''",
            "ATTACH ':memory:' AS other",
            "VACUUM",
            "REINDEX",
            "ANALYZE",
            "PRAGMA writable_schema = ON",
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA recursive_triggers = OFF",
            "PRAGMA user_version = 2",
            "PRAGMA ignore_check_constraints = ON",
        ];
        for sql in denied {
            let error = connection.execute_batch(sql).expect_err(sql).to_string();
            assert!(error.contains("not authorized") || error.contains("authorization denied"), "{sql}: {error}");
        }
    }

    #[test]
    fn reading_and_appending_are_allowed() {
        let connection = guarded(Purpose::Write);
        let insert = "INSERT INTO record VALUES (1, 'i', 'c', 'a', 1, 't', 'r', 'e')";
        connection.execute(insert, []).expect("a record is appended");
        connection.execute("INSERT INTO tree VALUES (0, 0, zeroblob(32))", []).expect("a node is appended");
        for sql in ["SELECT max(seq) FROM record", "PRAGMA user_version", "PRAGMA application_id"] {
            connection.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
        }
    }

    #[test]
    fn a_reader_appends_nothing() {
        let connection = guarded(Purpose::Read);
        let error = connection.execute("INSERT INTO tree VALUES (0, 0, zeroblob(32))", []).expect_err("it reads only");
        assert!(error.to_string().contains("readonly"), "{error}");
    }

    #[test]
    fn every_table_is_guarded_against_insert_update_and_delete() {
        let objects = expected_objects().expect("the schema is made");
        for table in ["log", "record", "tree"] {
            for guard in ["insert", "update", "delete"] {
                let name = format!("{table}_{guard}");
                assert!(objects.iter().any(|object| object.kind == "trigger" && object.name == name), "{name}");
            }
        }
    }
}
