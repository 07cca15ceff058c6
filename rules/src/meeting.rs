//! Meetings that were planned or held, each its own line.
//!
//! A pending meeting whose date has passed was held or was not: nothing recorded settles it, so it is `undetermined`, never missed.

use std::collections::BTreeMap;

use events::Event;
use events::event::Certainty;

use crate::docket::{Due, Kind, Line, Reason};
use crate::machine::{Machine, derived, recorded};
use crate::obligation::{Assessment, Axes, Ending, Existence, Performance, Timing, timing};
use crate::register::{Act, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "meeting",
    about: "One meeting of a body. A planned meeting whose day has passed was held or was not: nothing recorded settles it, so it is undetermined, never missed.",
    of: "meeting",
    transitions: &[
        recorded("–", "meeting.scheduled", "it is planned", "", "planned", "reason meeting.planned"),
        recorded(
            "planned",
            "meeting.postponed",
            "it is moved; the old day stays in the reasons",
            "",
            "planned",
            "reason meeting.postponed",
        ),
        recorded("planned", "meeting.held", "it takes place", "", "held", "reason meeting.held"),
        recorded("planned", "meeting.cancelled", "it will not take place", "", "cancelled", "reason meeting.cancelled"),
        recorded(
            "–, planned",
            "meeting.inquorate",
            "the body meets without its quorum: it meets no cycle, and what was due at it is due at the next",
            "",
            "inquorate",
            "label inquorate",
        ),
        derived("planned", "its day has passed, and nothing more is recorded", "", "undetermined", "timing undetermined"),
    ],
};

/// What is known of one meeting on the day.
#[derive(Default)]
struct Known<'a> {
    body: String,
    name: Option<String>,
    place: Option<String>,
    form: Option<String>,
    topics: Vec<String>,
    planned: Option<(events::DateSpec, Certainty)>,
    held: Option<&'a Act>,
    cancelled: Option<&'a Act>,
    inquorate: Option<&'a Act>,
    history: Vec<Reason>,
}

/// A line for each meeting, in the order in which they were first heard of.
pub fn lines(scene: &Scene) -> Vec<Line> {
    meetings(scene).iter().map(|(id, known)| line(scene, id, known)).collect()
}

/// A meeting of a body that is planned, and of which nothing more is recorded.
pub struct Pending {
    /// Its id.
    pub id: String,
    /// The days for which it is planned.
    pub days: Span,
    /// `planned`, or `tentatively planned`.
    pub verb: &'static str,
    /// The records that say so.
    pub records: Vec<u64>,
}

/// Meetings of a body that are planned, by their days.
pub fn pending(scene: &Scene, body: &str) -> Vec<Pending> {
    let of_body = meetings(scene).into_iter().filter(|(_, known)| known.body == body);
    let mut pending: Vec<Pending> = of_body
        .filter(|(_, known)| known.held.is_none() && known.cancelled.is_none() && known.inquorate.is_none())
        .filter_map(|(id, known)| {
            let (on, certainty) = known.planned?;
            let (earliest, latest) = on.deadline()?;
            let verb = if certainty == Certainty::Tentative { "tentatively planned" } else { "planned" };
            let records = known.history.iter().flat_map(|reason| reason.records.iter().copied()).collect();
            Some(Pending { id: id.into(), days: Span { earliest, latest }, verb, records })
        })
        .collect();
    pending.sort_by_key(|meeting| (meeting.days.earliest, meeting.id.clone()));
    pending
}

fn meetings<'a>(scene: &Scene<'a>) -> Vec<(&'a str, Known<'a>)> {
    let mut order: Vec<&str> = Vec::new();
    let mut meetings: BTreeMap<&str, Known> = BTreeMap::new();
    for (act, _) in scene.acts() {
        let id = match &act.event {
            Event::MeetingScheduled(meeting) => &meeting.meeting,
            Event::MeetingHeld(meeting) => &meeting.meeting,
            Event::MeetingPostponed(meeting) => &meeting.meeting,
            Event::MeetingCancelled(meeting) => &meeting.meeting,
            Event::MeetingInquorate(meeting) => &meeting.meeting,
            _ => continue,
        };
        if !meetings.contains_key(id.as_str()) {
            order.push(id);
        }
        learn(meetings.entry(id).or_default(), act);
    }
    order.into_iter().filter_map(|id| Some((id, meetings.remove(id)?))).collect()
}

fn learn<'a>(known: &mut Known<'a>, act: &'a Act) {
    let said = |rule: &'static str, text: String| Reason::new(rule, text).records([act.seq]);
    let recorded = |act: &Act| act.source.as_ref().map(|source| format!(" ({})", source.id)).unwrap_or_default();
    match &act.event {
        Event::MeetingScheduled(meeting) => {
            known.body.clone_from(&meeting.body);
            known.name = meeting.name.clone().or(known.name.take());
            known.place = meeting.place.clone().or(known.place.take());
            known.topics.extend(meeting.topics.iter().cloned());
            known.planned = Some((meeting.on.clone(), meeting.certainty));
            let verb = if meeting.certainty == Certainty::Tentative { "tentatively planned" } else { "planned" };
            known.history.push(said("meeting.planned", format!("{verb} for {}{}", meeting.on, recorded(act))));
        }
        Event::MeetingPostponed(meeting) => {
            let firmness = known.planned.as_ref().map_or(Certainty::Indicative, |(_, certainty)| *certainty);
            known.planned = Some((meeting.on.clone(), firmness));
            known.history.push(said("meeting.postponed", format!("postponed to {}{}", meeting.on, recorded(act))));
        }
        Event::MeetingCancelled(_) => {
            known.cancelled = Some(act);
            known.history.push(said("meeting.cancelled", format!("cancelled {}{}", act.date_words(), recorded(act))));
        }
        Event::MeetingInquorate(meeting) => {
            known.body.clone_from(&meeting.body);
            known.inquorate = Some(act);
            known
                .history
                .push(said("meeting.inquorate", format!("met without its quorum {}{}", act.date_words(), recorded(act))));
        }
        Event::MeetingHeld(meeting) => {
            known.body.clone_from(&meeting.body);
            known.name = meeting.name.clone().or(known.name.take());
            known.place = meeting.place.clone().or(known.place.take());
            known.topics.extend(meeting.topics.iter().cloned());
            known.form.clone_from(&meeting.form);
            known.held = Some(act);
            let form = meeting.form.as_ref().map(|form| format!(", {form}")).unwrap_or_default();
            let counts = match meeting.counts_for.as_slice() {
                [] => String::new(),
                cycles => format!("; the parties count it for {}", cycles.join(", ")),
            };
            known.history.push(said("meeting.held", format!("held {}{form}{}{counts}", act.date_words(), recorded(act))));
        }
        _ => {}
    }
}

fn line(scene: &Scene, id: &str, known: &Known) -> Line {
    let agreement = scene.agreement;
    let body = agreement.body(&known.body).map_or(known.body.as_str(), |body| body.name.as_str());
    let name = known.name.as_deref().unwrap_or(body);
    let what: Vec<&str> = std::iter::once(name).chain(known.place.as_deref()).chain(known.form.as_deref()).collect();
    let mut topics = known.topics.clone();
    topics.sort();
    topics.dedup();
    let series = agreement
        .provisions_of("meeting-series")
        .find(|provision| provision.value.terms.get("body").and_then(|body| body.as_text()) == Some(known.body.as_str()));
    let (axes, label, due) = state(scene, known);
    let mut draft = LineDraft(Line {
        id: format!("{}/{id}", agreement.id),
        agreement: agreement.id.clone(),
        provision: series.map(|series| series.value.reference.clone()),
        kind: Kind::Meeting,
        what: what.join(", "),
        by: agreement.party_ids(),
        to: agreement.party_ids(),
        label,
        axes,
        due,
        window: None,
        because: known.history.clone(),
        closes_with: Vec::new(),
        topics,
        force: agreement.about().force,
        handling: Vec::new(),
        reckoned: None,
        known_since: None,
        late_known: false,
    });
    if known.held.is_none() && known.inquorate.is_none() {
        let record = format!("obligo record meeting {} --body {} --meeting {id}", agreement.id, known.body);
        draft = draft.closes_with(format!("{record} --held DATE")).closes_with(format!("{record} --cancelled"));
    }
    draft.finish(agreement)
}

fn state(scene: &Scene, known: &Known) -> (Axes, String, Due) {
    let planned = known.planned.as_ref().and_then(|(on, certainty)| {
        let (earliest, latest) = on.deadline()?;
        let certainty = if on.is_approximate() { Certainty::Tentative } else { *certainty };
        Some((Span { earliest, latest }, certainty))
    });
    let due = planned.map_or(Due::default(), |(span, certainty)| Due::within(span, certainty));
    let over = |ending| Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) };
    if let Some(act) = known.held {
        if act.by(scene.as_of) == Occurrence::Maybe {
            let missing = format!("whether it had been held by this day: it was held {}", act.date_words());
            // That it was held is known, so that nobody need be warned of it.
            return (Axes::undetermined(missing), String::new(), Due::default());
        }
        let axes = Axes { performance: Performance::Complete, assessment: Assessment::SelfReported, ..over(Ending::Fulfilled) };
        return (axes, "held".into(), Due::within(act.days(), Certainty::Definitive));
    }
    if let Some(act) = known.inquorate {
        if act.by(scene.as_of) == Occurrence::Maybe {
            let missing = format!("whether it had met by this day: it met without its quorum {}", act.date_words());
            return (Axes::undetermined(missing), String::new(), Due::default());
        }
        return (over(Ending::Inquorate), "inquorate".into(), Due::within(act.days(), Certainty::Definitive));
    }
    if known.cancelled.is_some() {
        return (over(Ending::Cancelled), "cancelled".into(), due);
    }
    match planned {
        None => (Axes::undetermined("the day it is planned for is not recorded"), String::new(), due),
        Some((span, _)) if span.latest < scene.as_of => {
            (Axes::undetermined("whether it was held is not recorded"), String::new(), due)
        }
        Some((span, certainty)) => {
            let label = if certainty == Certainty::Tentative { "tentative" } else { "planned" };
            (Axes::live(timing(None, span, scene.as_of)), label.into(), due)
        }
    }
}
