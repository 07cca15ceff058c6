//! What a meeting decided is to be done. It is owed like any other commitment, with an id of its own: performed, put off, waived,
//! released, assessed, and over with the agreement. Until the minutes are adopted it is merely reported.

use events::Event;
use events::event::DecisionTaken;
use events::terms::{Provision, Term, Terms};

use crate::docket::{Due, Line, Reason};
use crate::machine::{Machine, recorded};
use crate::obligation::Axes;
use crate::provision::commitment;
use crate::register::{Act, Known, Occurrence};
use crate::scene::Scene;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "decision",
    about: "What a meeting decided. It is a commitment from the day it was taken, and goes on as one; this says how well it is known.",
    of: "commitment",
    transitions: &[
        recorded(
            "–",
            "decision.taken",
            "a meeting decides that something is to be done",
            "",
            "reported",
            "reason decision.reported",
        ),
        recorded(
            "reported",
            "minutes.adopted",
            "the minutes of that meeting are adopted",
            "",
            "accepted",
            "reason decision.accepted",
        ),
    ],
};

/// The lines of all decisions, in legal order.
pub(crate) fn lines(scene: &Scene) -> Vec<Line> {
    let taken = scene.acts().filter_map(|(act, _)| match &act.event {
        Event::DecisionTaken(decision) => Some((act, decision)),
        _ => None,
    });
    taken.flat_map(|(act, decision)| of(scene, act, decision)).collect()
}

fn of(scene: &Scene, act: &Act, decision: &DecisionTaken) -> Vec<Line> {
    let serves = decision
        .provision
        .as_ref()
        .and_then(|id| scene.agreement.provisions.iter().find(|known| known.value.id == *id || known.value.reference == *id));
    let known = Known {
        seq: act.seq,
        recorded_at: act.recorded_at,
        source: act.source.as_deref().cloned(),
        value: provision(scene, decision, serves),
    };
    let place = serves.map(|known| known.value.reference.clone());
    let mut lines = (commitment::COMMITMENT.lines)(scene, &known);
    for line in &mut lines {
        line.provision.clone_from(&place);
        // It has no place in the text of its own: what a step would cite there it has from the decision.
        line.because.retain(|reason| reason.rule != "provision.says");
        for reason in line.because.iter_mut().filter(|reason| reason.provision.as_deref() == Some(decision.decision.as_str())) {
            reason.provision = None;
            reason.records.push(act.seq);
        }
        line.because.splice(0..0, [taken(scene, act, decision), minutes(scene, decision)]);
        if act.by(scene.as_of) == Occurrence::Maybe {
            line.axes = Axes::undetermined(format!("whether it had been decided by this day: it was {}", act.date_words()));
            (line.label, line.due) = (line.axes.label(line.force), Due::default());
        }
    }
    lines
}

/// The decision as if it stood in the text: one act, by its date if it has one.
fn provision(scene: &Scene, decision: &DecisionTaken, serves: Option<&Known<Provision>>) -> Provision {
    let term = match &decision.due {
        Some(due) => ("due".to_string(), Term::Text(due.to_string())),
        None => ("once".to_string(), Term::Flag(true)),
    };
    Provision {
        id: decision.decision.clone(),
        reference: decision.decision.clone(),
        kind: commitment::COMMITMENT.name.into(),
        text: Some(decision.text.clone()),
        quote: None,
        quote_prefix: None,
        quote_suffix: None,
        force: serves.and_then(|known| known.value.force),
        by: if decision.by.is_empty() { scene.agreement.party_ids() } else { decision.by.clone() },
        to: Vec::new(),
        topics: decision.topics.clone(),
        undetermined: None,
        terms: Terms::from([term]),
    }
}

fn taken(scene: &Scene, act: &Act, decision: &DecisionTaken) -> Reason {
    let held = scene.acts().find_map(|(held, _)| match &held.event {
        Event::MeetingHeld(meeting) if Some(&meeting.meeting) == decision.meeting.as_ref() => Some(held.seq),
        _ => None,
    });
    let at = decision.meeting.as_ref().map(|meeting| format!(" at {meeting}")).unwrap_or_default();
    let text = format!("decided {}{at}: {}", act.date_words(), decision.text);
    Reason::new("decision.taken", text).records(std::iter::once(act.seq).chain(held))
}

/// How well it is known: by the minutes, or by report alone.
fn minutes(scene: &Scene, decision: &DecisionTaken) -> Reason {
    let Some(meeting) = &decision.meeting else {
        return Reason::new("decision.reported", "reported; no meeting is named whose minutes would say so");
    };
    let adopted = scene.acts().find(|(act, by)| {
        *by == Occurrence::Yes && matches!(&act.event, Event::MinutesAdopted(minutes) if minutes.meeting == *meeting)
    });
    match adopted {
        Some((act, _)) => {
            let text = format!("accepted: the minutes of {meeting} were adopted {}", act.date_words());
            Reason::new("decision.accepted", text).records([act.seq])
        }
        None => Reason::new("decision.reported", format!("reported: the minutes of {meeting} are not adopted")),
    }
}
