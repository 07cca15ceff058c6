//! Whatever a record holds, its bytes give it back, and the same record gives the same bytes.

use chrono::{DateTime, Utc};
use events::contract::samples;
use events::record::{Draft, SourceRef};
use events::{DateSpec, Record, codec};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::{option, prop_assert_eq};
use uuid::Uuid;

fn ids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// Any characters at all, control characters and quotes among them.
fn words() -> impl Strategy<Value = String> {
    any::<String>()
}

fn dates() -> impl Strategy<Value = Option<DateSpec>> {
    let written =
        prop_oneof![Just("2026-11-22"), Just("by 2026-06"), Just("2025-Q3/2025-Q4"), Just("around 2026"), Just("unknown")];
    option::of(written.prop_map(|date| date.parse().expect("a date")))
}

fn sources() -> impl Strategy<Value = Option<SourceRef>> {
    let source = (words(), option::of(words()), option::of(words()));
    option::of(source.prop_map(|(id, sha256, locator)| SourceRef {
        id: id.into(),
        sha256: sha256.map(Into::into),
        locator: locator.map(Into::into),
    }))
}

/// To the microsecond, in the years 1 to 9999.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    let micros = -62_135_596_800_000_000i64..253_402_300_800_000_000;
    micros.prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("an instant"))
}

fn drafts() -> impl Strategy<Value = Draft> {
    let samples: Vec<_> = samples::events().into_iter().chain(samples::events_with_later_keys()).collect();
    let kind = 0..samples.len();
    let envelope =
        (ids(), words(), words(), option::of(words()), option::of(words()), option::of(any::<u64>()), option::of(words()));
    (kind, envelope, dates(), sources()).prop_map(move |(kind, envelope, occurred_on, source)| {
        let (id, agreement, actor, authority, reason, corrects, rules) = envelope;
        let event = samples[kind].clone();
        Draft { id, agreement, event, occurred_on, actor, authority, source, reason, corrects, rules }
    })
}

fn records() -> impl Strategy<Value = Record> {
    (ids(), any::<u64>(), any::<u64>(), ids(), instants(), drafts()).prop_map(
        |(origin, seq, version, command, recorded_at, draft)| Record { origin, seq, version, command, recorded_at, draft },
    )
}

proptest! {
    #[test]
    fn bytes_give_the_record_back(record in records()) {
        let bytes = codec::encode(&record);
        let read = codec::decode(&bytes).expect("what was encoded is decoded");
        prop_assert_eq!(codec::encode(&read), bytes);
        prop_assert_eq!(read, record);
    }

    #[test]
    fn columns_are_the_records_own(record in records()) {
        let columns = codec::columns(&codec::encode(&record)).expect("what was encoded has columns");
        prop_assert_eq!(columns.origin, record.origin);
        prop_assert_eq!((columns.seq, columns.version), (record.seq, record.version));
        prop_assert_eq!((columns.id, columns.command), (record.id, record.command));
        prop_assert_eq!(&columns.agreement, &record.agreement);
        prop_assert_eq!(columns.kind, record.event.kind());
        prop_assert_eq!(columns.recorded_at, codec::instant(record.recorded_at));
    }

    #[test]
    fn no_bytes_make_the_codec_panic(bytes in any::<Vec<u8>>(), record in records(), place in any::<usize>(), byte in any::<u8>()) {
        let _ = codec::decode(&bytes);
        let mut changed = codec::encode(&record);
        let place = place % changed.len();
        changed[place] = byte;
        let _ = codec::decode(&changed);
        let _ = codec::columns(&changed);
    }
}

#[test]
fn a_kind_that_is_not_known_is_said_to_be_so() {
    let bytes = codec::encode(&Record {
        origin: Uuid::nil(),
        seq: 1,
        version: 1,
        command: Uuid::nil(),
        recorded_at: DateTime::UNIX_EPOCH,
        draft: samples::draft(Uuid::nil(), "a", samples::events().remove(0)),
    });
    let text = String::from_utf8(bytes).expect("an entry is UTF-8");
    let kind = text.replace("agreement.recorded", "agreement.dreamt");
    let error = codec::decode(kind.as_bytes()).expect_err("nobody knows this kind");
    assert_eq!(error.to_string(), "the entry is of a kind this version does not know: `agreement.dreamt`, schema 1");
    let shape = text.replace("\"schema\":1", "\"schema\":2");
    let error = codec::decode(shape.as_bytes()).expect_err("nobody knows this shape");
    assert_eq!(error.to_string(), "the entry is of a kind this version does not know: `agreement.recorded`, schema 2");
    assert!(codec::columns(kind.as_bytes()).is_ok(), "its columns can be read all the same");
}
