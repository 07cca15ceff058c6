//! What came after an obligation arose: its date was set or put off, it was waived or released, what was done was assessed.
//! In the order in which each rests on the one before: dates first, then performance, then what ended it, then who says what.

use events::Event;
use events::event::{Assessment as Said, Certainty, Clock};
use events::terms::Provision;

use crate::docket::{Due, Reason};
use crate::obligation::{Assessment, Axes, Ending, Existence, Performance, Timing, timing};
use crate::register::{Act, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::Span;

fn instance(scene: &Scene, draft: &LineDraft) -> String {
    draft.0.id.strip_prefix(&format!("{}/", scene.agreement.id)).unwrap_or_default().to_string()
}

fn span_of(date: &events::DateSpec) -> Option<Span> {
    let (earliest, latest) = date.deadline()?;
    Some(Span { earliest, latest })
}

/// Suspensions that are over move a date that was still to come by as long as they lasted, if the clock stood still; where nobody said
/// whether it did, both dates are the range.
pub(in crate::provision) fn resumed(scene: &Scene, provision: &Provision, mut draft: LineDraft) -> LineDraft {
    let over = scene.suspensions.iter().filter(|one| one.is_of(Some(&provision.id)) && !one.holds(scene.as_of));
    for suspension in over {
        let (Some(due), Some((least, most))) = (draft.0.due.span(), suspension.days()) else { continue };
        // What was over before its cycle began took nothing from it.
        let before = draft.0.window.zip(suspension.until).is_some_and(|(window, until)| until.latest <= window.earliest);
        if due.latest < suspension.from.earliest || before {
            continue;
        }
        let later = due.earliest.checked_add_signed(chrono::TimeDelta::days(least));
        let latest = due.latest.checked_add_signed(chrono::TimeDelta::days(most));
        let (Some(earliest), Some(latest)) = (later, latest) else { continue };
        let (moved, text) = match suspension.clock {
            Some(Clock::Runs) => (due, "its clock ran on meanwhile: the date stays".to_string()),
            Some(Clock::Stops) => {
                let moved = Span { earliest, latest };
                (moved, format!("its clock stood still meanwhile: {} becomes {}", due.words(), moved.words()))
            }
            None => {
                let moved = Span { earliest: due.earliest, latest };
                let text = "whether its clock stood still meanwhile is not said".to_string();
                (moved, format!("{text}: {}", moved.words()))
            }
        };
        let reason = Reason { text: format!("{}; {text}", suspension.reason.text), ..suspension.reason.clone() };
        draft.0.axes.timing = timing(None, moved, scene.as_of);
        draft.0.due = Due { earliest: Some(moved.earliest), latest: Some(moved.latest), ..draft.0.due };
        draft = draft.because([Reason { rule: "obligation.resumed", ..reason }]);
    }
    draft
}

/// A date that was set, and an extension: the last of them holds, and the first date stays in the reasons.
pub(super) fn dates(scene: &Scene, provision: &Provision, draft: LineDraft) -> LineDraft {
    let mut draft = resumed(scene, provision, draft);
    let id = instance(scene, &draft);
    for (act, _) in scene.acts().filter(|(_, occurrence)| *occurrence == Occurrence::Yes) {
        draft = match &act.event {
            Event::DueDateSet(set) if set.instance == id => set_date(scene, draft, act, span_of(&set.on), set.certainty),
            Event::ExtensionGranted(extension) if extension.instance == id => {
                extended(scene, draft, act, span_of(&extension.to), &extension.by)
            }
            _ => draft,
        };
    }
    draft
}

fn set_date(scene: &Scene, draft: LineDraft, act: &Act, span: Option<Span>, certainty: Certainty) -> LineDraft {
    let Some(span) = span else { return draft };
    let firm = draft.0.due.certainty == Some(Certainty::Definitive) && certainty != Certainty::Definitive;
    let word = match certainty {
        Certainty::Definitive => "definitive",
        Certainty::Indicative => "indicative",
        Certainty::Tentative => "tentative",
    };
    if firm {
        // What the text fixes, a mere expectation does not move.
        let text = format!("{word} date {} named {}; the definitive one stays", span.words(), act.date_words());
        return draft.because([Reason::new("obligation.date-set", text).records([act.seq])]);
    }
    let now = match timing(None, span, scene.as_of) {
        Timing::Overdue(_) if certainty != Certainty::Definitive => {
            Timing::Undetermined(format!("its {word} date has passed: a new one is due"))
        }
        now => now,
    };
    let text = format!("date set {}: {}, {word}", act.date_words(), span.words());
    let reason = Reason::new("obligation.date-set", text).records([act.seq]);
    let axes = Axes { timing: now, ..draft.0.axes.clone() };
    draft.axes(axes).due(Due::within(span, certainty)).because([reason])
}

fn extended(scene: &Scene, mut draft: LineDraft, act: &Act, to: Option<Span>, by: &[String]) -> LineDraft {
    let (Some(to), first) = (to, draft.0.due.span()) else { return draft };
    let others: Vec<&str> = draft.0.to.iter().filter(|party| !by.contains(party)).map(String::as_str).collect();
    if !by.is_empty() && !others.is_empty() {
        // A date that several can hold to is put off by all of them.
        let text = format!(
            "extension granted by {} {}; owed to {} too, who did not",
            by.join(", "),
            act.date_words(),
            others.join(", ")
        );
        return draft.because([Reason::new("obligation.extended-by-some", text).records([act.seq])]);
    }
    let first_words = first.map_or("without a date".into(), Span::words);
    draft.0.axes.was_overdue |= first.is_some_and(|first| first.latest < act.days().earliest);
    let late = if draft.0.axes.was_overdue { "; it was overdue when it was granted" } else { "" };
    let text = format!("first due {first_words}; extension granted {} to {}{late}", act.date_words(), to.words());
    let reason = Reason::new("obligation.extended", text).records([act.seq]);
    draft.0.axes.timing = timing(None, to, scene.as_of);
    draft.due(Due::within(to, Certainty::Definitive)).because([reason])
}

/// What somebody with a say said of a performance: the last word of each counts, and a rejection opens it again.
pub(super) fn assessed(scene: &Scene, mut draft: LineDraft) -> LineDraft {
    let id = instance(scene, &draft);
    for (act, _) in scene.acts() {
        let Event::AssessmentMade(made) = &act.event else { continue };
        if made.instance != id || act.by(scene.as_of) != Occurrence::Yes || draft.0.axes.assessment == Assessment::Unassessed {
            continue;
        }
        let word = match made.assessment {
            Said::Accepted => "accepted",
            Said::Acknowledged => "acknowledged",
            Said::Rejected => "rejected",
            Said::Contested => "contested",
        };
        draft.0.axes.assessment = match made.assessment {
            Said::Accepted => Assessment::Accepted,
            Said::Acknowledged => Assessment::Acknowledged,
            Said::Rejected => Assessment::Rejected,
            Said::Contested => Assessment::Contested,
        };
        let text = format!("{word} by {} {}", made.by, act.date_words());
        draft.0.because.push(Reason::new("obligation.assessed", text).records([act.seq]));
    }
    if draft.0.axes.assessment == Assessment::Rejected && draft.0.axes.performance == Performance::Complete {
        // What was not accepted is not done: its date applies again.
        draft.0.axes.performance = Performance::None;
        draft.0.axes.existence = Existence::Live;
        draft.0.axes.timeliness = crate::obligation::Timeliness::NotApplicable;
        draft.0.axes.timing = draft.0.due.span().map_or(Timing::Open, |due| timing(None, due, scene.as_of));
    }
    draft
}

/// Waived, released, impossible: what ends an obligation without its being performed.
pub(super) fn given_up(scene: &Scene, provision: &Provision, mut draft: LineDraft) -> LineDraft {
    let id = instance(scene, &draft);
    let mut waived_by: Vec<String> = Vec::new();
    for (act, _) in scene.acts().filter(|(_, occurrence)| *occurrence == Occurrence::Yes) {
        if draft.0.axes.performance == Performance::Complete {
            break;
        }
        let over = |draft: LineDraft, ending: Ending, rule: &'static str, text: String| {
            let axes = Axes { existence: Existence::Ended(ending), timing: Timing::Undated, ..draft.0.axes.clone() };
            draft.axes(axes).because([Reason::new(rule, text).records([act.seq])])
        };
        match &act.event {
            Event::ObligationReleased(released) if released.instance == id => {
                draft = over(draft, Ending::Released, "obligation.released", format!("released {}", act.date_words()));
            }
            Event::ImpossibilityAccepted(accepted) if accepted.instance == id => {
                let text = format!("accepted as impossible {}", act.date_words());
                draft = over(draft, Ending::Impossible, "obligation.impossible", text);
            }
            Event::WaiverGranted(waiver) if waiver.of == id || (waiver.all_from && waiver.of == provision.id) => {
                let from = act.days().earliest;
                let covers = !waiver.all_from || draft.0.due.latest.is_none_or(|due| from <= due);
                let last = waiver.until.as_ref().and_then(events::DateSpec::latest);
                let falls_in = last.is_none_or(|last| draft.0.due.earliest.is_none_or(|due| due <= last));
                if !covers || !falls_in {
                    continue;
                }
                waived_by.extend(if waiver.by.is_empty() { draft.0.to.clone() } else { waiver.by.clone() });
                let until = waiver.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
                let who = if waiver.by.is_empty() { String::new() } else { format!(" by {}", waiver.by.join(", ")) };
                let text = format!("waived{who} {}{until}", act.date_words());
                let expired = last.is_some_and(|last| last < scene.as_of) && draft.0.due.latest.is_none();
                let missing: Vec<String> = draft.0.to.iter().filter(|party| !waived_by.contains(party)).cloned().collect();
                if expired {
                    let reason = Reason::new("obligation.waiver-over", format!("{text}: that is over"));
                    draft = draft.because([reason.records([act.seq])]);
                } else if missing.is_empty() {
                    draft = over(draft, Ending::Waived, "obligation.waived", text);
                } else {
                    let text = format!("{text}; owed to {} too, who did not waive it", missing.join(", "));
                    draft = draft.because([Reason::new("obligation.waived-by-some", text).records([act.seq])]);
                }
            }
            _ => {}
        }
    }
    draft
}

/// Incidents and determinations: a date that has passed is no breach until somebody with authority says so.
pub(super) fn judged(scene: &Scene, provision: &Provision, mut draft: LineDraft) -> LineDraft {
    let id = instance(scene, &draft);
    let is_standing = draft.0.axes.timing == Timing::Undated && draft.0.due.latest.is_none();
    let mut open = 0;
    for (act, _) in scene.acts().filter(|(_, occurrence)| *occurrence == Occurrence::Yes) {
        match &act.event {
            Event::BreachDetermined(breach) if breach.instance == id => {
                draft.0.axes.is_breached = true;
                let text = format!("breach determined by {} {}", breach.by, act.date_words());
                draft.0.because.push(Reason::new("obligation.breached", text).records([act.seq]));
            }
            Event::IncidentReported(incident) if incident.provision == provision.id => {
                let is_over =
                    incident.until.as_ref().and_then(events::DateSpec::latest).is_some_and(|until| until <= scene.as_of);
                open += usize::from(!is_over);
                let until = incident.until.as_ref().map(|until| format!(" to {until}")).unwrap_or_default();
                let text = format!("not complied with from {}{until}: {}", act.date_words(), incident.text);
                draft.0.because.push(Reason::new("obligation.incident", text).records([act.seq]));
            }
            _ => {}
        }
    }
    if open > 0 && is_standing && matches!(draft.0.axes.existence, Existence::Live) {
        let incidents = if open == 1 { "1 open incident".to_string() } else { format!("{open} open incidents") };
        draft = draft.label(format!("standing, {incidents}"));
    }
    draft
}
