//! From proposals to facts or a refusal. Nothing is written here: the caller appends what was decided, all of it or nothing.
//!
//! All faults of all proposals are found at once. What is already recorded in the same words is left out, so that importing a file
//! again adds only what is new in it.

use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use events::event::{MeetingHeld, NoticeGiven};
use events::record::SourceRef;
use events::terms::{AgreementTerms, Force, Provision, Term};
use events::{DateSpec, Event};

use crate::docket::{EffectState, Kind, Line};
use crate::fault::{Fault, nearest};
use crate::obligation::Performance;
use crate::provision::{self, termination};
use crate::register::{Act, Agreement, Fact, Known, Register};
use crate::scene::Scene;
use crate::time::Regime;
use crate::time::recurrence::Reading;

/// A fact that someone wants to record.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The agreement it belongs to.
    pub agreement: String,
    /// The fact. Ids that the rules can give (of a meeting, a notice, a power) may be empty.
    pub event: Event,
    /// Legal time.
    pub occurred_on: Option<DateSpec>,
    /// The document it rests on, by its id within the agreement.
    pub source: Option<SourceRef>,
    /// In whose authority it is recorded.
    pub authority: Option<String>,
    /// Why, where a reason is owed.
    pub reason: Option<String>,
    /// The record that it reverses.
    pub corrects: Option<u64>,
    /// The body whose pending meeting is meant, where the meeting is not named.
    pub body: Option<String>,
}

impl Proposal {
    /// A fact with nothing said about it.
    pub fn new(agreement: &str, event: Event) -> Self {
        Proposal {
            agreement: agreement.into(),
            event,
            occurred_on: None,
            source: None,
            authority: None,
            reason: None,
            corrects: None,
            body: None,
        }
    }

    /// The same on a day.
    pub fn on(self, day: impl Into<DateSpec>) -> Self {
        Proposal { occurred_on: Some(day.into()), ..self }
    }
}

/// A fault, and the place of the proposal that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Place in the list of proposals.
    pub proposal: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is to be appended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// The proposals with every id filled in, and their place in the list handed in.
    pub facts: Vec<(usize, Proposal)>,
    /// Places of proposals that the register already holds in the same words.
    pub already: Vec<usize>,
}

/// What may be recorded, seen from a register on a day.
///
/// # Errors
/// Every fault of every proposal. Then nothing may be appended.
pub fn decide(register: &Register, proposals: &[Proposal], today: NaiveDate) -> Result<Decision, Vec<Refusal>> {
    let mut desk = Desk { scratch: register.clone(), today, decision: Decision::default(), refusals: Vec::new() };
    let is_term = |proposal: &Proposal| is_term(&proposal.event);
    for (place, proposal) in proposals.iter().enumerate().filter(|(_, proposal)| is_term(proposal)) {
        desk.take_term(place, proposal);
    }
    for (place, proposal) in proposals.iter().enumerate().filter(|(_, proposal)| is_term(proposal)) {
        desk.check_references(place, proposal);
    }
    let first_days = FirstDays::of(&desk.scratch, proposals);
    for (place, proposal) in proposals.iter().enumerate().filter(|(_, proposal)| !is_term(proposal)) {
        desk.take_act(place, proposal, &first_days);
    }
    desk.refusals.sort_by_key(|refusal| refusal.proposal);
    desk.decision.facts.sort_by_key(|(place, _)| *place);
    if desk.refusals.is_empty() { Ok(desk.decision) } else { Err(desk.refusals) }
}

fn is_term(event: &Event) -> bool {
    matches!(event, Event::AgreementRecorded(_) | Event::SourceRecorded(_) | Event::BodyRecorded(_) | Event::ProvisionRecorded(_))
}

/// The register as it would be with what was accepted so far.
struct Desk {
    scratch: Register,
    today: NaiveDate,
    decision: Decision,
    refusals: Vec<Refusal>,
}

/// What the register says of a term that is proposed.
enum Held {
    Not,
    InTheseWords,
    InOthers,
}

impl Desk {
    fn refuse(&mut self, proposal: usize, fault: Fault) {
        self.refusals.push(Refusal { proposal, fault });
    }

    fn accept(&mut self, place: usize, proposal: Proposal) {
        // Above every real `seq`, so that a reversal in the same list can only name what is recorded.
        let seq = u64::MAX - place as u64;
        let fact = Fact {
            seq,
            source: proposal.source.clone(),
            on: proposal.occurred_on.clone(),
            recorded_at: Utc.from_utc_datetime(&self.today.and_time(NaiveTime::MIN)),
            event: proposal.event.clone(),
        };
        if let Event::AgreementRecorded(terms) = &proposal.event {
            let known = Known { seq, source: fact.source, value: terms.clone() };
            self.scratch.agreements.insert(proposal.agreement.clone(), Agreement::new(&proposal.agreement, known));
        } else if let Some(agreement) = self.scratch.agreements.get_mut(&proposal.agreement) {
            if let Some(target) = proposal.corrects {
                agreement.remove(target);
            }
            agreement.apply(fact);
            if !is_term(&proposal.event) {
                agreement.sort();
            }
        }
        self.decision.facts.push((place, proposal));
    }

    fn take_term(&mut self, place: usize, proposal: &Proposal) {
        match self.held(proposal) {
            Held::InTheseWords => self.decision.already.push(place),
            Held::InOthers => self.refuse(place, already_otherwise(proposal)),
            Held::Not if self.agreement(proposal).is_none() && !matches!(proposal.event, Event::AgreementRecorded(_)) => {
                let fault = self.unknown_agreement(proposal);
                self.refuse(place, fault);
            }
            Held::Not => self.accept(place, self.with_digest(proposal.clone())),
        }
    }

    fn held(&self, proposal: &Proposal) -> Held {
        let Some(agreement) = self.agreement(proposal) else { return Held::Not };
        let same = match &proposal.event {
            Event::AgreementRecorded(terms) => Some(agreement.about() == terms),
            Event::SourceRecorded(source) => agreement.source(&source.id).map(|known| known == source),
            Event::BodyRecorded(body) => agreement.body(&body.id).map(|known| known == body),
            Event::ProvisionRecorded(provision) => agreement.provision(&provision.id).map(|known| known.value == *provision),
            _ => None,
        };
        match same {
            None => Held::Not,
            Some(true) if self.was_recorded(proposal) => Held::InTheseWords,
            Some(_) => Held::InOthers,
        }
    }

    /// Whether it stands in the log, and not merely earlier in the same list.
    fn was_recorded(&self, proposal: &Proposal) -> bool {
        let in_list = |seq: u64| seq > u64::MAX / 2;
        let Some(agreement) = self.agreement(proposal) else { return false };
        match &proposal.event {
            Event::AgreementRecorded(_) => !in_list(agreement.terms.seq),
            Event::SourceRecorded(source) => {
                !agreement.sources.iter().any(|known| known.value.id == source.id && in_list(known.seq))
            }
            Event::BodyRecorded(body) => !agreement.bodies.iter().any(|known| known.value.id == body.id && in_list(known.seq)),
            Event::ProvisionRecorded(provision) => !agreement.provision(&provision.id).is_some_and(|known| in_list(known.seq)),
            _ => false,
        }
    }

    fn agreement(&self, proposal: &Proposal) -> Option<&Agreement> {
        self.scratch.agreements.get(&proposal.agreement)
    }

    fn unknown_agreement(&self, proposal: &Proposal) -> Fault {
        let known = self.scratch.agreements.keys().map(String::as_str);
        Fault::new("E0502", &[], format!("agreement `{}` is not in the register", proposal.agreement))
            .hint(nearest(&proposal.agreement, known))
    }

    /// The digest of a source travels with every record that cites it.
    fn with_digest(&self, mut proposal: Proposal) -> Proposal {
        let digest = |source: &SourceRef| self.scratch.agreements.get(&proposal.agreement)?.source(&source.id)?.sha256.clone();
        if let Some(source) = &mut proposal.source {
            source.sha256 = digest(source);
        }
        proposal
    }

    fn check_references(&mut self, place: usize, proposal: &Proposal) {
        let Some(agreement) = self.agreement(proposal) else { return };
        let mut faults = source_faults(agreement, proposal);
        match &proposal.event {
            Event::AgreementRecorded(terms) => faults.extend(agreement_faults(&proposal.agreement, terms)),
            Event::ProvisionRecorded(provision) => {
                faults.extend(provision::check(provision));
                faults.extend(provision_faults(agreement, provision));
            }
            _ => {}
        }
        faults.into_iter().for_each(|fault| self.refuse(place, fault));
    }

    fn take_act(&mut self, place: usize, proposal: &Proposal, first_days: &FirstDays) {
        let Some(agreement) = self.agreement(proposal) else {
            let fault = self.unknown_agreement(proposal);
            return self.refuse(place, fault);
        };
        if is_recorded(agreement, proposal) {
            return self.decision.already.push(place);
        }
        let mut proposal = self.with_digest(proposal.clone());
        let mut faults = source_faults(agreement, &proposal);
        faults.extend(date_faults(&proposal, self.today, first_days));
        if let Err(fault) = complete(agreement, &mut proposal) {
            faults.push(fault);
        } else if !is_recorded(agreement, &proposal) {
            faults.extend(act_faults(agreement, &proposal, self.today));
        }
        if faults.is_empty() {
            return self.accept(place, proposal);
        }
        faults.into_iter().for_each(|fault| self.refuse(place, fault));
    }
}

fn already_otherwise(proposal: &Proposal) -> Fault {
    let (what, id) = match &proposal.event {
        Event::AgreementRecorded(_) => ("agreement", proposal.agreement.as_str()),
        Event::SourceRecorded(source) => ("source", source.id.as_str()),
        Event::BodyRecorded(body) => ("body", body.id.as_str()),
        Event::ProvisionRecorded(provision) => ("provision", provision.id.as_str()),
        _ => ("record", ""),
    };
    Fault::new("E0205", &["id"], format!("{what} `{id}` is there already, in other words or twice in this file"))
        .hint("give it an id of its own; a record that was wrong is reversed with `obligo record correction SEQ --reason TEXT`")
}

fn agreement_faults(id: &str, terms: &AgreementTerms) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !is_short_name(id) {
        faults.push(
            Fault::new("E0208", &["id"], format!("`{id}` is not a short name"))
                .hint("use lower-case letters, digits and hyphens, as in uk-kr-dp"),
        );
    }
    if Regime::named(&terms.reckoning).is_none() {
        let what = format!("`{}` is not a regime of counting periods", terms.reckoning);
        faults.push(Fault::new("E0204", &["reckoning"], what).hint(nearest(&terms.reckoning, Regime::KNOWN)));
    }
    if terms.parties.is_empty() {
        faults.push(Fault::new("E0202", &["party"], "no party is named").hint("add [[party]] with id and name"));
    }
    for (place, party) in terms.parties.iter().enumerate() {
        if terms.parties[..place].iter().any(|other| other.id == party.id) {
            faults.push(Fault::new("E0205", &["party"], format!("party `{}` stands twice", party.id)).hint("keep one"));
        }
    }
    faults
}

fn is_short_name(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-')
}

fn source_faults(agreement: &Agreement, proposal: &Proposal) -> Vec<Fault> {
    let unknown = proposal.source.as_ref().filter(|source| agreement.source(&source.id).is_none());
    let Some(source) = unknown else { return Vec::new() };
    let known = agreement.sources.iter().map(|known| known.value.id.as_str());
    vec![
        Fault::new("E0404", &["source"], format!("`{}` is not a source of {}", source.id, agreement.id))
            .hint(nearest(&source.id, known)),
    ]
}

fn provision_faults(agreement: &Agreement, provision: &Provision) -> Vec<Fault> {
    let mut faults = Vec::new();
    let may_be_anyone = matches!(provision.kind.as_str(), "termination" | "amendment");
    for (key, ids) in [("by", &provision.by), ("to", &provision.to)] {
        let anyone = |id: &String| may_be_anyone && (id == "either" || id == "any");
        faults.extend(ids.iter().filter(|id| !anyone(id)).filter_map(|id| party_fault(agreement, key, id)));
    }
    let body = provision.terms.get("body").and_then(Term::as_text).map(|body| (["body"].as_slice(), body));
    let when = provision.terms.get("when").and_then(Term::as_table);
    let of = when
        .filter(|when| when.get("act").and_then(Term::as_text) == Some("meeting-held"))
        .and_then(|when| when.get("of")?.as_text())
        .map(|of| (["when", "of"].as_slice(), of));
    for (at, id) in [body, of].into_iter().flatten().filter(|(_, id)| agreement.body(id).is_none()) {
        faults.push(body_fault(agreement, at, id));
    }
    if let Some(Term::List(ids)) = provision.terms.get("of").filter(|_| provision.kind == "survival") {
        let unknown = ids.iter().filter_map(Term::as_text).filter(|id| agreement.provision(id).is_none());
        faults.extend(unknown.map(|id| provision_fault(agreement, &["of"], id)));
    }
    if agreement.about().force == Force::Mixed && provision.force.is_none() && provision.kind != "statement" {
        let fault = Fault::new(
            "E0202",
            &["force"],
            "`force` is missing: the agreement is mixed, so each provision says whether it binds",
        );
        faults.push(fault.hint("add force = \"binding\" or \"non-binding\""));
    }
    faults
}

fn party_fault(agreement: &Agreement, key: &str, id: &str) -> Option<Fault> {
    let known = agreement.party_ids();
    let fault = || Fault::new("E0401", &[key], format!("`{id}` is not a party of {}", agreement.id));
    (!known.iter().any(|party| party == id)).then(|| fault().hint(nearest(id, known.iter().map(String::as_str))))
}

fn body_fault(agreement: &Agreement, at: &[&str], id: &str) -> Fault {
    let known = agreement.bodies.iter().map(|known| known.value.id.as_str());
    Fault::new("E0402", at, format!("`{id}` is not a body of {}", agreement.id)).hint(nearest(id, known))
}

fn provision_fault(agreement: &Agreement, at: &[&str], id: &str) -> Fault {
    let known = agreement.provisions.iter().map(|known| known.value.id.as_str());
    Fault::new("E0403", at, format!("`{id}` is not a provision of {}", agreement.id)).hint(nearest(id, known))
}

/// The same act, from the same document, in the same words. An id that was left to the rules is not compared.
fn is_recorded(agreement: &Agreement, proposal: &Proposal) -> bool {
    let source = |source: &Option<SourceRef>| source.as_ref().map(|source| (source.id.clone(), source.locator.clone()));
    agreement.acts.iter().any(|act| {
        act.on == proposal.occurred_on
            && source(&act.source) == source(&proposal.source)
            && act.seq <= u64::MAX / 2
            && same_event(&act.event, &proposal.event)
    })
}

fn same_event(held: &Event, proposed: &Event) -> bool {
    let mut proposed = proposed.clone();
    match (&mut proposed, held) {
        (Event::MeetingHeld(new), Event::MeetingHeld(old)) if new.meeting.is_empty() => new.meeting.clone_from(&old.meeting),
        (Event::MeetingScheduled(new), Event::MeetingScheduled(old)) if new.meeting.is_empty() => {
            new.meeting.clone_from(&old.meeting)
        }
        (Event::NoticeGiven(new), Event::NoticeGiven(old)) if new.notice.is_empty() => {
            new.notice.clone_from(&old.notice);
            new.power.clone_from(&old.power);
        }
        _ => {}
    }
    proposed == *held
}

/// The first day on which there was an agreement to act under, by agreement.
struct FirstDays(std::collections::BTreeMap<String, NaiveDate>);

impl FirstDays {
    fn of(register: &Register, proposals: &[Proposal]) -> Self {
        let mut days = std::collections::BTreeMap::new();
        let mut learn = |agreement: &str, event: &Event, on: Option<&DateSpec>| {
            let founds = matches!(
                event,
                Event::AgreementConcluded(_)
                    | Event::AgreementSigned(_)
                    | Event::AgreementLaunched(_)
                    | Event::AgreementTookEffect(_)
            );
            // A founding act without a first day bounds nothing.
            let day = on.and_then(DateSpec::earliest).unwrap_or(NaiveDate::MIN);
            if founds {
                days.entry(agreement.to_string()).and_modify(|first: &mut NaiveDate| *first = day.min(*first)).or_insert(day);
            }
        };
        for agreement in register.agreements.values() {
            agreement.acts.iter().for_each(|act| learn(&agreement.id, &act.event, act.on.as_ref()));
        }
        proposals.iter().for_each(|proposal| learn(&proposal.agreement, &proposal.event, proposal.occurred_on.as_ref()));
        FirstDays(days)
    }
}

fn date_faults(proposal: &Proposal, today: NaiveDate, first_days: &FirstDays) -> Vec<Fault> {
    let mut faults = Vec::new();
    let on = proposal.occurred_on.as_ref();
    if let Some(day) = on.and_then(DateSpec::earliest).filter(|day| *day > today) {
        let what = format!("`{day}` is after {today}: what has not happened cannot be recorded as an act");
        faults.push(
            Fault::new("E0407", &["on"], what)
                .hint("record a coming meeting as planned or tentative; correct the date otherwise"),
        );
    }
    let under_it = match &proposal.event {
        Event::MeetingScheduled(meeting) => meeting.on.latest(),
        Event::MeetingPostponed(meeting) => meeting.on.latest(),
        Event::MeetingHeld(_)
        | Event::DeliverableDelivered(_)
        | Event::ProjectBegun(_)
        | Event::WorkReported(_)
        | Event::PerformanceReported(_)
        | Event::NoticeGiven(_)
        | Event::NoticeReceived(_) => on.and_then(DateSpec::latest),
        _ => None,
    };
    if let (Some(day), Some(first)) = (under_it, first_days.0.get(&proposal.agreement))
        && day < *first
    {
        let what = format!("`{day}` is before the agreement: it was concluded, signed or launched on {first} at the earliest");
        faults.push(
            Fault::new("E0406", &["on"], what).hint("correct the date, or record the act under the agreement it belongs to"),
        );
    }
    faults
}

/// Fills in the ids that were left to the rules.
fn complete(agreement: &Agreement, proposal: &mut Proposal) -> Result<(), Fault> {
    let (on, body) = (proposal.occurred_on.clone(), proposal.body.clone());
    match &mut proposal.event {
        Event::MeetingScheduled(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = free_meeting_id(agreement, &meeting.body, &meeting.on);
        }
        Event::MeetingHeld(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = match (pending(agreement, &meeting.body, on.as_ref()).as_slice(), &on) {
                ([], Some(on)) => free_meeting_id(agreement, &meeting.body, on),
                ([one], _) => one.clone(),
                (many, _) => return Err(ambiguous_meeting(&meeting.body, many)),
            };
        }
        Event::MeetingPostponed(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_pending(agreement, body.as_deref())?;
        }
        Event::MeetingCancelled(meeting) if meeting.meeting.is_empty() => {
            meeting.meeting = the_pending(agreement, body.as_deref())?;
        }
        Event::NoticeGiven(notice) => {
            if notice.power.is_empty() {
                notice.power = the_power(agreement)?;
            }
            if notice.notice.is_empty() {
                let ids: Vec<&String> = notice_ids(agreement).collect();
                let free = |number: &usize| !ids.iter().any(|id| **id == format!("notice-{number}"));
                notice.notice = format!("notice-{}", (1..).find(free).unwrap_or_default());
            }
        }
        Event::NoticeReceived(received) if received.notice.is_empty() => {
            let ids: Vec<&String> = notice_ids(agreement).collect();
            received.notice = match ids.as_slice() {
                [one] => (*one).clone(),
                _ => {
                    return Err(Fault::new("E0408", &["notice"], format!("which notice? {} has {}", agreement.id, ids.len()))
                        .hint("name it"));
                }
            };
        }
        _ => {}
    }
    Ok(())
}

fn free_meeting_id(agreement: &Agreement, body: &str, on: &DateSpec) -> String {
    let slug: String =
        on.as_str().chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '-' }).collect();
    let wanted = format!("{body}-{slug}");
    let taken = |id: &String| agreement.acts.iter().any(|act| meeting_of(&act.event) == Some(id.as_str()));
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

fn meeting_of(event: &Event) -> Option<&str> {
    match event {
        Event::MeetingScheduled(meeting) => Some(&meeting.meeting),
        Event::MeetingHeld(meeting) => Some(&meeting.meeting),
        Event::MeetingPostponed(meeting) => Some(&meeting.meeting),
        Event::MeetingCancelled(meeting) => Some(&meeting.meeting),
        _ => None,
    }
}

/// Meetings of a body that are planned and not yet held or cancelled. A meeting held before it was planned was another one.
fn pending(agreement: &Agreement, body: &str, held_on: Option<&DateSpec>) -> Vec<String> {
    let over = |id: &str| {
        agreement.acts.iter().any(|act| {
            matches!(act.event, Event::MeetingHeld(_) | Event::MeetingCancelled(_)) && meeting_of(&act.event) == Some(id)
        })
    };
    let held_by = held_on.and_then(DateSpec::latest).unwrap_or(NaiveDate::MAX);
    let mut pending: Vec<String> = Vec::new();
    for act in &agreement.acts {
        if let Event::MeetingScheduled(meeting) = &act.event
            && meeting.body == body
            && act.days().earliest <= held_by
            && !over(&meeting.meeting)
            && !pending.contains(&meeting.meeting)
        {
            pending.push(meeting.meeting.clone());
        }
    }
    pending
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
    let powers: Vec<&Known<Provision>> = agreement.provisions_of("termination").collect();
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

fn notice_ids(agreement: &Agreement) -> impl Iterator<Item = &String> {
    agreement.acts.iter().filter_map(|act| match &act.event {
        Event::NoticeGiven(notice) => Some(&notice.notice),
        _ => None,
    })
}

/// What is wrong with an act whose ids are complete.
fn act_faults(agreement: &Agreement, proposal: &Proposal, today: NaiveDate) -> Vec<Fault> {
    match &proposal.event {
        Event::MeetingScheduled(meeting) => meeting_faults(agreement, &meeting.body, &meeting.meeting),
        Event::MeetingHeld(MeetingHeld { body, meeting, .. }) => meeting_faults(agreement, body, meeting),
        Event::MeetingPostponed(_) | Event::MeetingCancelled(_) => {
            let id = meeting_of(&proposal.event).unwrap_or_default();
            let planned = |act: &Act| matches!(&act.event, Event::MeetingScheduled(meeting) if meeting.meeting == id);
            let mut faults = Vec::new();
            if !agreement.acts.iter().any(planned) {
                let known = agreement.acts.iter().filter_map(|act| meeting_of(&act.event));
                faults.push(Fault::new("E0405", &["meeting"], format!("no meeting `{id}` is planned")).hint(nearest(id, known)));
            }
            faults.extend(over_fault(agreement, id));
            faults
        }
        Event::AnnouncementMade(done) | Event::DeliverableDelivered(done) | Event::WorkReported(done) => {
            let mut faults: Vec<Fault> = done.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
            let known = |id: &str| agreement.provisions.iter().any(|known| known.value.id == id || known.value.reference == id);
            faults
                .extend(done.provision.as_ref().filter(|id| !known(id)).map(|id| provision_fault(agreement, &["provision"], id)));
            faults
        }
        Event::PerformanceReported(done) => {
            let mut faults: Vec<Fault> = done.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
            faults.extend(instance_fault(agreement, &done.instance, today));
            faults
        }
        Event::NoticeGiven(notice) => notice_faults(agreement, proposal, notice),
        Event::NoticeReceived(received) => {
            let given = agreement
                .acts
                .iter()
                .find(|act| matches!(&act.event, Event::NoticeGiven(notice) if notice.notice == received.notice));
            match given {
                None => {
                    let what = format!("`{}` is not a notice of {}", received.notice, agreement.id);
                    vec![
                        Fault::new("E0408", &["notice"], what)
                            .hint(nearest(&received.notice, notice_ids(agreement).map(String::as_str))),
                    ]
                }
                Some(given) => receipt_fault(given.days().earliest, proposal.occurred_on.as_ref(), "on").into_iter().collect(),
            }
        }
        Event::ReadingChosen(chosen) => reading_fault(agreement, &chosen.provision, &chosen.reading).into_iter().collect(),
        Event::RecordCorrected(_) => correction_faults(agreement, proposal),
        _ => Vec::new(),
    }
}

fn meeting_faults(agreement: &Agreement, body: &str, meeting: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if agreement.body(body).is_none() {
        faults.push(body_fault(agreement, &["body"], body));
    }
    faults.extend(over_fault(agreement, meeting));
    faults
}

fn over_fault(agreement: &Agreement, meeting: &str) -> Option<Fault> {
    let over = agreement.acts.iter().find(|act| {
        matches!(act.event, Event::MeetingHeld(_) | Event::MeetingCancelled(_)) && meeting_of(&act.event) == Some(meeting)
    })?;
    let verb = if matches!(over.event, Event::MeetingHeld(_)) { "held" } else { "cancelled" };
    let what = format!("meeting `{meeting}` is recorded as {verb} {}", over.date_words());
    Some(Fault::new("E0410", &["meeting"], what).hint("name another meeting, or reverse that record first"))
}

fn instance_fault(agreement: &Agreement, instance: &str, today: NaiveDate) -> Option<Fault> {
    let mut register = Register::default();
    register.agreements.insert(agreement.id.clone(), agreement.clone());
    let docket = crate::assess::assess(&register, Vec::new(), today);
    let id = format!("{}/{instance}", agreement.id);
    let commitments = || docket.entries.iter().filter(|line| line.kind == Kind::Commitment).map(|line| line.id.as_str());
    match docket.line(&id) {
        None => Some(
            Fault::new("E0504", &["instance"], format!("`{id}` is not in the docket on {today}"))
                .hint(nearest(&id, commitments())),
        ),
        Some(Line { kind: Kind::Commitment, axes, .. }) if axes.performance == Performance::Complete => Some(
            Fault::new("E0411", &["instance"], format!("`{id}` is recorded as performed"))
                .hint("name the instance that was performed, or reverse that record first"),
        ),
        Some(Line { kind: Kind::Commitment, .. }) => None,
        Some(Line { kind: Kind::MeetingCycle | Kind::Meeting, .. }) => Some(
            Fault::new("E0504", &["instance"], format!("`{id}` is met by a meeting"))
                .hint(format!("obligo record meeting {} --body BODY --held DATE", agreement.id)),
        ),
        Some(_) => Some(
            Fault::new("E0504", &["instance"], format!("`{id}` is nothing that is performed")).hint(nearest(&id, commitments())),
        ),
    }
}

fn notice_faults(agreement: &Agreement, proposal: &Proposal, notice: &NoticeGiven) -> Vec<Fault> {
    let mut faults: Vec<Fault> = party_fault(agreement, "by", &notice.by).into_iter().collect();
    let power = agreement.provision(&notice.power).filter(|known| known.value.kind == "termination");
    match power {
        None => faults.push(provision_fault(agreement, &["power"], &notice.power)),
        Some(known) => {
            let holders = &known.value.by;
            let anyone = holders.iter().any(|id| id == "either" || id == "any");
            if faults.is_empty() && !anyone && !holders.contains(&notice.by) {
                let what = format!("`{}` does not hold the power of {}", notice.by, known.value.reference);
                faults.push(Fault::new("E0401", &["by"], what).hint(format!("held by {}", holders.join(", "))));
            }
            if termination::clause(&known.value).is_none() {
                let what = format!("the text of {} does not say how long notice must be", known.value.reference);
                faults.push(Fault::new("E0409", &["power"], what).hint("record what it says first"));
            }
        }
    }
    if notice_ids(agreement).any(|id| *id == notice.notice) {
        faults.push(
            Fault::new("E0205", &["notice"], format!("notice `{}` is there already", notice.notice))
                .hint("give it an id of its own"),
        );
    }
    if let Some(given) = proposal.occurred_on.as_ref() {
        let given_on = given.earliest().unwrap_or(NaiveDate::MIN);
        faults.extend(receipt_fault(given_on, notice.received.as_ref(), "received"));
        let day = given.latest().unwrap_or(given_on);
        let state = Scene::new(agreement, day).effect.state;
        if !matches!(state, EffectState::InEffect | EffectState::InForce | EffectState::Undetermined) {
            let what =
                format!("on {day} the agreement was {}: there was nothing to end by notice", state.word().replace('_', " "));
            faults.push(Fault::new("E0412", &["on"], what).hint("record its coming into effect first, or correct the date"));
        }
    }
    faults
}

fn receipt_fault(given: NaiveDate, received: Option<&DateSpec>, key: &str) -> Option<Fault> {
    let received = received?;
    (received.latest()? < given).then(|| {
        Fault::new("E0413", &[key], format!("`{received}` is before the day the notice was given, {given}"))
            .hint("a notice is received on the day it is given or later")
    })
}

fn reading_fault(agreement: &Agreement, provision: &str, reading: &str) -> Option<Fault> {
    let Some(known) = agreement.provision(provision) else { return Some(provision_fault(agreement, &["provision"], provision)) };
    let readings: Vec<&str> = match known.value.kind.as_str() {
        "meeting-series" => match known.value.terms.get("every").and_then(Term::as_text).and_then(|every| every.parse().ok()) {
            Some(every) => [Reading::CalendarPeriod, Reading::Rolling].map(|one| one.name(every)).to_vec(),
            None => Vec::new(),
        },
        "termination" if termination::clause(&known.value).is_some_and(|clause| clause.counted_from.is_none()) => {
            vec!["given", "received"]
        }
        _ => Vec::new(),
    };
    let fault = |what: String| Fault::new("E0414", &["reading"], what);
    if readings.is_empty() {
        return Some(fault(format!("provision `{provision}` has one reading")).hint("there is nothing to choose"));
    }
    (!readings.contains(&reading))
        .then(|| fault(format!("`{reading}` is not a reading of `{provision}`")).hint(nearest(reading, readings.iter().copied())))
}

fn correction_faults(agreement: &Agreement, proposal: &Proposal) -> Vec<Fault> {
    let mut faults = Vec::new();
    let target = proposal.corrects.unwrap_or_default();
    if !agreement.has_record(target) || target > u64::MAX / 2 {
        let what = format!("record {target} is not a standing record of {} that can be reversed", agreement.id);
        faults.push(Fault::new("E0415", &["corrects"], what).hint(format!("see `obligo log {}`", agreement.id)));
    }
    if proposal.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        faults.push(Fault::new("E0416", &["reason"], "a reversal needs a reason").hint("say why with --reason"));
    }
    faults
}
