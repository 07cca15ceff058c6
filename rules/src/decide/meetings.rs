//! What is wrong with a meeting that is said to count for cycles, with what a meeting decided, and with its minutes.

use chrono::NaiveDate;
use events::event::{DecisionTaken, MeetingHeld, MinutesAdopted};
use events::{DateSpec, Event};

use super::acts::Standpoint;
use super::ids::{consent_ids, decision_ids, draft_ids, ends_meeting, meeting_of, notice_ids};
use super::terms::{party_fault, provision_fault};
use crate::docket::Kind;
use crate::fault::{Fault, nearest};
use crate::obligation::{Existence, Performance};
use crate::register::{Act, Agreement};

/// A meeting counts for cycles of its own body that are there and were not met.
pub(super) fn counted_faults(standpoint: &Standpoint, held: &MeetingHeld) -> Vec<Fault> {
    let of_body = format!("{}/{}-", standpoint.agreement.id, held.body);
    let fault = |cycle: &String| {
        let line = standpoint.line(cycle).filter(|line| line.kind == Kind::MeetingCycle && line.id.starts_with(&of_body));
        match line {
            None => {
                let what = format!("`{cycle}` is no cycle of `{}` in the docket on {}", held.body, standpoint.today);
                let lines = standpoint.docket().entries.iter().filter(|line| line.kind == Kind::MeetingCycle);
                let known: Vec<&str> = lines.filter_map(|line| line.id.split_once('/')).map(|(_, id)| id).collect();
                Some(Fault::new("E0504", &["counts_for"], what).hint(nearest(cycle, known)))
            }
            Some(line)
                if line.axes.performance == Performance::Complete || matches!(line.axes.existence, Existence::Ended(_)) =>
            {
                let what = format!("`{}` is {}: no other meeting counts for it", line.id, line.label);
                Some(Fault::new("E0411", &["counts_for"], what).hint("name cycles that were not met"))
            }
            Some(_) => None,
        }
    };
    held.counts_for.iter().filter_map(fault).collect()
}

/// What is wrong with something that a meeting is said to have decided.
pub(super) fn decision_faults(agreement: &Agreement, decision: &DecisionTaken, on: Option<&DateSpec>) -> Vec<Fault> {
    let mut faults: Vec<Fault> = decision.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
    let known = |id: &str| agreement.provisions.iter().any(|known| known.value.id == id || known.value.reference == id);
    let provision = decision.provision.as_ref().filter(|id| !known(id));
    faults.extend(provision.map(|id| provision_fault(agreement, &["provision"], id)));
    if is_taken(agreement, &decision.decision) {
        let fault = Fault::new("E0205", &["decision"], format!("`{}` is the id of something else here", decision.decision));
        faults.push(fault.hint("give the decision an id of its own, or leave it out"));
    }
    faults.extend(decision.meeting.as_ref().and_then(|meeting| meeting_fault(agreement, meeting, on)));
    let first = on.and_then(DateSpec::earliest);
    let due = decision.due.as_ref().and_then(DateSpec::latest);
    if let (Some(first), Some(due)) = (first, due)
        && due < first
    {
        let what = format!("`{due}` is before {first}, the day it was decided");
        faults.push(Fault::new("E0413", &["due"], what).hint("correct one of the two dates"));
    }
    faults
}

/// What a meeting cannot have decided: it is not known, it came to nothing, or it was held only later.
fn meeting_fault(agreement: &Agreement, meeting: &str, on: Option<&DateSpec>) -> Option<Fault> {
    let of_it = |act: &&Act| meeting_of(&act.event) == Some(meeting);
    if !agreement.acts.iter().any(|act| of_it(&act)) {
        return Some(unknown_meeting(agreement.acts.iter(), meeting, "is known"));
    }
    let over = agreement.acts.iter().filter(of_it).find(|act| ends_meeting(&act.event))?;
    if !matches!(over.event, Event::MeetingHeld(_)) {
        let word = if matches!(over.event, Event::MeetingInquorate(_)) { "inquorate" } else { "cancelled" };
        let what = format!("meeting `{meeting}` is recorded as {word} {}: it decided nothing", over.date_words());
        return Some(Fault::new("E0410", &["meeting"], what).hint("name the meeting that decided, or reverse that record first"));
    }
    before_fault(over, on, "decided")
}

/// Minutes are those of a meeting that was held, and are adopted at its end or later.
pub(super) fn minutes_fault(agreement: &Agreement, minutes: &MinutesAdopted, on: Option<&DateSpec>) -> Option<Fault> {
    let is_held = |act: &&Act| matches!(&act.event, Event::MeetingHeld(held) if held.meeting == minutes.meeting);
    match agreement.acts.iter().find(is_held) {
        Some(held) => before_fault(held, on, "adopted"),
        None => {
            let held = agreement.acts.iter().filter(|act| matches!(act.event, Event::MeetingHeld(_)));
            Some(unknown_meeting(held, &minutes.meeting, "is recorded as held"))
        }
    }
}

fn before_fault(held: &Act, on: Option<&DateSpec>, verb: &str) -> Option<Fault> {
    let (first, last) = (held.days().earliest, on.and_then(DateSpec::latest)?);
    (last < first && first > NaiveDate::MIN).then(|| {
        let what = format!("`{last}` is before {first}, the day of the meeting: nothing of it can have been {verb} by then");
        Fault::new("E0413", &["on"], what).hint("correct the date")
    })
}

fn unknown_meeting<'a>(of: impl Iterator<Item = &'a Act>, meeting: &str, how: &str) -> Fault {
    let known = of.filter_map(|act| meeting_of(&act.event));
    Fault::new("E0405", &["meeting"], format!("no meeting `{meeting}` {how}")).hint(nearest(meeting, known))
}

/// Whether an id stands in the docket, or in the log, for something already.
pub(super) fn is_taken(agreement: &Agreement, id: &str) -> bool {
    let of_body = agreement.bodies.iter().any(|known| {
        let cycle =
            |rest: &str| rest.strip_prefix('-').is_some_and(|key| key.starts_with(|letter: char| letter.is_ascii_digit()));
        id.strip_prefix(known.value.id.as_str()).is_some_and(|rest| rest.is_empty() || cycle(rest))
    });
    let others = [decision_ids(agreement).collect::<Vec<_>>(), notice_ids(agreement).collect(), draft_ids(agreement).collect()];
    of_body
        || agreement.provision(id).is_some()
        || agreement.acts.iter().any(|act| meeting_of(&act.event) == Some(id))
        || consent_ids(agreement).any(|known| known == id)
        || others.into_iter().flatten().any(|known| known == id)
}
