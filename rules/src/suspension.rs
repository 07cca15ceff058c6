//! Suspensions of an agreement or of some provisions: from when to when, and what becomes of the dates meanwhile (VCLT 57, 58, 72).

use events::Event;
use events::event::Clock;

use crate::docket::Reason;
use crate::notice::Place;
use crate::register::Act;
use crate::time::Span;

/// A suspension that had begun by the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspension {
    /// Ids of the provisions; empty: the whole agreement.
    pub provisions: Vec<String>,
    /// The parties in whose relations alone it is suspended (VCLT 58); empty: between all.
    pub parties: Vec<String>,
    /// Provisions that were resumed by themselves.
    pub except: Vec<String>,
    /// The days on which it began.
    pub from: Span,
    /// The first day on which it operates again, if that is known.
    pub until: Option<Span>,
    /// What becomes of dates meanwhile, if that was said.
    pub clock: Option<Clock>,
    /// Why.
    pub reason: Reason,
}

/// All of them, in legal order.
pub fn suspensions(place: Place) -> Vec<Suspension> {
    let mut all: Vec<Suspension> = Vec::new();
    for act in place.acts() {
        match &act.event {
            Event::AgreementSuspended(suspended) => {
                let until = suspended.until.as_ref().and_then(events::DateSpec::bounds);
                let until = until.map(|(earliest, latest)| Span { earliest, latest });
                let what = if suspended.provisions.is_empty() { "all of it".into() } else { suspended.provisions.join(", ") };
                let ends = until.map(|until| format!(" until {}", until.words())).unwrap_or_default();
                let between = match suspended.parties.as_slice() {
                    [] => String::new(),
                    parties => format!(", between {}", parties.join(" and ")),
                };
                let text = format!("operation suspended {}{ends}: {what}{between}", act.date_words());
                all.push(Suspension {
                    provisions: suspended.provisions.clone(),
                    parties: suspended.parties.iter().map(|party| place.agreement.holder(party).to_string()).collect(),
                    except: Vec::new(),
                    from: act.days(),
                    until,
                    clock: suspended.clock,
                    reason: Reason::new("effect.suspended", text).records([act.seq]),
                });
            }
            Event::AgreementResumed(resumed) => {
                let mut alone: Vec<Suspension> = Vec::new();
                let running = |one: &&mut Suspension| one.until.is_none_or(|until| act.days().earliest < until.earliest);
                for one in all.iter_mut().filter(running) {
                    if resumed.provisions.is_empty() {
                        one.end(act);
                        continue;
                    }
                    // What is resumed by itself goes on; the rest stays suspended.
                    let resumed: Vec<&String> = resumed.provisions.iter().filter(|id| one.is_of(Some(id))).collect();
                    for id in resumed {
                        let mut ended = Suspension { provisions: vec![id.clone()], except: Vec::new(), ..one.clone() };
                        ended.end(act);
                        alone.push(ended);
                        one.except.push(id.clone());
                    }
                }
                all.extend(alone);
            }
            _ => {}
        }
    }
    all
}

/// Times during which the whole agreement was suspended: where two suspensions overlap, from the beginning of the first to the end of the
/// last.
pub fn of_the_whole(place: Place) -> Vec<Suspension> {
    let mut all: Vec<Suspension> = suspensions(place).into_iter().filter(|one| one.is_of(None)).collect();
    all.sort_by_key(|one| one.from.earliest);
    all.into_iter().fold(Vec::new(), |mut joined: Vec<Suspension>, next| {
        match joined.last_mut().filter(|last| last.until.is_none_or(|until| next.from.earliest <= until.latest)) {
            Some(last) => {
                last.until = last.until.zip(next.until).map(|(one, other)| one.later_of(other));
                last.reason.text.push_str(&format!("; {}", next.reason.text));
                last.reason.records.extend(next.reason.records);
            }
            None => joined.push(next),
        }
        joined
    })
}

impl Suspension {
    /// It ends with a resumption.
    fn end(&mut self, act: &Act) {
        self.until = Some(act.days());
        self.reason.text.push_str(&format!("; resumed {}", act.date_words()));
        self.reason.records.push(act.seq);
    }

    /// Whether it holds for a provision, or with `None` for the agreement as a whole.
    pub fn is_of(&self, provision: Option<&str>) -> bool {
        if provision.is_some_and(|id| self.except.iter().any(|other| other == id)) {
            return false;
        }
        if provision.is_none() && !self.parties.is_empty() {
            return false;
        }
        self.provisions.is_empty() || provision.is_some_and(|id| self.provisions.iter().any(|known| known == id))
    }

    /// Whether it holds between those who owe something and those to whom it is owed.
    pub fn is_between(&self, by: &[String], to: &[String]) -> bool {
        let among = |party: &String| self.parties.contains(party);
        self.parties.is_empty() || (by.iter().all(among) && to.iter().all(among))
    }

    /// Whether it holds on a day.
    pub fn holds(&self, day: chrono::NaiveDate) -> bool {
        self.from.latest <= day && self.until.is_none_or(|until| day < until.earliest)
    }
}
