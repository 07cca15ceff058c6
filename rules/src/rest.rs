//! Whether an agreement is at rest: from that day on, passing of time alone changes nothing that the docket says of it, but for how many
//! days ago its dates were. Only a further record can.
//!
//! It is said of an agreement that is over, where nothing lies ahead or open. What cannot be told is not at rest:
//!
//! | is looked at | at rest |
//! |---|---|
//! | the agreement | ended by consent or notice, expired or superseded, on a day that has come |
//! | each party | it had been bound, and is no more |
//! | each record, also one that was reversed | the last day on which it may have happened, and every date that it names, have passed |
//! | each line | its dates have passed, and it is over, overdue (what fell due before the end stays owed) or open for good; or it has no date and owes nothing |
//!
//! So what is due, in grace, suspended or dormant, what is open without a date, and what survives, for a time or as an obligation, keep an
//! agreement from being at rest.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::{DateSpec, Event};

use crate::docket::{AgreementLine, Docket, EffectState, Existence, Kind, Line, ParticipationState, Timing};
use crate::scene::Scene;

/// Whether time alone changes nothing any more of what is said of an agreement: `line` and `lines` are all of that.
pub(crate) fn is_at_rest(scene: &Scene, line: &AgreementLine, lines: &[Line]) -> bool {
    let as_of = scene.as_of;
    let is_over = matches!(line.effect.state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded);
    let has_begun = scene.entry.is_some_and(|entry| entry.latest < as_of);
    is_over
        && has_begun
        && line.ends.is_some_and(|ends| ends.latest < as_of)
        && line.participation.iter().all(|party| party.state == ParticipationState::Former)
        && lines.iter().all(|line| is_still(line, as_of))
        && nothing_lies_ahead(scene)
}

/// It is over, or its date passed and nobody did it, or it is open what became of it by a date that passed; or it merely says something of
/// the agreement, as how it began.
fn is_still(line: &Line, as_of: NaiveDate) -> bool {
    let has_passed = |day: Option<NaiveDate>| day.is_none_or(|day| day < as_of);
    let has_date = line.due.latest.is_some();
    let is_still = match (&line.axes.existence, &line.axes.timing) {
        (Existence::Ended(_), Timing::Undated | Timing::Undetermined(_)) => true,
        (Existence::Live, Timing::Overdue(_) | Timing::Undetermined(_)) => has_date,
        (Existence::Live, Timing::Undated) => line.kind == Kind::Term && !has_date,
        _ => false,
    };
    let window = line.window.map(|window| window.latest);
    is_still && [line.due.earliest, line.due.latest, window].into_iter().all(has_passed)
}

/// Nothing was recorded of a day that has not passed, whether it stands or was reversed: what was believed counts too.
fn nothing_lies_ahead(scene: &Scene) -> bool {
    let as_of = scene.as_of;
    let has_passed = |date: &DateSpec| !date.is_approximate() && date.deadline().is_some_and(|(_, latest)| latest < as_of);
    let names = |event: &Event| event.dates().into_iter().all(has_passed);
    let agreement = scene.agreement;
    agreement.acts.iter().all(|act| act.days().latest < as_of && names(&act.event))
        && agreement.corrections.iter().all(|record| record.occurred_on.as_ref().is_none_or(has_passed) && names(&record.event))
}

/// The agreements of a register that were at rest on a day: on that day and every later one they need not be looked at again, until
/// something more is recorded of them.
#[derive(Debug, Clone)]
pub struct AtRest {
    /// Since that day.
    pub since: NaiveDate,
    /// Their ids.
    pub agreements: BTreeSet<String>,
}

impl AtRest {
    /// Those of a docket.
    pub fn of(docket: &Docket) -> Self {
        let at_rest = docket.agreements.iter().filter(|line| line.at_rest).map(|line| line.id.clone());
        AtRest { since: docket.as_of, agreements: at_rest.collect() }
    }

    /// Whether an agreement is at rest on a day; of an earlier day nothing is known.
    pub fn holds(&self, agreement: &str, day: NaiveDate) -> bool {
        self.since <= day && self.agreements.contains(agreement)
    }
}
