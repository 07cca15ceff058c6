//! What was reported on an instance.

use events::Event;
use events::terms::{Provision, Term};

use super::duty::Duty;
use super::instance::{Done, Instance};
use crate::docket::Reason;
use crate::obligation::{Assessment, Axes, Performance, Timing};
use crate::register::{Act, Occurrence};
use crate::scene::Scene;
use crate::time::Span;

/// What was reported on the instance: performance closes it, work under way shows and closes nothing.
pub(super) fn performed(scene: &Scene, provision: &Provision, duty: &Duty, mut of: Instance) -> Instance {
    let (instance, deadline) = (of.id().to_string(), of.deadline());
    let place = of.draft.0.provision.clone().unwrap_or_default();
    let mut done: Vec<&Act> = Vec::new();
    for (act, occurrence) in scene.acts() {
        match &act.event {
            Event::PerformanceReported(report) if report.instance == instance && occurrence == Occurrence::Maybe => {
                let missing = format!("whether it had been performed by this day: it was {}", act.date_words());
                of.perhaps_done = Some(missing.clone());
                of.draft.0.axes.timing = Timing::Undetermined(missing);
                of.draft.0.because.push(
                    Reason::new("commitment.vague", format!("performance reported {}", act.date_words())).records([act.seq]),
                );
            }
            Event::PerformanceReported(report) if report.instance == instance => done.push(act),
            Event::WorkReported(work) if work.provision.as_deref().is_some_and(|of| of == instance || of == place) => {
                of.draft.0.axes.performance = Performance::InProgress;
                let reason = Reason::new("commitment.work", format!("work reported {}: {}", act.date_words(), work.text));
                of.draft.0.because.push(reason.records([act.seq]));
            }
            _ => {}
        }
    }
    let owed_by = of.draft.0.by.clone();
    let by = by_whom(scene, &owed_by, &done);
    // Of several who each owe the whole, any one discharges it for all.
    let any_will_do = provision.terms.get("joint").and_then(Term::as_text) == Some("joint-and-several");
    let is_all = |done: &[&Act]| {
        let by = by_whom(scene, &owed_by, done);
        let acted = |party: &String| by.contains(party);
        let by_those_who_must = if any_will_do { owed_by.iter().any(acted) } else { owed_by.iter().all(acted) };
        by_those_who_must && part(provision, done).is_none_or(|part| part.is_whole)
    };
    let (all_acted, part) = (is_all(&done), part(provision, &done));
    let left = part.as_ref().map(|part| part.left.clone()).unwrap_or_default();
    if let Some(part) = part.filter(|_| !done.is_empty()) {
        of.draft.0.because.push(Reason::new("commitment.part", part.words).provision(&provision.reference));
    }
    for act in &done {
        let who = match &act.event {
            Event::PerformanceReported(report) if !report.by.is_empty() => format!(" by {}", report.by.join(", ")),
            _ => String::new(),
        };
        let said = asserted_by(act).map(|party| format!(", asserted by {party}")).unwrap_or_default();
        let reason = Reason::new("commitment.performance", format!("performance{who} reported {}{said}", act.date_words()));
        of.draft.0.because.push(reason.records([act.seq]));
    }
    let is_standing = duty.refrain || (of.draft.0.axes.timing == Timing::Undated && of.draft.0.due.latest.is_none());
    match done.last() {
        Some(last) if all_acted && !is_standing => {
            let on = by_the_last(&done).unwrap_or_else(|| last.days());
            of.draft.0.axes = Axes::done(on, deadline);
            // What those say to whom it is owed needs no word of theirs any more.
            if asserted_by(last).is_some_and(|party| of.draft.0.to.iter().any(|to| to == scene.agreement.holder(party))) {
                of.draft.0.axes.assessment = Assessment::Acknowledged;
            }
            let mut needed = done.clone();
            for act in &done {
                let others: Vec<&Act> = needed.iter().filter(|other| other.seq != act.seq).copied().collect();
                if !others.is_empty() && by_the_last(&others) == Some(on) && is_all(&others) {
                    needed = others;
                }
            }
            of.done = Some(Done { on, records: needed.iter().map(|act| act.seq).collect() });
        }
        Some(_) if is_standing => of.draft.0.axes.performance = Performance::InProgress,
        Some(_) => {
            of.draft.0.axes.performance = Performance::Partial;
            let open: Vec<&str> = of.draft.0.by.iter().filter(|party| !by.contains(party)).map(String::as_str).collect();
            if open.is_empty() {
                return open_still(of, &left);
            }
            let text = match any_will_do {
                true => format!("any of those who owe it may do the rest, also {}", open.join(", ")),
                false => format!("together with {}, of whom no performance is recorded by {}", open.join(", "), scene.as_of),
            };
            of.draft.0.because.push(Reason::new("commitment.joint", text));
        }
        None if of.draft.0.due.latest.is_some() && !duty.refrain => {
            let reason = Reason::new(
                "commitment.nothing-recorded",
                format!("no performance of {} is recorded by {}", of.draft.0.id, scene.as_of),
            );
            of.draft.0.because.push(reason);
        }
        None => {}
    }
    if is_standing { of } else { open_still(of, &left) }
}

/// Who performed; a report that names nobody speaks for all who owe it.
fn by_whom(scene: &Scene, owed_by: &[String], done: &[&Act]) -> Vec<String> {
    let by = done.iter().flat_map(|act| match &act.event {
        Event::PerformanceReported(report) if !report.by.is_empty() => report.by.as_slice(),
        _ => owed_by,
    });
    by.map(|party| scene.agreement.holder(party).to_string()).collect()
}

/// The days of the last of several acts.
fn by_the_last(done: &[&Act]) -> Option<Span> {
    let days = done.iter().map(|act| act.days());
    days.reduce(|one, other| Span { earliest: one.earliest.max(other.earliest), latest: one.latest.max(other.latest) })
}

/// What would close it, while it is open.
fn open_still(of: Instance, left: &[String]) -> Instance {
    if !of.draft.0.axes.is_pending() {
        return of;
    }
    let command = format!("obligo record performance {} --on DATE", of.draft.0.id);
    of.map(|draft| match left {
        [] => draft.closes_with(command),
        parts => parts.iter().fold(draft, |draft, part| draft.closes_with(format!("{command} {part}"))),
    })
}

/// Who says that it was performed, if that is another than whoever performed it.
fn asserted_by(act: &Act) -> Option<&str> {
    match &act.event {
        Event::PerformanceReported(report) => report.asserted_by.as_deref(),
        _ => None,
    }
}

/// How much of the whole is done, where the text counts in pieces or names steps.
struct Part {
    is_whole: bool,
    words: String,
    /// What is left, as the command that records it has it.
    left: Vec<String>,
}

fn part(provision: &Provision, done: &[&Act]) -> Option<Part> {
    let reports = || {
        done.iter().filter_map(|act| match &act.event {
            Event::PerformanceReported(report) => Some(report),
            _ => None,
        })
    };
    if let Some(Term::Number(whole)) = provision.terms.get("quantity") {
        // A report without a number speaks of the whole.
        let sum: i64 = reports().map(|report| report.quantity.map_or(*whole, i64::from)).sum();
        let left = (0 < sum && sum < *whole).then(|| format!("--quantity {}", whole - sum)).into_iter().collect();
        return Some(Part { is_whole: sum >= *whole, words: format!("{sum} of {whole} performed"), left });
    }
    let Some(Term::List(steps)) = provision.terms.get("milestones") else { return None };
    let steps: Vec<&str> = steps.iter().filter_map(Term::as_text).collect();
    let is_done = |step: &&&str| reports().any(|report| report.milestone.as_deref().is_none_or(|done| done == **step));
    let reached = steps.iter().filter(is_done).count();
    let open: Vec<&str> = steps.iter().filter(|step| !is_done(step)).copied().collect();
    let words = match open.as_slice() {
        [] => format!("all {} milestones reached", steps.len()),
        open => format!("{reached} of {} milestones reached; open: {}", steps.len(), open.join(", ")),
    };
    let left = if reached > 0 { open.iter().map(|step| format!("--milestone {step}")).collect() } else { Vec::new() };
    Some(Part { is_whole: open.is_empty(), words, left })
}
