//! Since when something is known: a flag beside the label, and nothing else. When a record was made changes no label, no date and no axis.

use chrono::{DateTime, Days, NaiveDate, Utc};
use events::{Event, codec};
use proptest::prelude::*;
use rules::docket::{Docket, Existence, Kind, Line, Timing};
use rules::{Register, assess, replay};

use crate::history::{History, day, histories, log, rule_set};
use crate::{Verdict, alike, holds, is_broken, that};

/// A log whose records were made on days of their own: so many days after the one before, by turns.
pub struct Told {
    /// Each with its bytes and when it was recorded.
    entries: Vec<(u64, Vec<u8>, DateTime<Utc>)>,
}

impl Told {
    pub fn of(history: &History, waits: &[u64]) -> Self {
        let mut now = day("2022-01-01").and_hms_opt(12, 0, 0).unwrap().and_utc();
        let mut entries = Vec::new();
        for (place, (seq, _, bytes)) in log(&[("x-y", history)], &[]).entries.iter().enumerate() {
            now = now + Days::new(waits[place % waits.len()]);
            let mut record = codec::decode(bytes).unwrap();
            record.recorded_at = now;
            entries.push((*seq, codec::encode(&record), now));
        }
        Told { entries }
    }

    /// What was recorded by the end of a day.
    pub fn by(&self, day: NaiveDate) -> Register {
        let then = self.entries.iter().filter(|(_, _, at)| at.date_naive() <= day);
        replay::replay(then.map(|(seq, bytes, _)| (*seq, bytes.as_slice()))).0
    }

    fn docket(&self, known: NaiveDate, as_of: NaiveDate) -> Docket {
        assess(&self.by(known), Vec::new(), &rule_set(), as_of)
    }

    fn recorded(&self, seq: u64) -> NaiveDate {
        self.entries.iter().find(|(known, ..)| *known == seq).map(|(_, _, at)| at.date_naive()).unwrap()
    }
}

/// Its date passed, and it was not done.
fn was_missed(line: &Line, as_of: NaiveDate) -> Option<NaiveDate> {
    let can_be = matches!(line.kind, Kind::Commitment | Kind::MeetingCycle);
    let overdue = line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_));
    let is_over = line.axes.existence.word() == "ended(expired)";
    line.due.latest.filter(|date| can_be && *date < as_of && (overdue || is_over))
}

/// What was drawn: a history, how long each record waited, and the day that it is looked at from.
fn drawn() -> impl Strategy<Value = (History, Vec<u64>, NaiveDate)> {
    let waits = prop::collection::vec(prop_oneof![Just(0u64), 1..200u64], 1..8);
    (histories(), waits, 600u64..2400).prop_map(|(history, waits, days)| (history, waits, day("2022-01-10") + Days::new(days)))
}

const ALWAYS: NaiveDate = NaiveDate::MAX;

#[test]
fn when_something_was_recorded_changes_the_flag_and_nothing_else() {
    holds(128, drawn(), |(history, waits, as_of)| {
        let late = Told::of(&history, &waits).docket(ALWAYS, as_of);
        let at_once = Told::of(&history, &[0]).docket(ALWAYS, as_of);
        alike(&late, &at_once)?;
        let because = |line: &Line| line.because.iter().filter(|why| why.rule != "line.late-known").cloned().collect::<Vec<_>>();
        late.entries.iter().try_for_each(|line| {
            let other = at_once.line(&line.id).map(because);
            that(other == Some(because(line)), || format!("{} has other reasons:\n  {:?}\n  {other:?}", line.id, line.because))
        })
    });
}

/// A missed line is flagged exactly where the log, cut off at the end of its date, did not say that it was owed by then.
fn flagged_rightly(told: &Told, docket: &Docket) -> Verdict {
    docket.entries.iter().try_for_each(|line| {
        let Some(date) = was_missed(line, docket.as_of) else {
            return that(!line.late_known, || format!("{} is flagged, and was not missed", line.id));
        };
        let then = told.docket(date, docket.as_of);
        let was_told = then.line(&line.id).is_some_and(|then| {
            let owed = matches!(then.axes.existence, Existence::Live) || then.axes.existence.word() == "ended(fulfilled)";
            let is_told = owed || then.axes.existence == line.axes.existence;
            is_told && !matches!(then.axes.timing, Timing::Undetermined(_)) && then.due.latest.is_some_and(|then| then <= date)
        });
        that(line.late_known != was_told, || {
            format!("{} of {date} is flagged: {}; told by then: {was_told}\n  {:?}", line.id, line.late_known, line.because)
        })
    })
}

#[test]
fn what_the_log_did_not_tell_by_its_date_is_flagged_and_no_other() {
    holds(256, drawn(), |(history, waits, as_of)| {
        let told = Told::of(&history, &waits);
        flagged_rightly(&told, &told.docket(ALWAYS, as_of))
    });
}

#[test]
fn a_flag_that_is_wrong_is_seen() {
    is_broken(drawn(), |(history, waits, as_of)| {
        let told = Told::of(&history, &waits);
        let mut docket = told.docket(ALWAYS, as_of);
        docket.entries.iter_mut().for_each(|line| line.late_known = false);
        flagged_rightly(&told, &docket)
    });
}

/// A flagged line names records that were made after its date, and none that was made after it became known.
fn cites_what_came_late(told: &Told, line: &Line) -> Verdict {
    let (Some(since), Some(date)) = (line.known_since, line.due.latest) else {
        return Err(format!("{} is flagged without a day", line.id));
    };
    let cited: Vec<NaiveDate> = line
        .because
        .iter()
        .filter(|why| why.rule == "line.late-known")
        .flat_map(|why| &why.records)
        .map(|seq| told.recorded(*seq))
        .collect();
    let is_so = !cited.is_empty() && cited.iter().all(|day| date < *day && *day <= since);
    that(is_so, || format!("{}, due {date}, known since {since}, cites what was recorded on {cited:?}", line.id))
}

#[test]
fn a_flag_cites_what_came_late() {
    holds(256, drawn(), |(history, waits, as_of)| {
        let told = Told::of(&history, &waits);
        let docket = told.docket(ALWAYS, as_of);
        docket.entries.iter().filter(|line| line.late_known).try_for_each(|line| cites_what_came_late(&told, line))
    });
}

#[test]
fn a_flag_that_cites_what_came_in_time_is_seen() {
    is_broken(drawn(), |(history, waits, as_of)| {
        let told = Told::of(&history, &waits);
        let mut docket = told.docket(ALWAYS, as_of);
        let flagged = docket.entries.iter_mut().filter(|line| line.late_known);
        flagged.into_iter().try_for_each(|line| {
            line.because.iter_mut().filter(|why| why.rule == "line.late-known").for_each(|why| why.records.push(1));
            cites_what_came_late(&told, line)
        })
    });
}

#[test]
fn what_was_done_and_reported_late_is_not_flagged() {
    holds(128, drawn(), |(history, waits, as_of)| {
        let mut told = Told::of(&history, &[0]);
        // Reports alone come late.
        let late = as_of.and_hms_opt(12, 0, 0).unwrap().and_utc();
        for (place, (_, bytes, at)) in told.entries.iter_mut().enumerate() {
            let mut record = codec::decode(bytes).unwrap();
            let reports =
                matches!(record.event, Event::WorkReported(_) | Event::IncidentReported(_) | Event::BreachDetermined(_));
            if reports && waits[place % waits.len()] > 0 {
                record.recorded_at = late;
                (*bytes, *at) = (codec::encode(&record), late);
            }
        }
        let docket = told.docket(ALWAYS, as_of);
        // What somebody determined may set something off.
        let set_off =
            |line: &Line| line.because.iter().any(|why| why.rule == "commitment.set-off" || why.rule == "commitment.trigger");
        let flagged = docket.entries.iter().find(|line| line.late_known && !set_off(line));
        that(flagged.is_none(), || format!("{:?}", flagged.map(|line| (&line.id, &line.because))))
    });
}
