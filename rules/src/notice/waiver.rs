//! Promises not to use a power. A notice that is given all the same is too early while the promise has a last day, and defective where
//! it has none.

use chrono::NaiveDate;
use events::Event;
use events::terms::Provision;

use super::later::open;
use super::{Notice, Place, Standing};
use crate::docket::Reason;
use crate::register::{Act, Agreement, Occurrence};
use crate::time::Span;

/// A promise by one party not to use a power.
pub struct Waiver<'a> {
    /// Who promised.
    pub by: &'a str,
    act: &'a Act,
    until: Option<Until<'a>>,
}

/// The last day for which a promise holds.
struct Until<'a> {
    written: &'a str,
    days: Span,
}

/// The promises not to use a power that had been made by a day, in legal order.
pub fn waivers<'a>(agreement: &'a Agreement, power: &str, as_of: NaiveDate) -> Vec<Waiver<'a>> {
    let made = agreement.acts.iter().filter(|act| act.by(as_of) != Occurrence::No);
    made.filter_map(|act| match &act.event {
        Event::PowerWaived(waived) if waived.power == power => {
            let until = waived.until.as_ref().map(|until| {
                // A last day that is not known may be any from the promise on.
                let known = until.deadline().filter(|_| !until.is_approximate());
                let (earliest, latest) = known.unwrap_or((act.days().earliest, NaiveDate::MAX));
                Until { written: until.as_str(), days: Span { earliest, latest } }
            });
            Some(Waiver { by: &waived.by, act, until })
        }
        _ => None,
    })
    .collect()
}

/// Who can use a power: those whom the text names, or each party.
pub fn holders(agreement: &Agreement, power: &Provision) -> Vec<String> {
    let anyone = power.by.is_empty() || power.by.iter().any(|id| id == "either" || id == "any");
    if anyone { agreement.party_ids() } else { power.by.clone() }
}

impl Waiver<'_> {
    /// Whether the promise holds on a day, or on all the days that it may be.
    pub fn holds(&self, days: Span) -> Occurrence {
        let from = self.act.days();
        let (is_over, may_be_over) = match &self.until {
            Some(until) => (until.days.latest < days.earliest, until.days.earliest < days.latest),
            None => (false, false),
        };
        if is_over || days.latest < from.earliest {
            Occurrence::No
        } else if may_be_over || days.earliest < from.latest {
            Occurrence::Maybe
        } else {
            Occurrence::Yes
        }
    }

    /// Whether it has no last day.
    pub fn is_for_ever(&self) -> bool {
        self.until.is_none()
    }

    /// `AA until 2026-12-31`, or `AA` where no last day was said.
    pub fn whose(&self) -> String {
        self.until.as_ref().map_or_else(|| self.by.to_string(), |until| format!("{} until {}", self.by, until.written))
    }

    /// The same as a sentence.
    pub fn words(&self) -> String {
        let until = self.until.as_ref().map_or_else(|| ", without end".into(), |until| format!(", until {}", until.written));
        format!("{} promised {} not to use this power{until}", self.by, self.act.date_words())
    }

    /// The step that says so.
    pub fn reason(&self, rule: &'static str, reference: &str) -> Reason {
        Reason::new(rule, self.words()).provision(reference).records([self.act.seq])
    }
}

/// A notice that was given while a promise of its giver held.
pub(super) fn apply(place: Place, notice: &mut Notice) {
    let (power, by, given) = (notice.power.clone(), notice.by.clone(), notice.given);
    for waiver in waivers(place.agreement, &power, place.as_of).iter().filter(|waiver| waiver.by == by) {
        let holds = waiver.holds(given);
        if holds == Occurrence::No {
            continue;
        }
        let reason = waiver.reason("notice.waived", &notice.provision);
        notice.records.extend(reason.records.iter().copied());
        notice.steps.push(reason);
        if holds == Occurrence::Maybe {
            open(notice, format!("whether it was given while the promise held: {}", waiver.words()));
        } else if notice.standing == Standing::Running {
            notice.standing = match waiver.until {
                Some(_) => Standing::TooEarly(waiver.words()),
                None => Standing::Defective(waiver.words()),
            };
            (notice.ends, notice.no_earlier_than, notice.reckoned.clause) = (None, None, None);
        }
    }
}
