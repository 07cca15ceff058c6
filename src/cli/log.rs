//! `obligo log`: the records as they stand, corrected ones among them.

use std::collections::BTreeSet;

use events::log::{EventLog, Select};
use events::{Event, codec, tree};
use serde_json::Value;

use super::args::{Known, Output};
use super::{Context, lookup, status};
use crate::app::{Ground, LeftOut, Seen};
use crate::error::Error;
use crate::report::json::{RecordJson, RecordsJson};
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// Only this agreement
    agreement: Option<String>,

    #[command(flatten)]
    known: Known,

    #[command(flatten)]
    output: Output,
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
    ("reversed_by", "/reversed_by"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.known.position()?;
    let log = context.reader()?;
    let ground = Ground::of(&log, &position)?;
    let all = ground.collect(&log, args.agreement.as_deref(), &mut |_| {})?;
    let looked_at = all.looked_at(ground.size, &position.sift);
    let mut handling: BTreeSet<String> = BTreeSet::new();
    let mut records = Vec::new();
    let mut rows = Vec::new();
    let mut hidden = 0;
    log.scan(&Select { agreement: args.agreement.clone(), upto: Some(ground.size) }, &mut |seq, entry| {
        let found = looked_at.get(&seq).filter(|found| found.is_shown);
        if found.is_none() && !position.sift.is_all() {
            hidden += 1;
            return true;
        }
        let reversed_by = found.and_then(|found| found.reversed_by);
        handling.extend(found.and_then(|found| marking(&found.record.event)));
        records.push(json(seq, entry, reversed_by));
        rows.push(row(seq, entry, reversed_by));
        true
    })?;
    if let Some(id) = args.agreement.as_ref().filter(|_| records.is_empty()) {
        lookup::agreement(&context.view(&log, &position, None)?, id)?;
    }
    let left_out = (!position.sift.is_all()).then_some(LeftOut { sift: position.sift, records: hidden });
    let seen = Seen { size: ground.size, head: log.root_at(ground.size)?, left_out };
    let count = records.len();
    let document = RecordsJson { schema: "obligo.log.v1", log: seen.into(), handling: handling.into_iter().collect(), records };
    let marked =
        if document.handling.is_empty() { String::new() } else { format!(" · handling: {}", document.handling.join(", ")) };
    let what = if count == 1 { "record" } else { "records" };
    let left_out = status::left_out(left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    let columns = vec!["#", "WHEN", "RECORDED", "ACTOR", "TYPE", "AGREEMENT", "WHAT"];
    let sections = vec![
        Section::Table { columns, rows },
        Section::line(""),
        Section::note(format!("{count} {what} · log {} {}…{marked}{left_out}", seen.size, &seen.head.to_string()[..12])),
    ];
    args.output.write(&Report::new(&document, "records", COLUMNS).sections(sections))?;
    Ok(0)
}

/// The handling marking that a source brings, if it is not public.
pub fn marking(event: &Event) -> Option<String> {
    match event {
        Event::SourceRecorded(source) if source.handling != "public" => Some(source.handling.clone()),
        _ => None,
    }
}

fn json(seq: u64, entry: &[u8], reversed_by: Option<u64>) -> RecordJson {
    let leaf = tree::leaf(entry).to_string();
    match serde_json::from_slice::<Value>(entry) {
        Ok(entry) => RecordJson { seq, leaf, entry, reversed_by, unreadable: None },
        Err(error) => {
            let text = Value::String(String::from_utf8_lossy(entry).into_owned());
            RecordJson { seq, leaf, entry: text, reversed_by, unreadable: Some(error.to_string()) }
        }
    }
}

fn row(seq: u64, entry: &[u8], reversed_by: Option<u64>) -> Vec<Cell> {
    match codec::decode(entry) {
        Ok(record) => {
            let corrects =
                record.corrects.map(|target| format!(" (#{target}: {})", record.reason.as_deref().unwrap_or("no reason given")));
            let what = format!("{}{}", words::event(&record.event), corrects.unwrap_or_default());
            // A reversed record stays, and says what reversed it.
            let what = match reversed_by {
                Some(reversal) => Tone::Dim.of(format!("{what} (reversed by #{reversal})")),
                None => what.into(),
            };
            vec![
                seq.to_string().into(),
                record.occurred_on.as_ref().map_or(String::new(), ToString::to_string).into(),
                record.recorded_at.format("%Y-%m-%d %H:%M UTC").to_string().into(),
                record.actor.as_str().into(),
                record.event.kind().into(),
                record.agreement.as_str().into(),
                what,
            ]
        }
        Err(error) => {
            let unreadable = Tone::Bad.of(format!("{error}; run obligo verify"));
            vec![seq.to_string().into(), "".into(), "".into(), "".into(), "".into(), "".into(), unreadable]
        }
    }
}
