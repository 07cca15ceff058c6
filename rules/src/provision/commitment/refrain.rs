//! What is not to be done. Nobody reports that nothing was done: it is kept when its period is over without an incident. An incident is
//! what somebody reports, and a breach only if somebody with authority says so.

use events::Event;
use events::terms::{Force, Provision};

use super::instance::{Done, Instance};
use crate::docket::Reason;
use crate::obligation::{Assessment, Axes, Existence, Timing};
use crate::register::{Act, Occurrence};
use crate::scene::{LineDraft, Scene};

const CANDIDATE: &str = "commitment.breach-candidate";

/// Whether it was kept until its end, or is so far. What the agreement's own end ended before was not kept to its end.
pub(super) fn kept(scene: &Scene, provision: &Provision, mut of: Instance) -> Instance {
    let end = of.draft.0.due.span().filter(|_| of.draft.0.axes.timing == Timing::Undated);
    let within = |act: &Act| {
        end.is_none_or(|end| act.days().earliest <= end.latest)
            && of.begins.is_none_or(|begins| begins.earliest <= act.days().latest)
    };
    let mut incidents = Vec::new();
    for (act, occurrence) in scene.acts().filter(|(act, _)| within(act)) {
        if let Event::IncidentReported(incident) = &act.event
            && incident.provision == provision.id
        {
            let perhaps = if occurrence == Occurrence::Yes { "" } else { "perhaps " };
            let text = format!("reported {perhaps}{}: {}; a breach only if it is determined", act.date_words(), incident.text);
            incidents.push(Reason::new(CANDIDATE, text).records([act.seq]));
        }
    }
    let Some(end) = end.filter(|end| end.latest < scene.as_of && of.draft.0.axes.existence == Existence::Live) else {
        return of.map(|draft| draft.because(incidents));
    };
    if incidents.is_empty() {
        let text = format!("no incident is recorded until its end, {}", end.words());
        of.draft.0.axes = Axes { assessment: Assessment::Unassessed, ..Axes::done(end, Some(end.into())) };
        of.done = Some(Done { on: end, records: Vec::new() });
        of.say(Reason::new("commitment.kept", text).provision(&provision.reference));
        return of;
    }
    let missing = format!("whether it was kept: {}, and nothing is determined", counted(incidents.len()));
    of.draft.0.axes.timing = Timing::Undetermined(missing);
    of.map(|draft| draft.because(incidents))
}

/// Its label, where incidents say more than its axes.
pub(super) fn labelled(draft: LineDraft) -> LineDraft {
    let incidents = draft.0.because.iter().filter(|reason| reason.rule == CANDIDATE).count();
    if incidents == 0 || draft.0.axes.existence != Existence::Live {
        return draft;
    }
    if draft.0.axes.is_breached && draft.0.force != Force::NonBinding {
        return draft.label("in breach");
    }
    if draft.0.axes.timing == Timing::Undated { draft.label(format!("standing, {}", counted(incidents))) } else { draft }
}

fn counted(incidents: usize) -> String {
    if incidents == 1 { "1 incident is reported".into() } else { format!("{incidents} incidents are reported") }
}
