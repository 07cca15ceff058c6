//! `obligo record`: what happened. Each act says what it changed and how to take it back.

use events::record::SourceRef;
use rules::decide::Proposal;
use store::SqliteLog;

use super::args::Writing;
use super::{Context, outcome};
use crate::app::{App, Outcome, Unwritten, Write};
use crate::checkpoints::Checkpointed;
use crate::error::Error;

mod act;
mod evidence;
mod proposal;

use evidence::EvidenceFile;

pub use act::Act;
pub use proposal::{agreement_of, proposal};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,

    #[command(flatten)]
    said: Said,

    #[command(flatten)]
    writing: Writing,
}

/// What may be said of any act.
#[derive(clap::Args)]
pub struct Said {
    /// Id of the source that says so
    #[arg(long, global = true, value_name = "ID")]
    source: Option<String>,

    /// Place in the source: a paragraph, a page
    #[arg(long, global = true, value_name = "PLACE", requires = "source")]
    locator: Option<String>,

    /// In whose authority
    #[arg(long, global = true, value_name = "ID")]
    pub authority: Option<String>,

    /// Why, where a reason is owed: for a reversal, and for what is recorded long after its day
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
}

impl Said {
    /// The proposal with all of it.
    pub fn of(self, proposal: Proposal) -> Proposal {
        let source = self.source.map(|id| SourceRef { id: id.into(), sha256: None, locator: self.locator.map(Into::into) });
        Proposal { source, authority: self.authority, reason: self.reason, ..proposal }
    }
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let how = args.writing.how()?;
    let mut app = context.writer(&args.writing.actor)?;
    let (proposal, file) = proposal(args.act, &app)?;
    let result = execute(&mut app, &[args.said.of(proposal)], file, how, context)?;
    outcome::show(&result, how, &app.log, &args.writing)?;
    Ok(0)
}

/// Records proposals, and keeps the file that shows one of them.
pub fn execute(
    app: &mut App<Checkpointed<SqliteLog>>,
    proposals: &[Proposal],
    file: Option<EvidenceFile>,
    how: Write,
    context: &Context,
) -> Result<Outcome, Error> {
    if let Some(file) = file.filter(|_| !how.dry_run) {
        // Kept only for what is going to be recorded, and before it is: a record never speaks of a file that is not there.
        app.execute(proposals, Write { dry_run: true, ..how }).map_err(Unwritten::into_error)?;
        file.keep(&context.register()?.path.with_extension("evidence"))?;
    }
    app.execute(proposals, how).map_err(Unwritten::into_error)
}
