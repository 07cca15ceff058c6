//! `obligo log`: the records as they stand, corrected ones among them.

use std::collections::{BTreeMap, BTreeSet};

use events::log::{EventLog, Select};
use events::{Event, codec, seal, tree};
use serde_json::Value;

use super::args::Reading;
use super::{Context, lookup};
use crate::app::Seen;
use crate::error::Error;
use crate::report::json::{RecordJson, RecordsJson, TextJson};
use crate::report::{Cell, Format, Report, Section, Tone, words};
use crate::texts::{Behind, Texts};

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
    let private = context.private()?;
    let texts = Texts::new(&log, &private);
    // Names are for the screen; what is handed on as data has the ids alone.
    let names = if args.reading.output.format()? == Format::Table { private.actors()? } else { BTreeMap::new() };
    let mut failed = None;
    log.scan(&Select { agreement: args.agreement.clone(), upto: Some(size) }, &mut |seq, entry| {
        handling.extend(marking(entry));
        let read = json(seq, entry, &texts).and_then(|record| Ok((record, texts.disclosed(entry)?)));
        match read {
            Ok((record, disclosed)) => {
                records.push(record);
                rows.push(row(seq, &disclosed, &names));
            }
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)?;
    if let Some(id) = args.agreement.as_ref().filter(|_| records.is_empty()) {
        lookup::agreement(&context.view(&log, &position, None)?, id)?;
    }
    mark_reversed(&records, &mut rows);
    let seen = Seen { size, head: log.root_at(size)? };
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
    args.reading.output.write(&Report::new(&document, "records", COLUMNS).sections(sections))?;
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

fn json(seq: u64, entry: &[u8], texts: &Texts) -> Result<RecordJson, Error> {
    let leaf = tree::leaf(entry).to_string();
    Ok(match serde_json::from_slice::<Value>(entry) {
        Ok(entry) => {
            let mut all = Vec::new();
            sealed(&entry, "", texts, &mut all)?;
            RecordJson { seq, leaf, entry, texts: all, unreadable: None }
        }
        Err(error) => {
            let text = Value::String(String::from_utf8_lossy(entry).into_owned());
            RecordJson { seq, leaf, entry: text, texts: Vec::new(), unreadable: Some(error.to_string()) }
        }
    })
}

/// Each text that an entry has a commitment for, with its place.
fn sealed(value: &Value, at: &str, texts: &Texts, all: &mut Vec<TextJson>) -> Result<(), Error> {
    match value {
        Value::String(text) => {
            let Some(commitment) = seal::commitment_in(text) else { return Ok(()) };
            let (state, text, erased_by) = match texts.behind(commitment)? {
                Behind::Text(text) => ("disclosed", Some(text), None),
                Behind::Erased(record) => ("erased", None, Some(record)),
                Behind::Other => ("other", None, None),
                Behind::Missing => ("missing", None, None),
            };
            all.push(TextJson { at: at.into(), commitment: commitment.into(), state, text, erased_by });
        }
        Value::Array(list) => {
            for (place, item) in list.iter().enumerate() {
                sealed(item, &format!("{at}/{place}"), texts, all)?;
            }
        }
        Value::Object(keys) => {
            for (key, item) in keys {
                sealed(item, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), texts, all)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn row(seq: u64, entry: &[u8], names: &BTreeMap<String, String>) -> Vec<Cell> {
    match codec::decode(entry) {
        Ok(record) => {
            let corrects =
                record.corrects.map(|target| format!(" (#{target}: {})", record.reason.as_deref().unwrap_or("no reason given")));
            vec![
                seq.to_string().into(),
                record.occurred_on.as_ref().map_or(String::new(), ToString::to_string).into(),
                record.recorded_at.format("%Y-%m-%d %H:%M UTC").to_string().into(),
                names.get(&record.actor).map_or_else(|| record.actor.clone(), |name| format!("{} ({name})", record.actor)).into(),
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
