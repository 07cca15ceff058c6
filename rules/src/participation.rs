//! Each party's own standing in an agreement. One that leaves leaves for itself; the agreement goes on for the others.

use events::Event;

use crate::consent;
use crate::docket::{Participation, ParticipationState, Reason};
use crate::machine::{Machine, derived, recorded};
use crate::notice::Standing;
use crate::provision::entry_into_effect;
use crate::register::{Act, Occurrence};
use crate::scene::Scene;
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "participation",
    about: "Each party by itself: one that leaves leaves for itself.",
    of: "party",
    transitions: &[
        recorded("–", "agreement.recorded", "it is named as a party", "", "signatory", "state signatory"),
        derived("signatory", "the agreement takes effect for all", "VCLT 24(1)", "bound", "reason participation.bound"),
        recorded(
            "signatory, former",
            "consent.notified",
            "its own consent takes effect",
            "VCLT 11, 24(3)",
            "bound",
            "reason participation.joins",
        ),
        derived("bound", "its notice of withdrawal runs", "VCLT 54", "leaving", "state leaving"),
        derived("bound, leaving", "its withdrawal takes effect", "VCLT 54", "former", "state former"),
    ],
};

/// The standing of every party on the day.
pub fn participation(scene: &Scene) -> Vec<Participation> {
    scene.agreement.about().parties.iter().map(|party| of(scene, &party.id)).collect()
}

/// The days on which a party left, or may have left, and did not come back.
pub fn left(scene: &Scene, party: &str) -> Option<(Span, Reason)> {
    let joined = joined(scene, party).map(|(span, _)| span);
    exits(scene, party)
        .filter(|(span, _)| span.earliest <= scene.as_of)
        .filter(|(span, _)| joined.is_none_or(|joined| joined.latest < span.latest))
        .max_by_key(|(span, _)| span.latest)
}

/// Withdrawals that have not been taken back, and exits that came of themselves.
fn exits<'a>(scene: &'a Scene, party: &'a str) -> impl Iterator<Item = (Span, Reason)> + 'a {
    let of_party = scene.notices.iter().filter(move |notice| notice.is_withdrawal && notice.by == party);
    of_party.filter(|notice| notice.standing == Standing::Running).filter_map(|notice| {
        let text = format!("{} leaves {}", notice.by, notice.ends_words());
        let reason = Reason::new("participation.leaves", text).provision(&notice.provision).records(notice.records.clone());
        Some((notice.span()?, reason))
    })
}

/// When the agreement last took effect for the party by its own consent.
fn joined(scene: &Scene, party: &str) -> Option<(Span, Reason)> {
    let rule = scene
        .agreement
        .provisions_of("entry-into-effect")
        .find_map(|known| Some((known, entry_into_effect::after(&known.value)?)));
    let (known, clause) = rule?;
    let own = consent::consents(scene.place()).into_iter().filter(|consent| consent.by == party);
    let spans = own.filter_map(|consent| {
        let span = consent::effect_of(scene.place(), &consent, &clause)?;
        let text = format!("in effect for {party} {}, by its consent of {}", span.words(), consent.words);
        let reason = Reason::new("participation.joins", text).provision(&known.value.reference).records([consent.seq]);
        Some((span, reason))
    });
    spans.filter(|(span, _)| span.latest <= scene.as_of).max_by_key(|(span, _)| span.latest)
}

/// Whether a consent of its own brought it in, and nothing before: whoever came later was not bound with the others. Whoever left and
/// came back was.
fn came_in_by_itself(scene: &Scene, party: &str) -> bool {
    if scene.agreement.provisions_of("entry-into-effect").all(|known| entry_into_effect::after(&known.value).is_none()) {
        return false;
    }
    let is_consent = |act: &&Act| matches!(&act.event, Event::ConsentNotified(consent) if consent.by == party);
    let first = scene.agreement.acts.iter().find(is_consent);
    first.is_some_and(|first| exits(scene, party).all(|(span, _)| first.days().earliest <= span.earliest))
}

/// Whether its consent is one of those that brought the agreement into effect; `None` where it came into effect otherwise.
fn founds(scene: &Scene, party: &str) -> Option<bool> {
    let place = scene.place();
    let rule = consent::together(place).filter(|rule| rule.last_needed(place).is_some())?;
    let own = |consent: &consent::Consent| consent.by == party && rule.founds(place, consent) == Occurrence::Yes;
    Some(rule.given(place).iter().any(own))
}

fn of(scene: &Scene, party: &str) -> Participation {
    let named = |state, span: Option<Span>, because| Participation { party: party.into(), state, span, because };
    let by_all = || {
        let with_all = founds(scene, party).unwrap_or_else(|| !came_in_by_itself(scene, party));
        let since = scene.since.filter(|since| since.latest <= scene.as_of && with_all)?;
        let text = format!("in effect for {party} since {}, as for all", since.words());
        Some((since, Reason::new("participation.bound", text)))
    };
    let joined = joined(scene, party).or_else(by_all);
    if let Some((span, reason)) = left(scene, party) {
        let state = if span.latest <= scene.as_of { ParticipationState::Former } else { ParticipationState::Undetermined };
        return named(state, Some(span), vec![reason]);
    }
    let leaving = exits(scene, party).filter(|(span, _)| scene.as_of < span.earliest).min_by_key(|(span, _)| span.earliest);
    match (joined, leaving) {
        (Some((_, joins)), Some((span, leaves))) => named(ParticipationState::Leaving, Some(span), vec![joins, leaves]),
        (Some((span, joins)), None) => named(ParticipationState::Bound, Some(span), vec![joins]),
        (None, _) => {
            let text = format!("{party} is named as a party, and the agreement has no effect for it yet");
            named(ParticipationState::Signatory, None, vec![Reason::new("participation.named", text)])
        }
    }
}
