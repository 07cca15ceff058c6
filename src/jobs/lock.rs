//! One run at a time on a register: what one run sends, another must not send beside it. The lock is the system's own, on a file beside the
//! register, and falls when the process does, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::error::Error;

/// So long a run waits for another to be done.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often it looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Whether a run could lock: that a file can be made beside the register.
///
/// # Errors
/// Those of the file system.
pub fn try_beside(register: &Path) -> std::io::Result<()> {
    OpenOptions::new().create(true).truncate(false).write(true).open(register.with_extension("run.lock")).map(drop)
}

/// Held while a run lasts.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a register, or waits until another run is done.
    ///
    /// # Errors
    /// [`Error::Failed`], when the file cannot be made, or the other run goes on for five minutes.
    pub fn of(register: &Path) -> Result<Self, Error> {
        let path = register.with_extension("run.lock");
        let failed = |error: std::io::Error| {
            Error::failed(format!("cannot lock `{}`: {error}", path.display()), "a run must be able to write beside its register")
        };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        let what = format!("another run has held `{}` for {} minutes", path.display(), PATIENCE.as_secs() / 60);
        Err(Error::failed(what, "see what it waits for; when it ends, however it ends, the next run makes good what it left"))
    }
}
