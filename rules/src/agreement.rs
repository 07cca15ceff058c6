//! Whether an agreement has effect, since when, and when it ends.
//!
//! Each step is dated as precisely as its record; on a day between the earliest and the latest it could be, the state is `undetermined`.

use chrono::NaiveDate;
use events::Event;
use events::event::Certainty;
use events::terms::{Force, Provision};

use crate::clause;
use crate::consent;
use crate::docket::{Due, Effect, EffectState, Reason};
use crate::machine::{Machine, derived, recorded};
use crate::notice::{Notice, Place};
use crate::register::{Act, Agreement, Known};
use crate::supersession;
use crate::suspension;
use crate::term::Term;
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "agreement",
    about: "Whether an agreement has effect. An agreement under notice has effect until the notice takes effect.",
    of: "agreement",
    transitions: &[
        recorded("–", "agreement.concluded", "negotiations are concluded", "", "concluded", "state concluded"),
        recorded("–, concluded", "agreement.signed", "it is signed", "VCLT 10, 12", "signed", "state signed"),
        recorded(
            "concluded, signed",
            "agreement.provisionally-applied",
            "it is applied before it enters into force",
            "VCLT 25",
            "provisionally_applied",
            "state provisionally_applied",
        ),
        derived(
            "concluded, signed",
            "its own words have it applied before it enters into force: from signature, or from a day",
            "VCLT 25(1)(a)",
            "provisionally_applied",
            "reason effect.provisional-rule",
        ),
        derived(
            "concluded, signed",
            "its own rule is reached: signature, launch, a date",
            "VCLT 24(1)",
            "in_effect",
            "reason effect.own-rule",
        ),
        recorded(
            "concluded, signed, provisionally_applied",
            "consent.notified",
            "the last consent that its rule needs is notified, and what the rule adds to that has passed",
            "VCLT 24(1), (2)",
            "in_force",
            "reason effect.own-rule",
        ),
        derived(
            "concluded, signed",
            "a political text is launched, and no document names another day",
            "",
            "in_effect",
            "reason effect.launch",
        ),
        recorded(
            "concluded, signed, provisionally_applied",
            "agreement.took-effect",
            "a document states that it came into effect or entered into force",
            "VCLT 24",
            "in_force",
            "state in_force",
        ),
        recorded(
            "in_effect, in_force",
            "agreement.suspended",
            "its operation is suspended",
            "VCLT 57, 58, 72",
            "suspended",
            "state suspended",
        ),
        recorded(
            "suspended",
            "agreement.resumed",
            "it is resumed, or the day until which it was suspended comes",
            "VCLT 72(2)",
            "in_force",
            "reason effect.suspended",
        ),
        derived(
            "in_effect, in_force",
            "its term is over and goes on, nobody having given notice in time",
            "",
            "in_effect, in_force",
            "reason term.renewal",
        ),
        recorded(
            "in_effect, in_force",
            "agreement.renewed",
            "the parties prolong it",
            "",
            "in_effect, in_force",
            "reason effect.term",
        ),
        derived("in_effect, in_force, suspended", "its term is over", "VCLT 54(a)", "expired", "state expired"),
        derived(
            "in_effect, in_force, suspended",
            "a notice to end it takes effect",
            "VCLT 54(a), 56",
            "terminated",
            "reason effect.notice",
        ),
        derived(
            "in_effect, in_force, suspended",
            "so many have left that fewer remain than the text asks for, or than two",
            "VCLT 55",
            "terminated",
            "reason effect.below-minimum",
        ),
        recorded(
            "in_effect, in_force, suspended",
            "agreement.terminated",
            "all parties end it",
            "VCLT 54(b)",
            "terminated",
            "reason effect.consent",
        ),
        recorded(
            "in_effect, in_force, suspended",
            "agreement.superseded",
            "a later agreement takes its place",
            "VCLT 59",
            "superseded",
            "state superseded",
        ),
        recorded(
            "any",
            "invalidity.established",
            "it is established that it is void; what was done in good faith before stays",
            "VCLT 69",
            "void",
            "state void",
        ),
        derived(
            "any",
            "a day lies between the earliest and the latest that a step can have",
            "",
            "undetermined",
            "state undetermined",
        ),
    ],
};

/// An end that is in sight.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// The first day without the agreement, as the range it could be.
    pub span: Span,
    /// The same in words, as far as the text goes: `no earlier than 2027-02-28`.
    pub words: String,
    /// `Terminated` or `Expired`.
    pub state: EffectState,
    /// Why.
    pub reason: Reason,
}

impl End {
    /// As the date of a line: without a latest day while none is known.
    pub fn due(&self) -> Due {
        let latest = Some(self.span.latest).filter(|latest| *latest < NaiveDate::MAX);
        Due { earliest: Some(self.span.earliest), latest, certainty: Some(Certainty::Definitive) }
    }
}

/// One step of the agreement's life that a record or a rule dates.
struct Step {
    state: EffectState,
    span: Span,
    words: String,
    reason: Reason,
}

/// An agreement's life, seen from a day.
pub struct Life {
    /// The days on which it comes into effect, past or coming, if they are known.
    pub entry: Option<Span>,
    /// The same, once it may have done so.
    pub since: Option<Span>,
    /// Its end, if one is in sight.
    pub end: Option<End>,
    /// Its state.
    pub effect: Effect,
}

/// The days on which it comes into effect, past or coming, if they are known.
pub fn entry_of(place: Place) -> Option<Span> {
    entry(place).map(|step| step.span)
}

/// Coming into effect by its own rule, or with its launch, where no document states it: the days, as recorded, and why.
pub(crate) fn entry_by_rule(place: Place) -> Option<(Span, String, Reason)> {
    let is_stated = place.agreement.acts.iter().any(|act| matches!(act.event, Event::AgreementTookEffect(_)));
    entry(place).filter(|_| !is_stated).map(|step| (step.span, step.words, step.reason))
}

/// Since when it has effect, its end if one is in sight, and its state on the day.
pub fn effect(place: Place, notices: &[Notice]) -> Life {
    let Place { agreement, as_of, .. } = place;
    let mut steps = milestones(place);
    let entry = entry(place);
    let entry_span = entry.as_ref().map(|step| step.span);
    let since = entry_span.filter(|span| span.earliest <= as_of);
    let end = entry.as_ref().and_then(|step| end(place, notices, step.span));
    let prolonged = entry_span.and_then(|entry| prolonged(place, entry, end.as_ref()));
    let end = match (end, &prolonged) {
        (Some(end), Some((_, reason))) if !reason.records.iter().any(|seq| end.reason.records.contains(seq)) => {
            Some(End { reason: end.reason.and(reason.clone()), ..end })
        }
        (end, _) => end,
    };
    let in_effect = entry.as_ref().map(|step| step.state);
    steps.extend(provisional(place));
    steps.extend(entry);
    for one in suspension::of_the_whole(place) {
        let step = |state: EffectState, span: Span| Step { state, span, words: span.words(), reason: one.reason.clone() };
        steps.push(step(EffectState::Suspended, one.from));
        steps.extend(in_effect.zip(one.until).map(|(state, until)| step(state, until)));
    }
    if let Some(end) = &end {
        let words = end.span.words();
        steps.push(Step { state: end.state, span: end.span, words, reason: end.reason.clone() });
    }
    steps.extend(void(place));
    let mut effect = state_on(agreement, &steps, as_of);
    let is_said = |reason: &Reason| effect.because.iter().any(|step| step.records.iter().any(|seq| reason.records.contains(seq)));
    let prolonged = prolonged.filter(|(span, reason)| span.earliest <= as_of && !is_said(reason));
    effect.because.extend(prolonged.map(|(_, reason)| reason));
    Life { entry: entry_span, since, end, effect }
}

/// Why it is not over before its end: the parties prolonged it. With the days on which it would be over without that.
fn prolonged(place: Place, entry: Span, end: Option<&End>) -> Option<(Span, Reason)> {
    place.agreement.provisions_of("term").find_map(|known| {
        let term = Term::of(place, known).filter(|term| term.terms.renewal.is_none())?;
        let record = term.prolonged_by()?;
        let span = term.unprolonged().running(place.counting, entry, place.as_of)?.span;
        let text = format!("prolonged: without that it is over {}", span.words());
        let reason = Reason::new("effect.prolonged", text).provision(&known.value.reference).records([record]);
        end.is_none_or(|end| span.earliest < end.span.latest).then_some((span, reason))
    })
}

fn state_on(agreement: &Agreement, steps: &[Step], as_of: NaiveDate) -> Effect {
    let reached = steps.iter().rev().find(|step| step.span.latest <= as_of);
    let perhaps = steps.iter().rev().find(|step| step.span.earliest <= as_of && as_of < step.span.latest);
    let rank = |step: &&Step| steps.iter().position(|other| std::ptr::eq(other, *step));
    let because = |step: &Step| vec![step.reason.clone()];
    match (reached, perhaps) {
        (reached, Some(perhaps)) if reached.as_ref().and_then(rank) < rank(&perhaps) => {
            let until = reached.map_or("nothing before it is recorded".into(), |step| {
                format!("until then {}", step.state.word().replace('_', " "))
            });
            let text = format!("whether this had happened by {as_of} is not known: it was {}, {until}", perhaps.span.words());
            let mut because = because(perhaps);
            because.push(Reason::new("effect.undetermined", text));
            Effect { state: EffectState::Undetermined, since: Some(perhaps.words.clone()), because }
        }
        (Some(reached), _) => Effect { state: reached.state, since: Some(reached.words.clone()), because: because(reached) },
        (None, _) if steps.is_empty() => {
            let text = "when it was concluded, signed or came into effect is not recorded";
            let because = vec![Reason::new("effect.undetermined", text).records([agreement.terms.seq])];
            Effect { state: EffectState::Undetermined, since: None, because }
        }
        (None, _) => {
            let text = format!("nothing that makes it an agreement had happened by {as_of}");
            let because = vec![Reason::new("effect.not-concluded", text).records([agreement.terms.seq])];
            Effect { state: EffectState::NotConcluded, since: None, because }
        }
    }
}

/// Conclusion and signature, in the order of an agreement's life.
fn milestones(place: Place) -> Vec<Step> {
    let agreement = place.agreement;
    let step = |state: EffectState, verb: &str, found: Option<&Act>| {
        found.map(|act| {
            let text = format!("{verb} {}", act.date_words());
            let reason = Reason::new("effect.milestone", text).records([act.seq]);
            Step { state, span: act.days(), words: act.date_words(), reason }
        })
    };
    let first = |wanted: fn(&Event) -> bool| agreement.best_known(wanted);
    let concluded = first(|event| matches!(event, Event::AgreementConcluded(_)));
    let signed = first(|event| matches!(event, Event::AgreementSigned(_)));
    // What somebody consents to be bound by was concluded by then, though no record says when.
    let is_silent = concluded.is_none() && signed.is_none();
    let consented = agreement.acts.iter().find(|act| matches!(act.event, Event::ConsentNotified(_)));
    let consented = consented.filter(|_| is_silent && consent::together(place).is_some());
    let ratified = step(EffectState::Concluded, "concluded by the first consent to it,", consented);
    let steps = [
        step(EffectState::Concluded, "negotiations concluded", concluded),
        ratified,
        step(EffectState::Signed, "signed", signed),
    ];
    steps.into_iter().flatten().collect()
}

/// Coming into effect: what a document states comes before the agreement's own rule; a partnership that was launched without a rule
/// that we know of is in effect from its launch.
fn entry(place: Place) -> Option<Step> {
    let agreement = place.agreement;
    let stated = agreement.best_known(|event| matches!(event, Event::AgreementTookEffect(_)));
    let launched = agreement.best_known(|event| matches!(event, Event::AgreementLaunched(_)));
    let state = match agreement.about().force {
        Force::NonBinding => EffectState::InEffect,
        Force::Binding | Force::Mixed => EffectState::InForce,
    };
    let verb = if state == EffectState::InEffect { "came into effect" } else { "entered into force" };
    if let Some(act) = stated {
        let text = format!("{verb} {}, as a document states", act.date_words());
        let reason = Reason::new("effect.stated", text).records([act.seq]);
        return Some(Step { state, span: act.days(), words: act.date_words(), reason });
    }
    if let Some(entry) = clause::entry(place) {
        let text = format!("{verb} {}: {}", entry.words, entry.rule);
        let reason = Reason::new("effect.own-rule", text).provision(&entry.provision).records(entry.records);
        return Some(Step { state, span: entry.span, words: entry.words, reason });
    }
    let act = launched.filter(|_| agreement.about().force == Force::NonBinding)?;
    let text = format!("{verb} with its launch, {}; the documents at hand name no other day", act.date_words());
    let reason = Reason::new("effect.launch", text).records([act.seq]);
    Some(Step { state, span: act.days(), words: act.date_words(), reason })
}

/// Established as void. Seen from a day before that was established, it was what it was taken for.
fn void(place: Place) -> Option<Step> {
    place.acts().find_map(|act| {
        let Event::InvalidityEstablished(established) = &act.event else { return None };
        let text = format!("established as void by {} {}", established.by, act.date_words());
        let reason = Reason::new("effect.void", text).records([act.seq]);
        Some(Step { state: EffectState::Void, span: act.days(), words: act.date_words(), reason })
    })
}

/// Applied before it enters into force: what a document states comes before the agreement's own rule.
fn provisional(place: Place) -> Option<Step> {
    let stated = place.agreement.best_known(|event| matches!(event, Event::AgreementProvisionallyApplied(_)));
    let state = EffectState::ProvisionallyApplied;
    if let Some(act) = stated {
        let text = format!("applied provisionally {}", act.date_words());
        let reason = Reason::new("effect.provisional", text).records([act.seq]);
        return Some(Step { state, span: act.days(), words: act.date_words(), reason });
    }
    let rule = clause::provisional(place.agreement)?;
    let text = format!("applied provisionally {}: {}", rule.words, rule.rule);
    let reason = Reason::new("effect.provisional-rule", text).provision(&rule.provision).records(rule.records);
    Some(Step { state, span: rule.span, words: rule.words, reason })
}

/// From when it is applied before it enters into force, past or coming, and why.
pub fn applied_provisionally(place: Place) -> Option<(Span, Reason)> {
    provisional(place).map(|step| (step.span, step.reason))
}

/// Ends that the parties brought about together: by consent, or by a later agreement in the place of the whole.
fn by_consent(place: Place) -> impl Iterator<Item = End> {
    place.acts().filter_map(|act| {
        let (span, state, rule, text) = match &act.event {
            Event::AgreementTerminated(terminated) => {
                let (earliest, latest) = terminated.effective.bounds()?;
                let span = Span { earliest, latest };
                let text = format!("ended by consent, agreed {}: {}", act.date_words(), span.words());
                (span, EffectState::Terminated, "effect.consent", text)
            }
            Event::AgreementSuperseded(superseded) if superseded.provisions.is_empty() => {
                let span = supersession::from(superseded, act)?;
                let text = format!("{} took its place {}", superseded.by, span.words());
                (span, EffectState::Superseded, "effect.superseded", text)
            }
            _ => return None,
        };
        Some(End { span, words: span.words(), state, reason: Reason::new(rule, text).records([act.seq]) })
    })
}

/// The earlier of the end of its term and the effect of a notice. The withdrawal of one of several ends nothing for the others, and a
/// term that is renewed unless somebody gives notice ends by that notice alone.
fn end(place: Place, notices: &[Notice], since: Span) -> Option<End> {
    let by_notice = notices.iter().filter(|notice| !notice.is_withdrawal).filter_map(|notice| {
        // While a reading has no date, any day from the least that is sure may be the one.
        let span = notice.span()?;
        let text = match notice.is_automatic {
            true => format!("it ends of itself {}", notice.ends_words()),
            false => format!("notice by {} of {} ends it {}", notice.by, notice.given_words, notice.ends_words()),
        };
        let reason = Reason::new("effect.notice", text).provision(&notice.provision).records(notice.records.clone());
        Some(End { span, words: notice.ends_words(), state: notice.leads_to, reason })
    });
    let by_term = place.agreement.provisions_of("term").filter_map(|known| {
        let term = Term::of(place, known).filter(|term| term.terms.renewal.is_none())?;
        let span = term.running(place.counting, since, place.as_of)?.span;
        let length = term.terms.length?;
        if let Some((span, missing, records)) = term.under_all_words(place, known, since) {
            let text = format!("{}: {missing}", span.words());
            let reason =
                Reason::new("effect.term", text).provision(&known.value.reference).records(term.records()).records(records);
            return Some(End { span, words: span.words(), state: EffectState::Expired, reason });
        }
        let text = match term.is_prolonged() {
            true => format!("prolonged, it is over {}", span.words()),
            false => format!("its term of {length} from {} is over {}", term.anchor(since).words(), span.words()),
        };
        let reason = Reason::new("effect.term", text).provision(&known.value.reference).records(term.records());
        Some(End { span, words: span.words(), state: EffectState::Expired, reason })
    });
    by_notice.chain(by_term).chain(by_consent(place)).chain(below_minimum(place, notices)).reduce(earlier)
}

/// The end that comes when so many have left that fewer remain than the text asks for. Without such words a treaty goes on for whoever
/// remains (VCLT 55), as long as there are two: with one nobody is left to whom it could owe anything. That is told only where consents
/// brought it into effect, since then it is known who is bound; elsewhere those who are named need not be all parties.
fn below_minimum(place: Place, notices: &[Notice]) -> Option<End> {
    let least_of = |known: &Known<Provision>| match known.value.terms.get("minimum") {
        Some(events::terms::Term::Number(least)) => usize::try_from(*least).ok(),
        _ => None,
    };
    let said = place.agreement.provisions_of("termination").find_map(|known| Some((known, least_of(known)?)));
    let bound = consent::bound(place).map(|bound| -> Vec<String> {
        let has_begun = |one: &&consent::Bound| one.since.latest <= place.as_of || one.is_founding;
        bound.iter().filter(has_begun).map(|one| one.consent.holder.clone()).collect()
    });
    let is_of_each = |known: &&Known<Provision>| known.value.by.iter().any(|id| id == "any");
    let exits = || place.agreement.provisions_of("termination").chain(place.agreement.provisions_of("term"));
    let by_nature = || Some((exits().find(is_of_each)?, 2));
    let (known, least) = said.or_else(|| by_nature().filter(|_| bound.as_ref().is_some_and(|bound| bound.len() > 1)))?;
    let parties = bound.unwrap_or_else(|| place.agreement.party_ids());
    let holder = |notice: &Notice| place.agreement.holder(&notice.by).to_string();
    let came_back = |party: &str, left: Span| {
        let mut consents = consent::consents(place).into_iter();
        consents.any(|consent| consent.holder == party && left.earliest <= consent.on.latest)
    };
    let mut left: Vec<(Span, &Notice)> = Vec::new();
    for notice in notices.iter().filter(|notice| notice.is_withdrawal && parties.contains(&holder(notice))) {
        let Some(span) = notice.span().filter(|span| !came_back(&holder(notice), *span)) else { continue };
        if left.iter().all(|(_, other)| holder(other) != holder(notice)) {
            left.push((span, notice));
        }
    }
    let parties = parties.len();
    let decisive = (parties + 1).checked_sub(least).filter(|decisive| *decisive > 0)? - 1;
    let nth = |end: fn(&Span) -> NaiveDate| {
        let mut days: Vec<NaiveDate> = left.iter().map(|(span, _)| end(span)).collect();
        days.sort();
        days.get(decisive).copied()
    };
    let span = Span { earliest: nth(|span| span.earliest)?, latest: nth(|span| span.latest)? };
    let text = format!("fewer than {least} of {parties} parties remain {}", span.words());
    let mut records = vec![known.seq];
    records.extend(left.iter().flat_map(|(_, notice)| notice.records.iter().copied()));
    let mut told = std::collections::BTreeSet::new();
    records.retain(|seq| told.insert(*seq));
    let reason = Reason::new("effect.below-minimum", text).provision(&known.value.reference).records(records);
    Some(End { span, words: span.words(), state: EffectState::Terminated, reason })
}

/// Of two ends the one that comes first ends it: no sooner than the least day of either, no later than the first that is sure.
fn earlier(one: End, other: End) -> End {
    let span = Span { earliest: one.span.earliest.min(other.span.earliest), latest: one.span.latest.min(other.span.latest) };
    let (first, second) = if one.span.latest <= other.span.latest { (one, other) } else { (other, one) };
    let words = if span == first.span { first.words } else { span.words() };
    let text =
        if span == first.span { first.reason.text.clone() } else { format!("{}; {}", first.reason.text, second.reason.text) };
    let reason = Reason { text, ..first.reason }.records(second.reason.records);
    End { span, words, state: first.state, reason }
}
