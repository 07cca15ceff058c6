//! `obligo export` and `obligo restore`: the log as one file that can be checked without a register, and a register from it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use events::codec;
use store::SqliteLog;

use super::args::{Known, Output};
use super::{Context, lookup};
use crate::app::Ground;
use crate::bundle::verify::{Held, Verification, verify};
use crate::bundle::{self, Anchor};
use crate::error::Error;
use crate::texts::Texts;

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
    let log = context.reader()?;
    let ground = Ground::of(&log, &context.shelf()?, &position)?;
    let private = context.private()?;
    let all = ground.collect(&Texts::new(&log, &private), None, &mut |_| {})?;
    let looked_at = all.looked_at(ground.size, &position.sift);
    let only: BTreeSet<String> = args.agreements.into_iter().collect();
    let mut found = BTreeSet::new();
    let bundle = bundle::write(&log, ground.size, &Anchor::default(), &mut |seq, entry| {
        let agreement = codec::columns(entry).map(|columns| columns.agreement).unwrap_or_default();
        let is_wanted = only.is_empty() || only.contains(&agreement);
        found.insert(agreement);
        is_wanted && (position.sift.is_all() || looked_at.get(&seq).is_some_and(|found| found.is_shown))
    })?;
    for id in only.difference(&found) {
        lookup::agreement(&context.view(&log, &position, None)?, id)?;
    }
    match &args.file {
        None => anstream::stdout().write_all(bundle.as_bytes())?,
        Some(file) => Output::default().write_file(file, |out| Ok(out.write_all(bundle.as_bytes())?))?,
    }
    Ok(0)
}

pub fn restore(args: &Restore, context: &Context) -> Result<u8, Error> {
    let register = context.register()?.path;
    let Verification { verdict, remarks, bundle } = verify(&read(&args.file)?, &Held::default(), None)?;
    let Some(bundle) = bundle.filter(|_| verdict.is_good()) else {
        let what = format!("`{}` does not verify: {verdict}", args.file.display());
        let why = remarks.first().cloned().unwrap_or_else(|| verdict.meaning().into());
        return Err(Error::refused(
            "E0106",
            format!("{what}: {why}"),
            "have it exported again; `obligo verify --bundle` says more",
        ));
    };
    if !bundle.is_whole() {
        let what = format!("`{}` has {} of {} records", args.file.display(), bundle.records.len(), bundle.size);
        return Err(Error::refused("E0107", what, "a register is made of a whole log: `obligo export` without an agreement"));
    }
    let entries: Vec<&[u8]> = bundle.records.iter().map(|(_, entry)| entry.as_slice()).collect();
    SqliteLog::restore(&register, bundle.origin, &entries)?;
    let records = if bundle.size == 1 { "record" } else { "records" };
    say!("Made a register of {} {records} at {}", bundle.size, register.display());
    say!("{verdict}: {}", verdict.meaning());
    say!("root {}", bundle.root);
    hint!("Next: obligo status --register {}", register.display());
    Ok(0)
}

/// The bytes of a file that was named.
pub fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| {
        let what = format!("cannot read `{}`: {error}", file.display());
        Error::refused("E0101", what, "check the name, the folder you are in, and the permissions")
    })
}
