//! Where it is kept: the append-only log in SQLite. Nothing here knows what a fact means beyond its envelope.
//!
//! Read in this order: [`sqlite`] (what is on disk, and the log over it), its `private` (what may name people, beside it), its `verify` (what a file shows of itself) and
//! [`StoreError`] (why a register cannot be opened or made); [`grouped`] (many writers, one thread); [`interrupt`] (Ctrl-C in the middle). What a log promises stands in `events::log`.

pub mod grouped;
pub mod interrupt;
pub mod sqlite;

mod error;

pub use error::StoreError;
pub use sqlite::derived::{DerivedFile, DerivedRows};
pub use sqlite::private::{KeptText, PrivateFile};
pub use sqlite::verify::{Fault, Verdict, Verification};
pub use sqlite::{SqliteLog, Watch, unwatched};
