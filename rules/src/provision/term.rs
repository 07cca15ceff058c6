//! How long an agreement lasts: for a period from its coming into effect, or without a fixed end.

use events::terms::Provision;

use super::{Kind, what};
use crate::docket::{EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::Scene;

/// `term`.
pub const KIND: Kind = Kind {
    name: "term",
    about: "how long the agreement lasts",
    keys: &["length", "from"],
    default_id: Some("term"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    reader.period("length");
    reader.choice("from", &["entry-into-force", "entry-into-effect"]);
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).because(scene.effect.because.clone());
    let over = |ending| Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) };
    let draft = match (scene.effect.state, &scene.end) {
        (EffectState::Terminated, Some(end)) => draft.axes(over(Ending::Terminated)).label("terminated").due(end.due()),
        (EffectState::Expired, Some(end)) => draft.axes(over(Ending::Expired)).label("expired").due(end.due()),
        (EffectState::InEffect | EffectState::InForce, Some(end)) => draft
            .axes(Axes::live(timing(None, end.span, scene.as_of)))
            .label(format!("ends {}", end.words))
            .due(end.due())
            .because([end.reason.clone()]),
        (EffectState::Undetermined, Some(end)) if scene.since.is_some_and(|since| since.latest <= scene.as_of) => {
            draft.axes(Axes::undetermined(format!("whether it has ended: it ends {}", end.words))).due(end.due())
        }
        (EffectState::InEffect | EffectState::InForce, None) => {
            let reason = Reason::new("term.open", "no fixed end and no notice recorded: it goes on");
            draft.label("no fixed end").because([reason.provision(&known.value.reference)])
        }
        _ => draft.axes(Axes::undetermined(format!("the agreement is {}", scene.effect.state.word().replace('_', " ")))),
    };
    vec![draft.finish(scene.agreement)]
}
