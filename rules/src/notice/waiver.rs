//! Promises not to use a power. A notice that is given all the same is too early while the promise has a last day, and defective where
//! it has none.

use chrono::NaiveDate;
use events::terms::Provision;
use events::{DateSpec, Event};

use super::later::open;
use super::{Notice, Place, Standing};
use crate::docket::Reason;
use crate::obligation::{Axes, Ending, Existence, Timing};
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
    written: &'a DateSpec,
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
                Until { written: until, days: Span { earliest, latest } }
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
    if anyone { agreement.party_ids() } else { power.by.iter().map(|id| agreement.holder(id).to_string()).collect() }
}

/// How far promises keep a power from being used.
pub enum Kept {
    /// Nobody promised, or no promise holds.
    Not,
    /// Some of those who hold it promised, and who.
    InPart(String),
    /// All of them did: what becomes of its line.
    Whole {
        /// Whether there is anything to use.
        axes: Axes,
        /// Its word, where the axes have none.
        label: Option<String>,
    },
}

/// What the promises of those who hold a power make of it on a day, with every promise that was made.
pub fn kept(agreement: &Agreement, power: &Provision, holders: &[String], as_of: NaiveDate) -> (Vec<Reason>, Kept) {
    let today = Span::day(as_of);
    let promised = waivers(agreement, &power.id, as_of);
    let reason = |waiver: &Waiver| {
        let rule = if waiver.holds(today) == Occurrence::No { "power.waiver-over" } else { "power.waived" };
        waiver.reason(rule, &power.reference)
    };
    let of = |holder: &String| {
        let is_own = |waiver: &&Waiver| agreement.holder(waiver.by) == holder && waiver.holds(today) != Occurrence::No;
        // Of several promises by one party the surest holds it, and of these the last.
        promised.iter().filter(is_own).max_by_key(|waiver| waiver.holds(today) == Occurrence::Yes)
    };
    let waived: Vec<&Waiver> = holders.iter().filter_map(of).collect();
    let whose = waived.iter().map(|waiver| waiver.whose()).collect::<Vec<_>>().join(" and by ");
    let label = Some(format!("waived by {whose}"));
    let kept = if waived.is_empty() {
        Kept::Not
    } else if waived.len() < holders.len() {
        Kept::InPart(whose)
    } else if waived.iter().any(|waiver| waiver.holds(today) == Occurrence::Maybe) {
        let missing = format!("whether the promise holds on this day: waived by {whose}");
        Kept::Whole { axes: Axes::undetermined(missing), label: None }
    } else if waived.iter().all(|waiver| waiver.is_for_ever()) {
        Kept::Whole { axes: Axes { existence: Existence::Ended(Ending::Waived), ..Axes::live(Timing::Undated) }, label }
    } else {
        Kept::Whole { axes: Axes::dormant(format!("waived by {whose}")), label }
    };
    (promised.iter().map(reason).collect(), kept)
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
    let (power, by, given) = (notice.power.clone(), place.agreement.holder(&notice.by).to_string(), notice.given);
    let promised = waivers(place.agreement, &power, place.as_of);
    for waiver in promised.iter().filter(|waiver| place.agreement.holder(waiver.by) == by) {
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
