//! The power to amend an agreement.

use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::docket::{Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Existence, Timing};
use crate::reader::Reader;
use crate::register::Known;
use crate::scene::{Scene, Standing};

/// `amendment`.
pub const KIND: Kind = Kind {
    name: "amendment",
    about: "the power to amend the agreement",
    keys: &["by", "requires"],
    default_id: Some("amendment"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    Reader::new(&provision.terms, faults).text("requires");
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let draft = scene.line(known, LineKind::Power, &known.value.id, what(&known.value)).or_of_everyone(scene.agreement);
    let draft = scene.between_the_bound(draft);
    let requires = known.value.terms.get("requires").and_then(Term::as_text).unwrap_or("the consent of all");
    let reason = Reason::new("amendment.requires", format!("at any time, with {requires}")).provision(&known.value.reference);
    let draft = match scene.stands() {
        Standing::Yes | Standing::Ending => draft.label("exercisable"),
        Standing::Over(ending) => draft.axes(Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) }),
        Standing::NotYet(_) | Standing::Unknown(_) => draft.axes(Axes::dormant("until the agreement has effect")),
    };
    vec![draft.because([reason]).because(scene.effect.because.clone()).finish(scene.agreement)]
}
