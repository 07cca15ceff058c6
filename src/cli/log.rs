//! `obligo log`: the records as they stand, corrected ones among them.

use std::collections::{BTreeMap, BTreeSet};

use events::log::{EventLog, Select};
use events::{Event, codec, tree};
use serde_json::Value;

use super::args::Reading;
use super::{Context, lookup};
use crate::app::Seen;
use crate::error::Error;
use crate::report::json::{RecordJson, RecordsJson};
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// Only this agreement
    agreement: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

const COLUMNS: &[(&str, &str)] = &[
    ("seq", "/seq"),
    ("recorded_at", "/entry/recorded_at"),
    ("agreement", "/entry/agreement"),
    ("version", "/entry/version"),
    ("type", "/entry/type"),
    ("occurred_on", "/entry/occurred_on"),
    ("actor", "/entry/actor"),
    ("source", "/entry/source/id"),
    ("reason", "/entry/reason"),
    ("corrects", "/entry/corrects"),
    ("data", "/entry/data"),
    ("leaf", "/leaf"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let log = context.reader()?;
    let size = match &position.known_at {
        Some(known_at) => log.size_at(known_at.instant)?,
        None => log.head()?.size,
    };
    let mut handling: BTreeSet<String> = BTreeSet::new();
    let mut records = Vec::new();
    let mut rows = Vec::new();
    log.scan(&Select { agreement: args.agreement.clone(), upto: Some(size) }, &mut |seq, entry| {
        handling.extend(marking(entry));
        records.push(json(seq, entry));
        rows.push(row(seq, entry));
        true
    })?;
    if let Some(id) = args.agreement.as_ref().filter(|_| records.is_empty()) {
        lookup::agreement(&context.view(&log, &position, None)?, id)?;
    }
    mark_reversed(&records, &mut rows);
    let seen = Seen::at(&log, size)?;
    let count = records.len();
    let document = RecordsJson { schema: "obligo.log.v1", log: seen.into(), handling: handling.into_iter().collect(), records };
    let marked =
        if document.handling.is_empty() { String::new() } else { format!(" · handling: {}", document.handling.join(", ")) };
    let what = if count == 1 { "record" } else { "records" };
    let columns = vec!["#", "WHEN", "RECORDED", "ACTOR", "TYPE", "AGREEMENT", "WHAT"];
    let sections = vec![
        Section::Table { columns, rows },
        Section::line(""),
        Section::note(format!("{count} {what} · log {size} {}…{marked}", &seen.head.to_string()[..12])),
    ];
    let stamp = context.stamp_at(&log, &position, size)?;
    args.reading.output.write(&Report::new(&document, "records", COLUMNS).sections(sections).stamped(stamp))?;
    Ok(0)
}

/// The handling marking that a source brings, if it is not public.
fn marking(entry: &[u8]) -> Option<String> {
    match codec::decode(entry).ok()?.draft.event {
        Event::SourceRecorded(source) if source.handling != "public" => Some(source.handling),
        _ => None,
    }
}

/// A reversed record stays, and says what reversed it.
fn mark_reversed(records: &[RecordJson], rows: &mut [Vec<Cell>]) {
    let place: BTreeMap<u64, usize> = records.iter().enumerate().map(|(place, record)| (record.seq, place)).collect();
    for record in records {
        let target = record.entry.get("corrects").and_then(Value::as_u64).and_then(|target| place.get(&target));
        if let Some(what) = target.and_then(|place| rows[*place].last_mut()) {
            *what = Tone::Dim.of(format!("{} (reversed by #{})", what.text, record.seq));
        }
    }
}

fn json(seq: u64, entry: &[u8]) -> RecordJson {
    let leaf = tree::leaf(entry).to_string();
    match serde_json::from_slice::<Value>(entry) {
        Ok(entry) => RecordJson { seq, leaf, entry, unreadable: None },
        Err(error) => {
            let text = Value::String(String::from_utf8_lossy(entry).into_owned());
            RecordJson { seq, leaf, entry: text, unreadable: Some(error.to_string()) }
        }
    }
}

fn row(seq: u64, entry: &[u8]) -> Vec<Cell> {
    match codec::decode(entry) {
        Ok(record) => {
            let corrects =
                record.corrects.map(|target| format!(" (#{target}: {})", record.reason.as_deref().unwrap_or("no reason given")));
            vec![
                seq.to_string().into(),
                record.occurred_on.as_ref().map_or(String::new(), ToString::to_string).into(),
                record.recorded_at.format("%Y-%m-%d %H:%M UTC").to_string().into(),
                record.actor.as_str().into(),
                record.event.kind().into(),
                record.agreement.as_str().into(),
                format!("{}{}", words::event(&record.event), corrects.unwrap_or_default()).into(),
            ]
        }
        Err(error) => {
            let unreadable = Tone::Bad.of(format!("{error}; run obligo verify"));
            vec![seq.to_string().into(), "".into(), "".into(), "".into(), "".into(), "".into(), unreadable]
        }
    }
}
