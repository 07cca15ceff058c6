//! What each record changed, and what differs between two positions, is all that there is to tell: nothing more and nothing less.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rules::diff::{Between, Cause, Diff, Difference, Look, Point, Walk};
use rules::docket::{Change, Docket, Line, Timing};
use rules::replay::Replay;
use rules::sift::Sift;

use crate::history::{Log, rule_set};
use crate::replaying::{IDS, logs};
use crate::time::days;
use crate::{Verdict, holds, is_broken, that};

/// A log, two places in it, and two days.
#[derive(Debug, Clone)]
struct Two {
    log: Log,
    known: (u64, u64),
    days: (NaiveDate, NaiveDate),
}

fn two() -> impl Strategy<Value = Two> {
    (logs(), any::<[prop::sample::Index; 2]>(), days(), 0u64..900).prop_map(|(log, places, day, more)| {
        let mut known = places.map(|place| place.index(log.entries.len() + 1) as u64);
        known.sort_unstable();
        Two { log, known: (known[0], known[1]), days: (day, day + Days::new(more)) }
    })
}

fn collected(log: &Log) -> Replay {
    let mut replay = Replay::default();
    log.entries.iter().for_each(|(seq, _, bytes)| replay.take(*seq, bytes));
    replay
}

/// What a reader sees of each line.
type Told = BTreeMap<String, String>;

fn told(line: &Line) -> String {
    let mut axes = line.axes.clone();
    // For how long it is overdue, the date and the day say.
    if let Timing::Overdue(days) = &mut axes.timing {
        *days = 0;
    }
    format!("{} {:?} {axes:?} {} {:?} {:?}", line.label, line.due, line.what, line.by, line.to)
}

fn all_told(docket: &Docket) -> Told {
    docket.entries.iter().map(|line| (line.id.clone(), told(line))).collect()
}

/// Owned, so that it outlives the dockets.
fn change(change: &Change) -> (String, Option<String>) {
    let after = match change {
        Change::New(line) | Change::Changed(_, line) => Some(told(line)),
        Change::Gone(_) => None,
    };
    (change.line().id.clone(), after)
}

fn carried_out(all: &mut Told, changes: impl IntoIterator<Item = (String, Option<String>)>) {
    for (id, after) in changes {
        match after {
            Some(line) => drop(all.insert(id, line)),
            None => drop(all.remove(&id)),
        }
    }
}

/// Step by step from one place to the other; `lost` is a step whose changes nobody carries out.
fn steps_lead_from_one_to_the_other(two: &Two, lost: Option<usize>) -> Verdict {
    let replay = collected(&two.log);
    let rules = rule_set();
    let look = Look { log: &replay, sift: Sift::default(), rules: &rules, as_of: two.days.1 };
    let (from, to) = two.known;
    IDS.into_iter().try_for_each(|id| {
        let mut all = all_told(&look.docket(id, from));
        let mut walk = Walk::new(look);
        let of_it = two.log.entries.iter().filter(|(seq, of, _)| of == id && (from + 1..=to).contains(seq));
        for (place, (seq, ..)) in of_it.enumerate() {
            let changes = walk.step(id, *seq, change);
            if lost != Some(place) {
                carried_out(&mut all, changes);
            }
        }
        that(all == all_told(&look.docket(id, to)), || format!("the lines of {id} after the walk"))
    })
}

#[test]
fn what_each_record_changed_is_together_what_all_of_them_changed() {
    holds(24, two(), |two| steps_lead_from_one_to_the_other(&two, None));
}

#[test]
fn a_step_that_is_not_told_is_seen() {
    is_broken(two(), |two| steps_lead_from_one_to_the_other(&two, Some(5)));
}

/// The lines of an agreement on a day, as they were with the records 1 to each of these.
struct Steps {
    from: u64,
    all: Vec<Told>,
}

impl Steps {
    fn of(look: &Look, id: &str, (from, to): (u64, u64)) -> Self {
        let mut all: Vec<Told> = Vec::new();
        for upto in from..=to {
            // A record of another agreement changes nothing in this one, which has a law of its own.
            let is_of_it = look.log.stream(id).binary_search_by_key(&upto, |record| record.seq).is_ok();
            let told = all.last().filter(|_| !is_of_it).cloned();
            all.push(told.unwrap_or_else(|| all_told(&look.docket(id, upto))));
        }
        Steps { from, all }
    }

    /// Whether a record changed a line, asked of two dockets and not of the diff.
    fn has_changed(&self, line: &str, seq: u64) -> bool {
        let told = |upto: u64| self.all[(upto - self.from) as usize].get(line);
        told(seq - 1) != told(seq)
    }
}

fn records(one: &Difference) -> impl Iterator<Item = u64> + '_ {
    one.causes.iter().filter_map(|cause| match cause {
        Cause::Record(seq) => Some(*seq),
        Cause::Time | Cause::Rules => None,
    })
}

/// The two parts of a diff lead from what was believed to what is, and each line has its causes, which did change it.
fn diffs_are_explained(two: &Two, spoilt: impl Fn(&mut Diff)) -> Verdict {
    let replay = collected(&two.log);
    let rules = rule_set();
    let ((from, to), (early, late)) = (two.known, two.days);
    let sift = Sift::default();
    let between = Between {
        log: &replay,
        sift,
        from: Point { as_of: early, upto: from, rules: &rules },
        to: Point { as_of: late, upto: to, rules: &rules },
    };
    let look = |as_of| Look { log: &replay, sift, rules: &rules, as_of };
    IDS.into_iter().try_for_each(|id| {
        let mut diff = between.diff(id);
        spoilt(&mut diff);
        let mut all = all_told(&look(early).docket(id, from));
        carried_out(&mut all, diff.restated.iter().map(|one| change(&one.change())));
        that(all == all_told(&look(early).docket(id, to)), || format!("{id} on {early} by what was known later"))?;
        carried_out(&mut all, diff.changed.iter().map(|one| change(&one.change())));
        that(all == all_told(&look(late).docket(id, to)), || format!("{id} on {late}"))?;
        let of_its_own = |seq: &u64| {
            let of = two.log.entries.iter().find(|(known, ..)| known == seq).map(|(_, of, _)| of.as_str());
            of == Some(id) && (from + 1..=to).contains(seq)
        };
        let (then, later) = (Steps::of(&look(early), id, (from, to)), Steps::of(&look(late), id, (from, to)));
        for (one, steps) in diff.restated.iter().map(|one| (one, &then)).chain(diff.changed.iter().map(|one| (one, &later))) {
            let line = &one.line().id;
            that(!one.causes.is_empty(), || format!("nothing made {line} what it is"))?;
            that(one.before.as_ref().map(told) != one.after.as_ref().map(told), || format!("{line} does not differ"))?;
            that(records(one).all(|seq| of_its_own(&seq)), || format!("{:?} is no record between, of {line}", one.causes))?;
            let did = |seq: u64| steps.has_changed(line, seq);
            that(records(one).all(did), || format!("{:?} did not all change {line}", one.causes))?;
        }
        // On the earlier day no time passed: every record that changed a line is named, and the last leaves it as it is.
        for one in &diff.restated {
            let line = &one.line().id;
            that(!one.causes.contains(&Cause::Time), || format!("no time passed for {line}"))?;
            let wanted: Vec<u64> = (from + 1..=to).filter(|seq| then.has_changed(line, *seq)).collect();
            that(records(one).eq(wanted.iter().copied()), || format!("{line}: {wanted:?} and not {:?}", one.causes))?;
        }
        // What told of the earlier day otherwise made nothing of what came after.
        for one in &diff.changed {
            let line = &one.line().id;
            that(records(one).all(|seq| !then.has_changed(line, seq)), || format!("{:?} restated {line}", one.causes))?;
        }
        that(early < late || diff.changed.is_empty(), || "something changed in no time".into())?;
        that(from < to || diff.changed.iter().all(|one| one.causes == [Cause::Time]), || "records of no time".into())
    })
}

#[test]
fn each_line_that_differs_has_the_causes_that_made_it_differ() {
    holds(12, two(), |two| diffs_are_explained(&two, |_| {}));
}

#[test]
fn a_difference_without_its_cause_or_with_another_is_seen() {
    is_broken(two(), |two| diffs_are_explained(&two, |diff| drop(diff.restated.pop())));
    is_broken(two(), |two| diffs_are_explained(&two, |diff| drop(diff.changed.pop())));
    let without = |diff: &mut Diff| diff.restated.iter_mut().for_each(|one| one.causes.clear());
    is_broken(two(), |two| diffs_are_explained(&two, without));
    let another = |diff: &mut Diff| diff.changed.iter_mut().for_each(|one| one.causes.push(Cause::Record(1)));
    is_broken(two(), |two| diffs_are_explained(&two, another));
}
