//! What stands beside a register and vouches for it: its signing key, and the checkpoints that were signed with it, one after each write.
//!
//! A checkpoint is worth something where somebody else holds it. The ones beside the register show what happened to it by mistake (a backup
//! that was put back, a copy that two wrote to), and they say from which to which record it was rewritten by someone who has not the key.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use events::checkpoint::{Checkpoint, Role, Signed, SignedCheckpoint, Signer, base64};
use events::log::{Append, EventLog, Expected, Head, LogError, Moment, Receipt, Select};
use events::record::Draft;
use events::tree::Hash;
use store::interrupt;
use uuid::Uuid;

use crate::error::Error;
use key::KeyFile;

pub mod found;
pub mod judge;
pub mod key;
pub mod notes;
pub mod prove;

/// The files beside a register.
#[derive(Debug, Clone)]
pub struct Beside {
    /// Its signing key.
    pub key: KeyFile,
    /// Its checkpoints.
    pub checkpoints: PathBuf,
    /// Those that witnesses cosigned.
    pub cosigned: PathBuf,
}

impl Beside {
    /// The files of the register at a path; its key may be kept elsewhere.
    pub fn of(register: &Path, key: Option<&Path>) -> Self {
        // By whatever link it is opened, a register has one file of checkpoints.
        let register =
            if register.is_symlink() { register.canonicalize().unwrap_or_else(|_| register.into()) } else { register.into() };
        Beside {
            key: KeyFile {
                path: key.map_or_else(|| register.with_extension("key"), PathBuf::from),
                group_may_read: key.is_some(),
            },
            checkpoints: register.with_extension("checkpoints"),
            cosigned: register.with_extension("cosigned"),
        }
    }

    /// Ends a change of keys that was cut short.
    fn settle(&self) -> Result<(), Error> {
        if !self.key.has_next() {
            return Ok(());
        }
        notes::append(&self.checkpoints, |last| self.key.settle(last).map(|()| None))
    }

    /// The newest checkpoint, with the cosignatures of witnesses if it has any.
    ///
    /// # Errors
    /// E0606 if there is none, E0604 if the files cannot be read as what they are.
    pub fn newest(&self) -> Result<SignedCheckpoint, Error> {
        let none = || {
            let what = format!("there is no checkpoint yet in `{}`", self.checkpoints.display());
            Error::refused("E0606", what, "the next write makes one")
        };
        let newest = notes::last(&self.checkpoints)?.ok_or_else(none)?;
        let cosigned = notes::last(&self.cosigned)?.filter(|cosigned| cosigned.checkpoint == newest.checkpoint);
        Ok(cosigned.unwrap_or(newest))
    }
}

/// A log after each write of which a signed checkpoint is added to the file beside it.
pub struct Checkpointed<L> {
    log: L,
    beside: Beside,
    signer: Option<Signer>,
    /// The last checkpoint of which it is known that our key signed it: whoever finds the same need not check the signature again.
    checked: Option<SignedCheckpoint>,
    /// Why the last write has no checkpoint. The records stand; the next write makes up for it.
    pub unsigned: Option<Error>,
}

impl<L: EventLog> Checkpointed<L> {
    /// Takes a log for writing. It must go on from its last checkpoint, and that must be signed by the key that is there.
    ///
    /// # Errors
    /// E0601 to E0604, each for its own reason; nothing is written then.
    pub fn open(log: L, beside: Beside) -> Result<Self, Error> {
        beside.settle()?;
        let last = notes::last(&beside.checkpoints)?;
        let signer = beside.key.read_of(&key::origin(log.origin()))?;
        if let Some(last) = &last {
            signed_by_ours(last, signer.as_ref(), &beside)?;
            goes_on(&log, &last.checkpoint)?;
        }
        Ok(Checkpointed { log, beside, signer, checked: last, unsigned: None })
    }

    /// The files beside it.
    pub fn beside(&self) -> &Beside {
        &self.beside
    }

    /// Signs what the log is now, unless that was done.
    fn checkpoint(&mut self) -> Result<(), Error> {
        let Some(signer) = &self.signer else { return Ok(()) };
        let mut ours = None;
        notes::append(&self.beside.checkpoints, |last| {
            let _moment = self.log.moment()?;
            let head = self.log.head()?;
            if last.is_some_and(|last| head.size <= last.checkpoint.size) {
                return Ok(None);
            }
            if let Some(last) = last {
                if self.checked.as_ref() != Some(last) {
                    signed_by_ours(last, Some(signer), &self.beside)?;
                }
                goes_on(&self.log, &last.checkpoint)?;
            }
            Ok(ours.insert(signed(signer, head, Vec::new())).clone().into())
        })?;
        self.checked = ours.or(self.checked.take());
        Ok(())
    }

    /// Appends, and signs what the log is then.
    fn signing<T>(&mut self, append: impl FnOnce(&mut L) -> Result<T, LogError>) -> Result<T, LogError> {
        if self.signer.is_none() {
            // A register from before there were keys. Without one nothing is written: what is written is signed.
            let made = self.beside.key.make(&key::origin(self.log.origin()));
            self.signer = Some(made.map_err(|error| LogError::World(format!("{error}; nothing was written"), None))?);
        }
        // A signal comes before the records or after their checkpoint.
        let _hold = interrupt::hold();
        let answer = append(&mut self.log)?;
        // The records are durable whatever becomes of the checkpoint.
        self.unsigned = self.checkpoint().err();
        Ok(answer)
    }

    /// Puts a new key in the place of the old one: a checkpoint that both sign says so, with the reason.
    ///
    /// # Errors
    /// When the files cannot be written; the old key is then still the one.
    pub fn rotate(&mut self, reason: &str) -> Result<key::Rotation, Error> {
        let origin = key::origin(self.log.origin());
        let old = self.beside.key.make(&origin)?;
        let new = key::fresh(&origin, Role::Log)?;
        let rotation = key::Rotation { old: old.verifier(), new: new.verifier(), reason: reason.into() };
        notes::append(&self.beside.checkpoints, |last| {
            if let Some(last) = last {
                signed_by_ours(last, Some(&old), &self.beside)?;
                goes_on(&self.log, &last.checkpoint)?;
            }
            // The next key is on the disk before anything vouches for it.
            self.beside.key.lay_next(&new)?;
            let mut both = signed(&old, self.log.head()?, vec![rotation.to_string()]);
            both.signatures.push(new.sign(&both.checkpoint, 0));
            Ok(Some(both))
        })?;
        self.beside.settle()?;
        self.signer = Some(new);
        self.checked = None;
        Ok(rotation)
    }
}

fn signed(signer: &Signer, head: Head, extensions: Vec<String>) -> SignedCheckpoint {
    let origin = signer.verifier().name().to_string();
    let checkpoint = Checkpoint { origin, size: head.size, root: head.root, extensions };
    SignedCheckpoint { signatures: vec![signer.sign(&checkpoint, 0)], checkpoint }
}

/// Whether a log goes on from a checkpoint: it had this root when it had that many records.
///
/// # Errors
/// E0601 (`ROLLBACK`) and E0602 (`FORK`), and whatever the log gives.
pub fn goes_on(log: &dyn EventLog, checkpoint: &Checkpoint) -> Result<(), Error> {
    let origin = key::origin(log.origin());
    let Checkpoint { size, root, .. } = checkpoint;
    if checkpoint.origin != origin {
        let what = format!("the checkpoint of {size} records is of another log: `{}`, not `{origin}`", checkpoint.origin);
        return Err(Error::refused("E0602", what, "each register has its own file of checkpoints; look which one belongs here"));
    }
    let found = log.head()?.size;
    if found < *size {
        let what = format!("ROLLBACK: the register has {found} records, and a checkpoint of it was signed that has {size}");
        return Err(Error::refused("E0601", what, "find the register that has them; this one may be an old copy"));
    }
    let here = log.root_at(*size)?;
    if here != *root {
        let (here, root) = (base64(here), base64(*root));
        let what = format!("FORK: the first {size} records have the root {here}, and were signed with the root {root}");
        return Err(Error::refused("E0602", what, "`obligo verify` says more; find the register that was signed"));
    }
    Ok(())
}

/// Whether a checkpoint is signed by the key that is there, and no later one took its place.
fn signed_by_ours(last: &SignedCheckpoint, signer: Option<&Signer>, beside: &Beside) -> Result<(), Error> {
    let Some(signer) = signer else {
        let what = format!(
            "KEY-CHANGED: there are checkpoints, and the key that signed them is not there: `{}`",
            beside.key.path.display()
        );
        return Err(Error::refused("E0603", what, "put the key back, or say where it is with OBLIGO_KEY"));
    };
    let ours = signer.verifier();
    let is_ours = key::Rotation::of(&last.checkpoint).is_none_or(|rotation| rotation.new == ours);
    match ours.has_signed(last) {
        Signed::Yes(_) if is_ours => Ok(()),
        Signed::Forged => {
            let what = format!("the last checkpoint in `{}` is not what the key signed", beside.checkpoints.display());
            Err(Error::refused("E0604", what, "`obligo verify` says more; find the file as it was"))
        }
        Signed::Yes(_) | Signed::No => {
            let file = beside.checkpoints.display();
            let what = format!(
                "KEY-CHANGED: the last checkpoint in `{file}` is not signed by the key in `{}`",
                beside.key.path.display()
            );
            Err(Error::refused("E0603", what, "put back the key that was used, or say where it is with OBLIGO_KEY"))
        }
    }
}

impl<L: EventLog> EventLog for Checkpointed<L> {
    fn origin(&self) -> Uuid {
        self.log.origin()
    }

    fn head(&self) -> Result<Head, LogError> {
        self.log.head()
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.log.root_at(size)
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.log.node(level, index)
    }

    fn moment(&self) -> Result<Moment<'_>, LogError> {
        self.log.moment()
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        self.log.entry(seq)
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        self.log.size_at(instant)
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        self.log.recorded_at(seq)
    }

    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        self.log.scan(select, visit)
    }

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.log.agreements(after)
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.log.receipt(command)
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        self.signing(|log| log.append(command, expected, drafts))
    }

    /// One checkpoint stands for all of them.
    fn append_each(&mut self, appends: &[Append]) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
        self.signing(|log| log.append_each(appends))
    }
}
