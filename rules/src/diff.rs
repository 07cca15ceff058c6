//! What each record changed in the docket of a day, and what differs between two positions, each line with its causes. A docket here is
//! always what a view shows at that position: nothing is patched, everything is derived anew.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::assess;
use crate::docket::{Change, Docket, Line};
use crate::replay::Replay;
use crate::rule_set::RuleSet;
use crate::sift::Sift;

/// A log, and how it is looked at from a day.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// All records that have a say.
    pub log: &'a Replay,
    /// Which of them are looked at.
    pub sift: Sift,
    /// What it is derived by.
    pub rules: &'a RuleSet,
    /// The day.
    pub as_of: NaiveDate,
}

impl Look<'_> {
    /// One agreement, with the records up to and including `upto`.
    pub fn docket(&self, agreement: &str, upto: u64) -> Docket {
        let (register, findings) = self.log.agreement_at(agreement, upto, &self.sift);
        assess(&register, findings, self.rules, self.as_of)
    }

    /// Which records after `from`, up to and including `to`, changed which lines of an agreement, each in order.
    fn causes(&self, agreement: &str, from: u64, to: u64) -> BTreeMap<String, Vec<u64>> {
        let mut causes: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut before = self.docket(agreement, from);
        for record in self.log.stream(agreement).iter().filter(|record| (from + 1..=to).contains(&record.seq)) {
            let after = self.docket(agreement, record.seq);
            for change in after.changes(&before) {
                causes.entry(change.line().id.clone()).or_default().push(record.seq);
            }
            before = after;
        }
        causes
    }
}

/// A walk along the log, record by record.
pub struct Walk<'a> {
    look: Look<'a>,
    dockets: BTreeMap<&'a str, Docket>,
}

impl<'a> Walk<'a> {
    /// A walk from any record on.
    pub fn new(look: Look<'a>) -> Self {
        Walk { look, dockets: BTreeMap::new() }
    }

    /// The next record, of this agreement: what `told` makes of the lines that it changed.
    pub fn step<T>(&mut self, agreement: &'a str, seq: u64, told: impl Fn(&Change) -> T) -> Vec<T> {
        let before = self.dockets.remove(agreement).unwrap_or_else(|| self.look.docket(agreement, seq.saturating_sub(1)));
        let after = self.look.docket(agreement, seq);
        let changes = after.changes(&before).iter().map(told).collect();
        self.dockets.insert(agreement, after);
        changes
    }

    /// A record by which another rule set is gone by from here on: what `told` makes of each line that it changed, of every agreement.
    pub fn adopt<T>(&mut self, rules: &'a RuleSet, seq: u64, told: impl Fn(&Change) -> T) -> Vec<T> {
        let mut changes = Vec::new();
        let other = Look { rules, ..self.look };
        for agreement in self.look.log.agreements() {
            let (before, after) = (self.look.docket(agreement, seq), other.docket(agreement, seq));
            changes.extend(after.changes(&before).iter().map(&told));
            self.dockets.insert(agreement, after);
        }
        self.look = other;
        changes
    }
}

/// A position in a log.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// The day it is seen from.
    pub as_of: NaiveDate,
    /// The records 1 to this are known.
    pub upto: u64,
    /// The rule set, as it was known.
    pub rules: &'a RuleSet,
}

/// What differs between an earlier position and a later one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diff {
    /// What was believed of the earlier day, and is told otherwise of the same day by what is known later.
    pub restated: Vec<Difference>,
    /// What is otherwise on the later day than it was on the earlier, both by what is known later.
    pub changed: Vec<Difference>,
}

/// A line that differs, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The line before; `None`: there was none.
    pub before: Option<Line>,
    /// The line after; `None`: there is none any more.
    pub after: Option<Line>,
    /// Why, in order; at least one.
    pub causes: Vec<Cause>,
}

/// Why a line differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Time passed: with the same records the line differs.
    Time,
    /// Another rule set, or editions of calendars that came between.
    Rules,
    /// This record, by its `seq`.
    Record(u64),
}

impl Difference {
    fn of(change: &Change, causes: Vec<Cause>) -> Self {
        let (before, after) = match *change {
            Change::New(new) => (None, Some(new)),
            Change::Changed(old, new) => (Some(old), Some(new)),
            Change::Gone(old) => (Some(old), None),
        };
        Difference { before: before.cloned(), after: after.cloned(), causes }
    }

    /// The line as it is, or as it was.
    pub fn line(&self) -> &Line {
        self.after.as_ref().or(self.before.as_ref()).expect("a difference is of a line")
    }

    /// The same as a change.
    pub fn change(&self) -> Change<'_> {
        match (&self.before, &self.after) {
            (Some(old), Some(new)) => Change::Changed(old, new),
            (None, Some(new)) => Change::New(new),
            _ => Change::Gone(self.line()),
        }
    }
}

/// Two positions in a log. The later knows at least what the earlier knew, and is not seen from an earlier day.
#[derive(Debug, Clone, Copy)]
pub struct Between<'a> {
    /// All records that have a say.
    pub log: &'a Replay,
    /// Which of them are looked at.
    pub sift: Sift,
    /// The earlier.
    pub from: Point<'a>,
    /// The later.
    pub to: Point<'a>,
}

impl<'a> Between<'a> {
    fn look(&self, rules: &'a RuleSet, as_of: NaiveDate) -> Look<'a> {
        Look { log: self.log, sift: self.sift, rules, as_of }
    }

    /// What differs in an agreement.
    pub fn diff(&self, agreement: &str) -> Diff {
        let (from, to) = (self.from, self.to);
        let believed = self.look(from.rules, from.as_of).docket(agreement, from.upto);
        let was = self.look(to.rules, from.as_of).docket(agreement, to.upto);
        let is = self.look(to.rules, to.as_of).docket(agreement, to.upto);
        let (restated, changed) = (was.changes(&believed), is.changes(&was));
        if restated.is_empty() && changed.is_empty() {
            return Diff::default();
        }
        let early = self.look(to.rules, from.as_of).causes(agreement, from.upto, to.upto);
        let late = self.look(to.rules, to.as_of).causes(agreement, from.upto, to.upto);
        let counted_anew = self.look(to.rules, from.as_of).docket(agreement, from.upto);
        let ruled: Vec<&str> = counted_anew.changes(&believed).iter().map(|change| change.line().id.as_str()).collect();
        let restating = |line: &Line| early.get(&line.id).map_or(&[][..], Vec::as_slice);
        let restated = restated.iter().map(|change| {
            let by_rules = ruled.contains(&change.line().id.as_str()).then_some(Cause::Rules);
            let records = restating(change.line()).iter().copied().map(Cause::Record);
            Difference::of(change, by_rules.into_iter().chain(records).collect())
        });
        let changed = changed.iter().map(|change| {
            let line = change.line();
            // What told of the earlier day otherwise is no cause of what came after it.
            let records = late.get(&line.id).into_iter().flatten().filter(|seq| !restating(line).contains(seq)).copied();
            Difference::of(change, self.with_time(line, &was, &is, records.collect()))
        });
        Diff { restated: restated.collect(), changed: changed.collect() }
    }

    /// The records, and the time that changed the line before the first of them happened and after the last.
    fn with_time(&self, line: &Line, was: &Docket, is: &Docket, records: Vec<u64>) -> Vec<Cause> {
        let agreement = line.agreement.as_str();
        let days: Vec<(NaiveDate, NaiveDate)> = records.iter().filter_map(|seq| self.days(agreement, *seq)).collect();
        let (Some(first), Some(last)) = (days.iter().map(|days| days.0).min(), days.iter().map(|days| days.1).max()) else {
            return vec![Cause::Time];
        };
        let differs = |one: &Docket, other: &Docket| other.changes(one).iter().any(|change| change.line().id == line.id);
        let on = |day| self.look(self.to.rules, day).docket(agreement, self.to.upto);
        let before = first.pred_opt().filter(|day| self.from.as_of < *day).is_some_and(|day| differs(was, &on(day)));
        let after = last < self.to.as_of && differs(&on(last), is);
        let time = |passed: bool| passed.then_some(Cause::Time);
        time(before).into_iter().chain(records.into_iter().map(Cause::Record)).chain(time(after)).collect()
    }

    /// The days between the two positions on which a record may have happened.
    fn days(&self, agreement: &str, seq: u64) -> Option<(NaiveDate, NaiveDate)> {
        let stream = self.log.stream(agreement);
        let record = &stream[stream.binary_search_by_key(&seq, |record| record.seq).ok()?];
        let recorded = record.recorded_at.date_naive();
        let on = record.occurred_on.as_ref().filter(|on| !on.is_approximate());
        let earliest = on.and_then(|on| on.earliest()).unwrap_or(recorded);
        let latest = on.and_then(|on| on.latest()).unwrap_or(recorded);
        let within = |day: NaiveDate| day.clamp(self.from.as_of, self.to.as_of);
        Some((within(earliest.min(latest)), within(latest)))
    }
}
