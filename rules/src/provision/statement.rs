//! A paragraph that was read and found to carry no commitment, so that completeness is shown and not assumed.
//! One that says something no key can say carries `undetermined`, and that is a line.

use events::terms::Provision;

use super::{Kind, what};
use crate::docket::{Kind as LineKind, Line};
use crate::fault::Fault;
use crate::obligation::Axes;
use crate::register::Known;
use crate::scene::Scene;

/// `statement`.
pub const KIND: Kind =
    Kind { name: "statement", about: "a paragraph that carries no commitment", keys: &[], default_id: None, check, lines };

fn check(_: &Provision, _: &mut Vec<Fault>) {}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let Some(why) = &known.value.undetermined else { return Vec::new() };
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value));
    vec![draft.axes(Axes::undetermined(why.clone())).finish(scene.agreement)]
}
