//! Since when the log says what a line says. A date that had passed before anybody could know of it from the log is not silently
//! missed: the line is flagged beside its label, which stays what it is.
//!
//! | a line whose date passed without it | `late_known` |
//! |---|---|
//! | all that it rests on was recorded by its latest day | no |
//! | something was recorded, or reversed, later; with what was recorded by its latest day, as it stood then, the docket gave that date or an earlier one | no |
//! | otherwise | yes |
//!
//! Days are those of the log's own clock, in UTC. What was recorded on the day itself was known in time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use events::Event;

use crate::assess::lines_on;
use crate::docket::{Docket, Ending, Existence, Kind, Line, Performance, Reason, Timing};
use crate::register::{Agreement, Register};
use crate::replay::known_by;
use crate::time::regime::Almanac;

/// Says of each line since when it was known, and flags those that were known only after their date.
pub(crate) fn mark(docket: &mut Docket, register: &Register, almanac: &Almanac) {
    let as_of = docket.as_of;
    for lines in docket.entries.chunk_by_mut(|one, next| one.agreement == next.agreement) {
        let Some(agreement) = lines.first().and_then(|line| register.agreements.get(&line.agreement)) else { continue };
        let mut knowledge = Knowledge::of(agreement, almanac, as_of);
        lines.iter_mut().for_each(|line| knowledge.mark(line));
    }
}

/// What was recorded of one agreement, and when.
struct Knowledge<'a> {
    agreement: &'a Agreement,
    almanac: &'a Almanac,
    as_of: NaiveDate,
    /// By `seq`: the day it was recorded, and what happened, if it is an act.
    recorded: BTreeMap<u64, (NaiveDate, Option<&'a Event>)>,
    /// What every line rests on, cited or not: what was agreed, and how the agreement began.
    founding: Vec<u64>,
    /// The day since which that is told.
    begun: Option<NaiveDate>,
    /// Reversals, and when each was made.
    reversals: Vec<(u64, NaiveDate)>,
    /// Every day on which something was recorded or reversed.
    days: BTreeSet<NaiveDate>,
    /// The lines as they would be told with what was known by the end of a day.
    believed: BTreeMap<NaiveDate, Vec<Line>>,
}

impl<'a> Knowledge<'a> {
    fn of(agreement: &'a Agreement, almanac: &'a Almanac, as_of: NaiveDate) -> Self {
        let terms = [(agreement.terms.seq, agreement.terms.recorded_at)];
        let sources = agreement.sources.iter().map(|known| (known.seq, known.recorded_at));
        let bodies = agreement.bodies.iter().map(|known| (known.seq, known.recorded_at));
        let provisions = agreement.provisions.iter().map(|known| (known.seq, known.recorded_at));
        let agreed = terms.into_iter().chain(sources).chain(bodies).chain(provisions);
        let agreed = agreed.map(|(seq, at)| (seq, (at.date_naive(), None)));
        let acts = agreement.acts.iter().map(|act| (act.seq, (act.recorded_at.date_naive(), Some(&act.event))));
        let recorded: BTreeMap<_, _> = agreed.chain(acts).collect();
        let begins = agreement.acts.iter().filter(|act| founds(&act.event));
        let begun = begins.clone().map(|act| act.recorded_at).min().max(Some(agreement.terms.recorded_at));
        let provisions = agreement.provisions.iter().map(|known| known.seq);
        let founding = [agreement.terms.seq].into_iter().chain(provisions).chain(begins.map(|act| act.seq)).collect();
        let reversals = agreement.corrections.iter().filter(|record| matches!(record.event, Event::RecordCorrected(_)));
        let reversals = reversals.map(|record| (record.seq, record.recorded_at.date_naive())).collect();
        let corrections = agreement.corrections.iter().map(|record| record.recorded_at.date_naive());
        let days = recorded.values().map(|(day, _)| *day).chain(corrections).collect();
        let begun = begun.map(|at| at.date_naive());
        Knowledge { agreement, almanac, as_of, recorded, founding, begun, reversals, days, believed: BTreeMap::new() }
    }

    fn mark(&mut self, line: &mut Line) {
        let cited: BTreeSet<u64> = line.because.iter().flat_map(|reason| reason.records.iter().copied()).collect();
        let says_so = |seq: &u64| {
            let (day, event) = self.recorded.get(seq)?;
            Some(*day).filter(|_| !event.is_some_and(|event| only_reports(event, line)))
        };
        line.known_since = cited.iter().filter_map(says_so).chain(self.begun).max();
        let Some(date) = line.due.latest.filter(|date| *date < self.as_of && was_missed(line)) else { return };
        let day_of = |seq: &u64| self.recorded.get(seq).map(|(day, _)| *day);
        let after = |seq: &u64| day_of(seq).is_some_and(|day| date < day);
        let cited: Vec<u64> = cited.into_iter().filter(after).collect();
        let founding: Vec<u64> = self.founding.iter().copied().filter(after).collect();
        let reversals: Vec<u64> = self.reversals.iter().copied().filter(|(_, day)| date < *day).map(|(seq, _)| seq).collect();
        if cited.is_empty() && founding.is_empty() && reversals.is_empty() {
            return;
        }
        if self.is_told(line, date, date) {
            // What came later changed nothing of that: it was known from the first day on which it was told.
            let by_then: Vec<NaiveDate> = self.days.range(..=date).copied().collect();
            line.known_since = by_then.into_iter().find(|day| self.is_told(line, date, *day)).or(line.known_since);
            return;
        }
        let later: Vec<NaiveDate> = self.days.range(date..).copied().filter(|day| date < *day).collect();
        // On the last of them the docket says what it says now.
        let Some((last, before)) = later.split_last() else { return };
        let since = before.iter().copied().find(|day| self.is_told(line, date, *day)).unwrap_or(*last);
        line.known_since = Some(since);
        line.late_known = true;
        let made: BTreeMap<u64, NaiveDate> =
            self.recorded.iter().map(|(seq, (day, _))| (*seq, *day)).chain(self.reversals.iter().copied()).collect();
        let by_then = |seqs: Vec<u64>| -> Vec<u64> { seqs.into_iter().filter(|seq| made[seq] <= since).collect() };
        let of_the_day = || made.iter().filter(|(_, day)| **day == since).map(|(seq, _)| *seq).collect();
        let told_by = [cited, founding, reversals].map(by_then).into_iter().find(|records| !records.is_empty());
        let text = format!(
            "could not have been known from the log before {since}: what it rests on was recorded after the date, {date}"
        );
        line.because.push(Reason::new("line.late-known", text).records(told_by.unwrap_or_else(of_the_day)));
    }

    /// Whether the docket, with what was known at the end of `day`, says of that line that it is, or was, owed by that date or an earlier one.
    fn is_told(&mut self, line: &Line, date: NaiveDate, day: NaiveDate) -> bool {
        let (agreement, almanac, as_of) = (self.agreement, self.almanac, self.as_of);
        let lines = self
            .believed
            .entry(day)
            .or_insert_with(|| known_by(agreement, day).map_or_else(Vec::new, |agreement| lines_on(&agreement, almanac, as_of)));
        lines.iter().find(|then| then.id == line.id).is_some_and(|then| {
            let owed = matches!(then.axes.existence, Existence::Live | Existence::Ended(Ending::Fulfilled));
            (owed || then.axes.existence == line.axes.existence)
                && !matches!(then.axes.timing, Timing::Undetermined(_))
                && then.due.latest.is_some_and(|latest| latest <= date)
        })
    }
}

/// Its date passed, and it was not done: overdue, or over because of that.
fn was_missed(line: &Line) -> bool {
    let can_be = matches!(line.kind, Kind::Commitment | Kind::MeetingCycle);
    let overdue = line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_));
    let lapsed = line.axes.performance != Performance::Complete && line.axes.existence == Existence::Ended(Ending::Expired);
    can_be && (overdue || lapsed)
}

/// It makes the agreement one that has effect.
pub(crate) fn founds(event: &Event) -> bool {
    matches!(
        event,
        Event::AgreementConcluded(_)
            | Event::AgreementSigned(_)
            | Event::AgreementLaunched(_)
            | Event::AgreementTookEffect(_)
            | Event::AgreementProvisionallyApplied(_)
            | Event::ConsentNotified(_)
    )
}

/// It tells what became of the line, and not that it is owed. What became of another may set this one off, or give it its date.
fn only_reports(event: &Event, line: &Line) -> bool {
    let is_own = |instance: &str| line.id.strip_prefix(&line.agreement).is_some_and(|id| id[1..] == *instance);
    match event {
        Event::PerformanceReported(done) => is_own(&done.instance),
        Event::AssessmentMade(made) => is_own(&made.instance),
        Event::BreachDetermined(breach) => is_own(&breach.instance),
        Event::MeetingHeld(_) | Event::MeetingInquorate(_) | Event::MeetingCancelled(_) => line.kind == Kind::MeetingCycle,
        event => matches!(event, Event::WorkReported(_) | Event::IncidentReported(_)),
    }
}
