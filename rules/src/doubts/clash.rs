//! Clauses that do not fit together: two that say the same thing, and periods that leave no room for what they are for.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::DateSpec;
use events::terms::{Provision, Term};

use crate::notice::terms::{NoticeTerms, notice};
use crate::notice::{CountedFrom, Place};
use crate::provision::entry_into_effect;
use crate::register::Agreement;
use crate::term::{self, From, TermTerms};
use crate::time::{Counting, Period, Span};

/// Everything that does not fit.
pub(super) fn clashes(agreement: &Agreement, provisions: &[&Provision]) -> Vec<String> {
    // A day that has to be counted is not looked at here: what it is counted by is not known.
    let counting = Counting { regime: Err(String::new()), calendars: Vec::new() };
    let entry = Place::new(agreement, &counting, NaiveDate::MAX).entry;
    let term = agreement.provisions_of("term").map(|known| &known.value).find(|term| term.terms.contains_key("length"));
    let term = term.map(|provision| (provision.reference.as_str(), term::read(provision, &mut Vec::new())));
    let notices: Vec<(&Provision, NoticeTerms)> = agreement
        .provisions_of("termination")
        .filter(|known| !known.value.terms.contains_key("when"))
        .filter_map(|known| Some((&known.value, notice(&known.value)?)))
        .collect();
    let mut clashes = twice(provisions);
    clashes.extend(two_ways_out(&notices));
    clashes.extend(term.iter().flat_map(|(reference, term)| too_late_to_stop(reference, term)));
    for (provision, notice) in &notices {
        let last = term.as_ref().filter(|(_, term)| term.renewal.is_none());
        let within_term = last.and_then(|(reference, term)| out_of_time(notice, reference, term, entry));
        let clash = within_term.or_else(|| never(notice));
        clashes.extend(clash.map(|clash| format!("{}: {clash}", provision.reference)));
    }
    clashes.extend(provisions.iter().filter_map(|provision| due_too_soon(provision, entry)));
    clashes.extend(provisions.iter().filter_map(|provision| before_what(provision)));
    clashes.extend(provisions.iter().filter_map(|provision| once_or_twice(provision, provisions)));
    clashes
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

/// Two powers of the same parties with different periods, and nothing that says when which is meant.
fn two_ways_out(notices: &[(&Provision, NoticeTerms)]) -> Vec<String> {
    let is_plain = |terms: &NoticeTerms| {
        let NoticeTerms { locked_for, window, hold_while, condition, clause, .. } = terms;
        let hangs = hold_while.is_some() || condition.is_some();
        !hangs && locked_for.is_none() && window.is_none() && clause.not_before.is_none()
    };
    let plain: Vec<&(&Provision, NoticeTerms)> = notices.iter().filter(|(_, terms)| is_plain(terms)).collect();
    let holders = |provision: &Provision| {
        let mut by = provision.by.clone();
        by.sort();
        by
    };
    let pairs = plain.iter().enumerate().flat_map(|(at, one)| plain[at + 1..].iter().map(move |other| (one, other)));
    let clash = |((one, its), (other, other_s)): (&&(&Provision, NoticeTerms), &&(&Provision, NoticeTerms))| {
        let (first, second) = (its.clause.period?, other_s.clause.period?);
        let both = first != second && holders(one) == holders(other);
        let (one, other) = (&one.reference, &other.reference);
        both.then(|| format!("{one} and {other} let the same parties end it, by notice of {first} and of {second}"))
    };
    pairs.filter_map(clash).collect()
}

/// Notice against a renewal that must be given before the term begins that it is to be the last.
fn too_late_to_stop(reference: &str, term: &TermTerms) -> Option<String> {
    let renewal = term.renewal.as_ref()?;
    let before_end = renewal.before_end?;
    let terms = [(term.length?, "the first term"), (renewal.tacit, "a renewed term")];
    let (length, which) = terms.into_iter().find(|(length, _)| outlasts(before_end, *length))?;
    Some(format!(
        "{reference}: notice is due {before_end} before the end, and {which} lasts {length}: the day lies before it begins"
    ))
}

/// A notice that takes effect, or may be given, only when a term without renewal is over.
fn out_of_time(notice: &NoticeTerms, reference: &str, term: &TermTerms, entry: Option<Span>) -> Option<String> {
    let length = term.length?;
    let is_within = |period: Period| outlasts(length, period);
    if let Some(period) = notice.clause.period.filter(|_| notice.counted_from != Some(CountedFrom::Expiry))
        && outlasts(period, length)
    {
        return Some(format!("notice of {period} outlasts the term of {length} ({reference}): it always comes too late"));
    }
    if let Some(locked) = notice.locked_for.filter(|locked| is_plain(*locked) && !is_within(*locked)) {
        return Some(format!("no notice before {locked} have passed, and the term of {length} ({reference}) is over by then"));
    }
    if let Some(window) = notice.window.filter(|window| is_plain(window.every) && !is_within(window.every)) {
        let every = window.every;
        return Some(format!(
            "its window opens every {every}, and the term of {length} ({reference}) is over by then: it never opens"
        ));
    }
    let begins = match term.from {
        From::Entry => entry,
        From::Date(span) => Some(span),
        From::Signature => None,
    };
    let over = begins.and_then(|begins| length.after(begins.latest))?;
    let not_before = notice.clause.not_before.filter(|day| over <= *day)?;
    Some(format!("no effect before {not_before}, and the term ({reference}) is over by {over}"))
}

/// A power that never has effect, or a window that is none.
fn never(notice: &NoticeTerms) -> Option<String> {
    if let Some(condition) = notice.condition.as_ref().filter(|condition| notice.hold_while.as_ref() == Some(*condition)) {
        return Some(format!("takes effect only if “{condition}” and not while “{condition}”: never"));
    }
    let window = notice.window.filter(|window| is_plain(window.every) && !outlasts(window.every, window.open))?;
    Some(format!("its window opens every {} for {}: it never closes", window.every, window.open))
}

/// A date before the agreement comes into effect, where both are known.
fn due_too_soon(provision: &Provision, entry: Option<Span>) -> Option<String> {
    let due = provision.terms.get("due")?;
    let written = due.as_text().or_else(|| due.as_table()?.get("by")?.as_text())?;
    let due = written.parse::<DateSpec>().ok()?.latest()?;
    let entry = entry.filter(|entry| due < entry.earliest)?;
    Some(format!("{}: due {written}, before the agreement comes into effect, {}", provision.reference, entry.words()))
}

/// Time that is counted back from something that is not planned.
fn before_what(provision: &Provision) -> Option<String> {
    provision.terms.get("due")?.as_table()?.get("before")?;
    let act = provision.terms.get("when")?.as_table()?.get("act")?.as_text().filter(|act| *act != "meeting-held")?;
    Some(format!("{}: due before `{act}`, and only a meeting is planned ahead: hang it on meeting-held", provision.reference))
}

/// What follows from the performance of something that each of several owes by itself follows from each of them.
fn once_or_twice(provision: &Provision, provisions: &[&Provision]) -> Option<String> {
    let when = provision.terms.get("when")?.as_table()?;
    let of = when.get("of").filter(|_| when.get("act").and_then(Term::as_text) == Some("performance"))?.as_text()?;
    let other = provisions.iter().find(|other| other.id == of)?;
    let joint = other.terms.get("joint").and_then(Term::as_text);
    let each = matches!(joint, Some("several" | "reciprocal"));
    let (reference, of) = (&provision.reference, &other.reference);
    each.then(|| format!("{reference}: follows from the performance of {of}, which each owes by itself: it arises once for each"))
}

/// Whether a period counts in days of the calendar, so that two can be compared.
fn is_plain(period: Period) -> bool {
    period.working_days() == 0 && period.hours() == 0
}

/// Whether one period is longer than another from whatever day both are counted.
fn outlasts(one: Period, other: Period) -> bool {
    let days = (1..=12).filter_map(|month| NaiveDate::from_ymd_opt(2023, month, 1));
    let longer = |day: NaiveDate| one.after(day).zip(other.after(day)).is_some_and(|(one, other)| other < one);
    days.into_iter().all(longer)
}
