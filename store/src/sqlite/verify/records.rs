//! The records, one after the other: each entry against its columns, its place and its leaf.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::codec;
use events::tree;
use rusqlite::{Connection, Result, Row};
use uuid::Uuid;

use super::super::queries::{self, position, signed};
use super::subtrees::Subtrees;
use super::{About, Faults};

/// How often progress is told.
const STEP: u64 = 1000;

/// What must be remembered from one record to the next.
struct Walk<'a> {
    connection: &'a Connection,
    origin: Uuid,
    faults: &'a mut Faults,
    progress: &'a mut dyn FnMut(u64),
    subtrees: Subtrees,
    versions: HashMap<Vec<u8>, u64>,
    recorded_at: Option<DateTime<Utc>>,
    /// The `seq` that comes next.
    next: u64,
    read: u64,
    leaves: Leaves,
}

/// The leaves of the tree: how many, and how many there would be up to the last.
#[derive(Debug, Clone, Copy, Default)]
struct Leaves {
    count: u64,
    end: u64,
}

/// Checks every record; says how many there are.
pub(super) fn check(connection: &Connection, origin: Uuid, faults: &mut Faults, progress: &mut dyn FnMut(u64)) -> u64 {
    let leaves = count_leaves(connection, faults);
    let mut walk = Walk {
        connection,
        origin,
        faults,
        progress,
        subtrees: Subtrees::default(),
        versions: HashMap::new(),
        recorded_at: None,
        next: 1,
        read: 0,
        leaves,
    };
    walk.all();
    walk.end();
    walk.read
}

fn count_leaves(connection: &Connection, faults: &mut Faults) -> Leaves {
    let sql = "SELECT count(*), coalesce(max(idx) + 1, 0) FROM tree WHERE level = 0";
    let leaves = connection.query_row(sql, [], |row| Ok(Leaves { count: position(row, 0)?, end: position(row, 1)? }));
    leaves.unwrap_or_else(|error| {
        faults.add(About::File, format!("the leaves of the tree cannot be counted: {error}"));
        Leaves::default()
    })
}

impl Walk<'_> {
    /// Where a record cannot be read, the walk goes on behind it.
    fn all(&mut self) {
        let last = self.connection.query_row("SELECT coalesce(max(seq), 0) FROM record", [], |row| position(row, 0));
        let last = last.unwrap_or(0).max(self.leaves.count);
        while let Err(error) = self.rows() {
            let seq = self.next;
            self.faults.add(About::Record(seq), format!("record {seq} cannot be read: {error}"));
            self.pass(seq);
            if last <= seq {
                break;
            }
        }
    }

    fn rows(&mut self) -> Result<()> {
        let connection = self.connection;
        let mut statement = connection.prepare_cached(
            "SELECT seq, id, command, agreement, version, type, recorded_at, entry FROM record WHERE ?1 <= seq ORDER BY seq",
        )?;
        let from = if self.next == 1 { i64::MIN } else { signed(self.next) };
        let mut rows = statement.query([from])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            match u64::try_from(seq) {
                Ok(seq) if self.next <= seq => self.row(seq, row)?,
                _ => self.faults.add(About::File, format!("a record has seq {seq}; the first is 1")),
            }
        }
        Ok(())
    }

    fn row(&mut self, seq: u64, row: &Row<'_>) -> Result<()> {
        self.missing_before(seq);
        let entry = row.get_ref(7)?.as_bytes()?;
        self.columns(seq, row, entry)?;
        self.version(seq, row)?;
        self.time(seq, row.get_ref(6)?.as_bytes()?);
        if seq <= self.leaves.end {
            self.subtrees.take(self.connection, seq, Some(tree::leaf(entry)), self.faults);
        } else {
            self.faults.add(About::Missing(seq), format!("record {seq} is not in the tree, which ends before it"));
        }
        self.next = seq + 1;
        self.read += 1;
        if self.read.is_multiple_of(STEP) {
            (self.progress)(self.read);
        }
        Ok(())
    }

    /// A gap before a record: one fault, however long it is.
    fn missing_before(&mut self, seq: u64) {
        if self.next == seq {
            return;
        }
        let what = match seq - self.next {
            1 => format!("record {} is missing", self.next),
            _ => format!("records {} to {} are missing", self.next, seq - 1),
        };
        self.faults.add(About::Record(self.next), what);
        // More than the tree has leaves, the gap need not be walked.
        let end = seq.min(self.next.saturating_add(self.leaves.count));
        for missing in self.next..end {
            self.pass(missing);
        }
        self.next = seq;
    }

    /// Takes the tree past a record that is not there or cannot be read.
    fn pass(&mut self, seq: u64) {
        if seq <= self.leaves.end {
            self.subtrees.take(self.connection, seq, None, self.faults);
        }
        self.next = seq + 1;
    }

    fn columns(&mut self, seq: u64, row: &Row<'_>, entry: &[u8]) -> Result<()> {
        let columns = match codec::columns_in(entry) {
            Ok(columns) => columns,
            Err(error) => {
                self.faults.add(About::Record(seq), format!("record {seq} cannot be read: {error}"));
                return Ok(());
            }
        };
        if columns.origin != self.origin {
            let what = format!("record {seq} is of another log: its origin is {}", columns.origin);
            self.faults.add(About::Record(seq), what);
        }
        if columns.seq != seq {
            self.faults.add(About::Record(seq), format!("the entry at seq {seq} says that it is record {}", columns.seq));
        }
        let (mut id, mut command) = (Uuid::encode_buffer(), Uuid::encode_buffer());
        let texts = [
            (1, "id", &*columns.id.as_hyphenated().encode_lower(&mut id)),
            (2, "command", columns.command.as_hyphenated().encode_lower(&mut command)),
            (3, "agreement", &columns.agreement),
            (5, "type", &columns.kind),
            (6, "recorded_at", &columns.recorded_at),
        ];
        for (column, name, text) in texts {
            if row.get_ref(column)?.as_bytes_or_null()? != Some(text.as_bytes()) {
                self.faults.add(About::Record(seq), format!("the column {name} of record {seq} is not what its entry says"));
            }
        }
        if row.get::<_, i64>(4)? != signed(columns.version) {
            self.faults.add(About::Record(seq), format!("the column version of record {seq} is not what its entry says"));
        }
        Ok(())
    }

    fn version(&mut self, seq: u64, row: &Row<'_>) -> Result<()> {
        let version = position(row, 4)?;
        let agreement = row.get_ref(3)?.as_bytes()?;
        let last = match self.versions.get_mut(agreement) {
            Some(last) => std::mem::replace(last, version),
            None => {
                self.versions.insert(agreement.to_vec(), version);
                0
            }
        };
        if version != last.saturating_add(1) {
            let name = String::from_utf8_lossy(agreement);
            let what = format!("record {seq} is version {version} of `{name}`, after version {last}");
            self.faults.add(About::Record(seq), what);
        }
        Ok(())
    }

    /// As written to the letter, and not before the predecessor's.
    fn time(&mut self, seq: u64, written: &[u8]) {
        let Some(instant) = codec::read_instant(written) else {
            let text = String::from_utf8_lossy(written);
            self.faults.add(About::Record(seq), format!("record {seq} was recorded at `{text}`, which is no instant"));
            return;
        };
        if self.recorded_at.is_some_and(|last| instant < last) {
            let text = codec::instant(instant);
            self.faults.add(About::Record(seq), format!("record {seq} was recorded at {text}, before its predecessor"));
        }
        self.recorded_at = Some(instant);
    }

    /// What the tree has beyond the last record.
    fn end(&mut self) {
        if self.next <= self.leaves.end {
            let what = match self.leaves.end - self.next {
                0 => format!("record {} is missing at the end", self.next),
                _ => format!("records {} to {} are missing at the end", self.next, self.leaves.end),
            };
            self.faults.add(About::Missing(self.next), what);
        }
        let size = self.next - 1;
        let sql = "SELECT level, idx FROM tree WHERE NOT (0 <= level AND level < 63 AND 0 <= idx AND idx < (max(?1, ?2) >> level)) LIMIT 100";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let nodes: Result<Vec<_>> = self
            .connection
            .prepare(sql)
            .and_then(|mut statement| statement.query_map([signed(size), signed(self.leaves.end)], read)?.collect());
        match nodes {
            Ok(nodes) => nodes.iter().for_each(|(level, index)| {
                let what = format!("the tree has a node ({level}, {index}), under which there are no records");
                self.faults.add(About::File, what);
            }),
            Err(error) => self.faults.add(About::File, format!("the tree cannot be read: {error}")),
        }
    }
}

/// Ids that occur twice, and commands whose records do not stand in one run.
pub(super) fn check_unique(connection: &Connection, faults: &mut Faults) {
    const MOST: u32 = 100;
    let twice = queries::doubled_ids(connection, MOST);
    let torn = queries::torn_commands(connection, MOST);
    for (seqs, what) in [(twice, "the id of an earlier record"), (torn, "a command of earlier records, not in one run with them")]
    {
        match seqs {
            Ok(seqs) => seqs.iter().for_each(|seq| {
                faults.add(About::Record(*seq), format!("record {seq} has {what}"));
            }),
            Err(error) => faults.add(About::File, format!("ids and commands cannot be compared: {error}")),
        }
    }
}
