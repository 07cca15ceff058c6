//! The derived file: what was worked out from a register and need not be worked out again, in an SQLite file of its own beside it. For
//! `weather.db` it is `weather.derived.db`. It may be deleted at any time, and nothing in it is trusted: what a row says is for whoever
//! wrote it to check. Here is only where the rows are. Whatever is wrong with the file, it is as if it were not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use super::place;
use super::queries::signed;
use crate::interrupt;

/// `OBLD`, in the header of every derived file.
const APPLICATION_ID: i32 = 0x4f42_4c44;

/// Rows under a name. An ordinary table: in one without row ids, the search for a small row would read through the large ones.
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS docket_part (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
                      CREATE TABLE IF NOT EXISTS compact_pack (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT";

/// How long a reader waits for a writer: less than it takes to derive anything large anew.
const PATIENCE: Duration = Duration::from_millis(400);

/// The derived file of a register, whether it is there or not.
#[derive(Debug, Clone)]
pub struct DerivedFile {
    path: Option<PathBuf>,
    register: PathBuf,
}

impl DerivedFile {
    /// The one beside a register. Nothing is opened or made yet.
    pub fn beside(register: &Path) -> Self {
        let register = fs::canonicalize(register).unwrap_or_else(|_| register.into());
        DerivedFile { path: Some(register.with_extension("derived.db")), register }
    }

    /// That of a log which is no file.
    pub fn nowhere() -> Self {
        DerivedFile { path: None, register: PathBuf::new() }
    }

    /// Where it lies, or would.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its rows as they are at one moment; `None` if they cannot be had, for whatever reason.
    pub fn read(&self) -> Option<DerivedRows> {
        let path = self.path().filter(|path| path.is_file())?;
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        (is_ours(&connection) == Some(APPLICATION_ID)).then_some(())?;
        // One moment for all that is read: what another writes meanwhile is not seen by half.
        connection.execute_batch("PRAGMA cell_size_check = ON; BEGIN").ok()?;
        Some(DerivedRows { connection })
    }

    /// Puts rows in the place of those of their names, all or none; with `anew`, in the place of all. Nobody waits for it, and nobody needs to
    /// know whether it was done: the answer is whether it was.
    pub fn write(&self, anew: bool, rows: &[(String, Vec<u8>)]) -> bool {
        self.change(|transaction| {
            if anew {
                transaction.execute("DELETE FROM docket_part", [])?;
            }
            let sql =
                "INSERT INTO docket_part (name, body) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET body = excluded.body";
            let mut statement = transaction.prepare(sql)?;
            rows.iter().try_for_each(|(name, body)| statement.execute((name, body)).map(drop))
        })
    }

    /// Puts packs of records, each under its number, in the place of those of their numbers, all or none. The answer is whether it was done.
    pub fn write_packs(&self, packs: &[(u64, Vec<u8>)]) -> bool {
        self.change(|transaction| {
            let sql =
                "INSERT INTO compact_pack (number, body) VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET body = excluded.body";
            let mut statement = transaction.prepare(sql)?;
            packs.iter().try_for_each(|(number, body)| statement.execute((signed(*number), body)).map(drop))
        })
    }

    /// An empty file, for those who may read the register and nobody else: it says what that says. Where it is not made, SQLite says why.
    fn begin(&self, path: &Path) {
        #[cfg(unix)]
        if let Ok(register) = fs::metadata(&self.register) {
            use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
            let _ = fs::OpenOptions::new().write(true).create_new(true).mode(register.mode() & 0o666).open(path);
        }
        #[cfg(not(unix))]
        let _ = path;
    }

    fn change(&self, change: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>) -> bool {
        // Whatever else stands there, as a pipe, which nobody may ever write to, is left alone.
        let Some(path) = self.path().filter(|path| path.is_file() || !path.exists()) else { return false };
        // No journal stays behind.
        let _hold = interrupt::hold();
        let written = || {
            self.begin(path);
            written(path, &change).is_some()
        };
        written() || (replaceable(path) && remove(path) && written())
    }
}

/// The rows of a derived file at one moment.
pub struct DerivedRows {
    connection: Connection,
}

impl DerivedRows {
    /// The row of that name.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let mut statement = self.connection.prepare_cached("SELECT body FROM docket_part WHERE name = ?1").ok()?;
        statement.query_row([name], |row| row.get(0)).optional().ok()?
    }

    /// Hands the pack of that number to `look`.
    pub fn pack<T>(&self, number: u64, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let mut statement = self.connection.prepare_cached("SELECT body FROM compact_pack WHERE number = ?1").ok()?;
        statement.query_row([signed(number)], |row| Ok(row.get_ref(0)?.as_bytes().map(look)?)).optional().ok()?
    }
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Whose file it says it is; 0 for one that nobody has made anything of yet.
fn is_ours(connection: &Connection) -> Option<i32> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0)).ok()
}

fn written(path: &Path, change: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>) -> Option<()> {
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, access).ok()?;
    let whose = is_ours(&connection)?;
    let is_empty = || connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) == Ok(0);
    if whose != APPLICATION_ID && !(whose == 0 && is_empty()) {
        return None;
    }
    // What a loss of power does to it is found when it is read. Its rows are large: fewer pages to fetch, where it is new.
    connection.execute_batch("PRAGMA page_size = 16384; PRAGMA synchronous = OFF; PRAGMA cell_size_check = ON").ok()?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).ok()?;
    if whose == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID).ok()?;
    }
    transaction.execute_batch(SCHEMA).ok()?;
    change(&transaction).ok()?;
    transaction.commit().ok()
}

/// Whether a file that could not be written is one that was ours and is damaged. Another program's database stays as it is, and so does one
/// that is merely held, or may not be written.
fn replaceable(path: &Path) -> bool {
    let Ok(connection) = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY) else { return false };
    let looked_at = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match looked_at {
        Ok(said) => said != "ok" && is_ours(&connection) == Some(APPLICATION_ID),
        Err(error) => {
            matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt))
        }
    }
}

fn remove(path: &Path) -> bool {
    // A journal that stayed would be rolled back into the next file of this name.
    let _ = fs::remove_file(place::with_suffix(path, "-journal"));
    fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, DerivedFile) {
        let folder = tempfile::tempdir().expect("a folder is made");
        let file = DerivedFile::beside(&folder.path().join("weather.db"));
        (folder, file)
    }

    fn row(name: &str, body: &str) -> (String, Vec<u8>) {
        (name.into(), body.into())
    }

    fn get(file: &DerivedFile, name: &str) -> Option<String> {
        file.read()?.get(name).map(|body| String::from_utf8(body).expect("it was text"))
    }

    #[test]
    fn rows_are_put_in_the_place_of_those_of_their_names() {
        let (_folder, file) = file();
        assert!(file.read().is_none(), "nothing is made by reading");
        assert!(file.write(false, &[row("a", "1"), row("b", "2")]));
        assert!(file.write(false, &[row("b", "3")]));
        assert_eq!((get(&file, "a"), get(&file, "b"), get(&file, "c")), (Some("1".into()), Some("3".into()), None));
        assert!(file.write(true, &[row("b", "4")]));
        assert_eq!((get(&file, "a"), get(&file, "b")), (None, Some("4".into())));
    }

    #[test]
    fn what_is_damaged_is_as_if_it_were_not_there_and_is_made_anew() {
        let (_folder, file) = file();
        let path = file.path().expect("a path").to_owned();
        let large = "x".repeat(20_000);
        for damage in 0..4 {
            assert!(file.write(false, &[row("a", "1"), row("b", &large)]), "damage {damage}");
            let mut bytes = fs::read(&path).expect("it is read");
            match damage {
                0 => bytes.truncate(100),
                1 => bytes.truncate(5000),
                2 => bytes[..16].fill(b'x'),
                _ => bytes[100..4096].fill(0xff),
            }
            fs::write(&path, bytes).expect("it is damaged");
            assert_eq!(get(&file, "b"), None, "damage {damage}");
            assert!(file.write(false, &[row("b", "2")]), "damage {damage}");
            assert_eq!(get(&file, "b").as_deref(), Some("2"), "damage {damage}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_those_who_may_read_the_register() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder is made");
        let register = folder.path().join("weather.db");
        fs::write(&register, "").expect("it is made");
        fs::set_permissions(&register, fs::Permissions::from_mode(0o600)).expect("it is private");
        let file = DerivedFile::beside(&register);
        assert!(file.write(false, &[row("a", "1")]));
        let mode = fs::metadata(file.path().expect("a path")).expect("it is there").permissions().mode();
        assert_eq!((mode & 0o777, get(&file, "a").as_deref()), (0o600, Some("1")));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_left_alone() {
        let (_folder, file) = file();
        let path = file.path().expect("a path");
        assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo is there").success());
        assert!(file.read().is_none() && !file.write(true, &[row("a", "1")]) && !path.is_file());
    }

    #[test]
    fn another_programs_database_is_left_alone() {
        for id in [0, 7] {
            let (_folder, file) = file();
            let other = Connection::open(file.path().expect("a path")).expect("it is made");
            let made = format!("PRAGMA application_id = {id}; CREATE TABLE a (b); INSERT INTO a VALUES (1)");
            other.execute_batch(&made).expect("it is another's");
            assert!(file.read().is_none() && !file.write(true, &[row("a", "1")]));
            assert_eq!(
                other.query_row("SELECT group_concat(name) FROM sqlite_schema", [], |row| row.get(0)),
                Ok("a".to_string())
            );
        }
    }

    #[test]
    fn who_finds_it_held_does_without() {
        let (_folder, file) = file();
        assert!(file.write(false, &[row("a", "1")]));
        let holder = Connection::open(file.path().expect("a path")).expect("it is opened");
        holder.execute_batch("BEGIN EXCLUSIVE").expect("it is held");
        assert!(file.read().and_then(|rows| rows.get("a")).is_none() && !file.write(false, &[row("a", "2")]));
        drop(holder);
        assert_eq!(get(&file, "a").as_deref(), Some("1"));
    }
}
