//! What a text says of its own beginning, and what outlives it. Read here for whoever derives the state of an agreement; the lines that
//! follow are each kind's own.

use events::Event;
use events::terms::{Provision, Term};

use crate::consent::{self, Consent};
use crate::notice::Place;
use crate::register::{Agreement, Known, Occurrence};
use crate::time::Span;

/// The day on which an agreement comes into effect by its own rule.
pub(crate) struct Entry {
    pub span: Span,
    pub words: String,
    pub rule: String,
    pub provision: String,
    pub records: Vec<u64>,
}

/// The day by the agreement's own rule, if what it hangs on is recorded.
pub(crate) fn entry(place: Place) -> Option<Entry> {
    let agreement = place.agreement;
    agreement.provisions_of("entry-into-effect").find_map(|known| on(agreement, known)).or_else(|| by_consents(place))
}

/// The day from which it is applied before that, if its text says so. Before it is signed, or
/// concluded where no signature is recorded, there is nothing to apply.
pub(crate) fn provisional(agreement: &Agreement) -> Option<Entry> {
    let rule = agreement.provisions_of("provisional-application").find_map(|known| on(agreement, known))?;
    let concluded = || agreement.best_known(|event| matches!(event, Event::AgreementConcluded(_)));
    let signed = agreement.best_known(|event| matches!(event, Event::AgreementSigned(_))).or_else(concluded);
    let Some(signed) = signed.filter(|signed| rule.span.earliest < signed.days().latest && !rule.records.contains(&signed.seq))
    else {
        return Some(rule);
    };
    let span = rule.span.later_of(signed.days());
    let words = if span == rule.span { rule.words } else { span.words() };
    let text = format!("{}, and not before it was signed or concluded, {}", rule.rule, signed.date_words());
    let records = rule.records.into_iter().chain([signed.seq]).collect();
    Some(Entry { span, words, rule: text, records, ..rule })
}

/// The day that the key `on` of a provision names, or that of the act, if it is recorded.
fn on(agreement: &Agreement, known: &Known<Provision>) -> Option<Entry> {
    let provision = known.value.reference.clone();
    let act = |wanted: fn(&Event) -> bool, verb: &str| {
        let act = agreement.best_known(wanted)?;
        let rule = format!("on {verb}, which was {}", act.date_words());
        let records = vec![known.seq, act.seq];
        Some(Entry { span: act.days(), words: act.date_words(), rule, provision: provision.clone(), records })
    };
    match known.value.terms.get("on")?.as_text()? {
        "signature" => act(|event| matches!(event, Event::AgreementSigned(_)), "signature"),
        "launch" => act(|event| matches!(event, Event::AgreementLaunched(_)), "launch"),
        date => {
            let (earliest, latest) = date.parse::<events::DateSpec>().ok()?.bounds()?;
            let rule = "on the day that the text names".into();
            Some(Entry { span: Span { earliest, latest }, words: date.into(), rule, provision, records: vec![known.seq] })
        }
    }
}

/// The day by a rule that hangs on so many consents, once there are so many.
fn by_consents(place: Place) -> Option<Entry> {
    let rule = consent::together(place)?;
    let (span, words) = rule.entry(place)?;
    let given = rule.given(place);
    let founding = given.iter().filter(|consent| rule.founds(place, consent) != Occurrence::No);
    let records = std::iter::once(rule.known.seq).chain(founding.flat_map(Consent::own_records)).collect();
    // As a record would have it: one day, or the first and the last that it could be.
    let day = span.exact().map_or_else(|| format!("{}/{}", span.earliest, span.latest), |day| day.to_string());
    Some(Entry { span, words: day, rule: words, provision: rule.known.value.reference.clone(), records })
}

/// The provision by whose words another outlives the agreement by name, if there is one.
pub(crate) fn survival<'a>(agreement: &'a Agreement, provision: &str) -> Option<&'a Known<Provision>> {
    agreement.provisions_of("survival").find(|known| match known.value.terms.get("of") {
        Some(Term::List(ids)) => ids.iter().any(|id| id.as_text() == Some(provision)),
        _ => false,
    })
}
