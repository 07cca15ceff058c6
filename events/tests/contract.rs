//! The contract suite on the memory log, and on logs that are broken on purpose: a suite that cannot fail proves nothing.

use chrono::{DateTime, TimeDelta, Utc};
use events::contract::{self, HandClock};
use events::log::{EventLog, Expected, Head, LogError, Receipt, Select};
use events::memory::MemoryLog;
use events::record::Draft;
use events::tree::{self, Hash};
use events::{Record, codec};
use uuid::Uuid;

#[test]
fn the_memory_log_keeps_every_promise() {
    contract::all(&|origin, clock| Box::new(MemoryLog::new(origin, clock)));
}

#[test]
#[should_panic(expected = "- seq and version have no gap: ")]
fn the_suite_names_the_promise_that_is_broken() {
    contract::all(&|origin, clock| Box::new(Broken::new(origin, clock, Flaw::SkipsASeq)));
}

/// Each flaw and the promise that must catch it.
const CONTROLS: &[(Flaw, &str)] = &[
    (Flaw::None, ""),
    (Flaw::BeginsFull, "an empty log is empty"),
    (Flaw::SkipsASeq, "seq and version have no gap"),
    (Flaw::RestartsVersions, "seq and version have no gap"),
    (Flaw::WritesOneByOne, "all drafts are appended or none"),
    (Flaw::Reserialises, "the bytes are the codec's, to the letter"),
    (Flaw::AddsALineEnd, "the bytes are the codec's, to the letter"),
    (Flaw::IgnoresExpected, "a stale writer is refused and told what was found"),
    (Flaw::NamesTheWrongPosition, "a stale writer is refused and told what was found"),
    (Flaw::LocksTheWholeLog, "a writer that looks at one agreement is not disturbed by others"),
    (Flaw::RepeatsCommands, "a repeated command gets its first receipt and writes nothing"),
    (Flaw::ForgetsHowFar, "a repeated command gets its first receipt and writes nothing"),
    (Flaw::RenamesTakenIds, "a taken id is refused"),
    (Flaw::AcceptsNothing, "an append without drafts is refused"),
    (Flaw::LetsTimeGoBack, "recorded_at never goes back and is in whole microseconds"),
    (Flaw::RoundsTimeUp, "recorded_at never goes back and is in whole microseconds"),
    (Flaw::CountsBeforeTheInstant, "size_at counts up to the instant, inclusive"),
    (Flaw::CountsRecordsFromNought, "recorded_at is that of the entry"),
    (Flaw::IgnoresUpto, "a scan hands over what was selected, in order"),
    (Flaw::ReadsBackwards, "a scan hands over what was selected, in order"),
    (Flaw::HandsOutTheNext, "a scan hands over what was selected, in order"),
    (Flaw::NeverStops, "a scan stops when it is told to"),
    (Flaw::IgnoresCase, "agreements are told apart to the letter"),
    (Flaw::NamesAllAgreements, "the agreements of later records are named"),
    (Flaw::RootsOfNow, "the root is RFC 6962's at every size"),
    (Flaw::NodesOfLeaves, "the root is RFC 6962's at every size"),
    (Flaw::ForgetsTheFirst, "an entry never changes"),
    (Flaw::StopsAtTwelve, "random histories go as in the memory log"),
];

#[test]
fn every_flaw_is_caught_by_its_promise_and_no_flaw_by_none() {
    for (flaw, promise) in CONTROLS {
        let broken = contract::broken(&|origin, clock| Box::new(Broken::new(origin, clock, *flaw)));
        let names: Vec<&str> = broken.iter().map(|one| one.name).collect();
        match flaw {
            Flaw::None => assert!(broken.is_empty(), "{broken:?}"),
            _ => assert!(names.contains(promise), "{flaw:?} is not caught by `{promise}`, only by {names:?}"),
        }
    }
}

#[test]
fn every_promise_is_shown_to_be_able_to_fail() {
    for promise in contract::promises::ALL {
        assert!(CONTROLS.iter().any(|(_, name)| *name == promise.name), "no flaw shows `{}` broken", promise.name);
    }
}

#[test]
fn a_difference_between_histories_names_its_seed() {
    let make = |origin, clock| Box::new(Broken::new(origin, clock, Flaw::IgnoresExpected)) as Box<dyn EventLog>;
    let found = contract::history::agrees_with_memory(&make, 77, 60).expect_err("the log ignores what is expected");
    assert!(found.starts_with("seed 77, step "), "{found}");
    assert_eq!(contract::history::agrees_with_memory(&make, 77, 60), Err(found), "the seed alone replays it");
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    BeginsFull,
    SkipsASeq,
    RestartsVersions,
    WritesOneByOne,
    Reserialises,
    AddsALineEnd,
    IgnoresExpected,
    NamesTheWrongPosition,
    LocksTheWholeLog,
    RepeatsCommands,
    ForgetsHowFar,
    RenamesTakenIds,
    AcceptsNothing,
    LetsTimeGoBack,
    RoundsTimeUp,
    CountsBeforeTheInstant,
    CountsRecordsFromNought,
    IgnoresUpto,
    ReadsBackwards,
    HandsOutTheNext,
    NeverStops,
    IgnoresCase,
    NamesAllAgreements,
    RootsOfNow,
    NodesOfLeaves,
    ForgetsTheFirst,
    StopsAtTwelve,
}

/// A memory log with one flaw.
struct Broken {
    inner: MemoryLog,
    clock: HandClock,
    flaw: Flaw,
    /// What the clock said at each record.
    times: Vec<DateTime<Utc>>,
}

impl Broken {
    fn new(origin: Uuid, clock: HandClock, flaw: Flaw) -> Self {
        Broken { inner: MemoryLog::new(origin, clock.clone()), clock, flaw, times: Vec::new() }
    }

    fn size(&self) -> u64 {
        self.inner.head().map_or(0, |head| head.size)
    }

    /// The entry as the flaw shows it.
    fn distort(&self, seq: u64, bytes: &[u8]) -> (u64, Vec<u8>) {
        match self.flaw {
            Flaw::SkipsASeq if seq > 2 => (seq + 1, bytes.to_vec()),
            Flaw::RestartsVersions if seq > 3 => (seq, rewritten(bytes, |record| record.version = 1)),
            Flaw::Reserialises => {
                // In the order of the alphabet, whatever the library makes of an object.
                let value: std::collections::BTreeMap<String, serde_json::Value> =
                    serde_json::from_slice(bytes).expect("an entry is JSON");
                (seq, serde_json::to_vec(&value).expect("JSON is written"))
            }
            Flaw::AddsALineEnd => (seq, [bytes, b"\n"].concat()),
            Flaw::LetsTimeGoBack => {
                let time = self.times[seq as usize - 1];
                (seq, rewritten(bytes, |record| record.recorded_at = time))
            }
            Flaw::RoundsTimeUp => {
                let time = self.times[seq as usize - 1] + TimeDelta::nanoseconds(500);
                (seq, rewritten(bytes, |record| record.recorded_at = record.recorded_at.max(time)))
            }
            Flaw::ForgetsTheFirst if seq == 1 && self.size() > 3 => (seq, rewritten(bytes, |record| record.draft.reason = None)),
            _ => (seq, bytes.to_vec()),
        }
    }
}

fn rewritten(bytes: &[u8], change: impl Fn(&mut Record)) -> Vec<u8> {
    let mut record = codec::decode(bytes).expect("an entry is a record");
    change(&mut record);
    codec::encode(&record)
}

impl EventLog for Broken {
    fn origin(&self) -> Uuid {
        self.inner.origin()
    }

    fn head(&self) -> Result<Head, LogError> {
        let head = self.inner.head()?;
        Ok(if self.flaw == Flaw::BeginsFull && head.size == 0 { Head { root: tree::leaf(b""), ..head } } else { head })
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        if self.flaw == Flaw::RootsOfNow { Ok(self.inner.head()?.root) } else { self.inner.root_at(size) }
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.inner.node(if self.flaw == Flaw::NodesOfLeaves { 0 } else { level }, index)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        let seq = seq.saturating_add(u64::from(self.flaw == Flaw::HandsOutTheNext));
        Ok(self.inner.entry(seq)?.map(|bytes| self.distort(seq, &bytes).1))
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        let before = TimeDelta::microseconds(i64::from(self.flaw == Flaw::CountsBeforeTheInstant));
        self.inner.size_at(instant.checked_sub_signed(before).unwrap_or(instant))
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        let seq = seq.saturating_sub(u64::from(self.flaw == Flaw::CountsRecordsFromNought));
        self.inner.recorded_at(seq)
    }

    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        let mut select = select.clone();
        if self.flaw == Flaw::IgnoresUpto {
            select.upto = None;
        }
        let wanted = select.agreement.take_if(|_| self.flaw == Flaw::IgnoresCase).map(|name| name.to_lowercase());
        let mut entries = Vec::new();
        self.inner.scan(&select, &mut |seq, bytes| {
            let agreement = codec::columns(bytes).expect("an entry has columns").agreement.to_lowercase();
            if wanted.as_ref().is_none_or(|wanted| *wanted == agreement) {
                entries.push(self.distort(seq, bytes));
            }
            true
        })?;
        if self.flaw == Flaw::ReadsBackwards {
            entries.reverse();
        }
        for (seq, bytes) in entries {
            if !visit(seq, &bytes) && self.flaw != Flaw::NeverStops {
                break;
            }
        }
        Ok(())
    }

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.inner.agreements(if self.flaw == Flaw::NamesAllAgreements { 0 } else { after })
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        let receipt = self.inner.receipt(command)?;
        Ok(receipt.map(|one| if self.flaw == Flaw::ForgetsHowFar { Receipt { last: one.first, ..one } } else { one }))
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        let size = self.size();
        let mut drafts = drafts.to_vec();
        let (mut command, mut expected) = (command, expected.clone());
        match self.flaw {
            Flaw::IgnoresExpected => expected = Expected::Size(size),
            Flaw::LocksTheWholeLog if matches!(expected, Expected::Version { version, .. } if version != size) => {
                return Err(LogError::Conflict { expected: 0, found: size });
            }
            Flaw::RepeatsCommands if self.inner.receipt(command)?.is_some() => {
                command = Uuid::from_u128(1 << 100 | u128::from(size))
            }
            Flaw::RenamesTakenIds => {
                for (index, draft) in drafts.iter_mut().enumerate() {
                    draft.id = Uuid::from_u128(u128::from(size) << 64 | index as u128);
                }
            }
            Flaw::AcceptsNothing if drafts.is_empty() => return Ok(Receipt { first: size, last: size, repeated: false }),
            Flaw::StopsAtTwelve if size > 12 => return Err(LogError::World("full".into(), None)),
            _ => {}
        }
        if self.flaw == Flaw::WritesOneByOne && self.inner.receipt(command)?.is_none() {
            let last = size + drafts.len() as u64;
            for (index, draft) in drafts.iter().enumerate() {
                let command = if index == 0 { command } else { Uuid::from_u128(1 << 100 | draft.id.as_u128()) };
                self.inner.append(command, &Expected::Size(size + index as u64), std::slice::from_ref(draft))?;
            }
            return Ok(Receipt { first: size + 1, last, repeated: false });
        }
        let receipt = self.inner.append(command, &expected, &drafts).map_err(|error| match error {
            LogError::Conflict { expected, .. } if self.flaw == Flaw::NamesTheWrongPosition => {
                LogError::Conflict { expected, found: expected }
            }
            other => other,
        })?;
        let now = events::log::Clock::now(&self.clock);
        self.times.resize(self.size() as usize, now);
        Ok(receipt)
    }
}
