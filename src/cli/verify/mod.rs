//! `obligo verify`: whether the log is what it was, or a proof, a bundle, an answer. The verdict says how much it proves, never a bare "ok".

use std::path::{Path, PathBuf};

use events::checkpoint::Verifier;
use events::proof::InclusionProof;

use super::args::Output;
use super::{Context, progress, stamp_of_program};
use crate::checkpoints::found;
use crate::checkpoints::judge::{Held, What};
use crate::error::Error;
use crate::report::json::{FindingJson, LogJson, VerifyJson};
use crate::texts::Found;

mod bundle;
mod proof;
mod register;
mod runs;
mod stamp;

#[derive(clap::Args)]
pub struct Args {
    /// Hold the register, or the bundle, against what somebody kept: a checkpoint, a receipt, or any text with a checkpoint in it
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,

    /// A key that you trust, of the log (`obligo key`) or of a witness
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,

    /// Check a bundle instead, without any register: what `obligo export` wrote, or the one in a pack
    #[arg(long, value_name = "FILE", conflicts_with_all = ["proof", "stamp"])]
    bundle: Option<PathBuf>,

    /// Check a proof instead, without any register
    #[arg(long, value_name = "FILE", conflicts_with_all = ["against", "stamp"], requires = "keys")]
    proof: Option<PathBuf>,

    /// The entry that is to be proved, if the proof lacks it
    #[arg(long, value_name = "FILE", requires = "proof")]
    entry: Option<PathBuf>,

    /// Ask again what the answer in this file answers, and say whether it is the same or where first it is not
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    stamp: Option<PathBuf>,

    /// Derive what each scheduled run saw anew, and say whether it left nothing out
    #[arg(long, conflicts_with_all = ["against", "bundle", "proof", "stamp"])]
    runs: bool,

    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[("seq", "/seq"), ("what", "/text")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let keys = args.keys.iter().map(|key| verifier(key)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = &args.stamp {
        return stamp::run(file, &args.output, context);
    }
    if let Some(file) = &args.proof {
        return proof::run(file, args.entry.as_deref(), &keys, &args.output);
    }
    if args.runs {
        return runs::run(&args.output, context);
    }
    let mut held = Vec::new();
    for file in &args.against {
        held.extend(held_in(file)?);
    }
    match &args.bundle {
        Some(file) => bundle::run(file, keys, held, &args.output),
        None => register::run(&keys, held, &args.output, context),
    }
}

/// A key as it is typed, or a file with it.
pub fn verifier(text: &str) -> Result<Verifier, Error> {
    let in_file = std::fs::read_to_string(text).ok();
    let words = in_file.as_deref().unwrap_or(text).trim();
    words.parse().map_err(|_| {
        Error::refused(
            "E0605",
            format!("`{text}` is not a verifying key: name+id+base64"),
            "`obligo key` prints the one of a register",
        )
    })
}

/// What a file has that can be held against a register.
fn held_in(file: &Path) -> Result<Vec<Held>, Error> {
    let bytes = read(file)?;
    let from = file.display().to_string();
    let held = |what| Held { from: from.clone(), what };
    let text = String::from_utf8_lossy(&bytes);
    if let Ok(receipt) = text.parse::<InclusionProof>() {
        return Ok(vec![held(What::Receipt(receipt))]);
    }
    let checkpoints: Vec<Held> = found::checkpoints(&bytes).into_iter().map(|one| held(What::Checkpoint(one))).collect();
    if checkpoints.is_empty() {
        let what = format!("there is no checkpoint in `{}`", file.display());
        return Err(Error::refused(
            "E0607",
            what,
            "a checkpoint has the log's name, a size, a root, and lines of signatures below them",
        ));
    }
    Ok(checkpoints)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| {
        Error::refused("E0101", format!("cannot read `{}`: {error}", file.display()), "check the name and the permissions")
    })
}

/// An answer about something else than a register that could be read.
fn alone(verdict: &str, meaning: &str, size: u64, head: &str, faults: Vec<String>) -> VerifyJson {
    VerifyJson {
        schema: "obligo.verify.v1",
        verdict: verdict.into(),
        meaning: meaning.into(),
        first_bad_seq: None,
        first_bad_upto: None,
        anchored: None,
        log: LogJson { size, head: head.into(), left_out: None },
        texts: (&Found::default()).into(),
        faults: faults.into_iter().map(|text| FindingJson { seq: None, agreement: None, text }).collect(),
        notes: Vec::new(),
    }
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
    if texts.before > 0 {
        told.push(format!("{} of records with which the log was handed on: not here", counted(texts.before, "sealed text")));
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
