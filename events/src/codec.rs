//! The exact bytes of a record, for ever.
//!
//! An entry is one JSON object in UTF-8 without white space between tokens, its keys in this order:
//! `origin, seq, id, command, agreement, version, type, schema, occurred_on, recorded_at, actor, authority, source,
//! reason, corrects, rules, data`. A key without a value is `null`, never left out. `recorded_at` is RFC 3339 in UTC with six
//! digits of a second and `Z`. `data` is the fact; its shape belongs to (`type`, `schema`). The bytes are hashed as stored and never
//! written again from what was read.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::alert::AlertFact;
use crate::compact::Fact;
use crate::date_spec::DateSpec;
use crate::event::Event;
use crate::record::{Draft, Record, SourceRef};

mod canonical;

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
    // Three times as fast where an entry is as it was written; what is odd about any other, the long way says.
    canonical::read(bytes).map_or_else(|| decode_any(bytes), Ok)
}

fn decode_any(bytes: &[u8]) -> Result<Record, CodecError> {
    let entry: Entry = serde_json::from_slice(bytes).map_err(|error| CodecError::Envelope(error.to_string()))?;
    let recorded_at = DateTime::parse_from_rfc3339(&entry.recorded_at)
        .map_err(|error| CodecError::Envelope(format!("recorded_at: {error}")))?
        .with_timezone(&Utc);
    let event = decode_data(&entry.r#type, entry.schema, entry.data.get())?;
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

/// What a replay needs of a record, from its stored bytes, with the stream that it is of. Nothing else of it is copied.
///
/// # Errors
/// As [`decode`].
pub fn fact(bytes: &[u8]) -> Result<(Cow<'_, str>, Fact), CodecError> {
    if let Some((stream, fact)) = canonical::fact(bytes) {
        return Ok((stream.into(), fact));
    }
    let mut record = decode_any(bytes)?;
    Ok((std::mem::take(&mut record.draft.agreement).into(), record.into()))
}

/// The columns that a store keeps beside an entry for look-up, read from the entry itself, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Columns<T = String> {
    /// Id of the log.
    pub origin: Uuid,
    /// Place in the log.
    pub seq: u64,
    /// Id of the record.
    pub id: Uuid,
    /// The command that wrote it.
    pub command: Uuid,
    /// The agreement it belongs to.
    pub agreement: T,
    /// Place in the agreement's stream.
    pub version: u64,
    /// Kind of fact.
    #[serde(rename = "type")]
    pub kind: T,
    /// When it was recorded, as written.
    pub recorded_at: T,
}

impl<T> Columns<T> {
    fn map<U>(self, text: impl Fn(T) -> U) -> Columns<U> {
        let Columns { origin, seq, id, command, agreement, version, kind, recorded_at } = self;
        let (agreement, kind, recorded_at) = (text(agreement), text(kind), text(recorded_at));
        Columns { origin, seq, id, command, agreement, version, kind, recorded_at }
    }
}

impl Columns<Cow<'_, str>> {
    /// The same, with copies of its own.
    pub fn into_owned(self) -> Columns {
        self.map(Cow::into_owned)
    }
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
    columns_in(bytes).map(Columns::into_owned)
}

/// The same, without copies where that can be.
///
/// # Errors
/// As [`columns`].
pub fn columns_in(bytes: &[u8]) -> Result<Columns<Cow<'_, str>>, CodecError> {
    match canonical::columns(bytes) {
        Some(columns) => Ok(columns.map(Cow::Borrowed)),
        None => columns_of_any(bytes).map(|columns| columns.map(Cow::Owned)),
    }
}

fn columns_of_any(bytes: &[u8]) -> Result<Columns, CodecError> {
    serde_json::from_slice(bytes).map_err(|error| CodecError::Envelope(error.to_string()))
}

/// An instant as entries have it: `2026-11-22T09:30:00.000000Z`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The instant that is written so, to the letter; `None` for whatever [`instant`] does not write.
pub fn read_instant(written: &[u8]) -> Option<DateTime<Utc>> {
    let long = || {
        let text = std::str::from_utf8(written).ok()?;
        let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        (instant(at) == text).then_some(at)
    };
    canonical::instant(written).or_else(long)
}

/// The fact of a record as compact JSON, for screens and comparisons.
pub fn data_json(event: &Event) -> String {
    encode_data(event).get().to_owned()
}

fn encode_data(event: &Event) -> Box<RawValue> {
    let mut data = Vec::with_capacity(128);
    let written = write_data(event, &mut serde_json::Serializer::new(&mut data)).and_then(|()| serde_json::from_slice(&data));
    written.expect("a fact has string keys and no failing values")
}

/// The kinds of fact, each `type` with its variant of [`Event`], in the order of an agreement's life; then those of alerts.
macro_rules! kinds {
    ($($name:literal => $variant:ident,)*; $($alert:literal => $fact:ident,)*) => {
        /// A kind of fact.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($variant,)*
            $($fact,)*
        }

        impl Kind {
            /// The kind of that name.
            pub(crate) fn named(name: &str) -> Option<Kind> {
                match name {
                    $($name => Some(Kind::$variant),)*
                    $($alert => Some(Kind::$fact),)*
                    _ => None,
                }
            }
        }

        /// Writes what a fact has as its `data`.
        pub(crate) fn write_data<S: Serializer>(event: &Event, to: S) -> Result<S::Ok, S::Error> {
            match event {
                $(Event::$variant(data) => data.serialize(to),)*
                $(Event::Alert(AlertFact::$fact(data)) => data.serialize(to),)*
            }
        }

        /// Reads what a fact of a kind has as its `data`.
        pub(crate) fn read_data<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Event, D::Error> {
            Ok(match kind {
                $(Kind::$variant => Event::$variant(Deserialize::deserialize(from)?),)*
                $(Kind::$fact => Event::Alert(AlertFact::$fact(Deserialize::deserialize(from)?)),)*
            })
        }
    };
}

kinds! {
    "agreement.recorded" => AgreementRecorded,
    "source.recorded" => SourceRecorded,
    "body.recorded" => BodyRecorded,
    "provision.recorded" => ProvisionRecorded,
    "agreement.announced" => AgreementAnnounced,
    "agreement.concluded" => AgreementConcluded,
    "agreement.signed" => AgreementSigned,
    "agreement.launched" => AgreementLaunched,
    "agreement.took-effect" => AgreementTookEffect,
    "agreement.provisionally-applied" => AgreementProvisionallyApplied,
    "consent.notified" => ConsentNotified,
    "agreement.renewed" => AgreementRenewed,
    "agreement.suspended" => AgreementSuspended,
    "agreement.resumed" => AgreementResumed,
    "agreement.terminated" => AgreementTerminated,
    "agreement.superseded" => AgreementSuperseded,
    "invalidity.established" => InvalidityEstablished,
    "provision.amended" => ProvisionAmended,
    "provision.added" => ProvisionAdded,
    "provision.repealed" => ProvisionRepealed,
    "party.renamed" => PartyRenamed,
    "party.succeeded" => PartySucceeded,
    "reservation.made" => ReservationMade,
    "reservation.withdrawn" => ReservationWithdrawn,
    "meeting.scheduled" => MeetingScheduled,
    "meeting.held" => MeetingHeld,
    "meeting.postponed" => MeetingPostponed,
    "meeting.cancelled" => MeetingCancelled,
    "meeting.inquorate" => MeetingInquorate,
    "cycle.excused" => CycleExcused,
    "decision.taken" => DecisionTaken,
    "minutes.adopted" => MinutesAdopted,
    "announcement.made" => AnnouncementMade,
    "deliverable.delivered" => DeliverableDelivered,
    "project.begun" => ProjectBegun,
    "work.reported" => WorkReported,
    "performance.reported" => PerformanceReported,
    "assessment.made" => AssessmentMade,
    "extension.granted" => ExtensionGranted,
    "due-date.set" => DueDateSet,
    "waiver.granted" => WaiverGranted,
    "obligation.released" => ObligationReleased,
    "impossibility.accepted" => ImpossibilityAccepted,
    "breach.determined" => BreachDetermined,
    "incident.reported" => IncidentReported,
    "notice.drafted" => NoticeDrafted,
    "notice.given" => NoticeGiven,
    "notice.dispatched" => NoticeDispatched,
    "notice.received" => NoticeReceived,
    "notice.deposited" => NoticeDeposited,
    "notice.registered" => NoticeRegistered,
    "notice.retracted" => NoticeRetracted,
    "notice.suspended" => NoticeSuspended,
    "notice.resumed" => NoticeResumed,
    "notice.extended" => NoticeExtended,
    "notice.contested" => NoticeContested,
    "notice.upheld" => NoticeUpheld,
    "notice.found-defective" => NoticeFoundDefective,
    "notice.cured" => NoticeCured,
    "effect.stated" => EffectStated,
    "power.waived" => PowerWaived,
    "power.exercised" => PowerExercised,
    "condition.established" => ConditionEstablished,
    "reading.chosen" => ReadingChosen,
    "assumption.made" => AssumptionMade,
    "record.corrected" => RecordCorrected,
    "rules.adopted" => RulesAdopted,
    "text.erased" => TextErased,
    ;
    "alert.raised" => Raised,
    "alert.withdrawn" => Withdrawn,
    "alert.delivered" => Delivered,
    "delivery.failed" => Failed,
    "alert.acknowledged" => Acknowledged,
    "alert.snoozed" => Snoozed,
    "alert.escalated" => Escalated,
    "run.completed" => Run,
}

fn decode_data(kind: &str, schema: u32, raw: &str) -> Result<Event, CodecError> {
    let known = Kind::named(kind).filter(|_| schema == SCHEMA);
    let known = known.ok_or_else(|| CodecError::UnknownKind { kind: kind.into(), schema })?;
    let mut from = serde_json::Deserializer::from_str(raw);
    let event = read_data(known, &mut from).and_then(|event| from.end().map(|()| event));
    event.map_err(|error| CodecError::Data { kind: kind.into(), why: error.to_string() })
}
