//! When an agreement comes into effect by its own rule: on signature, on launch, on a date; so long after the last consent that it needs;
//! or for each party, so long after its own.

use events::Event;
use events::event::Certainty;
use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::consent::{self, Consent, consents};
use crate::counted;
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason, Reckoned};
use crate::fault::Fault;
use crate::notice;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::reader::Reader;
use crate::register::{Act, Known, Occurrence};
use crate::scene::Scene;
use crate::time::compute::Clause;
use crate::time::{Answer, Span};

/// `entry-into-effect`.
pub const KIND: Kind = Kind {
    name: "entry-into-effect",
    about: "when the agreement comes into effect",
    keys: &["on", "of", "after", "by"],
    default_id: Some("entry-into-effect"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    if reader.has("of") || reader.has("after") {
        reader.require("of");
        let hint = "write of = \"all\", a number of consents as in of = 30, or of = \"each\"";
        match reader.terms.get("of") {
            None => {}
            Some(Term::Text(word)) if word == "each" || word == "all" => {}
            Some(Term::Text(word)) => {
                reader.fault("E0204", "of", format!("`{word}` is not a value of `of`"), hint);
            }
            Some(Term::Number(number)) if *number > 0 => {}
            Some(_) => reader.fault("E0203", "of", "`of` is a number of consents, one or more, or a word", hint),
        }
        let each = reader.terms.get("of").and_then(Term::as_text) == Some("each");
        if each && !provision.by.is_empty() {
            reader.fault("E0207", "by", "`by` says whose consents are needed, and `of = \"each\"` needs none", "leave it out");
        }
        reader.require("after");
        read_after(&mut reader);
        if reader.has("on") {
            reader.fault(
                "E0207",
                "on",
                "`on` names a day or an act, and `of` counts from consents",
                "split the provision in two",
            );
        }
        return;
    }
    if !provision.by.is_empty() {
        reader.fault("E0207", "by", "`by` says whose consents are needed, and goes with `of`", "leave it out");
    }
    if provision.undetermined.is_none() {
        reader.require("on");
    }
    if !matches!(reader.text("on"), Some("signature" | "launch")) {
        reader.date("on");
    }
}

fn read_after(reader: &mut Reader) -> Option<Clause> {
    reader.table("after", &counted::KEYS, |reader| counted::clause(reader, "after")).flatten()
}

/// How it is counted from each party's own consent, if it is so counted.
pub fn after(provision: &Provision) -> Option<Clause> {
    let each = provision.terms.get("of").and_then(Term::as_text) == Some("each");
    read_after(&mut Reader::new(&provision.terms, &mut Vec::new())).filter(|_| each)
}

/// How many consents bring the agreement into effect, all of them if no number is said, and how it is counted from the last of them.
pub fn together(provision: &Provision) -> Option<(Option<usize>, Clause)> {
    let needed = match provision.terms.get("of")? {
        Term::Text(word) if word == "all" => None,
        Term::Number(number) => Some(usize::try_from(*number).ok().filter(|number| *number > 0)?),
        _ => return None,
    };
    Some((needed, read_after(&mut Reader::new(&provision.terms, &mut Vec::new()))?))
}

fn consent_line(scene: &Scene, known: &Known<Provision>, clause: &Clause, consent: &Consent, may_found: bool) -> Line {
    let reference = &known.value.reference;
    let answers = notice::answers(&scene.counting, consent.on, clause);
    let by_clause = consent.by_clause(scene.place(), clause);
    let stated = notice::stated_of(scene.place(), &consent.id);
    let steps: Vec<String> = answers.iter().map(Answer::in_words).collect();
    let text = format!(
        "counted from the day consent was notified, {}: {} (regime {})",
        consent.words,
        steps.join("; or "),
        scene.counting.id()
    );
    let mut reasons = vec![Reason::new("entry.consent", text).provision(reference).records(consent.own_records())];
    let said = |(act, span): (&Act, Span)| {
        let text = format!("stated to take effect {}", span.words());
        Reason::new("entry.stated", text).provision(reference).records([act.seq])
    };
    reasons.extend(stated.map(said));
    let stated = stated.map(|(_, span)| span);
    let (span, missing) = match (by_clause, stated) {
        (Some(clause), Some(stated)) if !clause.holds(stated) => {
            let missing = format!("stated to take effect {}, which the clause does not give: {}", stated.words(), clause.words());
            (Some(clause.hull(stated)), Some(missing))
        }
        (clause, stated) => (stated.or(clause), answers.iter().find_map(|answer| answer.undetermined.clone())),
    };
    let missing = missing.filter(|_| stated.is_none() || span != stated);
    let open = "whether it is one of those that brought the agreement into effect";
    let missing = missing.or_else(|| (may_found && stated.is_none()).then(|| open.to_string()));
    let how = consent.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
    let what = format!("Consent to be bound by {} of {}{how}", consent.by, consent.words);
    let mut draft = scene.line(known, LineKind::Term, &consent.id, what).because(reasons);
    draft.0.by = vec![consent.holder.clone()];
    draft.0.to = scene.agreement.party_ids().into_iter().filter(|id| *id != consent.holder).collect();
    draft.0.reckoned = Some(Reckoned { counted_from: vec!["consent".into()], from: Some(consent.on), clause: by_clause, stated });
    let draft = match (span, missing) {
        (_, Some(missing)) => draft.axes(Axes::undetermined(missing)),
        (None, None) => draft.axes(Axes::undetermined("the day lies outside the calendar")),
        (Some(span), None) if span.latest <= scene.as_of => {
            let axes = Axes { existence: Existence::Ended(Ending::Fulfilled), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("in effect for {} since {}", consent.holder, span.words()))
        }
        (Some(span), None) if span.earliest <= scene.as_of => {
            draft.axes(Axes::undetermined(format!("it takes effect {}", span.words())))
        }
        (Some(span), None) => draft.axes(Axes::dormant(format!("until {}", span.words()))),
    };
    let draft = match span {
        Some(span) => draft.due(Due::within(span, Certainty::Definitive)),
        None => draft,
    };
    draft.finish(scene.agreement)
}

/// The consents that were given, and what is counted from the last that was needed.
fn given(scene: &Scene, rule: &consent::Together, reference: &str) -> Vec<Reason> {
    let place = scene.place();
    let counted = rule.entry(place).map(|(_, words)| Reason::new("entry.together", words).provision(reference));
    let each = |consent: &Consent| {
        let how = consent.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
        let text = format!("consent of {} notified {}{how}", consent.by, consent.words);
        Reason::new("entry.consent", text).records(consent.own_records())
    };
    rule.given(place).iter().map(each).chain(counted).collect()
}

/// Whether a document states the day.
fn is_stated(scene: &Scene) -> bool {
    scene.agreement.best_known(|event| matches!(event, Event::AgreementTookEffect(_))).is_some()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    if let Some(clause) = after(&known.value) {
        let each = scene.line(known, LineKind::Term, &known.value.id, what(&known.value));
        let rule = each.label("for each party, counted from its own consent").finish(scene.agreement);
        // Those that brought the agreement into effect stand in the line of that rule.
        let founding = consent::together(scene.place());
        let founds = |consent: &Consent| founding.as_ref().map_or(Occurrence::No, |rule| rule.founds(scene.place(), consent));
        let later = consents(scene.place()).into_iter().filter(|consent| founds(consent) != Occurrence::Yes);
        let of_each = later.map(|consent| consent_line(scene, known, &clause, &consent, founds(&consent) == Occurrence::Maybe));
        return std::iter::once(rule).chain(of_each).collect();
    }
    let mut draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).because(scene.effect.because.clone());
    // Coming into effect is owed by nobody, whoever has to consent.
    (draft.0.by, draft.0.to) = (Vec::new(), Vec::new());
    let rule = consent::together(scene.place()).filter(|rule| rule.known.seq == known.seq);
    draft = draft.because(rule.iter().flat_map(|rule| given(scene, rule, &known.value.reference)));
    let missing_consents = rule.as_ref().and_then(|rule| rule.missing(scene.place()));
    let has_been = scene.since.is_some_and(|since| since.latest <= scene.as_of);
    let state = scene.effect.state.word().replace('_', " ");
    let since = scene.since.map_or("on an unknown day".into(), |since| since.words());
    let draft = match &known.value.undetermined {
        // Without a rule that we know of, the launch is taken for it; the word for that is another.
        Some(_) if has_been && rule.is_none() && !is_stated(scene) => {
            draft.label(format!("taken to be in effect since its launch, {since}"))
        }
        _ if has_been => {
            let axes = Axes { existence: Existence::Ended(Ending::Fulfilled), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("came into effect {since}"))
        }
        _ if scene.entry.is_some_and(|entry| scene.as_of < entry.earliest) => {
            let entry = scene.entry.map(|entry| entry.words()).unwrap_or_default();
            draft.axes(Axes::dormant(format!("until {entry}")))
        }
        _ if let Some((missing, open)) = missing_consents => {
            let command = |party: &&str| format!("obligo record consent {} --by {party} --on DATE", scene.agreement.id);
            open.iter().fold(draft.axes(Axes::undetermined(missing)), |draft, party| draft.closes_with(command(party)))
        }
        Some(why) => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            draft.axes(Axes::undetermined(why.clone())).closes_with(command)
        }
        None => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            let missing = match (scene.effect.state, scene.entry) {
                (EffectState::Undetermined, Some(entry)) => {
                    format!("whether it has come into effect: it does so {}", entry.words())
                }
                (EffectState::Undetermined, None) => "the day it comes into effect is not recorded".into(),
                _ => format!("{state}, and the day it comes into effect is not recorded"),
            };
            draft.axes(Axes::undetermined(missing)).closes_with(command)
        }
    };
    vec![draft.finish(scene.agreement)]
}
