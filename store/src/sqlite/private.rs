//! The private file: what may name people and can be erased, in an SQLite file of its own beside the register. For `weather.db` it is
//! `weather.private.db`. It holds the texts for which entries hold commitments, and the names of actors. It is made when it is
//! first needed, for its owner alone (mode 0600), and a log is handed on without it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use events::seal::{self, SALT};
use events::tree::Hash;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::create::{self, Keep};
use super::guards::{self, Purpose};
use super::{open, place};
use crate::StoreError;
use crate::interrupt;

/// The tables of format version 1.
const SCHEMA: &str = include_str!("private.sql");

/// `OBLP`, in the header of every private file.
const APPLICATION_ID: i32 = 0x4f42_4c50;

/// A file up to this size is written anew after an erasure.
const SMALL: u64 = 64 * 1024 * 1024;

/// A text that is kept beside the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// Its commitment as the row has it, 64 hexadecimal digits.
    pub commitment: String,
    /// Its salt.
    pub salt: [u8; SALT],
    /// The text.
    pub text: String,
}

impl KeptText {
    /// A text with its commitment.
    pub fn new(salt: [u8; SALT], text: String) -> Self {
        KeptText { commitment: seal::commitment(&salt, &text).to_string(), salt, text }
    }

    /// Whether it is the text that was committed to.
    pub fn fits(&self) -> bool {
        self.computed().to_string() == self.commitment
    }

    /// The commitment of the text and the salt as they are now.
    fn computed(&self) -> Hash {
        seal::commitment(&self.salt, &self.text)
    }
}

/// The private file of a register, whether it is there or not.
pub struct PrivateFile {
    path: Option<PathBuf>,
    /// Open for reading, once it was needed and there.
    reader: RefCell<Option<Connection>>,
}

impl PrivateFile {
    /// The one beside a register. Nothing is opened or made yet.
    pub fn beside(register: &Path) -> Self {
        // Beside the file, not beside a link to it: one register has one. It may be made before the register is.
        let register = fs::canonicalize(register).or_else(|_| std::path::absolute(register)).unwrap_or_else(|_| register.into());
        PrivateFile { path: Some(register.with_extension("private.db")), reader: RefCell::default() }
    }

    /// That of a log which is no file: nothing is found in it, and nothing can be kept.
    pub fn nowhere() -> Self {
        PrivateFile { path: None, reader: RefCell::default() }
    }

    /// Where it lies, or would.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether it is there and may be read. Who may not read it sees the log as one to whom it was handed on.
    pub fn is_here(&self) -> bool {
        let readable = |path: &Path| place::refuse_forbidden(path, path, false).is_ok();
        self.path.as_deref().is_some_and(|path| path.exists() && readable(path))
    }

    /// A text by its commitment, as the row has it.
    ///
    /// # Errors
    /// A [`StoreError`], if the file is there and cannot be read.
    pub fn text(&self, commitment: &str) -> Result<Option<KeptText>, StoreError> {
        let sql = "SELECT commitment, salt, text FROM text WHERE commitment = ?1";
        // A salt or a text that is none does not fit its commitment, and is said to be wrong there.
        let row = |row: &Row<'_>| {
            let (salt, text) = (row.get(1).unwrap_or_default(), row.get(2).unwrap_or_default());
            Ok(KeptText { commitment: row.get(0)?, salt, text })
        };
        let found = self.read(|connection| connection.prepare_cached(sql)?.query_row([commitment], row).optional())?;
        Ok(found.flatten())
    }

    /// The commitments of all texts, in order.
    ///
    /// # Errors
    /// A [`StoreError`], if the file is there and cannot be read.
    pub fn commitments(&self) -> Result<Vec<String>, StoreError> {
        let all = self.read(|connection| {
            connection.prepare("SELECT commitment FROM text ORDER BY 1")?.query_map([], |row| row.get(0))?.collect()
        })?;
        Ok(all.unwrap_or_default())
    }

    /// Keeps texts, all or none, and returns when they are on the disk. One that is kept already stays as it is.
    ///
    /// # Errors
    /// A [`StoreError`], if the file cannot be made or written.
    pub fn keep(&self, texts: &[KeptText]) -> Result<(), StoreError> {
        if texts.is_empty() {
            return Ok(());
        }
        self.make()?;
        self.write(|transaction| {
            let sql = "INSERT INTO text (commitment, salt, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let mut statement = transaction.prepare(sql)?;
            texts.iter().try_for_each(|kept| statement.execute(params![kept.commitment, kept.salt, kept.text]).map(drop))
        })
    }

    /// Erases texts, and says how many were there. A small file is written anew, since a page may hold copies of what was moved about in it.
    ///
    /// # Errors
    /// A [`StoreError`], if the file cannot be written.
    pub fn erase(&self, commitments: &[String]) -> Result<usize, StoreError> {
        self.delete("DELETE FROM text WHERE commitment = ?1", commitments)
    }

    /// The names of actors by their ids.
    ///
    /// # Errors
    /// A [`StoreError`], if the file is there and cannot be read.
    pub fn actors(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let all = self.read(|connection| {
            let mut statement = connection.prepare("SELECT id, name FROM actor")?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })?;
        Ok(all.unwrap_or_default())
    }

    /// Gives an actor a name, in the place of the one that it had.
    ///
    /// # Errors
    /// A [`StoreError`], if the file cannot be made or written.
    pub fn name_actor(&self, id: &str, name: &str) -> Result<(), StoreError> {
        self.make()?;
        self.write(|transaction| {
            let sql = "INSERT INTO actor (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET name = excluded.name";
            transaction.execute(sql, [id, name]).map(drop)
        })
    }

    /// Erases the name of an actor, and says whether there was one.
    ///
    /// # Errors
    /// A [`StoreError`], if the file cannot be written.
    pub fn erase_actor(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.delete("DELETE FROM actor WHERE id = ?1", &[id.into()])? > 0)
    }

    fn delete(&self, sql: &str, keys: &[String]) -> Result<usize, StoreError> {
        let Some(path) = self.path().filter(|path| path.exists()) else { return Ok(0) };
        let mut gone = 0;
        self.write(|transaction| {
            let mut statement = transaction.prepare(sql)?;
            keys.iter().try_for_each(|key| statement.execute([key]).map(|rows| gone += rows))
        })?;
        if fs::metadata(path).is_ok_and(|file| file.len() <= SMALL) {
            let connection = connect(path, Purpose::Write)?;
            let failed = |error| StoreError::from_sqlite(path, "written", error);
            connection.execute_batch("VACUUM").map_err(failed)?;
        }
        Ok(gone)
    }

    /// Reads; `None` if there is nothing to read from.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
        let Some(path) = self.path() else { return Ok(None) };
        let mut reader = self.reader.borrow_mut();
        if reader.is_none() && self.is_here() {
            *reader = Some(connect(path, Purpose::Read)?);
        }
        let Some(connection) = reader.as_ref() else { return Ok(None) };
        read(connection).map(Some).map_err(|error| StoreError::from_sqlite(path, "read", error))
    }

    fn write(&self, write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<(), StoreError> {
        let path = self.path().ok_or_else(|| StoreError::Missing { path: PathBuf::new() })?;
        let failed = |error| StoreError::from_sqlite(path, "written", error);
        place::refuse_forbidden(path, path, true)?;
        let _hold = interrupt::hold();
        let mut connection = connect(path, Purpose::Write)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        write(&transaction).map_err(failed)?;
        transaction.commit().map_err(failed)
    }

    /// Makes the file where there is none. Of two who make it at once, one does.
    fn make(&self) -> Result<(), StoreError> {
        let path = self.path().ok_or_else(|| StoreError::Missing { path: PathBuf::new() })?;
        if path.exists() {
            return Ok(());
        }
        match create::make(path, Keep::ForOwner, APPLICATION_ID, SCHEMA) {
            Err(StoreError::Exists { .. }) if path.exists() => Ok(()),
            made => made,
        }
    }
}

/// Opens the file as it is: never makes one.
fn connect(path: &Path, purpose: Purpose) -> Result<Connection, StoreError> {
    open::whole(path, guards::PATIENCE, || guarded(path, purpose))
}

fn guarded(path: &Path, purpose: Purpose) -> Result<Connection, StoreError> {
    let full = place::existing(path)?;
    let access = match purpose {
        Purpose::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Purpose::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let failed = |error| StoreError::from_sqlite(path, "opened", error);
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(&full, flags).map_err(failed)?;
    connection.busy_timeout(guards::PATIENCE).map_err(failed)?;
    open::refuse_foreign(&connection, path, APPLICATION_ID)?;
    guards::configure(&connection, purpose).map_err(failed)?;
    if purpose == Purpose::Write {
        guards::set_journal(&connection, path)?;
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Anna Example telephoned";

    fn kept(salt: u8, text: &str) -> KeptText {
        KeptText::new([salt; SALT], text.into())
    }

    #[test]
    fn it_is_made_when_it_is_needed_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let private = PrivateFile::beside(&folder.path().join("weather.db"));
        assert!(!private.is_here());
        assert_eq!(private.text("00").expect("nothing is there"), None);
        assert_eq!(private.erase(&["00".into()]).expect("nothing is there"), 0);
        private.keep(&[]).expect("nothing is to be kept");
        assert!(!private.is_here(), "nothing was needed");
        let text = kept(1, NAME);
        private.keep(std::slice::from_ref(&text)).expect("it is kept");
        private.keep(std::slice::from_ref(&text)).expect("it is kept already");
        assert_eq!(private.text(&text.commitment).expect("it is read"), Some(text.clone()));
        assert!(text.fits() && !KeptText { text: "Anna".into(), ..text }.fits());
        let path = folder.path().join("weather.private.db");
        assert_eq!(private.path().and_then(Path::file_name), path.file_name());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_erased_is_nowhere_in_the_file() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let private = PrivateFile::beside(&folder.path().join("weather.db"));
        let texts: Vec<KeptText> = (0..60).map(|salt| kept(salt, &format!("{NAME} {salt} {}", "…".repeat(40)))).collect();
        private.keep(&texts).expect("they are kept");
        private.name_actor("dg-1", NAME).expect("it is named");
        private.name_actor("dg-1", "Anna Example-Other").expect("it is named otherwise");
        assert_eq!(private.actors().expect("they are read")["dg-1"], "Anna Example-Other");
        let (some, rest) = texts.split_at(20);
        let commitments = |texts: &[KeptText]| texts.iter().map(|text| text.commitment.clone()).collect::<Vec<_>>();
        assert_eq!(private.erase(&commitments(some)).expect("they are erased"), 20);
        assert_eq!(private.erase(&commitments(some)).expect("they were erased"), 0);
        assert_eq!(private.commitments().expect("they are read").len(), rest.len());
        assert_eq!(private.erase(&commitments(rest)).expect("they are erased"), rest.len());
        assert!(private.erase_actor("dg-1").expect("it is erased") && !private.erase_actor("dg-1").expect("it was erased"));
        let bytes = fs::read(private.path().expect("a path")).expect("the file is read");
        assert!(!bytes.windows(4).any(|window| window == b"Anna"));
    }

    #[test]
    fn another_database_of_its_name_is_refused() {
        let folder = tempfile::tempdir().expect("a folder is made");
        let private = PrivateFile::beside(&folder.path().join("weather.db"));
        let other = Connection::open(private.path().expect("a path")).expect("it is made");
        other.execute_batch("CREATE TABLE a (b)").expect("it is another's");
        assert!(matches!(private.text("00"), Err(StoreError::Foreign { .. })));
        assert!(matches!(private.keep(&[kept(1, NAME)]), Err(StoreError::Foreign { .. })));
    }
}
