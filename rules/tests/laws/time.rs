//! What passing time may do to a docket, and what a docket always is.

use chrono::{Days, NaiveDate};
use events::Event;
use proptest::prelude::*;
use rules::docket::{Docket, Line, Timing};

use crate::history::{History, day, docket, histories, most_acts};
use crate::{Verdict, alike, holds, is_broken, that};

/// A day in the life of the agreement, or after it.
pub fn days() -> impl Strategy<Value = NaiveDate> {
    (0u64..2000).prop_map(|later| day("2022-01-05") + Days::new(later))
}

/// On a day, what is known by `known_by` is all that counts, for what lines say and for why. For two things alone a later act tells of the
/// day before: that an agreement was applied later says that it was not yet, and a party whose own consent came after the agreement was in
/// effect had not come in with the others.
fn later_acts_change_nothing(history: &History, as_of: NaiveDate, known_by: NaiveDate) -> Verdict {
    let is_beginning = |event: &Event| matches!(event, Event::AgreementProvisionallyApplied(_));
    let is_later = |place: &usize| {
        let (event, on) = &history.acts[*place];
        known_by < on.earliest().unwrap() && !is_beginning(event)
    };
    let later: Vec<usize> = (0..history.acts.len()).filter(is_later).collect();
    let docket = |history: &History| {
        let mut docket = docket(history, as_of);
        docket.agreements.iter_mut().for_each(|line| line.participation.clear());
        docket
    };
    let (with, without) = (docket(history), docket(&history.without(&later)));
    let texts = |docket: &Docket| -> Vec<String> {
        docket.entries.iter().flat_map(|line| line.because.iter().map(|reason| format!("{}: {}", line.id, reason.text))).collect()
    };
    alike(&with, &without)?;
    let (with, without) = (texts(&with), texts(&without));
    let differs = with.iter().find(|text| !without.contains(text)).or(without.iter().find(|text| !with.contains(text)));
    differs.map_or(Ok(()), |text| Err(format!("one of them says {text}")))
}

#[test]
fn an_act_after_the_day_changes_nothing_on_the_day() {
    holds(256, (histories(), days()), |(history, as_of)| later_acts_change_nothing(&history, as_of, as_of));
}

#[test]
fn an_act_before_the_day_may_change_something() {
    is_broken((histories(), days()), |(history, as_of)| later_acts_change_nothing(&history, as_of, as_of - Days::new(100)));
}

/// What was overdue is overdue, so long as nobody does anything.
fn missed_stays_missed(now: &Docket, then: &Docket) -> Verdict {
    let is_overdue = |line: &&Line| line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_));
    now.entries.iter().filter(is_overdue).try_for_each(|line| {
        let later = then.line(&line.id).ok_or(format!("{} went away", line.id))?;
        that(matches!(later.axes.timing, Timing::Overdue(_)), || format!("{} was overdue and is {}", line.id, later.label))
    })
}

#[test]
fn what_is_missed_stays_missed_as_time_passes() {
    holds(256, (histories(), 1u64..1000), |(history, more)| {
        let past = history.acts.iter().map(|(_, on)| on.latest().unwrap()).max().unwrap_or(day("2022-01-05"));
        missed_stays_missed(&docket(&history, past), &docket(&history, past + Days::new(more)))
    });
}

#[test]
fn what_is_missed_was_not_always_missed() {
    is_broken((histories(), days()), |(history, as_of)| {
        missed_stays_missed(&docket(&history, as_of), &docket(&history, as_of - Days::new(300)))
    });
}

/// A line has reasons and a range that runs forward, and never says breach where nobody determined one.
fn is_a_line(line: &Line) -> Verdict {
    that(!line.because.is_empty(), || format!("{} has no reason", line.id))?;
    that(line.axes.is_breached || !line.label.contains("breach"), || format!("{} says {}", line.id, line.label))?;
    match (line.due.earliest, line.due.latest) {
        (Some(earliest), Some(latest)) => that(earliest <= latest, || format!("{} is due backwards", line.id)),
        _ => Ok(()),
    }
}

fn every_line(docket: &Docket, check: impl Fn(&Line) -> Verdict) -> Verdict {
    docket.entries.iter().try_for_each(check)
}

#[test]
fn a_line_says_a_range_and_its_reasons_and_never_breach() {
    holds(256, (histories(), days()), |(history, as_of)| every_line(&docket(&history, as_of), is_a_line));
}

/// No two lines have one id.
fn ids_are_distinct<'a>(ids: impl Iterator<Item = &'a str>) -> Verdict {
    let mut seen = std::collections::BTreeSet::new();
    ids.into_iter().try_for_each(|id| that(seen.insert(id), || format!("there are two {id}")))
}

#[test]
fn every_line_has_an_id_of_its_own() {
    holds(256, (histories(), days()), |(history, as_of)| {
        ids_are_distinct(docket(&history, as_of).entries.iter().map(|line| line.id.as_str()))
    });
}

#[test]
fn an_id_that_two_lines_have_is_seen() {
    is_broken((histories(), days()), |(history, as_of)| {
        let docket = docket(&history, as_of);
        ids_are_distinct(docket.entries.iter().filter_map(|line| line.id.split('-').next()))
    });
}

#[test]
fn a_line_turned_round_is_seen() {
    let turned = |line: &Line| {
        let (earliest, latest) = (line.due.latest, line.due.earliest);
        is_a_line(&Line { due: rules::docket::Due { earliest, latest, ..line.due }, ..line.clone() })
    };
    is_broken((histories(), days()), |(history, as_of)| every_line(&docket(&history, as_of), turned));
    let silent = |line: &Line| is_a_line(&Line { because: Vec::new(), ..line.clone() });
    is_broken((histories(), days()), |(history, as_of)| every_line(&docket(&history, as_of), silent));
}

/// The same acts, of which less is known when they were.
fn vague(history: History, doubts: &[u8]) -> History {
    let vague = |(place, (event, on)): (usize, (Event, events::DateSpec))| {
        let year = on.earliest().unwrap().format("%Y").to_string();
        let on = match doubts[place] {
            0 => "unknown".parse().unwrap(),
            1 => format!("by {year}").parse().unwrap(),
            2 => format!("around {year}").parse().unwrap(),
            3 => year.parse().unwrap(),
            _ => on,
        };
        (event, on)
    };
    let acts = history.acts.into_iter().enumerate().map(vague).collect();
    History { acts, ..history }
}

#[test]
fn whatever_is_known_of_its_days_a_history_has_a_docket() {
    let doubts = prop::collection::vec(0u8..6, most_acts());
    holds(256, (histories(), doubts, days(), any::<bool>()), |(history, doubts, as_of, far)| {
        let as_of = if far { day("2090-01-01") } else { as_of };
        every_line(&docket(&vague(history, &doubts), as_of), is_a_line)
    });
}
