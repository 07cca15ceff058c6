//! `obligo erase`: texts and names that are kept beside the log, at the request of those whom they name. The records stay.

use super::args::Writing;
use super::{Context, actor, outcome};
use crate::app::Unwritten;
use crate::erase::Request;
use crate::error::Error;
use crate::report::words;

#[derive(clap::Args)]
pub struct Args {
    /// `seq` of each record whose texts are erased
    #[arg(value_name = "SEQ", required_unless_present = "name_of", conflicts_with = "name_of")]
    records: Vec<u64>,

    /// Why; it is kept like any other text that somebody types
    #[arg(long, value_name = "TEXT", required_unless_present = "name_of")]
    reason: Option<String>,

    /// In whose authority
    #[arg(long, value_name = "ID")]
    authority: Option<String>,

    /// Erase the name of an actor instead
    #[arg(long, value_name = "ID")]
    name_of: Option<String>,

    #[command(flatten)]
    writing: Writing,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let how = args.writing.how()?;
    if let Some(id) = &args.name_of {
        return actor::erase(id, how.dry_run, context);
    }
    let mut app = context.writer(&args.writing.actor)?;
    let which = records(&args.records);
    let request = Request { records: args.records, reason: args.reason, authority: args.authority };
    let erased = app.erase(&request, how).map_err(Unwritten::into_error)?;
    match erased.receipt {
        _ if how.dry_run => say!("Would erase {} of {which}; nothing was written", words::counted(erased.texts, "text")),
        Some(receipt) => {
            say!(
                "Erased {} of {which}; recorded as {}",
                words::counted(erased.gone, "text"),
                outcome::range(receipt.first, receipt.last)
            );
            say!("The entries hold commitments and stay: every proof is as it was. It cannot be taken back.");
            outcome::prove(&receipt, &app.log, &args.writing)?;
        }
        None => {
            let rest = match erased.gone {
                0 => String::new(),
                gone => format!("; {} that had stayed behind went now", words::counted(gone, "text")),
            };
            say!("Nothing to record: {which} had been erased by {}{rest}", records(&erased.before));
        }
    }
    Ok(0)
}

/// `#5, #7`.
fn records(seqs: &[u64]) -> String {
    let seqs: std::collections::BTreeSet<&u64> = seqs.iter().collect();
    seqs.into_iter().map(|seq| format!("#{seq}")).collect::<Vec<_>>().join(", ")
}
