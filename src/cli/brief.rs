//! `obligo brief`: one page before a meeting: our commitments, theirs and the joint ones, what is contested, what was done since the last
//! meeting, which meetings are coming.

use rules::docket::{Assessment, Existence, Kind, Line, Performance};
use rules::fault::{Fault, nearest};

use super::args::Reading;
use super::status::{self, by_date, footer};
use super::{Context, lookup};
use crate::error::Error;
use crate::report::json::BriefJson;
use crate::report::{Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// The agreement
    agreement: String,

    /// Whose page it is; without it each party has its part
    #[arg(long = "for", value_name = "PARTY")]
    party: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let log = context.reader()?;
    let view = context.view(&log, &position, Some(&args.agreement))?;
    let Some(agreement) = view.docket.agreement(&args.agreement) else {
        lookup::agreement(&context.view(&log, &position, None)?, &args.agreement)?;
        return Ok(0);
    };
    let parties: Vec<&str> = agreement.parties.iter().map(|party| party.id.as_str()).collect();
    let ours = match &args.party {
        None => None,
        Some(party) => {
            let known = parties.iter().find(|known| known.eq_ignore_ascii_case(party));
            let unknown = || Fault::new("E0401", &["for"], format!("`{party}` is not a party of {}", agreement.id));
            Some(*known.ok_or_else(|| Error::from(unknown().hint(nearest(party, parties.iter().copied()))))?)
        }
    };
    let is_open = |line: &&Line| !matches!(line.axes.existence, Existence::Ended(_));
    let owed: Vec<&Line> = view.docket.entries.iter().filter(|line| line.kind == Kind::Commitment).filter(is_open).collect();
    let alone = |party: &str| -> Vec<&Line> { owed.iter().copied().filter(|line| line.by == [party]).collect() };
    let joint: Vec<&Line> = owed.iter().copied().filter(|line| line.by.len() > 1).collect();
    let meetings = view.docket.entries.iter().filter(|line| matches!(line.kind, Kind::Meeting | Kind::MeetingCycle));
    let meetings: Vec<&Line> = meetings.filter(|line| line.axes.is_pending()).collect();
    let contested = view
        .docket
        .entries
        .iter()
        .filter(|line| line.axes.assessment == Assessment::Contested || line.label.contains("contested"));
    let contested: Vec<&Line> = contested.collect();
    let since = since_last_meeting(&view, &agreement.id);
    let theirs: Vec<&Line> = match ours {
        Some(ours) => parties.iter().filter(|party| **party != ours).flat_map(|party| alone(party)).collect(),
        None => Vec::new(),
    };
    let mut groups: Vec<(String, Vec<&Line>)> = match ours {
        Some(ours) => vec![(format!("Ours ({ours})"), alone(ours)), ("Theirs".into(), theirs)],
        None => parties.iter().map(|party| (format!("{party} alone"), alone(party))).collect(),
    };
    groups.push(("Joint".into(), joint));
    groups.push(("Contested".into(), contested));
    groups.push(("Meetings coming or open".into(), meetings));
    let document = BriefJson {
        schema: "obligo.brief.v1",
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: rules::RULES,
        agreement: agreement.into(),
        r#for: ours.map(String::from),
        groups: groups.iter().map(|(title, lines)| (title, lines.as_slice()).into()).collect(),
        since_last_meeting: since.clone(),
    };
    let mut sections = vec![
        Section::Line(vec![Tone::Strong.of(&agreement.title)]),
        Section::line(format!(
            "Effect: {}. Notice: {}.",
            words::effect(agreement.effect.state, agreement.effect.since.as_deref()),
            words::notice(&agreement.notice)
        )),
    ];
    sections.extend(
        words::participation(&agreement.participation).map(|parties| Section::line(format!("Each by itself: {parties}."))),
    );
    for (title, lines) in groups.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        sections.push(Section::Heading(title));
        sections.push(status::lines(&view.docket, by_date(lines)));
    }
    if !since.is_empty() {
        let held =
            view.docket.entries.iter().any(|line| line.kind == Kind::Meeting && line.axes.performance == Performance::Complete);
        sections.push(Section::Heading(if held { "Since the last meeting" } else { "So far" }.into()));
        sections.extend(since.into_iter().map(Section::line));
    }
    sections.extend(footer(&view, &agreement.handling));
    args.reading.output.write(&Report::new(&document, "groups", &[("title", "/title")]).sections(sections))?;
    Ok(0)
}

/// What happened on the day of the last meeting that was held, or later; everything, where none was.
fn since_last_meeting(view: &crate::app::View, agreement: &str) -> Vec<String> {
    let Some(known) = view.register.agreements.get(agreement) else { return Vec::new() };
    let as_of = view.docket.as_of;
    let held = known.acts.iter().filter(|act| matches!(act.event, events::Event::MeetingHeld(_)));
    let last = held.map(|act| act.days().latest).filter(|day| *day <= as_of).max();
    let acts = known.acts.iter().filter(|act| {
        let days = act.days();
        days.latest <= as_of && last.is_none_or(|last| last <= days.latest)
    });
    acts.map(|act| format!("{}  {}  {}", act.date_words(), act.event.kind(), words::event(&act.event))).collect()
}
