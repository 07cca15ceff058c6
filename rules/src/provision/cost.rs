//! Who bears what: a standing commitment.

use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::docket::{Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::Scene;

/// `cost`.
pub const KIND: Kind =
    Kind { name: "cost", about: "who bears what", keys: &["by", "to", "unless"], default_id: None, check, lines };

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    Reader::new(&provision.terms, faults).text("unless");
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let mut draft = scene.line(known, LineKind::Commitment, &known.value.id, what(&known.value)).or_of_everyone(scene.agreement);
    if let Some(unless) = known.value.terms.get("unless").and_then(Term::as_text) {
        draft = draft.because([Reason::new("cost.unless", format!("unless {unless}")).provision(&known.value.reference)]);
    }
    vec![scene.under_effect(&known.value, draft).finish(scene.agreement)]
}
