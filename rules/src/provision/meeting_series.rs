//! A body meets, once in each cycle. Every cycle is judged by itself and a missed one stays.

use events::Event;
use events::event::Certainty;
use events::terms::Provision;

use super::{Kind, commitment, what};
use crate::docket::{Due, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::machine::{Machine, derived, recorded};
use crate::meeting::{self, Pending};
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::reader::Reader;
use crate::register::{Act, Known, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::recurrence::{Cycle, Reading, cycles_counted};
use crate::time::{Period, Span};

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "cycle",
    about: "One cycle in which a body is to meet. Each is judged by itself, and a missed one stays.",
    of: "meeting-cycle",
    transitions: &[
        derived("–", "the cycle begins", "", "open", "timing open"),
        derived("–", "the cycle before it was met", "", "not_open", "timing not_open"),
        derived("open", "the first day on which it may be due is thirty days off or less", "", "due_soon", "timing due_soon"),
        derived("due_soon", "that day has come under one reading at least", "", "due", "timing due"),
        derived(
            "due_soon, due",
            "no meeting is planned by the last day on which it is due",
            "",
            "at risk",
            "reason meeting-series.at-risk",
        ),
        recorded("at risk", "meeting.scheduled", "a meeting is planned by then", "", "due_soon", "reason meeting-series.planned"),
        recorded(
            "open, due_soon, at risk, due",
            "meeting.held",
            "a meeting is held in it, and nobody said that it counts for another",
            "",
            "fulfilled",
            "reason meeting-series.met",
        ),
        derived("due, at risk", "the last day has passed under every reading", "", "overdue", "timing overdue"),
        recorded(
            "overdue",
            "meeting.held",
            "a meeting is held late, or later and the parties count it for this one: the miss stays visible",
            "",
            "fulfilled late",
            "reason meeting-series.missed",
        ),
        recorded(
            "open, due_soon, due",
            "agreement.suspended",
            "the series is paused: its provision or the agreement is suspended",
            "VCLT 57, 72",
            "suspended",
            "existence suspended",
        ),
        recorded(
            "suspended",
            "agreement.resumed",
            "the series goes on; its date moves as far as its clock stood still",
            "VCLT 72(2)",
            "open",
            "reason obligation.resumed",
        ),
        recorded(
            "open, due_soon, due, overdue",
            "cycle.excused",
            "all parties agree that it may pass",
            "",
            "excused",
            "existence ended(excused)",
        ),
        derived(
            "open, due_soon, due",
            "a meeting was held on a day that may lie in it or outside",
            "",
            "undetermined",
            "reason meeting-series.vague",
        ),
    ],
};

/// `meeting-series`.
pub const KIND: Kind =
    Kind { name: "meeting-series", about: "a body meets", keys: &["body", "every", "reading"], default_id: None, check, lines };

struct Series {
    body: String,
    every: Option<Period>,
    readings: Vec<Reading>,
}

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    read(provision, faults);
}

fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Series {
    let mut reader = Reader::new(&provision.terms, faults);
    reader.require("body");
    let body = reader.text("body").unwrap_or_default().to_string();
    let every = reader.calendar_period("every");
    Series { body, every, readings: commitment::readings(&mut reader) }
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let mut series = read(&known.value, &mut Vec::new());
    let chosen = commitment::chosen_reading(scene, &known.value);
    if let Some((reading, _)) = chosen {
        series.readings = vec![reading];
    }
    let drafts = match (series.every, scene.since) {
        (Some(every), Some(since)) => {
            let held = held(scene, &series.body);
            let days: Vec<Span> = held.iter().map(|act| act.days()).collect();
            let counts = |key: &str, place: usize| counts_for(held[place], &format!("{}-{key}", series.body));
            let cycles = scene.begun(cycles_counted(every, since, &series.readings, &days, scene.until(), &counts));
            cycles.iter().map(|cycle| cycle_line(scene, known, &series, every, cycle, &held)).collect()
        }
        (Some(_), None) => vec![whole(scene, known, &series, "from when it meets: coming into effect is not recorded")],
        (None, _) => {
            let missing = known.value.undetermined.as_deref().unwrap_or("how often it meets is not said");
            vec![whole(scene, known, &series, missing)]
        }
    };
    let planned = meeting::pending(scene, &series.body);
    let under_effect = |draft| at_risk(scene, &series, &planned, scene.under_effect(&known.value, draft));
    drafts.into_iter().map(|draft| under_effect(draft).finish(scene.agreement)).collect()
}

/// Whether a meeting counts for a cycle, where the parties said for which it counts.
fn counts_for(act: &Act, cycle: &str) -> Option<bool> {
    match &act.event {
        Event::MeetingHeld(meeting) if !meeting.counts_for.is_empty() => {
            Some(meeting.counts_for.iter().any(|named| named == cycle))
        }
        _ => None,
    }
}

/// A cycle that is due, or will be soon, without a meeting that is planned for it is at risk.
fn at_risk(scene: &Scene, series: &Series, planned: &[Pending], draft: LineDraft) -> LineDraft {
    let axes = &draft.0.axes;
    let (Some(window), Some(due)) = (draft.0.window, draft.0.due.span()) else { return draft };
    let is_awaited = axes.is_pending() && matches!(axes.timing, Timing::Open | Timing::DueSoon | Timing::Due);
    let is_near = matches!(axes.timing, Timing::DueSoon | Timing::Due);
    let inside = |meeting: &&Pending| window.earliest <= meeting.days.latest && meeting.days.earliest <= due.latest;
    match planned.iter().find(inside) {
        Some(meeting) if is_awaited => {
            let open = if meeting.days.latest < scene.as_of { "; whether it was held is not recorded" } else { "" };
            let text = format!("{} is {} for {}{open}", meeting.id, meeting.verb, meeting.days.words());
            draft.because([Reason::new("meeting-series.planned", text).records(meeting.records.clone())])
        }
        None if is_awaited && is_near => {
            let later = planned.iter().find(|meeting| due.latest < meeting.days.earliest);
            let later =
                later.map(|meeting| format!("; {} is {} for {}, which is later", meeting.id, meeting.verb, meeting.days.words()));
            let text = format!("no meeting of {} is planned by {}{}", series.body, due.latest, later.unwrap_or_default());
            let label = format!("{}, at risk: no meeting planned", axes.label(draft.0.force));
            draft.label(label).because([Reason::new("meeting-series.at-risk", text)])
        }
        _ => draft,
    }
}

fn held<'a>(scene: &Scene<'a>, body: &str) -> Vec<&'a Act> {
    let of_body = |act: &&Act| matches!(&act.event, Event::MeetingHeld(meeting) if meeting.body == body);
    scene.acts().map(|(act, _)| act).filter(of_body).collect()
}

/// One line for a series whose cycles cannot be told.
fn whole(scene: &Scene, known: &Known<Provision>, series: &Series, missing: &str) -> LineDraft {
    let held = held(scene, &series.body);
    let text = match held.last() {
        Some(last) => format!("{} held so far as recorded, the last {}", held.len(), last.date_words()),
        None => "no meeting recorded so far".into(),
    };
    let reason = Reason::new("meeting-series.cadence", format!("{missing}; {text}")).provision(&known.value.reference);
    let reason = reason.records(held.iter().map(|act| act.seq));
    let draft = scene.line(known, LineKind::MeetingCycle, &series.body, what(&known.value)).of_everyone(scene.agreement);
    draft.axes(Axes::undetermined(missing)).because([reason])
}

fn cycle_line(
    scene: &Scene,
    known: &Known<Provision>,
    series: &Series,
    every: Period,
    cycle: &Cycle,
    held: &[&Act],
) -> LineDraft {
    let reference = &known.value.reference;
    let due = cycle.due_over_readings();
    let name = scene.agreement.body(&series.body).map_or(series.body.as_str(), |body| body.name.as_str());
    let instance = format!("{}-{}", series.body, cycle.key);
    let what = format!("Hold the {name}, cycle {}", cycle.key);
    let draft = scene.line(known, LineKind::MeetingCycle, &instance, what).of_everyone(scene.agreement);
    let readings = cycle.due.iter().map(|(reading, span)| {
        let text = match reading {
            Reading::CalendarPeriod => {
                format!("every {every}, read as {}: once in {}, by {}", reading.name(every), cycle.key, span.words())
            }
            Reading::Rolling => format!(
                "every {every}, read as {}: within {every} of the last meeting or of coming into effect, by {}",
                reading.name(every),
                span.words()
            ),
        };
        Reason::new("meeting-series.readings", text).provision(reference)
    });
    let before = cycle.rests_on.iter().map(|place| {
        let text = format!("the meeting before was held {}", held[*place].date_words());
        Reason::new("meeting-series.time-before", text).provision(reference).records([held[*place].seq])
    });
    let mut draft = draft.because(readings).because(before).due(Due::within(due, Certainty::Definitive)).window(cycle.window);
    draft = draft.because(commitment::chosen_reason(scene, &known.value, every));
    draft = commitment::resumed(scene, &known.value, Some(Span::day(cycle.window.earliest)), draft);
    let due = draft.0.due.span().unwrap_or(due);
    draft = draft.because(elsewhere(&instance, cycle, held)).because(short_of_quorum(scene, series, cycle));
    let open = Axes::live(timing(Some(cycle.window.earliest), due, scene.as_of));
    let command = format!("obligo record meeting {} --body {} --held DATE", scene.agreement.id, series.body);
    let excused = scene.acts().find(|(act, by)| {
        matches!(&act.event, Event::CycleExcused(excused) if excused.cycle == instance) && *by == Occurrence::Yes
    });
    if let Some((act, _)) = excused.filter(|_| cycle.met_by.is_none()) {
        let text = format!("all parties agreed {} that it may pass without a meeting", act.date_words());
        let axes = Axes { existence: Existence::Ended(Ending::Excused), ..Axes::live(Timing::Undated) };
        return draft.axes(axes).because([Reason::new("meeting-series.excused", text).records([act.seq])]);
    }
    // A meeting whose day may still lie ahead has met nothing for sure.
    let was_held = |place: &usize| held[*place].by(scene.as_of) == Occurrence::Yes;
    match (cycle.met_by.filter(was_held), cycle.met_by.or(cycle.maybe_met_by)) {
        (Some(place), _) => {
            let act = held[place];
            let on = act.days();
            let axes = Axes::done(on, Some(due.into()));
            // A cycle that was over without a meeting was missed, whatever the parties count for it later.
            let missed = (due.latest < on.earliest).then(|| {
                let text = format!("missed: no meeting that counts for it was held by {}", due.latest);
                Reason::new("meeting-series.missed", text)
            });
            let text = match counts_for(act, &instance) {
                Some(_) => format!("held {}; the parties count it for this cycle", act.date_words()),
                None => format!("held {}, inside the cycle{}", act.date_words(), late_under(every, cycle, on)),
            };
            draft.axes(axes).because(missed).because([Reason::new("meeting-series.met", text).records([act.seq])])
        }
        (None, Some(place)) => {
            let act = held[place];
            let text = format!(
                "a meeting was held {}, on a day that may lie outside this cycle or after {}",
                act.date_words(),
                scene.as_of
            );
            let missing = format!("whether the meeting of {} was held in this cycle and by this day", act.date_words());
            draft
                .axes(Axes::undetermined(missing))
                .because([Reason::new("meeting-series.vague", text).records([act.seq])])
                .closes_with(command)
        }
        (None, None) => {
            let text = format!(
                "no meeting of {} between {} and {} is recorded by {}",
                series.body,
                cycle.window.earliest,
                cycle.window.latest.min(scene.as_of),
                scene.as_of
            );
            let text = if scene.as_of < cycle.window.earliest { "the cycle has not begun".into() } else { text };
            draft.axes(open).because([Reason::new("meeting-series.nothing-recorded", text)]).closes_with(command)
        }
    }
}

/// Meetings that were held in the cycle, and that the parties count for others.
fn elsewhere(instance: &str, cycle: &Cycle, held: &[&Act]) -> Vec<Reason> {
    let in_it = held.iter().filter(|act| cycle.window.holds(act.days()) && counts_for(act, instance) == Some(false));
    let reason = |act: &&Act| {
        let Event::MeetingHeld(meeting) = &act.event else { return None };
        let text = format!("held {}, and counted by the parties for {} alone", act.date_words(), meeting.counts_for.join(", "));
        Some(Reason::new("meeting-series.elsewhere", text).records([act.seq]))
    };
    in_it.filter_map(reason).collect()
}

/// Meetings in the cycle that met nothing, being short of their quorum.
fn short_of_quorum(scene: &Scene, series: &Series, cycle: &Cycle) -> Vec<Reason> {
    let short = |act: &Act| matches!(&act.event, Event::MeetingInquorate(meeting) if meeting.body == series.body);
    let in_it = scene.acts().map(|(act, _)| act).filter(|act| short(act) && cycle.window.holds(act.days()));
    let reason = |act: &Act| {
        let text = format!("met without its quorum {}, which meets no cycle", act.date_words());
        Reason::new("meeting-series.inquorate", text).records([act.seq])
    };
    in_it.map(reason).collect()
}

/// Readings under which a meeting came late, though in time under the latest.
fn late_under(every: Period, cycle: &Cycle, on: Span) -> String {
    let late = cycle.due.iter().filter(|(_, due)| on.earliest > due.latest);
    late.map(|(reading, due)| {
        format!(
            "; late by {} under the reading {}",
            crate::obligation::days_words((on.earliest - due.latest).num_days()),
            reading.name(every)
        )
    })
    .collect()
}
