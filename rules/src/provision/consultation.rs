//! Differences are settled by talking: a duty that sleeps until there is a difference, and lasts as long as there is one.

use events::terms::{Provision, Term};

use super::{Kind, commitment};
use crate::docket::Line;
use crate::fault::Fault;
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::Scene;

/// `consultation`.
pub const KIND: Kind = Kind {
    name: "consultation",
    about: "differences are settled by talking",
    keys: &["by", "to", "when"],
    default_id: None,
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    Reader::new(&provision.terms, faults).text("when");
}

/// What wakes it, where the text does not say.
const DIFFERENCE: &str = "a difference arises";

/// What wakes it, if it is one that does not say.
pub(crate) fn when(provision: &Provision) -> Option<&'static str> {
    (provision.kind == KIND.name && !provision.terms.contains_key("when")).then_some(DIFFERENCE)
}

/// A commitment of all, on the condition that a difference arises, where the text names nobody and no other.
fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let mut known = known.clone();
    let provision = &mut known.value;
    provision.text.get_or_insert_with(|| "Differences are settled by talking".into());
    provision.terms.entry("when".into()).or_insert_with(|| Term::Text(DIFFERENCE.into()));
    if provision.by.is_empty() {
        provision.by = scene.agreement.about().parties.iter().map(|party| party.id.clone()).collect();
    }
    (commitment::COMMITMENT.lines)(scene, &known)
}
