//! From proposals to facts or a refusal. Nothing is written here: the caller appends what was decided, all of it or nothing.
//!
//! All faults of all proposals are found at once. What is already recorded in the same words is left out, so that importing a file
//! again adds only what is new in it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use events::Event;
use events::Uuid;
use events::alert::AlertFact;
use events::event::{MeetingCancelled, MeetingPostponed};
use events::record::{ALERTS, REGISTER, SourceRef};

use crate::fault::{Fault, nearest};
use crate::provision;
use crate::register::{Agreement, Fact, Known, Register};
use crate::rule_set::RuleSet;

mod acts;
mod ids;
mod meetings;
mod parties;
mod powers;
mod proposal;
mod sequel;
mod terms;
mod text;
mod words;

pub use proposal::{Decision, Proposal, Refusal, Today};

use acts::FirstDays;
use proposal::is_proposed;

/// What may be recorded, seen from a register on a day.
///
/// # Errors
/// Every fault of every proposal. Then nothing may be appended.
pub fn decide(
    register: &Register,
    proposals: &[Proposal],
    rules: &RuleSet,
    today: impl Into<Today>,
) -> Result<Decision, Vec<Refusal>> {
    let Today { day: today, late_after_days } = today.into();
    let (decision, refusals) = (Decision::default(), Vec::new());
    let mut desk = Desk { recorded: register, scratch: register.clone(), rules, today, late_after_days, decision, refusals };
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
struct Desk<'a> {
    recorded: &'a Register,
    scratch: Register,
    rules: &'a RuleSet,
    today: NaiveDate,
    late_after_days: Option<u32>,
    decision: Decision,
    refusals: Vec<Refusal>,
}

/// What the register says of a term that is proposed.
enum Held {
    Not,
    InTheseWords,
    InOthers,
}

impl Desk<'_> {
    fn refuse(&mut self, proposal: usize, fault: Fault) {
        self.refusals.push(Refusal { proposal, fault });
    }

    fn accept(&mut self, place: usize, proposal: Proposal) {
        let seq = u64::MAX - place as u64;
        let fact = Fact {
            seq,
            source: proposal.source.clone(),
            on: proposal.occurred_on.clone(),
            recorded_at: Utc.from_utc_datetime(&self.today.and_time(NaiveTime::MIN)),
            event: proposal.event.clone(),
        };
        if let Event::AgreementRecorded(terms) = &proposal.event {
            let known = Known { seq, recorded_at: fact.recorded_at, source: fact.source, value: (**terms).clone() };
            self.scratch.agreements.insert(proposal.agreement.clone(), Agreement::new(&proposal.agreement, known));
        } else if let Some(agreement) = self.scratch.agreements.get_mut(&proposal.agreement) {
            if let Some(target) = proposal.corrects {
                agreement.remove(target);
            }
            agreement.apply(fact);
            if !is_term(&proposal.event) {
                agreement.acts.sort();
            }
        }
        self.decision.facts.push((place, proposal));
    }

    fn take_term(&mut self, place: usize, proposal: &Proposal) {
        match self.held(proposal) {
            Held::InTheseWords => self.decision.already.push(place),
            Held::InOthers => self.refuse(place, terms::already_otherwise(proposal, self.recorded_as(proposal))),
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
            Event::AgreementRecorded(terms) => Some(*agreement.about() == **terms),
            Event::SourceRecorded(source) => agreement.source(&source.id).map(|known| *known == **source),
            Event::BodyRecorded(body) => agreement.body(&body.id).map(|known| *known == **body),
            Event::ProvisionRecorded(provision) => agreement.provision(&provision.id).map(|known| known.value == **provision),
            _ => None,
        };
        match same {
            None => Held::Not,
            Some(true) if self.recorded_as(proposal).is_some() => Held::InTheseWords,
            Some(_) => Held::InOthers,
        }
    }

    /// The record that holds a term of that id, if it stands in the log and not merely earlier in the same list.
    fn recorded_as(&self, proposal: &Proposal) -> Option<u64> {
        fn of<T>(known: &[Known<T>], is_it: impl Fn(&T) -> bool) -> Option<u64> {
            known.iter().find(|known| is_it(&known.value)).map(|known| known.seq)
        }
        let agreement = self.agreement(proposal)?;
        let seq = match &proposal.event {
            Event::AgreementRecorded(_) => Some(agreement.terms.seq),
            Event::SourceRecorded(source) => of(&agreement.sources, |known| known.id == source.id),
            Event::BodyRecorded(body) => of(&agreement.bodies, |known| known.id == body.id),
            Event::ProvisionRecorded(provision) => of(&agreement.provisions, |known| known.id == provision.id),
            _ => None,
        };
        seq.filter(|seq| !is_proposed(*seq))
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
            source.sha256 = digest(source).map(Into::into);
        }
        proposal
    }

    /// What is said of the register as a whole: by which rule set it goes.
    fn take_of_register(&mut self, place: usize, proposal: &Proposal) {
        let adopted = &self.scratch.adopted;
        let fault = match &proposal.event {
            Event::RulesAdopted(set) if adopted.last().is_some_and(|last| last.set == *set) => {
                return self.decision.already.push(place);
            }
            Event::RulesAdopted(_) => words::faults(proposal).into_iter().next(),
            Event::TextErased(_) => {
                acts::reason_fault(proposal, "an erasure").or_else(|| words::faults(proposal).into_iter().next())
            }
            Event::RecordCorrected(_) => {
                let standing = |seq: u64| adopted.iter().any(|adoption| adoption.seq == seq);
                let what = "there is no such record of the register itself, or it is reversed already";
                let unknown = || Fault::new("E0415", &["corrects"], what).hint("`obligo rules` shows which record adopted what");
                proposal.corrects.is_none_or(|seq| !standing(seq)).then(unknown)
            }
            _ => Some(self.unknown_agreement(proposal)),
        };
        match fault {
            Some(fault) => self.refuse(place, fault),
            None => self.decision.facts.push((place, proposal.clone())),
        }
    }

    /// What somebody says of alerts. What runs record is no proposal.
    fn take_of_alerts(&mut self, place: usize, proposal: &Proposal) {
        let ledger = &self.scratch.ledger;
        let known = |ids: &[Uuid]| ids.iter().all(|id| ledger.flag(*id).is_some_and(|flag| flag.withdrawn.is_none()));
        let gone = || {
            Some(Fault::new("E0415", &["alerts"], "there is no such alert, or it was withdrawn").hint("see obligo alerts list"))
        };
        let fault = match &proposal.event {
            Event::Alert(AlertFact::Acknowledged(fact)) if !known(&fact.alerts) => gone(),
            Event::Alert(AlertFact::Escalated(fact)) if !known(&fact.alerts) => gone(),
            Event::Alert(AlertFact::Snoozed(fact)) if !known(&fact.alerts) => gone(),
            Event::Alert(AlertFact::Snoozed(fact)) if fact.until.earliest().is_none_or(|until| until <= self.today) => {
                let what = format!("`{}` is not a day to come", fact.until);
                Some(Fault::new("E0303", &["until"], what).hint("name the first day on which it is told again, as in +7d"))
            }
            Event::Alert(AlertFact::Snoozed(_)) => acts::reason_fault(proposal, "putting an alert off"),
            Event::Alert(AlertFact::Acknowledged(_) | AlertFact::Escalated(_)) => None,
            Event::RecordCorrected(_) if proposal.corrects.is_some_and(|seq| ledger.was_said(seq)) => None,
            Event::RecordCorrected(_) => {
                let what = "there is no such record of what somebody said of alerts, or it is reversed already";
                let hint = "what a run recorded stands: the next run withdraws what is no longer owed";
                Some(Fault::new("E0415", &["corrects"], what).hint(hint))
            }
            _ => Some(self.unknown_agreement(proposal)),
        };
        match fault.or_else(|| words::faults(proposal).into_iter().next()) {
            Some(fault) => self.refuse(place, fault),
            None => self.decision.facts.push((place, proposal.clone())),
        }
    }

    fn check_references(&mut self, place: usize, proposal: &Proposal) {
        let Some(agreement) = self.agreement(proposal) else { return };
        let mut faults = terms::source_faults(agreement, proposal);
        faults.extend(words::faults(proposal));
        match &proposal.event {
            Event::AgreementRecorded(terms) => {
                faults.extend(terms::agreement_faults(&proposal.agreement, terms, &self.rules.almanac))
            }
            Event::ProvisionRecorded(provision) => {
                faults.extend(provision::check(provision));
                faults.extend(terms::provision_faults(agreement, provision));
            }
            _ => {}
        }
        faults.into_iter().for_each(|fault| self.refuse(place, fault));
    }

    fn take_act(&mut self, place: usize, proposal: &Proposal, first_days: &FirstDays) {
        if proposal.agreement == REGISTER {
            return self.take_of_register(place, proposal);
        }
        if proposal.agreement == ALERTS {
            return self.take_of_alerts(place, proposal);
        }
        let Some(agreement) = self.agreement(proposal) else {
            let fault = self.unknown_agreement(proposal);
            return self.refuse(place, fault);
        };
        // Without its meeting or notice, an act is not known well enough to be the same as another.
        let left_open = match &proposal.event {
            Event::MeetingPostponed(MeetingPostponed { meeting: id, .. })
            | Event::MeetingCancelled(MeetingCancelled { meeting: id }) => id.is_empty(),
            event => ids::notice_of(event).is_some_and(str::is_empty),
        };
        // Words that stand for a text that is gone are never the same as another text.
        let is_recorded = |agreement, proposal| !words::stand_for_another(proposal) && is_recorded(agreement, proposal);
        if !left_open && is_recorded(agreement, proposal) {
            return self.decision.already.push(place);
        }
        let mut proposal = self.with_digest(proposal.clone());
        let mut faults = terms::source_faults(agreement, &proposal);
        faults.extend(acts::date_faults(&proposal, self.today, first_days));
        // Of an agreement that is recorded by the same command, all that happened before is evidently told afterwards.
        let is_backlog = !self.recorded.agreements.contains_key(&proposal.agreement);
        let limit = self.late_after_days.filter(|_| !is_backlog);
        faults.extend(limit.and_then(|limit| acts::late_fault(&proposal, self.today, limit)));
        faults.extend(words::faults(&proposal));
        match ids::complete(agreement, &mut proposal) {
            Err(fault) => faults.push(fault),
            Ok(()) if is_recorded(agreement, &proposal) => return self.decision.already.push(place),
            Ok(()) => {
                let wrong = acts::act_faults(agreement, &proposal, self.rules, self.today);
                // What speaks of something unknown is told that alone.
                let sequel = wrong.is_empty().then(|| sequel::faults(agreement, &proposal, &self.rules.almanac));
                faults.extend(wrong.into_iter().chain(sequel.unwrap_or_default()));
            }
        }
        if faults.is_empty() {
            return self.accept(place, proposal);
        }
        faults.into_iter().for_each(|fault| self.refuse(place, fault));
    }
}

/// Which of later records rest on what is left out of `without`: each would be refused without it, and not with it. `later` are all the
/// records since, in their order.
pub fn resting(without: &Register, with: &Register, later: &[Proposal], rules: &RuleSet, today: NaiveDate) -> BTreeSet<usize> {
    let refused = |register: &Register| -> BTreeSet<usize> {
        let refusals = decide(register, later, rules, today).err().unwrap_or_default();
        refusals.into_iter().map(|refusal| refusal.proposal).collect()
    };
    &refused(without) - &refused(with)
}

/// The same act, from the same document, in the same words. An id that was left to the rules is not compared.
fn is_recorded(agreement: &Agreement, proposal: &Proposal) -> bool {
    let source = |source: Option<&SourceRef>| source.map(|source| (source.id.clone(), source.locator.clone()));
    agreement.acts.iter().any(|act| {
        act.on == proposal.occurred_on
            && source(act.source.as_deref()) == source(proposal.source.as_ref())
            && !is_proposed(act.seq)
            && same_event(&act.event, &proposal.event)
    })
}

/// The same fact, where an id that was left to the rules is not compared.
pub fn same_event(held: &Event, proposed: &Event) -> bool {
    let mut proposed = proposed.clone();
    match (&mut proposed, held) {
        (Event::MeetingHeld(new), Event::MeetingHeld(old)) if new.meeting.is_empty() => new.meeting.clone_from(&old.meeting),
        (Event::MeetingInquorate(new), Event::MeetingInquorate(old)) if new.meeting.is_empty() => {
            new.meeting.clone_from(&old.meeting)
        }
        (Event::MeetingPostponed(new), Event::MeetingPostponed(old)) if new.meeting.is_empty() => {
            new.meeting.clone_from(&old.meeting)
        }
        (Event::MeetingCancelled(new), Event::MeetingCancelled(old)) if new.meeting.is_empty() => {
            new.meeting.clone_from(&old.meeting)
        }
        (Event::MeetingScheduled(new), Event::MeetingScheduled(old)) if new.meeting.is_empty() => {
            new.meeting.clone_from(&old.meeting)
        }
        (Event::DecisionTaken(new), Event::DecisionTaken(old)) if new.decision.is_empty() => {
            new.decision.clone_from(&old.decision)
        }
        (Event::NoticeDrafted(new), Event::NoticeDrafted(old)) if new.notice.is_empty() => {
            new.notice.clone_from(&old.notice);
            new.power.clone_from(&old.power);
        }
        (Event::NoticeGiven(new), Event::NoticeGiven(old)) if new.notice.is_empty() => {
            new.notice.clone_from(&old.notice);
            new.power.clone_from(&old.power);
        }
        (Event::ConsentNotified(new), Event::ConsentNotified(old)) if new.consent.is_empty() => {
            new.consent.clone_from(&old.consent);
        }
        (new, old) => {
            if let (Some(new), Some(old)) = (ids::notice_of_mut(new).filter(|id| id.is_empty()), ids::notice_of(old)) {
                old.clone_into(new);
            }
        }
    }
    proposed == *held
}
