//! The golden records: one file a kind of fact, `snapshots/events/<type>.v<schema>.json`, the exact bytes of an entry.
//! A file is written once and never edited; whatever later versions write, they read these for ever.

use std::path::PathBuf;
use std::{env, fs};

use chrono::{DateTime, Utc};
use events::contract::samples;
use events::{Event, Record, codec};
use uuid::Uuid;

const HOW: &str = "run `OBLIGO_WRITE_GOLDEN=1 cargo test -p events --test golden` once, read the new file, and commit it";

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots/events").join(format!("{name}.v1.json"))
}

/// Every sample under the name of its golden record; keys that came later have a record beside the first one.
fn samples() -> Vec<(String, Event)> {
    let first = samples::events().into_iter().map(|event| (event.kind().to_string(), event));
    let mut names: Vec<(String, Event)> = first.collect();
    for event in samples::events_with_later_keys() {
        let known = names.iter().filter(|(_, known)| known.kind() == event.kind()).count();
        names.push((format!("{}{}", event.kind(), "+".repeat(known)), event));
    }
    names
}

/// The record whose bytes the golden file of a fact holds.
fn record(event: Event) -> Record {
    let recorded_at: DateTime<Utc> = "2026-11-22T09:30:00.000001Z".parse().expect("an instant");
    Record {
        origin: Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0001),
        seq: 2,
        version: 1,
        command: Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0002),
        recorded_at,
        draft: samples::draft(Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0003), "eu-kr-dp", event),
    }
}

/// Writes a golden file that is not there yet, if asked to; one that is there is never written over.
fn written_or_missing(path: &PathBuf, bytes: &[u8]) -> Vec<u8> {
    if env::var_os("OBLIGO_WRITE_GOLDEN").is_some() && !path.exists() {
        fs::write(path, bytes).unwrap_or_else(|error| panic!("`{}` cannot be written: {error}", path.display()));
    }
    fs::read(path).unwrap_or_else(|error| panic!("no golden record at `{}`: {error}; {HOW}", path.display()))
}

#[test]
fn every_kind_of_fact_has_its_golden_record_and_is_written_and_read_to_the_letter() {
    for (kind, event) in samples() {
        let record = record(event);
        let bytes = codec::encode(&record);
        let golden = written_or_missing(&golden(&kind), &bytes);
        let shown = [&bytes, &golden].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(shown[0], shown[1], "`{kind}` is no longer written as it was: give it a new schema and an upcast");
        assert_eq!(bytes, golden, "{kind}");
        let read = codec::decode(&golden).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(read, record, "{kind}");
        assert_eq!(codec::encode(&read), golden, "{kind}");
    }
}

#[test]
fn every_file_beside_the_golden_records_is_one() {
    let folder = golden("any").with_file_name("");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("`{}`: {error}; {HOW}", folder.display()));
    for file in files {
        let path = file.expect("the folder is read").path();
        let bytes = fs::read(&path).expect("the file is read");
        let record = codec::decode(&bytes).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
        let kind = record.event.kind();
        let named = |(name, _): &(String, Event)| golden(name).file_name() == path.file_name();
        assert!(samples().iter().any(|sample| sample.1.kind() == kind && named(sample)), "the file is named after its kind");
    }
}

#[test]
fn every_kind_that_the_codec_reads_is_among_the_samples() {
    let codec = include_str!("../src/codec.rs");
    let reads = |line: &str| Some(line.trim().strip_prefix('"')?.split_once("\" => ")?.0.to_owned());
    let known: Vec<String> = codec.lines().filter_map(reads).collect();
    let samples: Vec<&str> = samples::events().iter().map(Event::kind).collect();
    assert!(known.len() > 20, "the codec's table is no longer found by this test: {known:?}");
    assert_eq!(known, samples, "each kind stands once, in the order of an agreement's life");
}
