//! Something that the obligors do: standing, by a date, again and again, or when something happens.
//! A report and a review are the same with another name.

use events::event::Certainty;
use events::terms::{Provision, Term};
use events::{DateSpec, Event};

use super::{Kind, what};
use crate::docket::{Due, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Performance, Timing, timing};
use crate::reader::Reader;
use crate::register::{Act, Known, Occurrence};
use crate::scene::{LineDraft, Scene};
use crate::time::recurrence::{Reading, cycles};
use crate::time::{Period, Span};

const KEYS: &[&str] = &["by", "to", "joint", "due", "every", "reading", "when", "once"];

const fn of(name: &'static str, about: &'static str) -> Kind {
    Kind { name, about, keys: KEYS, default_id: None, check, lines }
}

/// `commitment`.
pub const COMMITMENT: Kind = of("commitment", "something the obligors do");
/// `report`.
pub const REPORT: Kind = of("report", "a report to be made");
/// `review`.
pub const REVIEW: Kind = of("review", "a review to be held");

/// What may set off a conditional duty, as acts are called in agreement files.
const TRIGGERS: &[&str] = &["meeting-held", "signed", "took-effect", "deliverable", "announcement", "notice-given"];

struct Duty {
    several: bool,
    every: Option<(Period, Vec<Reading>)>,
    due: Option<DueTerm>,
    when: Option<When>,
    once: bool,
}

enum DueTerm {
    By(DateSpec, Certainty),
    Within(Period),
    Before(Period),
}

enum When {
    Words(String),
    Act { act: String, of: Option<String> },
}

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who owes it?").hint("add by = [\"…\"] with party ids"));
    }
    read(provision, faults);
}

fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Duty {
    let mut reader = Reader::new(&provision.terms, faults);
    let several = reader.choice("joint", &["joint", "several"]) == Some("several");
    let every = reader.period("every").map(|every| (every, readings(&mut reader)));
    let once = reader.flag("once");
    let when = when(&mut reader);
    let due = due(&mut reader);
    match (&due, &when) {
        (Some(DueTerm::Within(_) | DueTerm::Before(_)), None | Some(When::Words(_))) => {
            reader.fault(
                "E0202",
                "when",
                "`when` is missing: a period within or before needs the act it hangs on",
                "add when = { act = \"meeting-held\", of = \"…\" }",
            );
        }
        (Some(DueTerm::By(..)), Some(_)) => {
            reader.fault(
                "E0207",
                "due",
                "a fixed date and a condition cannot both say when it is due",
                "give due = { within = \"…\" } of the act",
            );
        }
        _ => {}
    }
    if every.is_some() && (due.is_some() || when.is_some() || once) {
        reader.fault(
            "E0207",
            "every",
            "`every` makes its own dates: `due`, `when` and `once` do not go with it",
            "split the provision in two",
        );
    }
    Duty { several, every, due, when, once }
}

/// `reading = "calendar-year"`, or both.
pub(super) fn readings(reader: &mut Reader) -> Vec<Reading> {
    let known = ["calendar-year", "twelve-months", "calendar-period", "rolling"];
    match reader.choice("reading", &known).and_then(Reading::named) {
        Some(reading) => vec![reading],
        None => vec![Reading::CalendarPeriod, Reading::Rolling],
    }
}

/// A reading that someone chose and recorded, where the text leaves one to choose.
pub(super) fn chosen_reading(scene: &Scene, provision: &Provision) -> Option<(Reading, u64)> {
    let choice = |act: &Act| match &act.event {
        Event::ReadingChosen(chosen) if chosen.provision == provision.id => Some((Reading::named(&chosen.reading)?, act.seq)),
        _ => None,
    };
    scene.acts().filter_map(|(act, _)| choice(act)).last().filter(|_| !provision.terms.contains_key("reading"))
}

/// The step that says so.
pub(super) fn chosen_reason(scene: &Scene, provision: &Provision, every: Period) -> Option<Reason> {
    let (reading, seq) = chosen_reading(scene, provision)?;
    let text = format!("the reading {} was chosen", reading.name(every));
    Some(Reason::new("reading.chosen", text).provision(&provision.reference).records([seq]))
}

fn when(reader: &mut Reader) -> Option<When> {
    if matches!(reader.terms.get("when"), Some(Term::Text(_))) {
        return reader.text("when").map(|words| When::Words(words.into()));
    }
    reader.table("when", &["act", "of"], |reader| {
        reader.require("act");
        let act = reader.choice("act", TRIGGERS).unwrap_or_default().to_string();
        let of = reader.text("of").map(String::from);
        if of.is_some() && act != "meeting-held" {
            reader.fault("E0207", "of", "`of` names the body that meets: it goes with meeting-held alone", "leave it out");
        }
        When::Act { act, of }
    })
}

fn due(reader: &mut Reader) -> Option<DueTerm> {
    if matches!(reader.terms.get("due"), Some(Term::Text(_))) {
        return reader.date("due").map(|date| DueTerm::By(date, Certainty::Definitive));
    }
    reader
        .table("due", &["by", "within", "before", "certainty"], |reader| {
            let certainty = match reader.choice("certainty", &["definitive", "indicative", "tentative"]) {
                Some("indicative") => Certainty::Indicative,
                Some("tentative") => Certainty::Tentative,
                _ => Certainty::Definitive,
            };
            let given: Vec<DueTerm> = [
                reader.date("by").map(|date| DueTerm::By(date, certainty)),
                reader.period("within").map(DueTerm::Within),
                reader.period("before").map(DueTerm::Before),
            ]
            .into_iter()
            .flatten()
            .collect();
            if ["by", "within", "before"].into_iter().filter(|key| reader.has(key)).count() != 1 {
                reader.fault("E0207", "by", "`due` takes one of by, within, before", "keep the one that the text says");
            }
            given.into_iter().next()
        })
        .flatten()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let provision = &known.value;
    let duty = read(provision, &mut Vec::new());
    let ids: Vec<(String, Option<&String>)> = if duty.several {
        provision.by.iter().map(|party| (format!("{}-{}", provision.id, party.to_lowercase()), Some(party))).collect()
    } else {
        vec![(provision.id.clone(), None)]
    };
    let lines = ids.into_iter().flat_map(|(id, obligor)| {
        let mut drafts = instances(scene, known, &duty, &id);
        if let Some(obligor) = obligor {
            for draft in &mut drafts {
                draft.0.by = vec![obligor.clone()];
                draft.0.to = scene.agreement.party_ids().into_iter().filter(|party| party != obligor).collect();
            }
        }
        drafts
    });
    lines.map(|draft| performed(scene, draft)).map(|draft| scene.under_effect(draft).finish(scene.agreement)).collect()
}

fn instances(scene: &Scene, known: &Known<Provision>, duty: &Duty, id: &str) -> Vec<LineDraft> {
    let provision = &known.value;
    let draft = |instance: &str| scene.line(known, LineKind::Commitment, instance, what(provision));
    if let Some(why) = &provision.undetermined {
        return vec![draft(id).axes(Axes::undetermined(why.clone()))];
    }
    if let Some((every, readings)) = &duty.every {
        let chosen = chosen_reading(scene, provision).map(|(reading, _)| vec![reading]);
        return recurring(scene, known, *every, chosen.as_ref().unwrap_or(readings), id);
    }
    match (&duty.when, &duty.due) {
        (Some(When::Words(words)), _) => vec![draft(id).axes(Axes::dormant(format!("until {words}")))],
        (Some(When::Act { act, of }), due) => triggered(scene, known, act, of.as_deref(), due.as_ref(), id),
        (None, Some(DueTerm::By(date, certainty))) => vec![dated(scene, draft(id), date, *certainty, &provision.reference)],
        (None, _) if duty.once => {
            let reason =
                Reason::new("commitment.once", "one act, for which the text names no date").provision(&provision.reference);
            let label = Axes::live(Timing::Open);
            vec![draft(id).axes(label).because([reason])]
        }
        (None, _) => {
            let reason =
                Reason::new("commitment.standing", "no date and no end: it stands for as long as the agreement has effect");
            vec![draft(id).because([reason.provision(&provision.reference)])]
        }
    }
}

fn dated(scene: &Scene, draft: LineDraft, date: &DateSpec, certainty: Certainty, reference: &str) -> LineDraft {
    let Some((earliest, latest)) = date.deadline() else {
        return draft.axes(Axes::undetermined(format!("`{date}` names no last day")));
    };
    let span = Span { earliest, latest };
    let reason = |text: String| Reason::new("commitment.due", text).provision(reference);
    if date.is_approximate() {
        let reason = reason(format!("due {date}: how near to it is not said, so neither end can be judged by"));
        let missing = format!("due {date}, and how near is not said");
        return draft.axes(Axes::undetermined(missing)).due(Due::within(span, Certainty::Tentative)).because([reason]);
    }
    let reason = reason(format!("due {}", span.words()));
    let timing = match timing(None, span, scene.as_of) {
        Timing::Overdue(_) if certainty != Certainty::Definitive => {
            Timing::Undetermined("its date was not definitive and has passed; nothing recorded says what became of it".into())
        }
        timing => timing,
    };
    draft.axes(Axes::live(timing)).due(Due::within(span, certainty)).because([reason])
}

fn recurring(scene: &Scene, known: &Known<Provision>, every: Period, readings: &[Reading], id: &str) -> Vec<LineDraft> {
    let draft = |instance: &str| scene.line(known, LineKind::Commitment, instance, what(&known.value));
    let Some(since) = scene.since else {
        return vec![draft(id).axes(Axes::undetermined("from when it recurs: coming into effect is not recorded"))];
    };
    let done: Vec<Span> = scene
        .acts()
        .filter(|(act, _)| matches!(&act.event, Event::PerformanceReported(done) if done.instance.starts_with(&format!("{id}-"))))
        .map(|(act, _)| act.days())
        .collect();
    cycles(every, since, readings, &done, scene.until())
        .into_iter()
        .map(|cycle| {
            let due = cycle.due_over_readings();
            let reasons = cycle.due.iter().map(|(reading, span)| {
                let text = format!("every {every}, read as {}: due {}", reading.name(every), span.words());
                Reason::new("commitment.readings", text).provision(&known.value.reference)
            });
            let axes = Axes::live(timing(Some(cycle.window.earliest), due, scene.as_of));
            let chosen = chosen_reason(scene, &known.value, every);
            let draft = draft(&format!("{id}-{}", cycle.key)).axes(axes).due(Due::within(due, Certainty::Definitive));
            draft.window(cycle.window).because(reasons).because(chosen)
        })
        .collect()
}

fn triggered(
    scene: &Scene,
    known: &Known<Provision>,
    act: &str,
    of: Option<&str>,
    due: Option<&DueTerm>,
    id: &str,
) -> Vec<LineDraft> {
    let draft = |instance: &str| scene.line(known, LineKind::Commitment, instance, what(&known.value));
    let reference = &known.value.reference;
    let mut drafts: Vec<LineDraft> = Vec::new();
    if let Some(DueTerm::Before(period)) = due {
        for meeting in meetings(scene, of) {
            let Some(due) = scene.regime.backward_span(meeting.days, *period) else { continue };
            let text = format!("{period} before {}, {} {}: by {}", meeting.id, meeting.state, meeting.days.words(), due.words());
            let reason = Reason::new("commitment.before", text).provision(reference).records([meeting.seq]);
            let mut axes = Axes::live(timing(None, due, scene.as_of));
            let certainty = if meeting.state == HELD { Certainty::Definitive } else { Certainty::Indicative };
            if certainty == Certainty::Indicative && matches!(axes.timing, Timing::Overdue(_)) {
                // A date that hangs on a plan is never overdue before the plan has come true.
                axes.timing = Timing::Undetermined(format!("whether it came in time: {} is only planned", meeting.id));
            }
            if meeting.state == CANCELLED {
                axes.existence = Existence::Ended(Ending::Cancelled);
            }
            let instance = format!("{id}-{}", meeting.id);
            drafts.push(draft(&instance).axes(axes).due(Due::within(due, certainty)).because([reason]));
        }
    } else {
        for trigger in scene.acts().map(|(found, _)| found).filter(|found| sets_off(&found.event, act, of)) {
            let instance = distinct(&drafts, scene, &format!("{id}-{}", trigger.date_words().replace(['/', ' '], "-")));
            drafts.push(instance_of(scene, draft(&instance), trigger, due, reference));
        }
    }
    if drafts.is_empty() {
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        let until = format!("until {}{of}", act.replace('-', " "));
        let reason =
            Reason::new("commitment.condition", format!("arises each time: {}{of}; none is recorded", act.replace('-', " ")));
        drafts.push(draft(id).axes(Axes::dormant(until)).because([reason.provision(reference)]));
    }
    drafts
}

fn instance_of(scene: &Scene, draft: LineDraft, trigger: &Act, due: Option<&DueTerm>, reference: &str) -> LineDraft {
    let reason = |text: String| Reason::new("commitment.trigger", text).provision(reference).records([trigger.seq]);
    let Some(DueTerm::Within(period)) = due else {
        let reason = reason(format!("set off by {} {}; the text names no date", trigger.event.kind(), trigger.date_words()));
        return draft.axes(Axes::live(Timing::Open)).because([reason]);
    };
    match scene.regime.forward_span(trigger.days(), *period) {
        Some(due) => {
            let days = trigger.days();
            let step = if days.earliest == days.latest { scene.regime.step(days.earliest, *period) } else { due.words() };
            let reason = reason(format!("set off by {} {}: {step}", trigger.event.kind(), trigger.date_words()));
            draft.axes(Axes::live(timing(None, due, scene.as_of))).due(Due::within(due, Certainty::Definitive)).because([reason])
        }
        None => draft.axes(Axes::undetermined("the day it is due lies outside the calendar")),
    }
}

fn distinct(drafts: &[LineDraft], scene: &Scene, wanted: &str) -> String {
    let taken = |id: &str| drafts.iter().any(|draft| draft.0.id == format!("{}/{id}", scene.agreement.id));
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_string()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

fn sets_off(event: &Event, act: &str, of: Option<&str>) -> bool {
    match (event, act) {
        (Event::MeetingHeld(meeting), "meeting-held") => of.is_none_or(|of| of == meeting.body),
        (Event::AgreementSigned(_), "signed")
        | (Event::AgreementTookEffect(_), "took-effect")
        | (Event::DeliverableDelivered(_), "deliverable")
        | (Event::AnnouncementMade(_), "announcement")
        | (Event::NoticeGiven(_), "notice-given") => true,
        _ => false,
    }
}

const PLANNED: &str = "planned";
const HELD: &str = "held";
const CANCELLED: &str = "cancelled, planned";

/// A meeting that was planned, and what became of it.
struct Planned {
    id: String,
    days: Span,
    state: &'static str,
    seq: u64,
}

/// Meetings that were planned, each on its last day: a duty that ran towards one stays when the meeting is over.
fn meetings(scene: &Scene, of: Option<&str>) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::new();
    for (act, _) in scene.acts() {
        match &act.event {
            Event::MeetingScheduled(meeting) if of.is_none_or(|of| of == meeting.body) => {
                let Some((earliest, latest)) = meeting.on.deadline() else { continue };
                planned.retain(|known| known.id != meeting.meeting);
                let days = Span { earliest, latest };
                planned.push(Planned { id: meeting.meeting.clone(), days, state: PLANNED, seq: act.seq });
            }
            Event::MeetingPostponed(meeting) => {
                if let Some((known, (earliest, latest))) =
                    planned.iter_mut().find(|known| known.id == meeting.meeting).zip(meeting.on.deadline())
                {
                    (known.days, known.seq) = (Span { earliest, latest }, act.seq);
                }
            }
            Event::MeetingHeld(meeting) => {
                if let Some(known) = planned.iter_mut().find(|known| known.id == meeting.meeting) {
                    (known.days, known.state, known.seq) = (act.days(), HELD, act.seq);
                }
            }
            Event::MeetingCancelled(meeting) => {
                if let Some(known) = planned.iter_mut().find(|known| known.id == meeting.meeting) {
                    (known.state, known.seq) = (CANCELLED, act.seq);
                }
            }
            _ => {}
        }
    }
    planned
}

/// What was reported on the instance: performance closes it, work under way shows and closes nothing.
pub(super) fn performed(scene: &Scene, mut draft: LineDraft) -> LineDraft {
    let agreement = &scene.agreement.id;
    let instance = draft.0.id.strip_prefix(&format!("{agreement}/")).unwrap_or_default().to_string();
    let place = draft.0.provision.clone().unwrap_or_default();
    let mut done: Vec<&Act> = Vec::new();
    let mut by: Vec<&String> = Vec::new();
    for (act, occurrence) in scene.acts() {
        match &act.event {
            Event::PerformanceReported(report) if report.instance == instance && occurrence == Occurrence::Maybe => {
                let missing = format!("whether it had been performed by this day: it was {}", act.date_words());
                draft.0.axes.timing = Timing::Undetermined(missing);
                draft.0.because.push(
                    Reason::new("commitment.vague", format!("performance reported {}", act.date_words())).records([act.seq]),
                );
            }
            Event::PerformanceReported(report) if report.instance == instance => {
                done.push(act);
                by.extend(if report.by.is_empty() { &draft.0.by } else { &report.by });
            }
            Event::WorkReported(work) if work.provision.as_deref().is_some_and(|of| of == instance || of == place) => {
                draft.0.axes.performance = Performance::InProgress;
                let reason = Reason::new("commitment.work", format!("work reported {}: {}", act.date_words(), work.text));
                draft.0.because.push(reason.records([act.seq]));
            }
            _ => {}
        }
    }
    let all_acted = draft.0.by.iter().all(|party| by.contains(&party));
    for act in &done {
        let reason = Reason::new("commitment.performance", format!("performance reported {}", act.date_words()));
        draft.0.because.push(reason.records([act.seq]));
    }
    let is_standing = draft.0.axes.timing == Timing::Undated && draft.0.due.latest.is_none();
    match done.last() {
        Some(last) if all_acted && !is_standing => {
            let first = done
                .iter()
                .map(|act| act.days())
                .reduce(|one, other| Span { earliest: one.earliest.max(other.earliest), latest: one.latest.max(other.latest) });
            let on = first.unwrap_or_else(|| last.days());
            draft.0.axes = Axes::done(on, draft.0.due.span());
        }
        Some(_) if is_standing => draft.0.axes.performance = Performance::InProgress,
        Some(_) => {
            draft.0.axes.performance = Performance::Partial;
            let open: Vec<&str> = draft.0.by.iter().filter(|party| !by.contains(party)).map(String::as_str).collect();
            let text = format!("together with {}, of whom no performance is recorded by {}", open.join(", "), scene.as_of);
            draft.0.because.push(Reason::new("commitment.joint", text));
        }
        None if draft.0.due.latest.is_some() => {
            let reason = Reason::new(
                "commitment.nothing-recorded",
                format!("no performance of {} is recorded by {}", draft.0.id, scene.as_of),
            );
            draft.0.because.push(reason);
        }
        None => {}
    }
    if !is_standing && draft.0.axes.is_pending() {
        let command = format!("obligo record performance {} --on DATE", draft.0.id);
        draft = draft.closes_with(command);
    }
    draft
}
