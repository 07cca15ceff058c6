//! Consents to be bound: each with the day on which the agreement takes effect for who gave it, and all of them together, where so many
//! bring the agreement itself into effect.

use events::Event;
use events::terms::Provision;

use crate::notice::{Place, answers, stated_of};
use crate::provision::entry_into_effect;
use crate::register::{Known, Occurrence};
use crate::time::compute::{Clause, Purpose};
use crate::time::{Answer, Span};

/// A consent that had been notified by the day.
pub struct Consent {
    /// Its id within the agreement.
    pub id: String,
    /// Who gave it.
    pub by: String,
    /// Who has the place of that party on the day: for a successor the consent of its predecessor counts as its own.
    pub holder: String,
    /// The records by which it has that place, where it was given by a successor itself.
    places: Vec<u64>,
    /// How: ratification, accession.
    pub how: Option<String>,
    /// When, as recorded.
    pub words: String,
    /// The days on which it was notified.
    pub on: Span,
    /// Its record.
    pub seq: u64,
}

/// All of them, in legal order.
pub fn consents(place: Place) -> Vec<Consent> {
    let consent = |act: &crate::register::Act| match &act.event {
        Event::ConsentNotified(consent) => Some(Consent {
            id: consent.consent.clone(),
            by: consent.by.clone(),
            holder: place.agreement.holder(&consent.by).into(),
            places: place.agreement.successors.values().filter(|one| one.id == consent.by).map(|one| one.seq).collect(),
            how: consent.how.clone(),
            words: act.date_words(),
            on: act.days(),
            seq: act.seq,
        }),
        _ => None,
    };
    place.acts().filter_map(consent).collect()
}

impl Consent {
    /// What the clause gives, over all its readings.
    pub fn by_clause(&self, place: Place, clause: &Clause) -> Option<Span> {
        Span::of_all(answers(place.counting, self.on, clause).iter().map(Answer::span))
    }

    /// The records that say when: its own, and one that states the day.
    pub fn records(&self, place: Place) -> Vec<u64> {
        self.own_records().chain(stated_of(place, &self.id).map(|(act, _)| act.seq)).collect()
    }

    /// Its own record, and those that make it the consent of a party.
    pub fn own_records(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.seq).chain(self.places.iter().copied())
    }

    /// When it takes effect: the day that was stated, or what the clause gives.
    pub fn effect(&self, place: Place, clause: &Clause) -> Option<Span> {
        stated_of(place, &self.id).map(|(_, span)| span).or_else(|| self.by_clause(place, clause))
    }
}

/// The rule by which so many consents bring an agreement into effect, for all who gave them.
pub struct Together<'a> {
    /// The provision.
    pub known: &'a Known<Provision>,
    /// Whose consents count.
    of: Vec<String>,
    /// How many of them are needed.
    needed: usize,
    /// How it is counted from the last of them.
    clause: Clause,
}

/// The rule, if the text has one.
pub fn together(place: Place) -> Option<Together> {
    let holders = |ids: &[String]| ids.iter().map(|id| place.agreement.holder(id).to_string()).collect();
    place.agreement.provisions_of("entry-into-effect").find_map(|known| {
        let (needed, clause) = entry_into_effect::together(&known.value)?;
        let of = if known.value.by.is_empty() { place.agreement.party_ids() } else { holders(&known.value.by) };
        Some(Together { known, needed: needed.unwrap_or(of.len()), of, clause })
    })
}

/// When a consent takes effect for who gave it: with the agreement, where it is one of those that bring it into effect, and otherwise by
/// the clause for each.
pub fn effect_of(place: Place, consent: &Consent, each: &Clause) -> Option<Span> {
    let own = consent.effect(place, each);
    match together(place).map_or(Occurrence::No, |rule| rule.founds(place, consent)) {
        Occurrence::Yes => place.entry,
        Occurrence::Maybe => Some(own?.hull(place.entry?)),
        Occurrence::No => own,
    }
}

/// The consent by which a party is bound, where consents brought the agreement into effect.
pub struct Bound {
    /// The first of its own that has an effect.
    pub consent: Consent,
    /// From when on it is bound by it.
    pub since: Span,
    /// It is one of those that brought the agreement into effect.
    pub is_founding: bool,
}

/// Who is bound, or is to be by a consent that was notified by the day; `None`, where no rule of the text says whose consents bring the
/// agreement into effect, or too few have consented. Where nothing is said of those who come later, each is bound from the day of its
/// consent (VCLT 24(3)).
pub fn bound(place: Place) -> Option<Vec<Bound>> {
    let rule = together(place).filter(|rule| rule.last_needed(place).is_some())?;
    let each = place.agreement.provisions_of("entry-into-effect").find_map(|known| entry_into_effect::after(&known.value));
    let each = each.unwrap_or_else(|| Clause::at_once(Purpose::Effect));
    let mut bound: Vec<Bound> = Vec::new();
    for consent in consents(place) {
        let is_founding = rule.founds(place, &consent) == Occurrence::Yes;
        let since = effect_of(place, &consent, &each);
        if let Some(since) = since.filter(|_| bound.iter().all(|other| other.consent.holder != consent.holder)) {
            bound.push(Bound { consent, since, is_founding });
        }
    }
    Some(bound)
}

impl Together<'_> {
    /// The first consent of each party whose consent counts, in legal order.
    pub fn given(&self, place: Place) -> Vec<Consent> {
        let mut given: Vec<Consent> = Vec::new();
        for consent in consents(place).into_iter().filter(|consent| self.of.contains(&consent.holder)) {
            if given.iter().all(|first| first.holder != consent.holder) {
                given.push(consent);
            }
        }
        given
    }

    /// The days on which the last consent that is needed was notified, once it was. Of days that are known as ranges the n-th earliest
    /// and the n-th latest bound the n-th of the days themselves.
    pub fn last_needed(&self, place: Place) -> Option<Span> {
        let given = self.given(place);
        let nth = |end: fn(&Consent) -> chrono::NaiveDate| {
            let mut days: Vec<_> = given.iter().map(end).collect();
            days.sort();
            days.get(self.needed.checked_sub(1)?).copied()
        };
        Some(Span { earliest: nth(|consent| consent.on.earliest)?, latest: nth(|consent| consent.on.latest)? })
    }

    /// When the agreement comes into effect by it, and the counting in words.
    pub fn entry(&self, place: Place) -> Option<(Span, String)> {
        let last = self.last_needed(place)?;
        let answers = answers(place.counting, last, &self.clause);
        let entry = Span::of_all(answers.iter().map(Answer::span))?;
        let steps: Vec<String> = answers.iter().map(Answer::in_words).filter(|step| !step.is_empty()).collect();
        let steps = if last.exact().is_none() || steps.is_empty() { entry.words() } else { steps.join("; or ") };
        let words =
            format!("counted from the last consent that was needed, {}: {steps} (regime {})", last.words(), place.counting.id());
        Some((entry, words))
    }

    /// Whether a consent is one of those that bring the agreement into effect.
    pub fn founds(&self, place: Place, consent: &Consent) -> Occurrence {
        let given = self.given(place);
        let before = |is_before: fn(&Consent, &Consent) -> bool| given.iter().filter(|other| is_before(other, consent)).count();
        let surely = before(|other, own| other.seq != own.seq && other.on.latest < own.on.earliest);
        let perhaps = before(|other, own| other.seq != own.seq && other.on.earliest < own.on.latest);
        match given.iter().any(|first| first.seq == consent.seq) {
            false => Occurrence::No,
            // So many came before it that it was not needed.
            true if surely >= self.needed => Occurrence::No,
            true if perhaps >= self.needed => Occurrence::Maybe,
            true => Occurrence::Yes,
        }
    }

    /// What is missing as long as too few have consented, and who could.
    pub fn missing(&self, place: Place) -> Option<(String, Vec<&str>)> {
        let given = self.given(place);
        let open = self.of.iter().filter(|party| given.iter().all(|consent| consent.holder != **party));
        let open: Vec<&str> = open.map(String::as_str).collect();
        let words = match self.of.len() {
            all if all == self.needed && open.len() == 1 => format!("the consent of {} is not recorded", open.join(", ")),
            all if all == self.needed => format!("the consents of {} are not recorded", open.join(", ")),
            _ => format!("{} consents are needed, {} recorded", self.needed, given.len()),
        };
        (given.len() < self.needed).then_some((words, open))
    }
}
