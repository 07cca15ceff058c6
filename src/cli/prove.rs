//! `obligo prove`: that a record stands in the log, or that one checkpoint goes on from another, for somebody who has not the register.

use std::io::Write;
use std::path::{Path, PathBuf};

use events::checkpoint::{SignedCheckpoint, decimal};
use store::SqliteLog;

use super::Context;
use super::args::Output;
use crate::checkpoints::{Beside, notes, prove};
use crate::error::Error;

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["seq", "from"])))]
pub struct Args {
    /// The record
    #[arg(value_name = "SEQ")]
    seq: Option<u64>,

    /// With the entry of the record itself, so that nothing else is needed
    #[arg(long, requires = "seq")]
    entry: bool,

    /// That the log goes on from this checkpoint: a file, or #SIZE
    #[arg(long, value_name = "CHECKPOINT")]
    from: Option<String>,

    /// To this one; the newest, if left out
    #[arg(long, value_name = "CHECKPOINT", requires = "from")]
    to: Option<String>,

    /// Write to a file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let found = context.register()?;
    let log = SqliteLog::open_read_only(&found.path)?;
    let beside = Beside::of(&found.path, found.key.as_deref());
    let proof = match (args.seq, args.from) {
        (Some(seq), _) => prove::inclusion(&log, seq, beside.newest()?, args.entry)?.to_string(),
        (None, Some(from)) => {
            let to = args.to.map_or_else(|| beside.newest(), |to| checkpoint(&to, &beside))?;
            prove::consistency(&log, checkpoint(&from, &beside)?, to)?.to_string()
        }
        (None, None) => unreachable!("clap asks for one of them"),
    };
    write(&proof, args.file.as_deref())?;
    Ok(0)
}

/// Writes a proof to a file, or shows it.
pub fn write(proof: &str, file: Option<&Path>) -> Result<(), Error> {
    match file {
        Some(file) => Output::default().write_file(file, |out| Ok(out.write_all(proof.as_bytes())?)),
        None => Ok(write!(anstream::stdout(), "{proof}")?),
    }
}

/// A checkpoint as it is named: the file of it, or `#12`, the one of that size beside the register.
fn checkpoint(name: &str, beside: &Beside) -> Result<SignedCheckpoint, Error> {
    let Some(size) = name.strip_prefix('#') else { return in_file(Path::new(name)) };
    let size = decimal(size)
        .ok_or_else(|| Error::refused("E0607", format!("`{name}` is not a size"), "write #12, or the name of a file"))?;
    let all = notes::all(&beside.checkpoints)?.unwrap_or_default();
    let known: Vec<SignedCheckpoint> = all.notes.into_iter().flatten().collect();
    let near = |found: &&SignedCheckpoint| found.checkpoint.size.abs_diff(size);
    let nearest =
        known.iter().min_by_key(near).map_or("there is none".into(), |near| format!("there is one of #{}", near.checkpoint.size));
    let missing = || Error::refused("E0606", format!("there is no checkpoint of {size} records"), nearest);
    known.iter().find(|found| found.checkpoint.size == size).cloned().ok_or_else(missing)
}

fn in_file(file: &Path) -> Result<SignedCheckpoint, Error> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Error::refused("E0101", format!("cannot read `{}`: {error}", file.display()), "name a checkpoint's file, or #SIZE")
    })?;
    text.parse().map_err(|error| {
        let what = format!("`{}` is not a checkpoint: {error}", file.display());
        Error::refused("E0607", what, "give the note alone, as it was signed")
    })
}
