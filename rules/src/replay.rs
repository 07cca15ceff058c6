//! From records to a register. Bad data never stops a replay: it becomes a [`Finding`] beside the result.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use events::codec;
use events::terms::AgreementTerms;
use events::{Event, Record};

use crate::gather::{Gathered, unread};
use crate::register::{Agreement, Known, Register};
use crate::sift::{Look, Sift};

/// Something odd met in the log, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: `seq` of the record, if it has one.
    pub seq: Option<u64>,
    /// The agreement it concerns, if one can be named.
    pub agreement: Option<String>,
    /// What is odd.
    pub text: String,
}

/// A record that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct LookedAt<'a> {
    /// The record.
    pub record: &'a Record,
    /// Whether its words are shown, or it merely counts.
    pub is_shown: bool,
    /// The record that reverses it.
    pub reversed_by: Option<u64>,
}

/// Collects entries one by one and gives the register at the end.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    streams: BTreeMap<String, Vec<Record>>,
    /// Agreements of which records were left out.
    partial: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Replay {
    /// Takes the next entry, by its `seq` and its exact bytes.
    pub fn take(&mut self, seq: u64, entry: &[u8]) {
        match codec::decode(entry) {
            Ok(record) => self.streams.entry(record.agreement.clone()).or_default().push(record),
            Err(error) => self.findings.push(unread(seq, &error)),
        }
    }

    /// Whether nothing was taken.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty() && self.findings.is_empty()
    }

    /// The ids of the agreements that records speak of.
    pub fn agreements(&self) -> impl Iterator<Item = &str> {
        self.streams.keys().map(String::as_str)
    }

    /// The records of an agreement, in order.
    pub fn stream(&self, agreement: &str) -> &[Record] {
        self.streams.get(agreement).map_or(&[], Vec::as_slice)
    }

    /// What was odd in the entries themselves.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The records up to and including `upto` that are looked at, by `seq`.
    pub fn looked_at(&self, upto: u64, sift: &Sift) -> BTreeMap<u64, LookedAt<'_>> {
        let mut records = BTreeMap::new();
        for stream in self.streams.values() {
            let looks = sift.looks(stream, upto);
            let reversed = corrected(&stream[..looks.len()]);
            let kept = stream.iter().zip(looks).filter(|(_, look)| *look != Look::LeftOut);
            records.extend(kept.map(|(record, look)| {
                (record.seq, LookedAt { record, is_shown: look == Look::Kept, reversed_by: reversed.get(&record.seq).copied() })
            }));
        }
        records
    }

    /// What is looked at of the log as it was with records up to and including `upto`, and how many of those records are left out. An
    /// entry that cannot be read is left out where not all is looked at: what it rests on cannot be told.
    pub fn at(&self, upto: u64, sift: &Sift) -> (Replay, u64) {
        let mut seen = Replay::default();
        let mut left_out = 0;
        for id in self.streams.keys() {
            let (stream, of_it) = self.stream_at(id, upto, sift);
            left_out += of_it;
            if of_it > 0 {
                seen.partial.insert(id.clone());
            }
            if !stream.is_empty() {
                seen.streams.insert(id.clone(), stream);
            }
        }
        let odd = self.findings.iter().filter(|finding| finding.seq.is_none_or(|seq| seq <= upto));
        if sift.is_all() {
            seen.findings = odd.cloned().collect();
        } else {
            left_out += odd.count() as u64;
        }
        (seen, left_out)
    }

    /// The same of one agreement alone: its register, and what was odd in its records.
    pub fn agreement_at(&self, agreement: &str, upto: u64, sift: &Sift) -> (Register, Vec<Finding>) {
        let (stream, _) = self.stream_at(agreement, upto, sift);
        // Of the whole stream, so that nothing changes between two positions by a record that is not looked at.
        let is_partial = !sift.is_all() && sift.looks(self.stream(agreement), u64::MAX).contains(&Look::LeftOut);
        let partial = is_partial.then(|| agreement.to_string()).into_iter().collect();
        let streams = if stream.is_empty() { BTreeMap::new() } else { [(agreement.to_string(), stream)].into() };
        Replay { streams, partial, findings: Vec::new() }.finish()
    }

    fn stream_at(&self, agreement: &str, upto: u64, sift: &Sift) -> (Vec<Record>, u64) {
        let stream = self.stream(agreement);
        let looks = sift.looks(stream, upto);
        let all = looks.len();
        let kept = stream.iter().zip(looks).filter(|(_, look)| *look != Look::LeftOut).map(|(record, _)| record.clone());
        let kept: Vec<Record> = kept.collect();
        let left_out = (all - kept.len()) as u64;
        (kept, left_out)
    }

    /// The register, and what was odd on the way.
    pub fn finish(self) -> (Register, Vec<Finding>) {
        let Replay { streams, partial, mut findings } = self;
        let (register, odd) = Gathered::from(streams).finish();
        findings.extend(odd);
        (Register { partial, ..register }, findings)
    }
}

/// From entries (`seq` and bytes, in order) to a register.
pub fn replay<'a>(entries: impl IntoIterator<Item = (u64, &'a [u8])>) -> (Register, Vec<Finding>) {
    let mut replay = Replay::default();
    entries.into_iter().for_each(|(seq, entry)| replay.take(seq, entry));
    replay.finish()
}

fn terms_of(record: &Record, terms: &AgreementTerms) -> Known<AgreementTerms> {
    Known { seq: record.seq, recorded_at: record.recorded_at, source: record.source.clone(), value: terms.clone() }
}

/// An agreement as the log told of it at the end of a day in UTC, with the records that stood then and have been reversed since; `None`
/// where the log did not say what it is.
pub(crate) fn known_by(agreement: &Agreement, day: NaiveDate) -> Option<Agreement> {
    let was_recorded = |at: DateTime<Utc>| at.date_naive() <= day;
    let then: Vec<Record> = agreement.corrections.iter().filter(|record| was_recorded(record.recorded_at)).cloned().collect();
    let corrected = corrected(&then);
    let standing = || then.iter().filter(|record| !corrected.contains_key(&record.seq));
    // What no reversal names has always stood.
    let named: BTreeSet<u64> = agreement.corrections.iter().map(|record| record.seq).collect();
    let stood = |seq: u64, at: DateTime<Utc>| was_recorded(at) && !named.contains(&seq);
    let terms = Some(&agreement.terms).filter(|terms| stood(terms.seq, terms.recorded_at)).cloned();
    let terms = terms.or_else(|| {
        standing().find_map(|record| match &record.event {
            Event::AgreementRecorded(terms) => Some(terms_of(record, terms)),
            _ => None,
        })
    });
    let mut known = Agreement::new(&agreement.id, terms?);
    known.sources = agreement.sources.iter().filter(|known| stood(known.seq, known.recorded_at)).cloned().collect();
    known.bodies = agreement.bodies.iter().filter(|known| stood(known.seq, known.recorded_at)).cloned().collect();
    known.provisions = agreement.provisions.iter().filter(|known| stood(known.seq, known.recorded_at)).cloned().collect();
    known.acts = agreement.acts.clone();
    known.acts.retain(|act| stood(act.seq, act.recorded_at));
    standing().for_each(|record| known.apply(record.into()));
    known.provisions.sort_by_key(|known| known.seq);
    known.acts.sort();
    Some(known)
}

/// The record that a reversal names.
pub(crate) fn reversal(record: &Record) -> Option<u64> {
    matches!(record.event, Event::RecordCorrected(_)).then_some(record.corrects).flatten()
}

/// Records that are reversed, each with the reversal that counts, seen from the end: a reversal that is itself reversed does not count,
/// and its target stands again.
pub fn corrected(records: &[Record]) -> BTreeMap<u64, u64> {
    reversed(records.iter().filter_map(|record| reversal(record).map(|target| (record.seq, Some(target)))))
}

/// The same, of reversals in order, each with what it names.
pub(crate) fn reversed(reversals: impl DoubleEndedIterator<Item = (u64, Option<u64>)>) -> BTreeMap<u64, u64> {
    let mut reversed = BTreeMap::new();
    for (seq, target) in reversals.rev() {
        if let Some(target) = target.filter(|_| !reversed.contains_key(&seq)) {
            reversed.entry(target).or_insert(seq);
        }
    }
    reversed
}
