//! What is wrong with the use of a power, with a draft of that, and with a promise not to use it.

use chrono::NaiveDate;
use events::DateSpec;
use events::event::{NoticeDrafted, NoticeGiven, PowerExercised, PowerWaived};
use events::terms::Provision;

use super::acts::Standpoint;
use super::ids::drafts;
use super::meetings::is_taken;
use super::proposal::Proposal;
use super::terms::{party_fault, provision_fault};
use crate::fault::Fault;
use crate::notice::waiver;
use crate::register::{Agreement, Occurrence};
use crate::time::Span;

/// Whether it is a power that notice is given under.
fn is_by_notice(provision: &Provision) -> bool {
    match provision.kind.as_str() {
        "termination" => !provision.terms.contains_key("when"),
        // Of a renewal the text says only that notice keeps it from coming about: each party may give it.
        kind => kind == "term" && provision.terms.contains_key("renewal"),
    }
}

/// Whether it is a right to something else.
fn is_other(provision: &Provision) -> bool {
    provision.kind == "power"
}

/// No notice can be given under it, or not by the party.
pub(super) fn holder_faults(agreement: &Agreement, power: &str, by: &str) -> Vec<Fault> {
    faults_of_holder(agreement, power, by, is_by_notice)
}

/// It is no power of that sort, or the party does not hold it.
fn faults_of_holder(agreement: &Agreement, power: &str, by: &str, is_it: impl Fn(&Provision) -> bool) -> Vec<Fault> {
    let mut faults: Vec<Fault> = party_fault(agreement, "by", by).into_iter().collect();
    match agreement.provision(power).filter(|known| is_it(&known.value)) {
        None => faults.push(provision_fault(agreement, &["power"], power)),
        Some(known) => {
            let holders = waiver::holders(agreement, &known.value);
            if faults.is_empty() && !holders.iter().any(|holder| holder == by) {
                let what = format!("`{by}` does not hold the power of {}", known.value.reference);
                faults.push(Fault::new("E0401", &["by"], what).hint(format!("held by {}", holders.join(", "))));
            }
        }
    }
    faults
}

/// What is wrong with the draft of a notice.
pub(super) fn draft_faults(agreement: &Agreement, draft: &NoticeDrafted) -> Vec<Fault> {
    let mut faults = holder_faults(agreement, &draft.power, &draft.by);
    if is_taken(agreement, &draft.notice) {
        let fault = Fault::new("E0205", &["notice"], format!("`{}` is the id of something else here", draft.notice));
        faults.push(fault.hint("give the draft an id of its own, or leave it out"));
    }
    faults
}

/// A notice is given as it was drafted: by the same party, under the same power, and no sooner.
pub(super) fn otherwise_drafted(agreement: &Agreement, proposal: &Proposal, notice: &NoticeGiven) -> Option<Fault> {
    let (act, draft) = drafts(agreement).find(|(_, draft)| draft.notice == notice.notice)?;
    if agreement.holder(&draft.by) != notice.by || draft.power != notice.power {
        let what = format!("`{}` was drafted by {} under {}", draft.notice, draft.by, draft.power);
        return Some(Fault::new("E0205", &["notice"], what).hint("give this notice an id of its own"));
    }
    let (first, given) = (act.days().earliest, proposal.occurred_on.as_ref()?.latest()?);
    (given < first).then(|| {
        let what = format!("`{given}` is before {first}, the day it was drafted");
        Fault::new("E0413", &["on"], what).hint("correct one of the two dates, or give the notice an id of its own")
    })
}

/// A notice on a day for which its giver promised not to use the power.
pub(super) fn waived_fault(agreement: &Agreement, notice: &NoticeGiven, on: Option<&DateSpec>) -> Option<Fault> {
    let (earliest, latest) = on?.bounds()?;
    let days = Span { earliest, latest };
    let promised = waiver::waivers(agreement, &notice.power, latest);
    let waiver =
        promised.iter().find(|waiver| agreement.holder(waiver.by) == notice.by && waiver.holds(days) == Occurrence::Yes)?;
    let what = format!("{}: on {} it can give no notice under it", waiver.words(), days.words());
    Some(Fault::new("E0412", &["on"], what).hint("correct the date, or reverse the record of the promise if it was none"))
}

/// What is wrong with the use of a right other than to end the agreement: it is none, or it cannot be used by that party on any of the
/// days on which it may have been.
pub(super) fn exercise_faults(
    docket: &Standpoint,
    agreement: &Agreement,
    exercised: &PowerExercised,
    on: Option<&DateSpec>,
) -> Vec<Fault> {
    if let Some(known) = agreement.provision(&exercised.power).filter(|known| is_by_notice(&known.value)) {
        let what = format!("`{}` is a power that is used by giving notice", known.value.id);
        let hint = format!("obligo record notice {} --by {} --given DATE", agreement.id, exercised.by);
        return vec![Fault::new("E0403", &["power"], what).hint(hint)];
    }
    let faults = faults_of_holder(agreement, &exercised.power, &exercised.by, is_other);
    let days = on.and_then(DateSpec::bounds).filter(|_| faults.is_empty());
    let Some((earliest, latest)) = days else { return faults };
    // A year and more is not looked at day by day: whoever knows so little is not told that it could not be.
    let days = earliest.iter_days().take_while(|day| *day <= latest).take(MOST_DAYS + 1);
    let mut why = None;
    for (place, day) in days.enumerate() {
        why = docket.hindrance(exercised, day);
        if why.is_none() || place == MOST_DAYS {
            return faults;
        }
    }
    let hint = "correct the date, or record first what it hangs on; a promise that was none is reversed";
    let fault =
        |why: String| Fault::new("E0412", &["on"], format!("`{}` could not be used on {}: {why}", exercised.power, on_words(on)));
    why.map(|why| fault(why).hint(hint)).into_iter().collect()
}

/// The most days of a vague date that are looked at one by one.
const MOST_DAYS: usize = 366;

fn on_words(on: Option<&DateSpec>) -> String {
    on.map(ToString::to_string).unwrap_or_default()
}

/// What is wrong with a promise not to use a power.
pub(super) fn waiver_faults(agreement: &Agreement, waived: &PowerWaived, on: Option<&DateSpec>) -> Vec<Fault> {
    let is_power = |provision: &Provision| is_by_notice(provision) || is_other(provision);
    let mut faults = faults_of_holder(agreement, &waived.power, &waived.by, is_power);
    let first = on.and_then(DateSpec::earliest).unwrap_or(NaiveDate::MIN);
    if let Some(until) = waived.until.as_ref().and_then(DateSpec::latest).filter(|until| *until < first) {
        let what = format!("`{until}` is before {first}, the day of the promise");
        faults.push(Fault::new("E0413", &["until"], what).hint("correct one of the two dates"));
    }
    faults
}
