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
            "–",
            "it is over, nothing is owed any more, and nothing survives",
            "VCLT 70(1)(a)",
            "nothing_survives",
            "state nothing_survives",
        ),
        derived(
            "–",
            "it is over, and something fell due before, or survives, or is under way",
            "VCLT 70(1)(b)",
            "winding_down",
            "state winding_down",
        ),
        derived("winding_down", "the last of it is done, given up or over", "", "settled", "state settled"),
    ],
};

/// What is left of an agreement that is over, by the lines that follow from it on the day.
pub fn after_end(scene: &Scene, lines: &[Line]) -> Option<AfterEnd> {
    let is_over = matches!(scene.effect.state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded);
    let end = scene.end.as_ref().filter(|_| is_over)?.span;
    let owed = || lines.iter().filter(|line| matches!(line.kind, Kind::Commitment | Kind::MeetingCycle));
    let is_over =
        |line: &Line| line.axes.performance == Performance::Complete || matches!(line.axes.existence, Existence::Ended(_));
    let surviving = surviving(scene, lines);
    let open: Vec<Remainder> = owed().chain(surviving.iter().copied()).filter(|line| !is_over(line)).map(Remainder::of).collect();
    if !open.is_empty() {
        return Some(AfterEnd::WindingDown(open));
    }
    let had = !surviving.is_empty() || owed().any(|line| was_settled_after(scene, line, end));
    Some(if had { AfterEnd::Settled } else { AfterEnd::NothingSurvives })
}

/// Lines of what survives by the text's own word and owes nothing by itself: projects under way, and provisions without a line of what is
/// owed.
fn surviving<'a>(scene: &Scene, lines: &'a [Line]) -> Vec<&'a Line> {
    let is_of = |line: &Line, id: &str| {
        let own = line.id.strip_prefix(&scene.agreement.id).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(id));
        own.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let owed = |id: &str| lines.iter().any(|line| matches!(line.kind, Kind::Commitment | Kind::MeetingCycle) && is_of(line, id));
    let silent = |line: &Line| {
        let mut survivals = scene.agreement.provisions_of("survival");
        let names = survivals.find(|known| is_of(line, &known.value.id)).map(|known| survival::named(&known.value));
        names.is_some_and(|names| !names.is_empty() && !names.iter().any(|id| owed(id)))
    };
    let is_project = |line: &Line| is_of(line, "project") && line.because.iter().any(|reason| reason.rule == "survival.of");
    lines.iter().filter(|line| line.kind == Kind::Term && (is_project(line) || silent(line))).collect()
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
