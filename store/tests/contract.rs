//! The contract suite on SQLite: on one connection, and on a file that is closed and opened before every step.

mod common;

use std::cell::Cell;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use events::contract::{self, HandClock};
use events::log::{EventLog, Expected, Head, LogError, Receipt, Select};
use events::record::Draft;
use events::tree::Hash;
use store::{SqliteLog, Verdict};
use uuid::Uuid;

#[test]
fn sqlite_keeps_every_promise() {
    let (folder, next) = (common::folder(), Cell::new(0));
    contract::all(&|origin, clock| {
        let path = folder.path().join(format!("{}.db", next.replace(next.get() + 1)));
        Box::new(SqliteLog::create(path, origin, clock).expect("a register is made"))
    });
    let made = next.get();
    assert!(contract::promises::ALL.len() <= made, "every promise has its register");
    for number in 0..made {
        let log = SqliteLog::open_read_only(folder.path().join(format!("{number}.db"))).expect("it is opened");
        let verification = log.verify(&mut |_| {}).expect("it is verified");
        assert_eq!((verification.verdict, verification.faults), (Verdict::SelfConsistent, vec![]));
    }
}

#[test]
fn sqlite_keeps_every_promise_when_it_is_opened_anew_before_every_step() {
    let (folder, next) = (common::folder(), Cell::new(0));
    contract::all(&|origin, clock| {
        let path = folder.path().join(format!("{}.db", next.replace(next.get() + 1)));
        drop(SqliteLog::create(&path, origin, clock.clone()).expect("a register is made"));
        Box::new(OpenedAnew { path, clock })
    });
}

struct OpenedAnew {
    path: PathBuf,
    clock: HandClock,
}

impl OpenedAnew {
    fn reader(&self) -> SqliteLog {
        SqliteLog::open_read_only(&self.path).expect("it is opened")
    }
}

impl EventLog for OpenedAnew {
    fn origin(&self) -> Uuid {
        self.reader().origin()
    }

    fn head(&self) -> Result<Head, LogError> {
        self.reader().head()
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.reader().root_at(size)
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.reader().node(level, index)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        self.reader().entry(seq)
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        self.reader().size_at(instant)
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        self.reader().recorded_at(seq)
    }

    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        self.reader().scan(select, visit)
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.reader().receipt(command)
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        SqliteLog::open(&self.path, self.clock.clone()).expect("it is opened").append(command, expected, drafts)
    }
}
