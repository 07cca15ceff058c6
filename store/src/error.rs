//! Why a register cannot be opened or made.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why a register cannot be opened or made. What it says has no full stop and no hint; [`StoreError::hint`] has the hint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file, or no such folder.
    #[error("there is no register at `{path}`")]
    Missing {
        /// As it was asked for.
        path: PathBuf,
    },
    /// There is something already.
    #[error("`{path}` exists already")]
    Exists {
        /// What is there: the register, or a journal that an earlier one left behind.
        path: PathBuf,
    },
    /// A folder, an empty file, a text: anything but an SQLite database.
    #[error("`{path}` is not an SQLite database")]
    NotADatabase {
        /// As it was asked for.
        path: PathBuf,
    },
    /// An SQLite database, but no register.
    #[error("`{path}` is another program's database (application id {found:#x})")]
    Foreign {
        /// As it was asked for.
        path: PathBuf,
        /// The `application_id` in the file.
        found: i32,
    },
    /// A register, written by a later version of this program.
    #[error("`{path}` has format version {found}, this program knows {known}")]
    Newer {
        /// As it was asked for.
        path: PathBuf,
        /// The `user_version` in the file.
        found: i32,
        /// The newest that this program knows.
        known: i32,
    },
    /// The SQLite library is older than the one this was measured with.
    #[error("the SQLite library is {found}, at least 3.51.3 is needed")]
    OldSqlite {
        /// Version of the library.
        found: String,
    },
    /// Locks and flushes cannot be relied on there.
    #[error("`{path}` is on a network file system ({kind})")]
    NetworkFileSystem {
        /// As it was asked for.
        path: PathBuf,
        /// Which one.
        kind: String,
    },
    /// The file or its folder may not be read or written.
    #[error("`{path}` may not be {what}")]
    PermissionDenied {
        /// The file or folder in question.
        path: PathBuf,
        /// What was tried: `read`, `written`.
        what: &'static str,
    },
    /// Another program holds it.
    #[error("`{path}` is locked by another program")]
    Locked {
        /// As it was asked for.
        path: PathBuf,
    },
    /// A writer died in the middle of an append, and its half can be undone by who may write alone.
    #[error("`{path}` was left in the middle of an append")]
    Interrupted {
        /// As it was asked for.
        path: PathBuf,
    },
    /// It is ours, but cannot be read as such.
    #[error("`{path}` is damaged: {what}")]
    Damaged {
        /// As it was asked for.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The tables or the triggers that guard them are not as they were made.
    #[error("the guards of `{path}` were changed")]
    Unguarded {
        /// As it was asked for.
        path: PathBuf,
    },
    /// The disk or SQLite failed in another way.
    #[error("`{path}` cannot be {doing}")]
    World {
        /// As it was asked for.
        path: PathBuf,
        /// What was tried: `opened`, `made`.
        doing: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            StoreError::Missing { .. } => "check the path, or make a register there first",
            StoreError::Exists { .. } => "choose another path, or move what is there away; nothing is ever overwritten",
            StoreError::NotADatabase { .. } | StoreError::Foreign { .. } => "check the path; the file was not touched",
            StoreError::Newer { .. } => "open it with the version of the program that wrote it, or a later one",
            StoreError::OldSqlite { .. } => "build the program with the SQLite that it brings along",
            StoreError::NetworkFileSystem { .. } => "put the register on a local disk; its locks and flushes do not hold there",
            StoreError::PermissionDenied { .. } => "ask for the permission, or open the register for reading only",
            StoreError::Locked { .. } => "wait until the other program is done, then try again",
            StoreError::Interrupted { .. } => {
                "have somebody who may write there ask for the status: that undoes the half that was never finished"
            }
            StoreError::Damaged { .. } => "keep the file as it is, and go on with a backup",
            StoreError::Unguarded { .. } => "run `obligo verify`, keep the file as it is, and go on with a backup",
            StoreError::World { .. } => "see what the system says",
        }
    }

    pub(crate) fn from_sqlite(path: &Path, doing: &'static str, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StoreError::NotADatabase { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
            Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, what: error.to_string() },
            Some(ErrorCode::ReadOnly) if extended == rusqlite::ffi::SQLITE_READONLY_ROLLBACK => StoreError::Interrupted { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::PermissionDenied { path, what: "written" },
            _ => StoreError::World { path, doing, source: Box::new(error) },
        }
    }

    pub(crate) fn from_io(path: &Path, doing: &'static str, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => StoreError::Missing { path },
            io::ErrorKind::AlreadyExists => StoreError::Exists { path },
            io::ErrorKind::PermissionDenied => StoreError::PermissionDenied { path, what: doing },
            _ => StoreError::World { path, doing, source: Box::new(error) },
        }
    }
}
