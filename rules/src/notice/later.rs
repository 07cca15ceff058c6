//! What came after a notice was given: a later day that it names, a condition, a stay, an extension, a day that was stated, a retraction.
//! In the order in which each rests on the one before.

use events::Event;
use events::event::NoticeGiven;

use super::terms::Retraction;
use super::{Notice, NoticeTerms, Place, Standing, answers, waiver};
use crate::docket::{EffectState, Reason};
use crate::register::Act;
use crate::spell::{Spell, spells};
use crate::time::{Answer, Span};

/// Applies all of it.
pub(super) fn apply(place: Place, notice: &mut Notice, act: &Act, given: Option<&NoticeGiven>, terms: &NoticeTerms) {
    if let Some(given) = given {
        waiver::apply(place, notice);
        names_a_day(notice, given, terms);
    }
    defective(place, notice, terms);
    replaced(place, notice);
    prolonged(place, notice);
    condition(place, notice, terms);
    held(place, notice, terms);
    put_off_and_suspended(place, notice, terms);
    stated(place, notice);
    retracted(place, notice, act, terms);
    contested(place, notice);
}

fn reason(notice: &mut Notice, rule: &'static str, text: String, records: &[u64]) {
    notice.records.extend(records);
    let reason = Reason::new(rule, text).provision(&notice.provision).records(records.iter().copied());
    notice.steps.push(reason);
}

/// The date is open from here on: the least that was sure stays.
pub(super) fn open(notice: &mut Notice, missing: String) {
    notice.no_earlier_than = notice.ends.map(|ends| ends.earliest).or(notice.no_earlier_than);
    notice.ends = None;
    notice.missing = Some(missing);
}

/// The same by the clause itself: what it gives is a least day.
fn open_clause(notice: &mut Notice, missing: String) {
    open(notice, missing);
    notice.waits = true;
    notice.reckoned.clause = notice.no_earlier_than.map(|earliest| Span { earliest, latest: chrono::NaiveDate::MAX });
}

/// A later day that the notice names, where the text lets it; an earlier one shortens nothing.
fn names_a_day(notice: &mut Notice, given: &NoticeGiven, terms: &NoticeTerms) {
    let Some((earliest, latest)) = given.effective.as_ref().and_then(events::DateSpec::bounds) else { return };
    let named = Span { earliest, latest };
    let Some(ends) = notice.ends else { return };
    if named.latest <= ends.earliest {
        if named.latest < ends.earliest {
            let text = format!("the notice names {}, sooner than the text lets it take effect", named.words());
            reason(notice, "notice.names", text, &[]);
        }
    } else if terms.takes_later_date() {
        notice.ends = Some(ends.later_of(named));
        reason(notice, "notice.names", format!("the notice names a later day: {}", named.words()), &[]);
        notice.preposition = "on";
        notice.reckoned.clause = notice.ends;
    } else {
        let text = format!("the notice names {}; the text does not say that it may", named.words());
        reason(notice, "notice.names", text, &[]);
        notice.ends = Some(ends.hull(named));
        notice.reckoned.clause = notice.ends;
        notice.missing.get_or_insert(format!("whether it takes effect {} or on the later day it names", ends.words()));
    }
}

/// A defect that was found; once it is cured the period runs from that day.
fn defective(place: Place, notice: &mut Notice, terms: &NoticeTerms) {
    let id = notice.id.clone();
    let found = place.last(|event| match event {
        Event::NoticeFoundDefective(found) if found.notice == id => Some(found.defect.clone()),
        _ => None,
    });
    let Some((act, defect)) = found else { return };
    let text = format!("found defective {}: {defect}", act.date_words());
    reason(notice, "notice.defective", text.clone(), &[act.seq]);
    let cured = place.last(|event| match event {
        Event::NoticeCured(step) if step.notice == id => Some(()),
        _ => None,
    });
    match cured.filter(|(cured, ())| act.days().earliest <= cured.days().latest) {
        Some((cured, ())) => {
            let answers = answers(place.counting, cured.days(), &terms.clause);
            notice.ends = Span::of_all(answers.iter().map(Answer::span));
            notice.no_earlier_than = notice.ends.map(|ends| ends.earliest);
            notice.reckoned.clause = notice.ends;
            notice.missing = None;
            let text = format!("cured {}: its period runs from that day, {}", cured.date_words(), notice.ends_words());
            reason(notice, "notice.cured", text, &[cured.seq]);
        }
        None => notice.standing = Standing::Defective(text),
    }
}

/// Another notice in its place.
fn replaced(place: Place, notice: &mut Notice) {
    let (id, by) = (notice.id.clone(), notice.by.clone());
    let found = place.find(|event| match event {
        // What one party gave no other replaces.
        Event::NoticeGiven(given)
            if given.in_place_of.as_deref() == Some(id.as_str())
                && place.agreement.holder(&given.by) == place.agreement.holder(&by) =>
        {
            Some(given.notice.clone())
        }
        _ => None,
    });
    if let Some((act, other)) = found.filter(|_| notice.standing == Standing::Running) {
        let text = format!("{other} was given in its place {}", act.date_words());
        reason(notice, "notice.replaced", text.clone(), &[act.seq]);
        notice.standing = Standing::Overtaken(text);
    }
}

/// An objection marks the date, and moves nothing.
fn contested(place: Place, notice: &mut Notice) {
    let id = notice.id.clone();
    let step = |event: &Event| match event {
        Event::NoticeContested(step) if step.notice == id => Some(true),
        Event::NoticeUpheld(step) if step.notice == id => Some(false),
        _ => None,
    };
    let Some((act, is_contested)) = place.last(step) else { return };
    notice.is_contested = is_contested && notice.standing == Standing::Running;
    let (rule, text) = match is_contested {
        true => ("notice.contested", format!("contested {}", act.date_words())),
        false => ("notice.upheld", format!("upheld {}", act.date_words())),
    };
    reason(notice, rule, text, &[act.seq]);
}

/// A notice against renewal, after which the parties prolonged the agreement all the same.
fn prolonged(place: Place, notice: &mut Notice) {
    let Some(ends) = notice.ends.filter(|_| notice.leads_to == EffectState::Expired) else { return };
    let given = notice.given;
    let is_after = |act: &&Act| given.latest < act.days().latest && act.days().earliest <= ends.latest;
    let found = place.acts().filter(is_after).find_map(|act| match &act.event {
        Event::AgreementRenewed(renewed) => Some((act, renewed.until.to_string())),
        _ => None,
    });
    if let Some((act, until)) = found {
        let text = format!("the parties prolonged the agreement {}, until {until}", act.date_words());
        reason(notice, "notice.prolonged", text.clone(), &[act.seq]);
        notice.standing = Standing::Overtaken(text);
    }
}

/// It takes effect only if something is so: on its day if it is so then, or once it comes to be so.
fn condition(place: Place, notice: &mut Notice, terms: &NoticeTerms) {
    let Some(condition) = &terms.condition else { return };
    let Some(ends) = notice.ends else { return };
    let spells = spells(place, condition, |party| party == notice.by);
    // What came to be so after the day, and what was so on it; what was lost later undoes nothing.
    let found = spells.iter().find(|spell| spell.until.is_none_or(|until| ends.earliest < until.latest));
    match found {
        Some(spell) => {
            let act = spell.from;
            let records: Vec<u64> = spell.records().collect();
            reason(notice, "notice.condition", format!("{condition}: so since {}", act.date_words()), &records);
            notice.ends = Some(ends.later_of(act.days()));
            notice.reckoned.clause = notice.ends;
        }
        None if spells.is_empty() => {
            reason(notice, "notice.condition", format!("takes effect only with {condition}; that is not recorded"), &[]);
            open_clause(notice, format!("whether {condition}: nothing is recorded"));
        }
        None => {
            let records: Vec<u64> = spells.iter().flat_map(Spell::records).collect();
            reason(notice, "notice.condition", format!("{condition}: so no longer"), &records);
            open_clause(notice, format!("until {condition}"));
        }
    }
}

/// It takes no effect as long as something is so: what held it on its day puts it off until that is over.
fn held(place: Place, notice: &mut Notice, terms: &NoticeTerms) {
    let Some(hold) = &terms.hold_while else { return };
    let spells = spells(place, hold, |party| party == notice.by);
    let Some(ends) = notice.ends else { return };
    let on_the_day = spells
        .iter()
        .find(|spell| spell.from.days().earliest < ends.latest && spell.until.is_none_or(|until| ends.earliest < until.latest));
    match on_the_day.map(|spell| (spell.from, spell.until, spell.over)) {
        Some((act, Some(until), over)) => {
            let text = format!("no effect during {hold}, from {} until {}", act.date_words(), until.words());
            let records: Vec<u64> = std::iter::once(act.seq).chain(over).collect();
            reason(notice, "notice.held", text, &records);
            notice.ends = Some(ends.later_of(until));
            notice.reckoned.clause = notice.ends;
        }
        Some((act, None, _)) => {
            reason(notice, "notice.held", format!("no effect during {hold}, recorded {}", act.date_words()), &[act.seq]);
            open_clause(notice, format!("until the end of {hold}"));
        }
        None => reason(notice, "notice.held", format!("would take no effect during {hold}; none is recorded on its day"), &[]),
    }
}

/// Put off, suspended and taken up again, in the order in which that was done: what is agreed after a suspension is the day.
fn put_off_and_suspended(place: Place, notice: &mut Notice, terms: &NoticeTerms) {
    let id = notice.id.clone();
    let of_it: Vec<(&Act, Step)> = place.acts().filter_map(|act| Some((act, step(&act.event, &id)?))).collect();
    let at = of_it.iter().rposition(|(_, step)| *step == Step::Suspended).unwrap_or(of_it.len());
    let (before, since) = of_it.split_at(at);
    extended(notice, before);
    suspended(place, notice, terms, since);
    extended(notice, since);
}

/// What the parties did to the clock of a notice.
#[derive(PartialEq)]
enum Step {
    Extended(Span),
    Suspended,
    Resumed,
}

fn step(event: &Event, id: &str) -> Option<Step> {
    match event {
        Event::NoticeExtended(extended) if extended.notice == id => {
            let (earliest, latest) = extended.to.bounds()?;
            Some(Step::Extended(Span { earliest, latest }))
        }
        Event::NoticeSuspended(step) if step.notice == id => Some(Step::Suspended),
        Event::NoticeResumed(step) if step.notice == id => Some(Step::Resumed),
        _ => None,
    }
}

/// Put off to a day, or to the day on which it is taken up again, if that is later.
fn extended(notice: &mut Notice, steps: &[(&Act, Step)]) {
    let mut extensions = steps.iter().enumerate().filter_map(|(at, (act, step))| match step {
        Step::Extended(to) => Some((at, *act, *to)),
        _ => None,
    });
    let Some((at, act, to)) = extensions.next_back() else { return };
    reason(notice, "notice.extended", format!("put off {} to {}", act.date_words(), to.words()), &[act.seq]);
    if matches!(notice.standing, Standing::Suspended(_)) {
        notice.no_earlier_than = Some(to.earliest);
        return;
    }
    let resumed = steps.iter().skip(at).filter(|(_, step)| *step == Step::Resumed).map(|(act, _)| act.days());
    notice.ends = Some(resumed.fold(to, Span::later_of));
    notice.missing = None;
    notice.preposition = "on";
}

/// Suspended and perhaps taken up again. No text at hand says what a suspension does to the days that had run, so that each way is a reading.
fn suspended(place: Place, notice: &mut Notice, terms: &NoticeTerms, steps: &[(&Act, Step)]) {
    let Some((since, _)) = steps.first() else { return };
    let Some(ends) = notice.ends.filter(|ends| since.days().earliest < ends.latest) else { return };
    let left = (ends.earliest - since.days().latest).num_days().max(0);
    let left =
        format!("suspended {}, {} before it would have taken effect", since.date_words(), crate::obligation::days_words(left));
    reason(notice, "notice.suspended", left.clone(), &[since.seq]);
    let Some((resumed, _)) = steps.iter().rfind(|(_, step)| *step == Step::Resumed) else {
        notice.standing = Standing::Suspended(left);
        open(notice, "whether it is taken up again".into());
        return;
    };
    let (stop, go) = (since.days(), resumed.days());
    let ran_on = Some(ends.later_of(go));
    // A day that is not known may lie anywhere: what cannot be added to is no reading.
    let left = |from: chrono::NaiveDate, end: chrono::NaiveDate| (end - from).max(chrono::TimeDelta::zero());
    let stood_still = go
        .earliest
        .checked_add_signed(left(stop.latest, ends.earliest))
        .zip(go.latest.checked_add_signed(left(stop.earliest, ends.latest)))
        .map(|(earliest, latest)| Span { earliest, latest });
    let anew = Span::of_all(answers(place.counting, go, &terms.clause).iter().map(Answer::span));
    let readings = [("ran on", ran_on), ("stood still", stood_still), ("began anew", anew)];
    let words: Vec<String> =
        readings.iter().filter_map(|(what, span)| Some(format!("if its clock {what}: {}", (*span)?.words()))).collect();
    reason(notice, "notice.resumed", format!("taken up again {}; {}", resumed.date_words(), words.join("; ")), &[resumed.seq]);
    notice.ends = readings.into_iter().filter_map(|(_, span)| span).reduce(Span::hull);
    notice.missing = Some("whether its clock ran on, stood still or began anew while it was suspended".into());
}

/// What the depositary stated of a notice or of a consent.
pub(crate) fn stated_of<'a>(place: Place<'a>, id: &str) -> Option<(&'a Act, Span)> {
    place.last(|event| match event {
        Event::EffectStated(stated) if stated.of == id => {
            let (earliest, latest) = stated.effective.bounds()?;
            Some(Span { earliest, latest })
        }
        _ => None,
    })
}

/// The day that was stated fixes what is open. Where it is none of the days that the clause gives, neither is taken for the right one.
fn stated(place: Place, notice: &mut Notice) {
    let Some((act, stated)) = stated_of(place, &notice.id) else { return };
    notice.reckoned.stated = Some(stated);
    let id = notice.id.clone();
    let put_off = place.last(|event| match event {
        Event::NoticeExtended(extended) if extended.notice == id => Some(()),
        _ => None,
    });
    // What was stated before it was put off does not speak of the new day.
    if put_off.is_some_and(|(extension, ())| act.days().earliest < extension.days().earliest) {
        return;
    }
    if notice.standing != Standing::Running {
        return;
    }
    let text = format!("stated to take effect {}", stated.words());
    match notice.ends {
        // While a condition is open, the clause gives a least day; a day before that is not its day.
        None if notice.no_earlier_than.is_some_and(|least| stated.latest < least) => {
            let text = format!("{text}, sooner than the clause can give: {}", notice.ends_words());
            reason(notice, "notice.stated", text.clone(), &[act.seq]);
            notice.ends = notice.no_earlier_than.map(|least| stated.hull(Span::day(least)));
            notice.missing = Some(text);
        }
        Some(ends) if !ends.holds(stated) => {
            let text = format!("{text}, which the clause does not give: {}", notice.ends_words());
            reason(notice, "notice.stated", text.clone(), &[act.seq]);
            notice.ends = Some(ends.hull(stated));
            notice.missing = Some(text);
        }
        _ => {
            reason(notice, "notice.stated", text, &[act.seq]);
            notice.ends = Some(stated);
            notice.missing = None;
            notice.preposition = "on";
        }
    }
}

/// Taken back, which can be done until it takes effect (VCLT 68).
fn retracted(place: Place, notice: &mut Notice, given: &Act, terms: &NoticeTerms) {
    let id = notice.id.clone();
    let found = place.last(|event| match event {
        Event::NoticeRetracted(retracted) if retracted.notice == id => Some(retracted.accepted),
        _ => None,
    });
    let Some((act, accepted)) = found.filter(|(act, _)| act.days().latest >= given.days().earliest) else { return };
    let on = act.days();
    // While it is held, or hangs on a condition, it has not taken effect; while its day is open otherwise, it may have.
    let open_end = |earliest| Span { earliest, latest: chrono::NaiveDate::MAX };
    let effect = notice.ends.or(notice.no_earlier_than.filter(|_| !notice.waits).map(open_end));
    if effect.is_some_and(|effect| effect.latest <= on.earliest) && notice.standing == Standing::Running {
        let text = format!("taken back {}, when it had taken effect: too late", act.date_words());
        reason(notice, "notice.retracted", text, &[act.seq]);
        return;
    }
    reason(notice, "notice.retracted", format!("taken back {}", act.date_words()), &[act.seq]);
    if terms.retraction == Retraction::ByConsent && !accepted {
        open(notice, "whether the other side accepts that it is taken back".into());
    } else if effect.is_some_and(|effect| effect.earliest <= on.latest) && notice.standing == Standing::Running {
        open(notice, "whether it had taken effect when it was taken back".into());
    } else {
        notice.standing = Standing::Retracted(act.date_words());
        notice.missing = None;
    }
}
