//! An append: what is checked while the log is held, then each record with the nodes of the tree that it brings.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use chrono::{DateTime, SubsecRound, Utc};
use events::codec::{self, Columns};
use events::log::{Clock, Expected, LogError, Receipt};
use events::record::{Draft, Record};
use events::tree::{self, Hash};
use rusqlite::Connection;
use uuid::Uuid;

use super::{node, queries, world};

/// A transaction that holds the log. As nobody else writes meanwhile, what it has read or written once it need not read again.
pub(super) struct Appending<'a> {
    connection: &'a Connection,
    path: &'a Path,
    origin: Uuid,
    clock: &'a dyn Clock,
    size: u64,
    last_recorded: Option<DateTime<Utc>>,
    /// The largest id of all, as text. Whatever sorts after it is not taken.
    newest_id: Option<String>,
    /// The last version of each stream that was looked at.
    versions: HashMap<String, u64>,
    edge: Edge,
}

impl<'a> Appending<'a> {
    pub(super) fn begin(
        connection: &'a Connection,
        path: &'a Path,
        origin: Uuid,
        clock: &'a dyn Clock,
    ) -> Result<Self, LogError> {
        let reading = |error| world(path, "read", error);
        let size = queries::size(connection).map_err(reading)?;
        Ok(Appending {
            connection,
            path,
            origin,
            clock,
            size,
            last_recorded: queries::recorded_at(connection, size).map_err(reading)?,
            newest_id: queries::newest_id(connection).map_err(reading)?,
            versions: HashMap::new(),
            edge: Edge::default(),
        })
    }

    /// Appends all drafts or none; who is refused has written nothing. After [`LogError::World`] the transaction must be given up.
    pub(super) fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        if let Some(receipt) = self.reading(queries::receipt(self.connection, command))? {
            return Ok(receipt);
        }
        self.refuse(expected, drafts)?;
        let now = self.clock.now().trunc_subsecs(6);
        let recorded_at = self.last_recorded.map_or(now, |last| last.max(now));
        let first = self.size + 1;
        for draft in drafts {
            let version = self.version(&draft.agreement)? + 1;
            let record = Record { origin: self.origin, seq: self.size + 1, version, command, recorded_at, draft: draft.clone() };
            self.write(&record)?;
            self.size = record.seq;
            match self.versions.get_mut(&draft.agreement) {
                Some(last) => *last = version,
                None => drop(self.versions.insert(record.draft.agreement, version)),
            }
            let id = draft.id.to_string();
            if self.newest_id.as_ref().is_none_or(|newest| *newest < id) {
                self.newest_id = Some(id);
            }
        }
        self.last_recorded = Some(recorded_at);
        Ok(Receipt { first, last: self.size, repeated: false })
    }

    /// What is checked before anything is written, in the order in which the reference implementation checks it.
    fn refuse(&mut self, expected: &Expected, drafts: &[Draft]) -> Result<(), LogError> {
        if drafts.is_empty() {
            return Err(LogError::Empty);
        }
        let (expected, found) = match expected {
            Expected::Size(expected) => (*expected, self.size),
            Expected::Version { agreement, version } => (*version, self.version(agreement)?),
        };
        if expected != found {
            return Err(LogError::Conflict { expected, found });
        }
        let mut seen = HashSet::new();
        for draft in drafts {
            if self.is_taken(draft.id)? || !seen.insert(draft.id) {
                return Err(LogError::DuplicateId(draft.id));
            }
        }
        Ok(())
    }

    fn is_taken(&self, id: Uuid) -> Result<bool, LogError> {
        let id = id.to_string();
        // Ids are made in the order of time: mostly the new ones sort after all others.
        match &self.newest_id {
            Some(newest) if id <= *newest => self.reading(queries::is_taken(self.connection, &id)),
            _ => Ok(false),
        }
    }

    fn version(&mut self, agreement: &str) -> Result<u64, LogError> {
        if let Some(version) = self.versions.get(agreement) {
            return Ok(*version);
        }
        let version = self.reading(queries::version(self.connection, agreement))?;
        self.versions.insert(agreement.into(), version);
        Ok(version)
    }

    /// Inserts a record and the nodes that it brings.
    fn write(&mut self, record: &Record) -> Result<(), LogError> {
        let (connection, path) = (self.connection, self.path);
        let writing = |error| world(path, "written", error);
        let entry = codec::encode(record);
        queries::insert_record(connection, &Columns::from(record), &entry).map_err(writing)?;
        for (level, index, hash) in self.edge.grow(record.seq - 1, tree::leaf(&entry), |l, i| node(connection, path, l, i))? {
            queries::insert_node(connection, level, index, hash).map_err(writing)?;
        }
        Ok(())
    }

    fn reading<T>(&self, result: rusqlite::Result<T>) -> Result<T, LogError> {
        result.map_err(|error| world(self.path, "read", error))
    }
}

/// The right edge of the tree: of each level the node that waits for its sibling, as far as it was written here.
#[derive(Default)]
struct Edge(Vec<Option<Hash>>);

impl Edge {
    /// The nodes that a leaf brings; `read` is asked for what was written before.
    fn grow<E>(
        &mut self,
        index: u64,
        leaf: Hash,
        mut read: impl FnMut(u32, u64) -> Result<Hash, E>,
    ) -> Result<Vec<(u32, u64, Hash)>, E> {
        let known = |level: u32| self.0.get(level as usize).copied().flatten();
        let nodes = tree::nodes_of_leaf(index, leaf, |level, index| known(level).map_or_else(|| read(level, index), Ok))?;
        // The last one alone is a left sibling: those before it were completed.
        if let Some((level, _, hash)) = nodes.last() {
            let level = *level as usize;
            self.0.resize(self.0.len().max(level + 1), None);
            self.0[level] = Some(*hash);
        }
        Ok(nodes)
    }
}
