//! `obligo due`: what is due in a window of time. Silent when nothing is, for a person's own cron.

use chrono::NaiveDate;
use rules::Docket;
use rules::time::Period;

use super::Context;
use super::args::{self, Reading};
use super::status::{self, by_date, footer, is_overdue, together};
use crate::app::View;
use crate::clock;
use crate::error::Error;
use crate::report::calendar::ALARMS;
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

    /// Every line, however many
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    reading: Reading,
}

pub use crate::derived::answers::Window;

/// So far one looks ahead, if nobody says how far.
pub fn ahead() -> Period {
    Period::of_days(90)
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let window = window(&args, position.as_of)?;
    let register = context.reader()?;
    let output = &args.reading.output;
    let format = output.format()?;
    let (any_overdue, any) = if format.is_words() {
        let overall = context.overall(&register, &position, Some(&window), args.all)?;
        let due = &overall.due;
        let mut sections = Vec::new();
        if !due.lines.is_empty() {
            sections.push(status::told(position.as_of, &due.lines));
            sections.extend(status::more(due.more));
            sections.extend(overall.footer(&due.handling));
        }
        let found = (due.any_overdue, !due.lines.is_empty());
        if found.1 || output.file.is_some() {
            let stamp = context.stamp_of(Some(&position), overall.seen, &overall.rules);
            output.write(&Report::of_words(sections).stamped(stamp))?;
        }
        overall.keep();
        found
    } else {
        let view = context.view(&register, &position, None)?;
        let docket = window.of(&view.docket);
        let any = !docket.entries.is_empty();
        let mut report = report(&view, &docket);
        report.calendar = (format == Format::Ics).then(|| status::calendar(&view, &docket, "Obligo", &|_| ALARMS.to_vec()));
        if any || matches!(format, Format::Json | Format::Ics) || output.file.is_some() {
            output.write(&report.stamped(context.stamp(&view)))?;
        }
        (docket.entries.iter().any(is_overdue), any)
    };
    Ok(match (args.exit_code, any_overdue, any) {
        (true, true, _) => 11,
        (true, false, true) => 10,
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
