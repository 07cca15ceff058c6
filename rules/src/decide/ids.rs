//! Ids that were left to the rules: which pending meeting was held, which power a notice exercises.

use chrono::{Days, NaiveDate};
use events::event::NoticeDrafted;
use events::terms::Provision;
use events::{DateSpec, Event};

use super::meetings::is_taken;
use super::proposal::Proposal;
use super::terms::body_fault;
use crate::fault::Fault;
use crate::register::{Act, Agreement, Known};

/// Fills in the ids that were left to the rules.
pub(super) fn complete(agreement: &Agreement, proposal: &mut Proposal) -> Result<(), Fault> {
    let (on, body) = (proposal.occurred_on.clone(), proposal.body.clone());
    match &mut proposal.event {
        Event::MeetingScheduled(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = free_meeting_id(agreement, &meeting.body, &meeting.on);
        }
        Event::MeetingHeld(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_met(agreement, &meeting.body, on.as_ref())?;
        }
        Event::MeetingInquorate(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_met(agreement, &meeting.body, on.as_ref())?;
        }
        Event::MeetingPostponed(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_pending(agreement, body.as_deref())?;
        }
        Event::MeetingCancelled(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_pending(agreement, body.as_deref())?;
        }
        Event::NoticeGiven(notice) => {
            if notice.power.is_empty() {
                let draft = drafts(agreement).find(|(_, draft)| draft.notice == notice.notice);
                notice.power = draft.map_or_else(|| the_power(agreement), |(_, draft)| Ok(draft.power.clone()))?;
            }
            if notice.notice.is_empty() {
                let draft = the_draft(agreement, &notice.by, &notice.power, on.as_ref());
                notice.notice = draft.cloned().unwrap_or_else(|| free_notice_id(agreement));
            }
        }
        Event::NoticeDrafted(draft) => {
            if draft.power.is_empty() {
                draft.power = the_power(agreement)?;
            }
            if draft.notice.is_empty() {
                draft.notice = free_notice_id(agreement);
            }
        }
        Event::DecisionTaken(decision) if decision.decision.is_empty() => {
            let free = |number: &usize| !is_taken(agreement, &format!("decision-{number}"));
            decision.decision = format!("decision-{}", (1..).find(free).unwrap_or_default());
        }
        Event::ConsentNotified(consent) if consent.consent.is_empty() => {
            let wanted = format!("consent-{}", consent.by);
            let ids: Vec<&String> = consent_ids(agreement).collect();
            let numbered = (2..).map(|number| format!("{wanted}-{number}"));
            consent.consent = std::iter::once(wanted.clone()).chain(numbered).find(|id| !ids.contains(&id)).unwrap_or_default();
        }
        event => {
            let is_statement = matches!(event, Event::EffectStated(_));
            if let Some(notice) = notice_of_mut(event).filter(|notice| notice.is_empty()) {
                let consents: Vec<&String> = consent_ids(agreement).filter(|_| is_statement).collect();
                *notice = match consents.as_slice() {
                    [one] if notice_ids(agreement).next().is_none() => (*one).clone(),
                    _ => the_notice(agreement)?,
                };
            }
        }
    }
    Ok(())
}

fn the_notice(agreement: &Agreement) -> Result<String, Fault> {
    let ids: Vec<&String> = notice_ids(agreement).collect();
    match ids.as_slice() {
        [one] => Ok((*one).clone()),
        [] if let Some(draft) = draft_ids(agreement).next() => {
            let fault = Fault::new("E0408", &["notice"], format!("`{draft}` is only drafted"));
            Err(fault.hint("record that it was given first"))
        }
        [] => {
            let what = format!("no notice of {} is recorded", agreement.id);
            Err(Fault::new("E0408", &["notice"], what).hint("record that it was given first"))
        }
        _ => Err(Fault::new("E0408", &["notice"], format!("which notice? {} has {}", agreement.id, ids.len())).hint("name it")),
    }
}

/// The notice that a later act speaks of; `effect.stated` may speak of a consent.
pub(super) fn notice_of(event: &Event) -> Option<&str> {
    match event {
        Event::NoticeReceived(received) => Some(&received.notice),
        Event::NoticeDispatched(step)
        | Event::NoticeDeposited(step)
        | Event::NoticeRegistered(step)
        | Event::NoticeSuspended(step)
        | Event::NoticeResumed(step)
        | Event::NoticeContested(step)
        | Event::NoticeUpheld(step)
        | Event::NoticeCured(step) => Some(&step.notice),
        Event::NoticeFoundDefective(found) => Some(&found.notice),
        Event::NoticeRetracted(retracted) => Some(&retracted.notice),
        Event::NoticeExtended(extended) => Some(&extended.notice),
        Event::EffectStated(stated) => Some(&stated.of),
        _ => None,
    }
}

pub(super) fn notice_of_mut(event: &mut Event) -> Option<&mut String> {
    match event {
        Event::NoticeReceived(received) => Some(&mut received.notice),
        Event::NoticeDispatched(step)
        | Event::NoticeDeposited(step)
        | Event::NoticeRegistered(step)
        | Event::NoticeSuspended(step)
        | Event::NoticeResumed(step)
        | Event::NoticeContested(step)
        | Event::NoticeUpheld(step)
        | Event::NoticeCured(step) => Some(&mut step.notice),
        Event::NoticeFoundDefective(found) => Some(&mut found.notice),
        Event::NoticeRetracted(retracted) => Some(&mut retracted.notice),
        Event::NoticeExtended(extended) => Some(&mut extended.notice),
        Event::EffectStated(stated) => Some(&mut stated.of),
        _ => None,
    }
}

pub(super) fn decision_ids(agreement: &Agreement) -> impl Iterator<Item = &String> {
    agreement.acts.iter().filter_map(|act| match &act.event {
        Event::DecisionTaken(decision) => Some(&decision.decision),
        _ => None,
    })
}

/// Notices that were drafted, given since or not.
pub(super) fn drafts(agreement: &Agreement) -> impl Iterator<Item = (&Act, &NoticeDrafted)> {
    agreement.acts.iter().filter_map(|act| match &act.event {
        Event::NoticeDrafted(draft) => Some((act, &**draft)),
        _ => None,
    })
}

pub(super) fn draft_ids(agreement: &Agreement) -> impl Iterator<Item = &String> {
    drafts(agreement).map(|(_, draft)| &draft.notice)
}

fn free_notice_id(agreement: &Agreement) -> String {
    let ids: Vec<&String> = notice_ids(agreement).chain(draft_ids(agreement)).collect();
    let free = |number: &usize| !ids.iter().any(|id| **id == format!("notice-{number}"));
    format!("notice-{}", (1..).find(free).unwrap_or_default())
}

/// The draft that is given now: the only one by that party for that power that was there on the day and was not given before.
fn the_draft<'a>(agreement: &'a Agreement, by: &str, power: &str, on: Option<&DateSpec>) -> Option<&'a String> {
    let given_by = on.and_then(DateSpec::latest).unwrap_or(NaiveDate::MAX);
    let is_open = |act: &Act, draft: &NoticeDrafted| {
        act.days().earliest <= given_by && !notice_ids(agreement).any(|given| *given == draft.notice)
    };
    let mut open = drafts(agreement).filter(|(act, draft)| draft.by == by && draft.power == power && is_open(act, draft));
    let (_, draft) = open.next()?;
    open.next().is_none().then_some(&draft.notice)
}

pub(super) fn consent_ids(agreement: &Agreement) -> impl Iterator<Item = &String> {
    agreement.acts.iter().filter_map(|act| match &act.event {
        Event::ConsentNotified(consent) => Some(&consent.consent),
        _ => None,
    })
}

fn free_meeting_id(agreement: &Agreement, body: &str, on: &DateSpec) -> String {
    let slug: String =
        on.to_string().chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '-' }).collect();
    let wanted = format!("{body}-on-{slug}");
    let taken = |id: &String| agreement.acts.iter().any(|act| meeting_of(&act.event) == Some(id.as_str()));
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

pub(super) fn meeting_of(event: &Event) -> Option<&str> {
    match event {
        Event::MeetingScheduled(meeting) => Some(&meeting.meeting),
        Event::MeetingHeld(meeting) => Some(&meeting.meeting),
        Event::MeetingPostponed(meeting) => Some(&meeting.meeting),
        Event::MeetingCancelled(meeting) => Some(&meeting.meeting),
        Event::MeetingInquorate(meeting) => Some(&meeting.meeting),
        _ => None,
    }
}

/// Whether nothing more can become of a meeting: it was held, called off, or met without its quorum.
pub(super) fn ends_meeting(event: &Event) -> bool {
    matches!(event, Event::MeetingHeld(_) | Event::MeetingCancelled(_) | Event::MeetingInquorate(_))
}

/// The meeting that a body had on a day: the one that was pending, or a new one.
fn the_met(agreement: &Agreement, body: &str, on: Option<&DateSpec>) -> Result<String, Fault> {
    match (pending(agreement, body, on).as_slice(), on) {
        ([], Some(on)) => Ok(free_meeting_id(agreement, body, on)),
        ([one], _) => Ok(one.clone()),
        (many, _) => Err(ambiguous_meeting(body, many)),
    }
}

/// Meetings of a body that are planned and not yet held or cancelled. A meeting held before it was planned was another one.
fn pending(agreement: &Agreement, body: &str, held_on: Option<&DateSpec>) -> Vec<String> {
    let over = |id: &str| agreement.acts.iter().any(|act| ends_meeting(&act.event) && meeting_of(&act.event) == Some(id));
    let held_by = held_on.and_then(DateSpec::latest).unwrap_or(NaiveDate::MAX);
    let mut pending: Vec<String> = Vec::new();
    for act in &agreement.acts {
        if let Event::MeetingScheduled(meeting) = &act.event
            && meeting.body == body
            && act.days().earliest <= held_by
            && held_on.is_none_or(|_| is_near(&meeting.on, held_by))
            && !over(&meeting.meeting)
            && !pending.contains(&meeting.meeting)
        {
            pending.push(meeting.meeting.clone());
        }
    }
    pending
}

/// A meeting that is held more than a month before its day is another one.
fn is_near(planned: &DateSpec, held_by: NaiveDate) -> bool {
    planned.earliest().and_then(|earliest| earliest.checked_sub_days(Days::new(31))).is_none_or(|first| first <= held_by)
}

fn the_pending(agreement: &Agreement, body: Option<&str>) -> Result<String, Fault> {
    let body = body.unwrap_or_default();
    if agreement.body(body).is_none() {
        return Err(body_fault(agreement, &["body"], body));
    }
    match pending(agreement, body, None).as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            Err(Fault::new("E0405", &["meeting"], format!("no meeting of `{body}` is planned"))
                .hint("record it as planned first"))
        }
        many => Err(ambiguous_meeting(body, many)),
    }
}

fn ambiguous_meeting(body: &str, many: &[String]) -> Fault {
    Fault::new("E0503", &["meeting"], format!("which meeting of `{body}`? {} are planned", many.len()))
        .hint(format!("name one: {}", many.join(", ")))
}

fn the_power(agreement: &Agreement) -> Result<String, Fault> {
    let is_exercised = |known: &&Known<Provision>| !known.value.terms.contains_key("when");
    let mut powers: Vec<&Known<Provision>> = agreement.provisions_of("termination").filter(is_exercised).collect();
    powers.extend(agreement.provisions_of("term").filter(|known| known.value.terms.contains_key("renewal")));
    match powers.as_slice() {
        [one] => Ok(one.value.id.clone()),
        [] => Err(Fault::new("E0409", &["power"], format!("no provision of {} gives a power to end it by notice", agreement.id))
            .hint("record the provision first, or record what happened as work reported")),
        many => {
            let ids: Vec<&str> = many.iter().map(|known| known.value.id.as_str()).collect();
            Err(Fault::new("E0503", &["power"], "which power does the notice exercise?")
                .hint(format!("name one: {}", ids.join(", "))))
        }
    }
}

pub(super) fn notice_ids(agreement: &Agreement) -> impl Iterator<Item = &String> {
    agreement.acts.iter().filter_map(|act| match &act.event {
        Event::NoticeGiven(notice) => Some(&notice.notice),
        _ => None,
    })
}
