//! Something that the obligors do: standing, by a date, again and again, or when something happens.
//! A report and a review are the same with another name.

use events::event::Certainty;
use events::terms::Provision;
use events::{DateSpec, Event};

use super::Kind;
use crate::docket::{Due, Line, Reason};
use crate::fault::Fault;
use crate::obligation::{Axes, Timing, timing};
use crate::register::{Act, Known};
use crate::scene::{LineDraft, Scene};
use crate::time::recurrence::{Reading, cycles};
use crate::time::{Period, Span};

mod duty;
mod instance;

mod chain;
mod cycle;
mod reciprocal;
mod triggered;

mod later;
mod occasion;
mod performed;
mod refrain;

pub(crate) use chain::circle;
pub(super) use duty::readings;
pub(crate) use duty::waits_for;
pub(super) use later::resumed;
pub(super) use occasion::{check_when, occasions};

use duty::{DueTerm, When, read};
use instance::{Instance, Owed};
use triggered::{at_next, on_condition, triggered};

const KEYS: &[&str] = &[
    "by",
    "to",
    "joint",
    "due",
    "every",
    "reading",
    "when",
    "once",
    "lapses",
    "accelerates",
    "refrain",
    "quantity",
    "milestones",
];

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
    instances(scene, known).into_iter().map(|instance| instance.draft.finish(scene.agreement)).collect()
}

/// Every instance of a provision, with what came of it.
fn instances(scene: &Scene, known: &Known<Provision>) -> Vec<Instance> {
    let (provision, duty) = (&known.value, &read(&known.value, &mut Vec::new()));
    if duty.reciprocal {
        return reciprocal::instances(scene, known, duty);
    }
    if !duty.several {
        return settled(&Owed { scene, known, duty, by: None }, &provision.id);
    }
    let of = |party| settled(&Owed { scene, known, duty, by: Some(party) }, &own_id(provision, party));
    provision.by.iter().flat_map(of).collect()
}

/// The id of the line of one of several.
fn own_id(provision: &Provision, party: &str) -> String {
    format!("{}-{}", provision.id, party.to_lowercase())
}

fn settled(owed: &Owed, id: &str) -> Vec<Instance> {
    match &owed.duty.due {
        // What a cycle is counted from may be what came of the one before.
        Some(DueTerm::Each(each)) if owed.known.value.undetermined.is_none() => cycle::each(owed, each, id),
        _ => arisen(owed, id).into_iter().map(|instance| owed.settled(instance)).collect(),
    }
}

/// Instances as they arose, before anything came of them.
fn arisen(owed: &Owed, id: &str) -> Vec<Instance> {
    let Owed { scene, known, duty, .. } = *owed;
    let (provision, draft) = (&known.value, owed.draft(id));
    if let Some(why) = &provision.undetermined {
        return vec![draft.axes(Axes::undetermined(why.clone())).into()];
    }
    if let Some((every, readings)) = &duty.every {
        let chosen = chosen_reading(scene, provision).map(|(reading, _)| vec![reading]);
        return recurring(owed, *every, chosen.as_ref().unwrap_or(readings), id).into_iter().map(Instance::from).collect();
    }
    let line = match (&duty.when, &duty.due) {
        (Some(When::Words(words)), due) => return on_condition(owed, words, due.as_ref(), id),
        (Some(When::Act { act, of }), due) => return triggered(owed, act, of.as_deref(), due.as_ref(), id),
        (Some(When::Of { outcome, provision }), due) => return chain::set_off(owed, *outcome, provision, due.as_ref(), id),
        (None, Some(DueTerm::By(date, certainty))) => dated(scene, draft, date, *certainty, &provision.reference),
        (None, Some(DueTerm::AtNext(body))) => at_next(scene, draft, body, &provision.reference),
        (None, _) if duty.once || duty.reciprocal => {
            let reason = Reason::new("commitment.once", "one act, for which the text names no date");
            draft.axes(Axes::live(Timing::Open)).because([reason.provision(&provision.reference)])
        }
        (None, _) => {
            let reason =
                Reason::new("commitment.standing", "no date and no end: it stands for as long as the agreement has effect");
            draft.because([reason.provision(&provision.reference)])
        }
    };
    vec![line.into()]
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

fn recurring(owed: &Owed, every: Period, readings: &[Reading], id: &str) -> Vec<LineDraft> {
    let Owed { scene, known, .. } = *owed;
    let draft = |instance: &str| owed.draft(instance);
    let Some(since) = scene.since else {
        return vec![draft(id).axes(Axes::undetermined("from when it recurs: coming into effect is not recorded"))];
    };
    let of_it = |instance: &str| instance.strip_prefix(id).is_some_and(|rest| rest.starts_with('-'));
    let done: Vec<&Act> = scene
        .acts()
        .filter(|(act, _)| matches!(&act.event, Event::PerformanceReported(done) if of_it(&done.instance)))
        .map(|(act, _)| act)
        .collect();
    let days: Vec<Span> = done.iter().map(|act| act.days()).collect();
    let chosen = chosen_reason(scene, &known.value, every);
    scene
        .begun(cycles(every, since, readings, &days, scene.until()))
        .into_iter()
        .map(|cycle| {
            let due = cycle.due_over_readings();
            let reasons = cycle.due.iter().map(|(reading, span)| {
                let text = format!("every {every}, read as {}: due {}", reading.name(every), span.words());
                Reason::new("commitment.readings", text).provision(&known.value.reference)
            });
            let axes = Axes::live(timing(Some(cycle.window.earliest), due, scene.as_of));
            let draft = draft(&format!("{id}-{}", cycle.key)).axes(axes).due(Due::within(due, Certainty::Definitive));
            let before = cycle.rests_on.iter().map(|place| {
                let text = format!("the time before was {}", done[*place].date_words());
                Reason::new("commitment.time-before", text).provision(&known.value.reference).records([done[*place].seq])
            });
            draft.window(cycle.window).because(reasons).because(before).because(chosen.clone())
        })
        .collect()
}
