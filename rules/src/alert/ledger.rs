//! What was flagged, who was told of it, and what they said: from the records of the stream of alerts.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use events::Uuid;
use events::alert::{Alert, AlertFact, RunCompleted, Rung};
use events::{DateSpec, Event, Record};

use super::LOG;
use crate::docket::{Kind, Line};
use crate::replay::corrected;

/// After so many failures a message is a dead letter: a month of runs that come often.
pub const ATTEMPTS: u32 = 40;

/// The least time between a failure and the next try; it doubles with each failure, up to a day.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// All that runs recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    /// How many records the stream has, reversed ones among them.
    pub version: u64,
    flags: BTreeMap<Uuid, Flag>,
    /// In the order in which they were raised.
    by_entry: BTreeMap<String, Vec<Uuid>>,
    messages: Vec<Message>,
    /// Where each stands among them.
    by_message: BTreeMap<Uuid, usize>,
    runs: Vec<Run>,
}

/// An alert and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// As it was raised.
    pub alert: Alert,
    /// For whom.
    pub channel: String,
    /// In which message.
    pub message: Uuid,
    /// The record that raised it.
    pub seq: u64,
    /// The day that run looked from.
    pub raised_on: Option<NaiveDate>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The record by which its message arrived.
    pub delivered: Option<u64>,
    /// The record that withdrew it, and why.
    pub withdrawn: Option<(u64, String)>,
    /// The record by which somebody took note.
    pub acknowledged: Option<u64>,
    /// The record that put it off, and the first day on which it is told again.
    pub snoozed: Option<(u64, NaiveDate)>,
    /// The record that sent it up, and to whom.
    pub escalated: Option<(u64, String)>,
}

impl Flag {
    /// Whether it is about the date that the line has now.
    pub fn is_of(&self, line: &Line) -> bool {
        let same = |held: &Option<DateSpec>, now: Option<NaiveDate>| held.as_ref().and_then(DateSpec::exact) == now;
        match self.alert.rung {
            Rung::Before(_) => same(&self.alert.earliest, line.due.earliest),
            Rung::After(_) => same(&self.alert.latest, line.due.latest),
        }
    }

    /// An alert of which nothing more is known.
    pub fn new(alert: Alert, channel: &str, raised_on: Option<NaiveDate>) -> Self {
        Flag {
            alert,
            channel: channel.into(),
            message: Uuid::nil(),
            seq: 0,
            raised_on,
            recorded_at: DateTime::UNIX_EPOCH,
            delivered: None,
            withdrawn: None,
            acknowledged: None,
            snoozed: None,
            escalated: None,
        }
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum State {
    Raised,
    /// It waits for its message to arrive.
    Undelivered,
    /// Its message is a dead letter.
    Dead,
    Delivered,
    Snoozed,
    Acknowledged,
    Withdrawn,
}

impl State {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::Raised => "raised",
            State::Undelivered => "undelivered",
            State::Dead => "dead",
            State::Delivered => "delivered",
            State::Snoozed => "snoozed",
            State::Acknowledged => "acknowledged",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// Alerts, and withdrawals, that are told together.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub channel: String,
    /// The day its run looked from.
    pub as_of: Option<NaiveDate>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The alerts that were raised in it.
    pub alerts: Vec<Uuid>,
    /// The alerts that were withdrawn in it.
    pub withdrawn: Vec<Uuid>,
    /// What became of it.
    pub attempts: Attempts,
}

/// What became of a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attempts {
    /// The record by which it arrived.
    pub delivered: Option<u64>,
    /// How often it did not.
    pub failed: u32,
    /// When it last did not, and why.
    pub last: Option<(DateTime<Utc>, String)>,
    /// It is not sent again, unless the settings change.
    pub is_dead: bool,
    /// By which settings it was sent last.
    settings: Option<String>,
}

impl Attempts {
    /// When it may be sent again; `None`: now.
    pub fn not_before(&self) -> Option<DateTime<Utc>> {
        let (last, _) = self.last.as_ref()?;
        let doublings = self.failed.saturating_sub(1).min(16);
        let pause = FIRST_PAUSE.checked_mul(1 << doublings).unwrap_or(TimeDelta::days(1)).min(TimeDelta::days(1));
        Some(*last + pause)
    }
}

/// A run that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its record.
    pub seq: u64,
    /// The day it looked from.
    pub as_of: NaiveDate,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What it says of itself.
    pub completed: RunCompleted,
}

/// Whether somebody need not be told of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spared {
    pub is_acknowledged: bool,
    pub is_snoozed: bool,
    /// It was put off until this day, be it over or not.
    pub until: Option<NaiveDate>,
}

/// What was raised before of the same.
pub(super) struct Before {
    pub is_standing: bool,
    pub withdrawn: u32,
}

impl Ledger {
    /// From the records of the stream, in order.
    pub fn of(stream: &[Record]) -> Self {
        let mut ledger = Ledger::default();
        let corrected = corrected(stream);
        stream.iter().filter(|record| !corrected.contains_key(&record.seq)).for_each(|record| ledger.hear(record));
        ledger.version = stream.last().map_or(0, |record| record.version);
        ledger
    }

    /// Takes the next record of the stream, which reverses nothing.
    pub fn hear(&mut self, record: &Record) {
        self.version = record.version;
        if let Event::Alert(fact) = &record.event {
            self.take(record, fact);
        }
    }

    fn take(&mut self, record: &Record, fact: &AlertFact) {
        let as_of = record.occurred_on.as_ref().and_then(DateSpec::exact);
        let (seq, recorded_at) = (record.seq, record.recorded_at);
        match fact {
            AlertFact::Raised(raised) => {
                let ids = raised.alerts.iter().map(|alert| alert.id).collect::<Vec<_>>();
                self.message(raised.message, &raised.channel, as_of, recorded_at).alerts.extend(ids);
                for alert in &raised.alerts {
                    self.by_entry.entry(alert.entry.clone()).or_default().push(alert.id);
                    let flag = Flag::new(alert.clone(), &raised.channel, as_of);
                    self.flags.insert(alert.id, Flag { message: raised.message, seq, recorded_at, ..flag });
                }
            }
            AlertFact::Withdrawn(withdrawn) => {
                // Those of whom no record says that they were told are told too that it is over: what was sent and then not recorded, or
                // was not answered, may have arrived.
                let over = withdrawn.alerts.iter().map(|one| one.id);
                self.message(withdrawn.message, &withdrawn.channel, as_of, recorded_at).withdrawn.extend(over);
                for one in &withdrawn.alerts {
                    self.each(&[one.id], |flag| flag.withdrawn = Some((seq, one.why.clone())));
                }
            }
            AlertFact::Delivered(delivered) => {
                self.message(delivered.message, &delivered.channel, as_of, recorded_at).attempts.delivered = Some(seq);
                self.each(&delivered.alerts, |flag| flag.delivered = Some(seq));
            }
            AlertFact::Failed(failed) => {
                let settings = self.last_run().map(|run| run.completed.settings.clone());
                let attempts = &mut self.message(failed.message, &failed.channel, as_of, recorded_at).attempts;
                attempts.failed = failed.attempt;
                attempts.last = Some((recorded_at, failed.why.clone()));
                attempts.is_dead = failed.is_final;
                attempts.settings = settings;
            }
            AlertFact::Acknowledged(acknowledged) => {
                self.each(&acknowledged.alerts, |flag| flag.acknowledged = Some(seq));
            }
            AlertFact::Snoozed(snoozed) => {
                let until = snoozed.until.earliest();
                self.each(&snoozed.alerts, |flag| flag.snoozed = until.map(|until| (seq, until)));
            }
            AlertFact::Escalated(escalated) => {
                self.each(&escalated.alerts, |flag| {
                    if flag.escalated.as_ref().is_none_or(|(_, to)| *to != escalated.to) {
                        flag.escalated = Some((seq, escalated.to.clone()));
                    }
                });
            }
            AlertFact::Run(completed) => {
                if let Some(as_of) = as_of {
                    // What was refused for good by other settings, an address that was wrong, is tried again by these.
                    for message in &mut self.messages {
                        let is_same = message.attempts.settings.as_ref() == Some(&completed.settings);
                        message.attempts.is_dead &= is_same;
                    }
                    self.runs.push(Run { seq, as_of, recorded_at, completed: (**completed).clone() });
                }
            }
        }
    }

    fn each(&mut self, ids: &[Uuid], mut change: impl FnMut(&mut Flag)) {
        for id in ids {
            if let Some(flag) = self.flags.get_mut(id) {
                change(flag);
            }
        }
    }

    fn message(&mut self, id: Uuid, channel: &str, as_of: Option<NaiveDate>, recorded_at: DateTime<Utc>) -> &mut Message {
        let place = *self.by_message.entry(id).or_insert_with(|| {
            let (alerts, withdrawn, attempts) = (Vec::new(), Vec::new(), Attempts::default());
            self.messages.push(Message { id, channel: channel.into(), as_of, recorded_at, alerts, withdrawn, attempts });
            self.messages.len() - 1
        });
        &mut self.messages[place]
    }

    /// Every alert, by its id.
    pub fn flags(&self) -> impl Iterator<Item = &Flag> {
        self.flags.values()
    }

    /// An alert.
    pub fn flag(&self, id: Uuid) -> Option<&Flag> {
        self.flags.get(&id)
    }

    /// The alerts of a line, in the order in which they were raised.
    pub fn of_line(&self, entry: &str) -> impl Iterator<Item = &Flag> {
        self.by_entry.get(entry).into_iter().flatten().filter_map(|id| self.flags.get(id))
    }

    /// Every message, in the order in which they were raised.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The message that an alert was raised in.
    pub fn message_of(&self, flag: &Flag) -> Option<&Message> {
        self.messages.get(*self.by_message.get(&flag.message)?)
    }

    /// Every run, in the order in which they were recorded.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The last run.
    pub fn last_run(&self) -> Option<&Run> {
        self.runs.last()
    }

    /// The day that the first run looked from.
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.runs.first().map(|run| run.as_of)
    }

    /// The day of the last run before that day was over, by the days that runs looked from: none that looked from a later one.
    pub fn day_before(&self, as_of: NaiveDate) -> Option<NaiveDate> {
        self.runs.iter().map(|run| run.as_of).filter(|day| *day <= as_of).max()
    }

    /// The latest day that a run looked from.
    pub fn latest_day(&self) -> Option<NaiveDate> {
        self.runs.iter().map(|run| run.as_of).max()
    }

    /// What has not arrived and is not a dead letter: the outbox. What was withdrawn, acknowledged or put off meanwhile is not in it; what
    /// was put off comes later, by itself: with the rest of its message, it would be lost on a receiver who has that one already.
    pub fn outbox(&self, as_of: NaiveDate) -> impl Iterator<Item = Message> {
        let open = self.messages.iter().filter(|message| message.channel != LOG && !message.attempts.is_dead);
        let with_content = open.map(move |message| {
            let is_to_be_told = |id: &Uuid| {
                self.flags.get(id).is_some_and(|flag| {
                    flag.delivered.is_none()
                        && flag.withdrawn.is_none()
                        && (flag.acknowledged.is_none() || flag.alert.rung == Rung::AFTER)
                        && flag.snoozed.as_ref().is_none_or(|(_, until)| *until <= as_of)
                })
            };
            let is_first = message.attempts.delivered.is_none();
            let withdrawn = if is_first { message.withdrawn.clone() } else { Vec::new() };
            let was_put_off = |id: &Uuid| self.flags.get(id).is_some_and(|flag| flag.snoozed.is_some());
            let (put_off, alerts): (Vec<Uuid>, Vec<Uuid>) =
                message.alerts.iter().copied().filter(is_to_be_told).partition(was_put_off);
            let has_first = is_first && !(alerts.is_empty() && withdrawn.is_empty());
            let alerts = if has_first { alerts } else { put_off.into_iter().chain(alerts).collect() };
            Message { alerts, withdrawn, ..message.clone() }
        });
        with_content.filter(|message| !message.alerts.is_empty() || !message.withdrawn.is_empty())
    }

    /// Dead letters that still say something: that something is due, or is no longer.
    pub fn dead(&self) -> impl Iterator<Item = &Message> {
        let is_standing = |id: &Uuid| self.flags.get(id).is_some_and(|flag| flag.withdrawn.is_none() && flag.delivered.is_none());
        let was_told = |id: &Uuid| self.flags.get(id).is_some_and(|flag| flag.delivered.is_some());
        let dead = self.messages.iter().filter(|message| message.attempts.is_dead);
        dead.filter(move |message| {
            let is_untold = message.attempts.delivered.is_none() && message.withdrawn.iter().any(was_told);
            is_untold || message.alerts.iter().any(is_standing)
        })
    }

    /// Where an alert stands on a day.
    pub fn state(&self, flag: &Flag, as_of: NaiveDate) -> State {
        match flag {
            Flag { withdrawn: Some(_), .. } => State::Withdrawn,
            Flag { acknowledged: Some(_), .. } => State::Acknowledged,
            Flag { snoozed: Some((_, until)), .. } if as_of < *until => State::Snoozed,
            Flag { delivered: Some(_), .. } => State::Delivered,
            flag if flag.channel == LOG => State::Raised,
            flag if self.message_of(flag).is_some_and(|message| message.attempts.is_dead) => State::Dead,
            _ => State::Undelivered,
        }
    }

    /// Whether that record is what somebody said of alerts, and counts.
    pub(crate) fn was_said(&self, seq: u64) -> bool {
        self.flags.values().any(|flag| {
            let snoozed = flag.snoozed.as_ref().map(|(seq, _)| *seq);
            let escalated = flag.escalated.as_ref().map(|(seq, _)| *seq);
            [flag.acknowledged, snoozed, escalated].contains(&Some(seq))
        })
    }

    /// The channels to which the line was sent up, as it is owed now, and that were told of nothing since. Sending it up once more says nothing
    /// new.
    pub(super) fn escalated(&self, line: &Line) -> Vec<String> {
        let mut first: BTreeMap<String, u64> = BTreeMap::new();
        for (seq, to) in self.of_item(line).filter_map(|flag| flag.escalated.as_ref()) {
            let since = first.entry(format!("mail/{to}")).or_insert(*seq);
            *since = (*since).min(*seq);
        }
        first.retain(|channel, since| !self.of_item(line).any(|flag| flag.channel == *channel && *since < flag.seq));
        first.into_keys().collect()
    }

    pub(super) fn spared(&self, line: &Line, as_of: NaiveDate) -> Spared {
        let mut spared = Spared::default();
        for flag in self.of_item(line) {
            spared.is_acknowledged |= flag.acknowledged.is_some();
            spared.until = spared.until.max(flag.snoozed.as_ref().map(|(_, until)| *until));
        }
        spared.is_snoozed = spared.until.is_some_and(|until| as_of < until);
        spared
    }

    /// The alerts of a line that stand and are of its date.
    fn of_item<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = &'a Flag> {
        self.of_line(&line.id).filter(|flag| flag.withdrawn.is_none() && flag.is_of(line))
    }

    /// Since when a line that had another date before is flagged by the one it has now; `as_of` where nothing of it is flagged yet.
    pub(super) fn dated_since(&self, line: &Line, as_of: NaiveDate) -> Option<NaiveDate> {
        let is_past = |flag: &Flag| {
            let latest = flag.alert.latest.as_ref().and_then(DateSpec::exact);
            matches!(line.kind, Kind::Power | Kind::Term) && latest < line.due.earliest.or(line.due.latest)
        };
        let had_another = self.of_line(&line.id).any(|flag| flag.withdrawn.is_some() || !(flag.is_of(line) || is_past(flag)));
        let raised = self.of_item(line).filter(|flag| flag.channel == LOG).filter_map(|flag| flag.raised_on);
        had_another.then(|| raised.min().unwrap_or(as_of))
    }

    /// Whether that channel was flagged for the line, as it is owed now.
    pub(super) fn has_told(&self, line: &Line, channel: &str) -> bool {
        self.of_item(line).any(|flag| flag.channel == channel)
    }

    pub(super) fn same(&self, alert: &Alert, channel: &str) -> Before {
        let same = |flag: &&Flag| {
            flag.channel == channel && flag.alert.rung == alert.rung && flag.alert.reference() == alert.reference()
        };
        let mut before = Before { is_standing: false, withdrawn: 0 };
        for flag in self.of_line(&alert.entry).filter(same) {
            match flag.withdrawn {
                Some(_) => before.withdrawn += 1,
                None => before.is_standing = true,
            }
        }
        before
    }
}
