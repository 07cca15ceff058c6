//! `obligo due`: what is due in a window of time. Silent when nothing is, for a person's own cron.

use chrono::NaiveDate;
use rules::Docket;
use rules::docket::{Kind, Line, Timing};
use rules::time::Period;

use super::Context;
use super::args::{self, Reading};
use super::status::{self, by_date, footer, is_overdue, together};
use crate::app::View;
use crate::clock;
use crate::error::Error;
use crate::report::json::DocketJson;
use crate::report::{Format, Report};

const AFTER_HELP: &str = "\
For cron, which mails whatever is written; nothing is, when nothing is due:
  0 7 * * *  obligo due --within 30d --register /srv/obligo/obligo.db
In a script, which acts on what is due (10), overdue (11), or went wrong:
  obligo due --within 7d --exit-code >due.txt || mail -s deadlines me@example.org <due.txt";

#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// From now on for so long, and whatever is overdue: 90d, 3m, "6 months" [default: 90d]
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    within: Option<String>,

    /// From this day
    #[arg(long, value_name = "DATE", requires = "to", allow_hyphen_values = true)]
    from: Option<String>,

    /// To this day
    #[arg(long, value_name = "DATE", requires = "from", allow_hyphen_values = true)]
    to: Option<String>,

    /// Exit with 11 if something is overdue, with 10 if something is due, with 0 otherwise
    #[arg(long)]
    exit_code: bool,

    #[command(flatten)]
    reading: Reading,
}

/// Days between which something is looked for.
pub struct Window {
    from: NaiveDate,
    to: NaiveDate,
    overdue_too: bool,
}

impl Window {
    /// From a day on for so long, and whatever is overdue then.
    pub fn within(period: Period, as_of: NaiveDate) -> Self {
        Window { from: as_of, to: period.after(as_of).unwrap_or(NaiveDate::MAX), overdue_too: true }
    }

    /// What of a docket is due in it.
    pub fn of(&self, docket: &Docket) -> Docket {
        docket.with_entries(|line| is_in(line, self))
    }
}

/// So far one looks ahead, if nobody says how far.
pub fn ahead() -> Period {
    Period::of_days(90)
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let window = window(&args, position.as_of)?;
    let view = context.view(&context.reader()?, &position, None)?;
    let docket = window.of(&view.docket);
    let lines = &docket.entries;
    let format = args.reading.output.format()?;
    let mut report = report(&view, &docket);
    report.calendar = (format == Format::Ics).then(|| status::calendar(&view, &docket, "Obligo"));
    let is_document = matches!(format, Format::Json | Format::Ics);
    if !lines.is_empty() || is_document || args.reading.output.file.is_some() {
        args.reading.output.write(&report.stamped(context.stamp(&view)))?;
    }
    Ok(match (args.exit_code, lines.iter().any(is_overdue), lines.is_empty()) {
        (true, true, _) => 11,
        (true, false, false) => 10,
        _ => 0,
    })
}

/// A docket, the earliest first.
pub fn report(view: &View, docket: &Docket) -> Report {
    let mut report = Report::new(&DocketJson::of(view, docket), "entries", status::COLUMNS);
    if !docket.entries.is_empty() {
        report.sections.push(status::lines(docket, by_date(docket.entries.iter().collect())));
        let handling = together(docket.entries.iter().map(|line| line.handling.as_slice()));
        report.sections.extend(footer(view, &handling));
    }
    report
}

fn window(args: &Args, as_of: NaiveDate) -> Result<Window, Error> {
    if let (Some(from), Some(to)) = (&args.from, &args.to) {
        let today = clock::today()?;
        let (from, to) = (args::day(from, today)?, args::day(to, today)?);
        if to < from {
            return Err(Error::refused(
                "E0305",
                format!("the window ends on {to}, before it begins on {from}"),
                "give the earlier day to --from",
            ));
        }
        return Ok(Window { from, to, overdue_too: false });
    }
    let within = args.within.as_ref().map_or(Ok(ahead()), |text| args::plain_period(text))?;
    Ok(Window::within(within, as_of))
}

/// Its range touches the window. An undetermined date touches it as far as it is known.
fn is_in(line: &Line, window: &Window) -> bool {
    if !line.axes.is_pending() || line.kind == Kind::Power {
        return false;
    }
    let Some(earliest) = line.due.earliest else { return false };
    let latest = line.due.latest.unwrap_or(NaiveDate::MAX);
    let touches = earliest <= window.to && window.from <= latest;
    touches || (window.overdue_too && matches!(line.axes.timing, Timing::Overdue(_) | Timing::InGrace))
}
