//! `obligo status`: the officer's morning screen; of one agreement, everything under it.

use events::terms::Force;
use rules::Docket;
use rules::docket::{AgreementLine, Existence, Kind, Line, Performance, Timing};

use super::args::Reading;
use super::{Context, alerts, lookup};
use crate::app::{LeftOut, View};
use crate::error::Error;
use crate::report::json::DocketJson;
use crate::report::{Cell, Format, Report, Section, Tone, calendar, words};

/// Columns of a docket's entries as CSV.
pub const COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("agreement", "/agreement"),
    ("provision", "/provision"),
    ("kind", "/kind"),
    ("what", "/what"),
    ("by", "/by"),
    ("to", "/to"),
    ("label", "/label"),
    ("due_earliest", "/due/earliest"),
    ("due_latest", "/due/latest"),
    ("certainty", "/due/certainty"),
    ("existence", "/existence"),
    ("timing", "/timing"),
    ("performance", "/performance"),
    ("timeliness", "/timeliness"),
    ("assessment", "/assessment"),
    ("force", "/force"),
    ("handling", "/handling"),
    ("known_since", "/known_since"),
    ("late_known", "/late_known"),
];

#[derive(clap::Args, Default)]
pub struct Args {
    /// Only this agreement
    agreement: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let is_calendar = args.reading.output.format()? == Format::Ics;
    // The entries of a calendar count the records of the register too, so that each stands in each file alike.
    let part = args.agreement.as_deref().filter(|_| !is_calendar);
    let view = context.view(&register, &position, part)?;
    if let Some(id) = args.agreement.as_ref().filter(|id| !view.register.agreements.contains_key(*id)) {
        // The list of what there is wants the whole register.
        lookup::agreement(&context.view(&register, &position, None)?, id)?;
    }
    let mut report = report(&view, args.agreement.as_deref());
    if is_calendar {
        let docket = view.docket.with_entries(|line| args.agreement.as_ref().is_none_or(|id| line.agreement == *id));
        let of = args.agreement.as_ref().map(|id| format!(": {id}")).unwrap_or_default();
        report.calendar = Some(calendar(&view, &docket, &format!("Obligo{of}"), &|_| calendar::ALARMS.to_vec()));
    }
    args.reading.output.write(&report.stamped(context.stamp(&view)))?;
    if view.log.size == 0 {
        hint!("Next: obligo import FILE…");
    }
    Ok(0)
}

/// A docket as a calendar of that name.
pub fn calendar(view: &View, docket: &Docket, name: &str, alarms: &dyn Fn(&Line) -> Vec<u16>) -> String {
    let origin = view.log.origin;
    calendar::calendar(name, origin, &calendar::entries_of(&view.register, docket, origin, alarms))
}

/// The status of everything, or of one agreement.
pub fn report(view: &View, agreement: Option<&str>) -> Report {
    let sections = match agreement.and_then(|id| view.docket.agreement(id)) {
        Some(line) => of_one(view, line),
        None => of_all(view),
    };
    let undelivered = alerts::undelivered(&view.register.ledger, view.docket.as_of);
    let sections = sections.into_iter().chain(undelivered).collect();
    Report::new(&DocketJson::of(view, &view.docket), "entries", COLUMNS).sections(sections)
}

fn of_all(view: &View) -> Vec<Section> {
    let docket = &view.docket;
    // The line of totals above says what the signs stand for.
    let columns = vec!["AGREEMENT", "FORCE", "EFFECT", "NOTICE", "✗", "!", "?", "·", "✓", "LAST ACT"];
    let rows = docket.agreements.iter().map(|agreement| agreement_row(docket, agreement)).collect();
    let mut sections = vec![Section::Line(totals(docket)), Section::line(""), Section::Table { columns, rows }];
    let attention: Vec<&Line> = docket.entries.iter().filter(|line| needs_attention(line)).collect();
    if !attention.is_empty() {
        sections.push(Section::Heading("Needs attention".into()));
        sections.push(lines(docket, by_date(attention)));
    }
    sections.extend(footer(view, &markings(view)));
    sections
}

/// `✗ 2 not met   ! 1 due   ? 20 undetermined …`
fn totals(docket: &Docket) -> Vec<Cell> {
    let count = |is: fn(&Line) -> bool| docket.entries.iter().filter(|line| is(line)).count();
    let binds = |force: Force| docket.agreements.iter().any(|line| line.force == force);
    let not_met = match (binds(Force::NonBinding), binds(Force::Binding) || binds(Force::Mixed)) {
        (_, false) => "not met",
        (false, true) => "overdue",
        (true, true) => "overdue or not met",
    };
    let late_known = match docket.entries.iter().filter(|line| line.late_known && is_overdue(line)).count() {
        0 => String::new(),
        count => format!(" ({count} of them known only after their date)"),
    };
    let not_met = format!("{not_met}{late_known}");
    let part = |tone: Tone, symbol: &str, count: usize, word: &str| tone.of(format!("{symbol} {count} {word}   "));
    vec![
        part(if count(is_overdue) > 0 { Tone::Bad } else { Tone::Plain }, "✗", count(is_overdue), &not_met),
        part(if count(is_due) > 0 { Tone::Warning } else { Tone::Plain }, "!", count(is_due), "due"),
        part(Tone::Plain, "?", count(is_undetermined), "undetermined"),
        part(Tone::Plain, "·", count(is_standing), "open or standing"),
        part(Tone::Plain, "✓", count(is_done), "done"),
        Tone::Dim.of(format!("as of {}", docket.as_of)),
    ]
}

fn agreement_row(docket: &Docket, agreement: &AgreementLine) -> Vec<Cell> {
    let count = |is: fn(&Line) -> bool| docket.entries.iter().filter(|line| line.agreement == agreement.id && is(line)).count();
    let number = |count: usize, tone: Tone| if count == 0 { Tone::Dim.of("0") } else { tone.of(count.to_string()) };
    let notice = words::notice(&agreement.notice);
    let last = agreement.last_act.as_ref().map_or("–", |act| act.on.as_str());
    vec![
        Tone::Strong.of(&agreement.id),
        words::force(agreement.force).into(),
        words::effect(agreement.effect.state, agreement.effect.since.as_deref()).into(),
        if notice == "none" { Tone::Dim.of("none") } else { Tone::Warning.of(notice) },
        number(count(is_overdue), Tone::Bad),
        number(count(is_due), Tone::Warning),
        number(count(is_undetermined), Tone::Plain),
        number(count(is_standing), Tone::Plain),
        number(count(is_done), Tone::Good),
        last.into(),
    ]
}

fn of_one(view: &View, agreement: &AgreementLine) -> Vec<Section> {
    let docket = &view.docket;
    let (parties, owed) = words::parties(agreement.force);
    let named: Vec<String> = agreement.parties.iter().map(|party| format!("{} ({})", party.name, party.id)).collect();
    let effect = words::effect(agreement.effect.state, agreement.effect.since.as_deref());
    let mut sections = vec![
        Section::Line(vec![Tone::Strong.of(&agreement.title)]),
        Section::line(format!(
            "{} · {} · {parties}: {}",
            words::form(agreement.form),
            words::force(agreement.force),
            named.join(", ")
        )),
        Section::line(format!(
            "Effect: {effect}. Notice: {}. Periods are counted by {}.",
            words::notice(&agreement.notice),
            agreement.reckoning
        )),
    ];
    sections.extend(
        words::participation(&agreement.participation).map(|parties| Section::line(format!("Each by itself: {parties}."))),
    );
    sections.extend(words::own(&agreement.participation).map(|said| Section::line(format!("{said}."))));
    sections
        .extend(agreement.after_end.as_ref().map(|after| Section::line(format!("After the end: {}.", words::after_end(after)))));
    if let Some((read, all)) = agreement.paragraphs {
        sections.push(Section::line(format!("{read} of {all} paragraphs read.")));
    }
    if !agreement.relates.is_empty() {
        let others: Vec<String> =
            agreement.relates.iter().map(|other| format!("{} {}", other.relation.replace('-', " "), other.to)).collect();
        sections.push(Section::line(format!("Relations: {}.", others.join("; "))));
    }
    sections.push(Section::Line(totals(docket)));
    let statements: Vec<&str> = view.register.agreements[&agreement.id]
        .provisions_of("statement")
        .filter(|known| known.value.undetermined.is_none() && says_no_more(view, agreement, &known.value.reference))
        .map(|known| known.value.reference.as_str())
        .collect();
    if !statements.is_empty() {
        sections.push(Section::line(format!("Read and found to carry no {owed}: {}.", statements.join(", "))));
    }
    for (kind, title) in [
        (Kind::MeetingCycle, "Meetings that are to be held".to_string()),
        (Kind::Meeting, "Meetings planned and held".into()),
        (Kind::Commitment, format!("{}{}s", owed[..1].to_uppercase(), &owed[1..])),
        (Kind::Power, "Powers".into()),
        (Kind::Notice, "Notices".into()),
        (Kind::Term, "Effect, term and end".into()),
    ] {
        let of_kind: Vec<&Line> = docket.entries.iter().filter(|line| line.kind == kind).collect();
        if !of_kind.is_empty() {
            sections.push(Section::Heading(title));
            sections.push(lines(docket, of_kind));
        }
    }
    sections.extend(footer(view, &markings(view)));
    sections
}

/// A paragraph that is nothing but a statement.
fn says_no_more(view: &View, agreement: &AgreementLine, reference: &str) -> bool {
    let known = &view.register.agreements[&agreement.id];
    known.provisions.iter().all(|known| known.value.reference != reference || known.value.kind == "statement")
}

/// Lines of a docket as a table.
pub fn lines(docket: &Docket, lines: Vec<&Line>) -> Section {
    let row = |line: &Line| {
        let distance = if line.axes.is_pending() { words::distance(line.due, docket.as_of) } else { String::new() };
        let when = [words::due(line.due), distance].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        vec![
            Cell::from(line.id.as_str()),
            line.provision.as_deref().unwrap_or_default().into(),
            words::label(line),
            when.into(),
            line.by.join(", ").into(),
            line.what.as_str().into(),
        ]
    };
    Section::Table { columns: vec!["ID", "PARA", "STATE", "WHEN", "BY", "WHAT"], rows: lines.into_iter().map(row).collect() }
}

/// Earliest first.
pub fn by_date(mut lines: Vec<&Line>) -> Vec<&Line> {
    lines.sort_by_key(|line| (line.due.earliest, line.due.latest, line.id.clone()));
    lines
}

/// Handling markings of all documents that the agreements of a view rest on, other than `public`.
pub fn markings(view: &View) -> Vec<String> {
    together(view.docket.agreements.iter().map(|line| line.handling.as_slice()))
}

/// Handling markings of the documents that some lines rest on.
pub fn together<'a>(markings: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let all: std::collections::BTreeSet<&String> = markings.flatten().collect();
    all.into_iter().cloned().collect()
}

/// Position, findings and markings, under every docket.
pub fn footer(view: &View, handling: &[String]) -> Vec<Section> {
    let mut sections = Vec::new();
    let findings = &view.docket.findings;
    if !findings.is_empty() {
        sections.push(Section::Heading("Findings".into()));
        let place = |seq: Option<u64>| seq.map(|seq| format!("record {seq}: ")).unwrap_or_default();
        sections.extend(findings.iter().map(|finding| Section::line(format!("{}{}", place(finding.seq), finding.text))));
    }
    let handling = if handling.is_empty() { String::new() } else { format!(" · handling: {}", handling.join(", ")) };
    let known = view.known_at.as_ref().map(|known| format!(" · known at {known}")).unwrap_or_default();
    let left_out = left_out(view.log.left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    sections.push(Section::line(""));
    sections.push(Section::note(format!(
        "as of {}{known} · log {} {}… · {}{handling}{left_out}",
        view.docket.as_of,
        view.log.size,
        &view.log.head.to_string()[..12],
        view.rules.held.set.id
    )));
    sections
}

/// `ceiling public: 12 records left out`; nothing where everything was looked at.
pub fn left_out(left_out: Option<LeftOut>) -> Option<String> {
    let LeftOut { sift, records } = left_out?;
    let until = sift.sources_until.map(|day| format!("sources until {day}"));
    let ceiling = sift.ceiling.map(|ceiling| format!("ceiling {}", ceiling.word()));
    let by = [until, ceiling].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(match records {
        1 => format!("{by}: 1 record left out"),
        records => format!("{by}: {records} records left out"),
    })
}

/// Its latest day has passed.
pub fn is_overdue(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_))
}

/// It is due, or soon will be, or its days of grace run.
pub fn is_due(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Due | Timing::DueSoon | Timing::InGrace)
}

fn is_undetermined(line: &Line) -> bool {
    line.axes.performance != Performance::Complete
        && !matches!(line.axes.existence, Existence::Ended(_))
        && matches!(line.axes.timing, Timing::Undetermined(_))
}

fn is_standing(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Undated | Timing::Open | Timing::NotOpen)
}

fn is_done(line: &Line) -> bool {
    line.axes.performance == Performance::Complete
}

/// What an officer acts on: overdue, due, a meeting or a notice that is coming, a planned meeting of which nothing more was heard.
fn needs_attention(line: &Line) -> bool {
    let dated = line.due.earliest.is_some() && line.axes.is_pending();
    is_overdue(line) || is_due(line) || (dated && matches!(line.kind, Kind::Meeting | Kind::Notice))
}
