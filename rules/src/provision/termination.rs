//! The power to end an agreement by notice.

use chrono::NaiveDate;
use events::Event;
use events::terms::{Provision, Term};

use super::{Kind, Reader, survival, what};
use crate::docket::{EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::register::{Agreement, Known, Occurrence};
use crate::scene::Scene;
use crate::time::Period;

/// `termination`.
pub const KIND: Kind = Kind {
    name: "termination",
    about: "the power to end the agreement by notice",
    keys: &["by", "notice"],
    default_id: Some("termination"),
    check,
    lines,
};

/// From which day the period of notice runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CountedFrom {
    Given,
    Received,
}

impl CountedFrom {
    /// The word in agreement files.
    pub fn word(self) -> &'static str {
        match self {
            CountedFrom::Given => "given",
            CountedFrom::Received => "received",
        }
    }

    /// The reading of that name.
    pub fn named(word: &str) -> Option<CountedFrom> {
        [CountedFrom::Given, CountedFrom::Received].into_iter().find(|from| from.word() == word)
    }
}

/// What the text says of notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The period of notice.
    pub period: Period,
    /// The period is the least there must be.
    pub at_least: bool,
    /// Its form (`written`), if the text says.
    pub form: Option<String>,
    /// From when it runs, if the text says.
    pub counted_from: Option<CountedFrom>,
}

impl Clause {
    /// The readings to compute: the text's own, one that was chosen, or both.
    pub(crate) fn readings(&self, agreement: &Agreement, provision: &str, as_of: NaiveDate) -> Vec<CountedFrom> {
        let chosen = agreement.acts.iter().rev().find_map(|act| match &act.event {
            Event::ReadingChosen(chosen) if chosen.provision == provision && act.by(as_of) != Occurrence::No => {
                CountedFrom::named(&chosen.reading)
            }
            _ => None,
        });
        self.counted_from.or(chosen).map_or(vec![CountedFrom::Given, CountedFrom::Received], |one| vec![one])
    }
}

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who may end it?").hint("add by = \"either\" or party ids"));
    }
    read(provision, faults);
}

/// What the text says of notice, if it says how long.
pub fn clause(provision: &Provision) -> Option<Clause> {
    read(provision, &mut Vec::new())
}

fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Option<Clause> {
    let mut reader = Reader::new(&provision.terms, faults);
    if provision.undetermined.is_none() {
        reader.require("notice");
    }
    reader
        .table("notice", &["at_least", "period", "form", "counted_from"], |reader| {
            let least = reader.period("at_least");
            let exact = reader.period("period");
            if reader.has("at_least") == reader.has("period") {
                reader.fault(
                    "E0202",
                    "at_least",
                    "`notice` takes one of at_least, period",
                    "write at_least = \"6 months\" or period = \"6 months\"",
                );
            }
            let form = reader.text("form").map(String::from);
            let counted_from = reader.choice("counted_from", &["given", "received"]).and_then(CountedFrom::named);
            Some(Clause { period: least.or(exact)?, at_least: least.is_some(), form, counted_from })
        })
        .flatten()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let provision = &known.value;
    let mut draft = scene.line(known, LineKind::Power, &provision.id, what(provision));
    let running = scene.notices.iter().find(|notice| notice.records.first() == Some(&known.seq));
    draft = match (scene.effect.state, running, clause(provision)) {
        (EffectState::Terminated | EffectState::Expired, ..) => {
            let ending = if scene.effect.state == EffectState::Terminated { Ending::Terminated } else { Ending::Expired };
            draft
                .axes(Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) })
                .because(scene.effect.because.clone())
        }
        (_, Some(notice), _) => {
            let text = format!("exercised by {}: notice of {} ends it {}", notice.by, notice.given_words, notice.ends_words());
            let reason =
                Reason::new("termination.exercised", text).provision(&provision.reference).records(notice.records.clone());
            draft.label(format!("exercised by {}", notice.by)).because([reason]).because(notice.steps.clone())
        }
        (EffectState::InEffect | EffectState::InForce, None, Some(clause)) => {
            let command = format!("obligo record notice {} --by PARTY --given DATE", scene.agreement.id);
            draft.label("exercisable").because(if_given_today(scene, known, &clause)).closes_with(command)
        }
        (_, None, None) => {
            let missing = provision.undetermined.as_deref().unwrap_or("the text does not say how long notice must be");
            draft.axes(Axes::undetermined(missing))
        }
        (state, None, Some(_)) => {
            let state = state.word().replace('_', " ");
            draft
                .axes(Axes::dormant("until the agreement has effect"))
                .because([Reason::new("termination.dormant", format!("the agreement is {state}"))])
        }
    };
    draft = draft.because(survival::reasons(scene.agreement));
    vec![draft.finish(scene.agreement)]
}

/// What a notice given on the day would do.
fn if_given_today(scene: &Scene, known: &Known<Provision>, clause: &Clause) -> Vec<Reason> {
    let today = scene.as_of;
    let reference = &known.value.reference;
    let Some(end) = scene.regime.forward(today, clause.period) else { return Vec::new() };
    let quantifier = if clause.at_least { "no earlier than" } else { "on" };
    let form = clause.form.as_ref().map(|form| format!("{form} ")).unwrap_or_default();
    let mut reasons = vec![
        Reason::new("termination.notice", format!("{form}notice given on {today} ends it {quantifier} {end}"))
            .provision(reference),
        Reason::new("termination.period", scene.regime.step(today, clause.period)).provision(reference),
    ];
    if clause.readings(scene.agreement, &known.value.id, today).contains(&CountedFrom::Received) {
        let text =
            format!("the period may run from receipt: then {} from the day it is received, not before {end}", clause.period);
        reasons.push(Reason::new("termination.readings", text).provision(reference));
    }
    let others =
        scene.agreement.provisions_of("term").filter(|term| matches!(term.value.terms.get("length"), Some(Term::Text(_))));
    reasons.extend(
        others.map(|term| Reason::new("termination.term", "its term may be over before").provision(&term.value.reference)),
    );
    reasons
}
