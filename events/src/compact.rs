//! Facts in a form that is read faster than entries: what a replay needs of each record and no more, packed by the many. Derived from
//! entries, never hashed into the log, thrown away and made again at any time.
//!
//! A pack names the kinds of fact that it has and the keys of each structure, in their order. Whoever reads it compares them with its own
//! and reads nothing where they differ: a program that knows other keys cannot misread it. Two parts: numbers and marks, then all texts
//! in one run, so that they are checked once for being UTF-8.

use chrono::{DateTime, Utc};

use crate::codec::{Kind, read_data, write_data};
use crate::date_spec::DateSpec;
use crate::event::Event;
use crate::record::{Record, SourceRef};
use crate::seal::in_place_of;

mod read;
mod write;

use read::Reader;
use write::Writer;

/// Number of this form; another one is not read.
const FORM: u64 = 1;

/// What a replay needs of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Place in the log.
    pub seq: u64,
    /// Place in its agreement's stream.
    pub version: u64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Legal time.
    pub occurred_on: Option<DateSpec>,
    /// The document it rests on.
    pub source: Option<SourceRef>,
    /// `seq` of the record that it reverses.
    pub corrects: Option<u64>,
    /// The fact.
    pub event: Event,
}

impl From<Record> for Fact {
    fn from(record: Record) -> Self {
        let Record { seq, version, recorded_at, draft, .. } = record;
        Fact {
            seq,
            version,
            recorded_at,
            occurred_on: draft.occurred_on,
            source: draft.source,
            corrects: draft.corrects,
            event: draft.event,
        }
    }
}

/// Bytes that are no pack of this form, or of other kinds and keys than this program has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a pack that this program reads: {0}")]
pub struct Unreadable(String);

/// Packs records; `None` where they would not be read back as what they are.
pub fn pack(records: &[Record]) -> Option<Vec<u8>> {
    let mut writer = Writer::default();
    let (mut last_seq, mut last_at) = (0, 0);
    for record in records {
        writer.signed(signed(record.seq).checked_sub(last_seq)?);
        writer.text(&record.agreement);
        writer.unsigned(record.version);
        writer.signed(record.recorded_at.timestamp_micros().checked_sub(last_at)?);
        writer.unsigned(record.corrects.map_or(0, |seq| seq.saturating_add(1)));
        writer.value(&record.occurred_on).ok()?;
        writer.value(&record.source).ok()?;
        writer.kind(record.event.kind());
        write_data(&record.event, &mut writer).ok()?;
        (last_seq, last_at) = (signed(record.seq), record.recorded_at.timestamp_micros());
    }
    let packed = writer.finish(FORM, records.len());
    let mut left = records.iter();
    let mut is_same = true;
    // As sealed as they were packed.
    let unpacked = unpack(&packed, &mut |commitment| Some(in_place_of(commitment)), &mut |stream, fact| {
        let same = |record: &Record| record.agreement == stream && Fact::from(record.clone()) == fact;
        is_same &= left.next().is_some_and(same);
    });
    (unpacked.is_ok() && is_same && left.next().is_none()).then_some(packed)
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Hands each fact of a pack to `visit`, with the stream that it is of. In the place of each commitment stand the `words` for it; none end
/// the reading.
///
/// # Errors
/// [`Unreadable`], also after some facts were handed on.
pub fn unpack(
    packed: &[u8],
    words: &mut dyn FnMut(&str) -> Option<String>,
    visit: &mut dyn FnMut(&str, Fact),
) -> Result<(), Unreadable> {
    let mut reader = Reader::new(packed, FORM, words)?;
    let kinds = reader.kinds.iter().map(|name| Kind::named(name)).collect::<Option<Vec<Kind>>>();
    let kinds = kinds.ok_or_else(|| Unreadable("a kind of fact that is not known".into()))?;
    let (mut seq, mut micros) = (0i64, 0i64);
    for _ in 0..reader.count {
        let odd = || Unreadable("a number that is out of its range".into());
        seq = seq.checked_add(reader.signed()?).ok_or_else(odd)?;
        let stream = reader.text()?;
        let version = reader.unsigned()?;
        micros = micros.checked_add(reader.signed()?).ok_or_else(odd)?;
        let corrects = reader.unsigned()?.checked_sub(1);
        let occurred_on = reader.value()?;
        let source = reader.value()?;
        let kind = usize::try_from(reader.unsigned()?).ok().and_then(|kind| kinds.get(kind)).copied().ok_or_else(odd)?;
        let event = read_data(kind, &mut reader)?;
        let recorded_at = DateTime::from_timestamp_micros(micros).ok_or_else(odd)?;
        let seq = u64::try_from(seq).map_err(|_| odd())?;
        visit(stream, Fact { seq, version, recorded_at, occurred_on, source, corrects, event });
    }
    reader.end()
}

#[cfg(all(test, feature = "contract"))]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::contract::samples;

    fn records() -> Vec<Record> {
        let events = samples::events().into_iter().chain(samples::events_with_later_keys());
        let record = |(seq, event): (u64, Event)| Record {
            origin: Uuid::from_u128(1),
            seq,
            version: seq * 7,
            command: Uuid::from_u128(2),
            recorded_at: DateTime::from_timestamp_micros(1_700_000_000_000_000 + seq as i64 * 99).unwrap_or_default(),
            draft: samples::draft(Uuid::from_u128(seq.into()), "ax-bl", event),
        };
        (1..).zip(events).map(record).collect()
    }

    fn unpacked(packed: &[u8]) -> Result<Vec<Fact>, Unreadable> {
        let mut facts = Vec::new();
        unpack(packed, &mut |_| Some("words".into()), &mut |stream, fact| {
            assert_eq!(stream, "ax-bl");
            facts.push(fact);
        })
        .map(|()| facts)
    }

    #[test]
    fn every_kind_is_read_back_as_it_was() {
        let records = records();
        let packed = pack(&records).expect("they are packed");
        let facts: Vec<Fact> = records.into_iter().map(Fact::from).collect();
        assert_eq!(unpacked(&packed), Ok(facts));
    }

    #[test]
    fn words_stand_in_the_place_of_commitments() {
        let mut records = records();
        let sealed = crate::seal::sealed(crate::tree::sha256(b"x"));
        for record in &mut records {
            crate::seal::free_texts(&mut record.draft.event).into_iter().for_each(|text| *text = sealed.clone());
        }
        let packed = pack(&records).expect("they are packed");
        for record in &mut records {
            crate::seal::free_texts(&mut record.draft.event).into_iter().for_each(|text| *text = "words".into());
        }
        let facts: Vec<Fact> = records.into_iter().map(Fact::from).collect();
        assert_eq!(unpacked(&packed), Ok(facts));
    }

    #[test]
    fn other_bytes_are_unreadable_or_other_facts_and_never_more() {
        let packed = pack(&records()).expect("they are packed");
        for end in 0..packed.len() {
            assert!(unpacked(&packed[..end]).is_err(), "cut at {end}");
        }
        for place in 0..packed.len() {
            let mut other = packed.clone();
            other[place] ^= 1 << (place % 8);
            let _ = std::panic::catch_unwind(|| unpack(&other, &mut |_| None, &mut |_, _| {}))
                .expect("whatever the bytes are, they are no panic");
        }
    }
}
