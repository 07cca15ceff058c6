//! `obligo erase`: texts and names that are kept beside the log, at the request of those whom they name. The records stay.

use std::collections::BTreeMap;

use events::event::{Event, TextErased};
use events::log::{EventLog, Select};
use events::{codec, seal};
use rules::decide::Proposal;

use super::args::Writing;
use super::{Context, actor, outcome};
use crate::app::{App, Unwritten};
use crate::error::{Diagnostic, Error};
use rules::fault::Fault;

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

/// The texts of one record.
struct Texts {
    agreement: String,
    commitments: Vec<String>,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let how = args.writing.how()?;
    if let Some(id) = &args.name_of {
        return actor::erase(id, how.dry_run, context);
    }
    let mut app = context.writer(&args.writing.actor)?;
    if !app.private.is_here() {
        let what = "the file of texts is not here: there is nothing to erase";
        return Err(Error::failed(what, "erase where the register was written; a log that is handed on has no such texts"));
    }
    let texts = texts_of(&app.log, &args.records)?;
    let proposals = proposals(&app, &texts, &args)?;
    let known = app.texts().erased()?.clone();
    let result = match proposals.as_slice() {
        [] => None,
        proposals => Some(app.execute(proposals, how).map_err(Unwritten::into_error)?),
    };
    let commitments: Vec<String> = texts.values().flat_map(|texts| texts.commitments.iter().cloned()).collect();
    let which = records(texts.keys());
    if how.dry_run {
        say!("Would erase {} of {which}; nothing was written", counted(commitments.len()));
        return Ok(0);
    }
    // Recorded first: were it cut short between, the same command again finishes it.
    let gone = app.private.erase(&commitments)?;
    match result.and_then(|result| result.receipt) {
        Some(receipt) => {
            say!("Erased {} of {which}; recorded as {}", counted(gone), outcome::range(receipt.first, receipt.last));
            say!("The entries hold commitments and stay: every proof is as it was. It cannot be taken back.");
        }
        None => {
            let by = records(commitments.iter().filter_map(|commitment| known.get(commitment)));
            let rest = if gone == 0 { String::new() } else { format!("; {} that had stayed behind went now", counted(gone)) };
            say!("Nothing to record: {which} had been erased by {by}{rest}");
        }
    }
    Ok(0)
}

/// The texts of each record, or every record of which there are none.
fn texts_of(log: &dyn EventLog, wanted: &[u64]) -> Result<BTreeMap<u64, Texts>, Error> {
    let mut texts = BTreeMap::new();
    let mut size = 0;
    log.scan(&Select::default(), &mut |seq, entry| {
        size = seq;
        if wanted.contains(&seq)
            && let Ok(columns) = codec::columns(entry)
        {
            let text = String::from_utf8_lossy(entry);
            let commitments = seal::commitments(&text).map(|(_, commitment)| commitment.to_string()).collect();
            texts.insert(seq, Texts { agreement: columns.agreement, commitments });
        }
        true
    })?;
    let fault = |seq: &u64| match texts.get(seq) {
        None if *seq == 0 || size < *seq => {
            Some(Fault::new("E0504", &[], format!("there is no record {seq}")).hint("see obligo log"))
        }
        Some(texts) if !texts.commitments.is_empty() => None,
        _ => Some(
            Fault::new("E0430", &[], format!("record {seq} has no text that is kept beside the log"))
                .hint("only typed texts are: reasons, descriptions, names of files; what a record itself says stays"),
        ),
    };
    let faults: Vec<Diagnostic> = wanted.iter().filter_map(fault).map(|fault| Diagnostic { fault, place: None }).collect();
    if faults.is_empty() { Ok(texts) } else { Err(Error::Refused(faults)) }
}

/// One fact an agreement, with what was not erased before.
fn proposals(app: &App<store::SqliteLog>, texts: &BTreeMap<u64, Texts>, args: &Args) -> Result<Vec<Proposal>, Error> {
    let known = app.texts();
    let known = known.erased()?;
    let mut facts: BTreeMap<&str, TextErased> = BTreeMap::new();
    for (seq, texts) in texts {
        let new: Vec<String> = texts.commitments.iter().filter(|one| !known.contains_key(*one)).cloned().collect();
        if !new.is_empty() {
            let none = || TextErased { records: Vec::new(), commitments: Vec::new() };
            let fact = facts.entry(&texts.agreement).or_insert_with(none);
            fact.records.push(*seq);
            fact.commitments.extend(new);
        }
    }
    let proposal = |(agreement, fact): (&str, TextErased)| Proposal {
        reason: args.reason.clone(),
        authority: args.authority.clone(),
        ..Proposal::new(agreement, Event::TextErased(fact)).on(app.today)
    };
    Ok(facts.into_iter().map(proposal).collect())
}

fn counted(texts: usize) -> String {
    if texts == 1 { "1 text".into() } else { format!("{texts} texts") }
}

/// `#5, #7`.
fn records<'a>(seqs: impl Iterator<Item = &'a u64>) -> String {
    let mut seqs: Vec<&u64> = seqs.collect();
    seqs.sort_unstable();
    seqs.dedup();
    seqs.iter().map(|seq| format!("#{seq}")).collect::<Vec<_>>().join(", ")
}
