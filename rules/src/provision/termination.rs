//! The power to end an agreement by notice, and the notices given under it.

use events::event::Certainty;
use events::terms::{Provision, Term};

use super::{Kind, survival, what};
use crate::clause::{self, Clause, CountedFrom};
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::notice::Notice;
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::register::Known;
use crate::scene::Scene;

/// `termination`.
pub const KIND: Kind = Kind {
    name: "termination",
    about: "the power to end the agreement by notice",
    keys: &["by", "notice"],
    default_id: Some("termination"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    if provision.by.is_empty() {
        faults.push(Fault::new("E0202", &["by"], "`by` is missing: who may end it?").hint("add by = \"either\" or party ids"));
    }
    clause::read_notice(provision, faults);
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let provision = &known.value;
    let mut draft = scene.line(known, LineKind::Power, &provision.id, what(provision));
    let running = scene.notices.iter().find(|notice| notice.power == known.value.id);
    draft = match (scene.effect.state, running, clause::notice(provision)) {
        (EffectState::Terminated | EffectState::Expired, ..) => {
            let ending = if scene.effect.state == EffectState::Terminated { Ending::Terminated } else { Ending::Expired };
            draft
                .axes(Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) })
                .because(scene.effect.because.clone())
        }
        (_, Some(notice), _) => {
            let text = format!("exercised by {}: notice of {} ends it {}", notice.by, notice.given_words, notice.ends_words());
            let reason =
                Reason::new("termination.exercised", text).provision(&provision.reference).records(notice.records.clone());
            draft.label(format!("exercised by {}", notice.by)).because([reason]).because(notice.steps.clone())
        }
        (EffectState::InEffect | EffectState::InForce, None, Some(clause)) => {
            let command = format!("obligo record notice {} --by PARTY --given DATE", scene.agreement.id);
            draft.label("exercisable").because(if_given_today(scene, known, &clause)).closes_with(command)
        }
        (_, None, None) => {
            let missing = provision.undetermined.as_deref().unwrap_or("the text does not say how long notice must be");
            draft.axes(Axes::undetermined(missing))
        }
        (state, None, Some(_)) => {
            let state = state.word().replace('_', " ");
            draft
                .axes(Axes::dormant("until the agreement has effect"))
                .because([Reason::new("termination.dormant", format!("the agreement is {state}"))])
        }
    };
    draft = draft.because(survival::reasons(scene.agreement));
    let given = scene.notices.iter().filter(|notice| notice.power == known.value.id);
    std::iter::once(draft.finish(scene.agreement)).chain(given.map(|notice| notice_line(scene, known, notice))).collect()
}

/// What a notice given on the day would do.
fn if_given_today(scene: &Scene, known: &Known<Provision>, clause: &Clause) -> Vec<Reason> {
    let today = scene.as_of;
    let reference = &known.value.reference;
    let Some(end) = scene.regime.forward(today, clause.period) else { return Vec::new() };
    let quantifier = if clause.at_least { "no earlier than" } else { "on" };
    let form = clause.form.as_ref().map(|form| format!("{form} ")).unwrap_or_default();
    let readings = clause.readings(scene.agreement, &known.value.id, today);
    let verb = if readings == [CountedFrom::Received] { "received" } else { "given" };
    let mut reasons = vec![
        Reason::new("termination.notice", format!("{form}notice {verb} on {today} ends it {quantifier} {end}"))
            .provision(reference),
        Reason::new("termination.period", scene.regime.step(today, clause.period)).provision(reference),
    ];
    if readings.len() > 1 {
        let text =
            format!("the period may run from receipt: then {} from the day it is received, not before {end}", clause.period);
        reasons.push(Reason::new("termination.readings", text).provision(reference));
    }
    let others =
        scene.agreement.provisions_of("term").filter(|term| matches!(term.value.terms.get("length"), Some(Term::Text(_))));
    reasons.extend(
        others.map(|term| Reason::new("termination.term", "its term may be over before").provision(&term.value.reference)),
    );
    reasons
}

/// A notice that was given under the power.
fn notice_line(scene: &Scene, known: &Known<Provision>, notice: &Notice) -> Line {
    let agreement = scene.agreement;
    let what =
        format!("Notice of termination by {} of {}, ends the agreement {}", notice.by, notice.given_words, notice.ends_words());
    let mut draft = scene.line(known, LineKind::Notice, &notice.id, what).because(notice.steps.clone());
    draft.0.by = vec![notice.by.clone()];
    draft.0.to = agreement.party_ids().into_iter().filter(|id| *id != notice.by).collect();
    let (axes, label) = match notice.ends {
        None if scene.end.as_ref().is_some_and(|end| end.span.latest <= scene.as_of) => {
            let axes = Axes { existence: Existence::Ended(Ending::Terminated), ..Axes::live(Timing::Undated) };
            (axes, "overtaken".to_string())
        }
        None => {
            let command = format!("obligo record notice-received {} --notice {} --on DATE", agreement.id, notice.id);
            draft = draft.closes_with(command);
            (Axes::undetermined("the day it was received is not recorded"), String::new())
        }
        Some(span) if scene.end.as_ref().is_some_and(|end| end.span.latest <= scene.as_of && end.span.latest < span.earliest) => {
            let axes = Axes { existence: Existence::Ended(Ending::Terminated), ..Axes::live(Timing::Undated) };
            (axes, "overtaken".to_string())
        }
        Some(span) if span.latest <= scene.as_of => {
            let axes = Axes { existence: Existence::Ended(Ending::Terminated), ..Axes::live(Timing::Undated) };
            (axes, "effective".to_string())
        }
        Some(span) if span.earliest <= scene.as_of => {
            (Axes::undetermined(format!("it takes effect {}, as the reading or the date may be", span.words())), String::new())
        }
        Some(span) => (Axes::live(timing(None, span, scene.as_of)), "running".to_string()),
    };
    let due = match notice.ends {
        Some(span) => Due::within(span, Certainty::Definitive),
        None => Due { earliest: notice.no_earlier_than, latest: None, certainty: Some(Certainty::Indicative) },
    };
    draft.axes(axes).label(label).due(due).finish(agreement)
}
