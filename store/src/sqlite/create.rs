//! Making a register: built under a hidden name in its folder, then renamed without overwriting. It is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use events::{codec, tree};
use rusqlite::{Connection, OpenFlags, Transaction};
use uuid::Uuid;

use super::guards::{APPLICATION_ID, FORMAT_VERSION, SCHEMA};
use super::{place, queries};
use crate::StoreError;

/// Makes a register with these entries, which were written by another: their bytes are kept as they are.
pub(super) fn create(path: &Path, origin: Uuid, entries: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<(), StoreError> {
    make(path, Keep::AsFilesAre, APPLICATION_ID, SCHEMA, |transaction| {
        transaction.execute("INSERT INTO log (origin) VALUES (?1)", [origin.to_string()])?;
        entries.into_iter().try_for_each(|entry| insert(transaction, entry.as_ref()))
    })
}

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// As the folder and the user's settings have it.
    AsFilesAre,
    /// Whoever makes it, and nobody else.
    ForOwner,
}

/// Makes a database with these tables and what `fill` puts in.
pub(super) fn make(
    path: &Path,
    keep: Keep,
    application_id: i32,
    schema: &str,
    fill: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    let full = place::vacant(path)?;
    let io_failed = |error| StoreError::from_io(path, "written", error);
    let draft = HalfMade::new(&full, keep).map_err(io_failed)?;
    build(&draft.0, application_id, schema, fill).map_err(|error| StoreError::from_sqlite(path, "made", error))?;
    publish(&draft.0, &full).map_err(io_failed)?;
    sync_folder(&full).map_err(io_failed)
}

/// A file that goes away again, and its journal with it, unless it was renamed.
struct HalfMade(PathBuf);

impl HalfMade {
    /// An empty file that was not there before.
    fn new(full: &Path, keep: Keep) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = full.file_name().unwrap_or_default().to_string_lossy();
        let draft = full.with_file_name(format!(".{name}.{}-{number}.new", process::id()));
        // Made and closed before SQLite knows of it.
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        if keep == Keep::ForOwner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = keep;
        options.write(true).create_new(true).open(&draft)?;
        Ok(HalfMade(draft))
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        for suffix in ["", "-journal"] {
            // Nothing to be done about a failure, and mostly there is nothing to remove.
            let _ = fs::remove_file(place::with_suffix(&self.0, suffix));
        }
    }
}

fn build(
    draft: &Path,
    application_id: i32,
    schema: &str,
    fill: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(draft, flags)?;
    // What each guard might undo is noted in memory, not in a file; and a page is written when it is full, not whenever room is short.
    connection.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE;
         PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072;",
    )?;
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", application_id)?;
    transaction.pragma_update(None, "user_version", FORMAT_VERSION)?;
    transaction.execute_batch(schema)?;
    fill(&transaction)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// An entry with its columns and the nodes that it brings.
fn insert(connection: &Connection, entry: &[u8]) -> rusqlite::Result<()> {
    let columns = codec::columns(entry).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    queries::insert_record(connection, &columns, entry)?;
    // The guards of the tables hold here too: what is no log is refused by them.
    let read = |level, index| queries::node(connection, level, index)?.ok_or(rusqlite::Error::QueryReturnedNoRows);
    let nodes = tree::nodes_of_leaf(columns.seq.saturating_sub(1), tree::leaf(entry), read)?;
    nodes.into_iter().try_for_each(|(level, index, hash)| queries::insert_node(connection, level, index, hash))
}

/// Gives the file its name; fails if the name was taken meanwhile.
fn publish(draft: &Path, full: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, draft, CWD, full, RenameFlags::NOREPLACE) {
            // Some file systems cannot; all that lack this have links.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
            done => return done.map_err(io::Error::from),
        }
    }
    fs::hard_link(draft, full)?;
    fs::remove_file(draft)
}

/// The name is on the disk only when the folder is.
fn sync_folder(full: &Path) -> io::Result<()> {
    match full.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
