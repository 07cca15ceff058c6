//! `obligo explain`: why a line says what it says, and what would close it.

use rules::docket::{Kind, Line, Reason};

use super::args::Reading;
use super::status::{COLUMNS, footer};
use super::{Context, lookup};
use crate::app::View;
use crate::error::Error;
use crate::report::json::DocketJson;
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// Id of a line: uk-kr-dp/termination, uk-kr-dp/20(a), uk-kr-dp/forum-2026
    id: String,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let log = context.reader()?;
    let agreement = args.id.split_once('/').map(|(agreement, _)| agreement.to_lowercase());
    let view = context.view(&log, &position, agreement.as_deref())?;
    if let Some(agreement) = &agreement {
        // The list of what there is wants the whole register.
        if !view.register.agreements.contains_key(agreement) {
            lookup::agreement(&context.view(&log, &position, None)?, agreement)?;
        }
    }
    let line = lookup::line(&view.docket, &args.id)?;
    args.reading.output.write(&report(&view, line).stamped(context.stamp(&view)))?;
    Ok(0)
}

fn report(view: &View, line: &Line) -> Report {
    let mut docket = view.docket.with_entries(|other| other.id == line.id);
    docket.agreements.retain(|agreement| agreement.id == line.agreement);
    Report::new(&DocketJson::of(view, &docket), "entries", COLUMNS).sections(sections(view, line))
}

fn sections(view: &View, line: &Line) -> Vec<Section> {
    let (_, owed) = words::parties(line.force);
    let kind = if line.kind.word() == "commitment" { owed } else { line.kind.word() };
    let between = match (line.kind, line.by.as_slice()) {
        (_, []) => String::new(),
        (Kind::Power, by) => format!(" of {}", by.join(" or ")),
        (_, by) if line.by == line.to => format!(" by {} together", by.join(" and ")),
        (_, by) => format!(" by {} to {}", by.join(", "), line.to.join(", ")),
    };
    let mut sections = vec![
        Section::Line(vec![Tone::Strong.of(&line.what)]),
        Section::Line(vec![words::label(line)]),
        Section::line(format!("{} {kind}{between} · {}", words::force(line.force), line.id)),
    ];
    if let Some(certainty) = line.due.certainty.filter(|_| line.due.earliest.is_some() || line.due.latest.is_some()) {
        let distance =
            if line.axes.is_pending() { format!(", {}", words::distance(line.due, view.docket.as_of)) } else { String::new() };
        sections.push(Section::line(format!("When: {} ({}{distance})", words::due(line.due), words::certainty(certainty))));
    }
    let axes = [
        line.axes.existence.word(),
        line.axes.timing.word().replace('_', " "),
        format!("performance {}", line.axes.performance.word().replace('_', " ")),
        format!("timeliness {}", line.axes.timeliness.word().replace('_', " ")),
        line.axes.assessment.word().replace('_', " "),
    ];
    sections.push(Section::note(format!("Axes: {}", axes.join(" · "))));
    sections.push(Section::Heading("Why".into()));
    let rows = line.because.iter().zip(1..).map(|(reason, step)| reason_row(step, reason)).collect();
    sections.push(Section::Table { columns: vec!["", "SAYS", "PARA", "RECORDS", "RULE"], rows });
    if !line.closes_with.is_empty() {
        sections.push(Section::Heading("Would close it".into()));
        sections.extend(line.closes_with.iter().map(Section::line));
    }
    sections.extend(footer(view, &line.handling));
    sections
}

fn reason_row(step: usize, reason: &Reason) -> Vec<Cell> {
    let records: Vec<String> = reason.records.iter().map(|seq| format!("#{seq}")).collect();
    vec![
        step.to_string().into(),
        reason.text.as_str().into(),
        reason.provision.as_deref().unwrap_or_default().into(),
        records.join(", ").into(),
        Tone::Dim.of(reason.rule),
    ]
}
