//! Each goal of speed as a ratio, a line each: `goal <n> <name> <ratio> limit <limit> ok|short`.
//!
//! `cargo bench --bench ratios`; `-- --records 100000` for a short run. RAW is a bare ordered SELECT of (seq, type, entry) over the same
//! file, in the same run, in turn with what is measured; every number is a median.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use events::log::{EventLog, Select};
use rules::gather::Gathered;
use store::SqliteLog;

#[allow(dead_code)] // the program that writes registers uses the rest
mod generate;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let records = match args.iter().position(|arg| arg == "--records") {
        Some(at) => args.get(at + 1).ok_or("--records takes a number")?.parse()?,
        None => 1_000_000,
    };
    let folder = tempfile::tempdir()?;
    let register = folder.path().join("register.db");
    generate::write(&register, records)?;
    println!("register of {records} records, {} bytes", std::fs::metadata(&register)?.len());
    replaying(&register)
}

/// Full replay, against RAW.
fn replaying(register: &Path) -> Outcome<()> {
    let packs = packed(register)?;
    let mut times = medians(5, [&mut || raw(register), &mut || from_entries(register), &mut || from_packs(&packs)])?;
    let raw = times.remove(0);
    println!("raw {raw:?}");
    goal("1", "replay from entries, one thread", times[0].as_secs_f64() / raw.as_secs_f64(), 4.5);
    Ok(())
}

fn raw(register: &Path) -> Outcome<Duration> {
    let connection = rusqlite::Connection::open_with_flags(register, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let begun = Instant::now();
    let mut statement = connection.prepare("SELECT seq, type, entry FROM record ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut sum = 0usize;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        sum = sum.wrapping_add(seq as usize + row.get_ref(1)?.as_bytes()?.len() + row.get_ref(2)?.as_bytes()?.len());
    }
    std::hint::black_box(sum);
    Ok(begun.elapsed())
}

fn from_entries(register: &Path) -> Outcome<Duration> {
    let log = SqliteLog::open_read_only(register)?;
    let begun = Instant::now();
    let mut replay = Gathered::default();
    log.scan(&Select::default(), &mut |seq, entry| {
        replay.take_entry(seq, entry);
        true
    })?;
    let read = begun.elapsed();
    let found = replay.finish();
    let elapsed = begun.elapsed();
    eprintln!("  read {read:?} all {elapsed:?}");
    drop(std::hint::black_box(found));
    Ok(elapsed)
}

fn packed(register: &Path) -> Outcome<Vec<Vec<u8>>> {
    let log = SqliteLog::open_read_only(register)?;
    let mut records = Vec::new();
    let mut packs = Vec::new();
    log.scan(&Select::default(), &mut |_, entry| {
        records.push(events::codec::decode(entry).unwrap());
        if records.len() == 1024 {
            packs.push(events::compact::pack(&records).unwrap());
            records.clear();
        }
        true
    })?;
    println!("packed {}", packs.iter().map(Vec::len).sum::<usize>());
    Ok(packs)
}

fn from_packs(packs: &[Vec<u8>]) -> Outcome<Duration> {
    let begun = Instant::now();
    let mut gathered = Gathered::default();
    for pack in packs {
        events::compact::unpack(pack, &mut |_| None, &mut |stream, fact| gathered.take(stream, fact))?;
    }
    let read = begun.elapsed();
    let found = gathered.finish();
    let elapsed = begun.elapsed();
    eprintln!("  packs {read:?} all {elapsed:?}");
    drop(std::hint::black_box(found));
    Ok(elapsed)
}

/// Medians of what is measured in turn.
fn medians<const N: usize>(rounds: usize, mut measured: [&mut dyn FnMut() -> Outcome<Duration>; N]) -> Outcome<Vec<Duration>> {
    let mut times = vec![Vec::new(); N];
    for _ in 0..rounds {
        for (times, measure) in times.iter_mut().zip(&mut measured) {
            times.push(measure()?);
        }
    }
    for times in &mut times {
        times.sort();
    }
    Ok(times.iter().map(|times| times[times.len() / 2]).collect())
}

fn goal(number: &str, name: &str, ratio: f64, limit: f64) {
    let verdict = if ratio <= limit { "ok" } else { "short" };
    println!("goal {number} {name} {ratio:.2} limit {limit} {verdict}");
}
