//! A body meets, once in each cycle. Every cycle is judged by itself and a missed one stays.

use events::Event;
use events::event::Certainty;
use events::terms::Provision;

use super::{Kind, commitment, what};
use crate::docket::{Due, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::machine::{Machine, derived, recorded};
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::reader::Reader;
use crate::register::{Act, Known, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::recurrence::{Cycle, Reading, cycles};
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
        recorded("open, due_soon, due", "meeting.held", "a meeting is held in it", "", "fulfilled", "reason meeting-series.met"),
        derived("due", "the last day has passed under every reading", "", "overdue", "timing overdue"),
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
            let cycles = scene.begun(cycles(every, since, &series.readings, &days, scene.until()));
            cycles.iter().map(|cycle| cycle_line(scene, known, &series, every, cycle, &held)).collect()
        }
        (Some(_), None) => vec![whole(scene, known, &series, "from when it meets: coming into effect is not recorded")],
        (None, _) => {
            let missing = known.value.undetermined.as_deref().unwrap_or("how often it meets is not said");
            vec![whole(scene, known, &series, missing)]
        }
    };
    drafts.into_iter().map(|draft| scene.under_effect(&known.value, draft).finish(scene.agreement)).collect()
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
            let text = format!("held {}, inside the cycle{}", act.date_words(), late_under(every, cycle, on));
            draft.axes(Axes::done(on, Some(due.into()))).because([Reason::new("meeting-series.met", text).records([act.seq])])
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
