//! An agreement at rest: whatever later day it is looked at from, the docket says the same of it, but for the day itself.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use rules::docket::{AgreementLine, Docket, EffectState, Existence, Kind, Line, Timing};
use rules::rest::AtRest;
use rules::{Register, assess, assess_moving};

use crate::history::{History, day, histories, log, rule_set};
use crate::knowing::Told;
use crate::without_the_day::without_the_day;
use crate::{Verdict, holds, is_broken, runner, that};

/// So many days later it is looked at again.
const LATER: [u64; 7] = [1, 30, 200, 365, 1_100, 3_650, 21_900];

/// A history, how long each of its records waited, and the day that it is looked at from.
fn drawn() -> impl Strategy<Value = (History, Vec<u64>, NaiveDate)> {
    let waits = prop_oneof![Just(vec![0]), prop::collection::vec(prop_oneof![Just(0u64), 1..200u64], 1..8)];
    let days = prop_oneof![600u64..2_000, 1_200u64..4_500];
    (histories(), waits, days).prop_map(|(history, waits, days)| (history, waits, day("2022-01-10") + Days::new(days)))
}

/// Where two dockets of one agreement differ in anything at all.
fn the_same(one: &Docket, other: &Docket, later: NaiveDate) -> Verdict {
    let (one, other) = (without_the_day(one), without_the_day(other));
    for line in &one.entries {
        let then = other.line(&line.id);
        that(then == Some(line), || format!("on {later} {line:?}\n  is {then:?}"))?;
    }
    that(one == other, || format!("on {later}: {:?}\n  is {:?}", one.agreements, other.agreements))
}

fn stays_at_rest(register: &Register, as_of: NaiveDate, is_at_rest: impl Fn(&AgreementLine, &Docket) -> bool) -> Verdict {
    let now = assess(register, Vec::new(), &rule_set(), as_of);
    if !is_at_rest(&now.agreements[0], &now) {
        return Ok(());
    }
    LATER.iter().try_for_each(|days| {
        let later = as_of + Days::new(*days);
        let mut then = assess(register, Vec::new(), &rule_set(), later);
        // Whether the controls' own word for it is that of the docket does not matter here.
        then.agreements[0].at_rest = now.agreements[0].at_rest;
        the_same(&now, &then, later)
    })
}

fn of_register(history: &History, waits: &[u64]) -> Register {
    Told::of(history, waits).by(NaiveDate::MAX)
}

#[test]
fn time_alone_changes_nothing_of_what_is_at_rest() {
    holds(512, drawn(), |(history, waits, as_of)| stays_at_rest(&of_register(&history, &waits), as_of, |line, _| line.at_rest));
}

#[test]
fn what_is_at_rest_stays_so() {
    holds(256, drawn(), |(history, waits, as_of)| {
        let register = of_register(&history, &waits);
        let is_at_rest = |day| assess(&register, Vec::new(), &rule_set(), day).agreements[0].at_rest;
        that(!is_at_rest(as_of) || LATER.iter().all(|days| is_at_rest(as_of + Days::new(*days))), || format!("from {as_of}"))
    });
}

fn is_over(line: &AgreementLine) -> bool {
    matches!(line.effect.state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded)
}

#[test]
fn what_is_over_and_not_at_rest_may_change() {
    let law = |is_at_rest: fn(&AgreementLine, &Docket) -> bool| {
        move |(history, waits, as_of): (History, Vec<u64>, NaiveDate)| {
            stays_at_rest(&of_register(&history, &waits), as_of, is_at_rest)
        }
    };
    is_broken(drawn(), law(|line, _| is_over(line)));
    // Not even where nothing is due any more, if something lies ahead.
    fn is_still(line: &Line) -> bool {
        match line.axes.timing {
            Timing::Overdue(_) | Timing::Undetermined(_) => true,
            _ => matches!(line.axes.existence, Existence::Ended(_)) || line.kind == Kind::Term,
        }
    }
    is_broken(drawn(), law(|line, docket| is_over(line) && docket.entries.iter().all(is_still)));
}

#[test]
fn most_of_what_is_over_for_long_is_at_rest() {
    let mut seen: BTreeMap<(bool, bool), usize> = BTreeMap::new();
    let mut runner = runner(256);
    for _ in 0..256 {
        let (history, waits, _) = drawn().new_tree(&mut runner).expect("nothing is rejected").current();
        let docket = assess(&of_register(&history, &waits), Vec::new(), &rule_set(), day("2060-01-01"));
        let line = &docket.agreements[0];
        *seen.entry((is_over(line), line.at_rest)).or_default() += 1;
    }
    let count = |key| seen.get(&key).copied().unwrap_or_default();
    assert_eq!(count((false, true)), 0, "{seen:?}");
    assert!(4 * count((true, false)) < count((true, true)), "{seen:?}");
}

/// What moves is all of the docket but what is at rest, on each later day.
#[test]
fn what_is_left_out_is_what_is_at_rest() {
    let several = (prop::collection::vec(histories(), 2..5), 1_200u64..4_500, 0u64..900);
    holds(64, several, |(histories, days, more)| {
        let ids = ["a", "b", "c", "d", "e"];
        let named: Vec<(&str, &History)> = ids.into_iter().zip(&histories).collect();
        let register = log(&named, &[]).register();
        let since = day("2022-01-10") + Days::new(days);
        let at_rest = AtRest::of(&assess(&register, Vec::new(), &rule_set(), since));
        let as_of = since + Days::new(more);
        let whole = assess(&register, Vec::new(), &rule_set(), as_of);
        let mut moving = whole.with_entries(|line| !at_rest.agreements.contains(&line.agreement));
        moving.agreements.retain(|line| !at_rest.agreements.contains(&line.id));
        moving.findings.retain(|finding| finding.agreement.as_ref().is_none_or(|id| !at_rest.agreements.contains(id)));
        that(assess_moving(&register, &at_rest, &rule_set(), as_of) == moving, || format!("on {as_of}"))?;
        let before = since - Days::new(1);
        let all = assess(&register, Vec::new(), &rule_set(), before);
        that(assess_moving(&register, &at_rest, &rule_set(), before) == all, || format!("on {before}, of which nothing is known"))
    });
}
