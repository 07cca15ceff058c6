//! The short way to read an entry: exactly as [`super::encode`] writes it, key after key. Whatever is not so is left to the long way,
//! which gives the same record, or says what is wrong.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::{Columns, Kind, SCHEMA, read_data};
use crate::record::{Draft, Record, SourceRef};

/// The record; `None` where the entry is not in that form.
pub(super) fn read(bytes: &[u8]) -> Option<Record> {
    let mut rest = Rest(std::str::from_utf8(bytes).ok()?);
    let origin = rest.uuid("{\"origin\":\"")?;
    let seq = rest.number(",\"seq\":")?;
    let id = rest.uuid(",\"id\":\"")?;
    let command = rest.uuid(",\"command\":\"")?;
    let agreement = rest.string(",\"agreement\":\"")?;
    let version = rest.number(",\"version\":")?;
    let kind = Kind::named(rest.string(",\"type\":\"")?)?;
    if rest.number(",\"schema\":")? != u64::from(SCHEMA) {
        return None;
    }
    let occurred_on = rest.or_null(",\"occurred_on\":", |rest| rest.string("\"").map(str::to_string)?.try_into().ok())?;
    let recorded_at = instant(rest.string(",\"recorded_at\":\"")?.as_bytes())?;
    let actor = rest.string(",\"actor\":\"")?;
    let text = |rest: &mut Rest| rest.string("\"").map(str::to_string);
    let authority = rest.or_null(",\"authority\":", text)?;
    let source = rest.or_null(",\"source\":", source)?;
    let reason = rest.or_null(",\"reason\":", text)?;
    let corrects = rest.or_null(",\"corrects\":", |rest| rest.number(""))?;
    let rules = rest.or_null(",\"rules\":", text)?;
    rest.literal(",\"data\":")?;
    let mut data = serde_json::Deserializer::from_str(rest.0.strip_suffix('}')?);
    let event = read_data(kind, &mut data).ok()?;
    data.end().ok()?;
    let (agreement, actor) = (agreement.into(), actor.into());
    let draft = Draft { id, agreement, event, occurred_on, actor, authority, source, reason, corrects, rules };
    Some(Record { origin, seq, version, command, recorded_at, draft })
}

/// The look-up columns; what stands beside them is held to its form too, and `data` to being JSON.
pub(super) fn columns(bytes: &[u8]) -> Option<Columns> {
    let mut rest = Rest(std::str::from_utf8(bytes).ok()?);
    let origin = rest.uuid("{\"origin\":\"")?;
    let seq = rest.number(",\"seq\":")?;
    let id = rest.uuid(",\"id\":\"")?;
    let command = rest.uuid(",\"command\":\"")?;
    let agreement = rest.string(",\"agreement\":\"")?;
    let version = rest.number(",\"version\":")?;
    let kind = rest.string(",\"type\":\"")?;
    rest.number(",\"schema\":")?;
    let text = |rest: &mut Rest| rest.string("\"").map(drop);
    rest.or_null(",\"occurred_on\":", text)?;
    let recorded_at = rest.string(",\"recorded_at\":\"")?;
    rest.string(",\"actor\":\"")?;
    rest.or_null(",\"authority\":", text)?;
    rest.or_null(",\"source\":", |rest| {
        rest.string("{\"id\":\"")?;
        rest.string(",\"sha256\":\"");
        rest.string(",\"locator\":\"");
        rest.literal("}")
    })?;
    rest.or_null(",\"reason\":", text)?;
    rest.or_null(",\"corrects\":", |rest| rest.number("").map(drop))?;
    rest.or_null(",\"rules\":", text)?;
    rest.literal(",\"data\":")?;
    serde_json::from_str::<IgnoredAny>(rest.0.strip_suffix('}')?).ok()?;
    let (agreement, kind, recorded_at) = (agreement.into(), kind.into(), recorded_at.into());
    Some(Columns { origin, seq, id, command, agreement, version, kind, recorded_at })
}

fn source(rest: &mut Rest) -> Option<SourceRef> {
    let id = rest.string("{\"id\":\"")?.into();
    let sha256 = rest.string(",\"sha256\":\"").map(Into::into);
    let locator = rest.string(",\"locator\":\"").map(Into::into);
    rest.literal("}")?;
    Some(SourceRef { id, sha256, locator })
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
        let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        let (string, rest) = rest.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(string)
    }

    fn uuid(&mut self, before: &str) -> Option<Uuid> {
        Uuid::try_parse(self.string(before)?).ok()
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
            assert_eq!(columns(&bytes), Some(Columns::from(&record)), "it is as it was written");
            assert_eq!(read(&bytes), Some(record), "it is as it was written");
            for place in 0..bytes.len() {
                for other in [bytes[place] ^ 1, b'"', b'0', b' ', b'\\', b'}'] {
                    let mut changed = bytes.clone();
                    changed[place] = other;
                    if let Some(short) = read(&changed) {
                        assert_eq!(decode_any(&changed).ok(), Some(short), "{}", String::from_utf8_lossy(&changed));
                    }
                    if let Some(short) = columns(&changed) {
                        assert_eq!(columns_of_any(&changed).ok(), Some(short), "{}", String::from_utf8_lossy(&changed));
                    }
                }
            }
        }
    }
}
