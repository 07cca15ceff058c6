//! Consents to be bound, each with the day on which the agreement takes effect for who gave it.

use events::Event;

use crate::notice::{Place, answers, stated_of};
use crate::time::compute::Clause;
use crate::time::{Answer, Span};

/// A consent that had been notified by the day.
pub struct Consent {
    /// Its id within the agreement.
    pub id: String,
    /// Who gave it.
    pub by: String,
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
        std::iter::once(self.seq).chain(stated_of(place, &self.id).map(|(act, _)| act.seq)).collect()
    }

    /// When it takes effect: the day that was stated, or what the clause gives.
    pub fn effect(&self, place: Place, clause: &Clause) -> Option<Span> {
        stated_of(place, &self.id).map(|(_, span)| span).or_else(|| self.by_clause(place, clause))
    }
}
