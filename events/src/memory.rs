//! The reference implementation: a log in memory, as plain as the promise allows. Stores are compared with it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use crate::codec;
use crate::log::{Clock, EventLog, Expected, Head, LogError, Receipt, Select};
use crate::record::{Draft, Record};
use crate::tree::{self, Hash};

/// A log that lives as long as the process.
pub struct MemoryLog {
    origin: Uuid,
    clock: Box<dyn Clock + Send>,
    entries: Vec<Kept>,
    nodes: HashMap<(u32, u64), Hash>,
}

struct Kept {
    id: Uuid,
    command: Uuid,
    agreement: String,
    recorded_at: DateTime<Utc>,
    bytes: Vec<u8>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new(origin: Uuid, clock: impl Clock + Send + 'static) -> Self {
        MemoryLog { origin, clock: Box::new(clock), entries: Vec::new(), nodes: HashMap::new() }
    }

    fn version(&self, agreement: &str) -> u64 {
        self.entries.iter().filter(|kept| kept.agreement == agreement).count() as u64
    }

    fn at(&self, seq: u64) -> Option<&Kept> {
        let place = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
        place.and_then(|place| self.entries.get(place))
    }
}

impl EventLog for MemoryLog {
    fn origin(&self) -> Uuid {
        self.origin
    }

    fn head(&self) -> Result<Head, LogError> {
        let size = self.entries.len() as u64;
        Ok(Head { size, root: self.root_at(size)? })
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        tree::root(size, |level, index| self.node(level, index))
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.nodes
            .get(&(level, index))
            .copied()
            .ok_or_else(|| LogError::World(format!("the tree has no node ({level}, {index})"), None))
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        Ok(self.at(seq).map(|kept| kept.bytes.clone()))
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        Ok(self.entries.partition_point(|kept| kept.recorded_at <= instant) as u64)
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        Ok(self.at(seq).map(|kept| kept.recorded_at))
    }

    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        let upto = select.upto.unwrap_or(u64::MAX);
        for (seq, kept) in (1..=upto).zip(&self.entries) {
            let wanted = select.agreement.as_ref().is_none_or(|agreement| *agreement == kept.agreement);
            if wanted && !visit(seq, &kept.bytes) {
                break;
            }
        }
        Ok(())
    }

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        let spoken_of: BTreeSet<&String> = self.entries.iter().skip(after).map(|kept| &kept.agreement).collect();
        Ok(spoken_of.into_iter().cloned().collect())
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        let is_ours = |kept: &Kept| kept.command == command;
        let Some(first) = self.entries.iter().position(is_ours) else { return Ok(None) };
        let last = self.entries.iter().rposition(is_ours).expect("there is a first");
        Ok(Some(Receipt { first: first as u64 + 1, last: last as u64 + 1, repeated: true }))
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        if let Some(receipt) = self.receipt(command)? {
            return Ok(receipt);
        }
        if drafts.is_empty() {
            return Err(LogError::Empty);
        }
        let size = self.entries.len() as u64;
        let (expected, found) = match expected {
            Expected::Size(expected) => (*expected, size),
            Expected::Version { agreement, version } => (*version, self.version(agreement)),
        };
        if expected != found {
            return Err(LogError::Conflict { expected, found });
        }
        for (index, draft) in drafts.iter().enumerate() {
            let taken = self.entries.iter().any(|kept| kept.id == draft.id);
            if taken || drafts[..index].iter().any(|other| other.id == draft.id) {
                return Err(LogError::DuplicateId(draft.id));
            }
        }
        let now = self.clock.now().trunc_subsecs(6);
        let recorded_at = self.entries.last().map_or(now, |last| last.recorded_at.max(now));
        for (seq, draft) in (size + 1..).zip(drafts) {
            let version = self.version(&draft.agreement) + 1;
            let record = Record { origin: self.origin, seq, version, command, recorded_at, draft: draft.clone() };
            let bytes = codec::encode(&record);
            let nodes = tree::nodes_of_leaf(seq - 1, tree::leaf(&bytes), |level, index| self.node(level, index))?;
            self.nodes.extend(nodes.into_iter().map(|(level, index, hash)| ((level, index), hash)));
            let (id, agreement) = (draft.id, draft.agreement.clone());
            self.entries.push(Kept { id, command, agreement, recorded_at, bytes });
        }
        Ok(Receipt { first: size + 1, last: size + drafts.len() as u64, repeated: false })
    }
}
