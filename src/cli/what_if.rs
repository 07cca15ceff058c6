//! `obligo what-if`: what would follow from an act, in front of any that can be recorded. Nothing is written.

use chrono::NaiveDate;
use rules::docket::{Docket, Line};
use rules::what_if::{Consequences, End, consequences, end};

use super::args::Output;
use super::outcome::change_words;
use super::record::{self, Act};
use super::{Context, status};
use crate::app::{App, TimeOrdered, Unwritten};
use crate::clock;
use crate::error::Error;
use crate::report::json::{WhatIfEndJson, WhatIfJson};
use crate::report::{Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,

    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let log = context.reader()?;
    let mut app = App { log, actor: "nobody".into(), today: clock::today()?, ids: Box::new(TimeOrdered) };
    let (proposal, _) = record::proposal(args.act, &app)?;
    let agreement = proposal.agreement.clone();
    let imagined = app.imagine(&[proposal]).map_err(Unwritten::into_error)?;
    let (before, after) = imagined.on(app.today);
    let end = end(&before, &after, &agreement);
    let last = end.as_ref().map(|end| if end.span.latest == NaiveDate::MAX { end.span.earliest } else { end.span.latest });
    let then = end.as_ref().zip(last).map(|(end, day)| {
        let (without, with) = imagined.on(day);
        consequences(end, &after, &without, &with, &agreement)
    });
    args.output.write(&report(&before, &after, end.as_ref(), then.as_ref(), &imagined.records))?;
    Ok(0)
}

const COLUMNS: &[(&str, &str)] =
    &[("id", "/id"), ("kind", "/kind"), ("label", "/label"), ("due_earliest", "/due/earliest"), ("due_latest", "/due/latest")];

fn report(before: &Docket, after: &Docket, end: Option<&End>, then: Option<&Consequences>, records: &[events::Record]) -> Report {
    let lines = |of: fn(&Consequences) -> &Vec<Line>| then.map(of).into_iter().flatten().map(Into::into).collect();
    let changes = after.changes(before);
    let document = WhatIfJson {
        schema: "obligo.what-if.v1",
        as_of: after.as_of.to_string(),
        rules: rules::RULES,
        what: records.iter().map(|record| format!("{}: {}", record.event.kind(), words::event(&record.event))).collect(),
        changes: changes.iter().map(change_words).collect(),
        end: end.map(|end| WhatIfEndJson {
            of: end.of.clone(),
            on: end.span.into(),
            because: end.because.iter().map(Into::into).collect(),
            last_day_to_retract: end.last_day_to_retract.map(|day| day.to_string()),
        }),
        ends: lines(|then| &then.ends),
        goes_on: lines(|then| &then.goes_on),
        meetings: lines(|then| &then.meetings),
    };
    let mut sections = vec![Section::Line(vec![
        Tone::Strong.of(format!("What if, on {}: ", after.as_of)),
        document.what.join("; ").into(),
        Tone::Dim.of("   nothing is written"),
    ])];
    if let Some(end) = end {
        let what = end.of.as_ref().map_or("the agreement".to_string(), |party| format!("the participation of {party}"));
        sections.push(Section::Heading("The end".into()));
        sections.push(Section::line(format!("First day without {what}: {}", end.span.words())));
        sections.extend(end.because.iter().map(|reason| Section::note(format!("  {}", reason.text))));
        if let Some(day) = end.last_day_to_retract {
            sections.push(Section::line(format!("It could be taken back until {day}.")));
        }
    }
    sections.push(Section::Heading(format!("What follows on {}", after.as_of)));
    if document.changes.is_empty() {
        sections.push(Section::line("Nothing changes on that day."));
    }
    sections.extend(document.changes.iter().map(|change| Section::line(change.clone())));
    if let (Some(then), Some(end)) = (then, end) {
        // The states are those of the day of the end, and so are the distances.
        let on_the_day = Docket { as_of: end.span.latest.min(end.span.earliest.max(after.as_of)), ..after.clone() };
        for (title, lines) in
            [("Meetings before the end", &then.meetings), ("Goes on, or stays due", &then.goes_on), ("Ends with it", &then.ends)]
        {
            if !lines.is_empty() {
                sections.push(Section::Heading(title.into()));
                sections
                    .push(status::lines(if title.starts_with("Meetings") { after } else { &on_the_day }, lines.iter().collect()));
            }
        }
    }
    Report::new(&document, "ends", COLUMNS).sections(sections)
}
