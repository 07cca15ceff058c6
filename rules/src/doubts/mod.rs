//! What is odd in an agreement as recorded, though nothing in it is wrong: duties that can never arise, words that speak of another
//! force, paragraphs that nobody read, clauses that do not fit together. Notes for whoever checks a file, no refusals.

mod clash;
mod dead;
mod round;

use events::Event;
use events::terms::{Force, Provision};

use crate::provision::entry_into_effect;
use crate::register::Agreement;

pub use round::between;

/// What is odd, each with the place in the text it is about.
pub fn doubts(agreement: &Agreement) -> Vec<String> {
    let provisions: Vec<&Provision> = agreement.provisions.iter().map(|known| &known.value).collect();
    let mut doubts = Vec::new();
    doubts.extend(unread(agreement));
    doubts.extend(provisions.iter().filter_map(|provision| speaks_of_duty(agreement, provision)));
    doubts.extend(provisions.iter().filter_map(|provision| dead::never_arises(agreement, provision)));
    doubts.extend(provisions.iter().filter_map(|provision| owed_to_whom(agreement, provision)));
    doubts.extend(clash::clashes(agreement, &provisions));
    doubts.extend(round::within(agreement));
    doubts.extend(consents_without_rule(agreement));
    doubts.extend(provisions.iter().filter_map(|provision| too_few_parties(agreement, provision)));
    doubts
}

/// More consents than there are parties that could give them.
fn too_few_parties(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let Provision { reference, kind, by, .. } = provision;
    let (needed, _) = entry_into_effect::together(provision).filter(|_| kind == "entry-into-effect")?;
    let needed = needed?;
    let named = if by.is_empty() { agreement.about().parties.len() } else { by.len() };
    let are = if named == 1 { "1 party is".into() } else { format!("{named} parties are") };
    (named < needed).then(|| format!("{reference}: needs {needed} consents, and {are} named"))
}

/// Gaps in the numbering.
fn unread(agreement: &Agreement) -> Option<String> {
    let missing = agreement.unread();
    let words: Vec<String> = missing.iter().map(u32::to_string).collect();
    match words.as_slice() {
        [] => None,
        [one] => Some(format!("paragraph {one} has no provision: was it read?")),
        several => Some(format!("paragraphs {} have no provision: were they read?", several.join(", "))),
    }
}

/// "Shall" where nothing binds.
fn speaks_of_duty(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let is_political = agreement.force_of(provision) == Force::NonBinding;
    let said = [&provision.quote, &provision.text].into_iter().flatten();
    let words = said.flat_map(|text| text.split(|letter: char| !letter.is_alphabetic()));
    let shall = is_political && words.into_iter().any(|word| word.eq_ignore_ascii_case("shall"));
    shall.then(|| format!("{}: “shall” in a text that does not bind; is its force right?", provision.reference))
}

/// A duty to oneself, or to nobody. What several owe to the same several is owed by each to the others.
fn owed_to_whom(agreement: &Agreement, provision: &Provision) -> Option<String> {
    let Provision { reference, by, to, .. } = provision;
    let is_mutual = by.len() > 1 && by.len() == to.len() && by.iter().all(|party| to.contains(party));
    let both: Vec<&str> = by.iter().filter(|party| to.contains(party)).map(String::as_str).collect();
    if !both.is_empty() && !is_mutual {
        return Some(format!("{reference}: {} owes it to itself", both.join(", ")));
    }
    let is_duty = matches!(provision.kind.as_str(), "commitment" | "report" | "review");
    let nobody = is_duty && to.is_empty() && agreement.about().parties.len() == 1;
    nobody.then(|| format!("{reference}: owed to nobody, for no other party is named"))
}

/// Consents that no rule gives an effect.
fn consents_without_rule(agreement: &Agreement) -> Option<String> {
    let counts =
        |provision: &Provision| entry_into_effect::after(provision).is_some() || entry_into_effect::together(provision).is_some();
    let each = agreement.provisions_of("entry-into-effect").any(|known| counts(&known.value));
    let unknown = agreement.acts.iter().any(|act| matches!(act.event, Event::ConsentNotified(_))) && !each;
    unknown.then(|| {
        "consents are recorded, and no provision says when one takes effect: `of = \"all\"` or `of = \"each\"` with `after`"
            .into()
    })
}
