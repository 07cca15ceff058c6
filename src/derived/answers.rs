//! The two answers over all agreements, as much of them as a screen takes: what stands where (`status`), and what is due (`due`).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::terms::Force;
use rules::Docket;
use rules::time::Period;
use serde::{Deserialize, Serialize};

use super::told::{Counts, Odd, Row, Summary, Told};

/// How many agreements a screen shows, unless all are asked for.
const AGREEMENTS: usize = 50;

/// How many lines that are overdue a screen shows, and how many others.
pub(super) const LINES: usize = 50;

/// How many findings a screen shows.
const FINDINGS: usize = 50;

/// Where all agreements stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How many lines of each sort, over all agreements.
    pub counts: Counts,
    /// Whether any agreement does not bind.
    pub some_free: bool,
    /// Whether any binds.
    pub some_binding: bool,
    /// The agreements that are shown: all in order, or where they are too many, those with most to act on.
    pub agreements: Vec<Row>,
    /// How many more there are, and how many of those have something overdue or due.
    pub more_agreements: (usize, usize),
    /// The lines to act on that are shown, by date: all, or where they are too many, those that passed last and those that come next.
    pub urgent: Vec<Told>,
    /// How many more.
    pub more_urgent: More,
    /// Handling markings over all agreements.
    pub handling: Vec<String>,
    /// What is odd.
    pub findings: Vec<Odd>,
    /// How many more findings.
    pub more_findings: usize,
    /// How many alerts wait to be delivered, and how many could not be.
    pub undelivered: (usize, usize),
}

/// Lines that are not shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// Those that are overdue.
    pub overdue: usize,
    /// The others.
    pub others: usize,
}

impl More {
    /// `3 more overdue and 12 more due or coming`; nothing where all are shown.
    pub fn words(self) -> Option<String> {
        let overdue = (self.overdue > 0).then(|| format!("{} more overdue", self.overdue));
        let others = (self.others > 0).then(|| format!("{} more due or coming", self.others));
        let words: Vec<String> = [overdue, others].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

impl Overview {
    /// Over these agreements, which are in order; with `all`, nothing is left away.
    pub fn of(summaries: &[Summary], all: bool) -> Self {
        let rows = || summaries.iter().filter_map(|summary| summary.row.as_ref());
        let counts = rows().fold(Counts::default(), |sum, row| sum.and(row.counts));
        let mut agreements: Vec<&Row> = rows().collect();
        let mut more_agreements = (0, 0);
        if !all && agreements.len() > AGREEMENTS {
            let pressing = |row: &Row| row.counts.overdue + row.counts.due > 0;
            agreements.sort_by_key(|row| {
                (Reverse(row.counts.overdue), Reverse(row.counts.due), Reverse(row.counts.undetermined), &row.id)
            });
            let rest = agreements.split_off(AGREEMENTS);
            more_agreements = (rest.len(), rest.iter().filter(|row| pressing(row)).count());
        }
        let urgent = summaries.iter().flat_map(|summary| &summary.lines).filter(|told| told.stands.urgent);
        let (urgent, more_urgent) = shown(urgent.collect(), 0, all);
        let mut findings = findings(summaries);
        let more_findings = if all { 0 } else { findings.len().saturating_sub(FINDINGS) };
        findings.truncate(findings.len() - more_findings);
        Overview {
            counts,
            some_free: rows().any(|row| row.force == Force::NonBinding),
            some_binding: rows().any(|row| row.force != Force::NonBinding),
            agreements: agreements.into_iter().cloned().collect(),
            more_agreements,
            urgent,
            more_urgent,
            handling: together(rows().map(|row| row.handling.as_slice())),
            findings: findings.into_iter().cloned().collect(),
            more_findings,
            undelivered: summaries
                .iter()
                .fold((0, 0), |(waiting, dead), one| (waiting + one.undelivered.0, dead + one.undelivered.1)),
        }
    }
}

/// In the order in which one replay and one assessment of all would tell them.
fn findings(summaries: &[Summary]) -> Vec<&Odd> {
    let [mut entries, replay, assessed] = [0, 1, 2].map(|step: usize| {
        let of_step: Vec<&Odd> = summaries.iter().flat_map(|summary| &summary.odd[step]).collect();
        of_step
    });
    entries.sort_by_key(|odd| odd.seq);
    entries.into_iter().chain(replay).chain(assessed).collect()
}

/// By date; where they are too many, those overdue that passed last and those others that come first. So many that passed before all of
/// these were not even read.
fn shown(lines: Vec<&Told>, unread: usize, all: bool) -> (Vec<Told>, More) {
    let (mut overdue, mut others): (Vec<&Told>, Vec<&Told>) = lines.into_iter().partition(|told| told.stands.overdue);
    let mut more = More::default();
    overdue.sort_by(|one, other| one.order().cmp(&other.order()));
    others.sort_by(|one, other| one.order().cmp(&other.order()));
    if !all && unread + overdue.len() + others.len() > 2 * LINES {
        let passed_before = overdue.len().saturating_sub(LINES);
        more = More { overdue: unread + passed_before, others: others.len().saturating_sub(LINES) };
        overdue.drain(..passed_before);
        others.truncate(LINES);
    }
    let mut shown: Vec<&Told> = overdue.into_iter().chain(others).collect();
    shown.sort_by(|one, other| one.order().cmp(&other.order()));
    (shown.into_iter().cloned().collect(), more)
}

/// Handling markings together.
pub fn together<'a>(markings: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let all: BTreeSet<&String> = markings.flatten().collect();
    all.into_iter().cloned().collect()
}

/// The days that `due` is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// From this day.
    pub from: NaiveDate,
    /// To this day.
    pub to: NaiveDate,
    /// And whatever is overdue.
    pub overdue_too: bool,
}

impl Window {
    /// From a day on for so long, and whatever is overdue then.
    pub fn within(period: Period, as_of: NaiveDate) -> Self {
        Window { from: as_of, to: period.after(as_of).unwrap_or(NaiveDate::MAX), overdue_too: true }
    }

    /// What of a docket is due in it.
    pub fn of(&self, docket: &Docket) -> Docket {
        docket.with_entries(|line| self.holds(&Told::of(line)))
    }

    /// Whether a range touches it. An open end touches it as far as it is known.
    pub fn touches(&self, earliest: NaiveDate, latest: Option<NaiveDate>) -> bool {
        earliest <= self.to && self.from <= latest.unwrap_or(NaiveDate::MAX)
    }

    /// Whether a line is due in it.
    pub fn holds(&self, told: &Told) -> bool {
        let Some(earliest) = told.due().earliest.filter(|_| told.stands.dated) else { return false };
        self.touches(earliest, told.due().latest) || (self.overdue_too && (told.stands.overdue || told.stands.in_grace))
    }
}

/// What is due in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueLines {
    /// The lines that are shown, by date.
    pub lines: Vec<Told>,
    /// How many more.
    pub more: More,
    /// Whether one of all of them is overdue.
    pub any_overdue: bool,
    /// Handling markings of all of them.
    pub handling: Vec<String>,
}

/// Lines that are overdue and passed before all that were read: more than are shown were read.
#[derive(Debug, Default)]
pub(super) struct Unread {
    pub(super) lines: usize,
    pub(super) handling: Vec<String>,
}

impl DueLines {
    /// Those of these lines that a window holds.
    pub fn of<'a>(lines: impl Iterator<Item = &'a Told>, window: &Window, all: bool) -> Self {
        Self::with_unread(lines, &Unread::default(), window, all)
    }

    /// The same, where not all were read.
    pub(super) fn with_unread<'a>(lines: impl Iterator<Item = &'a Told>, unread: &Unread, window: &Window, all: bool) -> Self {
        let held: Vec<&Told> = lines.filter(|told| window.holds(told)).collect();
        let any_overdue = unread.lines > 0 || held.iter().any(|told| told.stands.overdue);
        let handling = together(held.iter().map(|told| told.handling.as_slice()).chain([unread.handling.as_slice()]));
        let (lines, more) = shown(held, unread.lines, all);
        DueLines { lines, more, any_overdue, handling }
    }
}
