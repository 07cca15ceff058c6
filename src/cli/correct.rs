//! `obligo correct`: a record is reversed, and another act stands in its place. Both in one command, or nothing.

use events::event::Event;
use rules::decide::Proposal;

use super::args::Writing;
use super::record::{self, Act};
use super::{Context, outcome};
use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    /// `seq` of the record that is wrong
    seq: u64,

    #[command(subcommand)]
    act: Act,

    #[command(flatten)]
    said: record::Said,

    #[command(flatten)]
    writing: Writing,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let how = args.writing.how()?;
    let mut app = context.writer(&args.writing.actor)?;
    let agreement = record::agreement_of(&app.log, args.seq)?;
    let (act, file) = record::proposal(args.act, &app)?;
    if matches!(act.event, Event::RecordCorrected(_)) {
        let what = "a reversal does not stand in the place of a record";
        return Err(Error::refused("E0415", what, "reverse each record for itself: obligo record correction SEQ --reason TEXT"));
    }
    let reversal = Proposal {
        authority: args.said.authority.clone(),
        reason: args.said.reason.clone(),
        ..Proposal::reversal(&agreement, args.seq, app.today)
    };
    let act = args.said.of(act);
    // A reason that is missing is missed once, at the reversal.
    let why = act.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let act = Proposal { reason: Some(format!("in place of #{}{why}", args.seq)), ..act };
    let result = record::execute(&mut app, &[reversal, act], file, how, context)?;
    outcome::show(&result, how, &app.log, &args.writing)?;
    Ok(0)
}
