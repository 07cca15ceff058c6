//! What came after an obligation arose: its date was set or put off, it was waived or released, what was done was assessed.
//! In the order in which each rests on the one before: dates first, then performance, then what ended it, then who says what.

use events::Event;
use events::event::{Assessment as Said, Certainty, Clock, ExtensionGranted};
use events::terms::Provision;

use super::duty::Duty;
use super::instance::{Instance, both};
use super::refrain;
use crate::docket::{Due, Reason};
use crate::obligation::{Assessment, Axes, Ending, Existence, Performance, Timeliness, Timing, timing};
use crate::register::{Act, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::suspension::Suspension;
use crate::time::compute::Clause;
use crate::time::{Span, compute};

fn instance(scene: &Scene, draft: &LineDraft) -> String {
    draft.0.id.strip_prefix(&format!("{}/", scene.agreement.id)).unwrap_or_default().to_string()
}

fn span_of(date: &events::DateSpec) -> Option<Span> {
    let (earliest, latest) = date.deadline()?;
    Some(Span { earliest, latest })
}

/// Suspensions that are over move a date that was still to come by as long as they lasted, if the clock stood still; where nobody said
/// whether it did, both dates are the range. Before the period began there was no clock to stop.
pub(in crate::provision) fn resumed(
    scene: &Scene,
    provision: &Provision,
    begins: Option<Span>,
    mut draft: LineDraft,
) -> LineDraft {
    let (by, to) = (draft.0.by.clone(), draft.0.to.clone());
    let among = |one: &&Suspension| one.is_of(Some(&provision.id)) && one.is_between(&by, &to);
    let mut over: Vec<&Suspension> = scene.suspensions.iter().filter(among).filter(|one| !one.holds(scene.as_of)).collect();
    over.sort_by_key(|one| one.from.earliest);
    // A day on which two suspensions hold is one day.
    let mut covered: Option<Span> = None;
    for suspension in over {
        let (Some(due), Some(until)) = (draft.0.due.span(), suspension.until) else { continue };
        let from = [begins, covered].into_iter().flatten().fold(suspension.from, Span::later_of);
        if suspension.clock != Some(Clock::Runs) {
            covered = Some(covered.map_or(until, |covered| covered.later_of(until)));
        }
        let (least, most) = ((until.earliest - from.latest).num_days().max(0), (until.latest - from.earliest).num_days());
        if due.latest < suspension.from.earliest || most <= 0 {
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

/// A date that was set, and an extension: the last of them holds, and the first date stays in the reasons. Where time is final, what
/// comes after the date has passed comes too late.
pub(super) fn dates(scene: &Scene, provision: &Provision, duty: &Duty, of: Instance) -> Instance {
    let (id, begins) = (of.id().to_string(), of.begins);
    let mut of = rests_on_what_moves(of, |draft| resumed(scene, provision, begins, draft));
    for (act, _) in moves(scene, &id) {
        let has_passed =
            of.draft.0.due.span().map(|due| last_day(scene, duty, due)).filter(|last| last.latest < act.days().earliest);
        if let Some(last) = has_passed.filter(|_| duty.lapses) {
            let text = format!("a new date {}, after {}: time was final", act.date_words(), last.words());
            of.say(Reason::new("commitment.too-late", text).records([act.seq]));
            continue;
        }
        of = rests_on_what_moves(of, |draft| match &act.event {
            Event::DueDateSet(set) => set_date(scene, draft, act, span_of(&set.on), set.certainty),
            Event::ExtensionGranted(extension) => extended(scene, draft, act, extension, has_passed.is_some()),
            _ => draft,
        });
    }
    of
}

/// Changes the date, and rests it on the records of the change, unless the date stays.
fn rests_on_what_moves(of: Instance, change: impl FnOnce(LineDraft) -> LineDraft) -> Instance {
    let (due, known) = (of.draft.0.due, of.draft.0.because.len());
    let mut of = of.map(change);
    if of.draft.0.due != due {
        let moved = of.draft.0.because.iter().skip(known).flat_map(|reason| reason.records.iter().copied());
        of.moved = both(&of.moved, &moved.collect::<Vec<_>>());
    }
    of
}

/// The last day on which it can be done without being overdue.
fn last_day(scene: &Scene, duty: &Duty, due: Span) -> Span {
    duty.grace.and_then(|grace| compute(due, &Clause::act(grace), &scene.counting).span()).unwrap_or(due)
}

/// Acts that gave an instance another date.
fn moves<'a>(scene: &Scene<'a>, id: &str) -> impl Iterator<Item = (&'a Act, Occurrence)> {
    let of_it = move |event: &Event| match event {
        Event::DueDateSet(set) => set.instance == id,
        Event::ExtensionGranted(extension) => extension.instance == id,
        _ => false,
    };
    scene.acts().filter(move |(act, occurrence)| *occurrence == Occurrence::Yes && of_it(&act.event))
}

/// What the text makes due at the end of the agreement is due then, if its own date is no earlier.
pub(super) fn accelerated(scene: &Scene, duty: &Duty, mut of: Instance) -> Instance {
    let Some(end) = scene.end.as_ref().filter(|_| duty.accelerates && of.draft.0.axes.existence == Existence::Live) else {
        return of;
    };
    let own = of.draft.0.due.span();
    if own.is_some_and(|own| own.latest < end.span.earliest) {
        return of;
    }
    let id = of.id().to_string();
    let put_off = moves(scene, &id).any(|(act, _)| end.span.earliest <= act.days().earliest);
    let own_words = own.map_or("without a date of its own".into(), |own| format!("of itself due {}", own.words()));
    let (due, text) = match own {
        Some(own) if put_off => {
            (Due::within(own, Certainty::Definitive), format!("due at the end, {}, and put off since", end.words))
        }
        Some(own) => {
            let (earliest, latest) = (own.earliest.min(end.span.earliest), own.latest.min(end.span.latest));
            (
                Due::within(Span { earliest, latest }, Certainty::Definitive),
                format!("{own_words}; the agreement ends {}: due then", end.words),
            )
        }
        None => (end.due(), format!("{own_words}; the agreement ends {}: due then", end.words)),
    };
    // Without a last day the end itself is still to be known, and nothing is overdue before it.
    let latest = due.latest.unwrap_or(chrono::NaiveDate::MAX);
    if let Some(earliest) = due.earliest {
        of.draft.0.axes.timing = timing(None, Span { earliest, latest }, scene.as_of);
    }
    of.draft.0.due = due;
    let reason = Reason::new("commitment.accelerated", text).records(end.reason.records.iter().copied());
    of.say(reason);
    of
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

fn extended(scene: &Scene, mut draft: LineDraft, act: &Act, granted: &ExtensionGranted, has_passed: bool) -> LineDraft {
    let (Some(to), first, by) = (span_of(&granted.to), draft.0.due.span(), &granted.by) else { return draft };
    let gives = |party: &&String| by.iter().any(|by| scene.agreement.holder(by) == **party);
    let others: Vec<&str> = draft.0.to.iter().filter(|party| !gives(party)).map(String::as_str).collect();
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
    draft.0.axes.was_overdue |= has_passed;
    let late = if draft.0.axes.was_overdue { "; it was overdue when it was granted" } else { "" };
    let text = format!("first due {first_words}; extension granted {} to {}{late}", act.date_words(), to.words());
    let due = Due::within(to, Certainty::Definitive);
    // One to the date that it has already puts nothing off.
    let rule = if draft.0.due == due && !has_passed { "obligation.extended-no-further" } else { "obligation.extended" };
    let reason = Reason::new(rule, text).records([act.seq]);
    draft.0.axes.timing = timing(None, to, scene.as_of);
    draft.due(due).because([reason])
}

/// What somebody with a say said of a performance: the last word of each counts, and a rejection opens it again.
pub(super) fn assessed(scene: &Scene, mut of: Instance) -> Instance {
    let (id, deadline) = (of.id().to_string(), of.deadline());
    let draft = &mut of.draft;
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
        draft.0.axes.timeliness = Timeliness::NotApplicable;
        draft.0.axes.timing = deadline.map_or(Timing::Open, |deadline| deadline.timing(scene.as_of));
        of.done = None;
    }
    of
}

/// Where time is final, what was not done in time can be done no more, and what was done after it does not count.
pub(super) fn lapsed(scene: &Scene, provision: &Provision, duty: &Duty, mut of: Instance) -> Instance {
    let Some(deadline) = of.deadline().filter(|_| duty.lapses) else { return of };
    let among = |one: &&Suspension| one.is_between(&of.draft.0.by, &of.draft.0.to);
    let held = scene.suspensions.iter().filter(among).filter(|one| one.is_of(Some(&provision.id)) && one.holds(scene.as_of));
    let was_running = held.into_iter().all(|one| deadline.last().latest < one.from.earliest);
    let axes = &of.draft.0.axes;
    let is_over = match (&axes.existence, &axes.timing, axes.timeliness) {
        (Existence::Live, Timing::Overdue(_), _) => true,
        (Existence::Suspended(_), Timing::Overdue(_), _) => was_running,
        (Existence::Ended(Ending::Fulfilled), _, Timeliness::Late { .. }) => true,
        _ => false,
    };
    if is_over {
        let text = format!("it could be done until {}, and no later", deadline.last().words());
        let records = of.done.take().map(|done| done.records).unwrap_or_default();
        let axes = Axes { performance: axes.performance, was_overdue: axes.was_overdue, ..Axes::live(Timing::Undated) };
        let performance = if axes.performance == Performance::Complete { Performance::None } else { axes.performance };
        of.draft.0.axes = Axes { existence: Existence::Ended(Ending::Expired), performance, ..axes };
        of.draft.0.label = "lapsed".into();
        of.is_lapsed = true;
        of.say(Reason::new("commitment.lapsed", text).provision(&provision.reference).records(records));
    }
    of
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
                let by = waiver.by.iter().map(|party| scene.agreement.holder(party).to_string());
                waived_by.extend(if waiver.by.is_empty() { draft.0.to.clone() } else { by.collect() });
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
pub(super) fn judged(scene: &Scene, provision: &Provision, duty: &Duty, mut draft: LineDraft) -> LineDraft {
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
            Event::IncidentReported(incident) if incident.provision == provision.id && !duty.refrain => {
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
    if duty.refrain { refrain::labelled(draft) } else { draft }
}
