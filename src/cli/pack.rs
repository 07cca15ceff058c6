//! `obligo pack`: one agreement at a position, as a folder that can be handed on and checked without the program.

use std::path::{Path, PathBuf};

use events::codec;
use events::log::Select;
use rules::replay::corrected;
use store::interrupt::{self, Unfinished};

use super::args::{Known, day};
use super::{Context, bundle, lookup, status};
use crate::app::{Position, View};
use crate::clock;
use crate::error::Error;
use crate::pack::{Contents, File, files};
use crate::report::stamp::Stamp;

#[derive(clap::Args)]
pub struct Args {
    /// The agreement
    agreement: String,

    /// Seen from this day: 2026-06-30, today, eoy
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    as_of: String,

    #[command(flatten)]
    known: Known,

    /// Put in what people typed, too; without this it stays sealed
    #[arg(long, conflicts_with = "sealed")]
    disclose: bool,

    /// The folder that is made; it is not there yet, or empty
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    refuse_taken(&args.folder)?;
    let as_of = day(&args.as_of, clock::today()?)?;
    let position = Position { as_of, sealed: !args.disclose, ..args.known.position()? };
    let register = context.reader()?;
    let id = args.agreement.to_lowercase();
    let view = context.view(&register, &position, Some(&id))?;
    if !view.register.agreements.contains_key(&id) {
        lookup::agreement(&context.view(&register, &position, None)?, &id)?;
    }
    // The record by which the rules were adopted is one on which the answer rests.
    let adopted = view.rules.adopted;
    let is_ours = |seq: u64, agreement: &str| agreement == id || Some(seq) == adopted;
    let slice = bundle::slice(&register, context, &position, &is_ours)?;
    let mut records = Vec::new();
    // The page has no more texts than the docket has; the bundle has the entries, which never do.
    let texts = register.books().texts().sealed(position.sealed);
    texts.scan(&Select { agreement: None, upto: Some(view.log.size) }, &mut |seq, entry| {
        records.extend(slice.seqs.contains(&seq).then(|| codec::decode(entry).ok()).flatten());
    })?;
    let contents = Contents {
        agreement: &id,
        view: &view,
        docket: status::report(&view, Some(&id)).stamped(as_status(&position, &view)).document,
        bundle: slice.text,
        reversed: corrected(&records),
        records,
        keys: slice.keys,
        kept: &context.register()?.path.with_extension("evidence"),
    };
    write(&args.folder, &files(&contents)?)?;
    say!("Wrote {}: {} records, {} lines", args.folder.display(), contents.records.len(), view.docket.entries.len());
    say!("Open report.html; README.txt says how to verify it.");
    Ok(0)
}

/// The docket is the answer of `status`, and is asked again as such.
fn as_status(position: &Position, view: &View) -> Stamp {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(verb) = arguments.iter_mut().find(|argument| *argument == "pack") {
        *verb = "status".into();
    }
    arguments.retain(|argument| argument != "--disclose" && argument != "--sealed");
    arguments.extend(position.sealed.then(|| "--sealed".to_string()));
    Stamp::new(arguments, Some(position), view.log, &view.rules)
}

/// Nothing is ever written over.
fn refuse_taken(folder: &Path) -> Result<(), Error> {
    let is_free = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_free {
        return Ok(());
    }
    let what = format!("there is something at `{}`", folder.display());
    Err(Error::refused("E0108", what, "name a folder that is not there yet, or an empty one"))
}

/// The folder is there whole, or not at all: it is made beside its place and renamed.
fn write(folder: &Path, files: &[File]) -> Result<(), Error> {
    let mut name = folder.components().as_path().as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    // Half a pack is worse than none: it goes away again, unless it gets its name.
    let written = Unfinished::new(PathBuf::from(name), |path| std::fs::create_dir(path)).and_then(|(beside, ())| {
        fill(beside.path(), files)?;
        std::fs::rename(beside.path(), folder)
    });
    written.map_err(|error| {
        Error::failed(format!("cannot write `{}`: {error}", folder.display()), "name a folder in one that you may write to")
    })
}

fn fill(folder: &Path, files: &[File]) -> std::io::Result<()> {
    for (path, bytes) in files {
        // Nothing is put into a folder that a signal is taking away.
        let _hold = interrupt::hold();
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
