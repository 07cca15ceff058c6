//! The tree, node by node, beside the entries: each leaf against its entry, each node against the two below it.
//!
//! Where a node does not agree, both what is stored and what follows from below are held on to: the node above agrees with one
//! of them, so one change is one fault, and what lies above and beside it is not blamed.

use std::collections::VecDeque;

use events::tree::{self, Hash};
use rusqlite::Connection;

use super::super::queries;
use super::{About, Faults};

/// Nodes of a level that are read at once.
const RUN: u64 = 1024;

/// What a node may be: one hash, or two where stored and computed differ, or none where nothing is known.
type May = Vec<Hash>;

/// The left siblings that wait for their right ones: at each level at most one, with its place.
#[derive(Debug, Default)]
pub(super) struct Subtrees {
    waiting: Vec<Option<(u64, May)>>,
    stored: Stored,
}

impl Subtrees {
    /// Takes the next record: its leaf as it follows from its entry, if the entry could be read.
    pub(super) fn take(&mut self, connection: &Connection, seq: u64, leaf: Option<Hash>, faults: &mut Faults) {
        let stored = self.stored.read(connection, 0, seq - 1, faults);
        if stored.is_some_and(|stored| leaf.is_some_and(|leaf| leaf != stored)) {
            let what = format!("the entry of record {seq} does not have the hash that the tree has for it");
            faults.add(About::Record(seq), what);
        }
        let may = stored.into_iter().chain(leaf.filter(|leaf| stored != Some(*leaf))).collect();
        self.complete(connection, seq, may, faults);
    }

    /// Goes up through the parents that the leaf completes.
    fn complete(&mut self, connection: &Connection, seq: u64, mut right: May, faults: &mut Faults) {
        let (mut level, mut place) = (0usize, seq - 1);
        while place % 2 == 1 {
            let left = self.waiting.get_mut(level).and_then(Option::take);
            let left = left.filter(|(at, _)| *at == place - 1).map(|(_, may)| may).unwrap_or_default();
            level += 1;
            place /= 2;
            let stored = self.stored.read(connection, level as u32, place, faults);
            right = parent(stored, level as u32, place, &left, &right, faults);
        }
        if self.waiting.len() <= level {
            self.waiting.resize(level + 1, None);
        }
        self.waiting[level] = Some((place, right));
    }
}

/// What a node may be, and a fault if it cannot be what is stored.
fn parent(stored: Option<Hash>, level: u32, place: u64, left: &May, right: &May, faults: &mut Faults) -> May {
    let computed: May = left.iter().flat_map(|left| right.iter().map(|right| tree::node(*left, *right))).collect();
    let Some(stored) = stored else {
        return computed.into_iter().take(1).collect();
    };
    if computed.is_empty() || computed.contains(&stored) {
        return vec![stored];
    }
    let (first, last) = span(level, place);
    faults.add(About::Record(first), format!("one of records {first} to {last} was changed, or the tree's node over them"));
    vec![stored, computed[0]]
}

/// The nodes as they are stored, read by the run: each level is asked for in its order.
#[derive(Debug, Default)]
struct Stored(Vec<Run>);

/// Nodes of one level that were read ahead, and from which place on to read the next.
#[derive(Debug, Default)]
struct Run {
    nodes: VecDeque<(u64, Hash)>,
    next: u64,
}

impl Stored {
    /// A node, and a fault if it is not there, on the record that should have brought it.
    fn read(&mut self, connection: &Connection, level: u32, place: u64, faults: &mut Faults) -> Option<Hash> {
        if let Some(stored) = self.ahead(connection, level, place) {
            return Some(stored);
        }
        let (first, last) = span(level, place);
        let over =
            if first == last { format!("leaf for record {first}") } else { format!("node over records {first} to {last}") };
        match queries::node(connection, level, place) {
            Ok(Some(stored)) => return Some(stored),
            Ok(None) => faults.add(About::Missing(last), format!("the tree has no {over}")),
            Err(error) => faults.add(About::Missing(last), format!("the tree's {over} cannot be read: {error}")),
        }
        None
    }

    /// A node out of its run. Where there is none, it is looked up by itself, to say what is amiss.
    fn ahead(&mut self, connection: &Connection, level: u32, place: u64) -> Option<Hash> {
        let at = level as usize;
        if self.0.len() <= at {
            self.0.resize_with(at + 1, Run::default);
        }
        let run = &mut self.0[at];
        if run.next <= place {
            run.next = place.saturating_add(RUN);
            run.nodes = queries::nodes(connection, level, place, run.next).unwrap_or_default();
        }
        while run.nodes.front().is_some_and(|(at, _)| *at < place) {
            run.nodes.pop_front();
        }
        run.nodes.front().filter(|(at, _)| *at == place)?;
        run.nodes.pop_front().map(|(_, stored)| stored)
    }
}

/// The first and the last record under a node.
fn span(level: u32, place: u64) -> (u64, u64) {
    ((place << level) + 1, (place + 1) << level)
}
