//! How long an agreement lasts: for a period, renewed or not, or without a fixed end.

use events::event::Certainty;
use events::terms::Provision;

use super::{Kind, what};
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::notice;
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::register::Known;
use crate::scene::{LineDraft, Scene};
use crate::term::{self, Term};

/// `term`.
pub const KIND: Kind = Kind {
    name: "term",
    about: "how long the agreement lasts",
    keys: &["by", "length", "from", "effect", "renewal"],
    default_id: Some("term"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    term::read(provision, faults);
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).because(scene.effect.because.clone());
    let over = |ending| Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) };
    let draft = match (scene.effect.state, &scene.end) {
        (EffectState::Terminated, Some(end)) => draft.axes(over(Ending::Terminated)).label("terminated").due(end.due()),
        (EffectState::Superseded, Some(end)) => draft.axes(over(Ending::Superseded)).label("superseded").due(end.due()),
        (EffectState::Void, _) => draft.axes(over(Ending::Void)).label("void"),
        (EffectState::Expired, Some(end)) => draft.axes(over(Ending::Expired)).label("expired").due(end.due()),
        (state, Some(end)) if state.is_running() => draft
            .axes(Axes::live(timing(None, end.span, scene.as_of)))
            .label(format!("ends {}", end.words))
            .due(end.due())
            .because([end.reason.clone()]),
        (EffectState::Undetermined, Some(end)) if scene.since.is_some_and(|since| since.latest <= scene.as_of) => {
            // Where the doubt is another one, as whether it is void, the end is told beside it.
            let is_told = scene.effect.because.contains(&end.reason);
            let draft = draft.because((!is_told).then(|| end.reason.clone()));
            draft.axes(Axes::undetermined(format!("whether it has ended: it ends {}", end.words))).due(end.due())
        }
        (state, None) if state.is_running() => without_end(scene, known, draft),
        (EffectState::Undetermined, end) => {
            let missing = match scene.entry {
                Some(entry) if scene.as_of < entry.latest => {
                    format!("whether the agreement has come into effect: it does so {}", entry.words())
                }
                Some(_) => "whether the agreement has effect on this day".into(),
                None => "when the agreement comes into effect is not recorded".into(),
            };
            let draft = draft.axes(Axes::undetermined(missing));
            match end {
                Some(end) => draft.due(end.due()).because([end.reason.clone()]),
                None => draft,
            }
        }
        (state @ (EffectState::Concluded | EffectState::Signed), _) => {
            let entry = match scene.entry {
                Some(entry) => format!("it comes into effect {}", entry.words()),
                None => "when it comes into effect is not recorded".into(),
            };
            draft.axes(Axes::undetermined(format!("the agreement is {}, and {entry}", state.word())))
        }
        _ => draft.axes(Axes::undetermined(format!("the agreement is {}", scene.effect.state.word().replace('_', " ")))),
    };
    std::iter::once(draft.finish(scene.agreement)).chain(notice::line::lines(scene, known)).collect()
}

/// No end is in sight: there is none, or the term is renewed unless somebody gives notice in time.
fn without_end(scene: &Scene, known: &Known<Provision>, draft: LineDraft) -> LineDraft {
    let reference = &known.value.reference;
    let term = Term::of(scene.place(), known);
    let running = term.as_ref().zip(scene.entry).and_then(|(term, entry)| {
        let renewal = term.terms.renewal.as_ref()?;
        Some((term, renewal, term.running(&scene.counting, entry, scene.as_of)?))
    });
    let Some((term, renewal, end)) = running else {
        let reason = Reason::new("term.open", "no fixed end and no notice recorded: it goes on");
        return draft.label("no fixed end").because([reason.provision(reference)]);
    };
    let amended = scene.entry.and_then(|entry| term.under_all_words(scene.place(), known, entry));
    if let Some((span, missing, records)) = amended {
        let reason = Reason::new("term.amended", missing.clone()).provision(reference).records(term.records()).records(records);
        let command = format!("obligo record renewed {} --until DATE --on DATE", scene.agreement.id);
        let draft = draft.axes(Axes::undetermined(missing)).because([reason]).closes_with(command);
        return draft.due(Due::within(span, Certainty::Definitive));
    }
    let text = format!("its term runs to {}, {}; then it goes on for {}", end.span.words(), end.renewed_words(), renewal.tacit);
    let mut draft = draft.because([Reason::new("term.renewal", text).provision(reference).records(term.records())]);
    let Some(last_day) = end.last_day else {
        return draft.label(format!("renewed {}", end.span.words())).due(Due::within(end.span, Certainty::Definitive));
    };
    let before = renewal.before_end.map(|period| period.to_string()).unwrap_or_default();
    let text = format!("the last day for a notice against it, {before} before that end: {}", last_day.words());
    draft = draft.because([Reason::new("term.last-day", text).provision(reference)]);
    if let (None, Some(readings)) = (renewal.counted_from, term.readings_words()) {
        draft = draft.because([Reason::new("term.readings", readings).provision(reference)]);
    }
    if scene.as_of > last_day.latest {
        return draft
            .label(format!("will be renewed {}: the last day for notice was {}", end.span.words(), last_day.words()))
            .due(Due::within(end.span, Certainty::Definitive));
    }
    let command = format!("obligo record notice {} --by PARTY --given DATE --power {}", scene.agreement.id, known.value.id);
    draft
        .axes(Axes::live(timing(None, last_day, scene.as_of)))
        .label(format!("renewed {} unless notice is given by {}", end.span.words(), last_day.words()))
        .due(Due::within(last_day, Certainty::Definitive))
        .closes_with(command)
}
