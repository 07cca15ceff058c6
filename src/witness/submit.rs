//! The other end: a register asks a witness to cosign its newest checkpoint.

use std::time::Duration;

use events::checkpoint::{Role, Signature, Signed, SignedCheckpoint, Verifier, decimal};
use events::log::EventLog;
use events::proof::AddCheckpoint;
use events::tree;

use crate::checkpoints::{Beside, goes_on, notes};
use crate::error::Error;

/// How often a witness may name another size: others may submit in the same moment.
const TRIES: u32 = 5;

/// Asks a witness, and keeps what it cosigned beside the register.
///
/// # Errors
/// E0601 and E0602 when the witness has cosigned another history, E0603 when it does not trust the key, E0609 when what it answers is not its
/// cosignature, and when it cannot be reached.
pub fn submit(log: &dyn EventLog, beside: &Beside, url: &str, witness: Option<&Verifier>) -> Result<SignedCheckpoint, Error> {
    let none = || Error::refused("E0606", "there is no checkpoint yet", "the next write makes one");
    let note = notes::last(&beside.checkpoints)?.ok_or_else(none)?;
    goes_on(log, &note.checkpoint)?;
    let size = note.checkpoint.size;
    let mut old = known(beside, witness)?.min(size);
    for _ in 0..TRIES {
        let path = tree::consistency(old, size, |level, index| log.node(level, index))?;
        let asked = AddCheckpoint { old, path, checkpoint: note.clone() };
        match post(url, &asked.to_string())? {
            (200, _, lines) => return keep(beside, note, &lines, witness),
            (409, true, found) => {
                let found = decimal(found.trim_end()).ok_or_else(|| not_a_witness(url, "it names no size"))?;
                if size < found {
                    let what = format!(
                        "ROLLBACK: the witness has cosigned a checkpoint of {found} records, and the last here has {size}"
                    );
                    return Err(Error::refused("E0601", what, "find the register that has them; this one may be an old copy"));
                }
                if found == old {
                    return Err(not_a_witness(url, "it names the size that it was asked for"));
                }
                old = found;
            }
            (409 | 422, ..) => {
                let what = format!("FORK: the checkpoint of {size} does not go on from what the witness cosigned at {old}");
                return Err(Error::refused(
                    "E0602",
                    what,
                    "find the register that was signed; the witness has kept this one as evidence",
                ));
            }
            (403, ..) => {
                let what = "KEY-CHANGED: the witness does not trust the key that signs for this register";
                return Err(Error::refused(
                    "E0603",
                    what,
                    "whoever runs the witness has to give it the key that `obligo key` prints, with --log",
                ));
            }
            (404, ..) => {
                let what = format!("the witness at `{url}` does not watch this log");
                return Err(Error::failed(what, "whoever runs it has to give it the key that `obligo key` prints, with --log"));
            }
            (status, _, said) => return Err(not_a_witness(url, &format!("{status} {}", said.trim_end()))),
        }
    }
    Err(Error::failed("others submit to the witness all the time", "try again later"))
}

fn not_a_witness(url: &str, why: &str) -> Error {
    Error::failed(format!("`{url}` does not answer as a witness does: {why}"), "look at the address, and ask whoever runs it")
}

/// The size that the witness cosigned last, as far as is known here.
fn known(beside: &Beside, witness: Option<&Verifier>) -> Result<u64, Error> {
    let Some(witness) = witness else { return Ok(0) };
    let all = notes::all(&beside.cosigned)?.unwrap_or_default();
    let by_it = |note: &&SignedCheckpoint| matches!(witness.has_signed(note), Signed::Yes(_));
    Ok(all.notes.iter().flatten().filter(by_it).map(|note| note.checkpoint.size).max().unwrap_or(0))
}

/// Status, whether the answer is a size, and the answer.
fn post(url: &str, body: &str) -> Result<(u16, bool, String), Error> {
    let failed =
        |error: ureq::Error| Error::failed(format!("the witness at `{url}` cannot be reached: {error}"), "try again later");
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30))).build();
    let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut answer = ureq::Agent::new_with_config(config).post(&address).send(body).map_err(failed)?;
    let is_size = answer.headers().get("content-type").is_some_and(|kind| kind.as_bytes() == b"text/x.tlog.size");
    let text = answer.body_mut().with_config().limit(64 * 1024).read_to_string().map_err(failed)?;
    Ok((answer.status().as_u16(), is_size, text))
}

/// Checks the cosignature, and adds it to those that are kept.
fn keep(beside: &Beside, note: SignedCheckpoint, lines: &str, witness: Option<&Verifier>) -> Result<SignedCheckpoint, Error> {
    let wrong = |why: String| {
        Error::refused(
            "E0609",
            format!("what the witness answered is not its cosignature: {why}"),
            "nothing was kept; ask whoever runs it",
        )
    };
    let signatures: Vec<Signature> =
        lines.lines().map(str::parse).collect::<Result<_, _>>().map_err(|error| wrong(format!("{error}")))?;
    let cosigned = SignedCheckpoint { checkpoint: note.checkpoint.clone(), signatures };
    let holds =
        witness.is_none_or(|witness| witness.role() == Role::Witness && matches!(witness.has_signed(&cosigned), Signed::Yes(_)));
    // Four bytes name the key, these are its time and what it signed: without the key nobody can tell more.
    if !holds || cosigned.signatures.is_empty() || cosigned.signatures.iter().any(|signature| signature.bytes.len() != 72) {
        return Err(wrong("the key that was given did not sign this".into()));
    }
    let mut kept = note;
    notes::append(&beside.cosigned, |last| {
        let before = last.filter(|last| last.checkpoint == kept.checkpoint).map_or(&[][..], |last| &last.signatures);
        let new: Vec<Signature> =
            before.iter().chain(&cosigned.signatures).filter(|one| !kept.signatures.contains(one)).cloned().collect();
        kept.signatures.extend(new);
        // A witness that cosigns the same again says a later time; one line of each key is enough.
        let mut latest: Vec<Signature> = Vec::new();
        for signature in kept.signatures.drain(..) {
            latest.retain(|one| (&one.name, one.key) != (&signature.name, signature.key));
            latest.push(signature);
        }
        kept.signatures = latest;
        Ok(Some(kept.clone()))
    })?;
    Ok(kept)
}
