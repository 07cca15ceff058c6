//! Each goal of speed as a ratio, a line each: `goal <n> <name> <ratio> limit <limit> ok|short`.
//!
//! `cargo bench --bench ratios`; `-- --records 100000` for a short run, `-- --writes` for goal 3 alone, `-- --verify` for `verify` of goal 5. RAW is a bare ordered SELECT of (seq, type, entry) over the same
//! file, in the same run, in turn with what is measured; every number is a median. On a machine that others use, `-- --cpu --records 100000`
//! counts the time that the measuring thread has on the processor instead, for the two replays that one thread does. `-- --curve` is goal
//! 6 alone, from 10,000 to 1,000,000 records, and draws docs/performance.svg; with `--records` it ends there.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use events::codec::Columns;
use events::event::Achievement;
use events::log::{Append, EventLog, Expected, Select};
use events::record::Draft;
use events::{Event, tree};
use obligo::app::{App, TimeOrdered, Write};
use obligo::checkpoints::{Beside, Checkpointed, key};
use obligo::packs::{self, Packed};
use obligo::rule_sets::{self, Shelf};
use obligo::texts::Sealed;
use rules::decide::Proposal;
use rules::gather::Gathered;
use rules::replay::Replay;
use rules::rest::AtRest;
use rules::{assess, assess_moving};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use store::grouped::Grouped;
use store::{DerivedFile, PrivateFile, SqliteLog};
use uuid::Uuid;

#[allow(dead_code)] // the program that writes registers uses the rest
mod generate;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["--cpu", "--records", records] => on_the_processor(records.parse()?),
        ["--writes"] => {
            let folder = tempfile::tempdir()?;
            let register = folder.path().join("register.db");
            generate::write(&register, 100_000)?;
            appending(&register, folder.path())
        }
        ["--verify"] => {
            let folder = tempfile::tempdir()?;
            let register = folder.path().join("register.db");
            generate::write(&register, 100_000)?;
            let raw = medians(7, [&mut || raw(&register)])?;
            verifying(&register, raw[0])
        }
        ["--replay", register] => replaying(Path::new(register)),
        ["--replay-alone", register] => replay_alone(Path::new(register)),
        ["--replay-timed", warm, register] => replay_timed(Path::new(warm), Path::new(register)),
        ["--curve"] => curve_alone(1_000_000),
        ["--curve", "--records", records] => curve_alone(records.parse()?),
        [] => all(1_000_000),
        ["--records", records] => all(records.parse()?),
        _ => Err("nothing, --records NUMBER, --writes, --verify or --curve".into()),
    }
}

/// What one thread does, by its time on the processor.
fn on_the_processor(records: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let register = folder.path().join("register.db");
    generate::write(&register, records)?;
    ON_THE_PROCESSOR.store(true, Ordering::Relaxed);
    let file = DerivedFile::beside(&register);
    let packed = Packed { path: &register, file: &file, sealed: false, threads: 1, made: 0 };
    drop(Packed { made: usize::MAX, ..packed }.register(records, &|_| {})?);
    let times = medians(
        7,
        [&mut || raw(&register), &mut || timed(|| Ok(packed.register(records, &|_| {})?)), &mut || {
            timed(|| from_entries_alone(&register, records))
        }],
    )?;
    println!("RAW: {:.0} ns a record on the processor", times[0].as_nanos() as f64 / records as f64);
    at_most("1", "replay from packs, one thread, RAW", ratio(times[1], times[0]), 1.5);
    at_most("1", "replay from entries, hashes checked, one thread, RAW", ratio(times[2], times[0]), 4.5);
    Ok(())
}

fn all(records: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let sizes = sizes(records);
    let file = |size: u64| folder.path().join(format!("r{size}.db"));
    for size in &sizes {
        generate::write(&file(*size), *size)?;
    }
    let (register, tenth) = (file(records), file(sizes[sizes.len().saturating_sub(3)]));
    println!("{records} records, {} bytes", std::fs::metadata(&register)?.len());
    replaying_alone(&register)?;
    as_processes(&register, &tenth)?;
    appending(&register, folder.path())?;
    one_agreement(&register)?;
    let raw = medians(7, [&mut || raw(&register)])?;
    verifying(&register, raw[0])?;
    memory(&register)?;
    let files: Vec<(u64, PathBuf)> = sizes.iter().map(|size| (*size, file(*size))).collect();
    curve(&files, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost-per-record.svg"))?;
    past(records.min(100_000), folder.path())
}

fn sizes(records: u64) -> Vec<u64> {
    let mut sizes: Vec<u64> = [10_000, 30_000, 100_000, 300_000, 1_000_000].into_iter().filter(|size| *size < records).collect();
    sizes.push(records);
    sizes
}

/// Goal 6 alone; its picture is the one in the docs.
fn curve_alone(records: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let files: Vec<(u64, PathBuf)> =
        sizes(records).into_iter().map(|size| (size, folder.path().join(format!("r{size}.db")))).collect();
    for (size, file) in &files {
        generate::write(file, *size)?;
    }
    curve(&files, &Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.svg"))?;
    past(records.min(100_000), folder.path())
}

/// Goal 6: a register with ten times the past and the same that has effect, beside the other one, on a day after one that was looked at:
/// that is what a day costs. What it costs where nothing is known of a day before is told beside it.
fn past(records: u64, folder: &Path) -> Outcome<()> {
    let rules = &rule_sets::newest().set;
    let [long, short] = [(1, "long"), (10, "short")].map(|(every, name)| (every, folder.join(format!("{name}-past.db"))));
    let mut registers = Vec::new();
    for (every, file) in [&long, &short] {
        SqliteLog::restore(file, generate::ORIGIN, generate::entries_with_less_past(records, *every))?;
        let derived = DerivedFile::beside(file);
        let size = SqliteLog::open_read_only(file)?.head()?.size;
        let (register, _) = Packed { path: file, file: &derived, sealed: false, threads: 2, made: 0 }.register(size, &|_| {})?;
        println!("past: {} agreements, {size} records", register.agreements.len());
        obligo_on(generate::LAST_DAY, file, &["status"])?;
        let at_rest = AtRest::of(&assess(&register, Vec::new(), rules, generate::LAST_DAY));
        println!("past: {} of them are at rest", at_rest.agreements.len());
        registers.push((register, at_rest));
    }
    let cold = |which: usize| timed(|| Ok(assess(&registers[which].0, Vec::new(), rules, generate::LAST_DAY)));
    let next = generate::LAST_DAY + Days::new(1);
    let moving = |which: usize| timed(|| Ok(assess_moving(&registers[which].0, &registers[which].1, rules, next)));
    let again = |file: &Path| obligo_on(generate::LAST_DAY, file, &["status"]);
    // Each a day after the one before it, which was kept.
    let mut days = [next, next];
    let [of_long, of_short] = &mut days;
    let further = |day: &mut NaiveDate, file: &Path| {
        let taken = obligo_on(*day, file, &["status"])?;
        *day = *day + Days::new(1);
        Ok(taken)
    };
    let same = medians(9, [&mut || cold(0), &mut || cold(1), &mut || again(&long.1), &mut || again(&short.1)])?;
    let times = medians(
        9,
        [&mut || moving(0), &mut || moving(1), &mut || further(of_long, &long.1), &mut || further(of_short, &short.1)],
    )?;
    let millis = |times: &[Duration]| format!("{:.1} and {:.1} ms", micros(times[0]) / 1000.0, micros(times[1]) / 1000.0);
    println!("a further day: assess {}, status {}", millis(&times[..2]), millis(&times[2..]));
    println!("also: assess with nothing known of a day before: {}, ratio {:.2}", millis(&same[..2]), ratio(same[0], same[1]));
    println!("also: status on the day that was kept: {}, ratio {:.2}", millis(&same[2..]), ratio(same[2], same[3]));
    at_most("6", "assess of a further day, ten times the past beside one", ratio(times[0], times[1]), 1.2);
    at_most("6", "status on a further day, whole process, ten times the past beside one", ratio(times[2], times[3]), 1.2);
    Ok(())
}

/// Goal 1 in a process that keeps the memory which it has once been given: RAW asks for none, and what a machine, or what it runs in, takes to
/// hand it out is none of ours. What a replay takes that asks for all of it is told by the curve.
fn replaying_alone(register: &Path) -> Outcome<()> {
    let told = Command::new(std::env::current_exe()?)
        .arg("--replay")
        .arg(register)
        .env("MIMALLOC_PURGE_DELAY", "-1")
        .stderr(Stdio::inherit())
        .output()?;
    if !told.status.success() {
        return Err("the replays broke off".into());
    }
    print!("{}", String::from_utf8(told.stdout)?);
    Ok(())
}

/// Goal 1: full replay, against RAW.
fn replaying(register: &Path) -> Outcome<()> {
    let (derived, nowhere) = (DerivedFile::beside(register), DerivedFile::nowhere());
    let packed = |file, threads| Packed { path: register, file, sealed: false, threads, made: 0 };
    // All packs, in one go.
    let records = SqliteLog::open_read_only(register)?.head()?.size;
    drop(Packed { made: usize::MAX, ..packed(&derived, 2) }.register(records, &|_| {})?);
    println!("packs: {} bytes", std::fs::metadata(derived.path().ok_or("a path")?)?.len());
    let times = medians(
        7,
        [
            &mut || raw(register),
            &mut || timed(|| Ok(packed(&derived, 1).register(records, &|_| {})?)),
            &mut || timed(|| Ok(packed(&derived, 2).register(records, &|_| {})?)),
            &mut || timed(|| from_entries(register, records, 1)),
            &mut || timed(|| from_entries(register, records, 2)),
            &mut || timed(|| Ok(packed(&nowhere, 1).register(records, &|_| {})?)),
        ],
    )?;
    println!("RAW: {:.0} ns a record", times[0].as_nanos() as f64 / records as f64);
    at_most("1", "replay from packs, one thread, RAW", ratio(times[1], times[0]), 1.5);
    at_most("1", "replay from packs, two threads, RAW", ratio(times[2], times[0]), 1.0);
    at_most("1", "replay from entries, hashes checked, one thread, RAW", ratio(times[3], times[0]), 4.5);
    at_most("1", "replay from entries, hashes checked, two threads, RAW", ratio(times[4], times[0]), 2.5);
    println!("also: replay from entries, hashes not checked, one thread, RAW {:.2}", ratio(times[5], times[0]));
    Ok(())
}

fn raw(register: &Path) -> Outcome<Duration> {
    let connection = Connection::open_with_flags(register, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    timed(|| {
        let mut statement = connection.prepare("SELECT seq, type, entry FROM record ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut sum = 0usize;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            sum = sum.wrapping_add(seq as usize + row.get_ref(1)?.as_bytes()?.len() + row.get_ref(2)?.as_bytes()?.len());
        }
        Ok(sum)
    })
}

/// Every so-manieth run of 1,024 entries; each run must lead to the node that the tree has over it.
fn runs(register: &Path, records: u64, (thread, threads): (u64, u64)) -> Result<Gathered, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let log = SqliteLog::open_read_only(register).map_err(|error| failed(&error))?;
    let mut gathered = Gathered::default();
    for run in (thread..records.div_ceil(packs::EACH)).step_by(threads as usize) {
        let (first, last) = (run * packs::EACH + 1, (run + 1) * packs::EACH);
        let mut leaves = Vec::new();
        let take = &mut |seq, entry: &[u8]| {
            leaves.push(tree::leaf(entry));
            gathered.take_entry(seq, entry);
        };
        log.scan_range(first, last.min(records), take).map_err(|error| failed(&error))?;
        if last <= records && packs::subtree_of(leaves) != log.node(10, run).ok() {
            return Err(format!("run {run} does not lead to its node"));
        }
    }
    Ok(gathered)
}

fn from_entries_alone(register: &Path, records: u64) -> Outcome<rules::Register> {
    whole(register, runs(register, records, (0, 1))?, 1)
}

/// The register from its entries alone.
fn from_entries(register: &Path, records: u64, threads: u64) -> Outcome<rules::Register> {
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || runs(register, records, (thread, threads)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a thread broke off".into()))).collect()
    });
    let mut all = Gathered::default();
    for part in parts {
        all.join(part?);
    }
    whole(register, all, threads)
}

fn whole(register: &Path, mut all: Gathered, threads: u64) -> Outcome<rules::Register> {
    let log = SqliteLog::open_read_only(register)?;
    for seq in all.needed_in_full() {
        if let Some(entry) = log.entry(seq)? {
            all.take_in_full(events::codec::decode(&entry)?);
        }
    }
    Ok(all.finish_on(threads as usize).0)
}

/// Goal 2: whole processes, warm, with all records and with a tenth of them.
fn as_processes(register: &Path, tenth: &Path) -> Outcome<()> {
    let one = generate::id(0);
    for (name, args) in
        [("status", vec!["status"]), ("status AGREEMENT", vec!["status", &one]), ("due", vec!["due", "--within", "90d"])]
    {
        // The first derives what is kept for the day.
        for register in [register, tenth] {
            obligo(register, &args)?;
        }
        let times = medians(15, [&mut || obligo(register, &args), &mut || obligo(tenth, &args)])?;
        at_most("2", &format!("{name}, whole process, ms"), times[0].as_secs_f64() * 1000.0, 10.0);
        at_most("2", &format!("{name}, beside a smaller register"), ratio(times[0], times[1]), 1.5);
    }
    let times = medians(15, [&mut || obligo(register, &["--version"])])?;
    at_most("2", "--version, whole process, ms", times[0].as_secs_f64() * 1000.0, 10.0);
    Ok(())
}

fn obligo(register: &Path, args: &[&str]) -> Outcome<Duration> {
    timed(|| Ok(process(register, args).status()?))
}

/// The same, as on a day.
fn obligo_on(day: NaiveDate, register: &Path, args: &[&str]) -> Outcome<Duration> {
    timed(|| Ok(process(register, args).env("OBLIGO_TODAY", day.to_string()).status()?))
}

fn process(register: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_obligo"));
    command.args(args).env("OBLIGO_REGISTER", register).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Goal 3: what an append takes beside a bare insert that is as durable; then many at once, and many that write.
fn appending(register: &Path, folder: &Path) -> Outcome<()> {
    const ROUNDS: usize = 300;
    let path = folder.join("written.db");
    generate::write(&path, 10_000)?;
    let bare = bare_table(&folder.join("bare.db"))?;
    let entry: Vec<u8> = generate::entries(100).last().ok_or("an entry")?;
    let log = SqliteLog::open(&path, obligo::clock::now)?;
    let beside = Beside::of(&path, None);
    beside.key.make(&key::origin(log.origin()))?;
    let mut app = App {
        log: Checkpointed::open(log, beside)?,
        shelf: Shelf::beside(&path),
        private: PrivateFile::beside(&path),
        actor: "bench".into(),
        today: generate::LAST_DAY + Days::new(1),
        late_after_days: None,
        ids: Box::new(TimeOrdered),
    };
    // The newest agreements have effect. In turn: none of them grows much.
    let newest: Vec<String> = (90..100).map(generate::id).collect();
    let mut number = 0;
    let mut insert = || {
        number += 1;
        timed(|| Ok(bare.execute("INSERT INTO record VALUES (?1, 'work.reported', ?2)", (number, &entry))?))
    };
    let mut turn = 0;
    let mut execute = |dry_run: bool| {
        let text = format!("Work {}", Uuid::now_v7());
        let done = Achievement { text, by: Vec::new(), provision: None, meeting: None, topics: Vec::new() };
        turn += 1;
        let proposal = Proposal::new(&newest[turn % newest.len()], Event::WorkReported(Box::new(done))).on(generate::LAST_DAY);
        let write = Write { dry_run, sealed: Sealed::Reasons, ..Write::default() };
        timed(|| match app.execute(&[proposal], write) {
            Ok(outcome) if outcome.receipt.is_some() != dry_run => Ok(()),
            Ok(_) => Err("nothing was written, or what was not to be".into()),
            Err(unwritten) => Err(format!("{:?}", unwritten.into_error()).into()),
        })
    };
    let decided = medians(ROUNDS, [&mut || execute(true)])?;
    let times = medians(ROUNDS, [&mut insert, &mut || execute(false)])?;
    println!(
        "bare insert: {:.0} µs; append: {:.0} µs; the same without writing: {:.0} µs",
        micros(times[0]),
        micros(times[1]),
        micros(decided[0])
    );
    at_least("3", "durable append with its checkpoint, bare insert", ratio(times[0], times[1]), 0.6);
    drop(app);

    let mut log = SqliteLog::open(&path, obligo::clock::now)?;
    let mut insert = || {
        number += 1;
        timed(|| Ok(bare.execute("INSERT INTO record VALUES (?1, 'work.reported', ?2)", (number, &entry))?))
    };
    let mut append = || {
        let size = log.head()?.size;
        timed(|| Ok(log.append(Uuid::now_v7(), &Expected::Size(size), &[work(&newest[0])])?))
    };
    let times = medians(ROUNDS, [&mut insert, &mut append])?;
    println!("also: append to the log alone, bare insert {:.2}", ratio(times[0], times[1]));

    in_bulk(register, folder)?;
    together(&path)
}

fn work(agreement: &str) -> Draft {
    let done = Achievement { text: "Work".into(), by: Vec::new(), provision: None, meeting: None, topics: Vec::new() };
    Draft {
        id: Uuid::now_v7(),
        agreement: agreement.into(),
        event: Event::WorkReported(Box::new(done)),
        occurred_on: Some(generate::LAST_DAY.into()),
        actor: "bench".into(),
        authority: None,
        source: None,
        reason: None,
        corrects: None,
        rules: None,
    }
}

/// Goal 3: many records at once, as an import appends them and as a log is restored, beside bare inserts in one transaction.
fn in_bulk(register: &Path, folder: &Path) -> Outcome<()> {
    let mut entries = Vec::new();
    SqliteLog::open_read_only(register)?.scan(&Select { upto: Some(100_000), ..Select::default() }, &mut |_, entry| {
        entries.push(entry.to_vec());
        true
    })?;
    let drafts: Vec<Draft> =
        entries.iter().map(|entry| Ok(events::codec::decode(entry)?.draft)).collect::<Outcome<Vec<Draft>>>()?;
    let columns: Vec<Columns> = entries.iter().map(|entry| Ok(events::codec::columns(entry)?)).collect::<Outcome<_>>()?;
    let file = |name: &str| folder.join(format!("{name}{}.db", Uuid::now_v7()));
    let times = medians(
        5,
        [
            &mut || {
                let mut bare = bare_table(&file("bare"))?;
                timed(|| {
                    let transaction = bare.transaction()?;
                    let mut statement = transaction.prepare("INSERT INTO record VALUES (?1, 'work.reported', ?2)")?;
                    for (seq, entry) in (1..).zip(&entries) {
                        statement.execute((seq, entry))?;
                    }
                    drop(statement);
                    Ok(transaction.commit()?)
                })
            },
            &mut || {
                let mut bare = bare_table(&file("indexed"))?;
                // The columns and the indexes of a register, and nothing that guards them.
                bare.execute_batch(
                    "CREATE TABLE indexed (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, command TEXT NOT NULL,
                       agreement TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, recorded_at TEXT NOT NULL,
                       entry TEXT NOT NULL, UNIQUE (agreement, version)) STRICT;
                     CREATE INDEX indexed_command ON indexed (command)",
                )?;
                timed(|| {
                    let transaction = bare.transaction()?;
                    let sql = "INSERT INTO indexed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
                    let mut statement = transaction.prepare(sql)?;
                    for (columns, entry) in columns.iter().zip(&entries) {
                        statement.execute((
                            i64::try_from(columns.seq)?,
                            columns.id.to_string(),
                            columns.command.to_string(),
                            &columns.agreement,
                            i64::try_from(columns.version)?,
                            &columns.kind,
                            &columns.recorded_at,
                            std::str::from_utf8(entry)?,
                        ))?;
                    }
                    drop(statement);
                    Ok(transaction.commit()?)
                })
            },
            &mut || {
                let mut log = SqliteLog::create(file("import"), generate::ORIGIN, obligo::clock::now)?;
                timed(|| Ok(log.append(Uuid::now_v7(), &Expected::Size(0), &drafts)?))
            },
            &mut || {
                let path = file("restored");
                timed(|| Ok(SqliteLog::restore(&path, generate::ORIGIN, &entries)?))
            },
        ],
    )?;
    let each = |time: Duration| micros(time) / entries.len() as f64;
    println!("a record: bare {:.1} µs, appended {:.1} µs, restored {:.1} µs", each(times[0]), each(times[2]), each(times[3]));
    println!("also: bare inserts with the columns and indexes of a register, bare inserts {:.2}", ratio(times[0], times[1]));
    at_least("3", "bulk import, bare inserts in one transaction", ratio(times[0], times[2]), 0.35);
    at_least("3", "restored log, bare inserts in one transaction", ratio(times[0], times[3]), 0.35);
    Ok(())
}

/// Goal 3: sixteen that write to one log beside one alone, each with its own agreement, in appends a second.
fn together(path: &Path) -> Outcome<()> {
    const APPENDS: u64 = 480;
    let group = Grouped::new(Checkpointed::open(SqliteLog::open(path, obligo::clock::now)?, Beside::of(path, None))?);
    let mut round = 0;
    let mut write = |callers: u64| {
        round += 1;
        timed(|| {
            std::thread::scope(|scope| {
                let all: Vec<_> = (0..callers)
                    .map(|caller| {
                        let (writer, agreement) = (group.writer(), format!("round-{round}-caller-{caller}"));
                        scope.spawn(move || {
                            (0..APPENDS / callers).try_for_each(|version| {
                                let expected = Expected::Version { agreement: agreement.clone(), version };
                                let append = Append { command: Uuid::now_v7(), expected, drafts: vec![work(&agreement)] };
                                writer.append(append).map(drop)
                            })
                        })
                    })
                    .collect();
                all.into_iter().try_for_each(|one| one.join().map_err(|_| "a writer broke off")?.map_err(|error| error.into()))
            })
        })
    };
    let write = std::cell::RefCell::new(&mut write);
    let times = medians(5, [&mut || write.borrow_mut()(1), &mut || write.borrow_mut()(16)])?;
    let each = |time: Duration| micros(time) / APPENDS as f64;
    println!("an append with its checkpoint: one caller {:.0} µs, sixteen callers {:.0} µs", each(times[0]), each(times[1]));
    at_least("3", "sixteen callers of one log, one caller", ratio(times[0], times[1]), 4.0);
    Ok(())
}

fn bare_table(path: &Path) -> Outcome<Connection> {
    let bare = Connection::open(path)?;
    bare.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;
         CREATE TABLE record (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, entry BLOB NOT NULL) STRICT",
    )?;
    Ok(bare)
}

/// Goal 4: fifty records of one agreement, from the file to the docket.
fn one_agreement(register: &Path) -> Outcome<()> {
    let log = SqliteLog::open_read_only(register)?;
    let records = log.head()?.size;
    let rules = &rule_sets::newest().set;
    // One that is over, one that has effect.
    for (name, number) in [("over", 0), ("live", records / generate::EACH - 1)] {
        let select = Select { agreement: Some(generate::id(number)), upto: None };
        let fifty = || {
            let mut replay = Replay::default();
            let mut left = 50;
            log.scan(&select, &mut |seq, entry| {
                replay.take(seq, entry);
                left -= 1;
                left > 0
            })?;
            let (register, findings) = replay.finish();
            Ok((register, findings))
        };
        let read = medians(200, [&mut || timed(fifty)])?;
        let all = medians(
            200,
            [&mut || {
                timed(|| {
                    let (register, findings) = fifty()?;
                    Ok(assess(&register, findings, rules, generate::LAST_DAY))
                })
            }],
        )?;
        println!("also: {name}, read alone: {:.0} µs", micros(read[0]));
        at_most("4", &format!("fifty records read and assessed, {name}, µs"), micros(all[0]), 200.0);
    }
    Ok(())
}

/// Goal 5: `verify` beside RAW and the SHA-256 of all bytes.
fn verifying(register: &Path, raw: Duration) -> Outcome<()> {
    let log = SqliteLog::open_read_only(register)?;
    let times = medians(
        3,
        [
            &mut || {
                let mut bytes = Vec::new();
                log.scan(&Select { upto: Some(100_000), ..Select::default() }, &mut |_, entry| {
                    bytes.push(entry.to_vec());
                    true
                })?;
                let one = timed(|| Ok(bytes.iter().fold(0u8, |sum, entry| sum ^ Sha256::digest(entry)[0])))?;
                Ok(one.mul_f64(log.head()?.size as f64 / bytes.len() as f64))
            },
            &mut || timed(|| Ok(log.verify(&mut |_| {})?)),
        ],
    )?;
    at_most("5", "verify, RAW and SHA-256", ratio(times[1], raw + times[0]), 3.0);
    Ok(())
}

/// Goal 5: the peak of memory, in processes of their own.
fn memory(register: &Path) -> Outcome<()> {
    let told = Command::new(std::env::current_exe()?).arg("--replay-alone").arg(register).output()?;
    let told = String::from_utf8(told.stdout)?;
    let numbers: Vec<f64> = told.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [peak, state] = numbers[..] else { return Err(format!("a replay alone said: {told}").into()) };
    println!("replay: peak {:.0} MiB, final state {:.0} MiB", peak / 1024.0, state / 1024.0);
    at_most("5", "memory of a replay, final state and 8 MiB", peak / (4.0 * state + 8.0 * 1024.0) * 4.0, 4.0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_obligo"))
        .arg("status")
        .env("OBLIGO_REGISTER", register)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut most = 0.0;
    while child.try_wait()?.is_none() {
        most = kibibytes(&format!("/proc/{}/status", child.id()), "VmHWM").unwrap_or(most);
    }
    at_most("5", "memory of status, MiB", most / 1024.0, 64.0);
    Ok(())
}

fn replay_alone(register: &Path) -> Outcome<()> {
    let derived = DerivedFile::beside(register);
    let records = SqliteLog::open_read_only(register)?.head()?.size;
    let before = kibibytes("/proc/self/status", "VmRSS").ok_or("no /proc")?;
    let packed = Packed { path: register, file: &derived, sealed: false, threads: 2, made: 0 };
    let found = packed.register(records, &|_| {})?;
    let after = kibibytes("/proc/self/status", "VmRSS").ok_or("no /proc")?;
    println!("{} {}", kibibytes("/proc/self/status", "VmHWM").ok_or("no /proc")?, after - before);
    drop(std::hint::black_box(found));
    Ok(())
}

/// The nanoseconds of a replay by one thread, after one of a small register that has the program in memory.
fn replay_timed(warm: &Path, register: &Path) -> Outcome<()> {
    let replay = |register: &Path| {
        let derived = DerivedFile::beside(register);
        let records = SqliteLog::open_read_only(register)?.head()?.size;
        let packed = Packed { path: register, file: &derived, sealed: false, threads: 1, made: 0 };
        timed(|| Ok(packed.register(records, &|_| {})?))
    };
    replay(warm)?;
    println!("{}", replay(register)?.as_nanos());
    Ok(())
}

fn kibibytes(file: &str, key: &str) -> Option<f64> {
    let status = std::fs::read_to_string(file).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Goal 6: what a record costs, at each size.
fn curve(files: &[(u64, PathBuf)], drawn: &Path) -> Outcome<()> {
    let mut points = Vec::new();
    let packing = |file: &Path, size: u64| -> Outcome<()> {
        let derived = DerivedFile::beside(file);
        drop(Packed { path: file, file: &derived, sealed: false, threads: 1, made: usize::MAX }.register(size, &|_| {})?);
        Ok(())
    };
    // Two packs: it has the program in memory, and next to no memory of its own that the next replay need not ask for.
    let warm = files[0].1.with_file_name("warm.db");
    generate::write(&warm, 2 * packs::EACH)?;
    packing(&warm, 2 * packs::EACH)?;
    for (size, file) in files {
        packing(file, *size)?;
        let rounds = usize::try_from(3_000_000 / size).unwrap_or(1).clamp(5, 50);
        // In a process of its own each, as a replay is: one that has memory from the last one need not ask for it.
        let replay = || {
            let told = Command::new(std::env::current_exe()?).arg("--replay-timed").args([&warm, file]).output()?;
            Ok(Duration::from_nanos(String::from_utf8(told.stdout)?.trim().parse()?))
        };
        let times = medians(rounds, [&mut || replay()])?;
        points.push((*size, times[0].as_nanos() as f64 / *size as f64));
    }
    for (size, nanos) in &points {
        println!("curve: {size} records, {nanos:.0} ns a record {}", "#".repeat((nanos / 20.0) as usize));
    }
    let most = points.iter().map(|(_, nanos)| *nanos).fold(0.0, f64::max);
    let least = points.iter().map(|(_, nanos)| *nanos).fold(f64::MAX, f64::min);
    std::fs::write(drawn, picture(&points, most)?)?;
    println!("curve drawn in {}", drawn.display());
    at_most("6", "cost of a record, most beside least", most / least, 1.2);
    Ok(())
}

fn picture(points: &[(u64, f64)], most: f64) -> Outcome<String> {
    let place =
        |(size, nanos): &(u64, f64)| ((*size as f64).log10().mul_add(100.0, -340.0), (1.0 - nanos / most).mul_add(160.0, 20.0));
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 340 220\" font-family=\"sans-serif\" font-size=\"9\">\n\
         <rect width=\"340\" height=\"220\" fill=\"white\"/>\n",
    );
    let line: Vec<String> = points.iter().map(place).map(|(x, y)| format!("{x:.0},{y:.0}")).collect();
    writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"black\"/>", line.join(" "))?;
    for point in points {
        let (x, y) = place(point);
        writeln!(
            svg,
            "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"2\"/><text x=\"{x:.0}\" y=\"{:.0}\">{:.0} ns</text>",
            y - 5.0,
            point.1
        )?;
        writeln!(svg, "<text x=\"{x:.0}\" y=\"205\">{}</text>", point.0)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// How long it takes; what comes of it is dropped after the clock has stopped.
fn timed<T>(measured: impl FnOnce() -> Outcome<T>) -> Outcome<Duration> {
    let begun = clock()?;
    let found = measured()?;
    let elapsed = clock()?.saturating_sub(begun);
    drop(std::hint::black_box(found));
    Ok(elapsed)
}

/// Whether the time on the processor is what counts.
static ON_THE_PROCESSOR: AtomicBool = AtomicBool::new(false);

fn clock() -> Outcome<Duration> {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    if !ON_THE_PROCESSOR.load(Ordering::Relaxed) {
        return Ok(BEGUN.elapsed());
    }
    let told = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(told.split_whitespace().next().ok_or("no time")?.parse()?))
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

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn at_most(number: &str, name: &str, found: f64, limit: f64) {
    say(number, name, found, limit, found <= limit);
}

fn at_least(number: &str, name: &str, found: f64, limit: f64) {
    say(number, name, found, limit, found >= limit);
}

fn say(number: &str, name: &str, found: f64, limit: f64, is_met: bool) {
    println!("goal {number} {name} {found:.2} limit {limit} {}", if is_met { "ok" } else { "short" });
}
