//! Differences are settled by talking: a duty that sleeps until there is a difference.

use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::docket::{Kind as LineKind, Line};
use crate::fault::Fault;
use crate::obligation::Axes;
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

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let when = known.value.terms.get("when").and_then(Term::as_text).unwrap_or("a difference arises");
    let draft = scene.line(known, LineKind::Commitment, &known.value.id, what(&known.value)).or_of_everyone(scene.agreement);
    vec![scene.under_effect(&known.value, draft.axes(Axes::dormant(format!("until {when}")))).finish(scene.agreement)]
}
