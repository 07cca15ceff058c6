//! Facts as they are read, agreement by agreement, and the register that they make. The one way from facts to a register: whether they
//! come from entries, from packs or from a replay that keeps its records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use events::codec::{self, CodecError};
use events::compact::Fact;
use events::record::{ALERTS, REGISTER};
use events::terms::{AgreementTerms, Body, Provision, Source};
use events::{Event, Record};

use crate::alert::Ledger;
use crate::register::{self, Act, Adoption, Agreement, Known, PlacedAct, Register};
use crate::replay::{Finding, reversed};

/// What was read so far. Parts of a log can be gathered apart and joined.
#[derive(Debug, Default)]
pub struct Gathered {
    streams: HashMap<String, Stream>,
    /// Streams as others gathered them, from other records than those above.
    others: Vec<(String, Stream)>,
    /// The records of alerts that were taken, by `seq`.
    of_alerts: BTreeSet<u64>,
    /// What was taken in full, by stream.
    in_full: HashMap<String, Vec<Record>>,
    findings: Vec<Finding>,
}

/// What was read of one stream.
#[derive(Debug, Default)]
struct Stream {
    /// `seq` of its first record, and of its last.
    span: Option<(u64, u64)>,
    /// The version of the last, and when that was recorded.
    version: u64,
    recorded_at: Option<DateTime<Utc>>,
    terms: Vec<Known<AgreementTerms>>,
    sources: Vec<Known<Source>>,
    bodies: Vec<Known<Body>>,
    provisions: Vec<Known<Provision>>,
    acts: Vec<PlacedAct>,
    /// Each reversal, with what it names.
    reversals: Vec<(u64, Option<u64>)>,
    adopted: Vec<Adoption>,
    /// See [`Agreement::corrections`].
    corrections: Vec<Record>,
}

impl Gathered {
    /// Takes a fact of a stream. Those of one stream come in the order of `seq`.
    pub fn take(&mut self, stream: &str, fact: Fact) {
        if stream == ALERTS {
            self.of_alerts.insert(fact.seq);
            return;
        }
        match self.streams.get_mut(stream) {
            Some(known) => known.take(fact),
            None => self.streams.entry(stream.into()).or_default().take(fact),
        }
    }

    /// Takes an entry, by its `seq` and its exact bytes.
    pub fn take_entry(&mut self, seq: u64, entry: &[u8]) {
        match codec::fact(entry) {
            Ok((stream, fact)) => self.take(&stream, fact),
            Err(error) => self.findings.push(unread(seq, &error)),
        }
    }

    /// The records that are needed in full, beside what was taken of them: those of alerts, reversals, and what reversals name.
    pub fn needed_in_full(&self) -> BTreeSet<u64> {
        let streams = self.streams.values().chain(self.others.iter().map(|(_, stream)| stream));
        streams.flat_map(Stream::named).chain(self.of_alerts.iter().copied()).collect()
    }

    /// Takes one of those, in the order of `seq`.
    pub fn take_in_full(&mut self, record: Record) {
        match self.in_full.get_mut(&record.agreement) {
            Some(known) => known.push(record),
            None => drop(self.in_full.insert(record.agreement.clone(), vec![record])),
        }
    }

    /// Joins what was gathered of other records of the same log.
    pub fn join(&mut self, other: Gathered) {
        self.others.extend(other.streams);
        self.others.extend(other.others);
        self.of_alerts.extend(other.of_alerts);
        for (stream, records) in other.in_full {
            let known = self.in_full.entry(stream).or_default();
            known.extend(records);
            // A reversal that was reversed is needed by both.
            known.sort_by_key(|record| record.seq);
            known.dedup_by_key(|record| record.seq);
        }
        self.findings.extend(other.findings);
        self.findings.sort_by_key(|finding| finding.seq);
    }

    /// The register, and what was odd on the way.
    pub fn finish(self) -> (Register, Vec<Finding>) {
        self.finish_on(1)
    }

    /// The same, worked out by so many threads.
    pub fn finish_on(mut self, threads: usize) -> (Register, Vec<Finding>) {
        let mut register = Register::default();
        let alerts = self.in_full.remove(ALERTS).unwrap_or_default();
        if !alerts.is_empty() {
            register.ledger = Ledger::of(&alerts);
        }
        let mut streams: Vec<(String, Stream)> = self.streams.into_iter().chain(self.others).collect();
        streams.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut runs: Vec<Vec<(String, Stream)>> = Vec::new();
        let each = streams.len().div_ceil(threads.max(1)).max(1);
        while !streams.is_empty() {
            // What is of one stream stays together.
            let mut from = streams.len().saturating_sub(each);
            while from > 0 && streams[from - 1].0 == streams[from].0 {
                from -= 1;
            }
            runs.push(streams.split_off(from));
        }
        let in_full = &self.in_full;
        // The last streams were split off first.
        let first = runs.pop().unwrap_or_default();
        let finished: Vec<Finished> = std::thread::scope(|scope| {
            let others: Vec<_> = runs.into_iter().rev().map(|run| scope.spawn(|| finished(run, in_full))).collect();
            let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            std::iter::once(finished(first, in_full)).chain(others).collect()
        });
        let mut findings = self.findings;
        let mut agreements = Vec::new();
        for part in finished {
            findings.extend(part.findings);
            agreements.extend(part.agreements);
            if let Some(whole) = part.of_register {
                (register.version, register.recorded_at) = (whole.version, whole.recorded_at);
                register.adopted = whole.adopted();
            }
        }
        register.agreements = agreements.into_iter().collect();
        (register, findings)
    }
}

/// What some streams make.
#[derive(Default)]
struct Finished {
    findings: Vec<Finding>,
    /// By id.
    agreements: Vec<(String, Agreement)>,
    /// The stream of the register as a whole.
    of_register: Option<Stream>,
}

/// What streams make, those of one id standing together, with what was taken of them in full.
fn finished(streams: Vec<(String, Stream)>, in_full: &HashMap<String, Vec<Record>>) -> Finished {
    let mut made = Finished::default();
    let mut streams = streams.into_iter().peekable();
    while let Some((id, mut stream)) = streams.next() {
        while let Some((_, other)) = streams.next_if(|(other, _)| *other == id) {
            stream.join(other);
        }
        if let Some(records) = in_full.get(&id) {
            let named = stream.named();
            stream.corrections.extend(records.iter().filter(|record| named.contains(&record.seq)).cloned());
        }
        if id == REGISTER {
            made.of_register = Some(stream);
            continue;
        }
        let first = stream.span.map(|(first, _)| first);
        match stream.agreement(&id) {
            Some(agreement) => made.agreements.push((id, agreement)),
            None => {
                let text = format!("records speak of `{id}`, and no standing record says what it is");
                made.findings.push(Finding { seq: first, agreement: Some(id), text });
            }
        }
    }
    made
}

/// From whole records of streams.
impl From<BTreeMap<String, Vec<Record>>> for Gathered {
    fn from(mut streams: BTreeMap<String, Vec<Record>>) -> Self {
        let alerts = streams.remove(ALERTS).unwrap_or_default();
        let stream = |records: Vec<Record>| {
            let mut stream = Stream::default();
            let named: BTreeSet<u64> = records.iter().filter_map(crate::replay::reversal).collect();
            for record in records {
                if crate::replay::reversal(&record).is_some() || named.contains(&record.seq) {
                    stream.corrections.push(record.clone());
                }
                stream.take(record.into());
            }
            stream
        };
        let streams = streams.into_iter().map(|(id, records)| (id, stream(records))).collect();
        Gathered { streams, in_full: HashMap::from([(ALERTS.into(), alerts)]), ..Gathered::default() }
    }
}

/// What is said of an entry that cannot be read.
pub(crate) fn unread(seq: u64, error: &CodecError) -> Finding {
    let text = match error {
        CodecError::UnknownKind { .. } => format!("{error}; a newer version may"),
        _ => format!("{error}; run `obligo verify`"),
    };
    Finding { seq: Some(seq), agreement: None, text }
}

impl Stream {
    fn take(&mut self, fact: Fact) {
        let Fact { seq, version, recorded_at, occurred_on, source, corrects, event } = fact;
        self.span = Some((self.span.map_or(seq, |(first, _)| first), seq));
        (self.version, self.recorded_at) = (version, Some(recorded_at));
        match event {
            Event::AgreementRecorded(value) => self.terms.push(Known { seq, recorded_at, source, value: *value }),
            Event::SourceRecorded(value) => self.sources.push(Known { seq, recorded_at, source, value: *value }),
            Event::BodyRecorded(value) => self.bodies.push(Known { seq, recorded_at, source, value: *value }),
            Event::ProvisionRecorded(value) => self.provisions.push(Known { seq, recorded_at, source, value: *value }),
            Event::RecordCorrected(_) => self.reversals.push((seq, corrects)),
            Event::RulesAdopted(set) => self.adopted.push(Adoption { seq, recorded_at, set }),
            // It is about what stands beside the log: nothing follows from it, and nothing takes it back.
            Event::TextErased(_) => {}
            // Of the register as a whole; elsewhere it says nothing.
            Event::Alert(_) => {}
            event => self.acts.push(Act::new(register::Fact { seq, source, on: occurred_on, recorded_at, event }).into()),
        }
    }

    fn join(&mut self, mut other: Stream) {
        let later = |span: Option<(u64, u64)>| span.map(|(_, last)| last);
        if later(self.span) < later(other.span) {
            (self.version, self.recorded_at) = (other.version, other.recorded_at);
        }
        self.span = match (self.span, other.span) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        };
        joined(&mut self.terms, &mut other.terms, |known| known.seq);
        joined(&mut self.sources, &mut other.sources, |known| known.seq);
        joined(&mut self.bodies, &mut other.bodies, |known| known.seq);
        joined(&mut self.provisions, &mut other.provisions, |known| known.seq);
        joined(&mut self.reversals, &mut other.reversals, |(seq, _)| *seq);
        joined(&mut self.adopted, &mut other.adopted, |adoption| adoption.seq);
        joined(&mut self.corrections, &mut other.corrections, |record| record.seq);
        // These are put into legal order at the end, whatever order they are in.
        self.acts.append(&mut other.acts);
    }

    /// The reversals of this stream that name a record, and these. One that names a record of another stream is none of that one's doing.
    fn named(&self) -> BTreeSet<u64> {
        self.reversals.iter().filter_map(|(seq, target)| target.map(|target| [*seq, target])).flatten().collect()
    }

    /// Takes out what is reversed.
    fn without_reversed(&mut self) {
        let reversed = reversed(self.reversals.iter().copied());
        if reversed.is_empty() {
            return;
        }
        let stands = |seq: u64| !reversed.contains_key(&seq);
        self.terms.retain(|known| stands(known.seq));
        self.sources.retain(|known| stands(known.seq));
        self.bodies.retain(|known| stands(known.seq));
        self.provisions.retain(|known| stands(known.seq));
        self.acts.retain(|act| stands(act.seq()));
        self.adopted.retain(|adoption| stands(adoption.seq));
        self.reversals.retain(|(seq, _)| stands(*seq));
    }

    fn adopted(mut self) -> Vec<Adoption> {
        self.without_reversed();
        self.adopted
    }

    /// The agreement; `None` where no standing record says what it is.
    fn agreement(mut self, id: &str) -> Option<Agreement> {
        self.without_reversed();
        let terms = self.terms.into_iter().next()?;
        Some(Agreement {
            sources: self.sources,
            bodies: self.bodies,
            provisions: self.provisions,
            acts: self.acts.into(),
            reversals: self.reversals.into_iter().map(|(seq, _)| seq).collect(),
            corrections: self.corrections,
            version: self.version,
            recorded_at: self.recorded_at.unwrap_or(terms.recorded_at),
            ..Agreement::new(id, terms)
        })
    }
}

fn joined<T>(all: &mut Vec<T>, more: &mut Vec<T>, seq: impl Fn(&T) -> u64) {
    if !more.is_empty() {
        all.append(more);
        all.sort_by_key(seq);
    }
}
