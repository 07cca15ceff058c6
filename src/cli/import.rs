//! `obligo import`: agreement files into the log, all of them or nothing.

use std::path::PathBuf;
use std::sync::Arc;

use events::EventLog;
use rules::decide::{Proposal, Refusal, decide};

use super::args::Writing;
use super::{Context, outcome, progress};
use crate::agreement_file::{AgreementFile, Placed};
use crate::app::{self, App, Outcome, Position, Unwritten, Write};
use crate::error::{Diagnostic, Error};
use crate::texts::Sealed;

#[derive(clap::Args)]
pub struct Args {
    /// Agreement files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    writing: Writing,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let files = read(&args.files);
    let mut app = context.writer(&args.writing.actor)?;
    let how = args.writing.how()?;
    let result = execute(&mut app, &files, how)?;
    outcome::show(&result, how, &app.log, &args.writing)?;
    if result.receipt.is_some() {
        hint!("Next: obligo status");
    }
    Ok(0)
}

/// Reads files; what is wrong with them is in them.
pub fn read(paths: &[PathBuf]) -> Vec<AgreementFile> {
    let bar = progress::bar(paths.len() as u64, "reading");
    let mut known: Vec<PathBuf> = Vec::new();
    let files = paths.iter().zip(1..).map(|(path, done)| {
        let place = path.canonicalize().unwrap_or_else(|_| path.clone());
        let file = if known.contains(&place) { AgreementFile::named_twice(path) } else { AgreementFile::read(path) };
        known.push(place);
        progress::advance(&bar, done);
        file
    });
    let files = files.collect();
    bar.finish_and_clear();
    files
}

/// Records what the files propose, or says everything that is wrong with all of them.
///
/// # Errors
/// [`Error::Refused`] with places in the files; [`Error::Failed`] when the log fails.
pub fn execute<L: EventLog>(app: &mut App<L>, files: &[AgreementFile], how: Write) -> Result<Outcome, Error> {
    let proposals: Vec<Proposal> = files.iter().flat_map(|file| file.proposals.iter().cloned()).collect();
    let unreadable = files.iter().any(|file| !file.faults.is_empty());
    if unreadable {
        // The rules may still have something to say of what could be read; it is said in the same breath.
        let view = app::view(&app.texts(), &app.shelf, &Position::on(app.today), None, &mut |_| {})?;
        let refusals = decide(&view.register, &proposals, &view.rules.held.set, app.when()).err().unwrap_or_default();
        return Err(Error::Refused(diagnostics(files, &refusals)));
    }
    app.execute(&proposals, Write { sealed: Sealed::Reasons, ..how }).map_err(|error| match error {
        Unwritten::Refused(refusals) => Error::Refused(diagnostics(files, &refusals)),
        Unwritten::Other(error) => error,
    })
}

/// Every fault of every file, in the order of the files and of their text.
fn diagnostics(files: &[AgreementFile], refusals: &[Refusal]) -> Vec<Diagnostic> {
    let mut first = 0;
    let mut all = Vec::new();
    for file in files {
        let next = first + file.proposals.len();
        let mine = refusals.iter().filter(|refusal| (first..next).contains(&refusal.proposal));
        // What hangs on words that could not be read is a consequence, not an error of its own.
        let is_new = |placed: &Placed| !file.faults.iter().any(|known| known.touches(placed));
        let mut placed: Vec<Placed> = mine.map(|refusal| file.place(refusal, first)).filter(is_new).collect();
        placed.extend(file.faults.iter().cloned());
        placed.sort_by_key(|placed| placed.span.as_ref().map_or(0, |span| span.start));
        let text: Arc<str> = file.text.as_str().into();
        all.extend(
            placed
                .into_iter()
                .map(|placed| Diagnostic { fault: placed.fault, place: Some((file.path.clone(), text.clone(), placed.span)) }),
        );
        first = next;
    }
    all
}
