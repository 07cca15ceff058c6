//! A log says the same however it is read: in one go or in parts, with other agreements or alone, and in whatever order it was recorded.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rules::assess;
use rules::replay::{Replay, replay};

use crate::history::{History, Log, docket, histories, log, rule_set};
use crate::time::days;
use crate::{Verdict, alike, holds, is_broken, that};

pub const IDS: [&str; 3] = ["x-y", "p-q", "a-b"];

/// Three agreements whose records lie between each other.
pub fn logs() -> impl Strategy<Value = Log> {
    let turns = prop::collection::vec(0usize..3, 0..80);
    (prop::array::uniform3(histories()), turns).prop_map(|(histories, turns)| {
        let named: Vec<(&str, &History)> = IDS.into_iter().zip(&histories).collect();
        log(&named, &turns)
    })
}

/// Read to a cut, and on from there after a look at what there is; `resume` says where it goes on.
fn read_in_parts(log: &Log, cut: usize, resume: usize) -> Verdict {
    let entries = || log.entries.iter().map(|(seq, _, bytes)| (*seq, bytes.as_slice()));
    let mut parts = Replay::default();
    entries().take(cut).for_each(|(seq, bytes)| parts.take(seq, bytes));
    that(parts.clone().finish() == replay(entries().take(cut)), || format!("the first {cut} records"))?;
    entries().skip(resume).for_each(|(seq, bytes)| parts.take(seq, bytes));
    that(parts.finish() == replay(entries()), || format!("cut at {cut}"))
}

#[test]
fn a_log_read_in_parts_says_what_it_says_in_one_go() {
    holds(128, (logs(), any::<prop::sample::Index>()), |(log, cut)| {
        let cut = cut.index(log.entries.len() + 1);
        read_in_parts(&log, cut, cut)
    });
}

#[test]
fn a_record_lost_or_read_twice_at_the_cut_is_seen() {
    is_broken((logs(), any::<prop::sample::Index>()), |(log, cut)| {
        let cut = cut.index(log.entries.len());
        read_in_parts(&log, cut, cut + 1)
    });
    is_broken((logs(), any::<prop::sample::Index>()), |(log, cut)| {
        let cut = cut.index(log.entries.len());
        read_in_parts(&log, cut + 1, cut)
    });
}

/// The stream of each agreement, read alone, gives the register and the lines that the whole log gives for it.
fn streams_alone(log: &Log, as_of: chrono::NaiveDate, lost: Option<usize>) -> Verdict {
    let whole = replay(log.entries.iter().map(|(seq, _, bytes)| (*seq, bytes.as_slice())));
    let docket = assess(&whole.0, whole.1, &rule_set(), as_of);
    IDS.into_iter().try_for_each(|id| {
        let of_it = log.entries.iter().filter(|(_, of, _)| of == id).map(|(seq, _, bytes)| (*seq, bytes.as_slice()));
        let kept = of_it.enumerate().filter(|(place, _)| Some(*place) != lost).map(|(_, entry)| entry);
        let (register, findings) = replay(kept);
        that(register.agreements.get(id) == whole.0.agreements.get(id), || format!("the register of {id}"))?;
        let alone = assess(&register, findings, &rule_set(), as_of);
        let of_whole: Vec<_> = docket.entries.iter().filter(|line| line.agreement == id).collect();
        that(alone.entries.iter().eq(of_whole.iter().copied()), || format!("the lines of {id}"))?;
        that(alone.agreement(id) == docket.agreement(id), || format!("the state of {id}"))
    })
}

#[test]
fn an_agreement_read_alone_stands_as_it_does_among_others() {
    holds(64, (logs(), days()), |(log, as_of)| streams_alone(&log, as_of, None));
}

#[test]
fn a_record_lost_from_a_stream_is_seen() {
    is_broken((logs(), days()), |(log, as_of)| streams_alone(&log, as_of, Some(25)));
}

/// Recorded in another order. Acts whose days begin on one day have no order between them but that of recording, which they keep.
fn recorded_otherwise(history: &History, order: &[u16]) -> Vec<usize> {
    let first = |place: &usize| history.acts[*place].1.earliest();
    let mut places: Vec<usize> = (0..history.acts.len()).collect();
    places.sort_by_key(|place| order[*place]);
    let days: BTreeSet<_> = places.iter().map(first).collect();
    for day in days {
        let slots: Vec<usize> = (0..places.len()).filter(|slot| first(&places[*slot]) == day).collect();
        let mut of_day: Vec<usize> = slots.iter().map(|slot| places[*slot]).collect();
        of_day.sort_unstable();
        slots.into_iter().zip(of_day).for_each(|(slot, place)| places[slot] = place);
    }
    places
}

fn orders() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), crate::history::most_acts())
}

#[test]
fn the_order_of_recording_does_not_matter() {
    holds(256, (histories(), orders(), days()), |(history, order, as_of)| {
        let other = history.reordered(&recorded_otherwise(&history, &order));
        alike(&docket(&history, as_of), &docket(&other, as_of))
    });
}

#[test]
fn the_order_of_days_does_matter() {
    is_broken((histories(), orders(), days()), |(history, order, as_of)| {
        let mut other = history.reordered(&recorded_otherwise(&history, &order));
        for (place, (_, on)) in history.acts.iter().enumerate() {
            other.acts[place].1.clone_from(on);
        }
        alike(&docket(&history, as_of), &docket(&other, as_of))
    });
}
