//! The power to end an agreement by notice, or the condition on which it ends of itself, and the notices given under it.

use events::terms::{Provision, Term};

use super::{Kind, survival, what};
use crate::docket::{Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::notice::waiver::{self, Kept};
use crate::notice::{self, NoticeTerms, Standing, answers};
use crate::obligation::{Axes, Existence, Timing};
use crate::register::Known;
use crate::scene::{self, LineDraft, Scene};
use crate::time::{Answer, Span};

/// `termination`.
pub const KIND: Kind = Kind {
    name: "termination",
    about: "the power to end the agreement by notice",
    keys: &["by", "notice", "when", "after", "minimum"],
    default_id: Some("termination"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() && !provision.terms.contains_key("when") {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who may end it?").hint("add by = \"either\" or party ids"));
    }
    notice::terms::read(provision, faults);
    match provision.terms.get("minimum") {
        None => {}
        Some(Term::Number(least)) if *least > 0 && provision.by.iter().any(|id| id == "any") => {}
        Some(Term::Number(least)) if *least > 0 => {
            let what = "`minimum` goes with `by = \"any\"`: where notice ends the agreement, nobody is left to count";
            faults.push(Fault::new("E0207", &["minimum"], what).hint("leave it out, or say by = \"any\""));
        }
        Some(_) => {
            let fault = Fault::new("E0203", &["minimum"], "`minimum` is a number of parties, at least one");
            faults.push(fault.hint("write minimum = 3"));
        }
    }
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let provision = &known.value;
    let by_itself = provision.text.is_none() && provision.terms.contains_key("when");
    let title = if by_itself { "The agreement ends of itself on a condition".into() } else { what(provision) };
    let mut draft = scene.line(known, LineKind::Power, &provision.id, title);
    let running = scene.notices.iter().find(|notice| notice.power == known.value.id && notice.standing == Standing::Running);
    let running = running.filter(|notice| !notice.is_withdrawal);
    let when = provision.terms.get("when").and_then(Term::as_text);
    let assumed = notice::terms::assumed(scene.agreement, provision, scene.as_of);
    draft = draft.because(assumed.as_ref().map(|(_, seq)| {
        let text = "an assumption: the text is silent, and the default of twelve months' notice is taken (VCLT 56(2))";
        Reason::new("termination.assumed", text).provision(&provision.reference).records([*seq])
    }));
    let terms = assumed.map(|(terms, _)| terms).or_else(|| notice::terms::notice(provision));
    draft = match (scene.effect.state, running, terms) {
        _ if let scene::Standing::Over(ending) = scene.stands() => {
            draft.axes(Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) })
        }
        (_, Some(notice), _) if when.is_none() => {
            let text = format!("exercised by {}: notice of {} ends it {}", notice.by, notice.given_words, notice.ends_words());
            let reason =
                Reason::new("termination.exercised", text).provision(&provision.reference).records(notice.records.clone());
            draft.label(format!("exercised by {}", notice.by)).because([reason]).because(notice.steps.clone())
        }
        (_, _, Some(_)) if when.is_some() => {
            let condition = when.unwrap_or_default();
            let command = format!("obligo record condition {} --condition '{condition}' --on DATE", scene.agreement.id);
            draft.axes(Axes::dormant(format!("until {condition}"))).closes_with(command)
        }
        (state, _, Some(terms)) if state.is_running() => match closed_until(scene, &terms) {
            Some((opens, text)) => {
                let reason = Reason::new("termination.opens", text.clone()).provision(&provision.reference);
                draft.axes(Axes::dormant(format!("until {}", opens.words()))).because([reason])
            }
            None => unless_waived(scene, known, &terms, draft),
        },
        (_, _, None) => {
            let missing = provision.undetermined.as_deref().unwrap_or("the text does not say how long notice must be");
            draft.axes(Axes::undetermined(missing))
        }
        _ if matches!(scene.stands(), scene::Standing::Ending) => {
            draft.axes(Axes::undetermined("whether the agreement had ended before"))
        }
        (state, _, Some(_)) => {
            let state = state.word().replace('_', " ");
            draft
                .axes(Axes::dormant("until the agreement has effect"))
                .because([Reason::new("termination.dormant", format!("the agreement is {state}"))])
        }
    };
    draft = draft.because(scene.effect.because.clone()).because(survival::reasons(scene));
    let draft = scene.unless_unbound(draft);
    std::iter::once(draft.finish(scene.agreement)).chain(notice::line::lines(scene, known)).collect()
}

/// What can be done with a power that is open: nothing, as long as all who hold it have promised not to use it.
fn unless_waived(scene: &Scene, known: &Known<Provision>, terms: &NoticeTerms, draft: LineDraft) -> LineDraft {
    let mut holders = waiver::holders(scene.agreement, &known.value);
    holders.retain(|holder| scene.holds(holder));
    let (promised, kept) = waiver::kept(scene.agreement, &known.value, &holders, scene.as_of);
    let draft = draft.because(promised);
    let label = match kept {
        Kept::Whole { axes, label } => return draft.axes(axes).label(label.unwrap_or_default()),
        Kept::InPart(whose) => format!("exercisable, waived by {whose}"),
        Kept::Not => "exercisable".into(),
    };
    let command = format!("obligo record notice {} --by PARTY --given DATE", scene.agreement.id);
    draft.label(label).because(if_given_today(scene, known, terms)).closes_with(command)
}

/// What a notice given on the day would do.
fn if_given_today(scene: &Scene, known: &Known<Provision>, terms: &NoticeTerms) -> Vec<Reason> {
    let (reference, today) = (&known.value.reference, scene.as_of);
    let counted = answers(&scene.counting, Span::day(today), &terms.clause);
    let Some(end) = Span::of_all(counted.iter().map(Answer::span)) else {
        let missing = counted.into_iter().find_map(|answer| answer.undetermined).unwrap_or_default();
        return vec![Reason::new("termination.period", format!("when a notice of {today} ends it cannot be told: {missing}"))];
    };
    let form = terms.form.as_ref().map(|form| format!("{form} ")).unwrap_or_default();
    let readings = terms.readings(scene.agreement, &known.value.id, today);
    let verb = if readings.len() == 1 { readings[0].verb() } else { "given" };
    let when = match end.exact() {
        Some(end) => format!("{} {end}", terms.preposition()),
        None => end.words(),
    };
    let what = if known.value.by.iter().any(|by| by == "any") { "ends the participation of who gives it" } else { "ends it" };
    let steps: Vec<String> = counted.iter().map(Answer::in_words).filter(|words| !words.is_empty()).collect();
    let mut reasons = vec![
        Reason::new("termination.notice", format!("{form}notice {verb} on {today} {what} {when}")).provision(reference),
        Reason::new("termination.period", format!("{} (regime {})", steps.join("; or "), scene.counting.id()))
            .provision(reference),
    ];
    if readings.len() > 1 {
        let how_long = terms.clause.period.map(|period| period.to_string()).unwrap_or_else(|| "as the text says".into());
        let text =
            format!("the period may run from receipt: then {how_long} from the day it is received, not before {}", end.earliest);
        reasons.push(Reason::new("termination.readings", text).provision(reference));
    }
    let held = terms.hold_while.iter().map(|hold| format!("it takes no effect during {hold}"));
    let only = terms.condition.iter().map(|condition| format!("it takes effect only with {condition}"));
    let reason = |text: String| Reason::new("termination.condition", text).provision(reference);
    reasons.extend(held.chain(only).map(reason));
    let others =
        scene.agreement.provisions_of("term").filter(|term| matches!(term.value.terms.get("length"), Some(Term::Text(_))));
    reasons.extend(
        others.map(|term| Reason::new("termination.term", "its term may be over before").provision(&term.value.reference)),
    );
    reasons
}

/// From when on there is a power, where it is locked for a time or opens in windows; `None` while it is open.
fn closed_until(scene: &Scene, terms: &NoticeTerms) -> Option<(Span, String)> {
    let entry = scene.entry?;
    let locked = terms.opens(entry, &scene.counting).filter(|opens| scene.as_of < opens.latest);
    let window = terms.window.and_then(|window| window.around(scene.as_of, entry, &scene.counting));
    let (opens, what) = match (locked, window) {
        (Some(opens), _) => (opens, "no notice can be given before"),
        (None, Some((opens, _))) if scene.as_of < opens.latest => (opens, "the next window for notice opens"),
        _ => return None,
    };
    Some((opens, format!("{what} {}", opens.words())))
}
