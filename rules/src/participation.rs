//! Each party's own standing in an agreement. One that leaves leaves for itself; the agreement goes on for the others.

use chrono::NaiveDate;
use events::Event;
use events::terms::{Force, Party, Provision};

use crate::consent;
use crate::docket::{Participation, ParticipationState, Reason};
use crate::machine::{Machine, derived, recorded};
use crate::notice::Standing;
use crate::provision::entry_into_effect;
use crate::register::{Act, Agreement, Known, Occurrence, Successor};
use crate::scene::{self, Scene};
use crate::suspension::Suspension;
use crate::time::Span;
use crate::time::compute::{Clause, Purpose};

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "participation",
    about: "Each party by itself: one that leaves leaves for itself.",
    of: "party",
    transitions: &[
        recorded("–", "agreement.recorded", "it is named as a party", "", "signatory", "state signatory"),
        derived(
            "signatory",
            "the agreement is in force by the consents of others: it owes nothing and is owed nothing",
            "VCLT 2(1)(g), 26",
            "signatory",
            "reason participation.not-bound",
        ),
        derived("signatory", "the agreement takes effect for all", "VCLT 24(1)", "bound", "reason participation.bound"),
        recorded(
            "signatory, former",
            "consent.notified",
            "its own consent takes effect",
            "VCLT 11, 24(3)",
            "bound",
            "reason participation.joins",
        ),
        recorded(
            "signatory, bound",
            "party.succeeded",
            "another takes its place, with all that it owes and is owed",
            "VCST 34 and 35 by analogy",
            "succeeded",
            "reason participation.succeeded",
        ),
        recorded(
            "bound",
            "party.renamed",
            "it has another name, or acts through another ministry; old days keep the old name",
            "",
            "bound",
            "reason participation.renamed",
        ),
        recorded(
            "signatory, bound",
            "reservation.made",
            "it does not hold itself to some provisions, and the others do not owe them to it",
            "VCLT 19, 21(1)",
            "bound with a reservation",
            "reason participation.reserved",
        ),
        recorded(
            "bound with a reservation",
            "reservation.withdrawn",
            "it withdraws that",
            "VCLT 22(1)",
            "bound",
            "reason participation.reservation-withdrawn",
        ),
        derived("bound", "its notice of withdrawal runs", "VCLT 54", "leaving", "state leaving"),
        derived("bound, leaving", "its withdrawal takes effect", "VCLT 54", "former", "state former"),
        derived("bound, leaving", "the agreement is over for all", "VCLT 70(1)", "former", "reason participation.over"),
    ],
};

/// The standing of every party on the day.
pub fn participation(scene: &Scene) -> Vec<Participation> {
    scene.agreement.about().parties.iter().map(|party| of(scene, party)).collect()
}

/// Calls the parties by the names that they had on a day, and puts whoever succeeded one in its place. The record keeps both.
pub fn rename(agreement: &mut Agreement, as_of: NaiveDate) {
    for act in agreement.acts.iter().filter(|act| act.by(as_of) == Occurrence::Yes) {
        let id = match &act.event {
            Event::PartyRenamed(renamed) => &renamed.party,
            Event::PartySucceeded(succeeded) => &succeeded.party,
            _ => continue,
        };
        let Some(party) = agreement.terms.value.parties.iter_mut().find(|party| party.id == *id) else { continue };
        match &act.event {
            Event::PartyRenamed(renamed) => {
                party.name = renamed.name.clone().unwrap_or_else(|| party.name.clone());
                party.acts_through = renamed.acts_through.clone().or(party.acts_through.take());
            }
            Event::PartySucceeded(succeeded) => {
                *party =
                    Party { id: succeeded.by.clone(), name: succeeded.name.clone(), acts_through: None, zone: party.zone.take() };
                let successor = Successor { id: succeeded.by.clone(), on: act.date_words(), seq: act.seq };
                agreement.successors.insert(succeeded.party.clone(), successor);
            }
            _ => {}
        }
    }
}

/// A party's reservation to a provision (VCLT 19).
#[derive(Debug, Clone)]
pub struct Reservation {
    /// Who made it.
    pub by: String,
    /// Id of the provision.
    pub provision: String,
    /// When, as recorded.
    pub on: String,
    /// From when it was withdrawn, if it was.
    pub until: Option<Span>,
    /// Why that is known.
    pub reason: Reason,
}

impl Reservation {
    /// Whether it stands for what is due by a day, or for what has no date: a withdrawal works forward (VCLT 22(3)).
    pub fn stands_for(&self, due: Option<NaiveDate>) -> bool {
        self.until.is_none_or(|until| due.is_some_and(|due| due < until.earliest))
    }
}

/// The reservations that were made by a day, in legal order: the last word of each party on each provision counts.
pub fn reservations(agreement: &Agreement, as_of: NaiveDate) -> Vec<Reservation> {
    let mut standing: Vec<Reservation> = Vec::new();
    for act in agreement.acts.iter().filter(|act| act.by(as_of) == Occurrence::Yes) {
        match &act.event {
            Event::ReservationMade(made) => {
                let by = agreement.holder(&made.by).to_string();
                let says = made.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
                let on = act.date_words();
                let text = format!("{by} made a reservation to it {on}{says}; between it and the others it is not owed");
                let reason = Reason::new("participation.reserved", text).records([act.seq]);
                standing.retain(|one| one.by != by || one.until.is_some() || !made.provisions.contains(&one.provision));
                let one = |id: &String| Reservation {
                    by: by.clone(),
                    provision: id.clone(),
                    on: on.clone(),
                    until: None,
                    reason: reason.clone(),
                };
                standing.extend(made.provisions.iter().map(one));
            }
            Event::ReservationWithdrawn(withdrawn) => {
                let by = agreement.holder(&withdrawn.by);
                let speaks_of = |id: &String| withdrawn.provisions.is_empty() || withdrawn.provisions.contains(id);
                let open = |one: &&mut Reservation| one.by == by && one.until.is_none() && speaks_of(&one.provision);
                for one in standing.iter_mut().filter(open) {
                    one.until = Some(act.days());
                    one.reason.text.push_str(&format!("; withdrawn {}", act.date_words()));
                    one.reason.records.push(act.seq);
                }
            }
            _ => {}
        }
    }
    standing
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
    let of_party = scene.notices.iter().filter(move |notice| notice.is_withdrawal && scene.agreement.holder(&notice.by) == party);
    of_party.filter(|notice| notice.standing == Standing::Running).filter_map(|notice| {
        let text = format!("{} leaves {}", notice.by, notice.ends_words());
        let reason = Reason::new("participation.leaves", text).provision(&notice.provision).records(notice.records.clone());
        Some((notice.span()?, reason))
    })
}

/// When the agreement last took effect for the party by its own consent.
fn joined(scene: &Scene, party: &str) -> Option<(Span, Reason)> {
    let rule = |known: &'_ Known<Provision>| entry_into_effect::after(&known.value);
    let each = || scene.agreement.provisions_of("entry-into-effect").find_map(|known| Some((known, rule(known)?)));
    // Where nothing is said of those who come later, each is bound from the day of its consent.
    let together = || consent::together(scene.place()).filter(|rule| rule.last_needed(scene.place()).is_some());
    let at_once = || together().map(|rule| (rule.known, Clause::at_once(Purpose::Effect)));
    let (known, clause) = each().or_else(at_once)?;
    let own = consent::consents(scene.place()).into_iter().filter(|consent| consent.holder == party);
    let spans = own.filter_map(|consent| {
        let span = consent::effect_of(scene.place(), &consent, &clause)?;
        let whose = if consent.by == party { "its consent".into() } else { format!("the consent of {}", consent.by) };
        let text = format!("in effect for {party} {}, by {whose} of {}", span.words(), consent.words);
        let reason =
            Reason::new("participation.joins", text).provision(&known.value.reference).records(consent.records(scene.place()));
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
    let is_consent =
        |act: &&Act| matches!(&act.event, Event::ConsentNotified(consent) if scene.agreement.holder(&consent.by) == party);
    let first = scene.agreement.acts.iter().find(is_consent);
    first.is_some_and(|first| exits(scene, party).all(|(span, _)| first.days().earliest <= span.earliest))
}

/// How it came to be a party, if it took another's place, and what it does not hold itself to.
fn own(scene: &Scene, party: &str) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for (act, _) in scene.acts().filter(|(_, occurrence)| *occurrence == Occurrence::Yes) {
        match &act.event {
            Event::PartySucceeded(succeeded) if scene.agreement.holder(&succeeded.by) == party => {
                let text = format!("{} took the place of {} {}", succeeded.by, succeeded.party, act.date_words());
                reasons.push(Reason::new("participation.succeeded", text).records([act.seq]));
            }
            Event::PartyRenamed(renamed) if scene.agreement.holder(&renamed.party) == party => {
                let name = renamed.name.iter().map(|name| format!("is called {name}"));
                let through = renamed.acts_through.iter().map(|through| format!("acts through {through}"));
                let said: Vec<String> = name.chain(through).collect();
                let text = format!("{party} {} since {}", said.join(" and "), act.date_words());
                reasons.push(Reason::new("participation.renamed", text).records([act.seq]));
            }
            Event::ReservationWithdrawn(withdrawn) if scene.agreement.holder(&withdrawn.by) == party => {
                let text = format!("{party} withdrew its reservation {}", act.date_words());
                reasons.push(Reason::new("participation.reservation-withdrawn", text).records([act.seq]));
            }
            _ => {}
        }
    }
    let standing = scene.reservations.iter().filter(|one| one.by == party && one.until.is_none());
    reasons.extend(standing.map(|one| {
        let text = format!("{party} made a reservation to {} {}", one.provision, one.on);
        Reason::new("participation.reserved", text).records(one.reason.records.iter().copied())
    }));
    let between = |one: &&Suspension| one.parties.iter().any(|id| id == party) && one.holds(scene.as_of);
    let suspended = scene.suspensions.iter().filter(between);
    reasons.extend(suspended.map(|one| Reason { rule: "participation.suspended", ..one.reason.clone() }));
    reasons
}

/// Whether its consent is one of those that brought the agreement into effect; `None` where it came into effect otherwise.
fn founds(scene: &Scene, party: &str) -> Option<bool> {
    let place = scene.place();
    let rule = consent::together(place).filter(|rule| rule.last_needed(place).is_some())?;
    let own = |consent: &consent::Consent| consent.holder == party && rule.founds(place, consent) == Occurrence::Yes;
    Some(rule.given(place).iter().any(own))
}

/// How a party takes part in an agreement, where that is not as all others do.
#[derive(Debug, Clone)]
pub enum Part {
    /// It is not bound on the day.
    Unbound(Reason),
    /// It is bound by a consent of its own, later than the agreement had effect.
    Since(Span, Reason),
    /// It left, and did not come back.
    Former(Span, Reason),
}

/// Who takes part otherwise than all others, once the agreement has effect. Whose consents bind is known where consents brought it into
/// effect; under a political text nobody has to consent.
pub fn parts(scene: &Scene) -> Vec<(String, Part)> {
    let has_effect = scene.since.is_some_and(|since| since.latest <= scene.as_of);
    let binds = scene.agreement.about().force != Force::NonBinding;
    let bound = Some(()).filter(|()| binds && has_effect).and_then(|()| consent::bound(scene.place()));
    let part = |party: String| {
        if let Some((span, reason)) = left(scene, &party).filter(|(span, _)| span.latest <= scene.as_of) {
            return Some((party, Part::Former(span, reason)));
        }
        let Some(own) = bound.as_ref()?.iter().find(|bound| bound.consent.holder == party) else {
            let text = format!("{party} is not bound: no consent of its own is recorded");
            return Some((party, Part::Unbound(Reason::new("participation.not-bound", text))));
        };
        if own.is_founding {
            return None;
        }
        let records = own.consent.records(scene.place());
        let since = own.since.words();
        if scene.as_of < own.since.earliest {
            let text = format!("{party} is not bound until its consent takes effect, {since}");
            return Some((party, Part::Unbound(Reason::new("participation.not-bound", text).records(records))));
        }
        let reason = Reason::new("participation.joins", format!("{party} is bound since {since}, by its own consent"));
        Some((party, Part::Since(own.since, reason.records(records))))
    };
    scene.agreement.party_ids().into_iter().filter_map(part).collect()
}

fn of(scene: &Scene, who: &Party) -> Participation {
    let party = who.id.as_str();
    let named = |state, span: Option<Span>, mut because: Vec<Reason>| {
        because.extend(own(scene, party));
        let (name, acts_through) = (who.name.clone(), who.acts_through.clone());
        Participation { party: party.into(), name, acts_through, state, span, because }
    };
    let by_all = || {
        let with_all = founds(scene, party).unwrap_or_else(|| !came_in_by_itself(scene, party));
        let since = scene.since.filter(|since| since.latest <= scene.as_of && with_all)?;
        let text = format!("in effect for {party} since {}, as for all", since.words());
        Some((since, Reason::new("participation.bound", text)))
    };
    let joined = joined(scene, party).or_else(by_all);
    let before_the_end = |left: &(Span, Reason)| scene.end.as_ref().is_none_or(|end| left.0.latest <= end.span.latest);
    if let Some((span, reason)) = left(scene, party).filter(before_the_end) {
        let state = if span.latest <= scene.as_of { ParticipationState::Former } else { ParticipationState::Undetermined };
        return named(state, Some(span), vec![reason]);
    }
    // With the end of the agreement nobody is a party to it any more.
    let is_over = matches!(scene.stands(), scene::Standing::Over(_));
    if let Some(end) = scene.end.as_ref().filter(|end| is_over && end.span.latest <= scene.as_of && joined.is_some()) {
        let reason = Reason { rule: "participation.over", ..end.reason.clone() };
        return named(ParticipationState::Former, Some(end.span), vec![reason]);
    }
    let leaving = exits(scene, party).filter(|(span, _)| scene.as_of < span.earliest).min_by_key(|(span, _)| span.earliest);
    match (joined, leaving) {
        (Some((_, joins)), Some((span, leaves))) => named(ParticipationState::Leaving, Some(span), vec![joins, leaves]),
        (Some((span, joins)), None) => named(ParticipationState::Bound, Some(span), vec![joins]),
        (None, _) if let Some(Part::Unbound(reason)) = scene.part(party) => {
            named(ParticipationState::Signatory, None, vec![reason.clone()])
        }
        (None, _) => {
            let text = format!("{party} is named as a party, and the agreement has no effect for it yet");
            named(ParticipationState::Signatory, None, vec![Reason::new("participation.named", text)])
        }
    }
}
