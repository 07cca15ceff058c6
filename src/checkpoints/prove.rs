//! Proofs of a register for somebody who has it not.

use events::checkpoint::SignedCheckpoint;
use events::log::EventLog;
use events::proof::{ConsistencyProof, InclusionProof};
use events::tree;

use super::goes_on;
use crate::error::Error;

/// That a record stands under a checkpoint; `with_entry`, the bytes of it go along.
///
/// # Errors
/// E0504 if there is no such record, E0606 if the checkpoint is older, E0601 and E0602 if the log does not go on from it.
pub fn inclusion(log: &dyn EventLog, seq: u64, checkpoint: SignedCheckpoint, with_entry: bool) -> Result<InclusionProof, Error> {
    goes_on(log, &checkpoint.checkpoint)?;
    let size = checkpoint.checkpoint.size;
    let missing = || Error::refused("E0504", format!("there is no record {seq}"), "`obligo log` lists the records");
    let entry = log.entry(seq)?.ok_or_else(missing)?;
    if size < seq {
        let what = format!("record {seq} has no checkpoint yet; the last has {size} records");
        return Err(Error::refused("E0606", what, "the next write makes one"));
    }
    let index = seq - 1;
    let path = tree::inclusion(index, size, |level, index| log.node(level, index))?;
    if !tree::is_included(tree::leaf(&entry), index, size, &path, checkpoint.checkpoint.root) {
        let what = format!("TAMPERED({seq}): the entry of record {seq} is not the one that the tree has; nothing is proved");
        return Err(Error::refused("E0604", what, "run `obligo verify`, keep the file as it is, and go on with a backup"));
    }
    Ok(InclusionProof { extra: with_entry.then_some(entry), index, path, checkpoint })
}

/// That one checkpoint goes on from another.
///
/// # Errors
/// E0607 if `new` is the smaller, E0601 and E0602 if the log does not go on from both.
pub fn consistency(log: &dyn EventLog, old: SignedCheckpoint, new: SignedCheckpoint) -> Result<ConsistencyProof, Error> {
    goes_on(log, &old.checkpoint)?;
    goes_on(log, &new.checkpoint)?;
    let (from, to) = (old.checkpoint.size, new.checkpoint.size);
    if to < from {
        let what = format!("the checkpoint of {to} records is the earlier one, not that of {from}");
        return Err(Error::refused("E0607", what, "give the earlier one with --from"));
    }
    let path = tree::consistency(from, to, |level, index| log.node(level, index))?;
    Ok(ConsistencyProof { path, old, new })
}
