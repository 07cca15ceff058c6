//! What is wrong with an act that undoes another, or says until when something is so: there is nothing to undo, or it ends before it began.

use chrono::NaiveDate;
use events::event::{AgreementRenewed, AgreementResumed};
use events::{DateSpec, Event};

use super::proposal::Proposal;
use crate::fault::Fault;
use crate::notice::Place;
use crate::register::{Act, Agreement};
use crate::scene::Scene;
use crate::term::Term;
use crate::time::regime::Almanac;
use crate::versions;

/// What is wrong with an act of which each word is known.
pub(super) fn faults(agreement: &Agreement, proposal: &Proposal, almanac: &Almanac) -> Vec<Fault> {
    let on = proposal.occurred_on.as_ref();
    let undone = undone(&proposal.event).and_then(|undone| undone.fault(agreement, on));
    let too_short = last_day(&proposal.event).and_then(|(key, last)| ends_first(key, last, on));
    let others = match &proposal.event {
        Event::AgreementResumed(resumed) => resumption_fault(agreement, almanac, resumed, on),
        Event::AgreementRenewed(renewed) => renewal_fault(agreement, almanac, renewed, on),
        Event::AgreementSuspended(suspended) if is_alone(agreement, &suspended.parties) => {
            let what = format!("between {} alone there is nothing to suspend", suspended.parties.join(", "));
            Some(Fault::new("E0420", &["parties"], what).hint("name two parties or more, or none for all of them"))
        }
        Event::AgreementSuperseded(superseded) if superseded.by == agreement.id => {
            let what = format!("{} cannot take its own place", agreement.id);
            Some(Fault::new("E0420", &["by"], what).hint("name the later agreement; a change of this one is an amendment"))
        }
        Event::NoticeReceived(received) => received.by.as_deref().and_then(|by| receipt_fault(agreement, &received.notice, by)),
        Event::MinutesAdopted(minutes) => {
            let is_same = |act: &&Act| matches!(&act.event, Event::MinutesAdopted(known) if known.meeting == minutes.meeting);
            agreement.acts.iter().find(is_same).map(|act| {
                let what = format!("the minutes of `{}` are recorded as adopted {}", minutes.meeting, act.date_words());
                Fault::new("E0411", &["meeting"], what).hint("name another meeting, or reverse that record first")
            })
        }
        _ => None,
    };
    [undone, too_short, others].into_iter().flatten().collect()
}

/// An act that undoes what an earlier one did to a notice.
struct Undone<'a> {
    notice: &'a str,
    /// What had been done to it, in words.
    what: &'static str,
    /// The notice that an act did this to.
    done_to: fn(&Event) -> Option<&str>,
}

fn undone(event: &Event) -> Option<Undone<'_>> {
    let (notice, what, done_to): (_, _, fn(&Event) -> Option<&str>) = match event {
        Event::NoticeCured(step) => (&step.notice, "found defective", |event| match event {
            Event::NoticeFoundDefective(found) => Some(&found.notice),
            _ => None,
        }),
        Event::NoticeUpheld(step) => (&step.notice, "objected to", |event| match event {
            Event::NoticeContested(step) => Some(&step.notice),
            _ => None,
        }),
        Event::NoticeResumed(step) => (&step.notice, "suspended", |event| match event {
            Event::NoticeSuspended(step) => Some(&step.notice),
            _ => None,
        }),
        _ => return None,
    };
    Some(Undone { notice, what, done_to })
}

impl Undone<'_> {
    fn fault(&self, agreement: &Agreement, on: Option<&DateSpec>) -> Option<Fault> {
        let first = agreement.acts.iter().find(|act| (self.done_to)(&act.event) == Some(self.notice));
        let Some(first) = first.map(|act| act.days().earliest) else {
            let what = format!("that `{}` was {} is not recorded: there is nothing to undo", self.notice, self.what);
            return Some(Fault::new("E0411", &["notice"], what).hint("record that first, or name another notice"));
        };
        let last = on.and_then(DateSpec::latest).filter(|last| *last < first)?;
        let what = format!("`{last}` is before {first}, the day `{}` was {}", self.notice, self.what);
        Some(Fault::new("E0413", &["on"], what).hint("correct one of the two dates"))
    }
}

/// The last day of something that an act says, or the day of an end that is agreed on.
fn last_day(event: &Event) -> Option<(&'static str, &DateSpec)> {
    match event {
        Event::AgreementSuspended(suspended) => Some(("until", suspended.until.as_ref()?)),
        Event::IncidentReported(incident) => Some(("until", incident.until.as_ref()?)),
        Event::WaiverGranted(waiver) => Some(("until", waiver.until.as_ref()?)),
        Event::AgreementTerminated(terminated) => Some(("effective", &terminated.effective)),
        _ => None,
    }
}

/// It is over before it begins.
fn ends_first(key: &'static str, last: &DateSpec, on: Option<&DateSpec>) -> Option<Fault> {
    let first = on.and_then(DateSpec::earliest)?;
    (last.latest()? < first).then(|| {
        let what = format!("`{last}` is before {first}, the day of the act");
        Fault::new("E0413", &[key], what).hint("correct one of the two dates")
    })
}

/// Whether these are one party and no other; none by name are all.
fn is_alone(agreement: &Agreement, parties: &[String]) -> bool {
    let first = parties.first().map(|first| agreement.holder(first));
    first.is_some() && parties.iter().all(|party| Some(agreement.holder(party)) == first)
}

/// Nothing that it speaks of is suspended on the day.
fn resumption_fault(
    agreement: &Agreement,
    almanac: &Almanac,
    resumed: &AgreementResumed,
    on: Option<&DateSpec>,
) -> Option<Fault> {
    let day = on.and_then(DateSpec::latest)?;
    let seen = versions::on(agreement, day);
    let is_of = |provisions: &[String]| {
        resumed.provisions.is_empty() || provisions.is_empty() || resumed.provisions.iter().any(|id| provisions.contains(id))
    };
    let scene = Scene::new(&seen, almanac, day);
    let begun = |from: NaiveDate, until: Option<NaiveDate>| from <= day && until.is_none_or(|until| day <= until);
    let mut suspensions = scene.suspensions.iter().filter(|one| is_of(&one.provisions));
    if suspensions.any(|one| begun(one.from.earliest, one.until.map(|until| until.latest))) {
        return None;
    }
    let later = agreement.acts.iter().find_map(|act| match &act.event {
        Event::AgreementSuspended(suspended) if is_of(&suspended.provisions) => {
            Some(act.days().earliest).filter(|first| day < *first)
        }
        _ => None,
    });
    if let Some(first) = later {
        let what = format!("`{day}` is before {first}, the day it was suspended");
        return Some(Fault::new("E0413", &["on"], what).hint("correct one of the two dates"));
    }
    let what = format!("nothing of that is suspended on {day}: there is nothing to resume");
    Some(Fault::new("E0411", &["provisions"], what).hint(format!("see `obligo log {}`", agreement.id)))
}

/// The parties prolong it to a day on which it is not over anyway.
fn renewal_fault(agreement: &Agreement, almanac: &Almanac, renewed: &AgreementRenewed, on: Option<&DateSpec>) -> Option<Fault> {
    let (day, until) = (on.and_then(DateSpec::latest)?, renewed.until.latest()?);
    let seen = versions::on(agreement, day);
    let scene = Scene::new(&seen, almanac, day);
    let place: Place = scene.place();
    let entry = place.entry?;
    let (known, term) = seen.provisions_of("term").find_map(|known| Some((known, Term::of(place, known)?)))?;
    // Where its words were amended, the day is what has to be said.
    if term.under_all_words(place, known, entry).is_some() {
        return None;
    }
    let end = term.running(place.counting, entry, day)?.span;
    (until <= end.earliest).then(|| {
        let what = format!("`{}` is no later than the end that holds, {}", renewed.until, end.words());
        Fault::new("E0421", &["until"], what)
            .hint("a prolongation gives a later end; one that comes sooner, by consent, is `record termination`")
    })
}

/// What somebody gave it does not receive.
fn receipt_fault(agreement: &Agreement, notice: &str, by: &str) -> Option<Fault> {
    let is_giver = |act: &Act| match &act.event {
        Event::NoticeGiven(given) => given.notice == notice && agreement.holder(&given.by) == agreement.holder(by),
        _ => false,
    };
    agreement.acts.iter().any(is_giver).then(|| {
        let what = format!("`{by}` gave `{notice}`, and does not receive it");
        Fault::new("E0401", &["by"], what).hint("name who received it: another party, or `depositary`")
    })
}
