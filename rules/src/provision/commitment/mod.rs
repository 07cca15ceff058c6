//! Something that the obligors do: standing, by a date, again and again, or when something happens.
//! A report and a review are the same with another name.

use events::event::Certainty;
use events::terms::Provision;
use events::{DateSpec, Event};

use super::{Kind, what};
use crate::docket::{Due, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Timing, timing};
use crate::register::{Act, Known};
use crate::scene::{LineDraft, Scene};
use crate::time::recurrence::{Reading, cycles};
use crate::time::{Period, Span};

mod duty;

mod later;
mod performed;
mod triggered;

pub(super) use duty::readings;
pub(super) use later::resumed;

use duty::{DueTerm, Duty, When, read};
use performed::performed;
use triggered::{at_next, triggered};

const KEYS: &[&str] = &["by", "to", "joint", "due", "every", "reading", "when", "once", "quantity", "milestones"];

const fn of(name: &'static str, about: &'static str) -> Kind {
    Kind { name, about, keys: KEYS, default_id: None, check, lines }
}

/// `commitment`.
pub const COMMITMENT: Kind = of("commitment", "something the obligors do");
/// `report`.
pub const REPORT: Kind = of("report", "a report to be made");
/// `review`.
pub const REVIEW: Kind = of("review", "a review to be held");

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who owes it?").hint("add by = [\"…\"] with party ids"));
    }
    read(provision, faults);
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
    let after = |draft: LineDraft| {
        let draft = performed(scene, provision, later::dates(scene, provision, draft));
        let draft = later::given_up(scene, provision, later::assessed(scene, draft));
        later::judged(scene, provision, scene.under_effect(provision, draft)).finish(scene.agreement)
    };
    lines.map(after).collect()
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
        (None, Some(DueTerm::AtNext(body))) => vec![at_next(scene, draft(id), body, &provision.reference)],
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
    scene
        .begun(cycles(every, since, readings, &done, scene.until()))
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
