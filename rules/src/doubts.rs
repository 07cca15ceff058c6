//! What is odd in an agreement as recorded, though nothing in it is wrong: duties that can never arise, words that speak of another
//! force, paragraphs that nobody read. Notes for whoever checks a file, no refusals.

use std::collections::BTreeMap;

use events::terms::{Force, Provision, Term};

use crate::provision::entry_into_effect;
use crate::register::Agreement;

/// What is odd, each with the place in the text it is about.
pub fn doubts(agreement: &Agreement) -> Vec<String> {
    let provisions: Vec<&Provision> = agreement.provisions.iter().map(|known| &known.value).collect();
    let mut doubts = Vec::new();
    doubts.extend(unread(agreement));
    doubts.extend(provisions.iter().filter_map(|provision| speaks_of_duty(agreement, provision)));
    doubts.extend(provisions.iter().filter_map(|provision| never_arises(agreement, provision)));
    doubts.extend(twice(&provisions));
    doubts.extend(provisions.iter().filter_map(|provision| owes_to_itself(provision)));
    doubts.extend(round_about(agreement));
    doubts
}

/// Gaps in the numbering.
fn unread(agreement: &Agreement) -> Option<String> {
    let missing = agreement.unread();
    let words: Vec<String> = missing.iter().map(u32::to_string).collect();
    (!missing.is_empty()).then(|| format!("paragraphs {} have no provision: were they read?", words.join(", ")))
}

/// "Shall" where nothing binds.
fn speaks_of_duty(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let is_political = agreement.force_of(provision) == Force::NonBinding;
    let said = [&provision.quote, &provision.text].into_iter().flatten();
    let words = said.flat_map(|text| text.split(|letter: char| !letter.is_alphabetic()));
    let shall = is_political && words.into_iter().any(|word| word.eq_ignore_ascii_case("shall"));
    shall.then(|| format!("{}: “shall” in a text that does not bind; is its force right?", provision.reference))
}

/// A duty that hangs on the meeting of a body which nothing makes meet.
fn never_arises(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let when = provision.terms.get("when")?.as_table()?;
    let of = when.get("of")?.as_text()?;
    let meets =
        agreement.provisions_of("meeting-series").any(|known| known.value.terms.get("body").and_then(Term::as_text) == Some(of));
    (!meets).then(|| format!("{}: hangs on a meeting of `{of}`, which no provision makes meet", provision.reference))
}

/// Two provisions that cannot both be right: two terms, two rules of entry for all, two rhythms of one body.
fn twice(provisions: &[&Provision]) -> Vec<String> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut doubts = Vec::new();
    for provision in provisions {
        let key = match provision.kind.as_str() {
            "term" if provision.terms.contains_key("length") => "how long it lasts".to_string(),
            "entry-into-effect" if provision.terms.contains_key("on") || entry_into_effect::together(provision).is_some() => {
                "when it comes into effect".into()
            }
            "meeting-series" if provision.terms.contains_key("every") => {
                let body = provision.terms.get("body").and_then(Term::as_text).unwrap_or_default();
                format!("how often `{body}` meets")
            }
            _ => continue,
        };
        match seen.get(&key) {
            Some(first) => doubts.push(format!("{first} and {} both say {key}", provision.reference)),
            None => {
                seen.insert(key, &provision.reference);
            }
        }
    }
    doubts
}

/// A duty to oneself alone.
fn owes_to_itself(provision: &Provision) -> Option<String> {
    let same = !provision.by.is_empty() && provision.by.len() == 1 && provision.by == provision.to;
    same.then(|| format!("{}: {} owes it to itself", provision.reference, provision.by.join(", ")))
}

/// What outlives the agreement by the word of what it names, or an agreement that names itself.
fn round_about(agreement: &Agreement) -> Vec<String> {
    let itself = agreement.about().relates.iter().filter(|other| other.to == agreement.id);
    let mut doubts: Vec<String> = itself.map(|other| format!("it is said to be `{}` itself", other.relation)).collect();
    for known in agreement.provisions_of("survival") {
        let names_itself = match known.value.terms.get("of") {
            Some(Term::List(ids)) => ids.iter().any(|id| id.as_text() == Some(known.value.id.as_str())),
            _ => false,
        };
        if names_itself {
            doubts.push(format!("{}: survives by its own word", known.value.reference));
        }
    }
    let counts =
        |provision: &Provision| entry_into_effect::after(provision).is_some() || entry_into_effect::together(provision).is_some();
    let each = agreement.provisions_of("entry-into-effect").any(|known| counts(&known.value));
    let unknown = agreement.acts.iter().any(|act| matches!(act.event, events::Event::ConsentNotified(_))) && !each;
    if unknown {
        let text =
            "consents are recorded, and no provision says when one takes effect: `of = \"all\"` or `of = \"each\"` with `after`";
        doubts.push(text.into());
    }
    doubts
}
