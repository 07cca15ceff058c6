//! `obligo alerts`: what was flagged, who was told, and what they said of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::Event;
use events::alert::{AlertFact, AlertsAcknowledged, AlertsEscalated, AlertsSnoozed};
use events::record::ALERTS;
use rules::alert::{Flag, LOG, Ledger, State};
use rules::decide::Proposal;
use rules::fault::{Fault, nearest};
use uuid::Uuid;

use super::args::{self, Reading, Writing};
use super::{Context, outcome};
use crate::app::{Unwritten, View};
use crate::config;
use crate::error::Error;
use crate::jobs::items;
use crate::jobs::plan::Plan;
use crate::report::json::{AlertJson, AlertsJson};
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    list: List,
}

impl Args {
    /// Whether it says something of alerts, and does not merely list them.
    pub fn writes(&self) -> bool {
        matches!(self.verb, Some(Verb::Ack(_) | Verb::Snooze(_) | Verb::Escalate(_)))
    }
}

#[derive(clap::Subcommand)]
enum Verb {
    /// What is flagged now; with --all, whatever was ever flagged
    List(List),
    /// One alert, or all of one line, with what became of it
    Show(Show),
    /// Take note: nobody is told of it again before its date has passed
    Ack(Ack),
    /// Put off: nobody is told of it before a day
    Snooze(Snooze),
    /// Send up: the manager, or somebody, is told by the next run
    Escalate(Escalate),
}

#[derive(clap::Args, Default)]
struct List {
    /// Only those in this state: raised, undelivered, dead, delivered, snoozed, acknowledged, withdrawn
    #[arg(long, value_name = "STATE")]
    state: Option<String>,

    /// Also what was withdrawn, and what is owed no more
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    reading: Reading,
}

#[derive(clap::Args)]
struct Show {
    /// An alert's id, its beginning, or the id of a line
    #[arg(value_name = "ID")]
    which: String,

    #[command(flatten)]
    reading: Reading,
}

#[derive(clap::Args)]
struct Ack {
    /// Alerts' ids, their beginnings, or ids of lines
    #[arg(value_name = "ID", required = true)]
    which: Vec<String>,

    /// What is said of it; kept beside the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    writing: Writing,
}

#[derive(clap::Args)]
struct Snooze {
    /// Alerts' ids, their beginnings, or ids of lines
    #[arg(value_name = "ID", required = true)]
    which: Vec<String>,

    /// The first day on which it is told again: 2026-12-01, +7d
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    until: String,

    /// Why; kept beside the log
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    writing: Writing,
}

#[derive(clap::Args)]
struct Escalate {
    /// Alerts' ids, their beginnings, or ids of lines
    #[arg(value_name = "ID", required = true)]
    which: Vec<String>,

    /// To whom, by the id of a [[person]] in obligo.toml [default: the manager of who was told]
    #[arg(long, value_name = "ID")]
    to: Option<String>,

    /// Why; kept beside the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    writing: Writing,
}

const COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("entry", "/entry"),
    ("rung", "/rung"),
    ("due_earliest", "/due/earliest"),
    ("due_latest", "/due/latest"),
    ("channel", "/channel"),
    ("state", "/state"),
    ("late_by", "/late_by"),
    ("raised_on", "/raised_on"),
    ("message", "/message"),
    ("why", "/why"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    match args.verb {
        None => list(args.list, context),
        Some(Verb::List(args)) => list(args, context),
        Some(Verb::Show(args)) => show(&args, context),
        Some(Verb::Ack(args)) => say_of(&args.which, args.reason, &args.writing, context, |alerts, _| {
            Ok(AlertFact::Acknowledged(AlertsAcknowledged { alerts }))
        }),
        Some(Verb::Snooze(args)) => {
            let until = args::day(&args.until, crate::clock::today()?)?;
            say_of(&args.which, Some(args.reason), &args.writing, context, |alerts, _| {
                Ok(AlertFact::Snoozed(AlertsSnoozed { alerts, until: until.into() }))
            })
        }
        Some(Verb::Escalate(args)) => {
            let plan = plan()?;
            say_of(&args.which, args.reason, &args.writing, context, |alerts, ledger| {
                let to = args.to.clone().map_or_else(|| manager(&plan, &alerts, ledger), Ok)?;
                if plan.address(&to).is_none() {
                    let what = format!("`{to}` cannot be told: there is no address of such a person, or mail is not sent at all");
                    return Err(Error::refused("E0808", what, "see [[person]] and [mail] in obligo.toml: obligo config check"));
                }
                refuse_told(&alerts, &to, ledger)?;
                Ok(AlertFact::Escalated(AlertsEscalated { alerts, to }))
            })
        }
    }
}

fn plan() -> Result<Plan, Error> {
    Plan::of(&config::read()?.own).map_err(|faults| {
        let all = faults.into_iter().map(|fault| crate::error::Diagnostic { fault, place: None });
        Error::Refused(all.collect())
    })
}

/// Who was told of each of these lines at the rung where it stands is told nothing new by sending it up.
fn refuse_told(alerts: &[Uuid], to: &str, ledger: &Ledger) -> Result<(), Error> {
    let channel = format!("mail/{to}");
    let lines: BTreeSet<&str> = alerts.iter().filter_map(|id| Some(ledger.flag(*id)?.alert.entry.as_str())).collect();
    let was_told = |line: &&str| {
        let standing = || ledger.of_line(line).filter(|flag| flag.withdrawn.is_none());
        let last =
            standing().filter(|flag| flag.channel == LOG).max_by_key(|flag| (flag.seq, std::cmp::Reverse(flag.alert.rung)));
        let is_up = standing().any(|flag| flag.escalated.as_ref().is_some_and(|(_, person)| person == to));
        is_up || last.is_some_and(|last| standing().any(|flag| flag.channel == channel && flag.alert.rung == last.alert.rung))
    };
    if lines.iter().all(was_told) {
        let what = format!("`{to}` was told of that already, or it was sent up to them");
        return Err(Error::refused("E0808", what, "obligo alerts show says what became of it; --to ID names somebody else"));
    }
    Ok(())
}

/// The one manager of those who were told.
fn manager(plan: &Plan, alerts: &[Uuid], ledger: &Ledger) -> Result<String, Error> {
    let entries: Vec<&str> = alerts.iter().filter_map(|id| Some(ledger.flag(*id)?.alert.entry.as_str())).collect();
    let told = ledger.flags().filter(|flag| entries.contains(&flag.alert.entry.as_str()));
    let mut managers: Vec<&str> = told.filter_map(|flag| plan.manager(flag.channel.strip_prefix("mail/")?)).collect();
    managers.sort_unstable();
    managers.dedup();
    match managers.as_slice() {
        [one] => Ok((*one).into()),
        [] => Err(Error::refused("E0808", "nobody who was told of it has a manager", "say to whom: --to ID")),
        many => Err(Error::refused(
            "E0808",
            format!("those who were told have several managers: {}", many.join(", ")),
            "say to whom: --to ID",
        )),
    }
}

fn list(args: List, context: &Context) -> Result<u8, Error> {
    let state = args.state.as_deref().map(state).transpose()?;
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    let as_of = position.as_of;
    let ledger = &view.register.ledger;
    let is_owed =
        |flag: &Flag| view.docket.line(&flag.alert.entry).is_some_and(|line| line.axes.is_pending() && flag.is_of(line));
    let mut flags: Vec<&Flag> = ledger
        .flags()
        .filter(|flag| match state {
            Some(wanted) => ledger.state(flag, as_of) == wanted,
            None => args.all || (flag.withdrawn.is_none() && is_owed(flag)),
        })
        .collect();
    sort(&mut flags);
    args.reading.output.write(&report(&view, &flags, as_of).stamped(context.stamp(&view)))?;
    Ok(0)
}

fn sort(flags: &mut [&Flag]) {
    flags.sort_by_key(|flag| {
        let alert = &flag.alert;
        (alert.earliest.as_ref().and_then(events::DateSpec::exact), alert.entry.clone(), flag.seq, flag.channel.clone())
    });
}

fn state(word: &str) -> Result<State, Error> {
    const STATES: [State; 7] =
        [State::Raised, State::Undelivered, State::Dead, State::Delivered, State::Snoozed, State::Acknowledged, State::Withdrawn];
    STATES.into_iter().find(|state| state.word() == word).ok_or_else(|| {
        let known = STATES.into_iter().map(State::word);
        Fault::new("E0504", &["state"], format!("`{word}` is no state of an alert")).hint(nearest(word, known)).into()
    })
}

fn report(view: &View, flags: &[&Flag], as_of: NaiveDate) -> Report {
    let ledger = &view.register.ledger;
    let document = AlertsJson {
        schema: "obligo.alerts.v1",
        as_of: as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        last_run: ledger.last_run().map(Into::into),
        alerts: flags.iter().map(|flag| AlertJson::of(flag, ledger.state(flag, as_of))).collect(),
    };
    let run = ledger.last_run().map_or_else(
        || "No run was recorded yet: obligo run".into(),
        |run| format!("The last run looked from {}; it is record {}.", run.as_of, run.seq),
    );
    let mut sections = vec![Section::line(run)];
    if flags.is_empty() {
        sections.push(Section::line("Nothing is flagged."));
    } else {
        let rows = flags.iter().map(|flag| row(flag, ledger, as_of)).collect();
        let columns = vec!["ALERT", "LINE", "BY", "RUNG", "CHANNEL", "STATE", "RAISED"];
        sections.push(Section::Table { columns, rows });
    }
    Report::new(&document, "alerts", COLUMNS).sections(sections)
}

fn row(flag: &Flag, ledger: &Ledger, as_of: NaiveDate) -> Vec<Cell> {
    let state = ledger.state(flag, as_of);
    let tone = match state {
        State::Undelivered => Tone::Warning,
        State::Dead => Tone::Bad,
        State::Withdrawn => Tone::Dim,
        _ => Tone::Plain,
    };
    let late = flag.alert.late_by.map(|days| format!(", late by {}", words::counted(days as usize, "day"))).unwrap_or_default();
    let raised = flag.raised_on.map(|day| day.to_string()).unwrap_or_default();
    vec![
        Tone::Dim.of(&flag.alert.id.to_string()[..8]),
        Tone::Strong.of(&flag.alert.entry),
        words::due(items::due_of(flag)).into(),
        words::rung(flag.alert.rung).into(),
        flag.channel.as_str().into(),
        tone.of(format!("{}{}", state.word(), waits(flag, state, ledger))),
        format!("{raised}{late}").into(),
    ]
}

/// `: smtp 451, attempt 3, next try from 2026-03-02 06:20 UTC`; nothing of what does not wait.
fn waits(flag: &Flag, state: State, ledger: &Ledger) -> String {
    let message = ledger.message_of(flag);
    let Some((attempts, (_, why))) = message.and_then(|message| Some((&message.attempts, message.attempts.last.as_ref()?)))
    else {
        return String::new();
    };
    match (state, attempts.not_before()) {
        (State::Dead, _) => format!(": {why}"),
        (State::Undelivered, Some(next)) => {
            format!(": {why}, attempt {}, next try from {}", attempts.failed, next.format("%Y-%m-%d %H:%M UTC"))
        }
        _ => String::new(),
    }
}

fn show(args: &Show, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    let ledger = &view.register.ledger;
    let mut flags = meant(ledger, &args.which, true)?;
    sort(&mut flags);
    let mut report = report(&view, &flags, position.as_of);
    for flag in &flags {
        report.sections.push(Section::Heading(flag.alert.id.to_string()));
        report.sections.extend(story(flag, ledger).into_iter().map(Section::line));
    }
    args.reading.output.write(&report.stamped(context.stamp(&view)))?;
    Ok(0)
}

/// What became of an alert, record by record.
fn story(flag: &Flag, ledger: &Ledger) -> Vec<String> {
    let mut told = vec![(flag.seq, format!("raised for {}", flag.channel))];
    let message = ledger.message_of(flag);
    if let Some((_, why)) = message.and_then(|message| message.attempts.last.as_ref()).filter(|_| flag.delivered.is_none()) {
        let attempts = message.map_or(0, |message| message.attempts.failed);
        let again = if message.is_some_and(|message| message.attempts.is_dead) { "; it is not tried again" } else { "" };
        told.push((u64::MAX, format!("not delivered after {}: {why}{again}", words::counted(attempts as usize, "attempt"))));
    }
    told.extend(flag.delivered.map(|seq| (seq, "delivered".into())));
    told.extend(flag.acknowledged.map(|seq| (seq, "acknowledged".into())));
    told.extend(flag.snoozed.as_ref().map(|(seq, until)| (*seq, format!("put off to {until}"))));
    told.extend(flag.escalated.as_ref().map(|(seq, to)| (*seq, format!("sent up to {to}"))));
    told.extend(flag.withdrawn.as_ref().map(|(seq, why)| (*seq, format!("withdrawn: {why}"))));
    told.sort();
    let place = |seq: u64| if seq == u64::MAX { String::new() } else { format!("#{seq}  ") };
    told.into_iter().map(|(seq, what)| format!("  {}{what}", place(seq))).collect()
}

/// The alerts that are meant: by id, by the beginning of one, or all of a line.
fn meant<'a>(ledger: &'a Ledger, which: &str, withdrawn_too: bool) -> Result<Vec<&'a Flag>, Error> {
    let counts = |flag: &&Flag| withdrawn_too || flag.withdrawn.is_none();
    let of_line: Vec<&Flag> = ledger.of_line(which).filter(counts).collect();
    if !of_line.is_empty() {
        return Ok(of_line);
    }
    let begins = |flag: &&Flag| which.len() >= 4 && flag.alert.id.to_string().starts_with(&which.to_lowercase());
    let found: Vec<&Flag> = ledger.flags().filter(counts).filter(begins).collect();
    match found.as_slice() {
        [_] => Ok(found),
        [] => {
            let lines = ledger.flags().map(|flag| flag.alert.entry.as_str());
            let fault = Fault::new("E0504", &[], format!("there is no alert `{which}`, and none of a line of that name"));
            Err(fault.hint(nearest(which, lines)).into())
        }
        many => {
            let ids: Vec<String> = many.iter().map(|flag| flag.alert.id.to_string()).collect();
            let what = format!("`{which}` is the beginning of {} alerts", many.len());
            Err(Error::refused("E0503", what, format!("one of {}", ids.join(", "))))
        }
    }
}

fn say_of(
    which: &[String],
    reason: Option<String>,
    writing: &Writing,
    context: &Context,
    fact: impl Fn(Vec<Uuid>, &Ledger) -> Result<AlertFact, Error>,
) -> Result<u8, Error> {
    let how = writing.how()?;
    let mut app = context.writer(&writing.actor)?;
    let ledger = crate::jobs::run::ledger(&app.log)?;
    let mut alerts: Vec<Uuid> = Vec::new();
    for one in which {
        alerts.extend(meant(&ledger, one, false)?.iter().map(|flag| flag.alert.id));
    }
    alerts.sort();
    alerts.dedup();
    let proposal = Proposal { reason, ..Proposal::new(ALERTS, Event::Alert(fact(alerts, &ledger)?)).on(app.today) };
    let result = app.execute(&[proposal], how).map_err(Unwritten::into_error)?;
    outcome::show(&result, how, &app.log, writing)?;
    Ok(0)
}

/// What `status` says of alerts that wait: nothing where all arrived.
pub fn undelivered((waiting, dead): (usize, usize)) -> Option<Section> {
    let waits = |count: usize| format!("{} not delivered yet", words::counted(count, "alert"));
    let is_dead =
        |count: usize| format!("✗ {} could not be delivered: obligo alerts list --state dead", words::counted(count, "alert"));
    match (waiting, dead) {
        (0, 0) => None,
        (waiting, 0) => Some(Section::Line(vec![Tone::Warning.of(waits(waiting))])),
        (0, dead) => Some(Section::Line(vec![Tone::Bad.of(is_dead(dead))])),
        (waiting, dead) => Some(Section::Line(vec![Tone::Bad.of(format!("{}; {}", is_dead(dead), waits(waiting)))])),
    }
}
