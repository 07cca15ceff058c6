//! `obligo export` and `obligo restore`: the log as one file that can be checked without a register, and a register from it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use events::codec;
use events::log::EventLog;
use store::SqliteLog;

use super::args::{Output, known_at};
use super::{Context, lookup};
use crate::app::Position;
use crate::bundle::verify::{Held, Verification, verify};
use crate::bundle::{self, Anchor};
use crate::clock;
use crate::error::Error;

#[derive(clap::Args)]
pub struct Export {
    /// Only these agreements; each of their records then has its proof
    #[arg(value_name = "AGREEMENT")]
    agreements: Vec<String>,

    /// With what was recorded by then: a day or an instant
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    known_at: Option<String>,

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
    let today = clock::today()?;
    let known_at = args.known_at.as_ref().map(|text| known_at(text, today)).transpose()?;
    let log = context.reader()?;
    let size = match &known_at {
        Some(known_at) => log.size_at(known_at.instant)?,
        None => log.head()?.size,
    };
    let only: BTreeSet<String> = args.agreements.into_iter().collect();
    let mut found = BTreeSet::new();
    let bundle = bundle::write(&log, size, &Anchor::default(), &mut |_, entry| {
        let agreement = codec::columns(entry).map(|columns| columns.agreement).unwrap_or_default();
        let is_wanted = only.is_empty() || only.contains(&agreement);
        found.insert(agreement);
        is_wanted
    })?;
    for id in only.difference(&found) {
        lookup::agreement(&context.view(&log, &Position { as_of: today, known_at: known_at.clone() }, None)?, id)?;
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
