//! What is wrong with the use of a power, with a draft of that, and with a promise not to use it.

use chrono::NaiveDate;
use events::DateSpec;
use events::event::{NoticeDrafted, NoticeGiven, PowerWaived};
use events::terms::Provision;

use super::ids::drafts;
use super::meetings::is_taken;
use super::proposal::Proposal;
use super::terms::{party_fault, provision_fault};
use crate::fault::Fault;
use crate::notice::waiver;
use crate::register::{Agreement, Known, Occurrence};
use crate::time::Span;

/// The power is none, or the party does not hold it.
pub(super) fn holder_faults(agreement: &Agreement, power: &str, by: &str) -> Vec<Fault> {
    let is_power = |known: &&Known<Provision>| match known.value.kind.as_str() {
        "termination" => !known.value.terms.contains_key("when"),
        // Of a renewal the text says only that notice keeps it from coming about: each party may give it.
        kind => kind == "term" && known.value.terms.contains_key("renewal"),
    };
    let mut faults: Vec<Fault> = party_fault(agreement, "by", by).into_iter().collect();
    match agreement.provision(power).filter(is_power) {
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
    if draft.by != notice.by || draft.power != notice.power {
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
    let waiver = promised.iter().find(|waiver| waiver.by == notice.by && waiver.holds(days) == Occurrence::Yes)?;
    let what = format!("{}: on {} it can give no notice under it", waiver.words(), days.words());
    Some(Fault::new("E0412", &["on"], what).hint("correct the date, or reverse the record of the promise if it was none"))
}

/// What is wrong with a promise not to use a power.
pub(super) fn waiver_faults(agreement: &Agreement, waived: &PowerWaived, on: Option<&DateSpec>) -> Vec<Fault> {
    let mut faults = holder_faults(agreement, &waived.power, &waived.by);
    let first = on.and_then(DateSpec::earliest).unwrap_or(NaiveDate::MIN);
    if let Some(until) = waived.until.as_ref().and_then(DateSpec::latest).filter(|until| *until < first) {
        let what = format!("`{until}` is before {first}, the day of the promise");
        faults.push(Fault::new("E0413", &["until"], what).hint("correct one of the two dates"));
    }
    faults
}
