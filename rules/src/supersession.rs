//! A later agreement takes the place of an earlier one, of the whole or of some provisions (VCLT 30, 59). What was done under the earlier
//! one is not carried over: what the later one counts as done is recorded under it.

use events::Event;
use events::event::AgreementSuperseded;
use events::terms::Provision;

use crate::docket::Reason;
use crate::machine::{Machine, recorded};
use crate::obligation::Ending;
use crate::register::Act;
use crate::scene::Scene;
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "supersession",
    about: "A later agreement in the place of an earlier one. What fell due before stays owed; nothing that was done is carried over.",
    of: "commitment",
    transitions: &[
        recorded(
            "–",
            "agreement.superseded",
            "a later agreement takes the place of the whole",
            "VCLT 59",
            "superseded",
            "reason effect.superseded",
        ),
        recorded(
            "–",
            "agreement.superseded",
            "a later agreement takes the place of some provisions; the others go on",
            "VCLT 30",
            "superseded in part",
            "reason effect.superseded-part",
        ),
    ],
};

/// From when a later agreement holds in its place.
pub fn from(superseded: &AgreementSuperseded, act: &Act) -> Option<Span> {
    match &superseded.effective {
        Some(effective) => effective.bounds().map(|(earliest, latest)| Span { earliest, latest }),
        None => Some(act.days()),
    }
}

/// From when a later agreement took the place of a provision.
pub fn of_provision(scene: &Scene, provision: &Provision) -> Option<(Span, Ending, Reason)> {
    scene.acts().find_map(|(act, _)| match &act.event {
        Event::AgreementSuperseded(superseded) if superseded.provisions.contains(&provision.id) => {
            let span = from(superseded, act).filter(|span| span.earliest <= scene.as_of)?;
            let text = format!("{} took the place of {} {}", superseded.by, provision.reference, span.words());
            Some((span, Ending::Superseded, Reason::new("effect.superseded-part", text).records([act.seq])))
        }
        _ => None,
    })
}
