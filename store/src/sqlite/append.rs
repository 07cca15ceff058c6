//! An append: what is checked while the log is held, then each record with the nodes of the tree that it brings.

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use chrono::{DateTime, SubsecRound, Utc};
use events::codec::{self, Columns};
use events::log::{Clock, Expected, LogError, Receipt};
use events::record::{Draft, Record};
use events::tree::{self, Hash};
use rusqlite::Connection;
use uuid::Uuid;

use super::queries::{self, Ready};
use super::{Watch, node, world};

/// A transaction that holds the log. As nobody else writes meanwhile, what it has read or written once it need not read again.
pub(super) struct Appending<'a> {
    connection: &'a Connection,
    path: &'a Path,
    origin: Uuid,
    clock: &'a dyn Clock,
    watch: Watch,
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
        watch: Watch,
    ) -> Result<Self, LogError> {
        let reading = |error| world(path, "read", error);
        let size = queries::size(connection).map_err(reading)?;
        Ok(Appending {
            connection,
            path,
            origin,
            clock,
            watch,
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
        let (origin, first) = (self.origin, self.size + 1);
        let mut placed = Vec::with_capacity(drafts.len());
        for (seq, draft) in (first..).zip(drafts) {
            let version = self.version(&draft.agreement)? + 1;
            if let Some(last) = self.versions.get_mut(&draft.agreement) {
                *last = version;
            }
            placed.push((seq, version, draft));
        }
        let entries = |lot: &[(u64, u64, &Draft)]| -> Vec<Ready<Vec<u8>>> {
            let row = |(seq, version, draft): &(u64, u64, &Draft)| {
                let record = Record { origin, seq: *seq, version: *version, command, recorded_at, draft: (*draft).clone() };
                let entry = codec::encode(&record);
                Ready { leaf: tree::leaf(&entry), columns: Columns::from(&record), entry }
            };
            lot.iter().map(row).collect()
        };
        let mut told = (self.watch)("recording", drafts.len() as u64);
        let mut done = 0;
        ahead(placed.chunks(LOT), entries, |rows| {
            done += rows.len() as u64;
            self.write(&rows).inspect(|()| told(done))
        })?;
        self.size += drafts.len() as u64;
        let newest = drafts.iter().map(|draft| draft.id.to_string()).max();
        self.newest_id = newest.max(self.newest_id.take());
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

    /// Inserts records and the nodes that they bring.
    fn write(&mut self, rows: &[Ready<Vec<u8>>]) -> Result<(), LogError> {
        let (connection, path) = (self.connection, self.path);
        let writing = |error| world(path, "written", error);
        queries::insert_records(connection, rows).map_err(writing)?;
        // Of each level the nodes that come, and where the first of them stands: they follow on each other.
        let mut levels: Vec<(u64, Vec<Hash>)> = Vec::new();
        for Ready { columns, leaf, .. } in rows {
            for (level, index, hash) in self.edge.grow(columns.seq - 1, *leaf, |l, i| node(connection, path, l, i))? {
                let level = level as usize;
                if levels.len() == level {
                    levels.push((index, Vec::new()));
                }
                levels[level].1.push(hash);
            }
        }
        (0..)
            .zip(&levels)
            .try_for_each(|(level, (first, nodes))| queries::insert_nodes(connection, level, *first, nodes).map_err(writing))
    }

    fn reading<T>(&self, result: rusqlite::Result<T>) -> Result<T, LogError> {
        result.map_err(|error| world(self.path, "read", error))
    }
}

/// How many records are made ready at once.
pub(super) const LOT: usize = 1024;

/// Puts each lot in after it was made, and has the next one made meanwhile. One lot alone takes no thread.
pub(super) fn ahead<I: Send, O: Send, E>(
    lots: impl IntoIterator<Item = I>,
    make: impl Fn(I) -> O + Sync,
    mut put: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let mut made: Option<O> = None;
    for lot in lots {
        let next = thread::scope(|scope| {
            let Some(ready) = made.take() else { return Ok(make(lot)) };
            let next = scope.spawn(|| make(lot));
            put(ready)?;
            Ok(next.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        made = Some(next?);
    }
    made.map_or(Ok(()), put)
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
