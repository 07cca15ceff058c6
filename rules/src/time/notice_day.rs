//! The last day to give notice, by search: the latest day from which the clause, counted forward, still gives an end in time.
//! Counting back is no search. Six months end by 28 February if they begin by 31 August; counting back gives the 28th.

use chrono::{Days, NaiveDate};

use super::compute::{Clause, Counting, Quantifier, compute};
use super::period::Period;
use super::regime::EffectDay;
use super::span::Span;

/// The last day to begin, for an end that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay {
    /// From this day the end comes in time under every reading; from the next day it does not, under one at least.
    pub sure: NaiveDate,
    /// The last day from which it may still come in time; the same day where the clause is settled.
    pub possible: NaiveDate,
}

/// Longer than any period and any deemed receipt before it: a search ends there.
const FARTHEST: u64 = 1_200_000;

/// A day that a clause names may lie before the event, within a month of it (the first of that month): a search begins so much later.
const LATER: u64 = 31;

/// Where a calendar begins or ends, later days may be surer than earlier ones; so many days are looked at one by one.
const EDGE: u64 = 400;

/// The last day from which `clause` gives a day no later than `end`. `None` where no day does.
pub fn last_day(end: NaiveDate, clause: &Clause, counting: &Counting) -> Option<LastDay> {
    let count = |from: NaiveDate| compute(Span::day(from), clause, counting).span();
    let one = |holds: &dyn Fn(NaiveDate) -> bool| match counting.calendars.is_empty() {
        true => search(end, holds),
        false => {
            let found = search(end, holds);
            let first = end.checked_add_days(Days::new(LATER))?;
            let mut later = (0..EDGE).map_while(|back| first.checked_sub_days(Days::new(back)));
            later.by_ref().take_while(|day| Some(*day) != found).find(|day| holds(*day)).or(found)
        }
    };
    let sure = one(&|from| count(from).is_some_and(|span| span.latest <= end))?;
    let possible = one(&|from| count(from).is_some_and(|span| span.earliest <= end))?;
    Some(LastDay { sure, possible })
}

/// The last day from which a period, by the regime's months and days and without any roll, is over by `end`; with both that day and the
/// end outside the period, where it is clear.
pub fn last_day_before(end: NaiveDate, period: Period, is_clear: bool, counting: &Counting) -> Option<LastDay> {
    // An effect never moves, so that counting to one leaves weekends and holidays alone.
    let quantifier = is_clear.then_some(Quantifier::Clear);
    last_day(end, &Clause { effect: Some(EffectDay::SameDay), quantifier, ..Clause::effect(period) }, counting)
}

/// The last day on which it holds, of those not long after `end`: far enough back first, then half by half. What holds must hold on
/// every day before.
pub(super) fn search(end: NaiveDate, holds: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
    let start = end.checked_add_days(Days::new(LATER))?;
    let back = |days: u64| start.checked_sub_days(Days::new(days));
    if holds(start) {
        return Some(start);
    }
    let (mut too_late, mut reach) = (0, 1);
    while !back(reach).is_some_and(&holds) {
        if reach == FARTHEST || back(reach).is_none() {
            return None;
        }
        (too_late, reach) = (reach, (reach * 2).min(FARTHEST));
    }
    while reach - too_late > 1 {
        let middle = (too_late + reach) / 2;
        if back(middle).is_some_and(&holds) { reach = middle } else { too_late = middle }
    }
    back(reach)
}

/// What counting back gives, which officers do by hand: shown beside the search.
pub fn subtracted(end: NaiveDate, period: Period) -> Option<NaiveDate> {
    let days = Days::new(u64::from(period.days()));
    end.checked_sub_days(days)?.checked_sub_months(chrono::Months::new(period.months()))
}

#[cfg(test)]
mod tests {
    use super::super::compute::tests::{clause, plain};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn last(end: NaiveDate, period: Period) -> NaiveDate {
        let regime = plain(false);
        last_day(end, &clause(period), &Counting::by(&regime)).unwrap().sure
    }

    #[test]
    fn the_last_day_for_six_months_to_28_february_is_31_august() {
        let six_months = Period::of_months(6);
        assert_eq!(last(day("2027-02-28"), six_months), day("2026-08-31"));
        assert_eq!(subtracted(day("2027-02-28"), six_months), Some(day("2026-08-28")));
    }

    #[test]
    fn counting_back_six_months_is_too_early_on_40_days_of_eight_years() {
        let days = (0..2922).map(|offset| day("2025-01-01") + Days::new(offset));
        let differing = days.filter(|end| subtracted(*end, Period::of_months(6)) != Some(last(*end, Period::of_months(6))));
        assert_eq!(differing.count(), 40);
    }

    #[test]
    fn a_clause_that_never_ends_in_time_has_no_last_day() {
        let regime = plain(false);
        let clause = Clause { not_before: Some(day("2036-12-31")), ..clause(Period::of_months(6)) };
        assert_eq!(last_day(day("2030-01-01"), &clause, &Counting::by(&regime)), None);
    }

    proptest::proptest! {
        #[test]
        fn the_last_day_to_begin_is_in_time_and_the_next_day_is_not(offset in 0u64..60_000, months in 0u32..61, days in 0u32..100, sticky: bool) {
            let end = day("1950-01-01") + Days::new(offset);
            let period: Period = format!("P{}M{}D", months, days + 1).parse().unwrap();
            let regime = plain(sticky);
            let (counting, clause) = (Counting::by(&regime), clause(period));
            let last = last_day(end, &clause, &counting).unwrap();
            let ends = |from: NaiveDate| compute(Span::day(from), &clause, &counting).date().unwrap();
            assert_eq!(last.sure, last.possible);
            assert!(ends(last.sure) <= end);
            assert!(ends(last.sure.succ_opt().unwrap()) > end);
        }
    }
}
