//! The contract suite on SQLite: on one connection, and on a file that is closed and opened before every step.

mod common;

use std::cell::Cell;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use events::codec;
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

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.reader().agreements(after)
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.reader().receipt(command)
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        SqliteLog::open(&self.path, self.clock.clone()).expect("it is opened").append(command, expected, drafts)
    }
}

/// A log that was exported is made again with the same bytes; what breaks a guard leaves nothing.
#[test]
fn restored_entries_are_the_same_log() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) = (folder.path().join("a.db"), folder.path().join("b.db"), folder.path().join("c.db"));
    let origin = uuid::Uuid::from_u128(7);
    let clock = || "2026-01-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let mut log = SqliteLog::create(&first, origin, clock).unwrap();
    for (number, event) in events::contract::samples::events().into_iter().enumerate() {
        let id = uuid::Uuid::from_u128(100 + number as u128);
        let draft = events::contract::samples::draft(id, if number % 3 == 0 { "a" } else { "b" }, event);
        log.append(id, &events::log::Expected::Size(number as u64), &[draft]).unwrap();
    }
    let read = |log: &SqliteLog| {
        let mut entries: Vec<Vec<u8>> = Vec::new();
        log.scan(&events::log::Select::default(), &mut |_, entry| {
            entries.push(entry.to_vec());
            true
        })
        .unwrap();
        entries
    };
    let entries = read(&log);
    let mut borrowed: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    SqliteLog::restore(&second, origin, &borrowed).unwrap();
    let restored = SqliteLog::open_read_only(&second).unwrap();
    assert_eq!((read(&restored), restored.head().unwrap()), (entries.clone(), log.head().unwrap()));
    assert!(SqliteLog::restore(&second, origin, &borrowed).is_err(), "nothing is written over");
    borrowed.swap(1, 2);
    assert!(SqliteLog::restore(&third, origin, &borrowed).is_err(), "not in order");
    borrowed.swap(1, 2);
    // What each trigger refuses, restoring refuses as well, though it puts them up last.
    let second_line = |change: &dyn Fn(String) -> String| change(String::from_utf8(entries[1].clone()).unwrap()).into_bytes();
    let of = |at: usize| codec::columns(&entries[at]).unwrap();
    let wrong = [
        ("seq must be", second_line(&|line| line.replacen("\"seq\":2", "\"seq\":3", 1))),
        ("record.id", second_line(&|line| line.replacen(&of(1).id.to_string(), &of(0).id.to_string(), 1))),
        ("version must be", second_line(&|line| line.replacen("\"version\":1", "\"version\":2", 1))),
    ];
    for (why, line) in wrong {
        assert_ne!(line, entries[1], "{why}");
        let error = SqliteLog::restore(&third, origin, [&entries[0], &line]).expect_err(why);
        let said = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(said.contains(why), "{why}: {said}");
    }
    let [first, last] = [0, 2].map(|at| format!("\"command\":\"{}\"", of(at).command));
    let torn = String::from_utf8(entries[2].clone()).unwrap().replacen(&last, &first, 1).into_bytes();
    let error = SqliteLog::restore(&third, origin, [&entries[0], &entries[1], &torn]).expect_err("a command in two runs");
    let said = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(said.contains("carried out before"), "{said}");
    let verification = restored.verify(&mut |_| {}).unwrap();
    assert_eq!((verification.verdict, verification.faults), (Verdict::SelfConsistent, vec![]), "with every guard");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "nothing is left behind");
}

/// More than is made ready at once: in one append, and restored.
#[test]
fn thousands_at_once_are_the_log_that_they_are_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let clock = || "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let draft = |number: u128| common::draft(1_000_000 + number, if number.is_multiple_of(7) { "a" } else { "b" });
    let drafts: Vec<Draft> = (0..2_500).map(draft).collect();
    let (before, rest) = drafts.split_at(5);
    let mut log = SqliteLog::create(file("a.db"), common::ORIGIN, clock).unwrap();
    let mut model = events::memory::MemoryLog::new(common::ORIGIN, clock);
    for log in [&mut log as &mut dyn EventLog, &mut model] {
        log.append(Uuid::from_u128(1), &Expected::Size(0), before).unwrap();
        let receipt = log.append(Uuid::from_u128(2), &Expected::Size(5), rest).unwrap();
        assert_eq!((receipt.first, receipt.last), (6, 2_500));
    }
    let read = |log: &dyn EventLog| {
        let mut entries: Vec<Vec<u8>> = Vec::new();
        let take = &mut |_, entry: &[u8]| {
            entries.push(entry.to_vec());
            true
        };
        log.scan(&Select::default(), take).unwrap();
        entries
    };
    let entries = read(&log);
    assert!(entries == read(&model) && log.head().unwrap() == model.head().unwrap());
    SqliteLog::restore(file("b.db"), common::ORIGIN, &entries).unwrap();
    let restored = SqliteLog::open_read_only(file("b.db")).unwrap();
    assert!(read(&restored) == entries && restored.head().unwrap() == log.head().unwrap());
    for log in [&log, &restored] {
        let found = log.verify(&mut |_| {}).unwrap();
        assert_eq!((found.verdict, found.faults), (Verdict::SelfConsistent, vec![]));
    }
    // What is wrong in a later lot leaves nothing of the earlier ones.
    let mut wrong = entries.clone();
    wrong.swap(2_100, 2_101);
    assert!(SqliteLog::restore(file("c.db"), common::ORIGIN, &wrong).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let taken = [&rest[..1_500], &before[..1]].concat();
    let head = log.head().unwrap();
    assert!(matches!(log.append(Uuid::from_u128(3), &Expected::Size(2_500), &taken), Err(LogError::DuplicateId(_))));
    assert_eq!(log.head().unwrap(), head);
}
