//! `obligo export` and `obligo restore`: the log as one file that can be checked without a register, and a register from it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use events::codec;
use store::{PrivateFile, SqliteLog};

use super::args::{Known, Output};
use super::{Context, OpenRegister, lookup, progress};
use crate::app::{Ground, Position};
use crate::bundle::verify::{Held, Verification, verify};
use crate::bundle::{self, Anchor};
use crate::checkpoints::Beside;
use crate::error::Error;
use crate::texts;

#[derive(clap::Args)]
pub struct Export {
    /// Only these agreements; each of their records then has its proof
    #[arg(value_name = "AGREEMENT")]
    agreements: Vec<String>,

    #[command(flatten)]
    known: Known,

    /// Write to a file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Restore {
    /// A bundle of a whole log; `--register` names the register that is made of it
    file: PathBuf,
}

pub fn export(args: Export, context: &Context) -> Result<u8, Error> {
    let position = args.known.position()?;
    let register = context.reader()?;
    let only: BTreeSet<String> = args.agreements.into_iter().collect();
    let slice = slice(&register, context, &position, &|_, agreement| only.is_empty() || only.contains(agreement))?;
    for id in only.difference(&slice.agreements) {
        lookup::agreement(&context.view(&register, &position, None)?, id)?;
    }
    match &args.file {
        None => anstream::stdout().write_all(slice.text.as_bytes())?,
        Some(file) => Output::default().write_file(file, |out| Ok(out.write_all(slice.text.as_bytes())?))?,
    }
    Ok(0)
}

/// A bundle, and what is in it.
pub struct Slice {
    /// The bundle.
    pub text: String,
    /// Its records.
    pub seqs: BTreeSet<u64>,
    /// Their agreements.
    pub agreements: BTreeSet<String>,
    /// The keys that signed its checkpoint.
    pub keys: Vec<String>,
}

/// The bundle of the records at a position that are wanted, each asked for by its number and its agreement.
pub fn slice(
    register: &OpenRegister,
    context: &Context,
    position: &Position,
    wanted: &dyn Fn(u64, &str) -> bool,
) -> Result<Slice, Error> {
    let books = register.books();
    // A bundle is handed on: what stands beside the log is not looked into.
    let ground = Ground::of(books, &Position { sealed: true, ..position.clone() })?;
    let all = ground.collect(books, None, &mut |_| {})?;
    let looked_at = all.looked_at(ground.size, &position.sift);
    let anchor = Anchor::beside(&context.beside()?, books.log.origin(), ground.size)?;
    let (mut seqs, mut agreements) = (BTreeSet::new(), BTreeSet::new());
    let text = bundle::write(
        books.log,
        ground.size,
        &anchor,
        &mut |seq, entry| {
            let agreement = codec::columns(entry).map(|columns| columns.agreement).unwrap_or_default();
            let is_in =
                (position.sift.is_all() || looked_at.get(&seq).is_some_and(|found| found.is_shown)) && wanted(seq, &agreement);
            if is_in {
                seqs.insert(seq);
                agreements.insert(agreement);
            }
            is_in
        },
        progress::watch,
    )?;
    Ok(Slice { text, seqs, agreements, keys: anchor.keys.iter().map(ToString::to_string).collect() })
}

pub fn restore(args: &Restore, context: &Context) -> Result<u8, Error> {
    let register = context.register()?.path;
    let Verification { verdict, remarks, bundle } = verify(&read(&args.file)?, &Held::default(), None, progress::watch)?;
    let Some(bundle) = bundle.filter(|_| verdict.is_good()) else {
        let what = format!("`{}` does not verify: {verdict}", args.file.display());
        let why = remarks.first().cloned().unwrap_or_else(|| verdict.meaning().into());
        return Err(Error::refused(
            "E0106",
            format!("{what}: {why}"),
            "have it exported again; `obligo verify --bundle` says more",
        ));
    };
    let is_cut = bundle.checkpoint.as_ref().is_some_and(|signed| bundle.size < signed.checkpoint.size);
    if !bundle.is_whole() || is_cut {
        let all = bundle.checkpoint.as_ref().map_or(bundle.size, |signed| signed.checkpoint.size.max(bundle.size));
        let what = format!("`{}` has {} of {all} records", args.file.display(), bundle.records.len());
        return Err(Error::refused("E0107", what, "a register is made of a whole log: `obligo export` without an agreement"));
    }
    let (beside, anchor) = (context.beside()?, Anchor { checkpoint: bundle.checkpoint, keys: bundle.keys });
    refuse_taken(&register, &beside, &anchor)?;
    let entries: Vec<&[u8]> = bundle.records.iter().map(|(_, entry)| entry.as_slice()).collect();
    let has_texts = texts::handed_on(bundle.records.iter().map(|(seq, entry)| (*seq, entry.as_slice()))).sealed > 0;
    // A register without what belongs beside it is less than was asked for: it comes last.
    let mut told = progress::watch("restoring", bundle.size);
    let each = entries.iter().zip(1..).map(|(entry, done)| {
        told(done);
        *entry
    });
    SqliteLog::restore_after(&register, bundle.origin, each, || {
        anchor.keep(&beside).inspect_err(|_| {
            [&beside.checkpoints, &bundle::public(&beside)].map(std::fs::remove_file).into_iter().for_each(drop);
        })?;
        if has_texts { texts::begin(&PrivateFile::beside(&register), bundle.size) } else { Ok(()) }
    })?;
    let records = if bundle.size == 1 { "record" } else { "records" };
    drop(told);
    say!("Made a register of {} {records} at {}", bundle.size, register.display());
    say!("{verdict}: {}", verdict.meaning());
    say!("root {}", bundle.root);
    hint!("Next: obligo status --register {}", register.display());
    Ok(0)
}

/// Nothing is written over, and what an earlier register of that name left is of another log.
fn refuse_taken(register: &Path, beside: &Beside, anchor: &Anchor) -> Result<(), Error> {
    let public = bundle::public(beside);
    let taken = [register, &beside.cosigned].into_iter().find(|path| path.exists());
    let left = || [&beside.checkpoints, &public].into_iter().find(|path| path.exists() && !anchor.began(beside, path));
    let taken = taken.or_else(|| left().map(PathBuf::as_path));
    let hint = "choose another path, or move away what is there or an earlier register left";
    taken.map_or(Ok(()), |path| Err(Error::failed(format!("there is something at `{}`", path.display()), hint)))
}

/// The bytes of a file that was named.
pub fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| {
        let what = format!("cannot read `{}`: {error}", file.display());
        Error::refused("E0101", what, "check the name, the folder you are in, and the permissions")
    })
}
