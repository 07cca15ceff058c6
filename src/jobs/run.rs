//! The scheduled run: evaluate, record, tell, record what became of that. What is to be told is in the log before anybody is told, and
//! what is there and has not arrived is told again: a run that dies at any point is made good by the next.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use events::alert::{
    AlertFact, AlertsDelivered, AlertsRaised, AlertsWithdrawn, DeliveryFailed, RunCompleted, Withdrawal, message_id,
};
use events::event::RulesAdopted;
use events::log::{EventLog, Expected, LogError, Receipt, Select};
use events::record::{ALERTS, Draft};
use events::tree::Hash;
use events::{DateSpec, Event, codec};
use rules::alert::{ATTEMPTS, Evaluation, Flag, LOG, Ledger, State, catch_up, evaluate};
use rules::docket::{Docket, Kind, Line};
use rules::rest::AtRest;
use rules::{assess, assess_moving};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::items;
use super::message::{Message, Undelivered};
use super::plan::{Plan, When};
use crate::app::{App, Position, TRIES, View, view};
use crate::error::Error;
use crate::report::words;

/// So many days after the last run, or after what was last recorded, a clock is not believed that would flag much.
const FAR: i64 = 366;

/// More alerts than this, raised or withdrawn, are much.
const MASS: usize = 10;

/// So many of the days on which no run came are looked at again, for what came and went.
const LOOKED_BACK: usize = 62;

/// How a run is done.
pub struct Job<'a> {
    /// By which settings.
    pub plan: &'a Plan,
    /// SHA-256 of the file of settings, 64 hexadecimal digits.
    pub settings: String,
    /// From which day.
    pub when: When,
    /// The day it is by the machine's clock, where the day was given by somebody.
    pub clock_says: Option<NaiveDate>,
    /// A clock that is far ahead is believed.
    pub accept_clock: bool,
}

/// What a run looked at, and the ledger after it.
pub struct Evaluated {
    /// The register and its docket, as the run saw them.
    pub view: View,
    /// What was to be raised and withdrawn.
    pub evaluation: Evaluation,
    /// What the run says of itself.
    pub completed: RunCompleted,
    /// Everything that was ever flagged, with this run.
    pub ledger: Ledger,
}

/// Whoever brings a message where it is to go.
pub trait Channels {
    /// Sends it, once.
    ///
    /// # Errors
    /// [`Undelivered`], when it did not arrive, or when it is not known that it did.
    fn send(&mut self, message: &Message) -> Result<(), Undelivered>;
}

/// What became of the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// Alerts that arrived.
    pub delivered: Vec<Uuid>,
    /// Messages that did not: the channel, and all that is known.
    pub failed: Vec<(String, Undelivered)>,
}

/// Evaluates every line as of the day, and records what is flagged, what is withdrawn, and that it was done: in one transaction.
///
/// # Errors
/// [`Error::Refused`] for a clock that is not believed; [`Error::Failed`] when the log fails, or others wrote in between too often.
pub fn run<L: EventLog>(app: &mut App<L>, job: &Job, dry_run: bool) -> Result<Evaluated, Error> {
    for left in (0..TRIES).rev() {
        let mut seen = look(app, job)?;
        refuse_far_clock(app, job, &seen)?;
        if dry_run {
            return Ok(seen);
        }
        let facts = facts(app.log.origin(), &seen);
        let drafts: Vec<Draft> = facts.into_iter().map(|fact| draft(app, fact, Some(job.when.as_of()))).collect();
        let expected = Expected::Version { agreement: ALERTS.into(), version: seen.ledger.version };
        let command = app.ids.next();
        match app.log.append(command, &expected, &drafts) {
            Ok(receipt) => {
                hear(&app.log, receipt, &mut seen.ledger)?;
                return Ok(seen);
            }
            Err(LogError::Conflict { .. }) if left > 0 => {}
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the last try returns")
}

/// Sends what has not arrived, each message once if its time has come, and records what became of it.
///
/// # Errors
/// [`Error::Failed`], when the log fails; whatever was sent until then is recorded, but for the message on the way: it is sent again.
pub fn deliver<L: EventLog>(
    app: &mut App<L>,
    job: &Job,
    seen: &mut Evaluated,
    channels: &mut dyn Channels,
    now: DateTime<Utc>,
) -> Result<Deliveries, Error> {
    let mut done = Deliveries::default();
    let as_of = job.when.as_of();
    // A pause is a day at the most: one that seems longer was measured by a clock that has been set back since.
    let is_ready = |held: &rules::alert::Message| {
        held.attempts.not_before().is_none_or(|ready| ready <= now || ready - now > TimeDelta::days(2))
    };
    let outbox: Vec<_> = seen.ledger.outbox(as_of).filter(is_ready).collect();
    let mut is_mail_down = false;
    for held in outbox {
        // All mail goes by one server: where that is not there, nobody waits for it once for each recipient.
        if is_mail_down && held.channel.starts_with("mail/") {
            continue;
        }
        let message = items::message(app.log.origin(), &held, seen, job.plan);
        let attempt = held.attempts.failed + 1;
        let fact = match channels.send(&message) {
            Ok(()) => {
                done.delivered.extend(&held.alerts);
                let (alerts, withdrawn) = (held.alerts.clone(), held.withdrawn.clone());
                AlertFact::Delivered(Box::new(AlertsDelivered {
                    message: held.id,
                    channel: held.channel.clone(),
                    alerts,
                    withdrawn,
                }))
            }
            Err(undelivered) => {
                let is_final = undelivered.is_final || attempt >= ATTEMPTS;
                let why = undelivered.class.clone();
                is_mail_down |= held.channel.starts_with("mail/") && ["timed out", "no connection"].contains(&why.as_str());
                done.failed.push((held.channel.clone(), undelivered));
                AlertFact::Failed(Box::new(DeliveryFailed {
                    message: held.id,
                    channel: held.channel.clone(),
                    attempt,
                    why,
                    is_final,
                }))
            }
        };
        let receipt = note(app, fact, as_of)?;
        hear(&app.log, receipt, &mut seen.ledger)?;
    }
    Ok(done)
}

/// Records what became of a message, whatever others recorded meanwhile.
fn note<L: EventLog>(app: &mut App<L>, fact: AlertFact, as_of: NaiveDate) -> Result<Receipt, Error> {
    let (draft, command) = (draft(app, fact, Some(as_of)), app.ids.next());
    for left in (0..TRIES).rev() {
        let expected = Expected::Size(app.log.head()?.size);
        match app.log.append(command, &expected, std::slice::from_ref(&draft)) {
            Ok(receipt) => return Ok(receipt),
            Err(LogError::Conflict { .. }) if left > 0 => {}
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the last try returns")
}

/// Everything that was ever flagged.
///
/// # Errors
/// [`Error::Failed`], when the log cannot be read.
pub fn ledger(log: &dyn EventLog) -> Result<Ledger, Error> {
    let mut stream = Vec::new();
    log.scan(&Select { agreement: Some(ALERTS.into()), upto: None }, &mut |_, entry| {
        stream.extend(codec::decode(entry).ok());
        true
    })?;
    Ok(Ledger::of(&stream))
}

/// Adds to a ledger what was just recorded: the rest of the stream need not be read again.
fn hear(log: &dyn EventLog, receipt: Receipt, ledger: &mut Ledger) -> Result<(), Error> {
    for seq in receipt.first..=receipt.last {
        let record = log.entry(seq)?.and_then(|entry| codec::decode(&entry).ok());
        record.iter().for_each(|record| ledger.hear(record));
    }
    Ok(())
}

fn look<L: EventLog>(app: &App<L>, job: &Job) -> Result<Evaluated, Error> {
    let as_of = job.when.as_of();
    let view = view(app.books(), &Position::on(as_of), None, &mut |_| {})?;
    let ledger = view.register.ledger.clone();
    let plan = rules::alert::Plan {
        origin: app.log.origin(),
        ladders: &job.plan.ladders,
        hearers: &|line: &Line| job.plan.hearers(line),
        today: &|agreement: &str| job.when.today(&view.register, agreement),
    };
    let mut evaluation = evaluate(&view.docket, &ledger, &plan);
    catch_up(&mut evaluation, &passed(&view, &ledger), as_of, &ledger, &plan);
    let completed = RunCompleted {
        size: view.log.size,
        root: view.log.head.to_string(),
        rules: RulesAdopted { id: view.rules.held.set.id.clone(), sha256: view.rules.held.set.digest.clone() },
        settings: job.settings.clone(),
        evaluated: evaluation.evaluated,
        due: evaluation.due,
        undetermined: evaluation.undetermined,
        obligations: digest(&view.docket),
    };
    Ok(Evaluated { view, evaluation, completed, ledger })
}

/// Lines whose date came and went since the last run: the last day for something that could be done, and need not. Each as it was on the
/// last day on which it was to come.
fn passed(view: &View, ledger: &Ledger) -> Vec<Line> {
    let as_of = view.docket.as_of;
    let Some(last) = ledger.day_before(as_of) else { return Vec::new() };
    let missed = last.iter_days().skip(1).take_while(|day| *day < as_of);
    let missed: Vec<NaiveDate> = missed.collect();
    let mut passed: BTreeMap<(String, NaiveDate), Line> = BTreeMap::new();
    // What was at rest on the first of these days has no date to come: the others cost what moves.
    let mut at_rest: Option<AtRest> = None;
    for day in missed.iter().rev().take(LOOKED_BACK).rev() {
        let docket = match &at_rest {
            Some(at_rest) => assess_moving(&view.register, at_rest, &view.rules.set(), *day),
            None => assess(&view.register, Vec::new(), &view.rules.set(), *day),
        };
        at_rest.get_or_insert_with(|| AtRest::of(&docket));
        for line in docket.entries {
            let can_pass = matches!(line.kind, Kind::Power | Kind::Term) && line.axes.is_pending();
            if let Some(latest) = line.due.latest.filter(|latest| can_pass && *latest < as_of) {
                passed.insert((line.id.clone(), latest), line);
            }
        }
    }
    passed.into_values().collect()
}

/// SHA-256 over every line of a docket, 64 hexadecimal digits: of each, in the order of their ids, `id`, earliest and latest day, the words
/// for existence, timing and performance, with a tab between them and a line end behind them. What is not there is a hyphen.
pub fn digest(docket: &Docket) -> String {
    let day = |day: Option<NaiveDate>| day.map_or("-".into(), |day| day.to_string());
    let mut lines: Vec<String> = docket
        .entries
        .iter()
        .map(|line| {
            let axes = &line.axes;
            let state = [axes.existence.word(), axes.timing.word().into(), axes.performance.word().into()].join("\t");
            let (earliest, latest) = (day(line.due.earliest), day(line.due.latest));
            format!("{}\t{earliest}\t{latest}\t{state}\n", line.id)
        })
        .collect();
    lines.sort();
    let mut hash = Sha256::new();
    lines.iter().for_each(|line| hash.update(line));
    Hash(hash.finalize().into()).to_string()
}

/// What an evaluation records: alerts and withdrawals of a channel are one message.
fn facts(origin: Uuid, seen: &Evaluated) -> Vec<AlertFact> {
    let Evaluated { evaluation, completed, .. } = seen;
    let mut facts = Vec::new();
    let mut channels: BTreeMap<&String, ()> = evaluation.raise.keys().map(|channel| (channel, ())).collect();
    channels.extend(evaluation.withdraw.keys().map(|channel| (channel, ())));
    for channel in channels.into_keys() {
        let alerts = evaluation.raise.get(channel).cloned().unwrap_or_default();
        let withdrawn: Vec<Withdrawal> = evaluation
            .withdraw
            .get(channel)
            .into_iter()
            .flatten()
            .map(|(id, why)| Withdrawal { id: *id, why: why.clone() })
            .collect();
        let message = message_id(origin, channel, &alerts, &withdrawn);
        if !withdrawn.is_empty() {
            facts.push(AlertFact::Withdrawn(Box::new(AlertsWithdrawn { message, channel: channel.clone(), alerts: withdrawn })));
        }
        if !alerts.is_empty() {
            facts.push(AlertFact::Raised(Box::new(AlertsRaised { message, channel: channel.clone(), alerts })));
        }
    }
    facts.push(AlertFact::Run(Box::new(completed.clone())));
    facts
}

fn draft<L: EventLog>(app: &mut App<L>, fact: AlertFact, on: Option<NaiveDate>) -> Draft {
    Draft {
        id: app.ids.next(),
        agreement: ALERTS.into(),
        event: Event::Alert(fact),
        occurred_on: on.map(DateSpec::from),
        actor: app.actor.clone(),
        authority: None,
        source: None,
        reason: None,
        corrects: None,
        rules: None,
    }
}

/// A clock that jumped flags what is not due for years and withdraws what is, and those who are told cannot be untold.
fn refuse_far_clock<L: EventLog>(app: &App<L>, job: &Job, seen: &Evaluated) -> Result<(), Error> {
    let raised = seen.evaluation.raise.get(LOG).map_or(0, Vec::len);
    let changed = raised + seen.evaluation.withdraw.get(LOG).map_or(0, Vec::len);
    let known = seen.ledger.latest_day();
    let recorded = app.log.recorded_at(seen.completed.size)?.map(|at| at.date_naive());
    let Some(known) = known.max(recorded).max(job.clock_says) else { return Ok(()) };
    let as_of = job.when.as_of();
    if job.accept_clock || changed <= MASS || (as_of - known).num_days() <= FAR {
        return Ok(());
    }
    let what = format!(
        "the day would be {as_of}, and the last that is known of is {known}: {} would be flagged or withdrawn at once",
        words::counted(changed, "date")
    );
    Err(Error::refused("E0807", what, "see whether the clock is right; if it is: obligo run --accept-clock"))
}

/// What would be raised and withdrawn, as it would stand.
pub fn would_raise(seen: &Evaluated) -> Vec<(Flag, State)> {
    let raise = seen.evaluation.raise.iter().flat_map(|(channel, alerts)| alerts.iter().map(move |alert| (channel, alert)));
    let raised = raise.map(|(channel, alert)| {
        let flag = Flag::new(alert.clone(), channel, Some(seen.view.docket.as_of));
        let state = if channel == LOG { State::Raised } else { State::Undelivered };
        (flag, state)
    });
    let withdraw = seen.evaluation.withdraw.values().flatten();
    let withdrawn = withdraw.filter_map(|(id, why)| {
        let flag = Flag { withdrawn: Some((0, why.clone())), ..seen.ledger.flag(*id)?.clone() };
        Some((flag, State::Withdrawn))
    });
    raised.chain(withdrawn).collect()
}

/// What a run did with an alert, and how it stands.
pub fn touched<'a>(seen: &'a Evaluated, done: &'a Deliveries, as_of: NaiveDate) -> Vec<(&'a Flag, State)> {
    let raised = seen.evaluation.raise.values().flatten().map(|alert| alert.id);
    let withdrawn = seen.evaluation.withdraw.values().flatten().map(|(id, _)| *id);
    let waiting = seen.ledger.flags().filter(|flag| matches!(seen.ledger.state(flag, as_of), State::Undelivered | State::Dead));
    let mut ids: Vec<Uuid> =
        raised.chain(withdrawn).chain(done.delivered.iter().copied()).chain(waiting.map(|flag| flag.alert.id)).collect();
    ids.sort();
    ids.dedup();
    let mut touched: Vec<(&Flag, State)> =
        ids.into_iter().filter_map(|id| seen.ledger.flag(id)).map(|flag| (flag, seen.ledger.state(flag, as_of))).collect();
    touched.sort_by(|(one, _), (other, _)| {
        let key = |flag: &Flag| (flag.alert.entry.clone(), flag.alert.rung, flag.channel.clone());
        key(one).cmp(&key(other))
    });
    touched
}
