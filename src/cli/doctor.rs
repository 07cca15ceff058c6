//! `obligo doctor`: whether all that the scheduled run needs is as it should be, and what to do where it is not.

use std::collections::BTreeSet;

use chrono::Datelike;
use rules::time::calendar::Calendar;

use super::args::Output;
use super::{Context, OpenRegister, stamp_of_program};
use crate::app::{Position, View};
use crate::checkpoints::notes;
use crate::clock;
use crate::config;
use crate::error::Error;
use crate::jobs::plan::Plan;
use crate::jobs::senders::{Senders, missing_secrets};
use crate::jobs::{health, lock};
use crate::report::json::{DoctorJson, FindingOfDoctorJson};
use crate::report::words::counted;
use crate::report::{Report, Section, Tone};

/// A calendar that ends sooner than this many years from now ends soon: a notice may be counted over as many.
const YEARS_AHEAD: i32 = 2;

#[derive(clap::Args)]
pub struct Args {
    /// Exit with 11 if something is wrong, with 10 if something is to be seen to, with 0 otherwise
    #[arg(long)]
    exit_code: bool,

    #[command(flatten)]
    output: Output,
}

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Good,
    See,
    Wrong,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Good => "good",
            Level::See => "see",
            Level::Wrong => "wrong",
        }
    }
}

struct Found {
    level: Level,
    about: &'static str,
    what: String,
    hint: Option<String>,
}

const COLUMNS: &[(&str, &str)] = &[("level", "/level"), ("about", "/about"), ("what", "/what"), ("hint", "/hint")];

pub fn run(args: &Args, context: &Context) -> Result<u8, Error> {
    let found = examined(context)?;
    let worst = found.iter().map(|one| one.level).max().unwrap_or(Level::Good);
    let document = DoctorJson {
        schema: "obligo.doctor.v1",
        findings: found
            .iter()
            .map(|one| FindingOfDoctorJson {
                level: one.level.word(),
                about: one.about,
                what: one.what.clone(),
                hint: one.hint.clone(),
            })
            .collect(),
    };
    let rows = found.iter().map(|one| {
        let sign = match one.level {
            Level::Good => Tone::Good.of("✓"),
            Level::See => Tone::Warning.of("! see to it"),
            Level::Wrong => Tone::Bad.of("✗ wrong"),
        };
        let hint = one.hint.as_deref().map(|hint| format!(" → {hint}")).unwrap_or_default();
        vec![sign, one.about.into(), format!("{}{hint}", one.what).into()]
    });
    let table = Section::Table { columns: vec!["", "ABOUT", ""], rows: rows.collect() };
    let report = Report::new(&document, "findings", COLUMNS).sections(vec![table]);
    args.output.write(&report.stamped(stamp_of_program()))?;
    Ok(match (args.exit_code, worst) {
        (true, Level::Wrong) => 11,
        (true, Level::See) => 10,
        _ => 0,
    })
}

fn examined(context: &Context) -> Result<Vec<Found>, Error> {
    let settings = of_settings();
    let register = match context.reader() {
        Ok(register) => register,
        Err(error) => {
            // Also a network file system is refused here: locks on one do not hold.
            let what = wrong("register", first_line(&error), "obligo where says which register is meant; obligo init makes one");
            return Ok(settings.into_iter().chain([what]).collect());
        }
    };
    let mut found = settings;
    found.extend(of_place(context, &register)?);
    let today = clock::today()?;
    match context.view(&register, &Position::on(today), None) {
        Ok(view) => {
            found.extend(of_runs(&view));
            found.extend(of_calendars(&view));
            found.extend(of_checkpoints(context, &view)?);
        }
        Err(error) => found.push(wrong("register", first_line(&error), "obligo verify says what became of it")),
    }
    Ok(found)
}

fn of_settings() -> Vec<Found> {
    let settings = match config::read() {
        Ok(settings) => settings,
        Err(error) => return vec![wrong("settings", first_line(&error), "obligo config check")],
    };
    let Some(file) = &settings.file else {
        let what = "there is no obligo.toml here or above: what falls due is flagged in the log, and nobody is told";
        return vec![see("settings", what, "docs/jobs.md shows one")];
    };
    let mut faults = Plan::of(&settings.own).err().unwrap_or_default();
    faults.extend(Senders::faults(&settings));
    if !faults.is_empty() {
        let what = format!("{} in {}", counted(faults.len(), "fault"), file.display());
        return vec![wrong("settings", what, "obligo config check")];
    }
    let mut found = vec![good("settings", format!("{} is sound", file.display()))];
    if settings.own.mail.is_none() && settings.own.webhooks.is_empty() {
        found.push(see(
            "channels",
            "neither mail nor a webhook is set: alerts are raised in the log alone",
            "docs/jobs.md shows how",
        ));
    }
    for missing in missing_secrets(&settings) {
        found.push(see("secrets", missing.detail, "in a unit of systemd, LoadCredential hands it over"));
    }
    found
}

fn of_place(context: &Context, register: &OpenRegister) -> Result<Vec<Found>, Error> {
    let found = context.register()?;
    let folder = found.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let mut said = vec![good("register", format!("{}, on a local file system ({})", found.path.display(), found.because))];
    if let Err(error) = lock::try_beside(&found.path) {
        let what = format!("nothing can be written in {}: {error}", folder.display());
        said.push(wrong("folder", what, "a run, and every record, is written beside the register"));
    }
    let last = events::EventLog::recorded_at(&register.log, events::EventLog::head(&register.log)?.size)?;
    if let Some(last) = last.filter(|last| *last > clock::now() + chrono::TimeDelta::minutes(5)) {
        let what = format!("the last record is of {}, which is to come", last.format("%Y-%m-%d %H:%M UTC"));
        said.push(wrong("clock", what, "the machine's clock is wrong, or was when that was recorded"));
    }
    Ok(said)
}

fn of_runs(view: &View) -> Vec<Found> {
    let ledger = &view.register.ledger;
    let settings = config::read().map(|settings| settings.own).unwrap_or_default();
    let mut found = Vec::new();
    match health::late_run(ledger, &settings, clock::now()) {
        Some(what) => {
            found.push(wrong("last run", what, "obligo install-timer has it run each day; obligo run makes good what was missed"))
        }
        None => {
            let run = ledger.last_run().map(|run| format!("in time: it looked from {} (record {})", run.as_of, run.seq));
            found.push(good("last run", run.unwrap_or_default()));
        }
    }
    match health::undelivered(ledger, view.docket.as_of) {
        (0, 0) => found.push(good("delivery", "nothing is undelivered")),
        (waiting, 0) => {
            let what = format!("{} not delivered yet", counted(waiting, "alert"));
            found.push(see(
                "delivery",
                what,
                "each run tries again, with pauses that grow: obligo alerts list --state undelivered",
            ));
        }
        (waiting, dead) => {
            let what = format!("{} could not be delivered; {waiting} more wait", counted(dead, "alert"));
            found.push(wrong("delivery", what, "obligo alerts list --state dead says which; tell whoever was to know"));
        }
    }
    found
}

/// Of the calendars that agreements count by, those that end soon.
fn of_calendars(view: &View) -> Vec<Found> {
    let used: BTreeSet<&str> =
        view.register.agreements.values().flat_map(|agreement| &agreement.about().calendars).map(String::as_str).collect();
    let year = view.docket.as_of.year();
    let rules = view.rules.set();
    let of = |calendar: &Calendar| -> Option<Found> {
        let edition = calendar.latest().filter(|_| used.contains(calendar.id.as_str()))?;
        let (_, last) = edition.covers;
        (last < year + YEARS_AHEAD).then(|| {
            let what = format!("calendar {} ends with {last}: what is counted beyond is undetermined", calendar.id);
            see("calendars", what, "a newer program has more years; obligo calendars shows them")
        })
    };
    let mut found: Vec<Found> = rules.almanac.calendars.iter().filter_map(of).collect();
    if found.is_empty() {
        let what = if used.is_empty() {
            "no agreement counts by one".into()
        } else {
            format!("{} used, each beyond {}", counted(used.len(), "calendar"), year + YEARS_AHEAD - 1)
        };
        found.push(good("calendars", what));
    }
    found
}

/// Whether somebody else holds a checkpoint: the ones beside the register prove nothing against whoever holds the register.
fn of_checkpoints(context: &Context, view: &View) -> Result<Vec<Found>, Error> {
    let beside = context.beside()?;
    let held = notes::last(&beside.cosigned)?;
    let size = view.log.size;
    Ok(vec![match held {
        Some(held) if held.checkpoint.size == size => good("checkpoint", format!("a witness holds that of all {size} records")),
        Some(held) => {
            let what = format!("a witness holds that of {} records, of {size}", held.checkpoint.size);
            see("checkpoint", what, "obligo witness submit after each run")
        }
        None => see(
            "checkpoint",
            "that one is held elsewhere is not known here",
            "obligo witness submit, or keep what `obligo prove` and the files of answers carry somewhere else",
        ),
    }])
}

fn first_line(error: &Error) -> String {
    match error {
        Error::Refused(all) => all.iter().map(|one| one.fault.what.clone()).collect::<Vec<_>>().join("; "),
        error => error.to_string(),
    }
}

fn good(about: &'static str, what: impl Into<String>) -> Found {
    Found { level: Level::Good, about, what: what.into(), hint: None }
}

fn see(about: &'static str, what: impl Into<String>, hint: &str) -> Found {
    Found { level: Level::See, about, what: what.into(), hint: Some(hint.into()) }
}

fn wrong(about: &'static str, what: impl Into<String>, hint: &str) -> Found {
    Found { level: Level::Wrong, about, what: what.into(), hint: Some(hint.into()) }
}
