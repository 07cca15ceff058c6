//! Two parties, each of whom owes in return for the other: the second owes once the first has performed.

use events::terms::Provision;

use super::duty::{DueTerm, Duty};
use super::instance::{Instance, Owed};
use super::triggered::{Cause, arisen_from};
use super::{arisen, own_id, settled};
use crate::docket::{Due, Reason};
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::register::Known;
use crate::scene::Scene;

const RULE: &str = "commitment.in-return";

pub(super) fn instances(scene: &Scene, known: &Known<Provision>, duty: &Duty) -> Vec<Instance> {
    let [first, second] = known.value.by.as_slice() else { return Vec::new() };
    let own = |party| Owed { scene, known, duty, by: Some(party) };
    let mut instances = settled(&own(first), &own_id(&known.value, first));
    let owed = own(second);
    // What sets the first off sets the second off: they stand in one order.
    let in_return = arisen(&owed, &own_id(&known.value, second));
    let in_return: Vec<Instance> =
        instances.iter().zip(in_return).map(|(before, own)| owed.settled(after(&owed, first, before, own))).collect();
    instances.extend(in_return);
    instances
}

/// What the second owes, after what became of the first.
fn after(owed: &Owed, first: &str, before: &Instance, own: Instance) -> Instance {
    let reason = |text: String| Reason::new(RULE, text).provision(owed.reference());
    let asleep = |own: Instance, axes: Axes, reason: Reason| {
        // While nothing is owed it has no date that could pass.
        own.map(|draft| draft.axes(axes).due(Due::default()).because([reason]))
    };
    let others = |before: &Instance| before.records().into_iter().filter(|seq| *seq != owed.known.seq);
    let dormant = || Axes::dormant(format!("until {first} has performed {}", before.id()));
    if own.draft.0.axes.existence != Existence::Live {
        return own;
    }
    if let Some(done) = before.done() {
        let said = format!("{first} performed {} {}", before.id(), done.on.words());
        if matches!(owed.duty.due, Some(DueTerm::Within(_))) {
            let cause = Cause { rule: RULE, days: done.on, said, records: done.records };
            let id = own.id().to_string();
            return arisen_from(owed.scene, owed.draft(&id), cause, owed.duty.due.as_ref(), owed.reference());
        }
        let reason = reason(said).records(done.records);
        let has_passed = own.draft.0.due.latest.is_some_and(|latest| latest < done.on.latest);
        let mut own = own.map(|draft| draft.because([reason]));
        own.begins = Some(done.on);
        if has_passed {
            let missing = format!("by when: its date had passed when {first} performed");
            return own.map(|draft| draft.axes(Axes::undetermined(missing)).due(Due::default()));
        }
        return own;
    }
    if let Some(missing) = &before.perhaps_done {
        let axes = Axes { timing: Timing::Undetermined(missing.clone()), ..dormant() };
        let reason = reason(format!("owed once {first} has performed {}", before.id()));
        return asleep(own, axes, reason.records(others(before)));
    }
    if matches!(before.draft.0.axes.existence, Existence::Ended(_)) {
        let text = format!("{} is {}: it will not be performed", before.id(), before.draft.0.axes.existence.word());
        let axes = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
        return asleep(own, axes, Reason { rule: "commitment.moot", ..reason(text) }.records(others(before)));
    }
    asleep(own, dormant(), reason(format!("owed once {first} has performed {}", before.id())))
}
