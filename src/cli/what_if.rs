//! `obligo what-if`: what would follow from an act, in front of any that can be recorded. Nothing is written.

use chrono::NaiveDate;
use rules::docket::{Docket, Line};
use rules::notice::terms::Retraction;
use rules::what_if::{Consequences, End, consequences, end, takes_effect};

use super::args::Reading;
use super::outcome::change_words;
use super::record::{self, Act};
use super::status::{by_date, left_out};
use super::{Context, OpenRegister, status};
use crate::app::{self, App, Ground, Imagined, KnownAt, TimeOrdered, Unwritten};
use crate::error::Error;
use crate::report::json::{GoesOnJson, WhatIfEndJson, WhatIfJson, WhatIfLaterJson};
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,

    #[command(flatten)]
    said: record::Said,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let OpenRegister { log, shelf, private, .. } = context.reader()?;
    let ids = Box::new(TimeOrdered);
    let mut app = App { log, shelf, private, actor: "nobody".into(), today: position.as_of, late_after_days: None, ids };
    let (proposal, _) = record::proposal(args.act, &app)?;
    let proposal = args.said.of(proposal);
    let id = proposal.agreement.clone();
    if let Some(seq) = proposal.corrects {
        // Of a record that is not looked at nothing is said, not even whose it is.
        let ground = Ground::of(app.books(), &position)?;
        let all = ground.collect(app.books(), Some(&id), &mut |_| {})?;
        if !all.looked_at(ground.size, &position.sift).contains_key(&seq) {
            return Err(Error::refused("E0504", format!("there is no record {seq}"), "see obligo log, at the same position"));
        }
    }
    let imagined = app.imagine(&[proposal], &position).map_err(Unwritten::into_error)?;
    let (before, after) = imagined.on(app.today);
    let register = imagined.register();
    let agreement = register.agreements.get(&id);
    let end = agreement.and_then(|agreement| end(&before, &after, agreement));
    let last = end.as_ref().map(|end| if end.span.latest == NaiveDate::MAX { end.span.earliest } else { end.span.latest });
    let then = end.as_ref().zip(last).zip(agreement).map(|((end, day), agreement)| {
        let (without, with) = imagined.on(day);
        consequences(end, &after, &without, &with, agreement)
    });
    let takes_effect = imagined.records.iter().filter_map(|record| takes_effect(&record.event)).max();
    let later = takes_effect.filter(|day| after.as_of < *day).map(|day| {
        let (without, with) = imagined.on(day);
        let changes = with.changes(&without).iter().map(change_words).collect();
        WhatIfLaterJson { on: day.to_string(), changes }
    });
    let changes = after.changes(&before).iter().map(change_words).collect();
    let document = WhatIfJson { changes, later, ..document(&after, end.as_ref(), then.as_ref(), &imagined) };
    let document = WhatIfJson { known_at: app::known_at(&app.log, &position, imagined.log.size)?, ..document };
    let mut report = report(document, &after, end.as_ref(), then.as_ref());
    let known = position.known_at.as_ref().and_then(KnownAt::words).map(|words| format!("known at {words}"));
    let told: Vec<String> = known.into_iter().chain(left_out(imagined.log.left_out)).collect();
    if !told.is_empty() {
        report.sections.extend([Section::line(""), Section::note(told.join(" · "))]);
    }
    let stamp = context.stamp_of(Some(&position), imagined.log, &imagined.rules);
    args.reading.output.write(&report.stamped(stamp))?;
    Ok(0)
}

const COLUMNS: &[(&str, &str)] =
    &[("id", "/id"), ("kind", "/kind"), ("label", "/label"), ("due_earliest", "/due/earliest"), ("due_latest", "/due/latest")];

fn document(after: &Docket, end: Option<&End>, then: Option<&Consequences>, imagined: &Imagined) -> WhatIfJson {
    let lines = |of: fn(&Consequences) -> &Vec<Line>| then.map(of).into_iter().flatten().map(Into::into).collect();
    WhatIfJson {
        schema: "obligo.what-if.v1",
        as_of: after.as_of.to_string(),
        known_at: None,
        log: imagined.log.into(),
        rules: imagined.rules.held.set.id.clone(),
        what: imagined.records.iter().map(|record| format!("{}: {}", record.event.kind(), words::event(&record.event))).collect(),
        changes: Vec::new(),
        later: None,
        end: end.map(|end| WhatIfEndJson {
            of: end.of.clone(),
            on: end.span.into(),
            because: end.because.iter().map(Into::into).collect(),
            last_day_to_retract: end.retraction.map(|(day, _)| day.to_string()),
            retraction: end.retraction.map(|(_, retraction)| match retraction {
                Retraction::Alone => "alone",
                Retraction::ByConsent => "by consent",
            }),
        }),
        ends: lines(|then| &then.ends),
        accelerated: lines(|then| &then.accelerated),
        goes_on: then.iter().flat_map(|then| &then.goes_on).map(goes_on_json).collect(),
        meetings: lines(|then| &then.meetings),
        meetings_after: lines(|then| &then.meetings_after),
    }
}

fn report(document: WhatIfJson, after: &Docket, end: Option<&End>, then: Option<&Consequences>) -> Report {
    let mut sections = vec![Section::Line(vec![
        Tone::Strong.of(format!("What if, on {}: ", after.as_of)),
        document.what.join("; ").into(),
        Tone::Dim.of("   nothing is written"),
    ])];
    if let Some(end) = end {
        let what = end.of.as_ref().map_or("the agreement".to_string(), |party| format!("the participation of {party}"));
        sections.push(Section::Heading("The end".into()));
        sections.push(Section::line(format!("First day without {what}: {}", end.span.words())));
        let texts: Vec<&str> = end.because.iter().map(|reason| reason.text.as_str()).collect();
        let once = texts.iter().enumerate().filter(|(place, text)| !texts[..*place].contains(text));
        sections.extend(once.map(|(_, text)| Section::note(format!("  {text}"))));
        if let Some((day, retraction)) = end.retraction {
            let consent = if retraction == Retraction::ByConsent { ", if the other side accepts that" } else { "" };
            sections.push(Section::line(format!("It could be taken back until {day}{consent}.")));
        }
    }
    sections.push(Section::Heading(format!("What follows on {}", after.as_of)));
    if document.changes.is_empty() {
        sections.push(Section::line("No line changes on that day."));
    }
    sections.extend(document.changes.iter().map(|change| Section::line(change.clone())));
    if let Some(later) = &document.later {
        sections.push(Section::Heading(format!("What follows on {}, when it takes effect", later.on)));
        if later.changes.is_empty() {
            sections.push(Section::line("No line changes on that day."));
        }
        sections.extend(later.changes.iter().map(|change| Section::line(change.clone())));
    }
    if let (Some(then), Some(end)) = (then, end) {
        // The states are those of the day of the end, and so are the distances.
        let day = end.span.latest.min(end.span.earliest.max(after.as_of));
        sections.extend(consequences_of(then, after, &Docket { as_of: day, ..after.clone() }));
    }
    Report::new(&document, "ends", COLUMNS).sections(sections)
}

fn goes_on_json((line, why): &(Line, String)) -> GoesOnJson {
    GoesOnJson { entry: line.into(), why: why.clone() }
}

/// What the end does, as of the day of the act for what lies before it, and of its own day for the rest.
fn consequences_of(then: &Consequences, before: &Docket, on_the_day: &Docket) -> Vec<Section> {
    let mut sections = Vec::new();
    let table = |title: &str, docket: &Docket, lines: &[Line]| match lines {
        [] => Vec::new(),
        lines => vec![Section::Heading(title.into()), status::lines(docket, by_date(lines.iter().collect()))],
    };
    sections.extend(table("Meetings before the end", before, &then.meetings));
    sections.extend(table("Meetings planned for after the end", before, &then.meetings_after));
    sections.extend(table("Falls due at the end", on_the_day, &then.accelerated));
    if !then.goes_on.is_empty() {
        let row = |(line, why): &(Line, String)| {
            vec![
                Cell::from(line.id.as_str()),
                line.provision.as_deref().unwrap_or_default().into(),
                words::due(line.due).into(),
                line.by.join(", ").into(),
                line.what.as_str().into(),
                why.as_str().into(),
            ]
        };
        let columns = vec!["ID", "PARA", "DUE", "BY", "WHAT", "WHY"];
        sections.push(Section::Heading("Goes on, or stays due".into()));
        sections.push(Section::Table { columns, rows: then.goes_on.iter().map(row).collect() });
    }
    // What had a date is told; what merely stood is named by its place in the text.
    let (dated, standing): (Vec<&Line>, Vec<&Line>) = then.ends.iter().partition(|line| line.due.earliest.is_some());
    if !then.ends.is_empty() {
        sections.push(Section::Heading("Ends with it".into()));
    }
    if !dated.is_empty() {
        sections.push(status::lines(on_the_day, by_date(dated)));
    }
    if !standing.is_empty() {
        let mut places: Vec<&str> = standing.iter().map(|line| words::place(line)).collect();
        places.dedup();
        sections.push(Section::line(format!("Without a date ({}): {}.", standing.len(), places.join("; "))));
    }
    sections
}
