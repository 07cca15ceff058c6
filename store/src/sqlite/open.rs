//! Opening a register: refuse whatever is not one, each for its own reason, then set the guards.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::guards::{self, APPLICATION_ID, FORMAT_VERSION, Purpose};
use super::{place, queries};
use crate::StoreError;

/// A register, opened and guarded.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) origin: Uuid,
}

pub(super) fn open(path: &Path, purpose: Purpose, patience: Duration) -> Result<Opened, StoreError> {
    whole(path, patience, || guarded(path, purpose, patience))
}

/// Opens a file, once more if a writer died in the middle of a transaction: what it left is undone first, as every program that may write
/// there does. Who may not is told.
pub(super) fn whole<T>(path: &Path, patience: Duration, open: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    match open() {
        Err(StoreError::Interrupted { .. }) if undone(path, patience).is_ok() => open(),
        opened => opened,
    }
}

/// SQLite rolls a journal back when a file is first read by who may write to it.
fn undone(path: &Path, patience: Duration) -> Result<(), StoreError> {
    let full = place::existing(path)?;
    place::refuse_forbidden(path, &full, true)?;
    let read = connect(&full, Purpose::Write).and_then(|connection| {
        connection.busy_timeout(patience)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
    });
    read.map(drop).map_err(|error| StoreError::from_sqlite(path, "opened", error))
}

fn guarded(path: &Path, purpose: Purpose, patience: Duration) -> Result<Opened, StoreError> {
    refuse_old_sqlite(rusqlite::version_number(), rusqlite::version())?;
    let full = place::existing(path)?;
    place::refuse_forbidden(path, &full, purpose == Purpose::Write)?;
    let failed = |error| StoreError::from_sqlite(path, "opened", error);
    let mut connection = connect(&full, purpose).map_err(failed)?;
    connection.busy_timeout(patience).map_err(failed)?;
    refuse_foreign(&connection, path, APPLICATION_ID)?;
    guards::configure(&connection, purpose).map_err(failed)?;
    if purpose == Purpose::Write {
        guards::set_journal(&connection, path)?;
    }
    let origin = read_origin(&connection, path)?;
    if purpose == Purpose::Write {
        refuse_unguarded(&connection, path)?;
    }
    guards::lock_down(&mut connection).map_err(failed)?;
    Ok(Opened { connection, origin })
}

/// Nothing is added to a log that no longer guards what it holds. Readers may still look: `verify` says what was changed.
fn refuse_unguarded(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_sqlite(path, "opened", error);
    let is_whole = guards::objects(connection).map_err(failed)? == guards::expected_objects().map_err(failed)?;
    if is_whole { Ok(()) } else { Err(StoreError::Unguarded { path: path.to_owned() }) }
}

/// Opens the file as it is: never makes one.
pub(super) fn connect(full: &Path, purpose: Purpose) -> rusqlite::Result<Connection> {
    let access = match purpose {
        Purpose::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Purpose::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection =
        Connection::open_with_flags(full, access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE)?;
    // All statements that there are: an insert is compiled with its triggers, which takes longer than what it does.
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// 3.51.3 mends a race that could corrupt databases; our measurements are of later ones.
fn refuse_old_sqlite(number: i32, found: &str) -> Result<(), StoreError> {
    if number < 3_051_003 { Err(StoreError::OldSqlite { found: found.into() }) } else { Ok(()) }
}

pub(super) fn refuse_foreign(connection: &Connection, path: &Path, application_id: i32) -> Result<(), StoreError> {
    let read = |name| {
        let value = connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        value.map_err(|error| StoreError::from_sqlite(path, "opened", error))
    };
    let (application, version) = (read("application_id")?, read("user_version")?);
    if application != application_id {
        return Err(StoreError::Foreign { path: path.into(), found: application });
    }
    if version > FORMAT_VERSION {
        return Err(StoreError::Newer { path: path.into(), found: version, known: FORMAT_VERSION });
    }
    if version < FORMAT_VERSION {
        return Err(StoreError::Damaged { path: path.into(), what: format!("there is no format version {version}") });
    }
    Ok(())
}

fn read_origin(connection: &Connection, path: &Path) -> Result<Uuid, StoreError> {
    let damaged = |what: String| StoreError::Damaged { path: path.into(), what };
    let origin = queries::origin(connection).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy) => StoreError::from_sqlite(path, "opened", error),
        _ => damaged(format!("the log's origin cannot be read ({error})")),
    })?;
    let origin = origin.ok_or_else(|| damaged("it has no origin".into()))?;
    origin.parse().map_err(|_| damaged(format!("its origin `{origin}` is not a UUID")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteLog;

    #[test]
    fn an_older_sqlite_is_refused() {
        let error = refuse_old_sqlite(3_051_002, "3.51.2").expect_err("it is too old");
        assert_eq!(error.to_string(), "the SQLite library is 3.51.2, at least 3.51.3 is needed");
        assert!(refuse_old_sqlite(3_051_003, "3.51.3").is_ok());
        assert!(refuse_old_sqlite(rusqlite::version_number(), rusqlite::version()).is_ok(), "the one we bring along");
    }

    #[test]
    fn whatever_was_opened_is_locked_down() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = folder.path().join("register.db");
        SqliteLog::restore(&path, Uuid::from_u128(1), [[0; 0]; 0]).expect("a register is made");
        for purpose in [Purpose::Write, Purpose::Read] {
            let Opened { connection, .. } = open(&path, purpose, Duration::ZERO).expect("it is opened");
            for sql in ["DROP TRIGGER record_update", "UPDATE record SET type = ''", "PRAGMA writable_schema = ON"] {
                let error = connection.execute_batch(sql).expect_err(sql).to_string();
                assert!(error.contains("not authorized"), "{sql}: {error}");
            }
            let setting = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            assert!(setting("synchronous").is_err(), "not even to be asked");
        }
    }

    #[test]
    fn the_settings_are_those_of_the_readme() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = folder.path().join("register.db");
        SqliteLog::restore(&path, Uuid::from_u128(1), [[0; 0]; 0]).expect("a register is made");
        let mut opened = open(&path, Purpose::Write, Duration::ZERO).expect("it is opened");
        opened
            .connection
            .authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization>)
            .expect("off");
        let setting = |name| opened.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).expect(name);
        let settings = ["synchronous", "trusted_schema", "recursive_triggers", "cell_size_check", "secure_delete", "query_only"];
        assert_eq!(settings.map(setting), [3, 0, 1, 1, 1, 0]);
        assert_eq!((setting("page_size"), setting("application_id"), setting("user_version")), (4096, 0x4f42_4c47, 1));
        let defensive = rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
        assert!(opened.connection.db_config(defensive).expect("it is asked"));
    }

    #[test]
    fn a_register_that_another_program_holds_is_said_to_be_locked() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = folder.path().join("register.db");
        SqliteLog::restore(&path, Uuid::from_u128(1), [[0; 0]; 0]).expect("a register is made");
        let holder = Connection::open(&path).expect("it is opened");
        holder.execute_batch("BEGIN EXCLUSIVE").expect("it is locked");
        for purpose in [Purpose::Write, Purpose::Read] {
            let error = open(&path, purpose, Duration::ZERO).err().expect("it is locked");
            assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
        }
        holder.execute_batch("ROLLBACK").expect("it is let go");
        assert!(open(&path, Purpose::Write, Duration::ZERO).is_ok());
    }
}
