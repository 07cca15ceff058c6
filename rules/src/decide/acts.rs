//! What is wrong with an act: its dates, and what it speaks of.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::event::{AssumptionMade, NoticeGiven, PerformanceReported, PowerExercised};
use events::terms::{Force, Provision, Term, Terms};
use events::{DateSpec, Event};

use super::ids::{consent_ids, decision_ids, draft_ids, ends_meeting, meeting_of, notice_ids, notice_of};
use super::proposal::{Proposal, is_proposed};
use super::terms::{body_fault, party_fault, provision_fault};
use super::{meetings, parties, powers, text};
use crate::docket::{Docket, EffectState, Kind, Line};
use crate::fault::{Fault, nearest};
use crate::notice::{self, Standing};
use crate::obligation::{Assessment, Axes, Existence, Performance, Timeliness};
use crate::participation::{self, Part};
use crate::provision::{consultation, power};
use crate::register::{Act, Agreement, Register};
use crate::rule_set::RuleSet;
use crate::scene::Scene;
use crate::time::recurrence::{Reading, fits_the_calendar};
use crate::versions;

/// The first day on which there was an agreement to act under, by agreement.
pub(super) struct FirstDays(BTreeMap<String, NaiveDate>);

impl FirstDays {
    pub fn of(register: &Register, proposals: &[Proposal]) -> Self {
        let mut days = BTreeMap::new();
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
        // What is reversed in the same list bounds nothing.
        let is_reversed = |seq: u64| proposals.iter().any(|proposal| proposal.corrects == Some(seq));
        for agreement in register.agreements.values() {
            agreement
                .acts
                .iter()
                .filter(|act| !is_reversed(act.seq))
                .for_each(|act| learn(&agreement.id, &act.event, act.on.as_ref()));
        }
        proposals.iter().for_each(|proposal| learn(&proposal.agreement, &proposal.event, proposal.occurred_on.as_ref()));
        FirstDays(days)
    }
}

pub(super) fn date_faults(proposal: &Proposal, today: NaiveDate, first_days: &FirstDays) -> Vec<Fault> {
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
        // What makes it an agreement; what may come before it; what speaks of the record and not of the agreement.
        Event::AgreementAnnounced(_)
        | Event::AgreementConcluded(_)
        | Event::AgreementSigned(_)
        | Event::AgreementLaunched(_)
        | Event::AgreementTookEffect(_)
        | Event::AgreementProvisionallyApplied(_)
        | Event::ConsentNotified(_)
        | Event::ReservationMade(_)
        | Event::ReservationWithdrawn(_)
        | Event::AnnouncementMade(_)
        | Event::MeetingCancelled(_)
        | Event::ConditionEstablished(_)
        | Event::AssumptionMade(_)
        | Event::ReadingChosen(_)
        | Event::RecordCorrected(_)
        | Event::RulesAdopted(_)
        | Event::TextErased(_)
        | Event::Alert(_) => None,
        _ => on.and_then(DateSpec::latest),
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

/// An act that is told long after its day, without saying why. How late a day is that is not known well cannot be told.
pub(super) fn late_fault(proposal: &Proposal, today: NaiveDate, limit: u32) -> Option<Fault> {
    let is_told = proposal.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    if is_told || matches!(proposal.event, Event::RecordCorrected(_)) {
        return None;
    }
    let day = proposal.occurred_on.as_ref().filter(|on| !on.is_approximate())?.latest()?;
    let days = (today - day).num_days();
    (days > i64::from(limit)).then(|| {
        let what =
            format!("`{day}` is {days} days before {today}, the day of recording: more than {limit} days late needs a reason");
        Fault::new("E0423", &["on"], what)
            .hint("say with --reason (`reason = …` in a file) why it is recorded only now, or correct the date")
    })
}

/// What is wrong with an act whose ids are complete.
pub(super) fn act_faults(recorded: &Agreement, proposal: &Proposal, rules: &RuleSet, today: NaiveDate) -> Vec<Fault> {
    let docket = &Standpoint { agreement: recorded, rules, today, docket: OnceCell::new() };
    // The text and the parties as they were on the day of the act; what is agreed for later is known from that day on.
    let day = proposal.occurred_on.as_ref().and_then(DateSpec::latest).map_or(today, |day| day.min(today));
    let agreement = &*versions::on(recorded, day);
    match &proposal.event {
        Event::MeetingScheduled(meeting) => meeting_faults(agreement, &meeting.body, &meeting.meeting),
        Event::MeetingHeld(held) => {
            let mut faults = meeting_faults(agreement, &held.body, &held.meeting);
            faults.extend(meetings::counted_faults(docket, held));
            faults
        }
        Event::DecisionTaken(decision) => meetings::decision_faults(agreement, decision, proposal.occurred_on.as_ref()),
        Event::MinutesAdopted(minutes) => {
            meetings::minutes_fault(agreement, minutes, proposal.occurred_on.as_ref()).into_iter().collect()
        }
        Event::MeetingInquorate(met) => meeting_faults(agreement, &met.body, &met.meeting),
        Event::MeetingPostponed(_) | Event::MeetingCancelled(_) => {
            let id = meeting_of(&proposal.event).unwrap_or_default();
            let planned = |act: &Act| matches!(&act.event, Event::MeetingScheduled(meeting) if meeting.meeting == id);
            let mut faults = Vec::new();
            if !agreement.acts.iter().any(planned) {
                let planned = agreement.acts.iter().filter(|act| matches!(act.event, Event::MeetingScheduled(_)));
                let known = planned.filter_map(|act| meeting_of(&act.event)).filter(|id| over_fault(agreement, id).is_none());
                faults.push(Fault::new("E0405", &["meeting"], format!("no meeting `{id}` is planned")).hint(nearest(id, known)));
            }
            faults.extend(over_fault(agreement, id));
            faults
        }
        Event::AnnouncementMade(done) | Event::DeliverableDelivered(done) | Event::WorkReported(done) => {
            let mut faults: Vec<Fault> = done.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
            let known = |id: &str| {
                let of_text = agreement.provisions.iter().any(|known| known.value.id == id || known.value.reference == id);
                of_text || decision_ids(agreement).any(|known| known == id)
            };
            faults
                .extend(done.provision.as_ref().filter(|id| !known(id)).map(|id| provision_fault(agreement, &["provision"], id)));
            faults
        }
        Event::PerformanceReported(done) => {
            let mut faults: Vec<Fault> = done.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
            faults.extend(done.asserted_by.iter().filter_map(|id| party_fault(agreement, "asserted_by", id)));
            // What was done before its time was over may be recorded afterwards.
            let was_in_time =
                proposal.occurred_on.as_ref().and_then(DateSpec::earliest).filter(|_| is_lapsed(docket, &done.instance));
            let then =
                was_in_time.map(|day| Standpoint { agreement: recorded, rules, today: day.min(today), docket: OnceCell::new() });
            faults.extend(instance_fault(then.as_ref().unwrap_or(docket), &done.instance, &done.by));
            faults.extend(part_fault(docket, done));
            faults
        }
        Event::ProjectBegun(project) => {
            let is_same = |act: &Act| matches!(&act.event, Event::ProjectBegun(known) if known.project == project.project);
            let fault = || Fault::new("E0205", &["project"], format!("project `{}` is there already", project.project));
            agreement.acts.iter().any(is_same).then(|| fault().hint("give it an id of its own")).into_iter().collect()
        }
        Event::NoticeDrafted(draft) => powers::draft_faults(agreement, draft),
        Event::PowerWaived(waived) => powers::waiver_faults(agreement, waived, proposal.occurred_on.as_ref()),
        Event::PowerExercised(exercised) => powers::exercise_faults(docket, agreement, exercised, proposal.occurred_on.as_ref()),
        Event::NoticeGiven(notice) => notice_faults(docket, agreement, proposal, notice),
        Event::ExtensionGranted(extension) => {
            let mut faults = owed_faults(docket, &extension.instance, &extension.by);
            let due = commitment(docket, &extension.instance).and_then(|line| line.due.latest);
            let to = extension.to.deadline().map(|(_, latest)| latest);
            if let (Some(due), Some(to)) = (due, to)
                && to <= due
            {
                let what = format!("`{}` is no later than {due}, the day by which it is due", extension.to);
                faults
                    .push(Fault::new("E0421", &["to"], what).hint("an extension gives a later day; set another date otherwise"));
            }
            faults
        }
        Event::DueDateSet(set) => {
            let mut faults = owed_faults(docket, &set.instance, &[]);
            let said = proposal.occurred_on.as_ref().and_then(DateSpec::earliest);
            if let (Some(said), Some(to)) = (said, set.on.latest())
                && to < said
            {
                let what = format!("`{}` lies before {said}, the day on which it was set", set.on);
                faults.push(Fault::new("E0421", &["date"], what).hint("a date is set for a day to come; correct one of the two"));
            }
            faults
        }
        Event::ObligationReleased(released) => owed_faults(docket, &released.instance, &[]),
        Event::ImpossibilityAccepted(accepted) => owed_faults(docket, &accepted.instance, &[]),
        Event::WaiverGranted(waiver) if waiver.all_from => {
            let known = agreement.provision(&waiver.of);
            let mut faults: Vec<Fault> = waiver.by.iter().filter_map(|id| party_fault(agreement, "by", id)).collect();
            faults.extend(known.is_none().then(|| provision_fault(agreement, &["of"], &waiver.of)));
            faults
        }
        Event::WaiverGranted(waiver) => owed_faults(docket, &waiver.of, &waiver.by),
        Event::BreachDetermined(breach) => match commitment(docket, &breach.instance) {
            Some(line) if line.force == Force::NonBinding => {
                let what = format!("`{}` is a political commitment: it can be unmet, and not breached", line.id);
                vec![Fault::new("E0411", &["instance"], what).hint("record what was said as an announcement")]
            }
            // What was done late, or not at all, may be found a breach; what was given up was not owed.
            Some(line) if is_settled(line) => {
                let what = format!("`{}` is {}: there is nothing that could be breached", line.id, line.label);
                vec![Fault::new("E0411", &["instance"], what).hint("name an instance that is owed, or reverse that record first")]
            }
            Some(_) => Vec::new(),
            None => owed_faults(docket, &breach.instance, &[]),
        },
        Event::AssessmentMade(made) => match commitment(docket, &made.instance) {
            Some(line) if line.axes.assessment == Assessment::Unassessed => {
                let what = format!("no performance of `{}` is recorded that could be assessed", line.id);
                vec![Fault::new("E0411", &["instance"], what).hint("record the performance first")]
            }
            Some(line) if line.by.contains(&made.by) && !line.to.contains(&made.by) => {
                let what = format!("`{}` owes `{}`: what it did is not its own to assess", made.by, line.id);
                vec![Fault::new("E0401", &["by"], what).hint(format!("owed to {}", line.to.join(", ")))]
            }
            Some(_) => Vec::new(),
            None => owed_faults(docket, &made.instance, &[]),
        },
        Event::IncidentReported(incident) if agreement.provision(&incident.provision).is_none() => {
            vec![provision_fault(agreement, &["provision"], &incident.provision)]
        }
        Event::AgreementSuspended(suspended) => {
            let strangers = suspended.parties.iter().filter_map(|id| party_fault(agreement, "parties", id));
            unknown_provisions(agreement, &suspended.provisions).into_iter().chain(strangers).collect()
        }
        Event::ProvisionAmended(amended) => text::amendment_faults(recorded, amended),
        Event::ProvisionAdded(added) => text::addition_faults(recorded, added),
        Event::ProvisionRepealed(repealed) => text::repeal_faults(recorded, repealed),
        Event::PartyRenamed(renamed) => parties::renaming_faults(agreement, renamed),
        Event::PartySucceeded(succeeded) => parties::succession_faults(agreement, succeeded),
        Event::ReservationMade(made) => parties::reservation_faults(agreement, made),
        Event::ReservationWithdrawn(withdrawn) => {
            parties::withdrawal_faults(recorded, agreement, withdrawn, proposal.occurred_on.as_ref())
        }
        Event::AgreementResumed(resumed) => unknown_provisions(agreement, &resumed.provisions),
        Event::AgreementSuperseded(superseded) => unknown_provisions(agreement, &superseded.provisions),
        Event::CycleExcused(excused) => cycle_fault(docket, &excused.cycle).into_iter().collect(),
        Event::AssumptionMade(assumption) => assumption_fault(agreement, assumption).into_iter().collect(),
        Event::ConsentNotified(consent) => {
            let taken = consent_ids(agreement).chain(notice_ids(agreement)).any(|id| *id == consent.consent);
            let fault = || Fault::new("E0205", &["consent"], format!("consent `{}` is there already", consent.consent));
            let taken = taken.then(|| fault().hint("give it an id of its own"));
            party_fault(agreement, "by", &consent.by).into_iter().chain(taken).collect()
        }
        Event::AgreementRenewed(_) if agreement.provisions_of("term").all(|known| !known.value.terms.contains_key("length")) => {
            let what = format!("no provision of {} gives it a term that could be renewed", agreement.id);
            vec![Fault::new("E0420", &["until"], what).hint("record its term first")]
        }
        Event::ConditionEstablished(condition) => {
            let mut faults: Vec<Fault> = condition.of.iter().filter_map(|of| party_fault(agreement, "of", of)).collect();
            faults.extend(condition_fault(agreement, &condition.condition));
            faults
        }
        event if let Some(notice) = notice_of(event) => step_faults(docket, agreement, proposal, notice),
        Event::ReadingChosen(chosen) => reading_fault(agreement, &chosen.provision, &chosen.reading).into_iter().collect(),
        Event::RecordCorrected(_) => correction_faults(agreement, proposal),
        Event::TextErased(_) => reason_fault(proposal, "an erasure").into_iter().collect(),
        _ => Vec::new(),
    }
}

fn meeting_faults(agreement: &Agreement, body: &str, meeting: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if agreement.body(body).is_none() {
        faults.push(body_fault(agreement, &["body"], body));
    }
    faults.extend(over_fault(agreement, meeting));
    faults.extend(taken_fault(agreement, meeting));
    faults
}

/// Ids of meetings, cycles and provisions stand in one list: a meeting is called after neither of the others.
fn taken_fault(agreement: &Agreement, meeting: &str) -> Option<Fault> {
    let cycle = |id: &str| {
        let key = meeting.strip_prefix(id).and_then(|rest| rest.strip_prefix('-'));
        key.is_some_and(|key| {
            (key.len() == 4 || key.len() == 10) && key.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        })
    };
    let of_cycle = agreement.bodies.iter().any(|known| known.value.id == meeting || cycle(&known.value.id));
    let of_provision = agreement.provision(meeting).is_some();
    let of_notice = notice_ids(agreement).chain(draft_ids(agreement)).any(|id| id == meeting) || meeting.starts_with("notice-");
    let of_decision = decision_ids(agreement).any(|id| id == meeting) || meeting.starts_with("decision-");
    (of_cycle || of_provision || of_notice || of_decision).then(|| {
        Fault::new("E0205", &["meeting"], format!("`{meeting}` is the id of something else here"))
            .hint("give the meeting an id of its own, as in council-3")
    })
}

fn over_fault(agreement: &Agreement, meeting: &str) -> Option<Fault> {
    let over = agreement.acts.iter().find(|act| ends_meeting(&act.event) && meeting_of(&act.event) == Some(meeting))?;
    let verb = match over.event {
        Event::MeetingHeld(_) => "held",
        Event::MeetingInquorate(_) => "inquorate",
        _ => "cancelled",
    };
    let what = format!("meeting `{meeting}` is recorded as {verb} {}", over.date_words());
    Some(Fault::new("E0410", &["meeting"], what).hint("name another meeting, or reverse that record first"))
}

/// One agreement as it stands on the day of the decision, derived once it is asked for.
pub(super) struct Standpoint<'a> {
    pub agreement: &'a Agreement,
    rules: &'a RuleSet,
    pub today: NaiveDate,
    docket: OnceCell<Docket>,
}

impl Standpoint<'_> {
    pub fn docket(&self) -> &Docket {
        self.docket.get_or_init(|| {
            let mut register = Register::default();
            register.agreements.insert(self.agreement.id.clone(), self.agreement.clone());
            crate::assess::assess(&register, Vec::new(), self.rules, self.today)
        })
    }

    /// Why a party cannot use a power on a day, if it cannot.
    pub fn hindrance(&self, exercised: &PowerExercised, day: NaiveDate) -> Option<String> {
        let seen = versions::on(self.agreement, day);
        let known = seen.provision(&exercised.power)?;
        power::hindrance(&Scene::new(&seen, &self.rules.almanac, day), known, &exercised.by)
    }

    pub fn line(&self, instance: &str) -> Option<&Line> {
        self.docket().line(&format!("{}/{instance}", self.agreement.id))
    }
}

/// The line of a commitment.
fn commitment<'a>(docket: &'a Standpoint, instance: &str) -> Option<&'a Line> {
    docket.line(instance).filter(|line| line.kind == Kind::Commitment)
}

/// Something that is done to an obligation which is owed: it is there, and those who give something up are those to whom it is owed.
fn owed_faults(docket: &Standpoint, instance: &str, by: &[String]) -> Vec<Fault> {
    let agreement = &docket.agreement.id;
    let Some(line) = commitment(docket, instance) else {
        let what = format!("`{agreement}/{instance}` is no commitment in the docket on {}", docket.today);
        return vec![Fault::new("E0504", &["instance"], what).hint(format!("`obligo status {agreement}` lists the commitments"))];
    };
    if line.axes.performance == Performance::Complete || matches!(line.axes.existence, Existence::Ended(_)) {
        let what = format!("`{}` is {}: there is nothing left to change", line.id, line.label);
        return vec![
            Fault::new("E0411", &["instance"], what).hint("name an instance that is owed, or reverse that record first"),
        ];
    }
    let not_owed = by.iter().filter(|party| !line.to.contains(party));
    not_owed
        .map(|party| {
            let what = format!("`{}` is not owed to `{party}`", line.id);
            Fault::new("E0401", &["by"], what).hint(format!("owed to {}", line.to.join(", ")))
        })
        .collect()
}

fn is_settled(line: &Line) -> bool {
    let late = matches!(line.axes.timeliness, Timeliness::Late { .. } | Timeliness::Undetermined);
    matches!(line.axes.existence, Existence::Ended(_)) && !late
}

pub(super) fn unknown_provisions(agreement: &Agreement, ids: &[String]) -> Vec<Fault> {
    let unknown = ids.iter().filter(|id| agreement.provision(id).is_none());
    unknown.map(|id| provision_fault(agreement, &["provisions"], id)).collect()
}

/// Only a cycle that is in the docket, and was not met, can be excused.
fn cycle_fault(docket: &Standpoint, cycle: &str) -> Option<Fault> {
    match docket.line(cycle).filter(|line| line.kind == Kind::MeetingCycle) {
        None => {
            let lines = docket.docket().entries.iter();
            let cycles = lines.filter(|line| line.kind == Kind::MeetingCycle).map(|line| line.id.as_str());
            let id = format!("{}/{cycle}", docket.agreement.id);
            let fault = Fault::new("E0504", &["cycle"], format!("`{id}` is no cycle in the docket on {}", docket.today));
            Some(fault.hint(nearest(&id, cycles)))
        }
        Some(line) if line.axes.performance == Performance::Complete => {
            let what = format!("`{}` is {}: there is nothing to excuse", line.id, line.label);
            Some(Fault::new("E0411", &["cycle"], what).hint("name a cycle that was not met"))
        }
        Some(_) => None,
    }
}

/// A default rule is taken where the text is silent, and only for a text that binds.
fn assumption_fault(agreement: &Agreement, assumption: &AssumptionMade) -> Option<Fault> {
    let Some(known) = agreement.provision(&assumption.provision) else {
        return Some(provision_fault(agreement, &["provision"], &assumption.provision));
    };
    let names = || notice::terms::DEFAULTS.iter().map(|(name, _)| *name);
    if !names().any(|name| name == assumption.rule) {
        let fault = Fault::new("E0422", &["rule"], format!("`{}` is not a default rule", assumption.rule));
        return Some(fault.hint(nearest(&assumption.rule, names())));
    }
    if agreement.force_of(&known.value) == Force::NonBinding {
        let what = "a default rule of the law of treaties says nothing of a text that does not bind";
        return Some(Fault::new("E0422", &["rule"], what).hint("what the text leaves open stays open"));
    }
    let is_silent = known.value.kind == "termination" && known.value.undetermined.is_some();
    (!is_silent).then(|| {
        let what = format!("{} is not silent: a default rule has no place", known.value.reference);
        Fault::new("E0422", &["provision"], what).hint("a default rule goes with a `termination` that is `undetermined`")
    })
}

/// A part that the provision does not know: a number where nothing is counted, a step that it does not name.
fn part_fault(standpoint: &Standpoint, done: &PerformanceReported) -> Option<Fault> {
    let reference = commitment(standpoint, &done.instance)?.provision.clone()?;
    // A decision serves a provision, and is not counted by what that counts.
    let is_decision = decision_ids(standpoint.agreement).any(|id| *id == done.instance);
    let known = standpoint.agreement.provisions.iter().find(|known| known.value.reference == reference)?;
    let terms = if is_decision { &Terms::new() } else { &known.value.terms };
    if let Some(milestone) = &done.milestone {
        let known: Vec<&str> = match terms.get("milestones") {
            Some(Term::List(steps)) => steps.iter().filter_map(Term::as_text).collect(),
            _ => Vec::new(),
        };
        if !known.contains(&milestone.as_str()) {
            let fault = Fault::new("E0204", &["milestone"], format!("`{milestone}` is not a milestone of {reference}"));
            let hint = if known.is_empty() { "it names none".into() } else { nearest(milestone, known.iter().copied()) };
            return Some(fault.hint(hint));
        }
    }
    let counts = terms.contains_key("quantity");
    (done.quantity.is_some() && !counts)
        .then(|| Fault::new("E0207", &["quantity"], format!("{reference} does not count in pieces")).hint("leave the number out"))
}

/// Whether its time was final, and has passed.
fn is_lapsed(standpoint: &Standpoint, instance: &str) -> bool {
    let lapsed = |line: &Line| line.because.iter().any(|reason| reason.rule == "commitment.lapsed");
    commitment(standpoint, instance).is_some_and(lapsed)
}

fn instance_fault(standpoint: &Standpoint, instance: &str, by: &[String]) -> Option<Fault> {
    let (docket, today) = (standpoint.docket(), standpoint.today);
    let agreement = standpoint.agreement;
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
        Some(Line { kind: Kind::Commitment, axes: Axes { existence: Existence::Dormant(until), .. }, .. }) => Some(
            Fault::new("E0411", &["instance"], format!("`{id}` is dormant {until}: there is nothing to perform yet"))
                .hint("record what it waits for first, or record the work done as `work`"),
        ),
        Some(Line { kind: Kind::Commitment, axes: Axes { existence: Existence::Ended(_), .. }, label, .. }) => Some(
            Fault::new("E0411", &["instance"], format!("`{id}` is {label}: it was not owed any more"))
                .hint("record the work done as `work`"),
        ),
        Some(line @ Line { kind: Kind::Commitment, .. }) => {
            // Who had the place of a party on the day of the act performed for whoever has it now.
            let seen = versions::on(agreement, today);
            let owes = |party: &&String| line.by.iter().any(|by| by == seen.holder(party));
            by.iter().find(|party| !owes(party)).map(|party| {
                let fault = Fault::new("E0401", &["by"], format!("`{party}` does not owe `{id}`"));
                fault.hint(format!("owed by {}", line.by.join(", ")))
            })
        }
        Some(Line { kind: Kind::MeetingCycle | Kind::Meeting, .. }) => Some(
            Fault::new("E0504", &["instance"], format!("`{id}` is met by a meeting"))
                .hint(format!("obligo record meeting {} --body BODY --held DATE", agreement.id)),
        ),
        Some(_) => Some(
            Fault::new("E0504", &["instance"], format!("`{id}` is nothing that is performed")).hint(nearest(&id, commitments())),
        ),
    }
}

fn notice_faults(docket: &Standpoint, agreement: &Agreement, proposal: &Proposal, notice: &NoticeGiven) -> Vec<Fault> {
    let mut faults = powers::holder_faults(agreement, &notice.power, &notice.by);
    faults.extend(powers::otherwise_drafted(agreement, proposal, notice));
    if notice_ids(agreement).any(|id| *id == notice.notice) {
        faults.push(
            Fault::new("E0205", &["notice"], format!("notice `{}` is there already", notice.notice))
                .hint("give it an id of its own"),
        );
    }
    faults.extend(notice.in_place_of.as_ref().and_then(|earlier| replacement_fault(agreement, proposal, notice, earlier)));
    if let Some(day) = proposal.occurred_on.as_ref().and_then(DateSpec::latest).filter(|_| faults.is_empty()) {
        let seen = versions::on(docket.agreement, day);
        let scene = Scene::new(&seen, &docket.rules.almanac, day);
        if let Some((left, _)) = participation::left(&scene, &notice.by).filter(|(left, _)| left.latest <= day) {
            let what = format!("`{}` left {}: it is a party no more, and has nothing to leave", notice.by, left.words());
            faults.push(Fault::new("E0412", &["by"], what).hint("record its new consent first, or correct the date"));
        } else if let Some(Part::Unbound(reason)) = scene.part(&notice.by) {
            let fault = Fault::new("E0412", &["by"], format!("{}: it has nothing to end or to leave", reason.text));
            faults.push(fault.hint("record its consent first, or correct the date"));
        }
    }
    faults.extend(powers::waived_fault(agreement, notice, proposal.occurred_on.as_ref()));
    if let Some(given) = proposal.occurred_on.as_ref() {
        let given_on = given.earliest().unwrap_or(NaiveDate::MIN);
        faults.extend(receipt_fault(given_on, notice.received.as_ref(), "received"));
        let day = given.latest().unwrap_or(given_on);
        let seen = versions::on(docket.agreement, day);
        let state = Scene::new(&seen, &docket.rules.almanac, day).effect.state;
        if !state.is_running() && state != EffectState::Undetermined {
            let what =
                format!("on {day} the agreement was {}: there was nothing to end by notice", state.word().replace('_', " "));
            faults.push(Fault::new("E0412", &["on"], what).hint("record its coming into effect first, or correct the date"));
        }
    }
    faults
}

/// A notice takes the place of an earlier one by the same party, or by whom that party has succeeded.
fn replacement_fault(agreement: &Agreement, proposal: &Proposal, notice: &NoticeGiven, earlier: &str) -> Option<Fault> {
    let found = agreement.acts.iter().find_map(|act| match &act.event {
        Event::NoticeGiven(given) if given.notice == earlier => Some((act, given)),
        _ => None,
    });
    let Some((act, given)) = found else { return Some(unknown_notice(agreement, "in_place_of", earlier, &[])) };
    let giver = agreement.holder(&given.by);
    if giver != agreement.holder(&notice.by) {
        let what = format!("`{earlier}` was given by {giver}: `{}` cannot give another in its place", notice.by);
        return Some(Fault::new("E0401", &["in_place_of"], what).hint("leave it out: each notice then stands for itself"));
    }
    let (first, last) = (act.days().earliest, proposal.occurred_on.as_ref()?.latest()?);
    (last < first).then(|| {
        let what = format!("`{last}` is before {first}, the day `{earlier}` was given");
        Fault::new("E0413", &["on"], what).hint("what takes the place of a notice comes after it: correct one of the two dates")
    })
}

/// There is no such notice, or only the draft of it.
fn unknown_notice(agreement: &Agreement, key: &'static str, notice: &str, others: &[&str]) -> Fault {
    if draft_ids(agreement).any(|id| id == notice) {
        return Fault::new("E0408", &[key], format!("`{notice}` is only drafted")).hint("record that it was given first");
    }
    let known = notice_ids(agreement).map(String::as_str).chain(others.iter().copied());
    Fault::new("E0408", &[key], format!("`{notice}` is not a notice of {}", agreement.id)).hint(nearest(notice, known))
}

/// What is wrong with an act that speaks of a notice: there is no such notice, or the act came before it or too late.
fn step_faults(docket: &Standpoint, agreement: &Agreement, proposal: &Proposal, notice: &str) -> Vec<Fault> {
    let is_given = |act: &&Act| matches!(&act.event, Event::NoticeGiven(given) if given.notice == notice);
    let on = proposal.occurred_on.as_ref();
    let Some(given) = agreement.acts.iter().find(is_given) else {
        let is_statement = matches!(proposal.event, Event::EffectStated(_));
        let by_itself = |act: &Act| match &act.event {
            Event::ConditionEstablished(condition) => {
                condition.of.as_ref().map_or(notice == "exit", |of| notice == format!("exit-{of}"))
            }
            _ => false,
        };
        let is_consent = consent_ids(agreement).any(|id| id == notice);
        if is_statement && (is_consent || agreement.acts.iter().any(by_itself)) {
            return Vec::new();
        }
        let consents: Vec<&str> = consent_ids(agreement).filter(|_| is_statement).map(String::as_str).collect();
        return vec![unknown_notice(agreement, "notice", notice, &consents)];
    };
    let ends_it = matches!(
        proposal.event,
        Event::NoticeRetracted(_) | Event::NoticeSuspended(_) | Event::NoticeExtended(_) | Event::NoticeResumed(_)
    );
    let mut faults: Vec<Fault> = before_notice_fault(given, &proposal.event, on).into_iter().collect();
    if let Event::NoticeReceived(received) = &proposal.event {
        let by = received.by.as_deref().filter(|by| *by != "depositary");
        faults.extend(by.and_then(|by| party_fault(agreement, "by", by)));
    }
    if let Some(day) = on.and_then(DateSpec::earliest).filter(|_| ends_it && faults.is_empty()) {
        let seen = versions::on(docket.agreement, day);
        let scene = Scene::new(&seen, &docket.rules.almanac, day);
        let found = scene.notices.iter().find(|known| known.id == notice && known.standing == Standing::Running);
        let ends = found.and_then(|found| found.ends);
        if let (Event::NoticeExtended(extended), Some(ends)) = (&proposal.event, ends)
            && extended.to.latest().is_some_and(|to| to <= ends.earliest)
        {
            let what = format!("`{}` is no later than the day on which it takes effect, {}", extended.to, ends.words());
            faults.push(Fault::new("E0421", &["to"], what).hint("an extension puts it off; nothing here brings it forward"));
        }
        let effective = ends.filter(|ends| ends.latest <= day);
        faults.extend(effective.map(|ends| {
            let what = format!("notice `{notice}` took effect {}: on {day} there was nothing left to change", ends.words());
            Fault::new("E0419", &["on"], what).hint("correct the date; what is agreed afterwards is a new agreement")
        }));
    }
    faults
}

/// A condition in words that no provision hangs on would do nothing, and nobody would see why.
fn condition_fault(agreement: &Agreement, words: &str) -> Option<Fault> {
    let known: Vec<&str> = agreement.provisions.iter().flat_map(|known| conditions(&known.value)).collect();
    let fault = || Fault::new("E0420", &["condition"], format!("no provision of {} hangs on `{words}`", agreement.id));
    (!known.contains(&words)).then(|| {
        fault().hint(if known.is_empty() { "there is none to name".into() } else { nearest(words, known.iter().copied()) })
    })
}

/// The conditions in words that a provision names.
fn conditions(provision: &Provision) -> impl Iterator<Item = &str> {
    let table = |key: &str| provision.terms.get(key).and_then(Term::as_table);
    let of_notice = [table("notice"), table("after")].into_iter().flatten();
    let in_notice = of_notice.flat_map(|terms| ["hold_while", "condition"].map(|key| terms.get(key)));
    let own = provision.terms.get("when").and_then(Term::as_text).or_else(|| consultation::when(provision));
    in_notice.flatten().filter_map(Term::as_text).chain(own)
}

fn receipt_fault(given: NaiveDate, received: Option<&DateSpec>, key: &str) -> Option<Fault> {
    let received = received?;
    (received.latest()? < given).then(|| {
        Fault::new("E0413", &[key], format!("`{received}` is before the day the notice was given, {given}"))
            .hint("a notice is received on the day it is given or later")
    })
}

/// An act that speaks of a notice on a day on which that had not been given.
fn before_notice_fault(given: &Act, event: &Event, on: Option<&DateSpec>) -> Option<Fault> {
    let (first, step) = (given.days().earliest, step_word(event));
    on?.latest().filter(|last| *last < first).map(|_| {
        let what =
            format!("`{}` is before the day the notice was given, {first}", on.map(ToString::to_string).unwrap_or_default());
        Fault::new("E0413", &["on"], what).hint(format!("a notice is {step} on the day it is given or later"))
    })
}

/// What is done to a notice by an act that speaks of it.
fn step_word(event: &Event) -> &'static str {
    match event {
        Event::NoticeReceived(_) => "received",
        Event::NoticeDispatched(_) => "dispatched",
        Event::NoticeDeposited(_) => "deposited",
        Event::NoticeRegistered(_) => "registered",
        Event::NoticeSuspended(_) => "suspended",
        Event::NoticeResumed(_) => "taken up again",
        Event::NoticeContested(_) => "objected to",
        Event::NoticeUpheld(_) => "upheld",
        Event::NoticeFoundDefective(_) => "found defective",
        Event::NoticeCured(_) => "cured",
        Event::NoticeRetracted(_) => "taken back",
        Event::NoticeExtended(_) => "put off",
        _ => "spoken of",
    }
}

fn reading_fault(agreement: &Agreement, provision: &str, reading: &str) -> Option<Fault> {
    let Some(known) = agreement.provision(provision) else { return Some(provision_fault(agreement, &["provision"], provision)) };
    let terms = &known.value.terms;
    let every = terms.get("every").and_then(Term::as_text).and_then(|every| every.parse().ok());
    let is_open = !terms.contains_key("reading");
    let by_notice = notice::terms::notice(&known.value).is_some_and(|terms| terms.is_open());
    let due = terms.get("due").and_then(Term::as_table);
    let without_anchor = due.is_some_and(|due| due.contains_key("each") && !due.contains_key("anchor"));
    let readings: Vec<&str> = match every.filter(|every| is_open && fits_the_calendar(*every)) {
        Some(every) => [Reading::CalendarPeriod, Reading::Rolling].map(|one| one.name(every)).to_vec(),
        None if without_anchor => vec!["schedule", "performance"],
        None if known.value.kind == "termination" && by_notice => vec!["given", "received"],
        None => Vec::new(),
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
    if !agreement.has_record(target) || is_proposed(target) {
        let what = format!("record {target} is not a standing record of {} that can be reversed", agreement.id);
        faults.push(Fault::new("E0415", &["corrects"], what).hint(format!("see `obligo log {}`", agreement.id)));
    }
    faults.extend(reason_fault(proposal, "a reversal"));
    faults
}

/// What takes something away says why.
pub(super) fn reason_fault(proposal: &Proposal, what: &str) -> Option<Fault> {
    let is_silent = proposal.reason.as_deref().is_none_or(|reason| reason.trim().is_empty());
    is_silent.then(|| Fault::new("E0416", &["reason"], format!("{what} needs a reason")).hint("say why with --reason"))
}
