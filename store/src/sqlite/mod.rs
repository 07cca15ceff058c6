#![doc = include_str!("README.md")]

pub mod derived;
pub mod private;
pub mod verify;

mod append;
mod create;
mod guards;
mod open;
mod place;
mod queries;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use events::log::{Append, Clock, EventLog, Expected, Head, LogError, Moment, Receipt, Select};
use events::record::Draft;
use events::tree::{self, Hash};
use rusqlite::{Connection, DropBehavior, ErrorCode, TransactionBehavior};
use uuid::Uuid;

use crate::{StoreError, interrupt};
use append::Appending;
use guards::Purpose;
use open::Opened;

/// A log in an SQLite file.
pub struct SqliteLog {
    path: PathBuf,
    origin: Uuid,
    connection: Connection,
    access: Access,
    watch: Watch,
}

/// Is told of each long piece of work what it is and of how many records, and answers with what is told how many are done.
pub type Watch = fn(&'static str, u64) -> Box<dyn FnMut(u64)>;

/// Where nobody wants to be told.
pub fn unwatched(_: &'static str, _: u64) -> Box<dyn FnMut(u64)> {
    Box::new(|_| {})
}

enum Access {
    Write(Box<dyn Clock + Send>),
    Read,
}

impl SqliteLog {
    /// Makes a register where there is none, and opens it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is something at `path`, [`StoreError::Missing`] if there is no such folder, and whatever
    /// [`SqliteLog::open`] gives. On an error nothing is left behind.
    pub fn create(path: impl AsRef<Path>, origin: Uuid, clock: impl Clock + Send + 'static) -> Result<Self, StoreError> {
        create::create(path.as_ref(), origin, std::iter::empty::<&[u8]>(), || Ok::<_, StoreError>(()))?;
        Self::open(path, clock)
    }

    /// Makes a register where there is none, with the entries of a log that was exported: the same bytes, in their order. Whether they are a
    /// log is the caller's to verify; what breaks a guard of the tables is refused.
    ///
    /// # Errors
    /// As [`SqliteLog::create`]. On an error nothing is left behind.
    pub fn restore(
        path: impl AsRef<Path>,
        origin: Uuid,
        entries: impl IntoIterator<Item = impl AsRef<[u8]> + Send>,
    ) -> Result<(), StoreError> {
        Self::restore_after(path, origin, entries, || Ok(()))
    }

    /// The same where something is to stand beside the register before it is there: `last` is done when all else is, and no signal
    /// comes between it and the register.
    ///
    /// # Errors
    /// As [`SqliteLog::restore`], and those of `last`.
    pub fn restore_after<E: From<StoreError>>(
        path: impl AsRef<Path>,
        origin: Uuid,
        entries: impl IntoIterator<Item = impl AsRef<[u8]> + Send>,
        last: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        create::create(path.as_ref(), origin, entries, last)
    }

    /// Opens a register for reading and appending.
    ///
    /// # Errors
    /// A [`StoreError`] of its own for each of: no such file, not an SQLite database, another program's database, a later format
    /// version, an SQLite library that is too old, a network file system, no permission, locked, damaged.
    pub fn open(path: impl AsRef<Path>, clock: impl Clock + Send + 'static) -> Result<Self, StoreError> {
        let opened = open::open(path.as_ref(), Purpose::Write, guards::PATIENCE)?;
        Ok(Self::new(path.as_ref(), opened, Access::Write(Box::new(clock))))
    }

    /// Opens a register for reading alone; neither the file nor its folder need be writable.
    ///
    /// # Errors
    /// As [`SqliteLog::open`], and [`StoreError::Interrupted`] if a writer died in the middle of an append.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let opened = open::open(path.as_ref(), Purpose::Read, guards::PATIENCE)?;
        Ok(Self::new(path.as_ref(), opened, Access::Read))
    }

    fn new(path: &Path, Opened { connection, origin }: Opened, access: Access) -> Self {
        SqliteLog { path: path.into(), origin, connection, access, watch: unwatched }
    }

    /// The same, watched while it reads all agreements and while it appends.
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        SqliteLog { watch, ..self }
    }

    /// The path that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands the entries from `first` to `last`, `seq` and exact bytes, to `visit`, in order.
    ///
    /// # Errors
    /// [`LogError::World`], when the register cannot be read.
    pub fn scan_range(&self, first: u64, last: u64, visit: &mut dyn FnMut(u64, &[u8])) -> Result<(), LogError> {
        self.reading(self.connection.prepare_cached(queries::SCAN_FROM).and_then(|mut statement| {
            let mut rows = statement.query([queries::signed(last), queries::signed(first)])?;
            while let Some(row) = rows.next()? {
                visit(queries::position(row, 0)?, row.get_ref(1)?.as_bytes()?);
            }
            Ok(())
        }))
    }

    /// Holds the register against other writers while `append` writes, and brings what it wrote to the disk if it says so.
    fn holding<T>(&mut self, append: impl FnOnce(&mut Appending<'_>) -> Result<T, LogError>) -> Result<T, LogError> {
        let Access::Write(clock) = &self.access else {
            let said = format!("`{}` was opened for reading only; nothing was written", self.path.display());
            return Err(LogError::World(said, None));
        };
        let writing = |error| world(&self.path, "written", error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(writing)?;
        // Only now is the log held: what was true before need not be.
        let answer = append(&mut Appending::begin(&transaction, &self.path, self.origin, &**clock, self.watch)?)?;
        transaction.commit().map_err(writing)?;
        Ok(answer)
    }

    /// Reads the tree at one moment. The nodes of a root are a statement each, and each that stands alone would lock the file for itself.
    fn at_once<T>(&self, read: impl FnOnce(&Connection) -> Result<T, LogError>) -> Result<T, LogError> {
        let _moment = self.moment()?;
        read(&self.connection)
    }

    fn reading<T>(&self, result: rusqlite::Result<T>) -> Result<T, LogError> {
        result.map_err(|error| world(&self.path, "read", error))
    }
}

impl EventLog for SqliteLog {
    fn origin(&self) -> Uuid {
        self.origin
    }

    fn head(&self) -> Result<Head, LogError> {
        self.at_once(|connection| {
            let size = self.reading(queries::size(connection))?;
            Ok(Head { size, root: root(connection, &self.path, size)? })
        })
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.at_once(|connection| {
            let now = self.reading(queries::size(connection))?;
            if now < size {
                let said = format!("`{}` has {now} records and never had {size}", self.path.display());
                return Err(LogError::World(said, None));
            }
            root(connection, &self.path, size)
        })
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        node(&self.connection, &self.path, level, index)
    }

    fn moment(&self) -> Result<Moment<'_>, LogError> {
        if !self.connection.is_autocommit() {
            // It goes on.
            return Ok(Moment::default());
        }
        let mut transaction = self.reading(self.connection.unchecked_transaction())?;
        // Not rolled back: what else is being read through this connection goes on.
        transaction.set_drop_behavior(DropBehavior::Commit);
        Ok(Moment::of(transaction))
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        self.reading(queries::entry(&self.connection, seq))
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        // Instants only grow, so the record where they pass `instant` is found by halving.
        let (mut by_then, mut later) = (0, self.reading(queries::size(&self.connection))? + 1);
        while by_then + 1 < later {
            let middle = by_then + (later - by_then) / 2;
            match self.reading(queries::recorded_at(&self.connection, middle))? {
                Some(recorded_at) if recorded_at <= instant => by_then = middle,
                _ => later = middle,
            }
        }
        Ok(by_then)
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        self.reading(queries::recorded_at(&self.connection, seq))
    }

    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        if select.agreement.is_some() {
            return self.reading(scan(&self.connection, select, visit));
        }
        let size = self.reading(queries::size(&self.connection))?;
        let mut done = (self.watch)("reading", select.upto.map_or(size, |upto| upto.min(size)));
        let mut told = |seq: u64, entry: &[u8]| {
            done(seq);
            visit(seq, entry)
        };
        self.reading(scan(&self.connection, select, &mut told))
    }

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.reading(queries::agreements(&self.connection, after))
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.reading(queries::receipt(&self.connection, command))
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        // Who only reads cannot hold it, and still says what it says.
        if matches!(self.access, Access::Read)
            && let Some(receipt) = self.receipt(command)?
        {
            return Ok(receipt);
        }
        let receipt = self.holding(|appending| appending.append(command, expected, drafts))?;
        let Receipt { first, last, .. } = receipt;
        let which = if first == last { format!("record {first} was") } else { format!("records {first} to {last} were") };
        interrupt::note(&self.path, format!("{which} recorded"));
        Ok(receipt)
    }

    /// In one transaction. Whoever is refused has written nothing into it; if the store fails, it is undone as a whole.
    fn append_each(&mut self, appends: &[Append]) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
        self.holding(|appending| {
            let each = appends.iter().map(|one| match appending.append(one.command, &one.expected, &one.drafts) {
                Err(world @ LogError::World(..)) => Err(world),
                answer => Ok(answer),
            });
            each.collect()
        })
    }
}

fn scan(connection: &Connection, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> rusqlite::Result<()> {
    let upto = queries::signed(select.upto.unwrap_or(u64::MAX));
    let mut statement;
    let mut rows = match &select.agreement {
        None => {
            statement = connection.prepare_cached(queries::SCAN)?;
            statement.query([upto])?
        }
        Some(agreement) => {
            statement = connection.prepare_cached(queries::SCAN_STREAM)?;
            statement.query(rusqlite::params![upto, agreement])?
        }
    };
    while let Some(row) = rows.next()? {
        if !visit(queries::position(row, 0)?, row.get_ref(1)?.as_bytes()?) {
            break;
        }
    }
    Ok(())
}

fn root(connection: &Connection, path: &Path, size: u64) -> Result<Hash, LogError> {
    tree::root(size, |level, index| node(connection, path, level, index))
}

/// A node that must be there.
fn node(connection: &Connection, path: &Path, level: u32, index: u64) -> Result<Hash, LogError> {
    let node = queries::node(connection, level, index).map_err(|error| world(path, "read", error))?;
    node.ok_or_else(|| {
        let said = format!("`{}` is damaged: its tree has no node ({level}, {index}); verify it", path.display());
        LogError::World(said, None)
    })
}

/// What a failure of SQLite means to whoever uses the log.
fn world(path: &Path, what: &str, error: rusqlite::Error) -> LogError {
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ": another program holds it; try again when it is done",
        Some(ErrorCode::DiskFull) => ": the disk is full; nothing was written",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => ": it is write protected; nothing was written",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ": it is damaged; verify it, and go on with a backup",
        Some(ErrorCode::ConstraintViolation) => ": one of its guards refused; nothing was written; verify it",
        _ => "",
    };
    LogError::World(format!("`{}` cannot be {what}{why}", path.display()), Some(Box::new(error)))
}
