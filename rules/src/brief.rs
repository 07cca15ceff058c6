//! What stands on one page before a meeting: each side's open commitments, what was reported since the last meeting and what was said of
//! it, which meetings are coming.

use chrono::{Days, NaiveDate};
use events::Event;
use events::event::Assessment as Said;

use crate::docket::{Assessment, Docket, Existence, Kind, Line, Performance, Timing};
use crate::register::{Act, Agreement};
use crate::time::Span;

/// The page.
#[derive(Debug)]
pub struct Brief<'a> {
    /// The days of the last meeting that was held.
    pub last: Option<Span>,
    /// The next meeting that is planned.
    pub next: Option<&'a Line>,
    /// Until when one looks ahead: the next meeting or, where none is planned, so many days.
    pub until: NaiveDate,
    /// Lines by whose they are.
    pub groups: Vec<Group<'a>>,
    /// What was reported or spoken of since the last meeting, and what is contested or was not accepted.
    pub reported: Vec<Reported<'a>>,
    /// What happened since the last meeting, or ever, where none was held.
    pub since: Vec<&'a Act>,
}

/// How far one looks ahead where no meeting is planned.
pub const AHEAD_DAYS: u64 = 90;

/// Some lines.
#[derive(Debug)]
pub struct Group<'a> {
    /// Whose they are.
    pub of: Of,
    /// The lines, each group's in the order of the docket.
    pub lines: Vec<&'a Line>,
}

/// Whose lines they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Of the party whose page it is, alone.
    Ours(String),
    /// Of others than that party.
    Theirs,
    /// Of one party alone, on a page that is nobody's.
    Alone(String),
    /// Of several together, that party among them.
    Joint,
    /// Whatever is contested.
    Contested,
    /// Meetings, and cycles that need one.
    Meetings,
}

/// What was reported of a line.
#[derive(Debug)]
pub struct Reported<'a> {
    /// The line.
    pub line: &'a Line,
    /// Each report: by whom, and when.
    pub reports: Vec<(Vec<String>, &'a Act)>,
    /// What was said of it: by whom, what, and when.
    pub said: Vec<(&'a str, Said, &'a Act)>,
    /// Those to whom it is owed and who have said nothing yet.
    pub silent: Vec<&'a str>,
}

/// The page of an agreement; `ours` is whose it is.
pub fn brief<'a>(agreement: &'a Agreement, docket: &'a Docket, ours: Option<&str>) -> Brief<'a> {
    let as_of = docket.as_of;
    let lines: Vec<&Line> = docket.entries.iter().filter(|line| line.agreement == agreement.id).collect();
    let happened: Vec<&Act> = agreement.acts.iter().filter(|act| act.days().latest <= as_of).collect();
    let held = happened.iter().filter(|act| matches!(act.event, Event::MeetingHeld(_)));
    let last = held.map(|act| act.days()).max_by_key(|days| days.latest);
    let is_since = |act: &Act| last.is_none_or(|last| last.latest <= act.days().latest);
    let planned = lines.iter().filter(|line| line.kind == Kind::Meeting && line.axes.is_pending());
    let next =
        planned.filter(|line| line.due.latest.is_some_and(|day| as_of <= day)).min_by_key(|line| line.due.earliest).copied();
    let until = next.and_then(|line| line.due.latest).or_else(|| as_of.checked_add_days(Days::new(AHEAD_DAYS)));
    Brief {
        last,
        next,
        until: until.unwrap_or(NaiveDate::MAX),
        groups: groups(agreement, &lines, ours),
        reported: lines.iter().filter_map(|line| reported(line, &happened, is_since)).collect(),
        since: happened.iter().filter(|act| is_since(act)).copied().collect(),
    }
}

fn groups<'a>(agreement: &Agreement, lines: &[&'a Line], ours: Option<&str>) -> Vec<Group<'a>> {
    let is_open = |line: &&Line| line.kind == Kind::Commitment && !matches!(line.axes.existence, Existence::Ended(_));
    let owed: Vec<&Line> = lines.iter().copied().filter(is_open).collect();
    let of =
        |of: Of, wanted: &dyn Fn(&Line) -> bool| Group { of, lines: owed.iter().copied().filter(|line| wanted(line)).collect() };
    let is_ours = |line: &Line| ours.is_none_or(|ours| line.by.iter().any(|party| party == ours));
    let mut groups = match ours {
        Some(ours) => vec![of(Of::Ours(ours.into()), &|line| line.by == [ours]), of(Of::Theirs, &|line| !is_ours(line))],
        None => agreement
            .party_ids()
            .into_iter()
            .map(|party| of(Of::Alone(party.clone()), &|line| line.by == [party.as_str()]))
            .collect(),
    };
    groups.push(of(Of::Joint, &|line| line.by.len() > 1 && is_ours(line)));
    let all =
        |of: Of, wanted: &dyn Fn(&Line) -> bool| Group { of, lines: lines.iter().copied().filter(|line| wanted(line)).collect() };
    groups.push(all(Of::Contested, &|line| line.axes.assessment == Assessment::Contested || line.label.contains("contested")));
    groups.push(all(Of::Meetings, &|line| matches!(line.kind, Kind::Meeting | Kind::MeetingCycle) && line.axes.is_pending()));
    groups
}

fn reported<'a>(line: &'a Line, happened: &[&'a Act], is_since: impl Fn(&Act) -> bool) -> Option<Reported<'a>> {
    let id = line.id.split_once('/')?.1;
    let mut reports = Vec::new();
    let mut said = Vec::new();
    for act in happened {
        match &act.event {
            Event::PerformanceReported(report) if report.instance == id => {
                reports.push((if report.by.is_empty() { line.by.clone() } else { report.by.clone() }, *act));
            }
            Event::AssessmentMade(made) if made.instance == id => said.push((made.by.as_str(), made.assessment, *act)),
            _ => {}
        }
    }
    let is_new = reports.iter().map(|(_, act)| act).chain(said.iter().map(|(.., act)| act)).any(|act| is_since(act));
    let is_open = matches!(line.axes.assessment, Assessment::Contested | Assessment::Rejected);
    let has_spoken = |party: &String| said.iter().any(|(by, ..)| by == party) || reports.iter().any(|(by, _)| by.contains(party));
    let silent = line.to.iter().filter(|party| !has_spoken(party)).map(String::as_str).collect();
    (!reports.is_empty() && (is_new || is_open)).then_some(Reported { line, reports, said, silent })
}

/// Where a line stands for whoever prepares a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// Its latest day has passed.
    Overdue,
    /// It is due by the day until which one looks.
    Due,
    /// What is known does not settle it.
    Undetermined,
    /// It is due later, or open without a date.
    Later,
    /// It waits for something, or is suspended.
    Waiting,
    /// It stands without a date, and nothing was done.
    Standing,
}

impl Brief<'_> {
    /// Where an open line stands.
    pub fn stand(&self, line: &Line) -> Stand {
        match (&line.axes.timing, &line.axes.existence) {
            (_, Existence::Dormant(_) | Existence::Suspended(_)) => Stand::Waiting,
            (Timing::Undetermined(_), _) => Stand::Undetermined,
            (Timing::Overdue(_), _) => Stand::Overdue,
            (Timing::Undated, _) if line.axes.performance == Performance::None => Stand::Standing,
            _ if line.due.earliest.is_some_and(|day| day <= self.until) => Stand::Due,
            // One act without a date is open, as is what was done in part.
            _ => Stand::Later,
        }
    }

    /// How many lines of a group are overdue, due, undetermined.
    pub fn count(&self, group: &Group, stand: Stand) -> usize {
        group.lines.iter().filter(|line| line.axes.performance != Performance::Complete && self.stand(line) == stand).count()
    }
}
