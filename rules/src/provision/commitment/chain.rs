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
use crate::versions::{Change, Worded, changes, texts, worded};

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
    let sources = sources(scene, &owed.known.value, of).filter(|_| circle(scene.agreement, &owed.known.value).is_none());
    let Some(Sources { sources, unsaid }) = sources else {
        let missing = format!("what it waits for: {of} is not there, or waits for this one in its turn");
        return vec![owed.draft(id).axes(undetermined(missing)).into()];
    };
    let mut arisen = Vec::new();
    let mut can_come = scene.agreement.provision(of).is_some_and(|other| !is_final(scene, &other.value));
    for Source { instance: source, known } in &sources {
        let draft = || owed.draft(&format!("{id}-of-{}", source.id()));
        let amended = || source.draft.0.because.iter().filter(|reason| is_amendment(reason)).cloned();
        match fate(scene, outcome, source, known) {
            Fate::Happened(days, said, records) => {
                let cause = Cause { rule: RULE, days, said, records };
                let mut instance = arisen_from(scene, draft(), cause, due, reference);
                amended().for_each(|reason| instance.say(reason));
                arisen.push(instance);
            }
            Fate::Perhaps(missing) => {
                let reason = Reason::new("commitment.condition", format!("it may have arisen of {}", source.id()));
                let reason = reason.records(source.records());
                let mut instance: Instance = draft().axes(undetermined(missing)).because([reason.provision(reference)]).into();
                amended().for_each(|reason| instance.say(reason));
                arisen.push(instance);
            }
            Fate::NotYet => can_come = true,
            Fate::Never => {}
        }
    }
    arisen.extend(unsaid.into_iter().map(|(change, known)| {
        let missing = format!(
            "what follows from {} since it was amended, {}: nobody has said from which of its dates",
            known.value.reference, change.from_words
        );
        let draft = owed.draft(&format!("{id}-since-{}", change.from_words.replace(['/', ' '], "-")));
        let reason = change.reason("amendment.in-effect", &known.value.reference, format!("amended {}", change.agreed));
        let cited = changes(scene.agreement, of).into_iter().flat_map(|change| change.records.iter().copied());
        draft.axes(undetermined(missing)).because([reason.records(cited)]).into()
    }));
    // Of what came of each, a date that was kept or put off is why it sleeps on; of the rest, all of it is why it will not come.
    let fates = fates(scene, &sources, of).into_iter();
    if arisen.is_empty() {
        let draft = owed.draft(id);
        let (axes, reason) = if can_come {
            let reason = Reason::new("commitment.condition", format!("it sleeps {until}"));
            let kept = fates.filter(|_| outcome == Outcome::NotMet);
            (Axes::dormant(until.clone()), reason.records(both(&[], &kept.collect::<Vec<_>>())))
        } else {
            let over = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
            let words =
                |source: &Source| format!("{} is {}", source.instance.id(), source.instance.draft.0.axes.existence.word());
            let words: Vec<String> = sources.iter().map(words).collect();
            let words = if words.is_empty() { format!("{of} was taken out") } else { words.join(", ") };
            let text = format!("it would have slept {until}; {words}: that can come no more");
            (over, Reason::new("commitment.moot", text).records(both(&[], &fates.collect::<Vec<_>>())))
        };
        arisen.push(draft.axes(axes).because([reason.provision(reference)]).into());
    }
    arisen
}

/// An instance from which something may follow, and the words that it is under.
struct Source<'a> {
    instance: Instance,
    known: &'a Known<Provision>,
}

/// What may follow from a provision.
struct Sources<'a> {
    sources: Vec<Source<'a>>,
    /// The amendments since which it recurs otherwise: what follows since then is open.
    unsaid: Vec<(&'a Change, &'a Known<Provision>)>,
}

/// The instances of what a provision waits for, each under the words that it fell due under; `None`: it was never there.
fn sources<'a>(scene: &Scene<'a>, waits: &Provision, of: &str) -> Option<Sources<'a>> {
    // Words of different times may wait for each other in turn: then those of the day alone count.
    if changes(scene.agreement, of).is_empty() || ever_circles(scene.agreement, &waits.id, of) {
        let known = scene.agreement.provision(of)?;
        let sources = instances(scene, known).into_iter().map(|instance| Source { instance, known }).collect();
        return Some(Sources { sources, unsaid: Vec::new() });
    }
    let mut all = Sources { sources: Vec::new(), unsaid: Vec::new() };
    for Worded { line, known, change, is_added, recurs_otherwise } in worded(scene, of) {
        let since = change.filter(|_| is_added).map(|change| scene.counted_since(change.from));
        let is_it = |instance: &Instance| {
            let its = &instance.draft.0;
            its.id == line.id && (its.due == line.due || matches!(line.axes.timing, Timing::Undetermined(_)))
        };
        let found = instances(since.as_ref().unwrap_or(scene), known).into_iter().find(is_it).filter(|_| !recurs_otherwise);
        match (found, change) {
            (Some(mut instance), _) => {
                let its = &mut instance.draft.0;
                // Under whatever words it is, nothing has followed from it before the first day that it could have been due by.
                let is_ahead = its.axes.is_pending() && line.due.earliest.is_some_and(|due| scene.as_of <= due);
                if !(is_ahead && matches!(line.axes.timing, Timing::Undetermined(_))) {
                    its.axes = line.axes;
                }
                its.due = line.due;
                its.because.extend(line.because.into_iter().filter(is_amendment));
                all.sources.push(Source { instance, known });
            }
            (None, Some(change)) if change.from.earliest <= scene.as_of => {
                if !all.unsaid.iter().any(|(said, _)| said.records == change.records) {
                    all.unsaid.push((change, known));
                }
            }
            (None, _) => {}
        }
    }
    Some(all)
}

/// Whether what a provision waits for waits for it in its turn, under any words that any of them ever had.
fn ever_circles(agreement: &Agreement, id: &str, of: &str) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let mut next: Vec<&Known<Provision>> = texts(agreement, of);
    while let Some(known) = next.pop() {
        if known.value.id == id {
            return true;
        }
        if let Some(of) = waits_for(&known.value).filter(|of| !seen.contains(of)) {
            seen.push(of);
            next.extend(texts(agreement, of));
        }
    }
    false
}

/// Whether a reason says that an amendment counts for what a line is on a day.
fn is_amendment(reason: &Reason) -> bool {
    reason.rule.starts_with("amendment.") && reason.rule != "amendment.coming"
}

/// The records by which the instances of a provision stand as they do, and those of what it waits for in its turn: of what did not come
/// about there, nothing arose here. What was amended counts with the amendments.
fn fates(scene: &Scene, found: &[Source], of: &str) -> Vec<u64> {
    let mut row = Vec::new();
    let mut all: Vec<u64> = found.iter().flat_map(|source| source.instance.records()).collect();
    let mut next = Some(of);
    while let Some(of) = next.filter(|of| !row.contains(of)) {
        row.push(of);
        all.extend(changes(scene.agreement, of).into_iter().flat_map(|change| &change.records));
        let Some(known) = scene.agreement.provision(of) else { break };
        if row.len() > 1 {
            all.extend(instances(scene, known).iter().flat_map(Instance::records));
        }
        next = waits_for(&known.value);
    }
    let is_act = |seq: &u64| scene.agreement.acts.iter().any(|act| act.seq == *seq);
    all.into_iter().filter(is_act).collect()
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
        // What amended it is told by itself.
        let terms = if source.draft.0.because.iter().any(is_amendment) { None } else { Some(provision.seq) };
        Fate::Happened(last, said, both(terms.as_slice(), &source.dated()))
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
