//! `obligo check-nagios`: one line for a monitor, with the exit codes that monitors know. Whatever keeps it from an answer is UNKNOWN,
//! wrong usage too.

use std::process::ExitCode;

use rules::Docket;
use rules::docket::Line;
use rules::time::Period;

use super::due::Window;
use super::status::{by_date, is_overdue};
use super::{Context, args};
use crate::app::Position;
use crate::clock;
use crate::config;
use crate::error::Error;
use crate::jobs::health;
use crate::report::words::counted;

/// The verb.
pub const NAME: &str = "check-nagios";

/// So many lines are named; the rest is counted.
const NAMED: usize = 3;

const AFTER_HELP: &str = "\
CRITICAL is what is overdue. A date that is a range counts from its earliest day for --warning and --critical, and is overdue after its
latest. As a service of Nagios or Icinga:
  check_command  obligo check-nagios --register /srv/obligo/obligo.db --warning 30d --critical 3d";

#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Warn of what could fall due in so long: 30d, 3m, "6 months"; 0d is today
    #[arg(short, long, value_name = "PERIOD", default_value = "30d")]
    warning: String,

    /// Critical is, besides what is overdue, what could fall due in so long
    #[arg(short, long, value_name = "PERIOD")]
    critical: Option<String>,
}

/// How bad it is, as Nagios has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "OK",
            Level::Warning => "WARNING",
            Level::Critical => "CRITICAL",
            Level::Unknown => "UNKNOWN",
        }
    }
}

/// One thing that is looked at: how bad, and in words.
struct Said {
    level: Level,
    words: String,
}

pub fn run(args: &Args, context: &Context) -> Result<u8, Error> {
    let (level, words) = judged(args, context).unwrap_or_else(|error| (Level::Unknown, in_one_line(&error.in_one_line())));
    // A monitor that reads nothing must not take it for anything that was found.
    Ok(told(level, &words).map_or(Level::Unknown, |()| level) as u8)
}

fn told(level: Level, words: &str) -> Result<(), Error> {
    say!("{} - {words}", level.word());
    Ok(())
}

/// What is said where the arguments are wrong: a monitor reads one line of what is written, and takes 2 for critical.
pub fn misused(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    // Whether somebody reads it changes nothing.
    let _ = told(Level::Unknown, &in_one_line(what));
    ExitCode::from(Level::Unknown as u8)
}

fn judged(args: &Args, context: &Context) -> Result<(Level, String), Error> {
    let today = clock::today()?;
    let warning = period(&args.warning)?;
    let critical = args.critical.as_deref().map(period).transpose()?;
    let view = context.view(&context.reader()?, &Position::on(today), None)?;
    let docket = &view.docket;
    let within = |period: Period| Window::within(period, today).of(docket);
    let overdue: Vec<&Line> = docket.entries.iter().filter(|line| is_overdue(line)).collect();
    let near = critical.map(within);
    let soon = within(warning);
    let (near, soon) = (near.as_ref().map_or(Vec::new(), to_come), to_come(&soon));
    let mut said = vec![
        of_lines(Level::Critical, &overdue, "overdue"),
        of_lines(Level::Critical, &near, &format!("due within {}", args.critical.as_deref().unwrap_or_default())),
        of_lines(Level::Warning, &soon, &format!("due within {}", args.warning)),
    ];
    // What cannot be read may be a deadline.
    let unread = docket.findings.iter().filter(|finding| finding.agreement.is_none()).count();
    let words = format!("{} cannot be read: obligo verify", counted(unread, "record"));
    said.push((unread > 0).then_some(Said { level: Level::Warning, words }));

    let ledger = &view.register.ledger;
    // Where no run was ever recorded, deadlines are looked after by other means.
    let late = health::late_run(ledger, &config::read()?.own, clock::now()).filter(|_| ledger.last_run().is_some());
    said.push(late.map(|words| Said { level: Level::Warning, words }));
    let (waiting, dead) = health::undelivered(ledger, today);
    let words = format!("{} could not be delivered", counted(dead, "alert"));
    said.push((dead > 0).then_some(Said { level: Level::Critical, words }));
    let words = format!("{} not delivered yet", counted(waiting, "alert"));
    said.push((waiting > 0).then_some(Said { level: Level::Warning, words }));

    let said: Vec<Said> = said.into_iter().flatten().collect();
    let level = said.iter().map(|one| one.level).max().unwrap_or(Level::Ok);
    let words = match said.as_slice() {
        [] => format!("nothing is overdue, or due within {}", args.warning),
        said => said.iter().map(|one| one.words.as_str()).collect::<Vec<_>>().join(", "),
    };
    // Each with the range that is in order: more than none is not.
    let mut numbers = vec![format!("overdue={};;0;0", overdue.len()), format!("soon={};0;;0", soon.len())];
    numbers.push(format!("undelivered={};0;;0", waiting + dead));
    numbers.extend(critical.map(|_| format!("near={};;0;0", near.len())));
    Ok((level, format!("{} | {}", in_one_line(&words), numbers.join(" "))))
}

/// What of a window is not overdue yet.
fn to_come(docket: &Docket) -> Vec<&Line> {
    docket.entries.iter().filter(|line| !is_overdue(line)).collect()
}

/// `2 overdue (pact/3, pact/4)`; nothing where there is none.
fn of_lines(level: Level, lines: &[&Line], what: &str) -> Option<Said> {
    let mut named: Vec<&str> = by_date(lines.to_vec()).into_iter().take(NAMED).map(|line| line.id.as_str()).collect();
    named.extend((lines.len() > NAMED).then_some("…"));
    (!lines.is_empty()).then(|| Said { level, words: format!("{} {what} ({})", lines.len(), named.join(", ")) })
}

/// A period of whole days; here alone it may be none.
fn period(text: &str) -> Result<Period, Error> {
    if text == "0d" { Ok(Period::of_days(0)) } else { args::plain_period(text) }
}

/// One line, in which nothing is taken for the numbers after it.
fn in_one_line(text: &str) -> String {
    text.replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ")
}
