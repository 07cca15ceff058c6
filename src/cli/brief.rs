//! `obligo brief`: one page before a meeting: our commitments, theirs and the joint ones, what was reported and who said what of it, what
//! would discharge what is due, which meetings are coming.

use rules::brief::{AHEAD_DAYS, Brief, Group, Of, Reported, Stand, brief};
use rules::docket::{Kind, Line};
use rules::fault::{Fault, nearest};
use rules::residual::residual;

use super::args::Reading;
use super::status::{self, by_date, footer};
use super::{Context, lookup};
use crate::app::View;
use crate::error::Error;
use crate::report::json::{BriefGroupJson, BriefJson, EntryJson, LeftJson, ReportedJson, SaidJson};
use crate::report::{Cell, Report, Section, Tone, words};

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
    let Some(known) = view.register.agreements.get(&args.agreement) else {
        lookup::agreement(&context.view(&log, &position, None)?, &args.agreement)?;
        return Ok(0);
    };
    let known = &*known.on(view.docket.as_of);
    let parties = known.party_ids();
    let ours = match &args.party {
        None => None,
        Some(party) => {
            let found = parties.iter().find(|known| known.eq_ignore_ascii_case(party));
            let unknown = || Fault::new("E0401", &["for"], format!("`{party}` is not a party of {}", known.id));
            let hint = || nearest(party, parties.iter().map(String::as_str));
            Some(found.ok_or_else(|| Error::from(unknown().hint(hint())))?.as_str())
        }
    };
    let page = brief(known, &view.docket, ours);
    let document = document(&view, &page, &args.agreement, ours);
    let rows = document.groups.iter().flat_map(|group| group.lines.iter().map(|line| row(&group.title, line))).collect();
    let sections = sections(&view, &page, &args.agreement);
    args.reading
        .output
        .write(&Report::new(&document, "groups", COLUMNS).rows(rows).sections(sections).stamped(context.stamp(&view)))?;
    Ok(0)
}

const COLUMNS: &[(&str, &str)] = &[
    ("group", "/group"),
    ("id", "/id"),
    ("label", "/label"),
    ("due_earliest", "/due/earliest"),
    ("due_latest", "/due/latest"),
    ("what", "/what"),
];

/// A line with its group.
fn row(group: &str, line: &EntryJson) -> serde_json::Value {
    let mut row = serde_json::to_value(line).unwrap_or_default();
    row["group"] = group.into();
    row
}

fn title(of: &Of) -> String {
    match of {
        Of::Ours(party) => format!("Ours ({party})"),
        Of::Theirs => "Theirs".into(),
        Of::Alone(party) => format!("{party} alone"),
        Of::Joint => "Joint".into(),
        Of::Contested => "Contested".into(),
        Of::Meetings => "Meetings coming or open".into(),
    }
}

/// What is overdue or due, of whoever's it is. A meeting that is planned is held when it comes.
fn pressing<'a>(page: &Brief<'a>) -> Vec<&'a Line> {
    let groups = page.groups.iter().filter(|group| group.of != Of::Contested);
    let lines = groups.flat_map(|group| group.lines.iter().copied());
    lines.filter(|line| line.kind != Kind::Meeting && page.stand(line) <= Stand::Due).collect()
}

fn document(view: &View, page: &Brief, agreement: &str, ours: Option<&str>) -> BriefJson {
    let group = |group: &Group| BriefGroupJson {
        title: title(&group.of),
        overdue: page.count(group, Stand::Overdue),
        due: page.count(group, Stand::Due),
        undetermined: page.count(group, Stand::Undetermined),
        lines: group.lines.iter().map(|line| (*line).into()).collect(),
    };
    let left = |line: &Line| {
        let left = residual(line);
        LeftJson { id: line.id.clone(), why: left.why, how: left.how }
    };
    let said = |act: &rules::register::Act| format!("{}  {}  {}", act.date_words(), act.event.kind(), words::event(&act.event));
    BriefJson {
        schema: "obligo.brief.v1",
        as_of: view.docket.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: view.rules.held.set.id.clone(),
        agreement: view.docket.agreement(agreement).expect("each agreement of the register has its line").into(),
        r#for: ours.map(String::from),
        last_meeting: page.last.map(Into::into),
        next_meeting: page.next.map(|line| line.id.clone()),
        until: page.until.to_string(),
        groups: page.groups.iter().map(group).collect(),
        reported: page.reported.iter().map(reported_json).collect(),
        residual: pressing(page).into_iter().map(left).collect(),
        since_last_meeting: page.since.iter().map(|act| said(act)).collect(),
    }
}

fn reported_json(reported: &Reported) -> ReportedJson {
    let report = |(by, act): &(Vec<String>, &rules::register::Act)| SaidJson {
        by: by.clone(),
        what: "performed",
        on: act.date_words(),
        record: act.seq,
    };
    let said = reported.said.iter().map(|(by, what, act)| SaidJson {
        by: vec![by.to_string()],
        what: words::assessment(*what),
        on: act.date_words(),
        record: act.seq,
    });
    ReportedJson {
        id: reported.line.id.clone(),
        what: reported.line.what.clone(),
        reports: reported.reports.iter().map(report).collect(),
        assessments: said.collect(),
        silent: reported.silent.iter().map(|party| party.to_string()).collect(),
    }
}

fn sections(view: &View, page: &Brief, agreement: &str) -> Vec<Section> {
    let about = view.docket.agreement(agreement).expect("each agreement of the register has its line");
    let mut sections = vec![
        Section::Line(vec![Tone::Strong.of(&about.title)]),
        Section::line(format!(
            "Effect: {}. Notice: {}.",
            words::effect(about.effect.state, about.effect.since.as_deref()),
            words::notice(&about.notice)
        )),
    ];
    sections.extend(words::participation(&about.participation).map(|all| Section::line(format!("Each by itself: {all}."))));
    sections.push(Section::line(meetings(view, page)));
    for group in page.groups.iter().filter(|group| !group.lines.is_empty()) {
        if group.of == Of::Contested && group.lines.iter().all(|line| is_reported(page, line)) {
            continue;
        }
        sections.push(Section::Heading(heading(page, group)));
        sections.extend(lines(view, page, group));
    }
    if !page.reported.is_empty() {
        sections.push(Section::Heading("Reported done, and what was said of it".into()));
        let columns = vec!["ID", "WHAT", "REPORTED", "SAID OF IT"];
        sections.push(Section::Table { columns, rows: page.reported.iter().map(reported_cells).collect() });
    }
    let pressing = pressing(page);
    if !pressing.is_empty() {
        sections.push(Section::Heading("Would discharge what is overdue or due".into()));
        sections.extend(discharged_by(&pressing, agreement));
    }
    sections.extend(since(page, agreement));
    sections.extend(footer(view, &about.handling));
    sections
}

/// Most ids named of lines that are alike.
const NAMED: usize = 3;

/// What would discharge these lines: those that are alike together.
fn discharged_by(lines: &[&Line], agreement: &str) -> Vec<Section> {
    let mut alike: Vec<(String, String, Vec<&str>)> = Vec::new();
    for line in lines {
        let left = residual(line);
        let how = left.how.join("; or ").replace(&line.id, "ID");
        let why = left.why.replace(&line.id, "it");
        let why = match (why.split_once(" between "), why.split_once(" is recorded by ")) {
            // Of which days, the id of the cycle says.
            (Some((what, _)), Some((_, day))) if line.kind == Kind::MeetingCycle => {
                format!("{what} in its time is recorded by {day}")
            }
            _ => why,
        };
        let id = line.id.strip_prefix(&format!("{agreement}/")).unwrap_or(&line.id);
        match alike.iter_mut().find(|(known_why, known_how, _)| (known_why, known_how) == (&why, &how)) {
            Some((.., ids)) => ids.push(id),
            None => alike.push((why, how, vec![id])),
        }
    }
    let told = |(why, how, ids): (String, String, Vec<&str>)| {
        let id = if let [one] = ids.as_slice() { one } else { "ID" };
        let how = how.replace("ID", &format!("{agreement}/{id}"));
        let more = ids.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let ids = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        [Section::line(format!("{ids}{more}: {why}")), Section::note(format!("  {how}"))]
    };
    alike.into_iter().flat_map(told).collect()
}

/// `Last meeting: 2025-03-01. Next: council-3, 2026-12-01, in 9 days.`
fn meetings(view: &View, page: &Brief) -> String {
    let last = page.last.map_or("none is recorded".to_string(), rules::time::Span::words);
    let next = match page.next {
        Some(line) => {
            let distance = words::distance(line.due, view.docket.as_of);
            format!("{}, {}, {distance}", line.what, words::due(line.due))
        }
        None => format!("none is planned; due means by {}, {AHEAD_DAYS} days ahead", page.until),
    };
    format!("Last meeting: {last}. Next: {next}.")
}

/// `Ours (JP): 1 overdue, 2 due by 2026-12-01`.
fn heading(page: &Brief, group: &Group) -> String {
    let title = title(&group.of);
    let counted = [
        (Stand::Overdue, "overdue or not met".to_string()),
        (Stand::Due, format!("due by {}", page.until)),
        (Stand::Undetermined, "undetermined".into()),
    ];
    let counted = counted.into_iter().map(|(stand, words)| (page.count(group, stand), words)).filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, words)| format!("{count} {words}")).collect();
    if counted.is_empty() || group.of == Of::Contested { title } else { format!("{title}: {}", counted.join(", ")) }
}

/// What has a date or a question as a table, the most pressing first; what merely stands or waits by its place in the text.
fn lines(view: &View, page: &Brief, group: &Group) -> Vec<Section> {
    let is_quiet = |line: &&Line| page.stand(line) >= Stand::Waiting && group.of != Of::Contested;
    let (quiet, told): (Vec<&Line>, Vec<&Line>) = group.lines.iter().copied().partition(is_quiet);
    let mut told = by_date(told);
    told.sort_by_key(|line| page.stand(line));
    let mut sections = Vec::new();
    if !told.is_empty() {
        sections.push(status::lines(&view.docket, told));
    }
    for (stand, words) in [(Stand::Waiting, "Waiting for something, or suspended"), (Stand::Standing, "Standing, without a date")]
    {
        let of_it: Vec<&Line> = quiet.iter().copied().filter(|line| page.stand(line) == stand).collect();
        let mut places: Vec<&str> = of_it.iter().map(|line| words::place(line)).collect();
        places.dedup();
        if !of_it.is_empty() {
            sections.push(Section::line(format!("{words} ({}): {}.", of_it.len(), places.join("; "))));
        }
    }
    sections
}

fn is_reported(page: &Brief, line: &Line) -> bool {
    page.reported.iter().any(|reported| reported.line.id == line.id)
}

fn reported_cells(reported: &Reported) -> Vec<Cell> {
    let reports: Vec<String> =
        reported.reports.iter().map(|(by, act)| format!("by {}, {}", by.join(" and "), act.date_words())).collect();
    let said = reported.said.iter().map(|(by, what, act)| format!("{} by {by}, {}", words::assessment(*what), act.date_words()));
    let silent = (!reported.silent.is_empty()).then(|| format!("nothing yet by {}", reported.silent.join(", ")));
    let said: Vec<String> = said.chain(silent).collect();
    let line = reported.line;
    vec![line.id.as_str().into(), line.what.as_str().into(), reports.join("; ").into(), said.join("; ").into()]
}

/// Most acts shown.
const SHOWN: usize = 12;

/// What happened, but what was reported and said of it, which has its table.
fn since(page: &Brief, agreement: &str) -> Vec<Section> {
    use events::Event::{AssessmentMade, PerformanceReported};
    let told = page.since.iter().filter(|act| !matches!(act.event, PerformanceReported(_) | AssessmentMade(_)));
    let told: Vec<String> = told.map(|act| format!("{}  {}", act.date_words(), words::event(&act.event))).collect();
    if told.is_empty() {
        return Vec::new();
    }
    let before = told.len().saturating_sub(SHOWN);
    let heading = if page.last.is_some() { "Since the last meeting" } else { "So far" };
    let mut sections = vec![Section::Heading(heading.into())];
    if before > 0 {
        sections.push(Section::note(format!("{before} more before: obligo log {agreement}")));
    }
    sections.extend(told.into_iter().skip(before).map(Section::line));
    sections
}
