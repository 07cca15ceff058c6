//! `obligo timeline`: one agreement along the years, as text or as a picture.

use chrono::NaiveDate;
use events::Event;
use rules::docket::{Kind, Line, Performance};
use rules::register::{Agreement, Occurrence};

use super::args::Reading;
use super::status::{footer, left_out, markings};
use super::{Context, lookup};
use crate::app::View;
use crate::error::Error;
use crate::report::json::{MarkJson, TimelineJson};
use crate::report::timeline::{Chart, svg, text};
use crate::report::{Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// The agreement
    agreement: String,

    #[command(flatten)]
    reading: Reading,
}

const COLUMNS: &[(&str, &str)] = &[
    ("lane", "/lane"),
    ("from", "/from"),
    ("to", "/to"),
    ("mark", "/mark"),
    ("text", "/text"),
    ("label", "/label"),
    ("seq", "/seq"),
    ("handling", "/handling"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let view = context.view(&register, &position, Some(&args.agreement))?;
    if view.register.agreements.is_empty() {
        lookup::agreement(&context.view(&register, &position, None)?, &args.agreement)?;
    }
    let marks = marks(&view, &view.register.agreements[&args.agreement]);
    let line = &view.docket.agreements[0];
    let subtitle = format!(
        "{}, {}; {}; seen from {}",
        words::form(line.form),
        words::force(line.force),
        words::effect(line.effect.state, line.effect.since.as_deref()),
        position.as_of
    );
    let marked = markings(&view);
    let subtitle = if marked.is_empty() { subtitle } else { format!("{subtitle}; handling: {}", marked.join(", ")) };
    let subtitle = left_out(view.log.left_out).map_or_else(|| subtitle.clone(), |told| format!("{subtitle}; {told}"));
    let chart = Chart { title: &line.title, subtitle: subtitle.clone(), as_of: position.as_of, marks: &marks };
    let output = &args.reading.output;
    if let Some(file) = output.file.as_ref().filter(|file| file.extension().is_some_and(|extension| extension == "svg")) {
        output.write_file(file, |out| Ok(out.write_all(svg(&chart).as_bytes())?))?;
        hint!("Wrote {}", file.display());
        return Ok(0);
    }
    let mut sections = vec![Section::Line(vec![Tone::Strong.of(&line.title)]), Section::line(subtitle), Section::line("")];
    sections.extend(text(&chart).into_iter().map(Section::line));
    sections.push(Section::Heading("In words".into()));
    let row = |mark: &MarkJson| {
        let days = if mark.from == mark.to { mark.from.clone() } else { format!("{} – {}", mark.from, mark.to) };
        vec![days.into(), mark.lane.as_str().into(), mark.text.as_str().into(), mark.label.as_deref().unwrap_or_default().into()]
    };
    let rows = marks.iter().filter(|mark| mark.mark != "effect").map(row).collect();
    sections.push(Section::Table { columns: vec!["WHEN", "LANE", "WHAT", "STATE"], rows });
    sections.extend(footer(&view, &markings(&view)));
    let document = TimelineJson {
        schema: "obligo.timeline.v1",
        agreement: args.agreement,
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        handling: markings(&view),
        marks,
    };
    let rows = document.marks.iter().filter_map(|mark| serde_json::to_value(mark).ok()).map(|mut row| {
        row["handling"] = document.handling.clone().into();
        row
    });
    let report = Report::new(&document, "marks", COLUMNS).rows(rows.collect()).sections(sections);
    output.write(&report.stamped(context.stamp(&view)))?;
    Ok(0)
}

/// Everything that has a day: first the life of the agreement, then each body, then what is dated, then acts.
fn marks(view: &View, agreement: &Agreement) -> Vec<MarkJson> {
    let (life, acts): (Vec<MarkJson>, Vec<MarkJson>) = acts(view, agreement).partition(|mark| mark.lane == "life");
    let mut marks: Vec<MarkJson> = effect(view, agreement).into_iter().chain(life).collect();
    for body in &agreement.bodies {
        let cycles = view
            .docket
            .entries
            .iter()
            .filter(|line| line.kind == Kind::MeetingCycle && instance(line).starts_with(&format!("{}-", body.value.id)));
        marks.extend(cycles.filter_map(|line| cycle(&body.value.name, line)));
        marks.extend(meetings(view, agreement, &body.value.id, &body.value.name));
    }
    for line in view
        .docket
        .entries
        .iter()
        .filter(|line| matches!(line.kind, Kind::Commitment | Kind::Notice) && line.due.latest.is_some())
    {
        let (lane, mark) = if line.kind == Kind::Notice { ("notice", "end") } else { ("due", "due") };
        marks.extend(of_line(lane, mark, line));
    }
    marks.extend(acts);
    marks
}

fn instance(line: &Line) -> &str {
    line.id.rsplit('/').next().unwrap_or_default()
}

fn effect(view: &View, agreement: &Agreement) -> Option<MarkJson> {
    let line = view.docket.agreements.first()?;
    let has = line.effect.state.is_running();
    let since: events::DateSpec = line.effect.since.as_ref().filter(|_| has)?.parse().ok()?;
    let ends = line.notice.ends.map(|(earliest, _)| earliest).filter(|end| *end < view.docket.as_of);
    let text = words::effect(line.effect.state, line.effect.since.as_deref());
    let to = ends.unwrap_or(view.docket.as_of);
    Some(MarkJson {
        lane: "effect".into(),
        from: since.latest()?.to_string(),
        to: to.to_string(),
        mark: "effect",
        text,
        label: None,
        seq: Some(agreement.terms.seq),
    })
}

/// A cycle of a series.
fn cycle(lane: &str, line: &Line) -> Option<MarkJson> {
    let window = line.window?;
    let text = format!("{}, due {}", line.what, words::due(line.due));
    Some(MarkJson {
        lane: lane.into(),
        from: window.earliest.to_string(),
        to: window.latest.to_string(),
        mark: "cycle",
        text,
        label: Some(line.label.clone()),
        seq: None,
    })
}

fn meetings<'a>(view: &'a View, agreement: &'a Agreement, body: &'a str, name: &'a str) -> impl Iterator<Item = MarkJson> + 'a {
    let of_body = move |line: &&Line| {
        let id = instance(line);
        line.kind == Kind::Meeting
            && agreement.acts.iter().any(|act| match &act.event {
                Event::MeetingScheduled(meeting) => meeting.meeting == id && meeting.body == body,
                Event::MeetingHeld(meeting) => meeting.meeting == id && meeting.body == body,
                Event::MeetingInquorate(meeting) => meeting.meeting == id && meeting.body == body,
                _ => false,
            })
    };
    view.docket.entries.iter().filter(of_body).filter_map(move |line| {
        let mark = match line.label.as_str() {
            _ if line.axes.performance == Performance::Complete => "held",
            "tentative" => "tentative",
            _ => "planned",
        };
        of_line(name, mark, line)
    })
}

fn of_line(lane: &str, mark: &'static str, line: &Line) -> Option<MarkJson> {
    let from = line.due.earliest.filter(|day| *day > NaiveDate::MIN).or(line.due.latest)?;
    let to = line.due.latest.unwrap_or(from);
    Some(MarkJson {
        lane: lane.into(),
        from: from.to_string(),
        to: to.to_string(),
        mark,
        text: line.what.clone(),
        label: Some(line.label.clone()),
        seq: None,
    })
}

/// Acts that are no meetings.
fn acts<'a>(view: &'a View, agreement: &'a Agreement) -> impl Iterator<Item = MarkJson> + 'a {
    let as_of = view.docket.as_of;
    agreement.acts.iter().filter(move |act| act.by(as_of) != Occurrence::No).filter_map(|act| {
        let (lane, mark) = match &act.event {
            Event::AgreementAnnounced(_)
            | Event::AgreementConcluded(_)
            | Event::AgreementSigned(_)
            | Event::AgreementLaunched(_)
            | Event::AgreementTookEffect(_)
            | Event::AgreementProvisionallyApplied(_)
            | Event::ConsentNotified(_)
            | Event::AgreementRenewed(_)
            | Event::AgreementSuspended(_)
            | Event::AgreementResumed(_)
            | Event::AgreementTerminated(_)
            | Event::AgreementSuperseded(_)
            | Event::InvalidityEstablished(_)
            | Event::ProvisionAmended(_)
            | Event::ProvisionAdded(_)
            | Event::ProvisionRepealed(_)
            | Event::PartySucceeded(_)
            | Event::ReservationMade(_)
            | Event::ReservationWithdrawn(_) => ("life", "act"),
            Event::NoticeDrafted(_)
            | Event::NoticeGiven(_)
            | Event::NoticeDispatched(_)
            | Event::NoticeReceived(_)
            | Event::NoticeDeposited(_)
            | Event::NoticeRegistered(_)
            | Event::NoticeRetracted(_)
            | Event::NoticeSuspended(_)
            | Event::NoticeResumed(_)
            | Event::NoticeExtended(_)
            | Event::NoticeContested(_)
            | Event::NoticeUpheld(_)
            | Event::NoticeFoundDefective(_)
            | Event::NoticeCured(_)
            | Event::EffectStated(_) => ("notice", "notice"),
            Event::AnnouncementMade(_)
            | Event::DecisionTaken(_)
            | Event::MinutesAdopted(_)
            | Event::PowerWaived(_)
            | Event::PowerExercised(_)
            | Event::DeliverableDelivered(_)
            | Event::ProjectBegun(_)
            | Event::WorkReported(_)
            | Event::PerformanceReported(_)
            | Event::AssessmentMade(_)
            | Event::ExtensionGranted(_)
            | Event::DueDateSet(_)
            | Event::WaiverGranted(_)
            | Event::ObligationReleased(_)
            | Event::ImpossibilityAccepted(_)
            | Event::BreachDetermined(_)
            | Event::IncidentReported(_)
            | Event::ConditionEstablished(_) => ("acts", "act"),
            // Meetings have lanes of their own; terms, readings and reversals are nothing that happened under the agreement.
            Event::AgreementRecorded(_)
            | Event::SourceRecorded(_)
            | Event::BodyRecorded(_)
            | Event::ProvisionRecorded(_)
            | Event::MeetingScheduled(_)
            | Event::MeetingHeld(_)
            | Event::MeetingPostponed(_)
            | Event::MeetingCancelled(_)
            | Event::MeetingInquorate(_)
            | Event::CycleExcused(_)
            | Event::PartyRenamed(_)
            | Event::ReadingChosen(_)
            | Event::AssumptionMade(_)
            | Event::RecordCorrected(_)
            | Event::RulesAdopted(_)
            | Event::TextErased(_)
            | Event::Alert(_) => return None,
        };
        let days = act.days();
        let from = if days.earliest == NaiveDate::MIN { days.latest } else { days.earliest };
        let text = words::event(&act.event);
        Some(MarkJson {
            lane: lane.into(),
            from: from.to_string(),
            to: days.latest.to_string(),
            mark,
            text,
            label: None,
            seq: Some(act.seq),
        })
    })
}
