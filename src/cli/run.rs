//! `obligo run`: the one verb for a timer. It flags what falls due, tells whoever is to know, writes its files, records that it ran.

use std::path::PathBuf;

use events::EventLog;
use rules::alert::{Flag, LOG, State};
use rules::fault::Fault;
use uuid::Uuid;

use super::args::{self, Output};
use super::{Context, files};
use crate::app::opaque;
use crate::clock;
use crate::config;
use crate::error::{Diagnostic, Error};
use crate::jobs::items;
use crate::jobs::lock::Lock;
use crate::jobs::ping::Signal;
use crate::jobs::plan::{Plan, When};
use crate::jobs::run::{self, Deliveries, Evaluated, Job};
use crate::jobs::senders::Senders;
use crate::report::json::{AlertJson, RunJson};
use crate::report::{Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// From this day, everywhere: 2026-06-30, today [default: the day it is, by each party's own clock]
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    as_of: Option<String>,

    /// Say what would be flagged, and record, send and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Believe a clock that is more than a year ahead of all that is recorded
    #[arg(long)]
    accept_clock: bool,

    /// Write a calendar to this file, whatever obligo.toml says
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,

    /// Write a feed to this file, whatever obligo.toml says
    #[arg(long, value_name = "FILE")]
    atom: Option<PathBuf>,

    /// Write what is due to this file as CSV, whatever obligo.toml says
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// Write metrics to this file, whatever obligo.toml says
    #[arg(long, value_name = "FILE")]
    prometheus: Option<PathBuf>,

    /// Tell this dead man's switch, whatever obligo.toml says: an address, credential:NAME or env:NAME
    #[arg(long, value_name = "URL")]
    ping: Option<String>,

    /// Who runs it: an opaque id, never a name
    #[arg(long, value_name = "ID", default_value = "job")]
    actor: String,

    #[command(flatten)]
    output: Output,
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
    ("why", "/why"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    opaque(&args.actor)?;
    let mut settings = config::read()?;
    let own = |given: &Option<PathBuf>, set: &mut Option<PathBuf>| {
        if let Some(given) = given {
            *set = std::path::absolute(given).ok();
        }
    };
    own(&args.calendar, &mut settings.own.files.calendar);
    own(&args.atom, &mut settings.own.files.atom);
    own(&args.csv, &mut settings.own.files.csv);
    own(&args.prometheus, &mut settings.own.files.prometheus);
    if let Some(url) = &args.ping {
        settings.own.ping = Some(config::settings::Ping { url: url.clone() });
    }
    let plan = Plan::of(&settings.own).map_err(|faults| refused(faults, &settings))?;
    let faults = Senders::faults(&settings);
    if !faults.is_empty() {
        return Err(refused(faults, &settings));
    }
    let senders = Senders::new(&settings);
    let _lock = if args.dry_run { None } else { Some(Lock::of(&context.register()?.path)?) };
    if !args.dry_run {
        senders.ping(Signal::Start, "");
    }
    let when = when(&args, &plan)?;
    let done = work(&args, context, &settings, &plan, &senders, when);
    match &done {
        _ if args.dry_run => {}
        Ok((seen, deliveries, wrong)) if wrong.is_none() => senders.ping(Signal::Done, &told(seen, deliveries)),
        Ok((.., wrong)) => senders.ping(Signal::Failed, &wrong.as_ref().map(ToString::to_string).unwrap_or_default()),
        Err(error) => senders.ping(Signal::Failed, &error.to_string()),
    }
    for undelivered in senders.unanswered.take() {
        hint!("warning: the dead man's switch was not reached: {}", undelivered.detail);
    }
    let (seen, deliveries, wrong) = done?;
    args.output.write(&report(&seen, &deliveries, when, args.dry_run))?;
    for (channel, undelivered) in &deliveries.failed {
        hint!("warning: {channel} was not reached, {}", undelivered.detail);
    }
    // What is flagged and told stands; the files are written anew by the next run.
    wrong.map_or(Ok(0), Err)
}

type Done = (Evaluated, Deliveries, Option<Error>);

fn work(
    args: &Args,
    context: &Context,
    settings: &config::Read,
    plan: &Plan,
    senders: &Senders,
    when: When,
) -> Result<Done, Error> {
    let mut app = context.writer(&args.actor)?;
    let job = Job {
        plan,
        settings: settings.digest.clone(),
        when,
        clock_says: args.as_of.is_some().then(clock::today).transpose()?,
        accept_clock: args.accept_clock,
    };
    let mut seen = run::run(&mut app, &job, args.dry_run)?;
    if args.dry_run {
        return Ok((seen, Deliveries::default(), None));
    }
    let deliveries = run::deliver(&mut app, &job, &mut seen, &mut &*senders, clock::now())?;
    let written = write_files(context, settings, app.log.origin(), &seen, plan);
    Ok((seen, deliveries, written))
}

/// Writes the files of the settings; what is wrong with them, all at once.
fn write_files(context: &Context, settings: &config::Read, origin: Uuid, seen: &Evaluated, plan: &Plan) -> Option<Error> {
    let count = counts(seen, &Deliveries::default());
    let of_log = seen.ledger.flags().filter(|flag| flag.channel == LOG && flag.withdrawn.is_none());
    let items: Vec<_> = of_log.map(|flag| (flag.recorded_at, items::item(origin, flag, seen, plan))).collect();
    let alerts: Vec<_> = items.iter().map(|(at, item)| (*at, item)).collect();
    let contents = files::Contents {
        view: &seen.view,
        evaluated_at: seen.ledger.last_run().map_or_else(clock::now, |run| run.recorded_at),
        alarms: &|line| plan.alarms(line),
        alerts: &alerts,
        checkpoint: context.checkpoint(seen.view.log.size),
        undelivered: count.undelivered as u64,
        dead_letters: count.dead as u64,
    };
    let failed = files::write(&settings.own.files, &contents);
    let what: Vec<String> = failed.iter().map(Error::in_one_line).collect();
    (!what.is_empty())
        .then(|| Error::failed(what.join("; "), "what was flagged and told stands; the next run writes the files anew"))
}

/// Which day it is. A day that is given, or `OBLIGO_TODAY`, is that day everywhere.
fn when(args: &Args, plan: &Plan) -> Result<When, Error> {
    let today = clock::today()?;
    Ok(match (&args.as_of, clock::is_set(), plan.zone()) {
        (Some(text), ..) => When::Day(args::day(text, today)?),
        (None, true, _) => When::Day(today),
        (None, false, Some(zone)) => When::Clock(clock::now(), zone),
        (None, false, None) => When::Local(clock::now(), today),
    })
}

/// Everything that is wrong with the settings, each with the file it stands in.
pub fn refused(faults: Vec<Fault>, settings: &config::Read) -> Error {
    let place = settings.file.as_ref().map(|file| (file.display().to_string(), settings.text.clone().into(), None));
    Error::Refused(faults.into_iter().map(|fault| Diagnostic { fault, place: place.clone() }).collect())
}

/// `3 raised, 1 withdrawn, 2 delivered; 0 undelivered`.
fn told(seen: &Evaluated, deliveries: &Deliveries) -> String {
    let count = counts(seen, deliveries);
    format!(
        "{} evaluated; {} raised ({} late), {} withdrawn; {} delivered, {} undelivered",
        words::counted(usize::try_from(seen.completed.evaluated).unwrap_or(usize::MAX), "line"),
        count.raised,
        count.late,
        count.withdrawn,
        count.delivered,
        count.undelivered
    )
}

struct Counts {
    raised: usize,
    late: usize,
    withdrawn: usize,
    delivered: usize,
    undelivered: usize,
    dead: usize,
}

fn counts(seen: &Evaluated, deliveries: &Deliveries) -> Counts {
    let raised = || seen.evaluation.raise.values().flatten();
    let as_of = seen.view.docket.as_of;
    let standing = |state: State| seen.ledger.flags().filter(|flag| seen.ledger.state(flag, as_of) == state).count();
    Counts {
        raised: raised().count(),
        late: raised().filter(|alert| alert.late_by.is_some()).count(),
        withdrawn: seen.evaluation.withdraw.values().map(Vec::len).sum(),
        delivered: deliveries.delivered.len(),
        undelivered: standing(State::Undelivered) + standing(State::Dead),
        dead: standing(State::Dead),
    }
}

fn report(seen: &Evaluated, deliveries: &Deliveries, when: When, dry_run: bool) -> Report {
    let (count, as_of) = (counts(seen, deliveries), when.as_of());
    let flags: Vec<(Flag, State)> = if dry_run {
        run::would_raise(seen)
    } else {
        run::touched(seen, deliveries, as_of).into_iter().map(|(flag, state)| (flag.clone(), state)).collect()
    };
    let document = RunJson {
        schema: "obligo.run.v1",
        as_of: as_of.to_string(),
        evaluated: seen.completed.evaluated,
        due: seen.completed.due,
        undetermined: seen.completed.undetermined,
        raised: count.raised,
        delivered: count.delivered,
        withdrawn: count.withdrawn,
        late: count.late,
        undelivered: count.undelivered,
        dead: count.dead,
        recorded: seen.ledger.last_run().filter(|_| !dry_run).map(|run| run.seq),
        log: seen.view.log.into(),
        rules: seen.completed.rules.id.clone(),
        alerts: flags.iter().map(|(flag, state)| AlertJson::of(flag, *state)).collect(),
    };
    let what = if dry_run { "Would be recorded" } else { "Recorded" };
    let mut sections = vec![Section::line(format!("As of {as_of}: {}.", told(seen, deliveries)))];
    let is_new = |flag: &Flag| dry_run || seen.ledger.last_run().is_none_or(|run| flag.recorded_at == run.recorded_at);
    let rows: Vec<_> = flags
        .iter()
        .filter(|(flag, _)| flag.channel == LOG && is_new(flag))
        .map(|(flag, _)| {
            let line = seen.view.docket.line(&flag.alert.entry);
            vec![
                Tone::Strong.of(&flag.alert.entry),
                line.map_or_else(|| "".into(), words::label),
                line.map(|line| words::due(line.due)).unwrap_or_default().into(),
                words::rung(flag.alert.rung).into(),
                flag.alert.late_by.map_or_else(
                    || "".into(),
                    |days| Tone::Warning.of(format!("late by {}", words::counted(days as usize, "day"))),
                ),
            ]
        })
        .collect();
    if !rows.is_empty() {
        sections.push(Section::Heading(format!("{what}: flagged")));
        sections.push(Section::Table { columns: vec!["LINE", "STATE", "BY", "RUNG", ""], rows });
    }
    let withdrawn: Vec<_> = flags
        .iter()
        .filter(|(flag, state)| *state == State::Withdrawn && flag.channel == LOG)
        .map(|(flag, _)| {
            let why = flag.withdrawn.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default();
            vec![Tone::Strong.of(&flag.alert.entry), words::rung(flag.alert.rung).into(), why.into()]
        })
        .collect();
    if !withdrawn.is_empty() {
        sections.push(Section::Heading(format!("{what}: withdrawn")));
        sections.push(Section::Table { columns: vec!["LINE", "RUNG", "WHY"], rows: withdrawn });
    }
    if count.dead > 0 {
        let dead = words::counted(count.dead, "alert");
        sections.push(Section::Line(vec![
            Tone::Bad.of(format!("✗ {dead} could not be delivered and will not be tried again: obligo alerts list --state dead")),
        ]));
    }
    Report::new(&document, "alerts", COLUMNS).sections(sections)
}
