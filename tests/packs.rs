//! What is packed beside a register changes no answer: the register that packs give is the one that the entries give, over random logs and
//! whatever becomes of the packs.

use std::path::{Path, PathBuf};

use events::contract::samples;
use events::event::RecordCorrected;
use events::log::Select;
use events::record::Record;
use events::{Event, codec, seal};
use obligo::packs::{EACH, Packed};
use obligo::texts::Texts;
use rules::Register;
use rules::replay::{Finding, Replay};
use rusqlite::Connection;
use store::{DerivedFile, KeptText, PrivateFile, SqliteLog};
use uuid::Uuid;

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

/// SplitMix64: the same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// A register with facts that fit nowhere, reversals of whatever it may be, and texts that are sealed.
fn register(folder: &Path, seed: u64, size: u64) -> PathBuf {
    let path = folder.join(format!("r{seed}.db"));
    let (origin, mut random) = (Uuid::from_u128(u128::from(seed)), Random(seed));
    let samples: Vec<Event> = samples::events().into_iter().chain(samples::events_with_later_keys()).collect();
    let mut kept = Vec::new();
    let odd = |mut record: Record| {
        record.origin = origin;
        let draft = &mut record.draft;
        match random.below(20) {
            0 => draft.event = samples[random.below(samples.len() as u64) as usize].clone(),
            1 => {
                draft.event = Event::RecordCorrected(RecordCorrected {});
                draft.corrects = Some(1 + random.below(record.seq + 5));
            }
            2..5 => {
                for text in seal::free_texts(&mut draft.event) {
                    let salt = [random.below(256) as u8; 32];
                    let one = KeptText::new(salt, format!("{text} by Anna \"A.\" {}", random.below(1000)));
                    *text = format!("{}{}", seal::MARK, one.commitment);
                    kept.push(one);
                }
            }
            _ => {}
        }
        codec::encode(&record)
    };
    let entries: Vec<Vec<u8>> = generate::records(size).take(size as usize).map(odd).collect();
    SqliteLog::restore(&path, origin, &entries).expect("it is written");
    PrivateFile::beside(&path).keep(&kept).expect("the texts are kept");
    path
}

fn by_entries(path: &Path, size: u64, sealed: bool) -> (Register, Vec<Finding>) {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let private = PrivateFile::beside(path);
    let mut replay = Replay::default();
    let select = Select { agreement: None, upto: Some(size) };
    let texts = Texts::new(&log, &private).sealed(sealed);
    texts.scan(&select, &mut |seq, entry| replay.take(seq, entry)).expect("it is read");
    replay.finish()
}

fn by_packs(path: &Path, size: u64, threads: u64, made: usize) -> (Register, Vec<Finding>) {
    let file = DerivedFile::beside(path);
    Packed { path, file: &file, sealed: false, threads, made }.register(size, &|_| {}).expect("it is read")
}

fn rows(path: &Path) -> Connection {
    Connection::open(DerivedFile::beside(path).path().expect("a path")).expect("it is opened")
}

fn packs(path: &Path) -> i64 {
    rows(path).query_row("SELECT count(*) FROM compact_pack", [], |row| row.get(0)).expect("they are counted")
}

#[test]
fn packs_say_what_the_entries_say() {
    let folder = tempfile::tempdir().expect("a folder");
    for seed in 1..4 {
        let size = 2 * EACH + 300;
        let path = register(folder.path(), seed, size);
        let expected = by_entries(&path, size, false);
        for (threads, made) in [(1, 0), (2, 0), (2, 1), (1, 100), (1, 0), (2, 0), (3, 0)] {
            assert!(by_packs(&path, size, threads, made) == expected, "seed {seed}, {threads} threads, {made} made");
        }
        assert_eq!(packs(&path), 2, "seed {seed}");
        for earlier in [0, 1, EACH - 1, EACH, EACH + 1, 2 * EACH] {
            assert!(by_packs(&path, earlier, 2, 0) == by_entries(&path, earlier, false), "seed {seed}, {earlier} records");
        }
        let file = DerivedFile::beside(&path);
        let sealed = Packed { path: &path, file: &file, sealed: true, threads: 2, made: 0 }.register(size, &|_| {});
        assert!(sealed.expect("it is read") == by_entries(&path, size, true), "seed {seed}, sealed");
        // A text that is erased is gone from the answers of both: it was never in a pack.
        let private = PrivateFile::beside(&path);
        private.erase(&private.commitments().expect("they are read")).expect("they are erased");
        assert!(by_packs(&path, size, 2, 0) == by_entries(&path, size, false), "seed {seed}, erased");
        let bytes = std::fs::read(file.path().expect("a path")).expect("it is read");
        assert!(!bytes.windows(4).any(|window| window == b"Anna"), "seed {seed}");
    }
}

#[test]
fn packs_are_read_where_they_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = register(folder.path(), 5, EACH);
    // What reversals name is read in full, from its entry.
    let beside_reversals = |(mut register, findings): (Register, Vec<Finding>)| {
        register.agreements.values_mut().for_each(|agreement| agreement.corrections.clear());
        (register, findings)
    };
    let before = beside_reversals(by_packs(&path, EACH, 1, 1));
    let log = Connection::open(&path).expect("it is opened");
    log.execute_batch(
        "DROP TRIGGER record_update; UPDATE record SET entry = replace(entry, '\"occurred_on\":\"1', '\"occurred_on\":\"2')",
    )
    .expect("it is changed");
    assert!(beside_reversals(by_entries(&path, EACH, false)) != before, "it was changed");
    assert!(beside_reversals(by_packs(&path, EACH, 1, 0)) == before, "`verify` finds that, not a reading");
}

#[test]
fn a_pack_that_is_stale_foreign_cut_or_damaged_is_as_if_it_were_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let size = 2 * EACH;
    let path = register(folder.path(), 7, size);
    let expected = by_entries(&path, size, false);
    by_packs(&path, size, 2, 2);
    let body = |number: i64| -> Vec<u8> {
        rows(&path).query_row("SELECT body FROM compact_pack WHERE number = ?1", [number], |row| row.get(0)).expect("a pack")
    };
    let bodies = [body(0), body(1)];
    let put = |number: i64, body: &[u8]| {
        rows(&path).execute("UPDATE compact_pack SET body = ?2 WHERE number = ?1", (number, body)).expect("it is put");
    };
    let same = |what: &str| assert!(by_packs(&path, size, 2, 0) == expected, "{what}");
    let mut random = Random(11);
    for _ in 0..40 {
        let mut other = bodies[0].clone();
        let place = random.below(other.len() as u64) as usize;
        other[place] ^= 1 << random.below(8);
        put(0, &other);
        same(&format!("a bit of byte {place}"));
    }
    for length in [0, 1, 15, 16, 17, bodies[0].len() - 1] {
        put(0, &bodies[0][..length]);
        same(&format!("cut to {length}"));
    }
    put(0, &bodies[1]);
    put(1, &bodies[0]);
    same("each in the place of the other");
    let foreign = register(folder.path(), 8, size);
    by_packs(&foreign, size, 2, 2);
    let to = |path: &Path| DerivedFile::beside(path).path().expect("a path").to_owned();
    std::fs::copy(to(&foreign), to(&path)).expect("it is copied");
    same("those of another log");
    let whole = std::fs::read(to(&path)).expect("it is read");
    for length in [0, 100, 5000, whole.len() / 2] {
        std::fs::write(to(&path), &whole[..length]).expect("it is cut");
        same(&format!("a file cut to {length}"));
    }
    std::fs::remove_file(to(&path)).expect("it is removed");
    same("no file");
    // It is made anew.
    assert!(by_packs(&path, size, 2, 2) == expected && packs(&path) == 2 && by_packs(&path, size, 2, 0) == expected);
}
