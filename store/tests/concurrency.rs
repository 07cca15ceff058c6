//! Several writers, and writers that die: no record is lost, none is doubled, and half an append is none.

mod common;

use std::collections::HashSet;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use common::{ORIGIN, draft, entries, filled, folder, put, raw, register, start};
use events::codec;
use events::contract::HandClock;
use events::log::{EventLog, Expected, LogError};
use store::{SqliteLog, Verdict};
use uuid::Uuid;

const PATH: &str = "OBLIGO_TEST_REGISTER";
const WRITER: &str = "OBLIGO_TEST_WRITER";

/// How many records each writer appends.
const EACH: u128 = 15;

/// Appends as a command does: reads, expects what it read, and on a conflict reads again.
fn append_all(path: &Path, writer: u128) {
    let mut log = SqliteLog::open(path, start).expect("it is opened");
    for number in 0..EACH {
        let id = writer * 1000 + number;
        let mut tries = 0;
        loop {
            let size = log.head().expect("it is read").size;
            match log.append(Uuid::from_u128(id), &Expected::Size(size), &[draft(id, "shared")]) {
                Ok(receipt) => break assert_eq!((receipt.first, receipt.repeated), (size + 1, false)),
                Err(LogError::Conflict { expected, found }) => assert!(expected < found && tries < 1000),
                Err(error) => panic!("writer {writer}: {error:?}"),
            }
            tries += 1;
        }
    }
}

fn expect_all(path: &Path, writers: std::ops::Range<u128>) {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let entries = entries(&log);
    let ids: HashSet<Uuid> = entries.iter().map(|(_, bytes)| codec::columns(bytes).expect("an entry").id).collect();
    let wanted: HashSet<Uuid> =
        writers.flat_map(|writer| (0..EACH).map(move |number| Uuid::from_u128(writer * 1000 + number))).collect();
    assert_eq!(entries.len(), wanted.len(), "none is doubled");
    assert_eq!(ids, wanted, "none is lost");
    let verification = log.verify(&mut |_| {}).expect("it is verified");
    assert_eq!(verification.verdict, Verdict::SelfConsistent, "{:?}", verification.faults);
}

/// Runs a test of this file in a process of its own.
fn child(test: &str, path: &Path, writer: u128) -> Child {
    Command::new(env::current_exe().expect("a path"))
        .args(["--exact", test, "--nocapture"])
        .env(PATH, path)
        .env(WRITER, writer.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs")
}

#[test]
fn threads_that_append_with_expected_positions_lose_and_double_nothing() {
    let (_folder, path) = register(0);
    let path = path.as_path();
    std::thread::scope(|scope| (1..5).for_each(|writer| drop(scope.spawn(move || append_all(path, writer)))));
    expect_all(path, 1..5);
}

#[test]
fn processes_that_append_with_expected_positions_lose_and_double_nothing() {
    let (_folder, path) = register(0);
    let children: Vec<Child> = (1..4).map(|writer| child("a_process_that_appends", &path, writer)).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    expect_all(&path, 1..4);
}

/// Part of the test above; does nothing on its own.
#[test]
fn a_process_that_appends() {
    let (Some(path), Ok(writer)) = (env::var_os(PATH), env::var(WRITER)) else { return };
    append_all(&PathBuf::from(path), writer.parse().expect("a number"));
}

#[test]
fn a_writer_killed_in_the_middle_of_an_append_leaves_the_log_as_it_was() {
    let (_folder, path) = register(5);
    let before = entries(&SqliteLog::open_read_only(&path).expect("it is opened"));
    let mut writer = child("a_process_that_is_killed", &path, 0);
    let mut lines = BufReader::new(writer.stdout.take().expect("a pipe")).lines();
    let ready = |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| line.ends_with("spilled"));
    assert!(lines.any(|line| ready(&line)), "it wrote half an append to the disk");
    writer.kill().expect("it is killed");
    writer.wait().expect("it ends");
    let journal = path.with_file_name("register.db-journal");
    assert!(std::fs::metadata(&journal).is_ok_and(|metadata| metadata.len() > 512), "it left its journal");
    let mut log = SqliteLog::open(&path, start).expect("it is opened");
    assert!(entries(&log) == before);
    put(&mut log, 6);
    assert_eq!(log.verify(&mut |_| {}).expect("it is verified").verdict, Verdict::SelfConsistent);
    assert!(!journal.exists());
}

/// Part of the test above; does nothing on its own.
#[test]
fn a_process_that_is_killed() {
    let Some(path) = env::var_os(PATH).filter(|_| env::var(WRITER).as_deref() == Ok("0")) else { return };
    let connection = raw(Path::new(&path));
    connection.execute_batch("PRAGMA cache_size = 2; BEGIN IMMEDIATE").expect("an append begins");
    for seq in 6..60 {
        let sql = "INSERT INTO record VALUES (?1, 'i' || ?1, 'c', 'new', ?1 - 5, 't', 'r', hex(zeroblob(3000)))";
        connection.execute(sql, [seq]).expect("a record is inserted");
    }
    println!("\nspilled");
    std::io::stdout().flush().expect("it is said");
    // Until killed: the other end is never written to.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_panic_in_the_middle_of_an_append_leaves_the_log_as_it_was() {
    let (_folder, path) = register(3);
    let clock = || -> DateTime<Utc> { panic!("the clock fell off the wall") };
    let mut log = SqliteLog::open(&path, clock).expect("it is opened");
    let head = log.head().expect("it is read");
    let append = || log.append(Uuid::from_u128(9), &Expected::Size(3), &[draft(9, "odd")]);
    assert!(catch_unwind(AssertUnwindSafe(append)).is_err());
    assert_eq!(log.head().expect("it is read"), head);
    put(&mut SqliteLog::open(&path, start).expect("nobody holds it"), 4);
}

#[test]
fn a_command_is_carried_out_once_however_often_the_register_is_opened() {
    let (_folder, path) = register(4);
    for _ in 0..3 {
        let mut log = SqliteLog::open(&path, start).expect("it is opened");
        let again = log.append(Uuid::from_u128(1003), &Expected::Size(99), &[draft(500, "odd")]).expect("it is known");
        assert_eq!((again.first, again.last, again.repeated), (3, 3, true));
        assert_eq!(log.head().expect("it is read").size, 4);
    }
}

#[test]
fn two_that_carry_out_one_command_at_once_get_one_receipt() {
    let (_folder, path) = register(1);
    let append = |id: u128| {
        let mut log = SqliteLog::open(&path, start).expect("it is opened");
        let (command, stream) = (Uuid::from_u128(77), Expected::Version { agreement: "new".into(), version: 0 });
        log.append(command, &stream, &[draft(id, "new"), draft(id + 1, "new")]).expect("it is answered")
    };
    let receipts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..5).map(|number| scope.spawn(move || append(number * 100))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    assert!(receipts.iter().all(|receipt| (receipt.first, receipt.last) == (2, 3)), "{receipts:?}");
    assert_eq!(receipts.iter().filter(|receipt| !receipt.repeated).count(), 1, "{receipts:?}");
}

#[test]
fn a_reader_sees_what_another_connection_appended() {
    let (_folder, path) = register(1);
    let reader = SqliteLog::open_read_only(&path).expect("it is opened");
    assert_eq!(reader.head().expect("it is read").size, 1);
    put(&mut SqliteLog::open(&path, start).expect("it is opened"), 2);
    assert_eq!(reader.head().expect("it is read").size, 2);
    assert_eq!(entries(&reader).len(), 2);
}

/// A demonstration that anyone can make again and compare rests on this.
#[test]
fn the_same_origin_clock_and_drafts_give_the_same_file_to_the_byte() {
    let folder = folder();
    let file = |name: &str| std::fs::read(folder.path().join(name)).expect("the file is read");
    for size in [0, 1, 40, 150] {
        for name in ["one.db", "another name.db"] {
            drop(filled(&folder.path().join(name), size));
        }
        let clock = HandClock::at(start());
        drop(SqliteLog::create(folder.path().join("opened anew.db"), ORIGIN, clock.clone()).expect("a register is made"));
        for seq in 1..=size {
            clock.set(start() + TimeDelta::seconds(10 * seq as i64));
            put(&mut SqliteLog::open(folder.path().join("opened anew.db"), clock.clone()).expect("it is opened"), seq);
        }
        assert!(file("one.db") == file("another name.db"), "{size} records");
        assert!(file("one.db") == file("opened anew.db"), "{size} records, opened anew before each");
        for name in ["one.db", "another name.db", "opened anew.db"] {
            std::fs::remove_file(folder.path().join(name)).expect("it is removed");
        }
    }
}
