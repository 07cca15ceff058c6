//! The exact bytes of a record, for ever.
//!
//! An entry is one JSON object in UTF-8 without white space between tokens, its keys in this order:
//! `origin, seq, id, command, agreement, version, type, schema, occurred_on, recorded_at, actor, authority, source,
//! reason, corrects, rules, data`. A key without a value is `null`, never left out. `recorded_at` is RFC 3339 in UTC with six
//! digits of a second and `Z`. `data` is the fact; its shape belongs to (`type`, `schema`). The bytes are hashed as stored and never
//! written again from what was read.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::alert::AlertFact;
use crate::date_spec::DateSpec;
use crate::event::Event;
use crate::record::{Draft, Record, SourceRef};

/// Every kind of fact is at its first shape. The first change of a shape brings an `upcast.rs` with a step from 1 to 2.
const SCHEMA: u32 = 1;

/// Why bytes are not a record that this version can read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// Not an envelope: cut short, changed, or not JSON.
    #[error("the entry is not an envelope: {0}")]
    Envelope(String),
    /// A kind of fact, or a shape of it, that this version does not know.
    #[error("the entry is of a kind this version does not know: `{kind}`, schema {schema}")]
    UnknownKind {
        /// The entry's `type`.
        kind: String,
        /// The entry's `schema`.
        schema: u32,
    },
    /// The envelope is good, the fact inside is not of its kind's shape.
    #[error("the data of `{kind}` is not of its shape: {why}")]
    Data {
        /// The entry's `type`.
        kind: String,
        /// What serde found.
        why: String,
    },
}

/// The envelope as written and as read; `data` stays raw until the kind is known.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    origin: Uuid,
    seq: u64,
    id: Uuid,
    command: Uuid,
    agreement: String,
    version: u64,
    r#type: String,
    schema: u32,
    occurred_on: Option<DateSpec>,
    recorded_at: String,
    actor: String,
    authority: Option<String>,
    source: Option<SourceRef>,
    reason: Option<String>,
    corrects: Option<u64>,
    rules: Option<String>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The bytes of a record that is about to be appended.
pub fn encode(record: &Record) -> Vec<u8> {
    let data = encode_data(&record.event);
    let entry = Entry {
        origin: record.origin,
        seq: record.seq,
        id: record.id,
        command: record.command,
        agreement: record.agreement.clone(),
        version: record.version,
        r#type: record.event.kind().into(),
        schema: SCHEMA,
        occurred_on: record.occurred_on.clone(),
        recorded_at: instant(record.recorded_at),
        actor: record.actor.clone(),
        authority: record.authority.clone(),
        source: record.source.clone(),
        reason: record.reason.clone(),
        corrects: record.corrects,
        rules: record.rules.clone(),
        data: &data,
    };
    serde_json::to_vec(&entry).expect("an envelope has string keys and no failing values")
}

/// A record from its stored bytes.
///
/// # Errors
/// [`CodecError`], if the bytes are no envelope, or hold a fact that this version does not know or cannot read.
pub fn decode(bytes: &[u8]) -> Result<Record, CodecError> {
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| CodecError::Envelope(error.to_string()))?;
    let recorded_at = DateTime::parse_from_rfc3339(&entry.recorded_at)
        .map_err(|error| CodecError::Envelope(format!("recorded_at: {error}")))?
        .with_timezone(&Utc);
    let event = decode_data(&entry.r#type, entry.schema, entry.data)?;
    Ok(Record {
        origin: entry.origin,
        seq: entry.seq,
        version: entry.version,
        command: entry.command,
        recorded_at,
        draft: Draft {
            id: entry.id,
            agreement: entry.agreement,
            event,
            occurred_on: entry.occurred_on,
            actor: entry.actor,
            authority: entry.authority,
            source: entry.source,
            reason: entry.reason,
            corrects: entry.corrects,
            rules: entry.rules,
        },
    })
}

/// The columns that a store keeps beside an entry for look-up, read from the entry itself, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Columns {
    /// Id of the log.
    pub origin: Uuid,
    /// Place in the log.
    pub seq: u64,
    /// Id of the record.
    pub id: Uuid,
    /// The command that wrote it.
    pub command: Uuid,
    /// The agreement it belongs to.
    pub agreement: String,
    /// Place in the agreement's stream.
    pub version: u64,
    /// Kind of fact.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was recorded, as written.
    pub recorded_at: String,
}

impl From<&Record> for Columns {
    fn from(record: &Record) -> Self {
        Columns {
            origin: record.origin,
            seq: record.seq,
            id: record.id,
            command: record.command,
            agreement: record.agreement.clone(),
            version: record.version,
            kind: record.event.kind().into(),
            recorded_at: instant(record.recorded_at),
        }
    }
}

/// The look-up columns of an entry.
///
/// # Errors
/// [`CodecError::Envelope`], if the bytes are no envelope.
pub fn columns(bytes: &[u8]) -> Result<Columns, CodecError> {
    serde_json::from_slice(bytes).map_err(|error| CodecError::Envelope(error.to_string()))
}

/// An instant as entries have it: `2026-11-22T09:30:00.000000Z`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The fact of a record as compact JSON, for screens and comparisons.
pub fn data_json(event: &Event) -> String {
    encode_data(event).get().to_owned()
}

fn encode_data(event: &Event) -> Box<RawValue> {
    fn raw<T: Serialize>(data: &T) -> Box<RawValue> {
        serde_json::value::to_raw_value(data).expect("a fact has string keys and no failing values")
    }
    match event {
        Event::AgreementRecorded(data) => raw(data),
        Event::SourceRecorded(data) => raw(data),
        Event::BodyRecorded(data) => raw(data),
        Event::ProvisionRecorded(data) => raw(data),
        Event::AgreementAnnounced(data)
        | Event::AgreementConcluded(data)
        | Event::AgreementSigned(data)
        | Event::AgreementLaunched(data)
        | Event::AgreementTookEffect(data)
        | Event::AgreementProvisionallyApplied(data) => raw(data),
        Event::ConsentNotified(data) => raw(data),
        Event::AgreementRenewed(data) => raw(data),
        Event::AgreementSuspended(data) => raw(data),
        Event::AgreementResumed(data) => raw(data),
        Event::AgreementTerminated(data) => raw(data),
        Event::AgreementSuperseded(data) => raw(data),
        Event::AnnouncementMade(data) | Event::DeliverableDelivered(data) | Event::WorkReported(data) => raw(data),
        Event::InvalidityEstablished(data) => raw(data),
        Event::ProvisionAmended(data) => raw(data),
        Event::ProvisionAdded(data) => raw(data),
        Event::NoticeDispatched(data)
        | Event::NoticeDeposited(data)
        | Event::NoticeRegistered(data)
        | Event::NoticeSuspended(data)
        | Event::NoticeResumed(data)
        | Event::NoticeContested(data)
        | Event::NoticeUpheld(data)
        | Event::NoticeCured(data) => raw(data),
        Event::ProvisionRepealed(data) => raw(data),
        Event::PartyRenamed(data) => raw(data),
        Event::PartySucceeded(data) => raw(data),
        Event::ReservationMade(data) => raw(data),
        Event::ReservationWithdrawn(data) => raw(data),
        Event::MeetingScheduled(data) => raw(data),
        Event::MeetingHeld(data) => raw(data),
        Event::MeetingPostponed(data) => raw(data),
        Event::MeetingCancelled(data) => raw(data),
        Event::MeetingInquorate(data) => raw(data),
        Event::CycleExcused(data) => raw(data),
        Event::DecisionTaken(data) => raw(data),
        Event::MinutesAdopted(data) => raw(data),
        Event::ProjectBegun(data) => raw(data),
        Event::PerformanceReported(data) => raw(data),
        Event::AssessmentMade(data) => raw(data),
        Event::ExtensionGranted(data) => raw(data),
        Event::DueDateSet(data) => raw(data),
        Event::WaiverGranted(data) => raw(data),
        Event::ObligationReleased(data) => raw(data),
        Event::ImpossibilityAccepted(data) => raw(data),
        Event::BreachDetermined(data) => raw(data),
        Event::IncidentReported(data) => raw(data),
        Event::NoticeDrafted(data) => raw(data),
        Event::NoticeGiven(data) => raw(data),
        Event::NoticeReceived(data) => raw(data),
        Event::NoticeRetracted(data) => raw(data),
        Event::NoticeExtended(data) => raw(data),
        Event::NoticeFoundDefective(data) => raw(data),
        Event::EffectStated(data) => raw(data),
        Event::PowerWaived(data) => raw(data),
        Event::PowerExercised(data) => raw(data),
        Event::ConditionEstablished(data) => raw(data),
        Event::ReadingChosen(data) => raw(data),
        Event::AssumptionMade(data) => raw(data),
        Event::RecordCorrected(data) => raw(data),
        Event::RulesAdopted(data) => raw(data),
        Event::TextErased(data) => raw(data),
        Event::Alert(AlertFact::Raised(data)) => raw(data),
        Event::Alert(AlertFact::Withdrawn(data)) => raw(data),
        Event::Alert(AlertFact::Delivered(data)) => raw(data),
        Event::Alert(AlertFact::Failed(data)) => raw(data),
        Event::Alert(AlertFact::Acknowledged(data)) => raw(data),
        Event::Alert(AlertFact::Snoozed(data)) => raw(data),
        Event::Alert(AlertFact::Escalated(data)) => raw(data),
        Event::Alert(AlertFact::Run(data)) => raw(data),
    }
}

fn decode_data(kind: &str, schema: u32, raw: &RawValue) -> Result<Event, CodecError> {
    fn data<T: DeserializeOwned>(kind: &str, raw: &RawValue) -> Result<T, CodecError> {
        serde_json::from_str(raw.get()).map_err(|error| CodecError::Data { kind: kind.into(), why: error.to_string() })
    }
    if schema != SCHEMA {
        return Err(CodecError::UnknownKind { kind: kind.into(), schema });
    }
    Ok(match kind {
        "agreement.recorded" => Event::AgreementRecorded(data(kind, raw)?),
        "source.recorded" => Event::SourceRecorded(data(kind, raw)?),
        "body.recorded" => Event::BodyRecorded(data(kind, raw)?),
        "provision.recorded" => Event::ProvisionRecorded(data(kind, raw)?),
        "agreement.announced" => Event::AgreementAnnounced(data(kind, raw)?),
        "agreement.concluded" => Event::AgreementConcluded(data(kind, raw)?),
        "agreement.signed" => Event::AgreementSigned(data(kind, raw)?),
        "agreement.launched" => Event::AgreementLaunched(data(kind, raw)?),
        "agreement.took-effect" => Event::AgreementTookEffect(data(kind, raw)?),
        "agreement.provisionally-applied" => Event::AgreementProvisionallyApplied(data(kind, raw)?),
        "consent.notified" => Event::ConsentNotified(data(kind, raw)?),
        "agreement.renewed" => Event::AgreementRenewed(data(kind, raw)?),
        "agreement.suspended" => Event::AgreementSuspended(data(kind, raw)?),
        "agreement.resumed" => Event::AgreementResumed(data(kind, raw)?),
        "agreement.terminated" => Event::AgreementTerminated(data(kind, raw)?),
        "agreement.superseded" => Event::AgreementSuperseded(data(kind, raw)?),
        "invalidity.established" => Event::InvalidityEstablished(data(kind, raw)?),
        "provision.amended" => Event::ProvisionAmended(data(kind, raw)?),
        "provision.added" => Event::ProvisionAdded(data(kind, raw)?),
        "provision.repealed" => Event::ProvisionRepealed(data(kind, raw)?),
        "party.renamed" => Event::PartyRenamed(data(kind, raw)?),
        "party.succeeded" => Event::PartySucceeded(data(kind, raw)?),
        "reservation.made" => Event::ReservationMade(data(kind, raw)?),
        "reservation.withdrawn" => Event::ReservationWithdrawn(data(kind, raw)?),
        "meeting.scheduled" => Event::MeetingScheduled(data(kind, raw)?),
        "meeting.held" => Event::MeetingHeld(data(kind, raw)?),
        "meeting.postponed" => Event::MeetingPostponed(data(kind, raw)?),
        "meeting.cancelled" => Event::MeetingCancelled(data(kind, raw)?),
        "meeting.inquorate" => Event::MeetingInquorate(data(kind, raw)?),
        "cycle.excused" => Event::CycleExcused(data(kind, raw)?),
        "decision.taken" => Event::DecisionTaken(data(kind, raw)?),
        "minutes.adopted" => Event::MinutesAdopted(data(kind, raw)?),
        "announcement.made" => Event::AnnouncementMade(data(kind, raw)?),
        "deliverable.delivered" => Event::DeliverableDelivered(data(kind, raw)?),
        "project.begun" => Event::ProjectBegun(data(kind, raw)?),
        "work.reported" => Event::WorkReported(data(kind, raw)?),
        "performance.reported" => Event::PerformanceReported(data(kind, raw)?),
        "assessment.made" => Event::AssessmentMade(data(kind, raw)?),
        "extension.granted" => Event::ExtensionGranted(data(kind, raw)?),
        "due-date.set" => Event::DueDateSet(data(kind, raw)?),
        "waiver.granted" => Event::WaiverGranted(data(kind, raw)?),
        "obligation.released" => Event::ObligationReleased(data(kind, raw)?),
        "impossibility.accepted" => Event::ImpossibilityAccepted(data(kind, raw)?),
        "breach.determined" => Event::BreachDetermined(data(kind, raw)?),
        "incident.reported" => Event::IncidentReported(data(kind, raw)?),
        "notice.drafted" => Event::NoticeDrafted(data(kind, raw)?),
        "notice.given" => Event::NoticeGiven(data(kind, raw)?),
        "notice.dispatched" => Event::NoticeDispatched(data(kind, raw)?),
        "notice.received" => Event::NoticeReceived(data(kind, raw)?),
        "notice.deposited" => Event::NoticeDeposited(data(kind, raw)?),
        "notice.registered" => Event::NoticeRegistered(data(kind, raw)?),
        "notice.retracted" => Event::NoticeRetracted(data(kind, raw)?),
        "notice.suspended" => Event::NoticeSuspended(data(kind, raw)?),
        "notice.resumed" => Event::NoticeResumed(data(kind, raw)?),
        "notice.extended" => Event::NoticeExtended(data(kind, raw)?),
        "notice.contested" => Event::NoticeContested(data(kind, raw)?),
        "notice.upheld" => Event::NoticeUpheld(data(kind, raw)?),
        "notice.found-defective" => Event::NoticeFoundDefective(data(kind, raw)?),
        "notice.cured" => Event::NoticeCured(data(kind, raw)?),
        "effect.stated" => Event::EffectStated(data(kind, raw)?),
        "power.waived" => Event::PowerWaived(data(kind, raw)?),
        "power.exercised" => Event::PowerExercised(data(kind, raw)?),
        "condition.established" => Event::ConditionEstablished(data(kind, raw)?),
        "reading.chosen" => Event::ReadingChosen(data(kind, raw)?),
        "assumption.made" => Event::AssumptionMade(data(kind, raw)?),
        "record.corrected" => Event::RecordCorrected(data(kind, raw)?),
        "rules.adopted" => Event::RulesAdopted(data(kind, raw)?),
        "text.erased" => Event::TextErased(data(kind, raw)?),
        "alert.raised" => Event::Alert(AlertFact::Raised(data(kind, raw)?)),
        "alert.withdrawn" => Event::Alert(AlertFact::Withdrawn(data(kind, raw)?)),
        "alert.delivered" => Event::Alert(AlertFact::Delivered(data(kind, raw)?)),
        "delivery.failed" => Event::Alert(AlertFact::Failed(data(kind, raw)?)),
        "alert.acknowledged" => Event::Alert(AlertFact::Acknowledged(data(kind, raw)?)),
        "alert.snoozed" => Event::Alert(AlertFact::Snoozed(data(kind, raw)?)),
        "alert.escalated" => Event::Alert(AlertFact::Escalated(data(kind, raw)?)),
        "run.completed" => Event::Alert(AlertFact::Run(data(kind, raw)?)),
        _ => return Err(CodecError::UnknownKind { kind: kind.into(), schema }),
    })
}
