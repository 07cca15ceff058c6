//! A duty that arises from what became of another: it was performed, somebody determined that it was breached, or its date passed.

use events::Event;
use events::terms::Provision;

use super::duty::{DueTerm, Outcome, When, read, waits_for};
use super::instance::{Instance, Owed, both};
use super::instances;
use super::triggered::{Cause, arisen_from};
use crate::docket::{Line, Performance, Reason};
use crate::obligation::{Axes, Ending, Existence, Timeliness, Timing};
use crate::register::{Act, Agreement, Known, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::Span;

const RULE: &str = "commitment.set-off";

/// The provisions that wait for each other, where one of a row in which each waits for the next comes round to this one: none of them
/// could ever arise.
pub(crate) fn circle<'a>(agreement: &'a Agreement, provision: &'a Provision) -> Option<Vec<&'a str>> {
    let mut seen = Vec::new();
    let mut next = waits_for(provision);
    while let Some(id) = next.filter(|id| !seen.contains(id)) {
        seen.push(id);
        if id == provision.id {
            return Some(seen);
        }
        next = agreement.provision(id).and_then(|known| waits_for(&known.value));
    }
    None
}

/// What became of an instance, as far as another waits for it.
enum Fate {
    /// It happened, on these days.
    Happened(Span, String, Vec<u64>),
    /// It may have: what is missing.
    Perhaps(String),
    NotYet,
    Never,
}

pub(super) fn set_off(owed: &Owed, outcome: Outcome, of: &str, due: Option<&DueTerm>, id: &str) -> Vec<Instance> {
    let (scene, reference) = (owed.scene, owed.reference());
    let until = match outcome {
        Outcome::Performed => format!("until {of} is performed"),
        Outcome::Breached => format!("until a breach of {of} is determined"),
        Outcome::NotMet => format!("until {of} is not met by its date"),
    };
    let undetermined = |missing: String| Axes { timing: Timing::Undetermined(missing), ..Axes::dormant(until.clone()) };
    let other = scene.agreement.provision(of).filter(|_| circle(scene.agreement, &owed.known.value).is_none());
    let Some(other) = other else {
        let missing = format!("what it waits for: {of} is not there, or waits for this one in its turn");
        return vec![owed.draft(id).axes(undetermined(missing)).into()];
    };
    let mut arisen = Vec::new();
    let sources = instances(scene, other);
    let mut can_come = !is_final(scene, &other.value);
    for source in &sources {
        let draft = || owed.draft(&format!("{id}-of-{}", source.id()));
        match fate(scene, outcome, source, other) {
            Fate::Happened(days, said, records) => {
                let cause = Cause { rule: RULE, days, said, records };
                arisen.push(arisen_from(scene, draft(), cause, due, reference));
            }
            Fate::Perhaps(missing) => {
                let reason = Reason::new("commitment.condition", format!("it may have arisen of {}", source.id()));
                let reason = reason.records(source.records());
                arisen.push(draft().axes(undetermined(missing)).because([reason.provision(reference)]).into());
            }
            Fate::NotYet => can_come = true,
            Fate::Never => {}
        }
    }
    // Of what came of each, a date that was kept or put off is why it sleeps on; of the rest, all of it is why it will not come.
    let fates = fates(scene, other).into_iter();
    if arisen.is_empty() {
        let draft = owed.draft(id);
        let (axes, reason) = if can_come {
            let reason = Reason::new("commitment.condition", format!("it sleeps {until}"));
            let kept = fates.filter(|_| outcome == Outcome::NotMet);
            (Axes::dormant(until.clone()), reason.records(both(&[], &kept.collect::<Vec<_>>())))
        } else {
            let over = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
            let words: Vec<String> =
                sources.iter().map(|source| format!("{} is {}", source.id(), source.draft.0.axes.existence.word())).collect();
            let text = format!("it would have slept {until}; {}: that can come no more", words.join(", "));
            (over, Reason::new("commitment.moot", text).records(both(&[], &fates.collect::<Vec<_>>())))
        };
        arisen.push(draft.axes(axes).because([reason.provision(reference)]).into());
    }
    arisen
}

/// The records by which the instances of a provision stand as they do, and those of what it waits for in its turn: of what did not come
/// about there, nothing arose here.
fn fates(scene: &Scene, provision: &Known<Provision>) -> Vec<u64> {
    let mut row = vec![provision];
    while let Some(next) = row.last().and_then(|last| scene.agreement.provision(waits_for(&last.value)?)) {
        if row.iter().any(|known| known.value.id == next.value.id) {
            break;
        }
        row.push(next);
    }
    let terms: Vec<u64> = row.iter().map(|known| known.seq).collect();
    let all: Vec<u64> = row.iter().flat_map(|known| instances(scene, known)).flat_map(|instance| instance.records()).collect();
    all.into_iter().filter(|seq| !terms.contains(seq)).collect()
}

/// Whether no more instances can arise of it than there are.
fn is_final(scene: &Scene, provision: &Provision) -> bool {
    let duty = read(provision, &mut Vec::new());
    let recurs = duty.every.is_some() || matches!(duty.due, Some(DueTerm::Each(_)));
    match &duty.when {
        None => !recurs,
        Some(When::Words(_) | When::Act { .. }) => false,
        Some(When::Of { provision: of, .. }) => scene.agreement.provision(of).is_some_and(|known| is_final(scene, &known.value)),
    }
}

fn fate(scene: &Scene, outcome: Outcome, source: &Instance, provision: &Known<Provision>) -> Fate {
    let axes = &source.draft.0.axes;
    let is_over = matches!(axes.existence, Existence::Ended(_));
    match outcome {
        Outcome::Performed => match (source.done(), &source.perhaps_done) {
            (Some(done), _) => {
                let said = format!("{} was performed {}", source.id(), done.on.words());
                Fate::Happened(done.on, said, done.records)
            }
            (None, Some(missing)) => Fate::Perhaps(missing.clone()),
            (None, None) if is_over => Fate::Never,
            (None, None) => Fate::NotYet,
        },
        Outcome::Breached => match breach(scene, source.id()) {
            Some((act, Occurrence::Yes)) => {
                let said = format!("a breach of {} was determined {}", source.id(), act.date_words());
                Fate::Happened(act.days(), said, both(&source.rests_on, &[act.seq]))
            }
            Some((act, _)) => Fate::Perhaps(format!("whether a breach had been determined: it was {}", act.date_words())),
            // What was done late, or not in its time, may still be found to be a breach.
            None if is_over
                && !source.is_lapsed
                && !matches!(axes.timeliness, Timeliness::Late { .. } | Timeliness::Undetermined) =>
            {
                Fate::Never
            }
            None => Fate::NotYet,
        },
        Outcome::NotMet => not_met(scene, source, provision),
    }
}

/// A date that has passed with nothing done stays passed, though it be done afterwards.
fn not_met(scene: &Scene, source: &Instance, provision: &Known<Provision>) -> Fate {
    let axes = &source.draft.0.axes;
    let Some(deadline) = source.deadline() else {
        let is_over = matches!(axes.existence, Existence::Ended(_));
        return if is_over { Fate::Never } else { Fate::NotYet };
    };
    let last = deadline.last();
    let happened = || {
        let said = format!("{} was not met by {}", source.id(), last.latest);
        Fate::Happened(last, said, both(&[provision.seq], &source.dated()))
    };
    // What was done after its date was not met by it, if it was owed then: it may have fallen away with the agreement before.
    let undone = || {
        let axes = Axes::live(deadline.timing(scene.as_of));
        scene.under_effect(&provision.value, LineDraft(Line { axes, ..source.draft.0.clone() })).0.axes
    };
    let is_late = axes.performance == Performance::Complete && matches!(axes.timeliness, Timeliness::Late { .. });
    let undone = if is_late && !source.is_lapsed { Some(undone()) } else { None };
    let axes = undone.as_ref().unwrap_or(axes);
    match (&axes.existence, axes.performance, &axes.timing, axes.timeliness) {
        _ if source.is_lapsed => happened(),
        (_, Performance::Complete, _, Timeliness::Undetermined) => {
            Fate::Perhaps(format!("whether {} was performed in time", source.id()))
        }
        (_, Performance::Complete, ..) | (Existence::Ended(_), ..) => Fate::Never,
        (_, _, Timing::Undetermined(missing), _) => Fate::Perhaps(missing.clone()),
        (_, _, Timing::Overdue(_), _) => happened(),
        _ => Fate::NotYet,
    }
}

fn breach<'a>(scene: &Scene<'a>, instance: &str) -> Option<(&'a Act, Occurrence)> {
    scene.acts().find(|(act, _)| matches!(&act.event, Event::BreachDetermined(breach) if breach.instance == instance))
}
