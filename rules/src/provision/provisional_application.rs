//! From when an agreement is applied before it enters into force, as its own text provides (VCLT 25).

use events::terms::Provision;

use super::{Kind, what};
use crate::agreement;
use crate::docket::{EffectState, Kind as LineKind, Line};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::Scene;

/// `provisional-application`.
pub const KIND: Kind = Kind {
    name: "provisional-application",
    about: "from when the agreement is applied before it enters into force",
    keys: &["on"],
    default_id: Some("provisional-application"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    if !provision.by.is_empty() {
        reader.fault("E0207", "by", "it is applied by all, and owed by nobody", "leave it out");
    }
    if provision.undetermined.is_none() {
        reader.require("on");
    }
    if reader.text("on").is_some_and(|on| on != "signature") {
        reader.date("on");
    }
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let provision = &known.value;
    let draft = scene.line(known, LineKind::Term, &provision.id, what(provision)).because(scene.effect.because.clone());
    let applied = agreement::applied_provisionally(scene.place());
    let over = |ending| Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) };
    let is_in_force = scene.since.is_some_and(|since| since.latest <= scene.as_of);
    let entry = scene.since.map(|since| since.words()).unwrap_or_default();
    let command = || format!("obligo record provisionally-applied {} --on DATE", scene.agreement.id);
    let draft = match &applied {
        Some((_, reason)) if !scene.effect.because.contains(reason) => draft.because([reason.clone()]),
        _ => draft,
    };
    let draft = match (applied.map(|(span, _)| span), scene.effect.state) {
        // Once it is in force, all that is left to say is whether there was such a time before.
        (Some(from), _) if is_in_force && scene.since.is_some_and(|since| from.latest < since.earliest) => {
            draft.axes(over(Ending::Fulfilled)).label(format!("was applied provisionally from {} until {entry}", from.words()))
        }
        (Some(from), _) if is_in_force && scene.since.is_some_and(|since| from.earliest < since.latest) => {
            let missing =
                format!("whether it was applied before it came into effect {entry}: it would have been {}", from.words());
            draft.axes(Axes::undetermined(missing))
        }
        (Some(_) | None, _) if is_in_force => {
            draft.axes(over(Ending::Expired)).label(format!("has effect since {entry}: not applied provisionally"))
        }
        (Some(from), EffectState::ProvisionallyApplied) => draft.label(format!("applied provisionally since {}", from.words())),
        (_, EffectState::Void) => draft.axes(over(Ending::Void)),
        (Some(from), _) if scene.as_of < from.earliest => draft.axes(Axes::dormant(format!("until {}", from.words()))),
        (Some(from), _) => draft.axes(Axes::undetermined(format!("whether it is applied provisionally: from {}", from.words()))),
        (None, _) => {
            let missing = provision.undetermined.clone().unwrap_or_else(|| "the day of signature is not recorded".into());
            draft.axes(Axes::undetermined(missing)).closes_with(command())
        }
    };
    vec![draft.finish(scene.agreement)]
}
