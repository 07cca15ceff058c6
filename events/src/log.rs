//! What a log promises. A store implements [`EventLog`] and passes the suite in `contract` (feature of the same name).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::record::Draft;
use crate::tree::Hash;

/// Where a log's clock comes from. The core has none: the program hands one in when it opens a log.
pub trait Clock {
    /// The instant now.
    fn now(&self) -> DateTime<Utc>;
}

impl<F: Fn() -> DateTime<Utc>> Clock for F {
    fn now(&self) -> DateTime<Utc> {
        self()
    }
}

/// Size and root of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many records.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
}

/// What the writer believed when it decided. An append is refused when it no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The whole log had this many records.
    Size(u64),
    /// This agreement's stream had this many records, whatever happened elsewhere.
    Version {
        /// The agreement.
        agreement: String,
        /// Its last version; 0 for one that is not there yet.
        version: u64,
    },
}

/// What an append answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// First record written.
    pub first: u64,
    /// Last record written.
    pub last: u64,
    /// The command had been carried out before: this is its first answer, and nothing was written now.
    pub repeated: bool,
}

/// What one writer wants appended.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The command that writes it.
    pub command: Uuid,
    /// What the writer believed when it decided.
    pub expected: Expected,
    /// What is to be recorded, all or nothing.
    pub drafts: Vec<Draft>,
}

/// Which entries to read; always in the order of `seq`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Select {
    /// Only this agreement's stream.
    pub agreement: Option<String>,
    /// Only entries with `seq` up to and including this.
    pub upto: Option<u64>,
}

/// An append-only log of records.
///
/// An implementation
/// - MUST give records `seq` 1, 2, 3 … and each agreement's records `version` 1, 2, 3 …, without a gap;
/// - MUST append all drafts of a call or none, and MUST return from `append` only when they are durable;
/// - MUST store the bytes of [`crate::codec::encode`] and return them to the letter;
/// - MUST refuse an append whose [`Expected`] does not hold, naming what it found;
/// - MUST answer a command that it has carried out with its first [`Receipt`], `repeated`, whatever is expected or drafted now;
/// - MUST refuse a draft whose id is already in the log;
/// - MUST stamp `recorded_at` itself, in whole microseconds, never before its predecessor's, though its clock go back;
/// - MUST NOT change or drop an entry, ever.
pub trait EventLog {
    /// The log's own id.
    fn origin(&self) -> Uuid;

    /// Size and root now.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn head(&self) -> Result<Head, LogError>;

    /// Root when the log had `size` records.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read or never had that size.
    fn root_at(&self, size: u64) -> Result<Hash, LogError>;

    /// A node of the tree: the root over the complete subtree of `2^level` leaves that begins with leaf `index · 2^level`, counted from 0.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read or the log is not long enough for it.
    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError>;

    /// The exact bytes of one entry; `None` if there is none of that `seq`.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError>;

    /// How many records had been recorded by an instant, inclusive.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError>;

    /// When a record was recorded; `None` if there is none of that `seq`.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError>;

    /// As long as the answer is there, what is read is read of one moment, and each reading need not look anew whether others wrote. Nothing
    /// is appended meanwhile through the same log.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn moment(&self) -> Result<Moment<'_>, LogError> {
        Ok(Moment::default())
    }

    /// Hands each selected entry, `seq` and exact bytes, to `visit`, in order. `visit` answers whether to go on.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError>;

    /// The agreements that records after the first `after` speak of, in the order of their bytes; with 0, all. Those of the register as a whole are
    /// among them, under their own name.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError>;

    /// The receipt of a command that was carried out before, if it was.
    ///
    /// # Errors
    /// [`LogError::World`], when the store cannot be read.
    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError>;

    /// Appends all drafts or none.
    ///
    /// # Errors
    /// [`LogError::Conflict`] when `expected` does not hold, [`LogError::DuplicateId`] for an id that is taken,
    /// [`LogError::Empty`] without drafts, [`LogError::World`] when the store fails.
    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError>;

    /// What several writers want appended, one after the other: each answer is the one that [`EventLog::append`] would give in its turn, and
    /// one that is refused does not hold up the others. All that is accepted is durable when it returns; a store can bring it to the disk
    /// in one go.
    ///
    /// # Errors
    /// [`LogError::World`], when the store fails as a whole: then nobody has an answer, and each command, tried again, says whether it was
    /// carried out.
    fn append_each(&mut self, appends: &[Append]) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
        Ok(appends.iter().map(|one| self.append(one.command, &one.expected, &one.drafts)).collect())
    }
}

/// A moment of a log: see [`EventLog::moment`]. It is over when it is dropped.
#[derive(Default)]
pub struct Moment<'a>(#[expect(dead_code, reason = "it is held, and let go")] Option<Box<dyn Held + 'a>>);

trait Held {}

impl<T> Held for T {}

impl<'a> Moment<'a> {
    /// One that is over when `held` is dropped.
    pub fn of<T: 'a>(held: T) -> Self {
        Moment(Some(Box::new(held)))
    }
}

/// Why a log did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Someone else wrote in between.
    #[error("the log moved on: {expected} was expected, {found} was found")]
    Conflict {
        /// Position that the writer had read.
        expected: u64,
        /// Position that the log has.
        found: u64,
    },
    /// The id of a draft is taken.
    #[error("record id {0} is already in the log")]
    DuplicateId(Uuid),
    /// There was nothing to append.
    #[error("nothing to append")]
    Empty,
    /// The disk, the database or a lock.
    #[error("{0}")]
    World(String, #[source] Option<Box<dyn std::error::Error + Send + Sync>>),
}
