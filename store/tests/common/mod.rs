//! What the tests of the store share: registers with known records, and the file as another tool sees it.
#![allow(dead_code)] // each test uses its part

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use events::contract::{HandClock, samples};
use events::log::{EventLog, Expected, Select};
use events::record::Draft;
use rusqlite::Connection;
use store::SqliteLog;
use tempfile::TempDir;
use uuid::Uuid;

pub const ORIGIN: Uuid = Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0001);

pub fn start() -> DateTime<Utc> {
    "2026-11-22T09:30:00.000000Z".parse().expect("an instant")
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder is made")
}

pub fn draft(id: u128, agreement: &str) -> Draft {
    let mut events = samples::events();
    let event = events.swap_remove((id % events.len() as u128) as usize);
    samples::draft(Uuid::from_u128(id), agreement, event)
}

/// A register of `size` records, a command each, ten seconds apart, of two agreements in turn.
pub fn filled(path: &Path, size: u64) -> SqliteLog {
    let clock = HandClock::at(start());
    let mut log = SqliteLog::create(path, ORIGIN, clock.clone()).expect("a register is made");
    for seq in 1..=size {
        clock.set(start() + TimeDelta::seconds(10 * seq as i64));
        put(&mut log, seq);
    }
    log
}

/// Appends record `seq`, its command and id after its number.
pub fn put(log: &mut SqliteLog, seq: u64) {
    let agreement = if seq % 2 == 1 { "odd" } else { "even" };
    let command = Uuid::from_u128(1000 + u128::from(seq));
    log.append(command, &Expected::Size(seq - 1), &[draft(seq.into(), agreement)]).expect("a record is appended");
}

/// A folder with a register of `size` records in it, closed.
pub fn register(size: u64) -> (TempDir, PathBuf) {
    let folder = folder();
    let path = folder.path().join("register.db");
    drop(filled(&path, size));
    (folder, path)
}

pub fn entries(log: &dyn EventLog) -> Vec<(u64, Vec<u8>)> {
    let mut entries = Vec::new();
    log.scan(&Select::default(), &mut |seq, bytes| {
        entries.push((seq, bytes.to_vec()));
        true
    })
    .expect("the log is read");
    entries
}

/// The file as another tool has it: no authorizer, no settings.
pub fn raw(path: &Path) -> Connection {
    Connection::open(path).expect("the file is opened")
}

/// Does what someone does who owns the file and knows its guards: drops them, changes something, puts them back.
pub fn without_guards(path: &Path, change: impl FnOnce(&Connection)) {
    let connection = raw(path);
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
        .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .expect("the triggers are listed");
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("a trigger is dropped");
    }
    change(&connection);
    for (_, sql) in &triggers {
        connection.execute_batch(sql).expect("a trigger is put back");
    }
}
