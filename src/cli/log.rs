//! `obligo log`: the records as they stand. A reversed one stays, struck, and says what reversed it and why.

use std::collections::{BTreeMap, BTreeSet};

use events::codec::CodecError;
use events::log::{EventLog, Select};
use events::{Event, Record, codec, seal, tree};
use serde_json::Value;

use super::args::{Known, Output};
use super::{Context, lookup, status};
use crate::app::{Ground, LeftOut, Seen};
use crate::error::Error;
use crate::report::json::{RecordJson, RecordsJson, TextJson};
use crate::report::{Cell, Format, Report, Section, Tone, words};
use crate::texts::{Behind, Texts};

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
    ("in_place_of", "/in_place_of"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.known.position()?;
    let log = context.reader()?;
    let ground = Ground::of(&log, &context.shelf()?, &position)?;
    let private = context.private()?;
    let texts = Texts::new(&log, &private).sealed(position.sealed);
    let all = ground.collect(&texts, args.agreement.as_deref(), &mut |_| {})?;
    let looked_at = all.looked_at(ground.size, &position.sift);
    let mut handling: BTreeSet<String> = BTreeSet::new();
    let mut records = Vec::new();
    let mut rows = Vec::new();
    // Names are for the screen; what is handed on as data has the ids alone.
    let names = if args.output.format()? == Format::Table { private.actors()? } else { BTreeMap::new() };
    let mut decoded = Vec::new();
    let mut hidden = 0;
    let mut failed = None;
    log.scan(&Select { agreement: args.agreement.clone(), upto: Some(ground.size) }, &mut |seq, entry| {
        let found = looked_at.get(&seq).filter(|found| found.is_shown);
        if found.is_none() && !position.sift.is_all() {
            hidden += 1;
            return true;
        }
        handling.extend(found.and_then(|found| marking(&found.record.event)));
        match json(seq, entry, &texts).and_then(|record| Ok((record, texts.disclosed(entry)?))) {
            Ok((record, disclosed)) => {
                records.push(record);
                let record = codec::decode(&disclosed);
                rows.push(row(seq, record.as_ref(), &names));
                decoded.push(record.ok());
            }
            Err(error) => failed = Some(error),
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)?;
    if let Some(id) = args.agreement.as_ref().filter(|_| records.is_empty()) {
        lookup::agreement(&context.view(&log, &position, None)?, id)?;
    }
    let reversed = looked_at.iter().filter_map(|(seq, found)| Some((*seq, found.reversed_by?))).collect();
    let corrections = Corrections::of(&decoded, reversed);
    for ((record, row), read) in records.iter_mut().zip(&mut rows).zip(&decoded) {
        (record.reversed_by, record.in_place_of) = (corrections.reversed_by(record.seq), corrections.in_place_of(record.seq));
        if record.reversed_by.is_some() {
            row.iter_mut().for_each(|cell| cell.tone = Tone::Struck);
        }
        row.push(corrections.note(read.as_ref()).into());
    }
    // Nothing was corrected and nothing told late: no word of it.
    let has_notes = rows.iter().any(|row| row.last().is_some_and(|note| !note.text.is_empty()));
    if !has_notes {
        rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    let left_out = (!position.sift.is_all()).then_some(LeftOut { sift: position.sift, records: hidden });
    let seen = Seen { left_out, ..Seen::at(&log, ground.size)? };
    let count = records.len();
    let document = RecordsJson { schema: "obligo.log.v1", log: seen.into(), handling: handling.into_iter().collect(), records };
    let marked =
        if document.handling.is_empty() { String::new() } else { format!(" · handling: {}", document.handling.join(", ")) };
    let what = if count == 1 { "record" } else { "records" };
    let left_out = status::left_out(left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    let mut columns = vec!["#", "WHEN", "RECORDED", "ACTOR", "TYPE", "AGREEMENT", "WHAT"];
    columns.extend(has_notes.then_some("NOTE"));
    let sections = vec![
        Section::Table { columns, rows },
        Section::line(""),
        Section::note(format!("{count} {what} · log {} {}…{marked}{left_out}", seen.size, &seen.head.to_string()[..12])),
    ];
    let stamp = context.stamp_of(Some(&position), seen, &ground.rules).seen_from_no_day();
    args.output.write(&Report::new(&document, "records", COLUMNS).sections(sections).stamped(stamp))?;
    Ok(0)
}

/// The handling marking that a source brings, if it is not public.
pub fn marking(event: &Event) -> Option<String> {
    match event {
        Event::SourceRecorded(source) if source.handling != "public" => Some(source.handling.clone()),
        _ => None,
    }
}

/// What was reversed by what, and what was recorded in its place.
struct Corrections {
    reversed: BTreeMap<u64, u64>,
    /// By the record that stands in place of another: that other.
    replaced: BTreeMap<u64, u64>,
    reasons: BTreeMap<u64, String>,
    shown: BTreeSet<u64>,
}

impl Corrections {
    /// Of the records that are shown, and what reverses them, whether that is shown or not.
    fn of(records: &[Option<Record>], reversed: BTreeMap<u64, u64>) -> Self {
        let records: Vec<&Record> = records.iter().flatten().collect();
        let reversal = |record: &Record| record.corrects.filter(|_| matches!(record.event, Event::RecordCorrected(_)));
        // A command that reverses one record and records something else puts that in its place.
        let pairs = records.windows(2).filter(|pair| pair[0].command == pair[1].command && reversal(pair[1]).is_none());
        let replaced = pairs.filter_map(|pair| Some((pair[1].seq, reversal(pair[0])?))).collect();
        let reasons = records.iter().filter_map(|record| Some((record.seq, record.reason.clone()?))).collect();
        Corrections { reversed, replaced, reasons, shown: records.iter().map(|record| record.seq).collect() }
    }

    fn reversed_by(&self, seq: u64) -> Option<u64> {
        self.reversed.get(&seq).copied()
    }

    fn in_place_of(&self, seq: u64) -> Option<u64> {
        self.replaced.get(&seq).copied()
    }

    /// What reversed it and why, and why it was recorded.
    fn note(&self, record: Option<&Record>) -> String {
        let Some(record) = record else { return String::new() };
        let reason = |seq: u64| match self.reasons.get(&seq) {
            Some(reason) => format!(": {reason}"),
            None if self.shown.contains(&seq) => ": no reason given".into(),
            None => String::new(),
        };
        let own = record.reason.clone();
        let reversed = self.reversed_by(record.seq).map(|by| format!("reversed by #{by}{}", reason(by)));
        [reversed, own].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

fn json(seq: u64, entry: &[u8], texts: &Texts) -> Result<RecordJson, Error> {
    let leaf = tree::leaf(entry).to_string();
    Ok(match serde_json::from_slice::<Value>(entry) {
        Ok(entry) => {
            let mut all = Vec::new();
            sealed(&entry, "", texts, &mut all)?;
            RecordJson { seq, leaf, entry, texts: all, unreadable: None, reversed_by: None, in_place_of: None }
        }
        Err(error) => {
            let text = Value::String(String::from_utf8_lossy(entry).into_owned());
            let (texts, unreadable) = (Vec::new(), Some(error.to_string()));
            RecordJson { seq, leaf, entry: text, texts, unreadable, reversed_by: None, in_place_of: None }
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
                Behind::Sealed => ("sealed", None, None),
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

fn row(seq: u64, record: Result<&Record, &CodecError>, names: &BTreeMap<String, String>) -> Vec<Cell> {
    match record {
        Ok(record) => {
            let corrects = record.corrects.map(|target| format!(": #{target}")).unwrap_or_default();
            vec![
                seq.to_string().into(),
                record.occurred_on.as_ref().map_or(String::new(), ToString::to_string).into(),
                record.recorded_at.format("%Y-%m-%d %H:%M UTC").to_string().into(),
                names.get(&record.actor).map_or_else(|| record.actor.clone(), |name| format!("{} ({name})", record.actor)).into(),
                record.event.kind().into(),
                record.agreement.as_str().into(),
                format!("{}{}", words::event(&record.event), corrects).into(),
            ]
        }
        Err(error) => {
            let unreadable = Tone::Bad.of(format!("{error}; run obligo verify"));
            vec![seq.to_string().into(), "".into(), "".into(), "".into(), "".into(), "".into(), unreadable]
        }
    }
}
