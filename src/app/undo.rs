//! What the last command of an actor recorded, and whether it can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use events::alert::AlertFact;
use events::log::Select;
use events::{Event, Record, codec, seal};
use rules::RuleSet;
use rules::decide::{Proposal, resting};
use rules::replay::{Replay, corrected};

use super::Unwritten;
use crate::error::Error;
use crate::texts::Texts;

/// The records of which that is so, with their texts; what cannot be read is passed over.
pub(super) fn records(texts: &Texts, size: u64, wanted: impl Fn(&Record) -> bool) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    texts.scan(&Select { agreement: None, upto: Some(size) }, &mut |_, entry| {
        records.extend(codec::decode(entry).ok().filter(&wanted));
    })?;
    Ok(records)
}

/// Whether it reverses another.
pub(super) fn is_reversal(record: &Record) -> bool {
    matches!(record.event, Event::RecordCorrected(_))
}

fn is_of_a_run(record: &Record) -> bool {
    use AlertFact::{Acknowledged, Delivered, Escalated, Failed, Raised, Run, Snoozed, Withdrawn};
    match &record.event {
        Event::Alert(Raised(_) | Withdrawn(_) | Delivered(_) | Failed(_) | Run(_)) => true,
        Event::Alert(Acknowledged(_) | Snoozed(_) | Escalated(_)) => false,
        _ => false,
    }
}

/// What stands of the last command of an actor that did more than reverse.
pub(super) fn last_of(texts: &Texts, size: u64, actor: &str) -> Result<Vec<Record>, Unwritten> {
    let records = records(texts, size, |record| record.actor == actor || is_reversal(record))?;
    let corrected = corrected(&records);
    let mut own: Vec<Record> = records.into_iter().filter(|record| record.actor == actor).collect();
    // What a run recorded is nobody's command: the next run makes it good.
    own.retain(|record| !corrected.contains_key(&record.seq) && !is_of_a_run(record));
    let Some(command) = own.iter().rfind(|record| !is_reversal(record)).map(|record| record.command) else {
        let what = format!("nothing that `{actor}` recorded stands");
        return Err(Error::refused("E0424", what, "name who recorded with --actor; see obligo log").into());
    };
    own.retain(|record| record.command == command);
    Ok(own)
}

/// As it would be proposed now. What is told in the place of a text that is gone would be refused as a text; that says nothing of what it
/// rests on.
fn again(record: &Record) -> Proposal {
    let mut proposal = Proposal::again(record);
    for text in proposal.reason.iter_mut().chain(seal::free_texts(&mut proposal.event)) {
        if seal::is_gone(text) {
            *text = "a text that is gone".into();
        }
    }
    proposal
}

/// What is refused: to take away what an agreement is, or what later records rest on.
pub(super) fn refuse_foundation(
    texts: &Texts,
    size: u64,
    undone: &[Record],
    rules: &RuleSet,
    today: chrono::NaiveDate,
) -> Result<(), Unwritten> {
    if let Some(record) = undone.iter().find(|record| matches!(record.event, Event::AgreementRecorded(_))) {
        let what = format!(
            "your last command recorded what `{}` is (record {}): all its records rest on that",
            record.agreement, record.seq
        );
        let hint = "reverse the records that are wrong one by one: obligo record correction SEQ --reason TEXT";
        return Err(Error::refused("E0425", what, hint).into());
    }
    if let Some(record) = undone.iter().find(|record| matches!(record.event, Event::TextErased(_))) {
        let what = format!("your last command erased texts (record {}): that cannot be taken back", record.seq);
        let hint = "what you recorded before: obligo record correction SEQ --reason TEXT";
        return Err(Error::refused("E0425", what, hint).into());
    }
    let agreements: BTreeSet<&str> = undone.iter().map(|record| record.agreement.as_str()).collect();
    let mut entries = BTreeMap::new();
    let mut of_them = Vec::new();
    texts.scan(&Select { agreement: None, upto: Some(size) }, &mut |seq, entry| {
        if let Some(record) = codec::decode(entry).ok().filter(|record| agreements.contains(record.agreement.as_str())) {
            entries.insert(seq, entry.to_vec());
            of_them.push(record);
        }
    })?;
    let last = undone.last().map_or(0, |record| record.seq);
    let corrected = corrected(&of_them);
    let later: Vec<&Record> = of_them
        .iter()
        .filter(|record| last < record.seq && !is_reversal(record) && !corrected.contains_key(&record.seq))
        .collect();
    if later.is_empty() {
        return Ok(());
    }
    // What was reversed since is reversed on both sides.
    let register = |is_in: &dyn Fn(&Record) -> bool| {
        let mut replay = Replay::default();
        let taken = of_them.iter().filter(|record| (record.seq <= last || is_reversal(record)) && is_in(record));
        taken.for_each(|record| replay.take(record.seq, &entries[&record.seq]));
        replay.finish().0
    };
    let is_undone = |record: &Record| undone.iter().any(|undone| undone.seq == record.seq);
    let (with, without) = (register(&|_| true), register(&|record| !is_undone(record)));
    let proposals: Vec<Proposal> = later.iter().map(|record| again(record)).collect();
    let resting = resting(&without, &with, &proposals, rules, today);
    if resting.is_empty() {
        return Ok(());
    }
    let told: Vec<String> =
        resting.iter().map(|place| format!("#{} ({})", later[*place].seq, later[*place].event.kind())).collect();
    let what = format!("what was recorded since rests on it: {}", told.join(", "));
    Err(Error::refused("E0425", what, "reverse that first, if it is wrong too: obligo record correction SEQ --reason TEXT")
        .into())
}
