//! `obligo verify`: whether the log is what it was. The verdict says how much it proves, never a bare "ok".

use events::log::EventLog;
use store::{SqliteLog, StoreError, Verdict};

use super::args::Output;
use super::{Context, progress};
use crate::error::Error;
use crate::report::json::{FindingJson, LogJson, VerifyJson};
use crate::report::{Report, Section, Tone};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[("seq", "/seq"), ("what", "/text")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let log = match SqliteLog::open_read_only(context.register()?.path) {
        Err(error @ StoreError::Damaged { .. }) => return damaged(&args.output, &error),
        opened => opened?,
    };
    let bar = progress::bar(log.head().map_or(0, |head| head.size), "verifying");
    let found = log.verify(&mut |done| progress::advance(&bar, done))?;
    bar.finish_and_clear();
    let word = found.verdict.to_string();
    let is_good = found.verdict == Verdict::SelfConsistent;
    let head = found.root.map_or("unknown".to_string(), |root| root.to_string());
    let document = VerifyJson {
        schema: "obligo.verify.v1",
        verdict: word.split('(').next().unwrap_or_default().into(),
        meaning: found.verdict.meaning().into(),
        first_bad_seq: found.first_bad_seq(),
        log: LogJson { size: found.size, head: head.clone(), left_out: None },
        faults: found
            .faults
            .iter()
            .map(|fault| FindingJson { seq: fault.seq, agreement: None, text: fault.what.clone() })
            .collect(),
    };
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(&word), format!(": {}", found.verdict.meaning()).into()])];
    if let Some(seq) = found.first_bad_seq() {
        sections.push(Section::line(format!("First bad record: seq {seq}")));
    }
    let place = |seq: Option<u64>| seq.map(|seq| format!("seq {seq}: ")).unwrap_or_default();
    sections.extend(found.faults.iter().map(|fault| Section::line(format!("  {}{}", place(fault.seq), fault.what))));
    let unsaid = found.fault_count.saturating_sub(found.faults.len() as u64);
    if unsaid > 0 {
        sections.push(Section::line(format!("  and {unsaid} {} more", if unsaid == 1 { "fault" } else { "faults" })));
    }
    let records = if found.size == 1 { "record" } else { "records" };
    sections.push(Section::note(format!("{} {records}, root {head}", found.size)));
    let report = Report::new(&document, "faults", COLUMNS).sections(sections);
    let written = args.output.write(&report.stamped(super::stamp_of_program()));
    // A reader that went away does not make a bad log good.
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// A file so damaged that it is no log any more is no failure of the world: it is what was asked about.
fn damaged(output: &Output, error: &StoreError) -> Result<u8, Error> {
    let meaning = Verdict::Damaged.meaning();
    let document = VerifyJson {
        schema: "obligo.verify.v1",
        verdict: Verdict::Damaged.to_string(),
        meaning: meaning.into(),
        first_bad_seq: None,
        log: LogJson { size: 0, head: "unknown".into(), left_out: None },
        faults: vec![FindingJson { seq: None, agreement: None, text: error.to_string() }],
    };
    let words = vec![Tone::Bad.of(Verdict::Damaged.to_string()), format!(": {error}").into()];
    let sections = vec![Section::Line(words), Section::line(error.hint())];
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    Err(Error::Unverified)
}
