//! What a write says: what was recorded, what it changed, how to take it back, and how to prove it.

use events::log::Receipt;
use events::{Event, EventLog, Record};
use rules::docket::{Change, Kind, Line};

use super::args::Writing;
use super::diagnostics;
use crate::app::{Outcome, Write};
use crate::checkpoints::{Checkpointed, prove::inclusion};
use crate::error::Error;
use crate::report::words;

/// Most changes shown; an import of a whole agreement brings hundreds.
const SHOWN: usize = 12;

/// Says what a write to a log did, and writes the receipt that was asked for.
///
/// # Errors
/// When the receipt cannot be written; the records stand.
pub fn show(outcome: &Outcome, write: Write, log: &Checkpointed<impl EventLog>, writing: &Writing) -> Result<(), Error> {
    say(outcome, write)?;
    outcome.receipt.as_ref().map_or(Ok(()), |receipt| prove(receipt, log, writing))
}

/// Says how to prove what was written, and writes the receipt that was asked for.
///
/// # Errors
/// When the receipt cannot be written; the records stand.
pub fn prove(receipt: &Receipt, log: &Checkpointed<impl EventLog>, writing: &Writing) -> Result<(), Error> {
    if let Some(error) = &log.unsigned {
        hint!("warning: the record stands, and no checkpoint could be signed; the next write makes up for it");
        diagnostics::show(error, false);
    }
    match &writing.receipt {
        Some(file) => {
            let proof = log.beside().newest().and_then(|newest| inclusion(log, receipt.last, newest, true));
            super::prove::write(&proof?.to_string(), Some(file))?;
            say!("Receipt for record {}: {}", receipt.last, file.display());
        }
        None if !receipt.repeated => say!("Receipt: obligo prove {}", receipt.last),
        None => {}
    }
    Ok(())
}

fn say(outcome: &Outcome, write: Write) -> Result<(), Error> {
    use std::io::Write;
    let mut out = anstream::stdout().lock();
    let already = match outcome.already {
        0 => String::new(),
        1 => "; 1 was recorded already".into(),
        count => format!("; {count} were recorded already"),
    };
    match &outcome.receipt {
        Some(receipt) if receipt.repeated => {
            writeln!(
                out,
                "This command was carried out before, as {}; nothing was written now",
                range(receipt.first, receipt.last)
            )?;
            return Ok(());
        }
        Some(receipt) => writeln!(out, "Recorded {}{already}", range(receipt.first, receipt.last))?,
        None if write.dry_run && !outcome.records.is_empty() => {
            writeln!(out, "Would record {}{already}; nothing was written", words::counted(outcome.records.len(), "record"))?;
        }
        None => writeln!(out, "Nothing to record{already}")?,
    }
    for record in outcome.records.iter().take(SHOWN) {
        let on = record.occurred_on.as_ref().map(|on| format!("  {on}")).unwrap_or_default();
        let reverses = record.corrects.map(|target| format!(": #{target}")).unwrap_or_default();
        let what = words::event(&record.event);
        writeln!(out, "  #{}  {}  {}{on}  {what}{reverses}", record.seq, record.event.kind(), record.agreement)?;
    }
    more(&mut out, outcome.records.len(), "record")?;
    let (before, after) = outcome.what_follows();
    let changes = after.changes(&before);
    let reverses = outcome.records.iter().any(|record| record.corrects.is_some());
    if !changes.is_empty() {
        let what = if reverses { "What we believed, and what follows now" } else { "What follows" };
        writeln!(out, "{what}, as of {}:", after.as_of)?;
    }
    for change in changes.iter().take(SHOWN) {
        writeln!(out, "  {}", change_words(change))?;
    }
    more(&mut out, changes.len(), "line")?;
    if outcome.receipt.is_some() {
        writeln!(out, "Wrong? {}", way_back(&outcome.records))?;
    }
    Ok(())
}

/// How to take back what was recorded.
fn way_back(records: &[Record]) -> String {
    let one_of = "obligo record correction SEQ --reason TEXT, for any one of them; see obligo log";
    let is_reversal = |record: &Record| record.corrects.is_some();
    match records {
        [record] if is_reversal(record) => {
            format!("obligo record correction {} --reason TEXT: what was reversed stands again", record.seq)
        }
        records if records.iter().all(is_reversal) => format!("{one_of}: what was reversed stands again"),
        // The record that says what the agreement is stays.
        records if records.iter().any(|record| matches!(record.event, Event::AgreementRecorded(_))) => one_of.into(),
        // No act of `record` stands in the place of these.
        [record] if is_term(&record.event) => {
            format!("obligo undo, or obligo record correction {} --reason TEXT", record.seq)
        }
        [record] => format!("obligo undo, or obligo correct {} --reason TEXT ACT", record.seq),
        _ => format!("obligo undo, or {one_of}"),
    }
}

fn is_term(event: &Event) -> bool {
    matches!(event, Event::SourceRecorded(_) | Event::BodyRecorded(_) | Event::ProvisionRecorded(_) | Event::RulesAdopted(_))
}

/// `record 5`, or `records 5 to 7`.
pub fn range(first: u64, last: u64) -> String {
    if first == last { format!("record {first}") } else { format!("records {first} to {last}") }
}

fn more(out: &mut impl std::io::Write, all: usize, what: &str) -> std::io::Result<()> {
    match all.saturating_sub(SHOWN) {
        0 => Ok(()),
        1 => writeln!(out, "  and 1 {what} more"),
        count => writeln!(out, "  and {count} {what}s more"),
    }
}

pub fn change_words(change: &Change) -> String {
    match change {
        Change::New(line) => {
            let told = format!("+ {}  {}  {}", line.id, words::label(line).text, words::due(line.due));
            told.trim_end().to_string()
        }
        Change::Gone(line) => format!("- {}  (was {})", line.id, line.label),
        Change::Changed(old, new) => {
            let dates =
                if old.due == new.due { String::new() } else { format!("  {} -> {}", words::due(old.due), words::due(new.due)) };
            let between = between(old, new).map(|told| format!("  {told}")).unwrap_or_default();
            let labels = match old.label == new.label {
                true if !between.is_empty() && dates.is_empty() => String::new(),
                true => format!("  {}", new.label),
                false => format!("  {} -> {}", old.label, new.label),
            };
            format!("{} {}{labels}{dates}{between}", words::state(&new.axes).0, new.id)
        }
    }
}

/// Who owes it now and to whom, where that changed.
fn between(old: &Line, new: &Line) -> Option<String> {
    let moved = |verb: &str, old: &[String], new: &[String]| {
        let without = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|party| !those.contains(party)).cloned().collect()
        };
        let (gone, come) = (without(old, new).join(", "), without(new, old).join(", "));
        match (gone.is_empty(), come.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("now also {verb} {come}")),
            (false, true) => Some(format!("no more {verb} {gone}")),
            (false, false) => Some(format!("{verb} {gone} -> {come}")),
        }
    };
    let (by, to) = match new.kind {
        Kind::Power => ("held by", "against"),
        Kind::Notice => ("by", "to"),
        _ => ("owed by", "owed to"),
    };
    let told: Vec<String> = [moved(by, &old.by, &new.by), moved(to, &old.to, &new.to)].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join("; "))
}
