//! Our side of `benches/peers/run`: `ours WORK FILE AGREEMENT` does one work and prints what it took in milliseconds.
//!
//! `append` (decide, hash, tree, commit, signed checkpoint), `load` (all records of an agreement, read and assessed), `pack` (makes the
//! packs of records, prints what that took), `replay` (the register from packs), `entries` (from the entries alone, nothing kept).

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use events::Event;
use events::event::Achievement;
use events::log::{EventLog, Select};
use obligo::app::{App, TimeOrdered, Write};
use obligo::checkpoints::{Beside, Checkpointed, key};
use obligo::packs::Packed;
use obligo::rule_sets::{self, Shelf};
use obligo::texts::Sealed;
use rules::assess;
use rules::decide::Proposal;
use rules::replay::Replay;
use store::{DerivedFile, PrivateFile, SqliteLog};

/// The last day that the generator writes about.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");

const ROUNDS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [work, file, agreement] = args.as_slice() else { return Err("ours WORK FILE AGREEMENT".into()) };
    let path = Path::new(file);
    let took = match work.as_str() {
        "append" => append(path, agreement)?,
        "load" => load(path, agreement)?,
        "pack" => replay(path, &DerivedFile::beside(path), usize::MAX)?,
        "replay" => replay(path, &DerivedFile::beside(path), 0)?,
        "entries" => replay(path, &DerivedFile::nowhere(), 0)?,
        _ => return Err("append, load, pack, replay or entries".into()),
    };
    println!("{}", took.as_secs_f64() * 1000.0);
    Ok(())
}

fn append(path: &Path, agreement: &str) -> Result<Duration, Box<dyn Error>> {
    let log = SqliteLog::open(path, obligo::clock::now)?;
    let beside = Beside::of(path, None);
    let origin = key::origin(log.origin());
    if beside.key.read()?.is_none() {
        beside.key.make(&origin)?;
    }
    let mut app = App {
        log: Checkpointed::open(log, beside)?,
        shelf: Shelf::beside(path),
        private: PrivateFile::beside(path),
        actor: "bench".into(),
        today: LAST_DAY + Days::new(1),
        late_after_days: None,
        ids: Box::new(TimeOrdered),
    };
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let text = format!("A working group compared the two lists, {}", uuid::Uuid::now_v7());
        let done = Achievement { text, by: Vec::new(), provision: None, meeting: None, topics: Vec::new() };
        let proposal = Proposal::new(agreement, Event::WorkReported(Box::new(done))).on(LAST_DAY);
        let begun = Instant::now();
        let written = app.execute(&[proposal], Write { sealed: Sealed::Reasons, ..Write::default() });
        times.push(begun.elapsed());
        if written.map_err(|unwritten| format!("{:?}", unwritten.into_error()))?.receipt.is_none() {
            return Err("nothing was written".into());
        }
    }
    Ok(median(times))
}

fn load(path: &Path, agreement: &str) -> Result<Duration, Box<dyn Error>> {
    let log = SqliteLog::open_read_only(path)?;
    let rules = &rule_sets::newest().set;
    let select = Select { agreement: Some(agreement.into()), upto: None };
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut replay = Replay::default();
        log.scan(&select, &mut |seq, entry| {
            replay.take(seq, entry);
            true
        })?;
        let (register, findings) = replay.finish();
        let docket = assess(&register, findings, rules, LAST_DAY);
        times.push(begun.elapsed());
        drop(std::hint::black_box(docket));
    }
    Ok(median(times))
}

fn replay(path: &Path, file: &DerivedFile, made: usize) -> Result<Duration, Box<dyn Error>> {
    let records = SqliteLog::open_read_only(path)?.head()?.size;
    let begun = Instant::now();
    let found = Packed { path, file, sealed: false, threads: 2, made }.register(records, &|_| {})?;
    let took = begun.elapsed();
    drop(std::hint::black_box(found));
    Ok(took)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
