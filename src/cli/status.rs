//! `obligo status`: the officer's morning screen; of one agreement, everything under it.

use chrono::NaiveDate;
use events::terms::Force;
use rules::Docket;
use rules::docket::{AgreementLine, Kind, Line};

use super::args::Reading;
use super::{Context, Overall, alerts, lookup};
use crate::app::{LeftOut, Seen, View};
use crate::derived::answers::More;
pub use crate::derived::answers::together;
pub use crate::derived::told::is_overdue;
use crate::derived::told::{Counts, Odd, Row, Told};
use crate::error::Error;
use crate::jobs::health;
use crate::report::json::DocketJson;
use crate::report::{Cell, Format, Report, Section, Tone, calendar, words};
use crate::rule_sets::InForce;

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

    /// Every agreement and every line that needs attention, however many
    #[arg(long, conflicts_with = "agreement")]
    all: bool,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let format = args.reading.output.format()?;
    if args.agreement.is_none() && format.is_words() {
        let overall = context.overall(&register, &position, None, args.all)?;
        let stamp = context.stamp_of(Some(&position), overall.seen, &overall.rules);
        args.reading.output.write(&Report::of_words(of_all(&overall)).stamped(stamp))?;
        after(overall.seen.size);
        overall.keep();
        return Ok(0);
    }
    let is_calendar = format == Format::Ics;
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
    after(view.log.size);
    Ok(0)
}

fn after(size: u64) {
    if size == 0 {
        hint!("Next: obligo import FILE…");
    }
}

/// A docket as a calendar of that name.
pub fn calendar(view: &View, docket: &Docket, name: &str, alarms: &dyn Fn(&Line) -> Vec<u16>) -> String {
    let origin = view.log.origin;
    calendar::calendar(name, origin, &calendar::entries_of(&view.register, docket, origin, alarms))
}

/// The status of everything, or of one agreement.
pub fn report(view: &View, agreement: Option<&str>) -> Report {
    let sections = match agreement.and_then(|id| view.docket.agreement(id)) {
        Some(line) => {
            let mut sections = of_one(view, line);
            sections.extend(alerts::undelivered(health::undelivered(&view.register.ledger, view.docket.as_of)));
            sections
        }
        None => of_all(&Overall::of(view, None, false)),
    };
    Report::new(&DocketJson::of(view, &view.docket), "entries", COLUMNS).sections(sections)
}

fn of_all(overall: &Overall) -> Vec<Section> {
    let Overall { as_of, overview, .. } = overall;
    // The line of totals above says what the signs stand for.
    let columns = vec!["AGREEMENT", "FORCE", "EFFECT", "NOTICE", "✗", "!", "?", "·", "✓", "LAST ACT"];
    let rows = overview.agreements.iter().map(agreement_row).collect();
    let totals = totals(&overview.counts, overview.some_free, overview.some_binding, *as_of);
    let mut sections = vec![Section::Line(totals), Section::line(""), Section::Table { columns, rows }];
    if let (more @ 1.., pressing) = overview.more_agreements {
        let pressing = match pressing {
            0 => "none of them with anything overdue or due".to_string(),
            count => format!("{count} of them with something overdue or due"),
        };
        sections.push(Section::note(format!(
            "… and {more} more agreements, {pressing}: `--all` shows them, `-O csv` has every line"
        )));
    }
    if !overview.urgent.is_empty() {
        sections.push(Section::Heading("Needs attention".into()));
        sections.push(told(*as_of, &overview.urgent));
        sections.extend(more(overview.more_urgent));
    }
    sections.extend(overall.footer(&overview.handling));
    sections.extend(alerts::undelivered(overview.undelivered));
    sections
}

/// What of a list is not shown.
pub fn more(more: More) -> Option<Section> {
    more.words().map(|words| Section::note(format!("… and {words}: `--all` shows them")))
}

/// `✗ 2 not met   ! 1 due   ? 20 undetermined …`
fn totals(counts: &Counts, some_free: bool, some_binding: bool, as_of: NaiveDate) -> Vec<Cell> {
    let not_met = match (some_free, some_binding) {
        (_, false) => "not met",
        (false, true) => "overdue",
        (true, true) => "overdue or not met",
    };
    let late_known = match counts.late_known {
        0 => String::new(),
        count => format!(" ({count} of them known only after their date)"),
    };
    let not_met = format!("{not_met}{late_known}");
    let part = |tone: Tone, symbol: &str, count: usize, word: &str| tone.of(format!("{symbol} {count} {word}   "));
    vec![
        part(if counts.overdue > 0 { Tone::Bad } else { Tone::Plain }, "✗", counts.overdue, &not_met),
        part(if counts.due > 0 { Tone::Warning } else { Tone::Plain }, "!", counts.due, "due"),
        part(Tone::Plain, "?", counts.undetermined, "undetermined"),
        part(Tone::Plain, "·", counts.standing, "open or standing"),
        part(Tone::Plain, "✓", counts.done, "done"),
        Tone::Dim.of(format!("as of {as_of}")),
    ]
}

fn agreement_row(row: &Row) -> Vec<Cell> {
    let number = |count: usize, tone: Tone| if count == 0 { Tone::Dim.of("0") } else { tone.of(count.to_string()) };
    vec![
        Tone::Strong.of(&row.id),
        words::force(row.force).into(),
        row.effect.as_str().into(),
        if row.notice == "none" { Tone::Dim.of("none") } else { Tone::Warning.of(&row.notice) },
        number(row.counts.overdue, Tone::Bad),
        number(row.counts.due, Tone::Warning),
        number(row.counts.undetermined, Tone::Plain),
        number(row.counts.standing, Tone::Plain),
        number(row.counts.done, Tone::Good),
        row.last_act.as_str().into(),
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
    let binds = |force: Force| docket.agreements.iter().any(|line| line.force == force);
    let some_binding = binds(Force::Binding) || binds(Force::Mixed);
    sections.push(Section::Line(totals(&Counts::of(&docket.entries), binds(Force::NonBinding), some_binding, docket.as_of)));
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
    told(docket.as_of, &lines.into_iter().map(Told::of).collect::<Vec<_>>())
}

/// The same of lines that are words already.
pub fn told(as_of: NaiveDate, lines: &[Told]) -> Section {
    let row = |told: &Told| {
        vec![
            Cell::from(told.id.as_str()),
            told.provision.as_deref().unwrap_or_default().into(),
            told.tone.of(told.label.as_str()),
            told.when(as_of).into(),
            told.by.as_str().into(),
            told.what.as_str().into(),
        ]
    };
    Section::Table { columns: vec!["ID", "PARA", "STATE", "WHEN", "BY", "WHAT"], rows: lines.iter().map(row).collect() }
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

/// Position, findings and markings, under every docket.
pub fn footer(view: &View, handling: &[String]) -> Vec<Section> {
    let findings: Vec<Odd> = view.docket.findings.iter().map(Odd::from).collect();
    foot(view.docket.as_of, (&findings, 0), view.known_at.as_deref(), view.log, &view.rules, handling)
}

impl Overall<'_> {
    /// The same under what is told of all agreements.
    pub fn footer(&self, handling: &[String]) -> Vec<Section> {
        let findings = (self.overview.findings.as_slice(), self.overview.more_findings);
        foot(self.as_of, findings, self.known_at.as_deref(), self.seen, &self.rules, handling)
    }
}

fn foot(
    as_of: NaiveDate,
    (findings, more): (&[Odd], usize),
    known_at: Option<&str>,
    log: Seen,
    rules: &InForce,
    handling: &[String],
) -> Vec<Section> {
    let mut sections = Vec::new();
    if !findings.is_empty() {
        sections.push(Section::Heading("Findings".into()));
        let place = |seq: Option<u64>| seq.map(|seq| format!("record {seq}: ")).unwrap_or_default();
        sections.extend(findings.iter().map(|finding| Section::line(format!("{}{}", place(finding.seq), finding.text))));
        sections.extend((more > 0).then(|| Section::note(format!("… and {more} more: `status --all` shows them"))));
    }
    let handling = if handling.is_empty() { String::new() } else { format!(" · handling: {}", handling.join(", ")) };
    let known = known_at.map(|known| format!(" · known at {known}")).unwrap_or_default();
    let left_out = left_out(log.left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    sections.push(Section::line(""));
    sections.push(Section::note(format!(
        "as of {as_of}{known} · log {} {}… · {}{handling}{left_out}",
        log.size,
        &log.head.to_string()[..12],
        rules.held.set.id
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
