//! The campaign: fourteen kinds of tampering, a thousand random cases each in the long run, by somebody who owns every file of the register and
//! knows how they are made. Each must be found by who kept the last checkpoint elsewhere, and above it by who kept any receipt, and the first
//! bad record must be among those that are named. Honest registers must raise nothing.
//!
//! `cargo test --test campaign -- --nocapture` prints what was found by what. `PROPTEST_CASES` makes it a long run: a thousand cases, ten
//! thousand honest registers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use events::checkpoint::{Checkpoint, Role, SignedCheckpoint, Signer, Verifier};
use events::codec;
use events::contract::{HandClock, samples};
use events::log::{EventLog, Expected};
use events::proof::InclusionProof;
use events::record::{Draft, Record};
use events::tree::{self, Hash};
use obligo::checkpoints::judge::{Case, Held, Judgement, Tree, Verdict, What, judge};
use obligo::checkpoints::{Beside, Checkpointed, key, notes, prove};
use rusqlite::{Connection, params};
use store::SqliteLog;
use tempfile::TempDir;
use uuid::Uuid;

/// SplitMix64: the same sample each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From `first` to `last`, both among them.
    fn from(&mut self, first: u64, last: u64) -> u64 {
        first + self.next() % (last - first + 1)
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.next().is_multiple_of(count)
    }
}

fn is_long() -> bool {
    std::env::var_os("PROPTEST_CASES").is_some()
}

/// In memory, where there is such a place: nothing here is to outlive a crash.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder is made")
}

fn start() -> DateTime<Utc> {
    "2026-11-22T09:30:00.000000Z".parse().expect("an instant")
}

fn drafts(first: u64, count: u64, salt: u64) -> Vec<Draft> {
    let events = samples::events();
    let draft = |number: u64| {
        let event = events[(number % events.len() as u64) as usize].clone();
        let agreement = ["a", "b", "c"][(number * 7 % 3) as usize];
        samples::draft(Uuid::from_u128(u128::from(salt) << 64 | u128::from(number)), agreement, event)
    };
    (first..first + count).map(draft).collect()
}

/// A register that was written honestly, and what its writers and others kept.
struct Honest {
    db: Vec<u8>,
    notes: Vec<u8>,
    signer: String,
    /// Each checkpoint that was signed.
    all: Vec<SignedCheckpoint>,
    /// For each record the receipt that its writer was given.
    receipts: Vec<InclusionProof>,
}

impl Honest {
    /// Written in commits of these sizes.
    fn write(number: u64, commits: &[u64]) -> Self {
        let folder = folder();
        let path = folder.path().join("register.db");
        let clock = HandClock::at(start());
        let origin = Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0000 + u128::from(number));
        let beside = Beside::of(&path, None);
        let log = SqliteLog::create(&path, origin, clock.clone()).expect("a register is made");
        let mut log = Checkpointed::open(log, beside.clone()).expect("it is opened");
        let mut receipts = Vec::new();
        for count in commits {
            let size = log.head().expect("a head").size;
            clock.set(start() + TimeDelta::seconds(10 * size as i64));
            let drafts = drafts(size + 1, *count, number);
            log.append(Uuid::from_u128(1 << 100 | u128::from(size)), &Expected::Size(size), &drafts).expect("appended");
            assert!(log.unsigned.is_none());
            let newest = beside.newest().expect("a checkpoint");
            for seq in size + 1..=size + count {
                receipts.push(prove::inclusion(&log, seq, newest.clone(), true).expect("a receipt"));
            }
        }
        drop(log);
        let all = notes::all(&beside.checkpoints).expect("read").expect("there");
        Honest {
            db: std::fs::read(&path).expect("read"),
            notes: std::fs::read(&beside.checkpoints).expect("read"),
            signer: std::fs::read_to_string(&beside.key.path).expect("read"),
            all: all.notes.into_iter().map(|note| note.expect("a note")).collect(),
            receipts,
        }
    }

    fn size(&self) -> u64 {
        self.receipts.len() as u64
    }

    fn signer(&self) -> Signer {
        self.signer.trim().parse().expect("a key")
    }

    /// The records of the commit that a record came with.
    fn commit(&self, seq: u64) -> (u64, u64) {
        let sizes = || self.all.iter().map(|note| note.checkpoint.size);
        (sizes().filter(|size| *size < seq).max().unwrap_or(0) + 1, sizes().find(|size| seq <= *size).unwrap_or(seq))
    }
}

/// The files of a register, for who owns them.
struct Files {
    _folder: TempDir,
    db: PathBuf,
    /// The text of the file of checkpoints; nothing if it was removed.
    notes: Option<Vec<u8>>,
    key: Verifier,
}

impl Files {
    fn of(honest: &Honest) -> Self {
        let folder = folder();
        let db = folder.path().join("register.db");
        std::fs::write(&db, &honest.db).expect("written");
        Files { _folder: folder, db, notes: Some(honest.notes.clone()), key: honest.signer().verifier() }
    }

    /// Drops the guards, does something, and puts them back.
    fn change(&self, change: impl FnOnce(&Connection)) {
        let connection = Connection::open(&self.db).expect("opened");
        connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN").expect("settings");
        let triggers: Vec<(String, String)> = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
            .and_then(|mut found| found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .expect("the triggers");
        for (name, _) in &triggers {
            connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped");
        }
        change(&connection);
        for (_, sql) in &triggers {
            connection.execute_batch(sql).expect("put back");
        }
        connection.execute_batch("COMMIT").expect("committed");
    }

    fn records(&self) -> Vec<Record> {
        let log = SqliteLog::open_read_only(&self.db).expect("opened");
        let mut records = Vec::new();
        log.scan(&Default::default(), &mut |_, entry| {
            records.push(codec::decode(entry).expect("a record"));
            true
        })
        .expect("read");
        records
    }

    /// Writes the register as a whole anew: places, versions, columns and tree all fit.
    fn rewrite(&self, records: Vec<Record>) {
        self.change(|connection| {
            connection.execute_batch("DELETE FROM record; DELETE FROM tree").expect("emptied");
            let (mut versions, mut nodes) = (BTreeMap::<String, u64>::new(), BTreeMap::<(u32, u64), Hash>::new());
            for (seq, mut record) in (1u64..).zip(records) {
                let version = versions.entry(record.draft.agreement.clone()).or_default();
                *version += 1;
                (record.seq, record.version) = (seq, *version);
                let entry = codec::encode(&record);
                insert(connection, &record, &entry);
                let read = |level, index| Ok::<_, std::convert::Infallible>(nodes[&(level, index)]);
                let Ok(new) = tree::nodes_of_leaf(seq - 1, tree::leaf(&entry), read);
                for (level, index, hash) in new {
                    nodes.insert((level, index), hash);
                    let sql = "INSERT INTO tree VALUES (?1, ?2, ?3)";
                    connection.execute(sql, params![level, index as i64, hash.0]).expect("a node");
                }
            }
        });
    }

    /// Drops the checkpoints of more than so many records.
    fn cut_notes(&mut self, size: u64) {
        let kept = notes::parse(self.notes.as_deref().unwrap_or_default()).notes.into_iter().flatten();
        self.write_notes(kept.filter(|note| note.checkpoint.size <= size).collect());
    }

    fn write_notes(&mut self, all: Vec<SignedCheckpoint>) {
        self.notes = Some(all.iter().map(|note| format!("{note}\n")).collect::<String>().into_bytes());
    }

    /// What is found by who holds this.
    fn found(&self, held: &[Held], given: &[Verifier]) -> Found {
        let Ok(log) = SqliteLog::open_read_only(&self.db) else { return Found::Refused };
        let own = log.verify(&mut |_| {}).expect("it is verified");
        let kept = self.notes.as_deref().map(notes::parse);
        let case = Case {
            log: &log,
            own: &own,
            tree: &Tree::of(&log),
            notes: kept.as_ref().map(|kept| ("register.checkpoints".into(), kept)),
            key: Some(self.key.clone()),
            given,
            held,
        };
        Found::Judged(judge(&case))
    }
}

fn insert(connection: &Connection, record: &Record, entry: &[u8]) {
    let sql = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        record.seq as i64,
        record.id.to_string(),
        record.command.to_string(),
        record.agreement,
        record.version as i64,
        record.event.kind(),
        codec::instant(record.recorded_at),
        std::str::from_utf8(entry).expect("UTF-8"),
    ];
    connection.execute(sql, values).expect("a record");
}

#[derive(Debug)]
enum Found {
    /// It cannot even be opened.
    Refused,
    Judged(Judgement),
}

impl Found {
    fn verdict(&self) -> String {
        match self {
            Found::Refused => "not opened".into(),
            Found::Judged(judgement) => judgement.verdict.name().into(),
        }
    }

    fn is_good(&self) -> bool {
        matches!(self, Found::Judged(judgement) if judgement.verdict.is_good())
    }
}

/// The kinds of tampering. A further file beside the register gets its row here, and a way to change it in [`tamper`].
const CLASSES: [&str; 14] = [
    "edit",
    "edit and hash anew",
    "delete",
    "insert backdated",
    "swap",
    "truncate",
    "roll back and regrow",
    "fork",
    "duplicate",
    "rewrite the clock",
    "remove schema or trigger",
    "swap what stands beside",
    "replay an old checkpoint",
    "swap the key",
];

/// Does it; gives the first record that is not what it was, where it is one.
fn tamper(class: &str, honest: &Honest, files: &mut Files, random: &mut Random) -> Option<u64> {
    let size = honest.size();
    let at = random.from(1, size);
    match class {
        "edit" => {
            files.change(|connection| {
                let sql = match random.from(0, 2) {
                    0 => "UPDATE record SET entry = replace(entry, '\"actor\":\"', '\"actor\":\"x') WHERE seq = ?1",
                    1 => "UPDATE record SET entry = entry || ' ' WHERE seq = ?1",
                    _ => "UPDATE record SET type = type || 'x' WHERE seq = ?1",
                };
                assert_eq!(connection.execute(sql, [at as i64]).expect("edited"), 1);
            });
            Some(at)
        }
        "edit and hash anew" => {
            let mut records = files.records();
            let record = &mut records[at as usize - 1];
            record.draft.actor.push('x');
            if random.one_in(2) {
                files.rewrite(records);
                hide(files, at, random);
            } else {
                // Some of the nodes above it, too few.
                let entry = codec::encode(record);
                files.change(|connection| {
                    let sql = "UPDATE record SET entry = ?2 WHERE seq = ?1";
                    connection.execute(sql, params![at as i64, std::str::from_utf8(&entry).expect("UTF-8")]).expect("edited");
                    let sql = "UPDATE tree SET hash = ?2 WHERE level = 0 AND idx = ?1";
                    connection.execute(sql, params![at as i64 - 1, tree::leaf(&entry).0]).expect("hashed anew");
                });
            }
            Some(at)
        }
        "delete" => {
            let at = random.from(1, size - 1);
            if random.one_in(2) {
                files.change(|connection| {
                    connection.execute("DELETE FROM record WHERE seq = ?1", [at as i64]).expect("deleted");
                });
            } else {
                let mut records = files.records();
                records.remove(at as usize - 1);
                files.rewrite(records);
                hide(files, at, random);
            }
            Some(at)
        }
        "insert backdated" => {
            let mut records = files.records();
            let mut record = records[at as usize - 1].clone();
            record.draft = drafts(9_000, 1, 99).remove(0);
            record.command = Uuid::from_u128(7);
            // Not in the midst of a command.
            let (first, _) = honest.commit(at);
            records.insert(first as usize - 1, record);
            files.rewrite(records);
            hide(files, first, random);
            Some(first)
        }
        "swap" => {
            let mut records = files.records();
            let at = random.from(1, size - 1);
            let other = random.from(at + 1, size);
            let (one, two) = (records[at as usize - 1].draft.clone(), records[other as usize - 1].draft.clone());
            (records[at as usize - 1].draft, records[other as usize - 1].draft) = (two, one);
            files.rewrite(records);
            hide(files, at, random);
            Some(at)
        }
        "truncate" => {
            let left = random.from(0, size - 1);
            if random.one_in(3) {
                // The records alone; the tree still has them.
                files.change(|connection| {
                    connection.execute("DELETE FROM record WHERE ?1 < seq", [left as i64]).expect("cut");
                });
            } else {
                let mut records = files.records();
                records.truncate(left as usize);
                files.rewrite(records);
            }
            hide(files, left + 1, random);
            Some(left + 1)
        }
        "roll back and regrow" | "fork" => {
            let left = random.from(0, size - 1);
            let mut records = files.records();
            let last = records.last().cloned().expect("a record");
            records.truncate(left as usize);
            let more = size - left + random.from(0, 3);
            for (number, draft) in (0..).zip(drafts(5_000, more, 98)) {
                records.push(Record { command: Uuid::from_u128(2_000 + number), draft, ..last.clone() });
            }
            files.rewrite(records);
            files.cut_notes(left);
            if class == "fork" {
                // By who has the key: a checkpoint of the other history.
                let log = SqliteLog::open_read_only(&files.db).expect("opened");
                let mut all: Vec<_> =
                    notes::parse(files.notes.as_deref().unwrap_or_default()).notes.into_iter().flatten().collect();
                let head = log.head().expect("a head");
                all.push(signed(&honest.signer(), head.size, head.root));
                files.write_notes(all);
            }
            Some(left + 1)
        }
        "duplicate" => {
            // Behind the last record it would be an addition that nobody kept anything of.
            let at = random.from(1, size - 1);
            let mut records = files.records();
            let mut twin = records[at as usize - 1].clone();
            twin.draft.id = Uuid::from_u128(3);
            if random.one_in(2) {
                records.insert(at as usize, twin);
            } else {
                records[at as usize].draft = twin.draft;
            }
            files.rewrite(records);
            hide(files, at + 1, random);
            Some(at + 1)
        }
        "rewrite the clock" => {
            let mut records = files.records();
            let (first, _) = honest.commit(at);
            for record in &mut records[first as usize - 1..] {
                record.recorded_at += TimeDelta::microseconds(1 + (at % 5) as i64);
            }
            files.rewrite(records);
            hide(files, first, random);
            Some(first)
        }
        "remove schema or trigger" => {
            let sql = [
                "DROP TRIGGER record_update",
                "DROP TRIGGER record_insert",
                "DROP TRIGGER tree_delete",
                "DROP INDEX record_command",
                "CREATE TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END",
                "CREATE TABLE more (text TEXT)",
                "PRAGMA user_version = 0",
                "PRAGMA application_id = 7",
                "DROP TABLE tree",
            ][random.from(0, 8) as usize];
            Connection::open(&files.db).expect("opened").execute_batch(sql).expect(sql);
            None
        }
        "swap what stands beside" => {
            swap_beside(files, random);
            None
        }
        "replay an old checkpoint" => {
            let mut all = honest.all.clone();
            let old = all[random.from(0, all.len() as u64 - 2) as usize].clone();
            match random.from(0, 2) {
                0 => all.push(old),
                1 => *all.last_mut().expect("one") = old,
                _ => all.truncate(random.from(0, all.len() as u64 - 1) as usize),
            }
            files.write_notes(all);
            None
        }
        "swap the key" => {
            let name = honest.signer().verifier().name().to_string();
            let other = Signer::new(&name, Role::Log, &[random.next() as u8 | 1; 32]).expect("a key");
            files.key = other.verifier();
            match random.from(0, 2) {
                // The key alone.
                0 => None,
                // All checkpoints signed anew.
                1 => {
                    let anew = |note: &SignedCheckpoint| signed(&other, note.checkpoint.size, note.checkpoint.root);
                    files.write_notes(honest.all.iter().map(anew).collect());
                    None
                }
                // And the register rewritten.
                _ => {
                    let mut records = files.records();
                    records[at as usize - 1].draft.actor.push('x');
                    files.rewrite(records);
                    let log = SqliteLog::open_read_only(&files.db).expect("opened");
                    let anew = |note: &SignedCheckpoint| {
                        signed(&other, note.checkpoint.size, log.root_at(note.checkpoint.size).expect("a root"))
                    };
                    files.write_notes(honest.all.iter().map(anew).collect());
                    Some(at)
                }
            }
        }
        other => panic!("no such class: {other}"),
    }
}

/// Who has not the key drops the checkpoints that tell of it, or all of them, or leaves them.
fn hide(files: &mut Files, first_bad: u64, random: &mut Random) {
    match random.from(0, 2) {
        0 => files.cut_notes(first_bad - 1),
        1 => files.notes = None,
        _ => {}
    }
}

/// The table of the tree, and the notes in the file of checkpoints.
fn swap_beside(files: &mut Files, random: &mut Random) {
    let mut all: Vec<_> = notes::parse(files.notes.as_deref().unwrap_or_default()).notes.into_iter().flatten().collect();
    match random.from(0, 3) {
        0 => files.change(|connection| {
            let sql = "UPDATE tree SET hash = (SELECT hash FROM tree AS other WHERE other.level = tree.level AND other.idx = 1 - tree.idx)
                       WHERE level = 0 AND idx IN (0, 1)";
            connection.execute(sql, []).expect("swapped");
        }),
        1 => files.change(|connection| {
            let sql = "UPDATE tree SET hash = randomblob(32) WHERE (level, idx) IN (SELECT level, idx FROM tree ORDER BY hash LIMIT 1)";
            connection.execute(sql, []).expect("swapped");
        }),
        2 => {
            let last = all.len() - 1;
            all.swap(0, last);
            files.write_notes(all);
        }
        _ => {
            // The roots of two change places.
            let root = all[0].checkpoint.root;
            let last = all.len() - 1;
            all[0].checkpoint.root = all[last].checkpoint.root;
            all[last].checkpoint.root = root;
            files.write_notes(all);
        }
    }
}

fn signed(signer: &Signer, size: u64, root: Hash) -> SignedCheckpoint {
    let checkpoint = Checkpoint { origin: signer.verifier().name().into(), size, root, extensions: Vec::new() };
    SignedCheckpoint { signatures: vec![signer.sign(&checkpoint, 0)], checkpoint }
}

fn checkpoint(note: &SignedCheckpoint) -> Held {
    Held { from: "kept".into(), what: What::Checkpoint(note.clone()) }
}

fn receipt(proof: &InclusionProof) -> Held {
    Held { from: "receipt".into(), what: What::Receipt(proof.clone()) }
}

/// What was found of a class.
#[derive(Default)]
struct Row {
    cases: u64,
    verdicts: BTreeMap<String, u64>,
    /// By the last checkpoint: how many named records exactly, and how many to some few.
    exact: u64,
    among: u64,
    /// Above a checkpoint: by a receipt.
    by_receipt: u64,
    receipt_exact: u64,
    /// By all checkpoints.
    by_all: u64,
    all_exact: u64,
}

/// It is found, and the first bad record is among those that are named.
#[track_caller]
fn expect(what: &str, found: &Found, truth: Option<u64>) -> bool {
    assert!(!found.is_good(), "{what}: not found: {found:#?}");
    let Found::Judged(judgement) = found else { return false };
    let Some(truth) = truth else { return false };
    let Some((first, last)) = judgement.first_bad else { panic!("{what}: record {truth} is not named: {judgement:#?}") };
    assert!(first <= truth && truth <= last, "{what}: record {truth} is not among {first} to {last}: {judgement:#?}");
    first == last
}

/// Registers to begin with: each kind of size and of commits.
fn honest_ones() -> Vec<Honest> {
    let commits: [&[u64]; 8] = [
        &[1, 1],
        &[1; 7],
        &[2, 1, 1, 1, 1],
        &[1; 16],
        &[5, 1, 3, 1, 1, 2],
        &[1; 33],
        &[10, 1, 1, 20, 1, 1, 1],
        &[3, 3, 3, 3, 3, 3],
    ];
    (1..).zip(commits).map(|(number, commits)| Honest::write(number, commits)).collect()
}

#[test]
fn every_tampering_is_found_and_the_first_bad_record_is_named() {
    let cases = if is_long() { 1000 } else { 24 };
    let honest = honest_ones();
    let mut rows = Vec::new();
    for (number, class) in (1u64..).zip(CLASSES) {
        let mut row = Row::default();
        for case in 0..cases {
            let mut random = Random(number << 32 | case);
            let honest = &honest[(case % honest.len() as u64) as usize];
            let what = format!("{class}, case {case}, {} records", honest.size());
            let mut files = Files::of(honest);
            let truth = tamper(class, honest, &mut files, &mut random);
            row.cases += 1;

            let last = checkpoint(honest.all.last().expect("a checkpoint"));
            let found = files.found(std::slice::from_ref(&last), &[]);
            *row.verdicts.entry(found.verdict()).or_default() += 1;
            let exact = expect(&format!("{what}, by the last checkpoint"), &found, truth);
            row.exact += u64::from(exact);
            row.among += u64::from(truth.is_some() && !exact);
            expect(
                &format!("{what}, by the last checkpoint and the key"),
                &files.found(&[last], &[honest.signer().verifier()]),
                truth,
            );

            let all: Vec<Held> = honest.all.iter().map(checkpoint).collect();
            let found = files.found(&all, &[]);
            let exact = expect(&format!("{what}, by all checkpoints"), &found, truth);
            row.by_all += 1;
            row.all_exact += u64::from(exact);

            let Some(truth) = truth.filter(|truth| *truth <= honest.size()) else { continue };
            let (first, last) = honest.commit(truth);
            if files.notes.is_some() && class != "swap the key" {
                assert!(exact || first < last, "{what}: {found:#?}");
            }
            // What was kept before, and one receipt of then or later.
            let mut before = honest.all.iter().filter(|note| note.checkpoint.size < truth);
            let mut held: Vec<Held> = before.next_back().map(checkpoint).into_iter().collect();
            held.push(receipt(&honest.receipts[random.from(truth, honest.size()) as usize - 1]));
            if files.notes.is_some() && class != "fork" && class != "swap the key" {
                files.cut_notes(truth - 1);
            }
            let found = files.found(&held, &[]);
            let exact = expect(&format!("{what}, by a receipt"), &found, Some(truth));
            row.by_receipt += 1;
            row.receipt_exact += u64::from(exact);
        }
        rows.push((class, row));
    }
    println!(
        "{:26} {:>6}  {:>28}  {:>18}  {:>18}  verdicts, by the last checkpoint",
        "", "cases", "found by last (exact/among)", "by receipt (exact)", "by all (exact)"
    );
    for (class, row) in rows {
        let verdicts: Vec<String> = row.verdicts.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
        println!(
            "{class:26} {:>6}  {:>28}  {:>18}  {:>18}  {}",
            row.cases,
            format!("{} ({}/{})", row.cases, row.exact, row.among),
            format!("{} ({})", row.by_receipt, row.receipt_exact),
            format!("{} ({})", row.by_all, row.all_exact),
            verdicts.join(", ")
        );
    }
}

#[test]
fn an_honest_register_raises_nothing_whatever_was_kept() {
    let mut random = Random(20_231_122);
    let (registers, each) = if is_long() { (10_000, 1) } else { (20, 6) };
    for number in 0..registers {
        let commits: Vec<u64> = (0..random.from(1, 12)).map(|_| random.from(1, 4)).collect();
        let honest = Honest::write(1000 + number, &commits);
        for _ in 0..each {
            let mut files = Files::of(&honest);
            let mut held: Vec<Held> = honest.all.iter().filter(|_| random.one_in(3)).map(checkpoint).collect();
            held.extend(honest.receipts.iter().filter(|_| random.one_in(4)).map(receipt));
            match random.from(0, 3) {
                0 => files.notes = None,
                1 => files.notes.as_mut().expect("notes").extend(b"obligo/half a no"),
                _ => {}
            }
            let given: Vec<Verifier> =
                honest.signer().verifier().to_string().parse().into_iter().filter(|_| random.one_in(2)).collect();
            let found = files.found(&held, &given);
            let Found::Judged(Judgement { verdict, first_bad, faults, .. }) = &found else { panic!("{found:?}") };
            assert_eq!((first_bad, &faults[..]), (&None, &[][..]), "{commits:?}: {found:#?}");
            match verdict {
                Verdict::Anchored(size, _) => assert!(*size <= honest.size() && !held.is_empty()),
                Verdict::SelfConsistent => assert!(held.is_empty(), "{found:#?}"),
                _ => panic!("{commits:?}: {found:#?}"),
            }
        }
    }
}

/// A campaign that found what is not there would prove nothing.
#[test]
fn what_changes_nothing_is_not_found() {
    for honest in honest_ones() {
        let last = [checkpoint(honest.all.last().expect("a checkpoint"))];
        let files = Files::of(&honest);
        files.rewrite(files.records());
        assert!(files.found(&last, &[]).is_good(), "written anew, with the same bytes");
        let files = Files::of(&honest);
        Connection::open(&files.db).expect("opened").execute_batch("VACUUM; ANALYZE").expect("tidied");
        assert!(files.found(&last, &[]).is_good(), "tidied");
        let mut files = Files::of(&honest);
        files.write_notes(honest.all.clone());
        assert!(files.found(&last, &[]).is_good(), "the same notes");
    }
}

/// Without anything kept elsewhere, the same who has the key goes unnoticed: this is what the verdict does not claim.
#[test]
fn who_has_the_key_and_asks_nobody_is_not_found() {
    for honest in honest_ones() {
        let mut files = Files::of(&honest);
        let mut random = Random(7);
        tamper("fork", &honest, &mut files, &mut random);
        let Found::Judged(judgement) = files.found(&[], &[]) else { panic!() };
        assert_eq!(judgement.verdict, Verdict::SelfConsistent, "{judgement:#?}");
    }
}

#[test]
fn the_key_beside_a_register_has_the_name_of_its_log() {
    let honest = Honest::write(1, &[1]);
    let origin = Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0001);
    assert_eq!(honest.signer().verifier().name(), key::origin(origin));
}
