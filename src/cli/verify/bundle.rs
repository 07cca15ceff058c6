//! A bundle, without any register. Where something was named that should vouch for it and does not, that is no good end.

use std::path::Path;

use events::checkpoint::Verifier;

use super::{COLUMNS, Output, alone, progress, read, stamp_of_program, told};
use crate::bundle::verify::{self, Verdict};
use crate::checkpoints::judge::{Held, What};
use crate::error::Error;
use crate::report::json::{AnchoredJson, VerifyJson};
use crate::report::{Report, Section, Tone};
use crate::texts;

pub fn run(file: &Path, keys: Vec<Verifier>, held: Vec<Held>, output: &Output) -> Result<u8, Error> {
    let checkpoint = |held: Held| match held.what {
        What::Checkpoint(note) => (held.from, note),
        What::Receipt(receipt) => (held.from, receipt.checkpoint),
    };
    let held = verify::Held { keys, checkpoints: held.into_iter().map(checkpoint).collect() };
    let found = verify::verify(&read(file)?, &held, file.parent(), progress::watch)?;
    let (size, head) = found.bundle.as_ref().map_or((0, "unknown".into()), |bundle| (bundle.size, bundle.root.to_string()));
    let records = found.bundle.iter().flat_map(|bundle| &bundle.records);
    let texts = texts::handed_on(records.map(|(seq, entry)| (*seq, entry.as_slice())));
    let word = found.verdict.to_string();
    let name = word.split('(').next().unwrap_or_default();
    // What is to be known of a good one is no fault.
    let (faults, notes) =
        if found.verdict.is_good() { (Vec::new(), found.remarks.clone()) } else { (found.remarks.clone(), Vec::new()) };
    let document = VerifyJson {
        first_bad_seq: found.verdict.first_bad_seq(),
        anchored: match &found.verdict {
            Verdict::Anchored { size, by } => Some(AnchoredJson { seq: *size, by: by.clone() }),
            _ => None,
        },
        texts: (&texts).into(),
        notes,
        ..alone(name, found.verdict.meaning(), size, &head, faults)
    };
    let is_good = found.verdict.is_good() && (!held.is_something() || found.verdict.is_anchored());
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(&word), format!(": {}", found.verdict.meaning()).into()])];
    sections.extend(found.remarks.iter().map(|remark| Section::line(format!("  {remark}"))));
    if let Some(bundle) = &found.bundle {
        let here = if bundle.is_whole() { "all".into() } else { bundle.records.len().to_string() };
        sections.push(Section::note(format!("{here} of {size} records, root {head}")));
    }
    sections.extend(told(&texts).into_iter().map(Section::note));
    let report = Report::new(&document, "faults", COLUMNS).sections(sections);
    let written = output.write(&report.stamped(stamp_of_program()));
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}
