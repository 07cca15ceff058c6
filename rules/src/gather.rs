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
use crate::register::{self, Act, Acts, Adoption, Agreement, Known, Register};
use crate::replay::{Finding, reversed};

/// What was read so far. Parts of a log can be gathered apart and joined.
#[derive(Debug, Default)]
pub struct Gathered {
    streams: HashMap<String, Stream>,
    /// The records of alerts that were taken, by `seq`, and those that were taken in full.
    of_alerts: BTreeSet<u64>,
    alerts: Vec<Record>,
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
    acts: Acts,
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
        match codec::decode(entry) {
            Ok(mut record) => {
                let stream = std::mem::take(&mut record.draft.agreement);
                self.take(&stream, record.into());
            }
            Err(error) => self.findings.push(unread(seq, &error)),
        }
    }

    /// The records that are needed in full, beside what was taken of them: those of alerts, reversals, and what reversals name.
    pub fn needed_in_full(&self) -> BTreeSet<u64> {
        let pairs = self.streams.values().flat_map(|stream| &stream.reversals);
        pairs
            .filter_map(|(seq, target)| target.map(|target| [*seq, target]))
            .flatten()
            .chain(self.of_alerts.iter().copied())
            .collect()
    }

    /// Takes one of those, in the order of `seq`. One that is of another stream than the reversal that names it is none of this log's doing.
    pub fn take_in_full(&mut self, record: Record) {
        if self.of_alerts.contains(&record.seq) {
            self.alerts.push(record);
            return;
        }
        let Some(stream) = self.streams.get_mut(&record.agreement) else { return };
        let is_meant =
            |(seq, target): &(u64, Option<u64>)| target.is_some() && (*seq == record.seq || *target == Some(record.seq));
        if stream.reversals.iter().any(is_meant) {
            stream.corrections.push(record);
        }
    }

    /// Joins what was gathered of other records of the same log.
    pub fn join(&mut self, other: Gathered) {
        for (id, stream) in other.streams {
            match self.streams.get_mut(&id) {
                Some(known) => known.join(stream),
                None => drop(self.streams.insert(id, stream)),
            }
        }
        self.of_alerts.extend(other.of_alerts);
        self.alerts.extend(other.alerts);
        self.alerts.sort_by_key(|record| record.seq);
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
        if let Some(stream) = self.streams.remove(REGISTER) {
            (register.version, register.recorded_at) = (stream.version, stream.recorded_at);
            register.adopted = stream.adopted();
        }
        if !self.alerts.is_empty() {
            register.ledger = Ledger::of(&self.alerts);
        }
        let mut streams: Vec<(String, Stream)> = self.streams.into_iter().collect();
        streams.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let each = streams.len().div_ceil(threads.max(1)).max(1);
        let mut parts: Vec<Vec<(String, Stream)>> = Vec::new();
        while !streams.is_empty() {
            parts.push(streams.split_off(streams.len().saturating_sub(each)));
        }
        let mut findings = self.findings;
        let mut finished: Vec<Finished> = match parts.len() {
            0 | 1 => parts.into_iter().map(agreements).collect(),
            _ => std::thread::scope(|scope| {
                let threads: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| agreements(part))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            }),
        };
        // The last part was split off first.
        finished.reverse();
        register.agreements = finished
            .into_iter()
            .flat_map(|(odd, agreements)| {
                findings.extend(odd);
                agreements
            })
            .collect();
        (register, findings)
    }
}

/// What was odd in streams, and the agreements that they are, by id.
type Finished = (Vec<Finding>, Vec<(String, Agreement)>);

/// The agreements of streams, and what was odd in these.
fn agreements(streams: Vec<(String, Stream)>) -> Finished {
    let mut findings = Vec::new();
    let agreement = |(id, stream): (String, Stream)| {
        let first = stream.span.map(|(first, _)| first);
        let agreement = stream.agreement(&id);
        if agreement.is_none() {
            let text = format!("records speak of `{id}`, and no standing record says what it is");
            findings.push(Finding { seq: first, agreement: Some(id.clone()), text });
        }
        agreement.map(|agreement| (id, agreement))
    };
    let agreements = streams.into_iter().filter_map(agreement).collect();
    (findings, agreements)
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
        Gathered { streams, alerts, ..Gathered::default() }
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
            Event::BodyRecorded(value) => self.bodies.push(Known { seq, recorded_at, source, value }),
            Event::ProvisionRecorded(value) => self.provisions.push(Known { seq, recorded_at, source, value: *value }),
            Event::RecordCorrected(_) => self.reversals.push((seq, corrects)),
            Event::RulesAdopted(set) => self.adopted.push(Adoption { seq, recorded_at, set }),
            // It is about what stands beside the log: nothing follows from it, and nothing takes it back.
            Event::TextErased(_) => {}
            // Of the register as a whole; elsewhere it says nothing.
            Event::Alert(_) => {}
            event => self.acts.push(Act::new(register::Fact { seq, source, on: occurred_on, recorded_at, event })),
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
        self.acts.retain(|act| stands(act.seq));
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
        let mut agreement = Agreement {
            sources: self.sources,
            bodies: self.bodies,
            provisions: self.provisions,
            acts: self.acts,
            reversals: self.reversals.into_iter().map(|(seq, _)| seq).collect(),
            corrections: self.corrections,
            version: self.version,
            recorded_at: self.recorded_at.unwrap_or(terms.recorded_at),
            ..Agreement::new(id, terms)
        };
        agreement.acts.sort();
        Some(agreement)
    }
}

fn joined<T>(all: &mut Vec<T>, more: &mut Vec<T>, seq: impl Fn(&T) -> u64) {
    if !more.is_empty() {
        all.append(more);
        all.sort_by_key(seq);
    }
}
