//! `due = { each = … }`: cycle after cycle, each an instance of its own. From what a date is counted is said by the text: fixed dates, the
//! date before as it was put off, or the last performance. Where the text does not say, fixed dates and performances are both readings.

use chrono::Datelike;
use events::Event;
use events::event::Certainty;

use super::duty::{Anchor, Each, Start};
use super::instance::{Instance, Owed, both};
use super::triggered::distinct;
use crate::docket::{Due, Reason};
use crate::obligation::{Axes, Ending, Existence, timing};
use crate::register::Act;
use crate::scene::{Scene, Standing};
use crate::time::Span;
use crate::time::recurrence::MOST_WINDOWS;

/// A cycle before anything came of it.
struct Cycle {
    id: String,
    begins: Span,
    due: Span,
    because: Vec<Reason>,
}

pub(super) fn each(owed: &Owed, each: &Each, id: &str) -> Vec<Instance> {
    let scene = owed.scene;
    let open = |id: &str, missing: String| owed.settled(owed.draft(id).axes(Axes::undetermined(missing)).into());
    let from = match start(scene, each) {
        Ok(from) => from,
        Err(missing) => return vec![open(id, missing)],
    };
    if scene.since.is_none() && !matches!(scene.stands(), Standing::Yes) {
        return vec![open(id, "from when it is owed: coming into effect is not recorded".into())];
    }
    let mut cycles: Vec<Instance> = Vec::new();
    for turn in 1..MOST_WINDOWS {
        if cycles.last().is_some_and(|last| each.anchor == Some(Anchor::Performance) && last.done.is_none()) {
            if let Some(missing) = given_up(&cycles) {
                let open = owed.draft(&distinct(&cycles, id)).axes(Axes::undetermined(missing));
                let records = cycles.iter().flat_map(Instance::records).filter(|seq| *seq != owed.known.seq);
                let reason = Reason::new("commitment.each", "nothing is left to count it from").provision(owed.reference());
                let open = open.because([reason.records(both(&[], &records.collect::<Vec<_>>()))]);
                cycles.push(owed.settled(open.into()));
            }
            break;
        }
        let Some(cycle) = cycle(owed, each, from, turn, id, &cycles) else { break };
        let mut cycle = cycle;
        match cycles.last().filter(|_| !has_begun(owed, &cycle)) {
            None => {}
            Some(before) => match before.done().filter(|_| !matches!(scene.stands(), Standing::Over(_))) {
                // Under an anchor of performance, that is what it is counted from.
                Some(_) if each.anchor == Some(Anchor::Performance) => {}
                Some(done) => {
                    let text = format!("{} was performed {}: the next is there", before.id(), done.on.words());
                    cycle.because.push(Reason::new("commitment.next", text).provision(owed.reference()).records(done.records));
                }
                None => break,
            },
        }
        let axes = Axes::live(timing(None, cycle.due, scene.as_of));
        let draft = owed.draft(&cycle.id).axes(axes).due(Due::within(cycle.due, Certainty::Definitive)).because(cycle.because);
        let first = cycle.begins.earliest.succ_opt().unwrap_or(cycle.begins.earliest).min(cycle.due.latest);
        let draft = draft.window(Span { earliest: first, latest: cycle.due.latest });
        cycles.push(owed.settled(Instance::begun(draft, cycle.begins)));
    }
    // What would have been due before the agreement had effect was never owed.
    let since = scene.since.map_or(chrono::NaiveDate::MIN, |since| since.earliest);
    cycles.retain(|cycle| cycle.done.is_some() || cycle.draft.0.due.latest.is_none_or(|latest| since <= latest));
    if cycles.is_empty() {
        cycles.push(open(id, "from when it recurs: its first date lies before the agreement had effect".into()));
    }
    cycles
}

/// The days from which the first date is counted.
fn start(scene: &Scene, each: &Each) -> Result<Span, String> {
    let day = match &each.from {
        None => return scene.since.ok_or_else(|| "from when it recurs: coming into effect is not recorded".into()),
        Some(Start::Act(act)) if act == "took-effect" => scene.since,
        Some(Start::Act(act)) => scene
            .agreement
            .best_known(match act.as_str() {
                "signed" => |event| matches!(event, Event::AgreementSigned(_)),
                _ => |event| matches!(event, Event::AgreementLaunched(_)),
            })
            .map(|act| act.days()),
        Some(Start::Day(day)) => {
            day.bounds().filter(|_| !day.is_approximate()).map(|(earliest, latest)| Span { earliest, latest })
        }
    };
    let words = match &each.from {
        Some(Start::Act(act)) => act.replace('-', " "),
        Some(Start::Day(day)) => day.to_string(),
        None => String::new(),
    };
    day.filter(|day| day.earliest > chrono::NaiveDate::MIN)
        .ok_or_else(|| format!("from when it recurs: {words} names no day here"))
}

fn cycle(owed: &Owed, each: &Each, from: Span, turn: u32, id: &str, before: &[Instance]) -> Option<Cycle> {
    let Each { period, anchor, .. } = each;
    let counted = |from: Span, turns: u32| from.map(|day| period.times(turns)?.after(day));
    let reason = |text: String| Reason::new("commitment.each", text).provision(owed.reference());
    let fixed = |turn: u32| if turn == 0 { Some(from) } else { counted(from, turn) };
    // Named by the fixed date, which no act moves, so that what was recorded of a cycle stays with it.
    let named = |slot: Span| {
        let key =
            if period.months() == 12 && period.days() == 0 { slot.latest.year().to_string() } else { slot.latest.to_string() };
        format!("{id}-{key}")
    };
    let last = before.last();
    Some(match anchor {
        Some(Anchor::Schedule) => {
            let due = fixed(turn)?;
            let because = vec![reason(format!("every {period} from {}, fixed dates: due {}", from.words(), due.words()))];
            Cycle { id: named(due), begins: fixed(turn - 1)?, due, because }
        }
        Some(Anchor::Due) => {
            let begins = last.map_or(Some(from), |last| last.draft.0.due.span())?;
            let due = counted(begins, 1)?;
            let what = last.map_or("the beginning".into(), |last| format!("the date of {}", last.id()));
            let text = format!("{period} after {what}, {}: due {}", begins.words(), due.words());
            // What the date before was put off to; what else became of the one before moves nothing.
            let moved = last.into_iter().flat_map(Instance::dated);
            Cycle { id: named(fixed(turn)?), begins, due, because: vec![reason(text).records(moved)] }
        }
        Some(Anchor::Performance) => {
            let done = last.and_then(Instance::done);
            let begins = done.as_ref().map_or(from, |done| done.on);
            let due = counted(begins, 1)?;
            let what = last.map_or("the beginning".into(), |last| format!("the performance of {}", last.id()));
            let text = format!("{period} after {what}, {}: due {}", begins.words(), due.words());
            let records = done.map(|done| done.records).unwrap_or_default();
            let id = distinct(before, &format!("{id}-{}", begins.latest));
            Cycle { id, begins, due, because: vec![reason(text).records(records)] }
        }
        None => {
            let slot = fixed(turn)?;
            let by_date = format!("every {period} from {}, read as fixed dates: due {}", from.words(), slot.words());
            let done = (1..turn).zip(before).filter_map(|(turn, cycle)| Some((turn, cycle, cycle.done()?))).next_back();
            let (rolled, by_act) = match done {
                Some((when, cycle, done)) => {
                    let due = counted(done.on, turn - when)?;
                    let text = format!("read as counted from the last performance, of {} {}", cycle.id(), done.on.words());
                    (due, reason(format!("every {period}, {text}: due {}", due.words())).records(done.records))
                }
                None => (slot, reason(format!("every {period}, read as counted from the last performance: none so far"))),
            };
            let readings = [(Anchor::Schedule, slot, reason(by_date)), (Anchor::Performance, rolled, by_act)];
            let chosen = chosen(owed);
            let readings = readings.into_iter().filter(|(reading, ..)| chosen.is_none_or(|(chosen, _)| chosen == *reading));
            let (dues, because): (Vec<Span>, Vec<Reason>) =
                readings.map(|(_, due, reason)| (due, Reason { rule: "commitment.readings", ..reason })).unzip();
            let choice = chosen.map(|(_, seq)| Reason::new("reading.chosen", "that reading was chosen").records([seq]));
            let due = dues.into_iter().reduce(Span::hull)?;
            Cycle { id: named(slot), begins: fixed(turn - 1)?, due, because: because.into_iter().chain(choice).collect() }
        }
    })
}

/// A reading that someone chose and recorded, where the text leaves one to choose.
fn chosen(owed: &Owed) -> Option<(Anchor, u64)> {
    let choice = |act: &Act| match &act.event {
        Event::ReadingChosen(chosen) if chosen.provision == owed.known.value.id => {
            Some((Anchor::named(&chosen.reading)?, act.seq))
        }
        _ => None,
    };
    owed.scene.acts().filter_map(|(act, _)| choice(act)).last()
}

/// Whether a cycle has begun by the day, or performance counts already.
fn has_begun(owed: &Owed, cycle: &Cycle) -> bool {
    let until = owed.scene.until();
    let opens = owed.duty.window.and_then(|window| window.before(cycle.due.earliest));
    cycle.begins.earliest < until || opens.is_some_and(|opens| opens <= until)
}

/// Why the next is not counted from the last, which will not be performed though the agreement goes on.
fn given_up(cycles: &[Instance]) -> Option<String> {
    let last = cycles.last()?;
    let Existence::Ended(ending) = last.draft.0.axes.existence else { return None };
    let by_act = matches!(ending, Ending::Waived | Ending::Released | Ending::Impossible) || last.is_lapsed;
    by_act.then(|| format!("from when the next is counted: {} is {}, and was not performed", last.id(), ending.word()))
}
