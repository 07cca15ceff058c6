//! What is wrong with the terms of an agreement: names that nothing has, ids that stand twice.

use events::Event;
use events::terms::{AgreementTerms, Force, Provision, Term};

use super::proposal::Proposal;
use crate::fault::{Fault, nearest};
use crate::provision::commitment::{circle, waits_for};
use crate::register::Agreement;
use crate::time::regime::Almanac;

pub(super) fn already_otherwise(proposal: &Proposal, recorded: Option<u64>) -> Fault {
    let (what, id) = match &proposal.event {
        Event::AgreementRecorded(_) => ("agreement", proposal.agreement.as_str()),
        Event::SourceRecorded(source) => ("source", source.id.as_str()),
        Event::BodyRecorded(body) => ("body", body.id.as_str()),
        Event::ProvisionRecorded(provision) => ("provision", provision.id.as_str()),
        _ => ("record", ""),
    };
    match recorded {
        Some(seq) => Fault::new("E0205", &["id"], format!("{what} `{id}` is in the register in other words, as record {seq}"))
            .hint(format!("to change it, reverse that record first: obligo record correction {seq} --reason TEXT")),
        None => Fault::new("E0205", &["id"], format!("{what} `{id}` stands twice")).hint("give one of them an id of its own"),
    }
}

pub(super) fn agreement_faults(id: &str, terms: &AgreementTerms, almanac: &Almanac) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !is_short_name(id) {
        faults.push(
            Fault::new("E0208", &["id"], format!("`{id}` is not a short name"))
                .hint("use lower-case letters, digits and hyphens, as in uk-kr-dp"),
        );
    }
    if almanac.regime(&terms.reckoning).is_none() {
        let what = format!("`{}` is not a regime of counting periods", terms.reckoning);
        let known = almanac.regimes.iter().map(|regime| regime.id.as_str());
        faults.push(Fault::new("E0204", &["reckoning"], what).hint(nearest(&terms.reckoning, known)));
    }
    for id in terms.calendars.iter().filter(|id| almanac.calendar(id).is_none()) {
        let known = almanac.calendars.iter().map(|calendar| calendar.id.as_str());
        let what = format!("`{id}` is not a calendar");
        faults.push(Fault::new("E0204", &["calendars"], what).hint(nearest(id, known)));
    }
    if terms.parties.is_empty() {
        faults.push(Fault::new("E0202", &["party"], "no party is named").hint("add [[party]] with id and name"));
    }
    faults
}

fn is_short_name(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-')
}

pub(super) fn source_faults(agreement: &Agreement, proposal: &Proposal) -> Vec<Fault> {
    let unknown = proposal.source.as_ref().filter(|source| agreement.source(&source.id).is_none());
    let Some(source) = unknown else { return Vec::new() };
    let known = agreement.sources.iter().map(|known| known.value.id.as_str());
    vec![
        Fault::new("E0404", &["source"], format!("`{}` is not a source of {}", source.id, agreement.id))
            .hint(nearest(&source.id, known)),
    ]
}

pub(super) fn provision_faults(agreement: &Agreement, provision: &Provision) -> Vec<Fault> {
    let mut faults = Vec::new();
    let may_be_anyone = matches!(provision.kind.as_str(), "termination" | "amendment" | "term" | "power");
    for (key, ids) in [("by", &provision.by), ("to", &provision.to)] {
        let anyone = |id: &String| may_be_anyone && (id == "either" || id == "any");
        faults.extend(ids.iter().filter(|id| !anyone(id)).filter_map(|id| party_fault(agreement, key, id)));
    }
    let body = provision.terms.get("body").and_then(Term::as_text).map(|body| (["body"].as_slice(), body));
    let when = provision.terms.get("when").and_then(Term::as_table);
    let of = when
        .filter(|when| when.get("act").and_then(Term::as_text) == Some("meeting-held"))
        .and_then(|when| when.get("of")?.as_text())
        .map(|of| (["when", "of"].as_slice(), of));
    let due = provision.terms.get("due").and_then(Term::as_table);
    let next =
        due.and_then(|due| due.get("at")?.as_text()?.strip_prefix("next ")).map(|body| (["due", "at"].as_slice(), body.trim()));
    for (at, id) in [body, of, next].into_iter().flatten().filter(|(_, id)| agreement.body(id).is_none()) {
        faults.push(body_fault(agreement, at, id));
    }
    faults.extend(waits_for(provision).and_then(|of| waiting_fault(agreement, provision, of)));
    if let Some(Term::List(ids)) = provision.terms.get("of").filter(|_| provision.kind == "survival") {
        let unknown = ids.iter().filter_map(Term::as_text).filter(|id| agreement.provision(id).is_none());
        faults.extend(unknown.map(|id| provision_fault(agreement, &["of"], id)));
    }
    if agreement.about().force == Force::Mixed && provision.force.is_none() && provision.kind != "statement" {
        let fault = Fault::new(
            "E0202",
            &["force"],
            "`force` is missing: the agreement is mixed, so each provision says whether it binds",
        );
        faults.push(fault.hint("add force = \"binding\" or \"non-binding\""));
    }
    faults
}

/// What it waits for is nothing that is performed, or waits for it in its turn.
fn waiting_fault(agreement: &Agreement, provision: &Provision, of: &str) -> Option<Fault> {
    let at = ["when", "of"];
    let Some(other) = agreement.provision(of) else { return Some(provision_fault(agreement, &at, of)) };
    if !matches!(other.value.kind.as_str(), "commitment" | "report" | "review") {
        let fault = Fault::new("E0403", &at, format!("`{of}` is a {}: nothing of it is performed or breached", other.value.kind));
        return Some(fault.hint("name a commitment, a report or a review"));
    }
    // It is said once, of the one that closes the circle.
    let circle = circle(agreement, provision)?;
    let last = agreement.provisions.iter().rev().find(|known| circle.contains(&known.value.id.as_str()))?;
    (last.value.id == provision.id).then(|| {
        let what = match of == provision.id {
            true => format!("`{of}` waits for itself: it can never arise"),
            false => format!("`{}` waits for `{of}`, which waits for it in its turn: neither can ever arise", provision.id),
        };
        Fault::new("E0211", &at, what).hint("let one of them hang on something else")
    })
}

pub(super) fn party_fault(agreement: &Agreement, key: &str, id: &str) -> Option<Fault> {
    let known = agreement.party_ids();
    let fault = || Fault::new("E0401", &[key], format!("`{id}` is not a party of {}", agreement.id));
    let hint = || match place_of(agreement, id) {
        Some(holder) => format!("on the day of the act that place was held by {holder}"),
        None => nearest(id, known.iter().map(String::as_str)),
    };
    (!known.iter().any(|party| party == id)).then(|| fault().hint(hint()))
}

/// Who has on the day the place that another had before, or has after.
fn place_of<'a>(agreement: &'a Agreement, id: &'a str) -> Option<&'a str> {
    let holder = agreement.holder(id);
    if holder != id {
        return Some(holder);
    }
    let predecessor = |of: &str| {
        agreement.acts.iter().find_map(|act| match &act.event {
            events::Event::PartySucceeded(succeeded) if succeeded.by == of => Some(succeeded.party.as_str()),
            _ => None,
        })
    };
    let is_party = |id: &&str| agreement.about().parties.iter().any(|party| party.id == *id);
    let mut before = predecessor(id);
    while let Some(party) = before.filter(|party| !is_party(party)) {
        before = predecessor(party).filter(|other| *other != id && *other != party);
    }
    before
}

pub(super) fn body_fault(agreement: &Agreement, at: &[&str], id: &str) -> Fault {
    let known = agreement.bodies.iter().map(|known| known.value.id.as_str());
    Fault::new("E0402", at, format!("`{id}` is not a body of {}", agreement.id)).hint(nearest(id, known))
}

pub(super) fn provision_fault(agreement: &Agreement, at: &[&str], id: &str) -> Fault {
    let known = agreement.provisions.iter().map(|known| known.value.id.as_str());
    Fault::new("E0403", at, format!("`{id}` is not a provision of {}", agreement.id)).hint(nearest(id, known))
}
