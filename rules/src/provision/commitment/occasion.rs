//! What sets off a duty can set off a right as well: the occasions on which it arises, and how long it can be used from then.

use events::terms::Provision;

use super::arisen;
use super::duty::{DueTerm, When, read};
use super::instance::Owed;
use crate::fault::Fault;
use crate::register::Known;
use crate::scene::{LineDraft, Scene};
use crate::time::{Period, Span};

/// One occasion, or that there is none yet.
pub(in crate::provision) struct Occasion {
    /// From when its period runs; `None` while there is no occasion.
    pub from: Option<Span>,
    /// What is to be said of it, its last day with it.
    pub line: LineDraft,
}

/// What is wrong with the key `when`.
pub(in crate::provision) fn check_when(provision: &Provision, faults: &mut Vec<Fault>) {
    read(provision, faults);
}

/// Every occasion by the key `when`; `None` where it names neither an act nor what becomes of a provision.
pub(in crate::provision) fn occasions(scene: &Scene, known: &Known<Provision>, within: Option<Period>) -> Option<Vec<Occasion>> {
    let mut duty = read(&known.value, &mut Vec::new());
    duty.due = within.map(DueTerm::Within);
    matches!(duty.when, Some(When::Act { .. } | When::Of { .. })).then(|| {
        let owed = Owed { scene, known, duty: &duty, by: None };
        let instances = arisen(&owed, &known.value.id).into_iter();
        instances.map(|instance| Occasion { from: instance.begins, line: instance.draft }).collect()
    })
}
