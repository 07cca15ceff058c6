//! Duties that can never arise: what they hang on cannot come.

use events::Event;
use events::terms::{Provision, Term};

use crate::register::Agreement;

/// Why a duty never arises, if it does not.
pub(super) fn never_arises(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let reference = &provision.reference;
    let due = |key: &str| provision.terms.get("due")?.as_table()?.get(key)?.as_text();
    if let Some(body) = due("at").and_then(|at| at.strip_prefix("next ")).map(str::trim)
        && !meets(agreement, Some(body))
    {
        return Some(format!("{reference}: due at the next meeting of `{body}`, which no provision makes meet"));
    }
    let when = provision.terms.get("when")?.as_table()?;
    let of = when.get("of").and_then(Term::as_text);
    match when.get("act")?.as_text()? {
        "meeting-held" if !meets(agreement, of) => Some(match of {
            Some(body) => format!("{reference}: hangs on a meeting of `{body}`, which no provision makes meet"),
            None => format!("{reference}: hangs on a meeting, and no provision makes anybody meet"),
        }),
        "not-met" => {
            let standing = standing(agreement, of?)?;
            Some(format!("{reference}: hangs on {standing} not being met, which stands without a date: that day never comes"))
        }
        "notice-given" if !ends_by_notice(agreement) => {
            Some(format!("{reference}: hangs on a notice, and no provision gives anybody the power to give one"))
        }
        _ => None,
    }
}

/// Whether a body is made to meet, or met or was to meet all the same; any body, where none is named.
fn meets(agreement: &Agreement, body: Option<&str>) -> bool {
    let is_it = |id: &str| body.is_none_or(|body| body == id);
    let bound = agreement
        .provisions_of("meeting-series")
        .any(|known| known.value.terms.get("body").and_then(Term::as_text).is_some_and(is_it));
    bound
        || agreement.acts.iter().any(|act| match &act.event {
            Event::MeetingScheduled(meeting) => is_it(&meeting.body),
            Event::MeetingHeld(meeting) => is_it(&meeting.body),
            _ => false,
        })
}

/// The place of a duty without a date, which is not met on no day.
fn standing<'a>(agreement: &'a Agreement, id: &str) -> Option<&'a str> {
    let named = |provision: &Provision| provision.id == id || provision.reference == id;
    let provision = agreement.provisions.iter().map(|known| &known.value).find(|provision| named(provision))?;
    let has_no_date = !["due", "every", "when"].iter().any(|key| provision.terms.contains_key(*key));
    (matches!(provision.kind.as_str(), "commitment" | "report") && has_no_date).then_some(provision.reference.as_str())
}

fn ends_by_notice(agreement: &Agreement) -> bool {
    let by_power = agreement.provisions_of("termination").any(|known| !known.value.terms.contains_key("when"));
    let against_renewal = agreement.provisions_of("term").any(|known| known.value.terms.contains_key("renewal"));
    by_power || against_renewal
}
