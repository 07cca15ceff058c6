//! A right other than to end the agreement by notice or to amend it: to suspend, to convene a meeting, to object, to inspect. It sleeps
//! until what it hangs on, can be used for as long as the text says, and is spent once it is used, unless it can be used again.

use chrono::NaiveDate;
use events::Event;
use events::event::Certainty;
use events::terms::{Provision, Term};

use super::{Kind, commitment};
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::machine::{Machine, derived, recorded};
use crate::notice::waiver::{self, Kept};
use crate::obligation::{Axes, Ending, Existence, Performance, Timing, timing};
use crate::participation::Part;
use crate::reader::Reader;
use crate::register::{Act, Known, Occurrence};
use crate::scene::{LineDraft, Scene, Standing};
use crate::time::compute::Clause;
use crate::time::{Period, Span, compute};

/// The machine, of these powers and of the one to end the agreement (`termination`).
pub const MACHINE: Machine = Machine {
    name: "power",
    about: "A right that the text gives: to end the agreement or to leave it, by notice, or another, such as to inspect or to object.",
    of: "power",
    transitions: &[
        derived("–", "the agreement has no effect yet", "", "dormant", "reason termination.dormant"),
        derived("–, dormant", "the agreement has effect", "", "exercisable", "label exercisable"),
        derived(
            "–",
            "it is locked for a time, or its window is closed: the day it opens is shown",
            "ILO denunciation windows",
            "dormant",
            "reason termination.opens",
        ),
        derived("–", "the end comes of itself once a condition is met", "", "dormant", "label dormant"),
        derived("–", "it hangs on something that has not happened", "", "dormant", "reason power.sleeps"),
        derived(
            "dormant, lapsed",
            "what it hangs on happens; the time in which it can be used runs from there",
            "",
            "exercisable",
            "reason commitment.trigger",
        ),
        recorded(
            "dormant",
            "condition.established",
            "the condition that the text names is met",
            "",
            "exercisable",
            "reason power.condition",
        ),
        recorded(
            "exercisable",
            "condition.established",
            "the condition is met no longer",
            "",
            "dormant",
            "reason power.condition-over",
        ),
        derived("exercisable", "the last day on which it can be used has passed", "", "lapsed", "label lapsed"),
        recorded(
            "exercisable",
            "notice.given",
            "the holder gives notice",
            "VCLT 65, 67",
            "exercised",
            "reason termination.exercised",
        ),
        recorded(
            "exercised",
            "notice.retracted",
            "the notice is taken back or found defective",
            "VCLT 68",
            "exercisable",
            "label exercisable",
        ),
        recorded("exercisable", "power.exercised", "the holder uses it, once for all", "", "spent", "label spent"),
        recorded(
            "exercisable",
            "power.exercised",
            "the holder uses it, and the text has it used again",
            "",
            "exercisable",
            "label exercisable, last exercised",
        ),
        recorded(
            "exercisable",
            "power.waived",
            "all who hold it promise not to use it, for a time or without end",
            "",
            "waived",
            "label waived",
        ),
        recorded(
            "exercisable",
            "power.waived",
            "one of several who hold it promises not to use it: the others still can",
            "",
            "exercisable",
            "reason power.waived",
        ),
        derived("waived", "the last day of the promise has passed", "", "exercisable", "reason power.waiver-over"),
        recorded(
            "exercisable",
            "agreement.suspended",
            "the agreement or its provision is suspended; the power to end it is not",
            "VCLT 72",
            "suspended",
            "existence suspended",
        ),
        derived(
            "exercised, exercisable, waived",
            "the agreement is over, and the power does not survive",
            "",
            "ended",
            "existence ended(terminated)",
        ),
        derived(
            "exercisable",
            "the agreement is over, and its text has the power survive",
            "",
            "exercisable",
            "reason survival.applies",
        ),
    ],
};

/// `power`.
pub const KIND: Kind = Kind {
    name: "power",
    about: "a right other than to end or to amend the agreement",
    keys: &["by", "to", "right", "when", "within", "renewable"],
    default_id: None,
    check,
    lines,
};

/// What a right can be to do.
const RIGHTS: [&str; 7] = ["suspend", "extend", "convene", "object", "inspect", "ask", "other"];

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who holds it?").hint("add by = \"either\" or party ids"));
    }
    commitment::check_when(provision, faults);
    let mut reader = Reader::new(&provision.terms, faults);
    if reader.choice("right", &RIGHTS).is_none() && !reader.has("right") && provision.text.is_none() {
        let hint = format!("add text = \"…\", or right = one of {}", RIGHTS.join(", "));
        reader.fault("E0202", "right", "neither `right` nor `text` says what it is a right to", hint);
    }
    reader.period("within");
    reader.flag("renewable");
}

/// `Inspection of …` in the text's own words, or `The right to inspect`.
fn title(provision: &Provision) -> String {
    let right = provision.terms.get("right").and_then(Term::as_text).filter(|right| *right != "other");
    let right = right.map(|right| format!("The right to {right}"));
    provision.text.clone().or(right).unwrap_or_else(|| super::what(provision))
}

/// A time in which it can be used.
struct Opening {
    from: Span,
    /// The last day; `None`, where the text names none, and what is missing, where it cannot be told.
    last: Result<Option<Span>, String>,
    /// What it hangs on was so, and is no longer.
    is_over: bool,
    because: Vec<Reason>,
}

impl Opening {
    /// From a day on, for as long as the text says.
    fn counted(scene: &Scene, from: Span, within: Option<Period>) -> (Opening, String) {
        let answer = within.map(|within| compute(from, &Clause::act(within), &scene.counting));
        let (last, words) = match &answer {
            None => (Ok(None), String::new()),
            Some(answer) => match answer.span() {
                Some(last) if from.exact().is_some() => {
                    (Ok(Some(last)), format!(": {} (regime {})", answer.in_words(), scene.counting.id()))
                }
                Some(last) => (Ok(Some(last)), format!(": its last day is {} (regime {})", last.words(), scene.counting.id())),
                None => (Err(answer.undetermined.clone().unwrap_or_default()), String::new()),
            },
        };
        (Opening { from, last, is_over: false, because: Vec::new() }, words)
    }

    /// Whether it can be used on a day, or on all the days that it may be.
    fn holds(&self, days: Span) -> Occurrence {
        let begun = self.begun(days);
        let goes_on = match &self.last {
            Ok(None) => Occurrence::Yes,
            Ok(Some(last)) if days.latest <= last.earliest => Occurrence::Yes,
            Ok(Some(last)) if last.latest < days.earliest => Occurrence::No,
            Ok(Some(_)) | Err(_) => Occurrence::Maybe,
        };
        both(begun, goes_on)
    }

    fn begun(&self, days: Span) -> Occurrence {
        if self.from.latest <= days.earliest {
            Occurrence::Yes
        } else if days.latest < self.from.earliest {
            Occurrence::No
        } else {
            Occurrence::Maybe
        }
    }
}

/// The less sure of two, both of which must be so.
fn both(one: Occurrence, other: Occurrence) -> Occurrence {
    match (one, other) {
        (Occurrence::No, _) | (_, Occurrence::No) => Occurrence::No,
        (Occurrence::Yes, Occurrence::Yes) => Occurrence::Yes,
        _ => Occurrence::Maybe,
    }
}

/// The times in which it could be used so far; where there was none, the line that says why.
fn openings(scene: &Scene, known: &Known<Provision>) -> (Vec<Opening>, Option<(Axes, Vec<Reason>)>) {
    let provision = &known.value;
    let within = provision.terms.get("within").and_then(Term::as_text).and_then(|within| within.parse().ok());
    let reason = |rule: &'static str, text: String| Reason::new(rule, text).provision(&provision.reference);
    if let Some(words) = provision.terms.get("when").and_then(Term::as_text) {
        let openings = on_condition(scene, provision, words, within);
        let sleeps = reason("power.sleeps", format!("it sleeps until {words}; nothing recorded says that it is so"));
        return (openings, Some((Axes::dormant(format!("until {words}")), vec![sleeps])));
    }
    if let Some(occasions) = commitment::occasions(scene, known, within) {
        let (mut openings, mut none) = (Vec::new(), None);
        for occasion in occasions {
            let line = occasion.line.0;
            // The first reason is that the provision says so, which its own line says too.
            let mut because: Vec<Reason> = line.because.into_iter().skip(1).collect();
            let Some(from) = occasion.from else {
                because.push(reason("power.sleeps", "it sleeps until what it hangs on happens".into()));
                none = Some((line.axes, because));
                continue;
            };
            let last = match (line.axes.timing, line.due.span()) {
                (Timing::Undetermined(missing), None) => Err(missing),
                (_, due) => Ok(due),
            };
            openings.push(Opening { from, last, is_over: false, because });
        }
        return (openings, none);
    }
    match (within, scene.since) {
        (None, _) => {
            let always = Span::day(NaiveDate::MIN);
            (vec![Opening { from: always, last: Ok(None), is_over: false, because: Vec::new() }], None)
        }
        (Some(within), Some(since)) => {
            let (opening, words) = Opening::counted(scene, since, Some(within));
            let text = format!("{within} from coming into effect {}{words}", since.words());
            (vec![Opening { because: vec![reason("power.within", text)], ..opening }], None)
        }
        (Some(_), None) => {
            let missing = "until when it can be used: coming into effect is not recorded";
            (Vec::new(), Some((Axes::undetermined(missing), Vec::new())))
        }
    }
}

/// It can be used each time that the condition is met, until it is met no longer.
fn on_condition(scene: &Scene, provision: &Provision, words: &str, within: Option<Period>) -> Vec<Opening> {
    let mut openings: Vec<Opening> = Vec::new();
    for (act, _) in scene.acts() {
        let Event::ConditionEstablished(condition) = &act.event else { continue };
        if condition.condition != words {
            continue;
        }
        if condition.holds {
            let (opening, counted) = Opening::counted(scene, act.days(), within);
            let of = condition.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
            let text = format!("{words}{of}, established {}{counted}", act.date_words());
            let reason = Reason::new("power.condition", text).provision(&provision.reference).records([act.seq]);
            openings.push(Opening { because: vec![reason], ..opening });
            continue;
        }
        // On the day on which it is over it is so no longer.
        let before = Span {
            earliest: act.days().earliest.pred_opt().unwrap_or(NaiveDate::MIN),
            latest: act.days().latest.pred_opt().unwrap_or(NaiveDate::MIN),
        };
        for opening in openings.iter_mut().filter(|opening| !opening.is_over) {
            let last = match &opening.last {
                Ok(Some(last)) if last.latest <= before.earliest => continue,
                Ok(Some(last)) => Span { earliest: last.earliest.min(before.earliest), latest: last.latest.min(before.latest) },
                Ok(None) => before,
                Err(_) => continue,
            };
            (opening.last, opening.is_over) = (Ok(Some(last)), true);
            let text = format!("{words}: so no longer, {}", act.date_words());
            let reason = Reason::new("power.condition-over", text).provision(&provision.reference);
            opening.because.push(reason.records([act.seq]));
        }
    }
    openings
}

/// A use of it that is recorded.
struct Use<'a> {
    act: &'a Act,
    by: &'a str,
    /// Whether it had happened by the day, and could: it was open, not promised away, and not spent.
    counts: Occurrence,
    /// The records and rules by which it counts, or by which it does not.
    because: Vec<Reason>,
}

impl Use<'_> {
    fn words(&self) -> String {
        format!("exercised by {} {}", self.by, self.act.date_words())
    }
}

/// Every use by the day, in legal order.
fn uses<'a>(scene: &Scene<'a>, provision: &Provision, openings: &[Opening]) -> Vec<Use<'a>> {
    let promised = waiver::waivers(scene.agreement, &provision.id, scene.as_of);
    let mut uses: Vec<Use> = Vec::new();
    for (act, had) in scene.acts() {
        let Event::PowerExercised(exercised) = &act.event else { continue };
        if exercised.power != provision.id {
            continue;
        }
        let (days, by) = (act.days(), scene.agreement.holder(&exercised.by));
        let rank = |opening: &&Opening| match opening.holds(days) {
            Occurrence::Yes => 2,
            Occurrence::Maybe => 1,
            Occurrence::No => 0,
        };
        let opening = openings.iter().max_by_key(rank);
        let mut counts = both(had, opening.map_or(Occurrence::No, |opening| opening.holds(days)));
        let mut because: Vec<Reason> = opening.map(|opening| opening.because.clone()).unwrap_or_default();
        for waiver in promised.iter().filter(|waiver| scene.agreement.holder(waiver.by) == by) {
            let allowed = match waiver.holds(days) {
                Occurrence::Yes => Occurrence::No,
                Occurrence::Maybe => Occurrence::Maybe,
                Occurrence::No => continue,
            };
            counts = both(counts, allowed);
            because.push(waiver.reason("power.waived", &provision.reference));
        }
        let is_own = |one: &&Use| !is_of_each(provision) || one.by == by;
        if let Some(before) = uses.iter().filter(is_own).find(|one| one.counts == Occurrence::Yes && !is_renewable(provision)) {
            counts = Occurrence::No;
            because = before.because.clone();
        }
        let how = exercised.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        let (rule, text) = match counts {
            Occurrence::No => ("power.without-effect", "; it could not be used then, and that changes nothing"),
            _ => ("power.exercised", ""),
        };
        let text = format!("exercised by {by} {}{how}{text}", act.date_words());
        because.push(Reason::new(rule, text).provision(&provision.reference).records([act.seq]));
        uses.push(Use { act, by, counts, because });
    }
    uses
}

/// Whether each who holds it holds it for itself.
fn is_of_each(provision: &Provision) -> bool {
    provision.by.iter().any(|by| by == "any")
}

fn is_renewable(provision: &Provision) -> bool {
    provision.terms.get("renewable") == Some(&Term::Flag(true))
}

fn over(ending: Ending) -> Axes {
    Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) }
}

/// Where it stands on the day in the hands of these, before what the agreement's own state does to it: its word, if the axes have none.
fn standing(scene: &Scene, known: &Known<Provision>, holders: &[String], draft: LineDraft) -> (LineDraft, Option<String>) {
    let (provision, today) = (&known.value, Span::day(scene.as_of));
    if let Some(why) = &provision.undetermined {
        return (draft.axes(Axes::undetermined(why.clone())), None);
    }
    let (openings, none) = openings(scene, known);
    let uses = uses(scene, provision, &openings);
    let is_of = |one: &&Use, holder: &String| !is_of_each(provision) || one.by == holder;
    let counting = |occurrence: Occurrence| uses.iter().filter(move |one| one.counts == occurrence);
    let mut draft = draft;
    let (mut left, mut used) = (holders.to_vec(), None);
    if is_renewable(provision) {
        used = counting(Occurrence::Yes).next_back().map(|last| ("last exercised", last));
    } else {
        left.retain(|holder| !counting(Occurrence::Yes).any(|one| is_of(&one, holder)));
        let by_holders = |one: &&Use| holders.iter().any(|holder| is_of(one, holder));
        let all: Vec<&Use> = counting(Occurrence::Yes).filter(by_holders).collect();
        if left.is_empty() && !all.is_empty() {
            let words: Vec<String> = all.iter().map(|one| one.words()).collect();
            let axes = Axes { performance: Performance::Complete, ..over(Ending::Fulfilled) };
            let because = all.iter().flat_map(|one| one.because.clone());
            return (draft.axes(axes).because(because), Some(format!("spent: {}", words.join(" and "))));
        }
        used = all.last().map(|last| ("exercised", *last)).or(used);
        let perhaps: Vec<&Use> = counting(Occurrence::Maybe).filter(by_holders).collect();
        draft = draft.because(perhaps.iter().flat_map(|one| one.because.clone()));
        left.retain(|holder| !perhaps.iter().any(|one| is_of(one, holder)));
        if let Some(one) = perhaps.first().filter(|_| left.is_empty()) {
            return (draft.axes(Axes::undetermined(format!("whether it is spent: {}", one.words()))), None);
        }
    }
    // What was without effect is told, for whoever wonders why it is not spent.
    draft = draft.because(counting(Occurrence::No).flat_map(|one| one.because.last().cloned()));
    let rank = |opening: &&Opening| {
        let last = opening.last.as_ref().map_or(NaiveDate::MAX, |last| last.map_or(NaiveDate::MAX, |last| last.latest));
        let holds = match opening.holds(today) {
            Occurrence::Yes => 2,
            Occurrence::Maybe => 1,
            Occurrence::No => 0,
        };
        (holds, last)
    };
    let Some(opening) = openings.iter().max_by_key(rank) else {
        let (axes, because) = none.unwrap_or_else(|| (Axes::dormant("until the agreement has effect"), Vec::new()));
        return (draft.axes(axes).because(because), None);
    };
    draft = draft.because(opening.because.clone());
    let last = opening.last.clone().ok().flatten();
    if let Some(last) = last.filter(|_| !opening.is_over) {
        draft = draft.due(Due::within(last, Certainty::Definitive));
    }
    match (opening.holds(today), &opening.last) {
        (Occurrence::No, _) if opening.is_over => {
            (draft.axes(none.map_or_else(|| over(Ending::Expired), |(axes, _)| axes)), None)
        }
        (Occurrence::No, _) => (draft.axes(over(Ending::Expired)), Some("lapsed".into())),
        (Occurrence::Maybe, _) if opening.begun(today) != Occurrence::Yes => {
            let missing = format!("whether it can be used yet: from {}", opening.from.words());
            (draft.axes(Axes::undetermined(missing)), None)
        }
        (Occurrence::Maybe, Err(missing)) => (draft.axes(Axes::undetermined(missing.clone())), None),
        (Occurrence::Maybe, Ok(_)) => {
            let last = last.map(Span::words).unwrap_or_default();
            (draft.axes(Axes::undetermined(format!("whether it can still be used: its last day is {last}"))), None)
        }
        (Occurrence::Yes, _) => {
            let draft = draft.axes(Axes::live(last.map_or(Timing::Undated, |last| timing(None, last, scene.as_of))));
            open(scene, provision, &left, used, draft)
        }
    }
}

/// What is said of one that can be used: by whom it was, and who promised not to.
fn open(
    scene: &Scene,
    provision: &Provision,
    holders: &[String],
    used: Option<(&str, &Use)>,
    draft: LineDraft,
) -> (LineDraft, Option<String>) {
    let (promised, kept) = waiver::kept(scene.agreement, provision, holders, scene.as_of);
    let used_because = used.iter().flat_map(|(_, last)| last.because.last().cloned()).collect::<Vec<_>>();
    let draft = draft.because(used_because).because(promised);
    let waived = match kept {
        Kept::Whole { axes, label } => return (draft.axes(axes), label),
        Kept::InPart(whose) => format!(", waived by {whose}"),
        Kept::Not => String::new(),
    };
    let used = used.map(|(how, last)| format!(", {how} by {} {}", last.by, last.act.date_words())).unwrap_or_default();
    let command = format!("obligo record power-exercised {}/{} --by PARTY --on DATE", scene.agreement.id, provision.id);
    (draft.closes_with(command), Some(format!("exercisable{used}{waived}")))
}

/// Its line, in the hands of these.
fn held_by(scene: &Scene, known: &Known<Provision>, holders: &[String]) -> LineDraft {
    let line = scene.line(known, LineKind::Power, &known.value.id, title(&known.value));
    let (draft, label) = standing(scene, known, holders, line);
    let axes = draft.0.axes.clone();
    let mut draft = scene.under_effect(&known.value, draft);
    let Some(label) = label else { return draft };
    let is_as_it_was = draft.0.axes == axes;
    match &mut draft.0.axes.existence {
        // What it was before is said in its own word.
        Existence::Suspended(was) => *was = label,
        _ if is_as_it_was => draft.0.label = label,
        _ => {}
    }
    draft
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let all = waiver::holders(scene.agreement, &known.value);
    let bound: Vec<String> = all.iter().filter(|holder| scene.holds(holder)).cloned().collect();
    let draft = held_by(scene, known, if bound.is_empty() { &all } else { &bound });
    vec![draft.finish(scene.agreement)]
}

/// Why a party cannot use it on the day of the scene, if it cannot.
pub(crate) fn hindrance(scene: &Scene, known: &Known<Provision>, by: &str) -> Option<String> {
    match scene.part(by) {
        Some(Part::Unbound(reason)) => return Some(reason.text.clone()),
        Some(Part::Former(left, _)) => return Some(format!("{by} left {}", left.words())),
        _ => {}
    }
    let line = held_by(scene, known, &[by.to_string()]).finish(scene.agreement);
    // What is open may be; what is merely signed has no effect, though when it will have is open.
    let is_open = matches!(line.axes.timing, Timing::Undetermined(_));
    let is_idle = matches!(scene.stands(), Standing::Unknown(_)) && scene.effect.state != EffectState::Undetermined;
    let may = matches!(line.axes.existence, Existence::Live) || (is_open && !is_idle);
    (!may).then_some(line.label)
}
