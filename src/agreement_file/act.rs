//! The acts of an agreement file.

use events::DateSpec;
use events::event::{
    Achievement, AgreementRenewed, AgreementResumed, AgreementSuperseded, AgreementSuspended, AgreementTerminated,
    AssessmentMade, AssumptionMade, BreachDetermined, Certainty, Clock, ConditionEstablished, ConsentNotified, CycleExcused,
    DecisionTaken, DueDateSet, EffectStated, Event, Evidence, ExtensionGranted, ImpossibilityAccepted, IncidentReported,
    InvalidityEstablished, MeetingCancelled, MeetingHeld, MeetingInquorate, MeetingPostponed, MeetingScheduled, Milestone,
    MinutesAdopted, NoticeDrafted, NoticeExtended, NoticeFoundDefective, NoticeGiven, NoticeReceived, NoticeRetracted,
    NoticeStep, ObligationReleased, PartyRenamed, PartySucceeded, PerformanceReported, PowerExercised, PowerWaived, Project,
    ProvisionAdded, ProvisionAmended, ProvisionRepealed, ReadingChosen, ReservationMade, ReservationWithdrawn, Transition,
    WaiverGranted,
};
use events::record::SourceRef;
use events::terms::Source;
use rules::decide::Proposal;
use rules::fault::{Fault, nearest};

use super::table::Table;
use super::terms;

/// What an act needs to know of its file.
pub struct Context {
    /// The agreement's id.
    pub id: String,
    /// The source that terms rest on.
    pub source: Option<String>,
    /// The sources with the day each was published.
    pub sources: Vec<Source>,
}

/// The types of act, as files have them.
const TYPES: &[&str] = &[
    "announced",
    "concluded",
    "signed",
    "launched",
    "took-effect",
    "meeting-planned",
    "meeting-tentative",
    "meeting-held",
    "meeting-postponed",
    "meeting-cancelled",
    "meeting-inquorate",
    "decision",
    "minutes-adopted",
    "announcement",
    "deliverable",
    "work-reported",
    "project-begun",
    "performance",
    "consent-notified",
    "renewed",
    "notice-drafted",
    "notice-given",
    "notice-dispatched",
    "notice-received",
    "notice-deposited",
    "notice-registered",
    "notice-retracted",
    "notice-suspended",
    "notice-resumed",
    "notice-extended",
    "effect-stated",
    "condition",
    "notice-contested",
    "notice-upheld",
    "notice-found-defective",
    "notice-cured",
    "provisionally-applied",
    "suspended",
    "resumed",
    "terminated",
    "superseded",
    "invalidity",
    "amended",
    "provision-added",
    "provision-repealed",
    "party-renamed",
    "party-succeeded",
    "reservation",
    "reservation-withdrawn",
    "power-waived",
    "power-exercised",
    "cycle-excused",
    "assessment",
    "extension",
    "due-date-set",
    "waiver",
    "release",
    "impossibility",
    "breach",
    "incident",
    "assumption",
    "reading-chosen",
];

/// One act as a proposal; `None`, with faults, if it cannot be read.
pub fn read(table: &Table, context: &Context) -> Option<Proposal> {
    let kind = table.needed("type")?;
    let on = table.needed_date("on");
    let source = table.text("source");
    let (locator, authority, reason) = (table.text("locator"), table.text("authority"), table.text("reason"));
    if !TYPES.contains(&kind.as_str()) {
        let fault = Fault::new("E0206", &["type"], format!("`{kind}` is not a type of act"));
        if let Some(node) = table.get("type") {
            table.fault(node, fault.hint(nearest(&kind, TYPES.iter().copied())));
        }
        return None;
    }
    let stated = stated(table, context, &kind, source.as_deref());
    let event = event(table, &kind, on.clone());
    table.finish(&[]);
    let on = on?;
    let source = source.map(|id| SourceRef { id: id.into(), sha256: None, locator: locator.map(Into::into) });
    let occurred_on = Some(stated.unwrap_or(on));
    Some(Proposal { occurred_on, source, authority, reason, ..Proposal::new(&context.id, event?) })
}

/// A plan is made on the day it is stated, which is not the day it is for: said by the act, or by its document's publication.
fn stated(table: &Table, context: &Context, kind: &str, source: Option<&str>) -> Option<DateSpec> {
    if !matches!(kind, "meeting-planned" | "meeting-tentative" | "meeting-postponed") {
        return None;
    }
    let published =
        || context.sources.iter().find(|known| Some(known.id.as_str()) == source).map(|known| known.published.clone());
    let stated = table.date("stated").or_else(published);
    if stated.is_none() && table.get("stated").is_none() {
        let fault = Fault::new("E0202", &["stated"], "`stated` is missing: on which day was this planned?");
        table.fault(table.node(), fault.hint("add stated = DATE, or source = … of the document that says so"));
    }
    stated
}

fn event(table: &Table, kind: &str, on: Option<DateSpec>) -> Option<Event> {
    Some(match kind {
        "announced" => Event::AgreementAnnounced(milestone(table)),
        "concluded" => Event::AgreementConcluded(milestone(table)),
        "signed" => Event::AgreementSigned(milestone(table)),
        "launched" => Event::AgreementLaunched(milestone(table)),
        "took-effect" => Event::AgreementTookEffect(milestone(table)),
        "meeting-planned" => scheduled(table, on, Certainty::Indicative)?,
        "meeting-tentative" => scheduled(table, on, Certainty::Tentative)?,
        "meeting-held" => held(table)?,
        "meeting-postponed" => {
            let meeting = table.needed("meeting");
            Event::MeetingPostponed(MeetingPostponed { meeting: meeting?, on: on? })
        }
        "meeting-cancelled" => Event::MeetingCancelled(MeetingCancelled { meeting: table.needed("meeting")? }),
        "announcement" => Event::AnnouncementMade(Box::new(achievement(table)?)),
        "deliverable" => Event::DeliverableDelivered(Box::new(achievement(table)?)),
        "work-reported" => Event::WorkReported(Box::new(achievement(table)?)),
        "project-begun" => project(table)?,
        "performance" => {
            let (instance, by) = (table.needed("instance"), table.texts("by"));
            let evidence = table.text("evidence").map(Evidence::Url);
            let (quantity, milestone) = (table.number("quantity"), table.text("milestone"));
            let asserted_by = table.text("asserted_by");
            let instance = instance?;
            Event::PerformanceReported(Box::new(PerformanceReported { instance, by, evidence, quantity, milestone, asserted_by }))
        }
        "notice-drafted" => {
            let (notice, by) = (table.text("notice").unwrap_or_default(), table.needed("by"));
            Event::NoticeDrafted(Box::new(NoticeDrafted { notice, by: by?, power: table.text("power").unwrap_or_default() }))
        }
        "notice-given" => notice(table)?,
        "consent-notified" => {
            let (consent, by, how) = (table.text("consent").unwrap_or_default(), table.needed("by"), table.text("how"));
            Event::ConsentNotified(Box::new(ConsentNotified { consent, by: by?, how }))
        }
        "renewed" => Event::AgreementRenewed(AgreementRenewed { until: table.needed_date("until")? }),
        "notice-dispatched" => Event::NoticeDispatched(step(table)),
        "notice-deposited" => Event::NoticeDeposited(step(table)),
        "notice-registered" => Event::NoticeRegistered(step(table)),
        "notice-suspended" => Event::NoticeSuspended(step(table)),
        "notice-resumed" => Event::NoticeResumed(step(table)),
        "notice-received" => Event::NoticeReceived(NoticeReceived { notice: step(table).notice, by: table.text("by") }),
        "notice-retracted" => {
            let accepted = table.flag("accepted").unwrap_or_default();
            Event::NoticeRetracted(NoticeRetracted { notice: step(table).notice, accepted })
        }
        "notice-extended" => {
            let (notice, to) = (step(table).notice, table.needed_date("to"));
            Event::NoticeExtended(NoticeExtended { notice, to: to? })
        }
        "effect-stated" => {
            let (of, effective) = (table.text("of").unwrap_or_default(), table.needed_date("effective"));
            Event::EffectStated(EffectStated { of, effective: effective? })
        }
        "notice-contested" => Event::NoticeContested(step(table)),
        "notice-upheld" => Event::NoticeUpheld(step(table)),
        "notice-cured" => Event::NoticeCured(step(table)),
        "notice-found-defective" => {
            let (notice, defect) = (step(table).notice, table.needed("defect"));
            Event::NoticeFoundDefective(NoticeFoundDefective { notice, defect: defect? })
        }
        "provisionally-applied" => Event::AgreementProvisionallyApplied(milestone(table)),
        "suspended" => {
            let (provisions, until) = (table.texts("provisions"), table.date("until"));
            let clock = table.word::<Clock>("clock", &["stops", "runs"]);
            Event::AgreementSuspended(Box::new(AgreementSuspended { provisions, until, clock, parties: table.texts("parties") }))
        }
        "resumed" => Event::AgreementResumed(AgreementResumed { provisions: table.texts("provisions") }),
        "terminated" => Event::AgreementTerminated(AgreementTerminated { effective: table.needed_date("effective")? }),
        "superseded" => {
            let (by, provisions, effective) = (table.needed("by"), table.texts("provisions"), table.date("effective"));
            Event::AgreementSuperseded(Box::new(AgreementSuperseded { by: by?, provisions, effective }))
        }
        "invalidity" => Event::InvalidityEstablished(InvalidityEstablished { by: table.needed("by")? }),
        "amended" => {
            let (provision, changes, without) = (table.needed("provision"), table.terms("changes"), table.texts("without"));
            let (effective, transition) = (table.date("effective"), table.word::<Transition>("transition", &["old", "new"]));
            Event::ProvisionAmended(Box::new(ProvisionAmended { provision: provision?, changes, without, effective, transition }))
        }
        "provision-added" => {
            let provision = table.table("provision").and_then(|table| Some(terms::provision(&table)?.0));
            let effective = table.date("effective");
            Event::ProvisionAdded(Box::new(ProvisionAdded { provision: provision?, effective }))
        }
        "provision-repealed" => {
            let (provision, effective) = (table.needed("provision"), table.date("effective"));
            Event::ProvisionRepealed(ProvisionRepealed { provision: provision?, effective })
        }
        "party-renamed" => {
            let (party, name, acts_through) = (table.needed("party"), table.text("name"), table.text("acts_through"));
            Event::PartyRenamed(Box::new(PartyRenamed { party: party?, name, acts_through }))
        }
        "party-succeeded" => {
            let (party, by, name) = (table.needed("party"), table.needed("by"), table.needed("name"));
            Event::PartySucceeded(Box::new(PartySucceeded { party: party?, by: by?, name: name? }))
        }
        "reservation" => {
            let (by, provisions, text) = (table.needed("by"), table.texts("provisions"), table.text("text"));
            Event::ReservationMade(Box::new(ReservationMade { by: by?, provisions, text }))
        }
        "reservation-withdrawn" => {
            let (by, provisions) = (table.needed("by"), table.texts("provisions"));
            Event::ReservationWithdrawn(ReservationWithdrawn { by: by?, provisions })
        }
        "power-waived" => {
            let (power, by, until) = (table.needed("power"), table.needed("by"), table.date("until"));
            Event::PowerWaived(Box::new(PowerWaived { power: power?, by: by?, until }))
        }
        "power-exercised" => {
            let (power, by, text) = (table.needed("power"), table.needed("by"), table.text("text"));
            Event::PowerExercised(Box::new(PowerExercised { power: power?, by: by?, text }))
        }
        "meeting-inquorate" => {
            let (meeting, body) = (table.text("meeting").unwrap_or_default(), table.needed("body"));
            Event::MeetingInquorate(MeetingInquorate { meeting, body: body? })
        }
        "decision" => {
            let (decision, text, meeting) =
                (table.text("decision").unwrap_or_default(), table.needed("text"), table.text("meeting"));
            let (by, due, provision) = (table.texts("by"), table.date("due"), table.text("provision"));
            let topics = table.texts("topics");
            Event::DecisionTaken(Box::new(DecisionTaken { decision, text: text?, meeting, by, due, provision, topics }))
        }
        "minutes-adopted" => Event::MinutesAdopted(MinutesAdopted { meeting: table.needed("meeting")? }),
        "cycle-excused" => Event::CycleExcused(CycleExcused { cycle: table.needed("cycle")? }),
        "assessment" => {
            let (instance, by) = (table.needed("instance"), table.needed("by"));
            let assessment = table.needed_word("assessment", &["accepted", "acknowledged", "rejected", "contested"]);
            Event::AssessmentMade(Box::new(AssessmentMade { instance: instance?, by: by?, assessment: assessment? }))
        }
        "extension" => {
            let (instance, to, by) = (table.needed("instance"), table.needed_date("to"), table.texts("by"));
            Event::ExtensionGranted(Box::new(ExtensionGranted { instance: instance?, to: to?, by }))
        }
        "due-date-set" => {
            let (instance, on) = (table.needed("instance"), table.needed_date("date"));
            let certainty = table.word("certainty", &["definitive", "indicative", "tentative"]);
            Event::DueDateSet(DueDateSet { instance: instance?, on: on?, certainty: certainty.unwrap_or(Certainty::Definitive) })
        }
        "waiver" => {
            let (of, by, until) = (table.needed("of"), table.texts("by"), table.date("until"));
            let all_from = table.flag("all_from").unwrap_or_default();
            Event::WaiverGranted(Box::new(WaiverGranted { of: of?, by, all_from, until }))
        }
        "release" => Event::ObligationReleased(ObligationReleased { instance: table.needed("instance")? }),
        "impossibility" => Event::ImpossibilityAccepted(ImpossibilityAccepted { instance: table.needed("instance")? }),
        "breach" => {
            let (instance, by) = (table.needed("instance"), table.needed("by"));
            Event::BreachDetermined(BreachDetermined { instance: instance?, by: by? })
        }
        "incident" => {
            let (provision, text, until) = (table.needed("provision"), table.needed("text"), table.date("until"));
            Event::IncidentReported(Box::new(IncidentReported { provision: provision?, text: text?, until }))
        }
        "assumption" => {
            let (provision, rule) = (table.needed("provision"), table.needed("rule"));
            Event::AssumptionMade(AssumptionMade { provision: provision?, rule: rule? })
        }
        "condition" => {
            let (condition, of) = (table.needed("condition"), table.text("of"));
            let holds = table.flag("holds").unwrap_or(true);
            Event::ConditionEstablished(Box::new(ConditionEstablished { condition: condition?, of, holds }))
        }
        _ => {
            let (provision, reading) = (table.needed("provision"), table.needed("reading"));
            Event::ReadingChosen(ReadingChosen { provision: provision?, reading: reading? })
        }
    })
}

fn milestone(table: &Table) -> Milestone {
    Milestone { place: table.text("place"), text: table.text("text") }
}

fn scheduled(table: &Table, on: Option<DateSpec>, certainty: Certainty) -> Option<Event> {
    let (body, meeting) = (table.needed("body"), table.text("meeting").unwrap_or_default());
    let (name, place, topics) = (table.text("name"), table.text("place"), table.texts("topics"));
    Some(Event::MeetingScheduled(Box::new(MeetingScheduled { meeting, body: body?, on: on?, certainty, name, place, topics })))
}

fn held(table: &Table) -> Option<Event> {
    let (body, meeting) = (table.needed("body"), table.text("meeting").unwrap_or_default());
    let (name, place, text, topics) = (table.text("name"), table.text("place"), table.text("text"), table.texts("topics"));
    let (counts_for, form) = (table.texts("counts_for"), table.text("form"));
    Some(Event::MeetingHeld(Box::new(MeetingHeld { meeting, body: body?, name, place, text, topics, counts_for, form })))
}

fn achievement(table: &Table) -> Option<Achievement> {
    let (text, by, topics) = (table.needed("text"), table.texts("by"), table.texts("topics"));
    let (provision, meeting) = (table.text("provision"), table.text("meeting"));
    Some(Achievement { text: text?, by, provision, meeting, topics })
}

fn project(table: &Table) -> Option<Event> {
    let (project, text) = (table.needed("project"), table.needed("text"));
    let (ends, topics) = (table.date("ends"), table.texts("topics"));
    Some(Event::ProjectBegun(Box::new(Project { project: project?, text: text?, ends, topics })))
}

fn notice(table: &Table) -> Option<Event> {
    let by = table.needed("by");
    let (notice, power) = (table.text("notice").unwrap_or_default(), table.text("power").unwrap_or_default());
    let (received, dispatched) = (table.date("received"), table.date("dispatched"));
    let (stated, effective) = (table.date("stated"), table.date("effective"));
    let in_place_of = table.text("in_place_of");
    Some(Event::NoticeGiven(Box::new(NoticeGiven {
        notice,
        by: by?,
        power,
        received,
        dispatched,
        stated,
        effective,
        in_place_of,
    })))
}

fn step(table: &Table) -> NoticeStep {
    NoticeStep { notice: table.text("notice").unwrap_or_default() }
}
