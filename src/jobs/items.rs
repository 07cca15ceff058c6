//! A message as it is told: the alerts of the ledger with what the docket says of their lines.

use events::DateSpec;
use events::alert::{Rung, message_id};
use rules::alert::{self, Flag};
use rules::docket::{Due, Line, Reason};
use uuid::Uuid;

use super::message::{Entry, Item, Message, Status, Withdrawn};
use super::plan::Plan;
use super::run::Evaluated;
use crate::report::{calendar, words};

/// A message of the outbox, in words. What is sent for the first time has the message's own id; the rest of one that arrived in part, and
/// what was put off, one of their own.
pub fn message(origin: Uuid, held: &alert::Message, seen: &Evaluated, plan: &Plan) -> Message {
    let flags = |ids: &[Uuid]| ids.iter().filter_map(|id| seen.ledger.flag(*id)).cloned().collect::<Vec<Flag>>();
    let raised = flags(&held.alerts);
    let was_put_off = raised.iter().any(|flag| flag.snoozed.is_some());
    let id = if held.attempts.delivered.is_none() && !was_put_off {
        held.id
    } else {
        let alerts: Vec<_> = raised.iter().map(|flag| flag.alert.clone()).collect();
        message_id(origin, &held.channel, &alerts, &[])
    };
    let mut items: Vec<Item> = Vec::new();
    for flag in &raised {
        let item = item(origin, flag, seen, plan);
        match items.iter_mut().find(|other| other.entry == item.entry) {
            // Of several rungs that were reached, the last says where it stands.
            Some(other) if flag.alert.rung == Rung::AFTER || rung_order(flag) < order_of(other, &raised) => *other = item,
            Some(_) => {}
            None => items.push(item),
        }
    }
    items.sort_by_key(|item| (item.agreement.clone(), item.due.earliest.or(item.due.latest), item.entry.clone()));
    let withdrawn: Vec<Withdrawn> = flags(&held.withdrawn).iter().map(|flag| withdrawn(origin, flag, seen)).collect();
    let (channel, recorded_at) = (held.channel.clone(), held.recorded_at);
    let as_of = held.as_of.unwrap_or_else(|| recorded_at.date_naive());
    Message { id, origin, channel, as_of, recorded_at, items, withdrawn }
}

/// The nearer a rung is to the date, the less.
fn rung_order(flag: &Flag) -> i32 {
    match flag.alert.rung {
        Rung::Before(days) => i32::from(days),
        Rung::After(_) => -1,
    }
}

fn order_of(item: &Item, flags: &[Flag]) -> i32 {
    flags.iter().find(|flag| flag.alert.id == item.alert).map_or(i32::MAX, rung_order)
}

/// An alert with what the docket says of its line; of a line that is not in the docket any more, what the alert says.
pub fn item(origin: Uuid, flag: &Flag, seen: &Evaluated, plan: &Plan) -> Item {
    let line = seen.view.docket.line(&flag.alert.entry);
    let due = line.map_or_else(|| due_of(flag), |line| line.due);
    let agreement = agreement_of(&flag.alert.entry);
    Item {
        alert: flag.alert.id,
        entry: flag.alert.entry.clone(),
        agreement: agreement.into(),
        title: seen.view.docket.agreement(agreement).map(|agreement| agreement.title.clone()).unwrap_or_default(),
        what: line.map(|line| line.what.clone()).unwrap_or_default(),
        force: line.map_or("", |line| words::force(line.force)),
        label: line.map(|line| line.label.clone()).unwrap_or_default(),
        rung: if due.latest.is_some_and(|latest| latest < seen.view.docket.as_of) {
            // Whoever is told at fewer rungs hears of a date that is past at the last of them.
            "the date has passed".into()
        } else {
            words::rung(flag.alert.rung)
        },
        due,
        due_words: words::due(due),
        late_by: flag.alert.late_by,
        because: line.map(because).unwrap_or_default(),
        closes_with: line.and_then(|line| line.closes_with.first().cloned()),
        calendar: entry(origin, flag, line, seen, plan),
    }
}

/// The step that says by when, in the words in which it says so; without one, the last.
fn because(line: &Line) -> String {
    let says = |day: Option<chrono::NaiveDate>, text: &str| day.is_some_and(|day| text.contains(&day.to_string()));
    let dated = |reason: &&Reason| says(line.due.latest, &reason.text) || says(line.due.earliest, &reason.text);
    let reason = line.because.iter().find(dated).or(line.because.last());
    reason.map(|reason| reason.text.clone()).unwrap_or_default()
}

fn withdrawn(origin: Uuid, flag: &Flag, seen: &Evaluated) -> Withdrawn {
    let why = flag.withdrawn.as_ref().map(|(_, why)| why.clone()).unwrap_or_default();
    let line = seen.view.docket.line(&flag.alert.entry);
    let mut calendar = entry(origin, flag, line, seen, &Plan::default());
    if !line.is_some_and(|line| line.axes.is_pending()) {
        calendar.status = Status::Cancelled;
    }
    let what = line.map(|line| line.what.clone()).unwrap_or_default();
    Withdrawn { alert: flag.alert.id, entry: flag.alert.entry.clone(), what, was: words::due(due_of(flag)), why, calendar }
}

/// The line in a calendar; of what has no place in one any more, that it is cancelled.
fn entry(origin: Uuid, flag: &Flag, line: Option<&Line>, seen: &Evaluated, plan: &Plan) -> Entry {
    let alarms = line.map(|line| plan.alarms(line)).unwrap_or_default();
    let held = line.and_then(|line| calendar::entry_of(&seen.view.register, &seen.view.docket, line, origin, &alarms));
    let agreement = seen.view.register.agreements.get(agreement_of(&flag.alert.entry));
    // Of an agreement that is gone the number of the record serves: no fewer than all of its records were there before.
    let gone = flag.withdrawn.as_ref().map_or(flag.seq, |(seq, _)| *seq);
    let sequence = agreement.map_or(gone, |agreement| calendar::sequence(&seen.view.register, agreement));
    held.unwrap_or_else(|| Entry {
        uid: calendar::uid(origin, &flag.alert.entry),
        sequence,
        stamp: flag.recorded_at,
        day: due_of(flag).latest.or(due_of(flag).earliest).unwrap_or(flag.recorded_at.date_naive()),
        status: Status::Cancelled,
        summary: flag.alert.entry.clone(),
        description: flag.withdrawn.as_ref().map(|(_, why)| why.clone()).unwrap_or_default(),
        alarms: Vec::new(),
    })
}

/// By when, as it was when it was flagged.
pub fn due_of(flag: &Flag) -> Due {
    let day = |date: &Option<DateSpec>| date.as_ref().and_then(DateSpec::exact);
    Due { earliest: day(&flag.alert.earliest), latest: day(&flag.alert.latest), certainty: None }
}

/// The agreement of a line, by the line's id.
fn agreement_of(entry: &str) -> &str {
    entry.split_once('/').map_or(entry, |(agreement, _)| agreement)
}
