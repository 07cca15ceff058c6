//! A proof, by itself: that it leads to its checkpoint, and that a key signed that.

use std::path::Path;

use events::checkpoint::{Signed, SignedCheckpoint, Verifier};
use events::codec;
use events::proof::{ConsistencyProof, InclusionProof};

use super::{COLUMNS, Output, alone, read, stamp_of_program};
use crate::checkpoints::judge::Verdict;
use crate::checkpoints::key;
use crate::error::Error;
use crate::report::{Report, Section, Tone};

pub fn run(file: &Path, entry: Option<&Path>, given: &[Verifier], output: &Output) -> Result<u8, Error> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    let (verdict, mut faults, checkpoints) = match (text.parse::<InclusionProof>(), text.parse::<ConsistencyProof>()) {
        (Ok(proof), _) => included(&proof, entry)?,
        (_, Ok(proof)) => {
            let (from, to) = (proof.old.checkpoint.size, proof.new.checkpoint.size);
            let fault =
                (!proof.holds()).then(|| format!("it does not show that the log of {to} records goes on from that of {from}"));
            (
                (
                    "CONSISTENT",
                    format!("({from} to {to})"),
                    "the log of the one checkpoint is the beginning of that of the other",
                ),
                fault,
                vec![proof.old, proof.new],
            )
        }
        (Err(error), Err(_)) => {
            let what = format!("`{}` is no proof: {error}", file.display());
            return Err(Error::refused("E0607", what, "`obligo prove` writes them; nothing may stand before or after one"));
        }
    };
    for note in &checkpoints {
        let by: Vec<Signed> = given.iter().map(|key| key.has_signed(note)).collect();
        let is_signed = by.iter().any(|by| matches!(by, Signed::Yes(_))) && !by.contains(&Signed::Forged);
        let fault = || format!("its checkpoint of {} is not signed by a key that was given", note.checkpoint.size);
        faults = faults.or_else(|| (!is_signed).then(fault));
    }
    let (name, extent, meaning) = verdict;
    let (name, extent, meaning) = match &faults {
        Some(_) => (Verdict::Forged.name(), String::new(), Verdict::Forged.meaning()),
        None => (name, extent, meaning.to_string()),
    };
    let is_good = faults.is_none();
    let last = &checkpoints[checkpoints.len() - 1].checkpoint;
    let document = alone(name, &meaning, last.size, &last.root.to_string(), faults.iter().cloned().collect());
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(format!("{name}{extent}")), format!(": {meaning}").into()])];
    sections.extend(faults.iter().map(|what| Section::line(format!("  {what}"))));
    sections.push(Section::note(format!("{}, {} records, root {}", last.origin, last.size, last.root)));
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(stamp_of_program()))?;
    if is_good { Ok(0) } else { Err(Error::Unverified) }
}

/// Name, extent and meaning of what a proof shows; what is wrong with it; the checkpoints that it hangs on.
type Shown = ((&'static str, String, &'static str), Option<String>, Vec<SignedCheckpoint>);

fn included(proof: &InclusionProof, entry: Option<&Path>) -> Result<Shown, Error> {
    let entry = match (entry, &proof.extra) {
        (Some(file), _) => read(file)?,
        (None, Some(entry)) => entry.clone(),
        (None, None) => {
            let what = "the proof does not have the entry that it is of";
            return Err(Error::refused(
                "E0607",
                what,
                "give the exact bytes of it with --entry FILE, or have it proved with --entry",
            ));
        }
    };
    let (seq, size) = (proof.index + 1, proof.checkpoint.checkpoint.size);
    let says = codec::columns(&entry).ok();
    let fault = if !proof.shows(&entry) {
        Some(format!("it does not show that this entry is record {seq} of {size}"))
    } else if says.is_none_or(|says| says.seq != seq || key::origin(says.origin) != proof.checkpoint.checkpoint.origin) {
        Some(format!("the entry does not say of itself that it is record {seq} of this log"))
    } else {
        None
    };
    let verdict = (
        "INCLUDED",
        format!("({seq} of {size})"),
        "the entry stands in the log at that place, by the word of the key that was given",
    );
    Ok((verdict, fault, vec![proof.checkpoint.clone()]))
}
