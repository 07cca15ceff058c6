//! Making a register: built under a hidden name in its folder, then renamed without overwriting. It is there whole or not at all.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use events::codec;
use events::tree::{self, Hash};
use rusqlite::{Connection, OpenFlags, Transaction};
use uuid::Uuid;

use super::append::{LOT, ahead};
use super::guards::{APPLICATION_ID, FORMAT_VERSION, SCHEMA};
use super::place;
use super::queries::{self, Ready};
use crate::StoreError;
use crate::interrupt::{self, Unfinished};

/// Makes a register with these entries, which were written by another: their bytes are kept as they are.
/// `last` is done when it is made and has not got its name yet.
pub(super) fn create<E: From<StoreError>>(
    path: &Path,
    origin: Uuid,
    entries: impl IntoIterator<Item = impl AsRef<[u8]> + Send>,
    last: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    let draft = draft(path, Keep::AsFilesAre, APPLICATION_ID, SCHEMA, |transaction| {
        transaction.execute("INSERT INTO log (origin) VALUES (?1)", [origin.to_string()])?;
        let mut filling = Filling { connection: transaction, leaves: Vec::new(), versions: HashMap::new() };
        let mut entries = entries.into_iter();
        let lots = std::iter::from_fn(|| Some(entries.by_ref().take(LOT).collect::<Vec<_>>()).filter(|lot| !lot.is_empty()));
        let rows = |lot: Vec<_>| lot.into_iter().map(row).collect::<rusqlite::Result<Vec<_>>>();
        ahead(lots, rows, |rows| filling.take(&rows?))?;
        filling.end()
    })?;
    let _hold = interrupt::hold();
    last()?;
    Ok(draft.publish(path)?)
}

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// As the folder and the user's settings have it.
    AsFilesAre,
    /// Whoever makes it, and nobody else.
    ForOwner,
}

/// Makes a database with these tables.
pub(super) fn make(path: &Path, keep: Keep, application_id: i32, schema: &str) -> Result<(), StoreError> {
    draft(path, keep, application_id, schema, |_| Ok(()))?.publish(path)
}

/// One with these tables and what `fill` puts in, without its name yet. Triggers stand at the end of a schema; they watch over it from then on.
fn draft(
    path: &Path,
    keep: Keep,
    application_id: i32,
    schema: &str,
    fill: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> Result<HalfMade, StoreError> {
    let draft = HalfMade::new(place::vacant(path)?, keep).map_err(|error| StoreError::from_io(path, "written", error))?;
    build(draft.file.path(), application_id, schema, fill).map_err(|error| StoreError::from_sqlite(path, "made", error))?;
    Ok(draft)
}

/// A file that goes away again, unless it gets its name.
struct HalfMade {
    file: Unfinished,
    full: PathBuf,
}

impl HalfMade {
    /// An empty file that was not there before.
    fn new(full: PathBuf, keep: Keep) -> io::Result<Self> {
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
        let (file, _) = Unfinished::new(draft, |draft| options.write(true).create_new(true).open(draft).map(drop))?;
        Ok(HalfMade { file, full })
    }

    fn publish(self, path: &Path) -> Result<(), StoreError> {
        let _hold = interrupt::hold();
        let published = publish(self.file.path(), &self.full).and_then(|()| sync_folder(&self.full));
        published.map_err(|error| StoreError::from_io(path, "written", error))
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
    // What is broken off is thrown away as a whole, and needs no journal beside it. What each guard might undo is noted in memory too; and a page is written when it is full, not whenever room is short.
    connection.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE;
         PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;
         PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072;",
    )?;
    let transaction = connection.transaction()?;
    transaction.pragma_update(None, "application_id", application_id)?;
    transaction.pragma_update(None, "user_version", FORMAT_VERSION)?;
    let (tables, triggers) = schema.split_at(schema.find("CREATE TRIGGER").unwrap_or(schema.len()));
    transaction.execute_batch(tables)?;
    fill(&transaction)?;
    transaction.execute_batch(triggers)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// Entries on their way into a file that nobody else has seen. The triggers, which would look at each row by itself, are put up when all are
/// in; what they would refuse is refused here, and by the tables' own UNIQUE.
struct Filling<'a> {
    connection: &'a Connection,
    leaves: Vec<Hash>,
    /// The last version of each stream.
    versions: HashMap<String, u64>,
}

impl Filling<'_> {
    fn take(&mut self, rows: &[Ready<impl AsRef<[u8]>>]) -> rusqlite::Result<()> {
        for Ready { columns, leaf, .. } in rows {
            if columns.seq != self.leaves.len() as u64 + 1 {
                return Err(refused("seq must be the one after the last record's"));
            }
            let last = match self.versions.get_mut(&columns.agreement) {
                Some(last) => last,
                None => self.versions.entry(columns.agreement.clone()).or_default(),
            };
            *last += 1;
            if columns.version != *last {
                return Err(refused("version must be the one after the last of its agreement"));
            }
            self.leaves.push(*leaf);
        }
        queries::insert_records(self.connection, rows)
    }

    /// The tree, level by level: rows in the order of the table are put in without a search.
    fn end(self) -> rusqlite::Result<()> {
        if !queries::torn_commands(self.connection, 1)?.is_empty() {
            return Err(refused("this command was carried out before"));
        }
        let (mut nodes, mut level) = (self.leaves, 0);
        while !nodes.is_empty() {
            queries::insert_nodes(self.connection, level, 0, &nodes)?;
            nodes = nodes.chunks_exact(2).map(|two| tree::node(two[0], two[1])).collect();
            level += 1;
        }
        Ok(())
    }
}

/// An entry that was written by another, with what its columns hold.
fn row<B: AsRef<[u8]>>(entry: B) -> rusqlite::Result<Ready<B>> {
    let bytes = entry.as_ref();
    let columns = codec::columns(bytes).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    Ok(Ready { columns, leaf: tree::leaf(bytes), entry })
}

fn refused(why: &str) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(format!("append-only: {why}").into())
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
