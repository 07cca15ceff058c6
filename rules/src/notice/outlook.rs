//! What a notice would do, and until when it must be given: asked before anybody gives one.

use chrono::NaiveDate;
use events::terms::Provision;

use super::terms::{self, CountedFrom, NoticeTerms};
use super::{Place, Window, answers, waiver};
use crate::docket::EffectState;
use crate::register::{Agreement, Known, Occurrence};
use crate::scene::Scene;
use crate::term::{Term, TermEnd};
use crate::time::compute::{BY_CLAUSE, Clause, Step};
use crate::time::notice_day::{last_day, subtracted};
use crate::time::regime::{Almanac, EffectDay};
use crate::time::{Answer, Counting, Span, compute};
use crate::versions;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The first day without the agreement is to be this day at the latest: until when must notice be given?
    EndBy(NaiveDate),
    /// Notice is given, and perhaps received, on these days: when does it take effect?
    Given {
        /// The day it is given.
        given: Span,
        /// The day it is received, if that is known.
        received: Option<Span>,
    },
}

/// The answer for one power.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Id of the provision.
    pub power: String,
    /// Its place in the text.
    pub reference: String,
    /// Who holds the power: party ids, `either`, `any`.
    pub by: Vec<String>,
    /// The form that notice needs, if the text says.
    pub form: Option<String>,
    /// It ends the participation of who gives it, and not the agreement.
    pub is_withdrawal: bool,
    /// It keeps the term from being renewed.
    pub is_against_renewal: bool,
    /// Each lawful reading.
    pub readings: Vec<Reading>,
    /// To end by a day: the last day that is sure under every reading, and the last that is possible.
    pub last_day: Option<Span>,
    /// The first day without the agreement, over all readings.
    pub first_end: Option<Span>,
    /// What else bears on it.
    pub remarks: Vec<Step>,
    /// What is missing for a date.
    pub undetermined: Option<String>,
}

/// One reading of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// From what it counts.
    pub counted_from: CountedFrom,
    /// Where the text leaves it open, whether the effect begins on the corresponding day or on the day after.
    pub effect: Option<EffectDay>,
    /// The day that it counts from: the last one, or the one that was asked about.
    pub from: Option<Span>,
    /// The first day without the agreement.
    pub ends: Option<Span>,
    /// What counting back gives, beside the search.
    pub subtracted: Option<NaiveDate>,
    /// The counting, step by step.
    pub steps: Vec<Step>,
    /// What a reader should know beside the date.
    pub warnings: Vec<String>,
    /// What is missing.
    pub undetermined: Option<String>,
}

/// What each power to end an agreement by notice would do. Without one, the list is empty.
pub fn outlook(agreement: &Agreement, almanac: &Almanac, as_of: NaiveDate, wish: Wish) -> Vec<Outlook> {
    let seen = versions::on(agreement, on(wish, as_of));
    let agreement = &*seen;
    let about = agreement.about();
    let counting = Counting::named(almanac, &about.reckoning, &about.calendars);
    let place = Place::new(agreement, &counting, as_of);
    let is_given = |known: &&Known<Provision>| !known.value.terms.contains_key("when");
    let scene = Scene::new(agreement, almanac, on(wish, as_of));
    let over = !scene.effect.state.is_running() && scene.effect.state != EffectState::Undetermined;
    let by_notice = agreement.provisions_of("termination").filter(is_given).map(|known| by_notice(place, known, wish));
    let renewed = |known: &&Known<Provision>| known.value.terms.contains_key("renewal");
    let by_term = agreement.provisions_of("term").filter(renewed).map(|known| by_term(place, known, wish));
    let mut all: Vec<Outlook> = by_notice.chain(by_term).collect();
    if over {
        let state = scene.effect.state.word().replace('_', " ");
        let why = format!("on {} the agreement is {state}: there is nothing to end by notice", on(wish, as_of));
        all.iter_mut().for_each(|outlook| refuse(outlook, why.clone()));
    }
    all.iter_mut().for_each(|outlook| waived(&scene, outlook, wish, as_of));
    all
}

/// Promises not to use the power, told as far as they had been made by the day; where all who hold it promised, there is no notice.
fn waived(scene: &Scene, outlook: &mut Outlook, wish: Wish, as_of: NaiveDate) {
    let agreement = scene.agreement;
    let Some(known) = agreement.provision(&outlook.power) else { return };
    let day = match wish {
        Wish::EndBy(_) => outlook.last_day.unwrap_or(Span::day(as_of)),
        Wish::Given { given, .. } => given,
    };
    let promised = waiver::waivers(agreement, &outlook.power, as_of);
    let holding: Vec<_> = promised.iter().filter(|waiver| waiver.holds(day) != Occurrence::No).collect();
    outlook.remarks.extend(holding.iter().map(|waiver| said(waiver.words())));
    let has_waived = |holder: &String| holding.iter().any(|waiver| agreement.holder(waiver.by) == holder);
    let mut holders = waiver::holders(agreement, &known.value);
    holders.retain(|holder| scene.holds(holder));
    if !holding.is_empty() && holders.iter().all(has_waived) {
        let whose: Vec<String> = holding.iter().map(|waiver| waiver.whose()).collect();
        refuse(outlook, format!("no notice can be given {}: waived by {}", day.words(), whose.join(" and by ")));
    }
}

/// The day on which there must be something to end: that of the notice, or the day it is seen from.
fn on(wish: Wish, as_of: NaiveDate) -> NaiveDate {
    match wish {
        Wish::EndBy(_) => as_of,
        Wish::Given { given, .. } => given.latest,
    }
}

fn blank(known: &Known<Provision>) -> Outlook {
    Outlook {
        power: known.value.id.clone(),
        reference: known.value.reference.clone(),
        by: known.value.by.clone(),
        form: None,
        is_withdrawal: known.value.by.iter().any(|by| by == "any"),
        is_against_renewal: false,
        readings: Vec::new(),
        last_day: None,
        first_end: None,
        remarks: Vec::new(),
        undetermined: None,
    }
}

fn by_notice(place: Place, known: &Known<Provision>, wish: Wish) -> Outlook {
    let mut outlook = blank(known);
    let assumed = terms::assumed(place.agreement, &known.value, place.as_of).map(|(terms, _)| terms);
    if assumed.is_some() {
        outlook.remarks.push(said("an assumption: the text is silent, and the default of twelve months' notice is taken".into()));
    }
    let Some(terms) = assumed.or_else(|| terms::notice(&known.value)) else {
        let said = known.value.undetermined.clone();
        outlook.undetermined = Some(said.unwrap_or_else(|| "the text does not say how long notice must be".into()));
        return outlook;
    };
    outlook.form.clone_from(&terms.form);
    for counted_from in terms.readings(place.agreement, &known.value.id, place.as_of) {
        let from = match wish {
            Wish::EndBy(end) => Span::day(end),
            Wish::Given { given, .. } => given,
        };
        let effects = match place.counting.leaves_effect_open(&terms.clause, from) {
            true => vec![Some(EffectDay::SameDay), Some(EffectDay::NextDay)],
            false => vec![None],
        };
        let one = |effect: Option<EffectDay>| {
            let clause = Clause { effect: effect.or(terms.clause.effect), ..terms.clause.clone() };
            let reading = match wish {
                Wish::EndBy(end) if counted_from == CountedFrom::Expiry => at_expiry(place, &clause, end),
                Wish::EndBy(end) => last(place, &clause, counted_from, end),
                Wish::Given { given, received } => forward(place, clause, counted_from, given, received),
            };
            Reading { effect, steps: cited(reading.steps, &known.value, effect.is_some()), ..reading }
        };
        outlook.readings.extend(effects.into_iter().map(one));
    }
    together(&mut outlook, wish);
    guards(place, &mut outlook, &terms, &known.value, wish);
    outlook
}

/// A step of the clause is the provision's own; where the text leaves open when an effect begins, that step is only a reading of it.
fn cited(steps: Vec<Step>, provision: &Provision, is_reading: bool) -> Vec<Step> {
    let own = |step: Step| match step.rule == BY_CLAUSE {
        true if is_reading && step.text.starts_with("the effect begins") => {
            Step { rule: "a reading".into(), source: "neither the text nor the regime says".into(), ..step }
        }
        true => Step { source: format!("{} of the text", provision.reference), ..step },
        false => step,
    };
    steps.into_iter().map(own).collect()
}

fn nothing(counted_from: CountedFrom) -> Reading {
    Reading {
        counted_from,
        effect: None,
        from: None,
        ends: None,
        subtracted: None,
        steps: Vec::new(),
        warnings: Vec::new(),
        undetermined: None,
    }
}

fn said(text: String) -> Step {
    Step { text, rule: String::new(), source: String::new(), names_a_day: true }
}

/// The last day from which the end still comes in time.
fn last(place: Place, clause: &Clause, counted_from: CountedFrom, end: NaiveDate) -> Reading {
    let subtracted = clause.period.filter(|_| clause.then.is_none()).and_then(|period| subtracted(end, period));
    let blank = Reading { subtracted, ..nothing(counted_from) };
    let Some(found) = last_day(end, clause, place.counting) else {
        let why = compute(Span::day(end), clause, place.counting).undetermined;
        return Reading { undetermined: Some(why.unwrap_or_else(|| format!("no notice takes effect by {end}"))), ..blank };
    };
    let answer = compute(Span::day(found.sure), clause, place.counting);
    let text = format!("the last day from which it takes effect by {end}, by search: {}", found.sure);
    let steps = std::iter::once(said(text)).chain(answer.steps.clone()).collect();
    let from = Some(Span { earliest: found.sure, latest: found.possible });
    Reading { from, ends: answer.span(), steps, warnings: answer.warnings, undetermined: answer.undetermined, ..blank }
}

/// Counted from the end of the term, the effect hangs on the term and not on the day of the notice: the last day with the term itself.
fn at_expiry(place: Place, clause: &Clause, end: NaiveDate) -> Reading {
    let blank = nothing(CountedFrom::Expiry);
    let running = running_end(place, place.as_of).map(|expiry| (expiry, compute(expiry, clause, place.counting)));
    match running {
        Some((expiry, answer)) if answer.span().is_some_and(|effect| effect.latest <= end) => {
            let from = expiry.moved(-1);
            let text = format!("the term is over {}: notice can be given until then", expiry.words());
            let steps = std::iter::once(said(text)).chain(answer.steps.clone()).collect();
            Reading { from, ends: answer.span(), steps, undetermined: answer.undetermined, ..blank }
        }
        Some((expiry, answer)) => {
            let text = format!("counted from the end of the term, {}, it takes effect {}", expiry.words(), words(&answer));
            Reading { ends: answer.span(), undetermined: Some(text), ..blank }
        }
        None => Reading { undetermined: Some("no term runs from whose end it could count".into()), ..blank },
    }
}

/// What follows from a notice of a day.
fn forward(place: Place, clause: Clause, counted_from: CountedFrom, given: Span, received: Option<Span>) -> Reading {
    let deems = clause.deemed_received_after.is_some();
    let (from, clause) = match (counted_from, received) {
        (from, Some(received)) if from.is_receipt() => (Some(received), Clause { deemed_received_after: None, ..clause }),
        (from, None) if from.is_receipt() && !deems => (None, clause),
        // Which day it was sent, deposited or entered, and which day it states, the question does not say.
        (CountedFrom::Dispatched | CountedFrom::Deposited | CountedFrom::Registered | CountedFrom::Stated, _) => (None, clause),
        (CountedFrom::Expiry, _) => (running_end(place, given.latest), clause),
        _ => (Some(given), clause),
    };
    let Some(from) = from else {
        let earliest = compute(given, &clause, place.counting);
        let text = format!("{} is not known; were it the day it is given: {}", counted_from.words(), words(&earliest));
        let undetermined = Some(format!("{} is not known", counted_from.words()));
        let ends = earliest.earliest.map(|earliest| Span { earliest, latest: NaiveDate::MAX });
        return Reading { steps: vec![said(text)], undetermined, ends, ..nothing(counted_from) };
    };
    let answer = compute(from, &clause, place.counting);
    Reading {
        from: Some(from),
        ends: answer.span(),
        steps: answer.steps,
        warnings: answer.warnings,
        undetermined: answer.undetermined,
        ..nothing(counted_from)
    }
}

fn words(answer: &Answer) -> String {
    answer.span().map_or("no day".into(), Span::words)
}

fn running_end(place: Place, on: NaiveDate) -> Option<Span> {
    let term = place.agreement.provisions_of("term").find_map(|known| Term::of(place, known))?;
    term.running(place.counting, place.entry?, on).map(|end| end.span)
}

/// The days over all readings: the day that is sure under each is the last day.
fn together(outlook: &mut Outlook, wish: Wish) {
    let all = |of: fn(&Reading) -> Option<Span>| Span::of_all(outlook.readings.iter().map(of));
    let missing = outlook.readings.iter().find_map(|reading| reading.undetermined.clone());
    if matches!(wish, Wish::EndBy(_)) {
        outlook.last_day = all(|reading| reading.from);
    }
    outlook.first_end = all(|reading| reading.ends);
    let is_open = outlook.readings.iter().any(|reading| reading.effect.is_some());
    let open = || "whether it takes effect on the corresponding day or on the day after".to_string();
    let ends_open = outlook.is_against_renewal && outlook.first_end.is_some_and(|end| end.exact().is_none());
    let term_open = || "whether the term is over on the corresponding day or on the day after".to_string();
    outlook.undetermined = missing.or_else(|| is_open.then(open)).or_else(|| ends_open.then(term_open)).or_else(|| {
        let span = if outlook.last_day.is_some() { outlook.last_day } else { outlook.first_end };
        let readings: Vec<&str> = outlook.readings.iter().map(|reading| reading.counted_from.words()).collect();
        span.filter(|span| span.exact().is_none()).map(|_| format!("from what it counts: {}", readings.join(" or ")))
    });
}

/// When there is no power to give it, and what else holds it up.
fn guards(place: Place, outlook: &mut Outlook, terms: &NoticeTerms, provision: &Provision, wish: Wish) {
    let step = |text: String| Step {
        text,
        rule: BY_CLAUSE.into(),
        source: format!("{} of the text", provision.reference),
        names_a_day: true,
    };
    let day = match wish {
        Wish::EndBy(_) => outlook.last_day,
        Wish::Given { given, .. } => Some(given),
    };
    let first_end = |from: Span| {
        let answers = answers(place.counting, from, &terms.clause);
        Span::of_all(answers.iter().map(Answer::span)).map_or("no day".into(), Span::words)
    };
    if place.entry.is_none() && (terms.locked_for.is_some() || terms.window.is_some()) {
        refuse(outlook, "whether it can be given yet: coming into effect is not recorded".into());
    }
    let mut is_closed_today = false;
    if let (Some(entry), Some(day)) = (place.entry, day) {
        let around_today = terms.window.and_then(|window: Window| window.around(place.as_of, entry, place.counting));
        is_closed_today = around_today.is_some_and(|(opens, _)| place.as_of < opens.latest);
        if let Some(opens) = terms.opens(entry, place.counting) {
            outlook.remarks.push(step(format!("it can be given from {} on", opens.words())));
            if day.earliest < opens.latest {
                let text = format!(
                    "no notice can be given before {}: the first one there can be takes effect {}",
                    opens.words(),
                    first_end(opens)
                );
                refuse(outlook, text);
            }
        }
        let searched = matches!(wish, Wish::EndBy(_));
        let closed = |window: &Window| window.last_before(day.earliest, entry, place.counting).filter(|_| searched);
        if let Some((opens, closes)) = terms.window.and_then(|window: Window| window.around(day.latest, entry, place.counting)) {
            let last = closes.moved(-1).map_or_else(String::new, Span::words);
            outlook.remarks.push(step(format!("the window for it is open from {} to {last}", opens.words())));
            if let Some(last) = terms.window.as_ref().and_then(closed).filter(|_| day.earliest < opens.latest) {
                // The last day of a search lies in the last window before it.
                outlook.last_day = Some(last);
                let first_end = compute(last, &terms.clause, place.counting).span();
                outlook.first_end = first_end;
                outlook.remarks.push(step(format!(
                    "{} lies in no window; the last one before closed after {}",
                    day.words(),
                    last.words()
                )));
            } else if day.earliest < opens.latest {
                refuse(outlook, format!("{} lies in no window for notice; the next one opens {}", day.words(), opens.words()));
            }
        }
    }
    let passed = outlook.last_day.filter(|last| matches!(wish, Wish::EndBy(_)) && last.latest < place.as_of);
    let passed = passed.filter(|_| !is_closed_today);
    if let Some(last) = passed {
        let text = format!(
            "the last day, {}, has passed: a notice of {} takes effect {}",
            last.words(),
            place.as_of,
            first_end(Span::day(place.as_of))
        );
        outlook.remarks.push(said(text));
    }
    outlook.remarks.extend(terms.hold_while.iter().map(|hold| step(format!("it takes no effect during {hold}"))));
    if let Some(condition) = &terms.condition {
        outlook.remarks.push(step(format!("it takes effect only with {condition}")));
        // Whether that will be so nobody can tell: the day is the least there can be.
        outlook.first_end = outlook.first_end.map(|end| Span { latest: NaiveDate::MAX, ..end });
        outlook.undetermined.get_or_insert(format!("whether {condition}"));
    }
    if terms.takes_later_date() {
        outlook.remarks.push(step("the notice may name a later day".into()));
    }
    let without_renewal = place.agreement.provisions_of("term").filter(|known| !known.value.terms.contains_key("renewal"));
    for known in without_renewal {
        if let Some(end) = place.entry.and_then(|entry| Term::of(place, known)?.running(place.counting, entry, place.as_of)) {
            outlook.remarks.push(Step {
                source: format!("{} of the text", known.value.reference),
                ..step(format!("its term is over {} in any case", end.span.words()))
            });
        }
    }
}

/// There is no power on that day.
fn refuse(outlook: &mut Outlook, why: String) {
    (outlook.last_day, outlook.first_end) = (None, None);
    outlook.undetermined = Some(why);
}

fn by_term(place: Place, known: &Known<Provision>, wish: Wish) -> Outlook {
    let mut outlook = Outlook { is_against_renewal: true, is_withdrawal: false, ..blank(known) };
    let (Some(term), Some(entry)) = (Term::of(place, known), place.entry) else {
        outlook.undetermined = Some("when the term began is not recorded".into());
        return outlook;
    };
    let renewal = term.terms.renewal.clone();
    let before_end = renewal.as_ref().and_then(|renewal| renewal.before_end);
    let counted_from = renewal.and_then(|renewal| renewal.counted_from);
    let step = |text: String| Step {
        text,
        rule: BY_CLAUSE.into(),
        source: format!("{} of the text", known.value.reference),
        names_a_day: true,
    };
    let told = |end: &TermEnd| {
        let last = end.last_day.unwrap_or(end.span);
        let clear = if term.is_clear(place.counting, end.span) { ", both ends outside" } else { "" };
        let before = before_end.map(|period| format!("{period} before that end{clear}"));
        let before = before.unwrap_or_else(|| "before that end".into());
        vec![
            step(format!("the term runs to {}, {}", end.span.words(), end.renewed_words())),
            step(format!("the last day for a notice against its renewal, {before}: {}", last.words())),
        ]
    };
    let readings = counted_from.map_or(vec![CountedFrom::Given, CountedFrom::Received], |from| vec![from]);
    for counted_from in readings {
        let mut reading = nothing(counted_from);
        match wish {
            Wish::EndBy(day) => match term.last_end_by(place.counting, entry, day) {
                None => reading.undetermined = Some(format!("no term is over by {day}")),
                Some(end) => {
                    reading.from = end.last_day.or(Some(end.span));
                    reading.ends = Some(end.span);
                    reading.steps = told(&end);
                    reading.subtracted = before_end.and_then(|period| subtracted(end.span.earliest, period));
                }
            },
            Wish::Given { given, received } => {
                let from = if counted_from.is_receipt() { received } else { Some(given) };
                match from.map(|from| (from, term.not_renewed_by(place.counting, entry, from))) {
                    None => {
                        reading.undetermined = Some(format!("{} is not known", counted_from.words()));
                        let least = term.not_renewed_by(place.counting, entry, given).map(|end| end.span.earliest);
                        reading.ends = least.map(|earliest| Span { earliest, latest: NaiveDate::MAX });
                    }
                    Some((from, end)) => {
                        reading.from = Some(from);
                        reading.steps = end.as_ref().map(&told).unwrap_or_default();
                        reading.ends = end.map(|end| end.span);
                    }
                }
            }
        }
        outlook.readings.push(reading);
    }
    together(&mut outlook, wish);
    outlook
}
