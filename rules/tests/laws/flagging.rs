//! What is flagged: once, from the earliest day before it and the latest after it, and the same whether it was looked at daily or after a gap.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate};
use events::alert::{AlertFact, AlertsRaised, AlertsWithdrawn, RunCompleted, Rung, Withdrawal};
use events::event::RulesAdopted;
use events::record::ALERTS;
use events::{DateSpec, Draft, Event, Record};
use proptest::prelude::*;
use rules::Docket;
use rules::alert::{Evaluation, LOG, Ladders, Ledger, Plan, Today, evaluate};
use rules::docket::Timing;
use uuid::Uuid;

use crate::history::{History, day, docket, histories};
use crate::{Verdict, holds, is_broken, that};

/// What is flagged on a docket's day, where some clocks are a day ahead and some behind.
fn flagged(docket: &Docket, ledger: &Ledger, apart: u64) -> Evaluation {
    let (ahead, behind) = (docket.as_of + Days::new(apart), docket.as_of - Days::new(apart));
    let ladders = Ladders::default();
    let (hearers, today) = (|_: &_| Vec::new(), |_: &str| Today { ahead, behind });
    evaluate(docket, ledger, &Plan { origin: Uuid::nil(), ladders: &ladders, hearers: &hearers, today: &today })
}

/// The ledger with what a run flagged.
fn with(ledger: &mut Ledger, found: &Evaluation, as_of: NaiveDate) {
    let message = Uuid::from_u128(u128::from(ledger.version) + 1);
    let raised = found.raise.get(LOG).cloned().unwrap_or_default();
    let withdrawn = found.withdraw.get(LOG).into_iter().flatten().map(|(id, why)| Withdrawal { id: *id, why: why.clone() });
    let run = RunCompleted {
        size: 0,
        root: String::new(),
        rules: RulesAdopted { id: String::new(), sha256: String::new() },
        settings: String::new(),
        evaluated: found.evaluated,
        due: found.due,
        undetermined: found.undetermined,
        obligations: String::new(),
    };
    let facts = [
        AlertFact::Withdrawn(Box::new(AlertsWithdrawn { message, channel: LOG.into(), alerts: withdrawn.collect() })),
        AlertFact::Raised(Box::new(AlertsRaised { message, channel: LOG.into(), alerts: raised })),
        AlertFact::Run(Box::new(run)),
    ];
    for fact in facts {
        let draft = Draft {
            id: Uuid::nil(),
            agreement: ALERTS.into(),
            event: Event::Alert(fact),
            occurred_on: Some(DateSpec::from(as_of)),
            actor: "job".into(),
            authority: None,
            source: None,
            reason: None,
            corrects: None,
            rules: None,
        };
        let seq = ledger.version + 1;
        let recorded_at = DateTime::UNIX_EPOCH;
        ledger.hear(&Record { origin: Uuid::nil(), seq, version: seq, command: Uuid::nil(), recorded_at, draft });
    }
}

/// A history, the first day on which it is looked at, and for how many days. It is recorded in January 2027.
fn drawn() -> impl Strategy<Value = (History, NaiveDate, u64)> {
    (histories(), 0u64..900, 1u64..12).prop_map(|(history, days, gap)| (history, day("2026-06-01") + Days::new(days), gap))
}

fn again_is_nothing(history: &History, first: NaiveDate, apart: u64, forgets: bool) -> Verdict {
    let (docket, mut ledger) = (docket(history, first), Ledger::default());
    let found = flagged(&docket, &ledger, apart);
    if !forgets {
        with(&mut ledger, &found, first);
    }
    let again = flagged(&docket, &ledger, apart);
    that(again.raise.is_empty() && again.withdraw.is_empty(), || format!("again: {:?} {:?}", again.raise, again.withdraw))
}

#[test]
fn what_is_flagged_is_not_flagged_again() {
    holds(128, drawn(), |(history, first, _)| again_is_nothing(&history, first, 1, false));
    is_broken(drawn(), |(history, first, _)| again_is_nothing(&history, first, 1, true));
}

fn counted_from_the_right_end(history: &History, as_of: NaiveDate, is_swapped: bool) -> Verdict {
    let docket = docket(history, as_of);
    let found = flagged(&docket, &Ledger::default(), 1);
    found.raise.values().flatten().try_for_each(|alert| {
        let line = docket.line(&alert.entry).ok_or("of no line")?;
        let (earliest, latest) = (line.due.earliest, line.due.latest);
        let (before, after) = if is_swapped { (latest, earliest) } else { (earliest, latest) };
        let is_right = match alert.rung {
            Rung::Before(days) => before.is_some_and(|date| date - Days::new(days.into()) <= as_of + Days::new(1)),
            Rung::After(_) => {
                let is_overdue = matches!(line.axes.timing, Timing::Overdue(_));
                is_overdue && after.is_some_and(|date| date < as_of - Days::new(1))
            }
        };
        that(is_right && line.axes.is_pending(), || format!("{} at {:?}, due {:?}", line.id, alert.rung, line.due))
    })
}

#[test]
fn the_earliest_day_counts_before_and_the_latest_after_and_no_day_no_flag() {
    holds(256, drawn(), |(history, first, _)| counted_from_the_right_end(&history, first, false));
    is_broken(drawn(), |(history, first, _)| counted_from_the_right_end(&history, first, true));
}

/// The lines, rungs and dates that stand on the log after looking on these days, of lines that are still owed.
fn standing(history: &History, days: &[NaiveDate]) -> BTreeSet<(String, Rung, String)> {
    let mut ledger = Ledger::default();
    let mut pending = BTreeSet::new();
    for as_of in days {
        let docket = docket(history, *as_of);
        let found = flagged(&docket, &ledger, 0);
        with(&mut ledger, &found, *as_of);
        pending = docket.entries.iter().filter(|line| line.axes.is_pending()).map(|line| line.id.clone()).collect();
    }
    let standing = ledger.flags().filter(|flag| flag.withdrawn.is_none() && pending.contains(&flag.alert.entry));
    let date = |flag: &rules::alert::Flag| flag.alert.reference().map(ToString::to_string).unwrap_or_default();
    standing.map(|flag| (flag.alert.entry.clone(), flag.alert.rung, date(flag))).collect()
}

#[test]
fn a_gap_loses_nothing() {
    holds(64, drawn(), |(history, first, gap)| {
        // From a day on which all of it was recorded.
        let first = first.max(day("2027-01-16"));
        let last = first + Days::new(gap);
        let daily: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).collect();
        let (daily, after) = (standing(&history, &daily), standing(&history, &[first, last]));
        // What a day in between flagged as the last rung of a line that arose then may be passed over; what comes after a gap is never more.
        let more: Vec<_> = after.difference(&daily).collect();
        that(more.is_empty(), || format!("only after a gap: {more:?}"))?;
        let lines = |all: &BTreeSet<(String, Rung, String)>| all.iter().map(|(line, ..)| line.clone()).collect::<BTreeSet<_>>();
        that(lines(&daily) == lines(&after), || format!("daily {daily:?}\nafter {after:?}"))
    });
}
