//! The short way to read an entry: exactly as [`super::encode`] writes it, key after key. Whatever is not so is left to the long way,
//! which gives the same record, or says what is wrong.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::{Columns, Kind, SCHEMA, read_data};
use crate::compact::Fact;
use crate::record::{Draft, Record, SourceRef};

/// An envelope that is in that form, without copies.
struct Envelope<'a> {
    origin: Uuid,
    seq: u64,
    id: Uuid,
    command: Uuid,
    agreement: &'a str,
    version: u64,
    kind: &'a str,
    schema: u64,
    occurred_on: Option<&'a str>,
    recorded_at: &'a str,
    actor: &'a str,
    authority: Option<&'a str>,
    source: Option<Source<'a>>,
    reason: Option<&'a str>,
    corrects: Option<u64>,
    rules: Option<&'a str>,
    /// JSON, if anything.
    data: &'a str,
}

struct Source<'a> {
    id: &'a str,
    sha256: Option<&'a str>,
    locator: Option<&'a str>,
}

/// The record; `None` where the entry is not in that form.
pub(super) fn read(bytes: &[u8]) -> Option<Record> {
    let envelope = Envelope::read(bytes)?;
    let Fact { seq, version, recorded_at, occurred_on, source, corrects, event } = envelope.fact()?;
    let Envelope { origin, id, command, agreement, actor, authority, reason, rules, .. } = envelope;
    let draft = Draft {
        id,
        agreement: agreement.into(),
        event,
        occurred_on,
        actor: actor.into(),
        authority: authority.map(Into::into),
        source,
        reason: reason.map(Into::into),
        corrects,
        rules: rules.map(Into::into),
    };
    Some(Record { origin, seq, version, command, recorded_at, draft })
}

/// What a replay needs of it, with its stream.
pub(super) fn fact(bytes: &[u8]) -> Option<(&str, Fact)> {
    let envelope = Envelope::read(bytes)?;
    Some((envelope.agreement, envelope.fact()?))
}

/// The look-up columns; what stands beside them is held to its form too, and `data` to being JSON.
pub(super) fn columns(bytes: &[u8]) -> Option<Columns<&str>> {
    let Envelope { origin, seq, id, command, agreement, version, kind, recorded_at, data, .. } = Envelope::read(bytes)?;
    serde_json::from_str::<IgnoredAny>(data).ok()?;
    Some(Columns { origin, seq, id, command, agreement, version, kind, recorded_at })
}

impl<'a> Envelope<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = Rest(std::str::from_utf8(bytes).ok()?);
        let text = |rest: &mut Rest<'a>| rest.string("\"");
        // In the order in which they stand.
        Some(Envelope {
            origin: rest.uuid("{\"origin\":\"")?,
            seq: rest.number(",\"seq\":")?,
            id: rest.uuid(",\"id\":\"")?,
            command: rest.uuid(",\"command\":\"")?,
            agreement: rest.string(",\"agreement\":\"")?,
            version: rest.number(",\"version\":")?,
            kind: rest.string(",\"type\":\"")?,
            schema: rest.number(",\"schema\":")?,
            occurred_on: rest.or_null(",\"occurred_on\":", text)?,
            recorded_at: rest.string(",\"recorded_at\":\"")?,
            actor: rest.string(",\"actor\":\"")?,
            authority: rest.or_null(",\"authority\":", text)?,
            source: rest.or_null(",\"source\":", |rest| {
                let id = rest.string("{\"id\":\"")?;
                let source = Source { id, sha256: rest.string(",\"sha256\":\""), locator: rest.string(",\"locator\":\"") };
                rest.literal("}").map(|()| source)
            })?,
            reason: rest.or_null(",\"reason\":", text)?,
            corrects: rest.or_null(",\"corrects\":", |rest| rest.number(""))?,
            rules: rest.or_null(",\"rules\":", text)?,
            data: {
                rest.literal(",\"data\":")?;
                rest.0.strip_suffix('}')?
            },
        })
    }

    fn fact(&self) -> Option<Fact> {
        let kind = Kind::named(self.kind).filter(|_| self.schema == u64::from(SCHEMA))?;
        let mut data = serde_json::Deserializer::from_str(self.data);
        let event = read_data(kind, &mut data).ok()?;
        data.end().ok()?;
        let occurred_on = match self.occurred_on {
            Some(day) => Some(day.parse().ok()?),
            None => None,
        };
        let source = self.source.as_ref().map(|Source { id, sha256, locator }| SourceRef {
            id: (*id).into(),
            sha256: sha256.map(Into::into),
            locator: locator.map(Into::into),
        });
        let recorded_at = instant(self.recorded_at.as_bytes())?;
        Some(Fact { seq: self.seq, version: self.version, recorded_at, occurred_on, source, corrects: self.corrects, event })
    }
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn literal(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// A string after what stands before it, its quotation mark included. One with an escape or a control character goes the long way.
    fn string(&mut self, before: &str) -> Option<&'a str> {
        let rest = self.0.strip_prefix(before)?;
        let end = memchr::memchr(b'"', rest.as_bytes())?;
        let (string, rest) = rest.split_at_checked(end)?;
        let is_plain = string.bytes().fold(true, |plain, byte| plain & (byte != b'\\') & (byte >= 0x20));
        is_plain.then(|| {
            self.0 = &rest[1..];
            string
        })
    }

    fn uuid(&mut self, before: &str) -> Option<Uuid> {
        let rest = self.0.strip_prefix(before)?;
        // Its length is known: nothing is searched for its end.
        let (uuid, rest) = rest.split_at_checked(uuid::fmt::Hyphenated::LENGTH)?;
        self.0 = rest.strip_prefix('"')?;
        Uuid::try_parse(uuid).ok()
    }

    fn number(&mut self, before: &str) -> Option<u64> {
        let rest = self.0.strip_prefix(before)?;
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = rest.split_at_checked(end)?;
        self.0 = rest;
        (digits == "0" || !digits.starts_with('0')).then(|| digits.parse().ok())?
    }

    fn or_null<T>(&mut self, before: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        self.literal(before)?;
        match self.literal("null") {
            Some(()) => Some(None),
            None => read(self).map(Some),
        }
    }
}

/// `2026-11-22T09:30:00.000000Z`.
pub(super) fn instant(written: &[u8]) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 27] = written.try_into().ok()?;
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let stands = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
    if !stands.iter().all(|(place, byte)| bytes[*place] == *byte) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_micro_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 26)?)?.and_utc())
}

#[cfg(all(test, feature = "contract"))]
mod tests {
    use super::super::{columns_of_any, decode_any, encode};
    use super::*;
    use crate::contract::samples;

    #[test]
    fn the_short_way_says_what_the_long_way_says_whatever_byte_is_another() {
        for (seq, event) in (1..).zip(samples::events()) {
            let mut draft = samples::draft(Uuid::from_u128(seq), "ax-bl", event);
            // A string with an escape goes the long way.
            draft.source = Some(SourceRef { id: "text".into(), sha256: None, locator: Some("Art. 20, 대한민국".into()) });
            let recorded_at = "2026-11-22T09:30:00.123456Z".parse().expect("an instant");
            let record = Record { origin: Uuid::nil(), seq: 7, version: 3, command: Uuid::max(), recorded_at, draft };
            let bytes = encode(&record);
            let owned = |bytes: &[u8]| columns(bytes).map(|columns| columns.map(String::from));
            assert_eq!(owned(&bytes), Some(Columns::from(&record)), "it is as it was written");
            assert_eq!(fact(&bytes), Some(("ax-bl", Fact::from(record.clone()))), "it is as it was written");
            assert_eq!(read(&bytes), Some(record), "it is as it was written");
            for place in 0..bytes.len() {
                for other in [bytes[place] ^ 1, b'"', b'0', b' ', b'\\', b'}'] {
                    let mut changed = bytes.clone();
                    changed[place] = other;
                    if let Some(short) = read(&changed) {
                        let (stream, fact) = fact(&changed).expect("what is a record is a fact");
                        assert_eq!((stream, fact), (&*short.agreement, Fact::from(short.clone())));
                        assert_eq!(decode_any(&changed).ok(), Some(short), "{}", String::from_utf8_lossy(&changed));
                    }
                    if let Some(short) = owned(&changed) {
                        assert_eq!(columns_of_any(&changed).ok(), Some(short), "{}", String::from_utf8_lossy(&changed));
                    }
                }
            }
        }
    }
}
