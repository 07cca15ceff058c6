//! `obligo verify`: whether the log is what it was. The verdict says how much it proves, never a bare "ok".

use std::path::{Path, PathBuf};

use events::checkpoint::{SignedCheckpoint, Verifier};
use events::log::EventLog;
use store::{Beside, SqliteLog, StoreError, Verdict, Verification};

use super::args::Output;
use super::{Context, progress, verify_stamp};
use crate::bundle;
use crate::bundle::verify::Held;
use crate::error::Error;
use crate::report::json::{FindingJson, LogJson, TextsFoundJson, VerifyJson};
use crate::report::{Report, Section, Tone};
use crate::texts::{self, Found};

#[derive(clap::Args)]
pub struct Args {
    /// Ask again what the answer in this file answers, and say whether it is the same or where first it is not
    #[arg(long, value_name = "FILE")]
    stamp: Option<PathBuf>,

    /// A bundle instead of a register: what `obligo export` wrote, or the one in a pack
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,

    /// A checkpoint that you hold, in a file
    #[arg(long, value_name = "FILE", requires = "bundle")]
    against: Vec<PathBuf>,

    /// A key that you trust: name+id+base64
    #[arg(long, value_name = "VKEY", requires = "bundle")]
    key: Vec<Verifier>,

    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[("seq", "/seq"), ("what", "/text")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    if let Some(file) = &args.stamp {
        return verify_stamp::run(file, &args.output, context);
    }
    if let Some(file) = &args.bundle {
        return of_bundle(&args, file);
    }
    let log = match SqliteLog::open_read_only(context.register()?.path) {
        Err(error @ StoreError::Damaged { .. }) => return damaged(&args.output, &error),
        opened => opened?,
    };
    let bar = progress::bar(log.head().map_or(0, |head| head.size), "verifying");
    let mut found = log.verify(&mut |done| progress::advance(&bar, done))?;
    bar.finish_and_clear();
    let texts = beside(&mut found, &log, context)?;
    let word = found.verdict.to_string();
    let is_good = found.verdict == Verdict::SelfConsistent;
    let head = found.root.map_or("unknown".to_string(), |root| root.to_string());
    let document = VerifyJson {
        schema: "obligo.verify.v1",
        verdict: word.split('(').next().unwrap_or_default().into(),
        meaning: found.verdict.meaning().into(),
        first_bad_seq: found.first_bad_seq(),
        log: LogJson { size: found.size, head: head.clone(), left_out: None },
        texts: (&texts).into(),
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
    sections.extend(told(&texts).into_iter().map(Section::note));
    let report = Report::new(&document, "faults", COLUMNS).sections(sections);
    let written = args.output.write(&report.stamped(super::stamp_of_program()));
    // A reader that went away does not make a bad log good.
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// The texts that are kept beside the log; what is wrong with them is wrong with the register.
fn beside(found: &mut Verification, log: &SqliteLog, context: &Context) -> Result<Found, Error> {
    let texts = match texts::check(log, &context.private()?) {
        Ok(texts) => texts,
        Err(error) => {
            found.beside(Beside::Unreadable, format!("the texts beside the log cannot be read: {error}"));
            return Ok(Found::default());
        }
    };
    for seq in &texts.other {
        found
            .beside(Beside::Changed(*seq), "a text that is kept beside the log is not the one that the record commits to".into());
    }
    for seq in &texts.missing {
        let what = "a text of it is not there, and no record says that it was erased";
        found.beside(Beside::Missing(*seq), what.into());
    }
    Ok(texts)
}

/// What is said of the texts; nothing, where there are none.
fn told(texts: &Found) -> Vec<String> {
    let counted = |count: u64, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let mut told = Vec::new();
    if texts.sealed > 0 {
        let by: Vec<String> = texts.erased_by.iter().map(|seq| format!("#{seq}")).collect();
        let erased = match texts.erased {
            0 => String::new(),
            count => format!(", {count} redacted (erased by {})", by.join(", ")),
        };
        let fit = match (texts.file_here, texts.disclosed) {
            (true, count) => format!("{count} disclosed and fitting"),
            (false, _) => "the file of texts is not here".into(),
        };
        told.push(format!("{}: {fit}{erased}", counted(texts.sealed, "sealed text")));
    }
    if texts.unfinished > 0 {
        let which = counted(texts.unfinished, "erased text");
        told.push(format!("Erasure not finished: {which} still kept; run the same obligo erase again"));
    }
    if texts.orphans > 0 {
        told.push(format!("{} kept for no record: a write was cut short", counted(texts.orphans, "text")));
    }
    told
}

/// A bundle, without any register. Where something was named that should vouch for it and does not, that is no good end.
fn of_bundle(args: &Args, file: &Path) -> Result<u8, Error> {
    let held =
        Held { keys: args.key.clone(), checkpoints: args.against.iter().map(|file| held(file)).collect::<Result<_, _>>()? };
    let found = bundle::verify::verify(&super::bundle::read(file)?, &held, file.parent())?;
    let (size, head) = found.bundle.as_ref().map_or((0, "unknown".into()), |bundle| (bundle.size, bundle.root.to_string()));
    let word = found.verdict.to_string();
    let document = VerifyJson {
        schema: "obligo.verify.v1",
        verdict: word.split('(').next().unwrap_or_default().into(),
        meaning: found.verdict.meaning().into(),
        first_bad_seq: found.verdict.first_bad_seq(),
        log: LogJson { size, head: head.clone(), left_out: None },
        texts: TextsFoundJson::default(),
        faults: found.remarks.iter().map(|text| FindingJson { seq: None, agreement: None, text: text.clone() }).collect(),
    };
    let is_good = found.verdict.is_good() && (!held.is_something() || found.verdict.is_anchored());
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(&word), format!(": {}", found.verdict.meaning()).into()])];
    sections.extend(found.remarks.iter().map(|remark| Section::line(format!("  {remark}"))));
    if let Some(bundle) = &found.bundle {
        let here = if bundle.is_whole() { "all".into() } else { bundle.records.len().to_string() };
        sections.push(Section::note(format!("{here} of {size} records, root {head}")));
    }
    let report = Report::new(&document, "faults", COLUMNS).sections(sections);
    let written = args.output.write(&report.stamped(super::stamp_of_program()));
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// A checkpoint in a file.
fn held(file: &Path) -> Result<(String, SignedCheckpoint), Error> {
    let name = file.display().to_string();
    let note = String::from_utf8(super::bundle::read(file)?).ok().and_then(|text| text.parse().ok());
    let none = || {
        Error::refused("E0108", format!("`{name}` is not a checkpoint"), "name a file with a signed checkpoint, word for word")
    };
    note.map(|note| (name.clone(), note)).ok_or_else(none)
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
        texts: TextsFoundJson::default(),
        faults: vec![FindingJson { seq: None, agreement: None, text: error.to_string() }],
    };
    let words = vec![Tone::Bad.of(Verdict::Damaged.to_string()), format!(": {error}").into()];
    let sections = vec![Section::Line(words), Section::line(error.hint())];
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    Err(Error::Unverified)
}
