//! From what was typed to what is proposed.

use std::path::Path;

use events::DateSpec;
use events::event::{
    Achievement, AgreementRenewed, AgreementResumed, AgreementSuperseded, AgreementSuspended, AgreementTerminated,
    AssessmentMade, AssumptionMade, BreachDetermined, Certainty, ConditionEstablished, ConsentNotified, CycleExcused,
    DecisionTaken, DueDateSet, EffectStated, Event, ExtensionGranted, ImpossibilityAccepted, IncidentReported,
    InvalidityEstablished, MeetingCancelled, MeetingHeld, MeetingInquorate, MeetingPostponed, MeetingScheduled, Milestone,
    MinutesAdopted, NoticeDrafted, NoticeExtended, NoticeFoundDefective, NoticeGiven, NoticeReceived, NoticeRetracted,
    NoticeStep, ObligationReleased, PartyRenamed, PartySucceeded, PerformanceReported, PowerExercised, PowerWaived, Project,
    ProvisionAdded, ProvisionAmended, ProvisionRepealed, ReadingChosen, ReservationMade, ReservationWithdrawn, WaiverGranted,
};
use events::log::Select;
use events::terms::{Source, Terms};
use events::{EventLog, codec};
use rules::decide::Proposal;
use rules::fault::Fault;

use super::act::{Act, Done, Meeting, MeetingAct, OfNotice, Step};
use super::evidence::{EvidenceFile, shown_by};
use crate::agreement_file;
use crate::app::App;
use crate::cli::args;
use crate::error::{Diagnostic, Error};

/// What is proposed, and the file that shows it, if one does.
pub fn proposal(act: Act, app: &App<impl EventLog>) -> Result<(Proposal, Option<EvidenceFile>), Error> {
    let mut file = None;
    let date = |text: &str| args::date(text, app.today);
    let optional = |text: Option<String>| text.map(|text| date(&text)).transpose();
    let step = |step: Step, event: fn(Milestone) -> Event| -> Result<Proposal, Error> {
        let milestone = Milestone { place: step.place, text: step.text };
        Ok(Proposal::new(&step.agreement, event(milestone)).on(date(&step.on)?))
    };
    let done = |done: Done, event: fn(Box<Achievement>) -> Event| -> Result<Proposal, Error> {
        let Done { agreement, on, text, by, provision, topics } = done;
        let achievement = Achievement { text, by, provision, meeting: None, topics };
        Ok(Proposal::new(&agreement, event(Box::new(achievement))).on(date(&on)?))
    };
    let proposal: Result<Proposal, Error> = match act {
        Act::Meeting(meeting) => meeting_proposal(meeting, &app.today.into(), date),
        Act::Notice { agreement, by, given, received, dispatched, stated, effective, power, notice, in_place_of } => {
            let said = |text: Option<String>| text.map(|text| date(&text)).transpose();
            let (received, dispatched) = (said(received)?, said(dispatched)?);
            let (stated, effective) = (said(stated)?, said(effective)?);
            let (notice, power) = (notice.unwrap_or_default(), power.unwrap_or_default());
            let given_notice = NoticeGiven { notice, by, power, received, dispatched, stated, effective, in_place_of };
            Ok(Proposal::new(&agreement, Event::NoticeGiven(Box::new(given_notice))).on(date(&given)?))
        }
        Act::NoticeDispatched(of) => notice_step(of, date, |notice| Event::NoticeDispatched(NoticeStep { notice })),
        Act::NoticeReceived { of, by } => notice_step(of, date, |notice| Event::NoticeReceived(NoticeReceived { notice, by })),
        Act::NoticeDeposited(of) => notice_step(of, date, |notice| Event::NoticeDeposited(NoticeStep { notice })),
        Act::NoticeRegistered(of) => notice_step(of, date, |notice| Event::NoticeRegistered(NoticeStep { notice })),
        Act::NoticeRetracted { of, accepted } => {
            notice_step(of, date, |notice| Event::NoticeRetracted(NoticeRetracted { notice, accepted }))
        }
        Act::NoticeSuspended(of) => notice_step(of, date, |notice| Event::NoticeSuspended(NoticeStep { notice })),
        Act::NoticeResumed(of) => notice_step(of, date, |notice| Event::NoticeResumed(NoticeStep { notice })),
        Act::NoticeExtended { of, to } => {
            let to = date(&to)?;
            notice_step(of, date, |notice| Event::NoticeExtended(NoticeExtended { notice, to }))
        }
        Act::EffectStated { agreement, of, on, effective } => {
            let of = OfNotice { agreement, notice: of, on };
            let effective = date(&effective)?;
            notice_step(of, date, |of| Event::EffectStated(EffectStated { of, effective }))
        }
        Act::Consent { agreement, by, on, how } => {
            let consent = ConsentNotified { consent: String::new(), by, how };
            Ok(Proposal::new(&agreement, Event::ConsentNotified(Box::new(consent))).on(date(&on)?))
        }
        Act::Renewed { agreement, on, until } => {
            let until = date(&until)?;
            Ok(Proposal::new(&agreement, Event::AgreementRenewed(AgreementRenewed { until })).on(date(&on)?))
        }
        Act::Condition { agreement, condition, of, on, over } => {
            let condition = ConditionEstablished { condition, of, holds: !over };
            Ok(Proposal::new(&agreement, Event::ConditionEstablished(Box::new(condition))).on(date(&on)?))
        }
        Act::NoticeContested(of) => notice_step(of, date, |notice| Event::NoticeContested(NoticeStep { notice })),
        Act::NoticeUpheld(of) => notice_step(of, date, |notice| Event::NoticeUpheld(NoticeStep { notice })),
        Act::NoticeCured(of) => notice_step(of, date, |notice| Event::NoticeCured(NoticeStep { notice })),
        Act::NoticeDefective { of, defect } => {
            notice_step(of, date, |notice| Event::NoticeFoundDefective(NoticeFoundDefective { notice, defect }))
        }
        Act::Assessment { id, assessment, by, on } => {
            let assessment = assessment.into();
            of_instance(id, &on, date, |instance| Event::AssessmentMade(Box::new(AssessmentMade { instance, by, assessment })))
        }
        Act::Extension { id, to, by, on } => {
            let to = date(&to)?;
            of_instance(id, &on, date, |instance| Event::ExtensionGranted(Box::new(ExtensionGranted { instance, to, by })))
        }
        Act::DueDate { id, date: day, certainty, on } => {
            let (day, certainty) = (date(&day)?, certainty.into());
            of_instance(id, &on, date, |instance| Event::DueDateSet(DueDateSet { instance, on: day, certainty }))
        }
        Act::Waiver { id, all_from, until, by, on } => {
            let until = until.map(|text| date(&text)).transpose()?;
            of_instance(id, &on, date, |of| Event::WaiverGranted(Box::new(WaiverGranted { of, by, all_from, until })))
        }
        Act::Release(of) => {
            of_instance(of.id, &of.on, date, |instance| Event::ObligationReleased(ObligationReleased { instance }))
        }
        Act::Impossibility(of) => {
            of_instance(of.id, &of.on, date, |instance| Event::ImpossibilityAccepted(ImpossibilityAccepted { instance }))
        }
        Act::Breach { of, by } => {
            of_instance(of.id, &of.on, date, |instance| Event::BreachDetermined(BreachDetermined { instance, by }))
        }
        Act::Incident { provision, text, on, until } => {
            let until = until.map(|text| date(&text)).transpose()?;
            of_instance(provision, &on, date, |provision| {
                Event::IncidentReported(Box::new(IncidentReported { provision, text, until }))
            })
        }
        Act::Excused(of) => of_instance(of.id, &of.on, date, |cycle| Event::CycleExcused(CycleExcused { cycle })),
        Act::Suspension { agreement, provisions, until, clock, parties, on } => {
            let until = until.map(|text| date(&text)).transpose()?;
            let suspended = AgreementSuspended { provisions, until, clock: clock.map(Into::into), parties };
            Ok(Proposal::new(&agreement, Event::AgreementSuspended(Box::new(suspended))).on(date(&on)?))
        }
        Act::Resumption { agreement, provisions, on } => {
            Ok(Proposal::new(&agreement, Event::AgreementResumed(AgreementResumed { provisions })).on(date(&on)?))
        }
        Act::Termination { agreement, on, effective } => {
            let terminated = AgreementTerminated { effective: date(&effective)? };
            Ok(Proposal::new(&agreement, Event::AgreementTerminated(terminated)).on(date(&on)?))
        }
        Act::Supersession { agreement, by, provisions, on, effective } => {
            let effective = effective.map(|text| date(&text)).transpose()?;
            let superseded = AgreementSuperseded { by, provisions, effective };
            Ok(Proposal::new(&agreement, Event::AgreementSuperseded(Box::new(superseded))).on(date(&on)?))
        }
        Act::Invalidity { agreement, by, on } => {
            Ok(Proposal::new(&agreement, Event::InvalidityEstablished(InvalidityEstablished { by })).on(date(&on)?))
        }
        Act::Amendment { provision, changes, without, effective, transition, on } => {
            let (changes, effective) = (keys(&changes)?, optional(effective)?);
            let transition = transition.map(Into::into);
            of_instance(provision, &on, date, |provision| {
                Event::ProvisionAmended(Box::new(ProvisionAmended { provision, changes, without, effective, transition }))
            })
        }
        Act::ProvisionAdded { agreement, keys, effective, on } => {
            let provision = agreement_file::provision(&keys.join("\n")).map_err(misread)?;
            let added = ProvisionAdded { provision, effective: optional(effective)? };
            Ok(Proposal::new(&agreement, Event::ProvisionAdded(Box::new(added))).on(date(&on)?))
        }
        Act::ProvisionRepealed { provision, effective, on } => {
            let effective = optional(effective)?;
            of_instance(provision, &on, date, |provision| Event::ProvisionRepealed(ProvisionRepealed { provision, effective }))
        }
        Act::PartyRenamed { agreement, party, name, acts_through, on } => {
            let renamed = PartyRenamed { party, name, acts_through };
            Ok(Proposal::new(&agreement, Event::PartyRenamed(Box::new(renamed))).on(date(&on)?))
        }
        Act::PartySucceeded { agreement, party, by, name, on } => {
            let succeeded = PartySucceeded { party, by, name };
            Ok(Proposal::new(&agreement, Event::PartySucceeded(Box::new(succeeded))).on(date(&on)?))
        }
        Act::Reservation { agreement, by, provisions, text, withdrawn, on } => {
            let event = match withdrawn {
                true => Event::ReservationWithdrawn(ReservationWithdrawn { by, provisions }),
                false => Event::ReservationMade(Box::new(ReservationMade { by, provisions, text })),
            };
            Ok(Proposal::new(&agreement, event).on(date(&on)?))
        }
        Act::PowerWaived { power, by, until, on } => {
            let until = optional(until)?;
            of_instance(power, &on, date, |power| Event::PowerWaived(Box::new(PowerWaived { power, by, until })))
        }
        Act::PowerExercised { power, by, text, on } => {
            of_instance(power, &on, date, |power| Event::PowerExercised(Box::new(PowerExercised { power, by, text })))
        }
        Act::Inquorate { agreement, body, meeting, on } => {
            let met = MeetingInquorate { meeting: meeting.unwrap_or_default(), body };
            Ok(Proposal::new(&agreement, Event::MeetingInquorate(met)).on(date(&on)?))
        }
        Act::Decision { agreement, text, meeting, by, due, provision, decision, topics, on } => {
            let (decision, due) = (decision.unwrap_or_default(), optional(due)?);
            let taken = DecisionTaken { decision, text, meeting, by, due, provision, topics };
            Ok(Proposal::new(&agreement, Event::DecisionTaken(Box::new(taken))).on(date(&on)?))
        }
        Act::Minutes { agreement, meeting, on } => {
            Ok(Proposal::new(&agreement, Event::MinutesAdopted(MinutesAdopted { meeting })).on(date(&on)?))
        }
        Act::NoticeDrafted { agreement, by, power, notice, on } => {
            let (notice, power) = (notice.unwrap_or_default(), power.unwrap_or_default());
            Ok(Proposal::new(&agreement, Event::NoticeDrafted(Box::new(NoticeDrafted { notice, by, power }))).on(date(&on)?))
        }
        Act::Assumption { provision, rule, on } => {
            of_instance(provision, &on, date, |provision| Event::AssumptionMade(AssumptionMade { provision, rule }))
        }
        Act::ProvisionallyApplied(args) => step(args, Event::AgreementProvisionallyApplied),
        Act::Performance { id, on, by, quantity, milestone, asserted_by, evidence } => {
            let (agreement, instance) = split(&id)?;
            let on = date(&on)?;
            let (evidence, kept) = evidence.map(|evidence| shown_by(&evidence)).transpose()?.unzip();
            file = kept.flatten();
            let quantity = quantity.map(|written| pieces(&written)).transpose()?;
            let report = PerformanceReported { instance, by, evidence, quantity, milestone, asserted_by };
            Ok(Proposal::new(agreement, Event::PerformanceReported(Box::new(report))).on(on))
        }
        Act::Announced(args) => step(args, Event::AgreementAnnounced),
        Act::Concluded(args) => step(args, Event::AgreementConcluded),
        Act::Signed(args) => step(args, Event::AgreementSigned),
        Act::Launched(args) => step(args, Event::AgreementLaunched),
        Act::TookEffect(args) => step(args, Event::AgreementTookEffect),
        Act::Announcement(args) => done(args, Event::AnnouncementMade),
        Act::Deliverable(args) => done(args, Event::DeliverableDelivered),
        Act::Work(args) => done(args, Event::WorkReported),
        Act::Project { agreement, id, on, text, ends, topics } => {
            let ends = ends.map(|text| date(&text)).transpose()?;
            let project = Project { project: id, text, ends, topics };
            Ok(Proposal::new(&agreement, Event::ProjectBegun(Box::new(project))).on(date(&on)?))
        }
        Act::Reading { provision, reading, on } => {
            let (agreement, provision) = split(&provision)?;
            let chosen = ReadingChosen { provision, reading };
            Ok(Proposal::new(agreement, Event::ReadingChosen(chosen)).on(date(&on)?))
        }
        Act::Source { agreement, file: path, id, title, published, handling, url, keep } => {
            let document = EvidenceFile::read(&path)?;
            let source = Source {
                id: id.unwrap_or_else(|| id_of(&path)),
                title,
                published: date(&published)?,
                handling,
                sha256: Some(document.sha256().into()),
                url,
            };
            file = keep.then_some(document);
            Ok(Proposal::new(&agreement, Event::SourceRecorded(Box::new(source))))
        }
        Act::Correction { seq } => {
            let agreement = agreement_of(&app.log, seq)?;
            Ok(Proposal::reversal(&agreement, seq, app.today))
        }
    };
    Ok((proposal?, file))
}

/// An id after the name of a file: `Joint Statement.pdf` is `joint-statement`.
fn id_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let words: Vec<&str> = stem.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(64).collect()
}

/// `every = "2 years"`, as often as it is typed.
fn keys(typed: &[String]) -> Result<Terms, Error> {
    agreement_file::keys(&typed.join("\n")).map_err(misread)
}

/// What was typed is no key with its value.
fn misread(faults: Vec<Fault>) -> Error {
    let hint = "--set takes a key with its value as a file has it: --set 'every = \"2 years\"'";
    let typed = |fault: Fault| if fault.code == "E0104" { fault.hint(hint) } else { fault };
    Error::Refused(faults.into_iter().map(|fault| Diagnostic { fault: typed(fault), place: None }).collect())
}

/// An act on one instance, or on one provision, whichever it is.
fn of_instance(
    id: String,
    on: &str,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
    event: impl FnOnce(String) -> Event,
) -> Result<Proposal, Error> {
    let (agreement, instance) = split(&id)?;
    Ok(Proposal::new(agreement, event(instance)).on(date(on)?))
}

/// A step of a notice, whichever it is.
fn notice_step(
    of: OfNotice,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
    event: impl FnOnce(String) -> Event,
) -> Result<Proposal, Error> {
    Ok(Proposal::new(&of.agreement, event(of.notice.unwrap_or_default())).on(date(&of.on)?))
}

/// A number of pieces.
fn pieces(written: &str) -> Result<u32, Error> {
    let refused = || Fault::new("E0203", &["quantity"], format!("`{written}` is no number of pieces"));
    let number = written.trim().parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| refused().hint("write how many were done, 1 or more: --quantity 20").into())
}

fn meeting_proposal(
    meeting: Meeting,
    today: &DateSpec,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
) -> Result<Proposal, Error> {
    let Meeting { agreement, body, what, stated, meeting, name, place, topics, counts_for, form } = meeting;
    let stated = stated.map_or_else(|| Ok(today.clone()), |stated| date(&stated))?;
    let MeetingAct { held, planned, tentative, postponed, cancelled: _ } = what;
    let id = meeting.unwrap_or_default();
    let scheduled = |on: DateSpec, certainty: Certainty| {
        Event::MeetingScheduled(Box::new(MeetingScheduled {
            meeting: id.clone(),
            body: body.clone(),
            on,
            certainty,
            name: name.clone(),
            place: place.clone(),
            topics: topics.clone(),
        }))
    };
    let (event, on) = match (held, planned, tentative, postponed) {
        (Some(on), ..) => {
            let held = MeetingHeld {
                meeting: id.clone(),
                body: body.clone(),
                name: name.clone(),
                place: place.clone(),
                text: None,
                topics: topics.clone(),
                counts_for,
                form,
            };
            (Event::MeetingHeld(Box::new(held)), date(&on)?)
        }
        (_, Some(on), ..) => (scheduled(date(&on)?, Certainty::Indicative), stated),
        (_, _, Some(on), _) => (scheduled(date(&on)?, Certainty::Tentative), stated),
        (.., Some(on)) => (Event::MeetingPostponed(MeetingPostponed { meeting: id.clone(), on: date(&on)? }), stated),
        _ => (Event::MeetingCancelled(MeetingCancelled { meeting: id.clone() }), stated),
    };
    Ok(Proposal { body: Some(body.clone()), ..Proposal::new(&agreement, event).on(on) })
}

/// `uk-kr-dp/20a` in its two parts; parentheses, as in `20(a)`, may stay.
fn split(id: &str) -> Result<(&str, String), Error> {
    let (agreement, rest) = id
        .split_once('/')
        .ok_or_else(|| Error::refused("E0504", format!("`{id}` is not an id"), "write AGREEMENT/ID, as in uk-kr-dp/22c"))?;
    Ok((agreement, rest.replace(['(', ')'], "")))
}

/// The agreement that a record belongs to.
pub fn agreement_of(log: &dyn EventLog, wanted: u64) -> Result<String, Error> {
    let mut found = None;
    log.scan(&Select { agreement: None, upto: Some(wanted) }, &mut |seq, entry| {
        if seq == wanted {
            found = codec::columns(entry).ok().map(|columns| columns.agreement);
        }
        true
    })?;
    found.ok_or_else(|| Error::refused("E0504", format!("there is no record {wanted}"), "see obligo log"))
}
