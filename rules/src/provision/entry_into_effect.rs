//! When an agreement comes into effect by its own rule: on signature, on launch, on a date.

use events::Event;
use events::terms::Provision;

use super::{Kind, what};
use crate::docket::{Kind as LineKind, Line};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::Scene;

/// `entry-into-effect`.
pub const KIND: Kind = Kind {
    name: "entry-into-effect",
    about: "when the agreement comes into effect",
    keys: &["on"],
    default_id: Some("entry-into-effect"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    if provision.undetermined.is_none() {
        reader.require("on");
    }
    if !matches!(reader.text("on"), Some("signature" | "launch")) {
        reader.date("on");
    }
}

/// Whether a document states the day.
fn is_stated(scene: &Scene) -> bool {
    scene.agreement.best_known(|event| matches!(event, Event::AgreementTookEffect(_))).is_some()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).because(scene.effect.because.clone());
    let has_been = scene.since.is_some_and(|since| since.latest <= scene.as_of);
    let state = scene.effect.state.word().replace('_', " ");
    let since = scene.since.map_or("on an unknown day".into(), |since| since.words());
    let draft = match &known.value.undetermined {
        // Without a rule that we know of, the launch is taken for it; the word for that is another.
        Some(_) if has_been && !is_stated(scene) => draft.label(format!("taken to be in effect since its launch, {since}")),
        _ if has_been => {
            let axes = Axes { existence: Existence::Ended(Ending::Fulfilled), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("came into effect {since}"))
        }
        _ if scene.entry.is_some_and(|entry| scene.as_of < entry.earliest) => {
            let entry = scene.entry.map(|entry| entry.words()).unwrap_or_default();
            draft.axes(Axes::dormant(format!("until {entry}")))
        }
        Some(why) => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            draft.axes(Axes::undetermined(why.clone())).closes_with(command)
        }
        None => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            let missing = format!("{state}, and the day it comes into effect is not recorded");
            draft.axes(Axes::undetermined(missing)).closes_with(command)
        }
    };
    vec![draft.finish(scene.agreement)]
}
