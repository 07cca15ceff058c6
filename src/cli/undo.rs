//! `obligo undo`: what the last command of an actor recorded is reversed, all of it.

use super::args::Writing;
use super::{Context, outcome};
use crate::app::Unwritten;
use crate::error::Error;
use crate::report::words;

#[derive(clap::Args)]
pub struct Args {
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "undo")]
    reason: String,

    /// In whose authority
    #[arg(long, value_name = "ID")]
    authority: Option<String>,

    #[command(flatten)]
    writing: Writing,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let how = args.writing.how()?;
    let mut app = context.writer(&args.writing.actor)?;
    let (result, undone) = app.undo(&args.reason, args.authority.as_deref(), how).map_err(Unwritten::into_error)?;
    for record in undone {
        let on = record.occurred_on.as_ref().map(|on| format!("  {on}")).unwrap_or_default();
        let verb = if how.dry_run { "Would undo" } else { "Undone" };
        say!("{verb} #{}  {}  {}{on}  {}", record.seq, record.event.kind(), record.agreement, words::event(&record.event));
    }
    outcome::show(&result, how, &app.log, &args.writing)?;
    Ok(0)
}
