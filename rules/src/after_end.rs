//! What an agreement leaves when it is over (VCLT 70): what had fallen due and is not done, what its own words let survive, and projects
//! that run to their own end. Once nothing of that is left, it is settled.

use events::Event;

use crate::docket::{AfterEnd, EffectState, Existence, Kind, Line, Performance, Remainder};
use crate::machine::{Machine, derived};
use crate::provision::survival;
use crate::scene::Scene;
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "after-end",
    about: "An agreement that is over. What had fallen due before stays owed, and what survives goes on; then it is settled.",
    of: "agreement",
    transitions: &[
        derived(
            "terminated, expired, superseded",
            "nothing is owed any more, and nothing survives",
            "VCLT 70(1)(a)",
            "nothing_survives",
            "state nothing_survives",
        ),
        derived(
            "terminated, expired, superseded",
            "something fell due before, or survives, or is under way",
            "VCLT 70(1)(b)",
            "winding_down",
            "state winding_down",
        ),
        derived("winding_down", "the last of it is done, given up or over", "", "settled", "state settled"),
    ],
};

/// What is left of an agreement that is over, by the lines that follow from it on the day.
pub fn after_end(scene: &Scene, lines: &[Line]) -> Option<AfterEnd> {
    let is_over =
        matches!(scene.effect.state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded);
    let end = scene.end.as_ref().filter(|_| is_over)?.span;
    let owed = || lines.iter().filter(|line| matches!(line.kind, Kind::Commitment | Kind::MeetingCycle));
    let is_open = |line: &&Line| {
        line.axes.performance != Performance::Complete && !matches!(line.axes.existence, Existence::Ended(_))
    };
    let of_line = |line: &Line| Remainder {
        what: line.what.clone(),
        line: Some(line.id.clone()),
        until: line.due.span(),
        records: line.because.iter().flat_map(|reason| reason.records.iter().copied()).collect(),
    };
    let (running, finished) = projects(scene, end);
    let open: Vec<Remainder> = owed().filter(is_open).map(of_line).chain(running).collect();
    if !open.is_empty() {
        return Some(AfterEnd::WindingDown(open));
    }
    let had = finished || owed().any(|line| was_settled_after(scene, line, end)) || survival::is_over(scene);
    Some(if had { AfterEnd::Settled } else { AfterEnd::NothingSurvives })
}

/// Projects that were under way at the end and that the text lets run: those that still run, and whether one has come to its end.
fn projects(scene: &Scene, end: Span) -> (Vec<Remainder>, bool) {
    let mut finished = false;
    if !survival::of_programmes(scene.agreement) {
        return (Vec::new(), false);
    }
    let under_way = scene.acts().filter(|(act, _)| act.days().earliest < end.latest).filter_map(|(act, _)| match &act.event {
        Event::ProjectBegun(project) => Some((act, project)),
        _ => None,
    });
    let mut running = Vec::new();
    for (act, project) in under_way {
        let ends = project.ends.as_ref().and_then(|ends| ends.deadline());
        let until = ends.map(|(earliest, latest)| Span { earliest, latest });
        if until.is_some_and(|until| until.latest < end.earliest) {
            continue;
        }
        if until.is_some_and(|until| until.latest <= scene.as_of) {
            finished = true;
            continue;
        }
        let what = match &project.ends {
            Some(ends) => format!("project {}, until {ends}: {}", project.project, project.text),
            None => format!("project {}, without a recorded end: {}", project.project, project.text),
        };
        running.push(Remainder { what, line: None, until, records: vec![act.seq] });
    }
    (running, finished)
}

/// Whether a line was done or given up only after the end.
fn was_settled_after(scene: &Scene, line: &Line, end: Span) -> bool {
    let cited = |seq: &u64| scene.agreement.acts.iter().find(|act| act.seq == *seq);
    let settles = |event: &Event| {
        matches!(
            event,
            Event::PerformanceReported(_)
                | Event::MeetingHeld(_)
                | Event::WaiverGranted(_)
                | Event::ObligationReleased(_)
                | Event::ImpossibilityAccepted(_)
        )
    };
    let mut acts = line.because.iter().flat_map(|reason| &reason.records).filter_map(cited);
    acts.any(|act| settles(&act.event) && end.earliest <= act.days().latest)
}
