//! Writers that share a log: each has the answer that it would have alone, and what was acknowledged stands.

mod common;

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use chrono::{DateTime, Utc};
use common::{draft, entries, folder, register, start};
use events::codec;
use events::contract;
use events::log::{Append, EventLog, Expected, Head, LogError, Receipt, Select};
use events::record::Draft;
use events::tree::Hash;
use store::grouped::{Grouped, Writer};
use store::{SqliteLog, Verdict};
use uuid::Uuid;

const WRITERS: u128 = 16;

/// How many appends each writer makes.
const EACH: u128 = 40;

fn version(agreement: &str, version: u64) -> Expected {
    Expected::Version { agreement: agreement.into(), version }
}

fn open(path: &Path) -> SqliteLog {
    SqliteLog::open(path, start).expect("it is opened")
}

fn wanted(id: u128, expected: Expected, drafts: Vec<Draft>) -> Append {
    Append { command: Uuid::from_u128(id), expected, drafts }
}

fn expect_whole(path: &Path) -> Vec<(u64, Vec<u8>)> {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let verification = log.verify(&mut |_| {}).expect("it is verified");
    assert_eq!(verification.verdict, Verdict::SelfConsistent, "{:?}", verification.faults);
    entries(&log)
}

/// What SQLite does, and the group before it: reading on a connection of its own, writing through the thread.
struct ThroughAGroup {
    reader: SqliteLog,
    writer: Writer,
}

impl EventLog for ThroughAGroup {
    fn origin(&self) -> Uuid {
        self.reader.origin()
    }
    fn head(&self) -> Result<Head, LogError> {
        self.reader.head()
    }
    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.reader.root_at(size)
    }
    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.reader.node(level, index)
    }
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        self.reader.entry(seq)
    }
    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        self.reader.size_at(instant)
    }
    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        self.reader.recorded_at(seq)
    }
    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        self.reader.scan(select, visit)
    }
    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.reader.agreements(after)
    }
    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.reader.receipt(command)
    }
    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        self.writer.append(Append { command, expected: expected.clone(), drafts: drafts.to_vec() })
    }
}

#[test]
fn a_group_keeps_every_promise() {
    let (folder, next) = (folder(), Cell::new(0));
    contract::all(&|origin, clock| {
        let path = folder.path().join(format!("{}.db", next.replace(next.get() + 1)));
        let log = SqliteLog::create(&path, origin, clock).expect("a register is made");
        let reader = SqliteLog::open_read_only(&path).expect("it is opened");
        Box::new(ThroughAGroup { reader, writer: Grouped::new(log).writer() })
    });
}

#[test]
fn sixteen_writers_get_each_its_own_receipts() {
    let (_folder, path) = register(3);
    let group = Grouped::new(open(&path));
    let receipts: Vec<Vec<Receipt>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=WRITERS)
            .map(|number| {
                let writer = group.writer();
                scope.spawn(move || {
                    let own = format!("of-{number}");
                    let append = |at: u128| {
                        let id = number * 10_000 + at * 2;
                        let drafts = vec![draft(id, &own), draft(id + 1, &own)];
                        writer.append(wanted(id, version(&own, at as u64 * 2), drafts)).expect("it is appended")
                    };
                    (0..EACH).map(append).collect()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("it ends")).collect()
    });
    let size = group.end().expect("it ends").head().expect("it is read").size;
    assert_eq!(u128::from(size), 3 + WRITERS * EACH * 2);
    let by_seq: HashMap<u64, Vec<u8>> = expect_whole(&path).into_iter().collect();
    for (number, receipts) in (1..).zip(receipts) {
        for (at, receipt) in (0..).zip(receipts) {
            assert_eq!((receipt.last, receipt.repeated), (receipt.first + 1, false));
            for (seq, id) in [(receipt.first, 0), (receipt.last, 1)] {
                let columns = codec::columns(&by_seq[&seq]).expect("an entry");
                let id: u128 = number * 10_000 + at * 2 + id;
                assert_eq!((columns.seq, columns.id), (seq, Uuid::from_u128(id)), "writer {number}, append {at}");
            }
        }
    }
}

#[test]
fn who_is_refused_holds_up_nobody_in_the_same_transaction() {
    let (_folder, path) = register(3);
    let mut log = open(&path);
    let appends = [
        wanted(1, version("a", 0), vec![draft(101, "a")]),
        wanted(2, version("a", 0), vec![draft(102, "a")]),
        wanted(3, Expected::Size(4), vec![draft(103, "b"), draft(101, "b")]),
        wanted(4, Expected::Size(4), vec![]),
        wanted(1, Expected::Size(99), vec![]),
        wanted(5, version("a", 1), vec![draft(105, "a"), draft(106, "b")]),
        wanted(6, Expected::Size(4), vec![draft(107, "c")]),
        wanted(7, Expected::Size(6), vec![draft(108, "c")]),
        wanted(8, version("odd", 2), vec![draft(2, "odd")]),
    ];
    let each = log.append_each(&appends).expect("the store does not fail");
    let said: Vec<String> = each.iter().map(|answer| format!("{answer:?}")).collect();
    let wrote = |first: u64, last: u64, repeated: bool| format!("Ok({:?})", Receipt { first, last, repeated });
    let taken = |id: u128| format!("Err(DuplicateId({}))", Uuid::from_u128(id));
    let expected = [
        wrote(4, 4, false),
        "Err(Conflict { expected: 0, found: 1 })".into(),
        taken(101),
        "Err(Empty)".into(),
        wrote(4, 4, true),
        wrote(5, 6, false),
        "Err(Conflict { expected: 4, found: 6 })".into(),
        wrote(7, 7, false),
        taken(2),
    ];
    assert_eq!(said, expected);
    drop(log);
    assert_eq!(expect_whole(&path).len(), 7);
}

#[test]
fn one_transaction_gives_the_same_file_as_many() {
    let appends: Vec<Append> = (0..50u64)
        .map(|at| {
            let id = 1_000 + u128::from(at) * 10;
            let drafts = (0..=at % 3).map(|more| draft(id + u128::from(more), if at % 2 == 0 { "even" } else { "odd" }));
            wanted(id, Expected::Size(0), drafts.collect())
        })
        .collect();
    let made = |together: bool| {
        let (_folder, path) = register(5);
        let mut log = open(&path);
        let mut size = 5;
        let appends: Vec<Append> = appends
            .iter()
            .map(|one| {
                let expected = Expected::Size(size);
                size += one.drafts.len() as u64;
                Append { expected, ..one.clone() }
            })
            .collect();
        let lots: Vec<&[Append]> = if together { vec![&appends] } else { appends.chunks(1).collect() };
        for lot in lots {
            let answers = log.append_each(lot).expect("it is written");
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        }
        (log.head().expect("it is read"), expect_whole(&path))
    };
    assert_eq!(made(true), made(false));
}

#[test]
fn a_conflict_is_told_to_the_one_whose_it_is() {
    let (_folder, path) = register(0);
    let group = Grouped::new(open(&path));
    let (won, lost) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for number in 1..=WRITERS {
            let (writer, won, lost) = (group.writer(), &won, &lost);
            scope.spawn(move || {
                let mut seen = 0;
                for at in 0..EACH {
                    let id = number * 10_000 + at;
                    match writer.append(wanted(id, version("shared", seen), vec![draft(id, "shared")])) {
                        Ok(receipt) => {
                            won.fetch_add(1, Ordering::Relaxed);
                            assert_eq!(receipt.first, seen + 1, "there is one stream, so its version is the position");
                            seen = receipt.last;
                        }
                        Err(LogError::Conflict { expected, found }) => {
                            lost.fetch_add(1, Ordering::Relaxed);
                            assert!(expected == seen && seen < found);
                            seen = found;
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
            });
        }
    });
    let (won, lost) = (won.into_inner(), lost.into_inner());
    assert_eq!(u128::from(won + lost), WRITERS * EACH);
    assert_eq!(expect_whole(&path).len() as u64, won);
}

#[test]
fn when_the_owner_breaks_off_what_was_acknowledged_stands_and_the_others_are_told() {
    let (_folder, path) = register(0);
    let asked = AtomicU64::new(0);
    let clock = move || -> DateTime<Utc> {
        assert!(asked.fetch_add(1, Ordering::Relaxed) < 100, "the clock fell off the wall");
        start()
    };
    let group = Grouped::new(SqliteLog::open(&path, clock).expect("it is opened"));
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for number in 1..=WRITERS {
            let (writer, tell) = (group.writer(), tell.clone());
            scope.spawn(move || {
                let own = format!("of-{number}");
                for at in 0..EACH {
                    let id = number * 10_000 + at;
                    match writer.append(wanted(id, version(&own, at as u64), vec![draft(id, &own)])) {
                        Ok(receipt) => tell.send((receipt.first, Uuid::from_u128(id))).expect("somebody listens"),
                        Err(error) => return assert!(error.to_string().contains("broke off"), "{error}"),
                    }
                }
                panic!("the clock fell off the wall, and nobody noticed");
            });
        }
    });
    drop(tell);
    assert!(group.end().is_err());
    let by_seq: HashMap<u64, Vec<u8>> = expect_whole(&path).into_iter().collect();
    let acknowledged: Vec<(u64, Uuid)> = told.iter().collect();
    assert!(!acknowledged.is_empty());
    for (seq, id) in acknowledged {
        assert_eq!(codec::columns(&by_seq[&seq]).expect("an entry").id, id);
    }
}

/// All that wait are told, in the words of the store; then the thread goes on.
#[test]
fn a_store_that_fails_says_so_to_all() {
    let (_folder, path) = register(2);
    let group = Grouped::new(SqliteLog::open_read_only(&path).expect("it is opened"));
    let writer = group.writer();
    for id in [1, 2] {
        let error = writer.append(wanted(id, Expected::Size(2), vec![draft(50, "a")])).expect_err("it only reads");
        assert!(error.to_string().contains("opened for reading only"), "{error}");
    }
    drop(writer);
    assert!(group.end().is_ok());
}
