//! What is kept of a register beside it changes no answer: every answer with the file, without it, and from one replay of all is the same, over
//! random histories and whatever becomes of the file. `PROPTEST_CASES` makes it a long run.

mod support;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use events::Event;
use events::contract::{HandClock, samples};
use events::event::RecordCorrected;
use events::log::{EventLog, Expected};
use events::record::Draft;
use obligo::app::{self, Books, Ground, KnownAt, Position, Seen};
use obligo::derived::answers::{DueLines, Overview, Window};
use obligo::derived::{self, Everything, Source, Use};
use obligo::rule_sets::Shelf;
use store::{DerivedFile, PrivateFile, SqliteLog};
use support::Register;
use uuid::Uuid;

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

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

    fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }
}

fn cases(few: u64) -> u64 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few)
}

/// A register that grows by random pieces of generated agreements, with facts that fit nowhere and reversals between them.
struct Growing {
    _folder: tempfile::TempDir,
    path: PathBuf,
    log: SqliteLog,
    clock: HandClock,
    coming: std::vec::IntoIter<Draft>,
    random: Random,
}

impl Growing {
    fn new(seed: u64, records: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("register.db");
        let clock = HandClock::at("2026-01-05T09:00:00Z".parse::<DateTime<Utc>>().expect("an instant"));
        let log = SqliteLog::create(&path, Uuid::from_u128(77), clock.clone()).expect("a register");
        let mut random = Random(seed);
        // Not in the order of the agreements: each goes on while others do.
        let mut streams: Vec<std::collections::VecDeque<Draft>> = Vec::new();
        for record in generate::records(records) {
            match streams.iter_mut().find(|stream| stream[0].agreement == record.agreement) {
                Some(stream) => stream.push_back(record.draft),
                None => streams.push([record.draft].into()),
            }
        }
        let mut coming = Vec::new();
        while !streams.is_empty() {
            let at = random.below(streams.len() as u64) as usize;
            let many = 1 + random.below(9) as usize;
            let many = many.min(streams[at].len());
            coming.extend(streams[at].drain(..many));
            streams.retain(|stream| !stream.is_empty());
        }
        let odd = samples::events();
        for number in 0..coming.len() / 20 {
            let at = 1 + random.below(coming.len() as u64 - 1) as usize;
            let agreement = coming[at - 1].agreement.clone();
            let event = odd[random.below(odd.len() as u64) as usize].clone();
            coming.insert(at, samples::draft(Uuid::from_u128(1 << 90 | number as u128), &agreement, event));
        }
        Growing { _folder: folder, path, log, clock, coming: coming.into_iter(), random }
    }

    fn size(&self) -> u64 {
        self.log.head().expect("a head").size
    }

    /// Some more records; sometimes one of before is reversed.
    fn grow(&mut self) -> bool {
        let many = 1 + self.random.below(30) as usize;
        let mut drafts: Vec<Draft> = self.coming.by_ref().take(many).collect();
        let size = self.size();
        if size > 0 && self.random.below(3) == 0 {
            let target = 1 + self.random.below(size);
            let entry = self.log.entry(target).expect("read").expect("there");
            let agreement = events::codec::columns(&entry).expect("columns").agreement;
            let mut draft = samples::draft(
                Uuid::from_u128(1 << 91 | u128::from(size)),
                &agreement,
                Event::RecordCorrected(RecordCorrected {}),
            );
            draft.corrects = Some(target);
            drafts.push(draft);
        }
        let days = self.random.below(4) as i64;
        let now = events::log::Clock::now(&self.clock) + TimeDelta::days(days);
        self.clock.set(now);
        if drafts.is_empty() {
            return false;
        }
        self.log.append(Uuid::from_u128(1 << 92 | u128::from(size)), &Expected::Size(size), &drafts).expect("appended");
        true
    }

    fn window(&mut self, as_of: NaiveDate) -> Window {
        let from = as_of - Days::new(self.random.below(900)) + Days::new(self.random.below(900));
        let to = from + Days::new(self.random.below(400));
        if self.random.below(2) == 0 {
            Window { from: as_of, to: as_of + Days::new(90), overdue_too: true }
        } else {
            Window { from, to, overdue_too: false }
        }
    }
}

/// What is asked, and what comes.
type Answers = Vec<(Overview, DueLines)>;

fn asked(path: &Path, as_of: NaiveDate, windows: &[Window], used: Use, keep: bool) -> Answers {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let (shelf, private, file) = (Shelf::beside(path), PrivateFile::beside(path), DerivedFile::beside(path));
    let books = Books { log: &log, shelf: &shelf, private: &private };
    let position = Position::on(as_of);
    let mut answers = Vec::new();
    for window in windows {
        for all in [false, true] {
            let ground = Ground::of(books, &position).expect("a ground");
            assert!(ground.is_plain(&log).expect("read"));
            let seen = Seen::at(&log, ground.size).expect("a root");
            let source = Source { books, path: Some(path), file: &file, used };
            let mut everything = Everything::at(source, ground, seen.head, as_of);
            let overview = everything.overview(all, &mut |_| {}).expect("an overview");
            let due = everything.due(window, all, &mut |_| {}).expect("what is due");
            if keep {
                // Whether it could be is nothing to an answer.
                let _ = everything.keep();
            }
            answers.push((overview, due));
        }
    }
    answers
}

/// From one replay and one assessment of all, at a position that means the same and is not kept.
fn in_one(path: &Path, as_of: NaiveDate, windows: &[Window]) -> Answers {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let (shelf, private) = (Shelf::beside(path), PrivateFile::beside(path));
    let books = Books { log: &log, shelf: &shelf, private: &private };
    let known_at = Some(KnownAt::Seq(log.head().expect("a head").size));
    let view = app::view(books, &Position { known_at, ..Position::on(as_of) }, None, &mut |_| {}).expect("a view");
    let summaries = derived::of_view(&view.docket, &view.register);
    let lines = || summaries.iter().flat_map(|summary| &summary.lines);
    let of = |window: &Window| [false, true].map(|all| (Overview::of(&summaries, all), DueLines::of(lines(), window, all)));
    windows.iter().flat_map(of).collect()
}

#[track_caller]
fn same(found: &Answers, wanted: &Answers, what: &str) {
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        assert_eq!(found.0, wanted.0, "{what}");
        assert_eq!(found.1, wanted.1, "{what}");
    }
}

#[test]
fn every_answer_is_the_same_with_the_file_and_without() {
    for case in 0..cases(3) {
        let mut growing = Growing::new(case, 500);
        let mut as_of: NaiveDate = "1990-01-01".parse().expect("a day");
        as_of = as_of + Days::new(growing.random.below(14_000));
        while growing.grow() {
            // Days go by, as a rule without a record, now and then many; and somebody looks back.
            as_of = match growing.random.below(6) {
                0 | 1 => as_of + Days::new(1 + growing.random.below(3)),
                2 => as_of + Days::new(growing.random.below(400)),
                3 => as_of - Days::new(growing.random.below(300)),
                _ => as_of,
            };
            let windows = [growing.window(as_of), growing.window(as_of)];
            let what = format!("case {case}, {} records, as of {as_of}", growing.size());
            let wanted = in_one(&growing.path, as_of, &windows);
            same(&asked(&growing.path, as_of, &windows, Use::Never, false), &wanted, &format!("{what}, without"));
            same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, &format!("{what}, after an append"));
            same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, &format!("{what}, kept"));
        }
        assert!(DerivedFile::beside(&growing.path).read().is_some(), "it was kept");
    }
}

/// How many agreements of the file are at rest.
fn at_rest(path: &Path) -> usize {
    let Some(rows) = DerivedFile::beside(path).read() else { return 0 };
    let of_group = |number: usize| rows.get(&format!("at-rest/{number:03}"));
    let many = |body: Vec<u8>| serde_json::from_slice::<Vec<serde_json::Value>>(&body).expect("a group").len();
    (0..256).filter_map(of_group).map(many).sum()
}

/// All that a register tells, looked at from days that go by and from earlier ones, with late records between them: those are of
/// agreements that were at rest too.
#[test]
fn every_answer_is_the_same_as_days_go_by() {
    for case in 0..cases(3) {
        let mut growing = Growing::new(100 + case, 900);
        while growing.coming.len() > 60 {
            growing.grow();
        }
        let mut as_of: NaiveDate = "2027-04-01".parse().expect("a day");
        let mut most_at_rest = 0;
        for step in 0..cases(3).min(12) * 8 {
            let windows = [growing.window(as_of), growing.window(as_of)];
            let what = format!("case {case}, step {step}, {} records, as of {as_of}", growing.size());
            let wanted = in_one(&growing.path, as_of, &windows);
            same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, &what);
            same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, &format!("{what}, kept"));
            most_at_rest = most_at_rest.max(at_rest(&growing.path));
            as_of = match growing.random.below(8) {
                0..=3 => as_of + Days::new(1 + growing.random.below(40)),
                4 => as_of + Days::new(growing.random.below(4_000)),
                5 => as_of - Days::new(growing.random.below(3_000)),
                _ => as_of,
            };
            if growing.random.below(3) == 0 {
                growing.grow();
            }
        }
        assert!(most_at_rest >= 3, "case {case}: at the most {most_at_rest} agreements were at rest");
    }
}

/// On a further day, what is read is what is not at rest, and what was appended to.
#[test]
fn a_further_day_costs_what_is_not_at_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("register.db");
    generate::write(&path, 3_000).expect("a register");
    let read = |as_of: NaiveDate| {
        let log = SqliteLog::open_read_only(&path).expect("it is opened");
        let (shelf, private, file) = (Shelf::beside(&path), PrivateFile::beside(&path), DerivedFile::beside(&path));
        let books = Books { log: &log, shelf: &shelf, private: &private };
        let ground = Ground::of(books, &Position::on(as_of)).expect("a ground");
        let seen = Seen::at(&log, ground.size).expect("a root");
        let source = Source { books, path: Some(&path), file: &file, used: Use::Always };
        let mut everything = Everything::at(source, ground, seen.head, as_of);
        let mut read = 0;
        everything.overview(false, &mut |records| read = records).expect("an overview");
        everything.keep().expect("it is kept");
        read
    };
    let day = generate::LAST_DAY + Days::new(1);
    let all = read(day);
    assert!(all >= 3_000, "{all} records read");
    assert_eq!(read(day), 0, "the same day");
    let next = read(day + Days::new(1));
    assert!(0 < next && next * 3 < all, "{next} of {all} records read on the next day");
    let earlier = read(day - Days::new(2));
    assert_eq!(earlier, all, "what was at rest later is not taken for a day before");
}

#[test]
fn whatever_becomes_of_the_file_no_answer_changes() {
    let mut growing = Growing::new(11, 300);
    let as_of: NaiveDate = "2020-06-01".parse().expect("a day");
    let kept = growing.path.with_extension("derived.db");
    let windows = [growing.window(as_of), growing.window(as_of)];
    let mut earlier = Vec::new();
    for _ in 0..8 {
        growing.grow();
        asked(&growing.path, as_of, &windows, Use::Always, true);
        earlier.push(std::fs::read(&kept).expect("it was kept"));
    }
    let wanted = in_one(&growing.path, as_of, &windows);
    let whole = earlier.last().expect("one").clone();
    let check = |what: &str| {
        same(&asked(&growing.path, as_of, &windows[..1], Use::Always, false), &wanted[..2].to_vec(), what);
        same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, &format!("{what}, and kept anew"));
        same(&asked(&growing.path, as_of, &windows, Use::Always, false), &wanted, &format!("{what}, after that"));
    };
    let mut random = Random(5);
    for number in 0..cases(40) {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << random.below(8);
        }
        std::fs::write(&kept, bytes).expect("written");
        check(&format!("flipped bits {number}"));
    }
    for number in 0..cases(12) {
        let cut = random.below(whole.len() as u64) as usize;
        std::fs::write(&kept, &whole[..cut]).expect("written");
        check(&format!("cut at {cut}, {number}"));
    }
    for (number, bytes) in earlier.iter().enumerate() {
        std::fs::write(&kept, bytes).expect("written");
        check(&format!("stale {number}"));
    }
    // That of another register, and of one of the same origin that went another way.
    for seed in [12, 13] {
        let mut other = Growing::new(seed, 300);
        while other.size() < growing.size() {
            other.grow();
        }
        asked(&other.path, as_of, &windows, Use::Always, true);
        std::fs::copy(other.path.with_extension("derived.db"), &kept).expect("copied");
        check("another's");
    }
    std::fs::write(&kept, "no database at all, and not a short text either: ".repeat(200)).expect("written");
    check("no database");
    std::fs::write(&kept, "").expect("written");
    check("nothing");
    std::fs::remove_file(&kept).expect("removed");
    std::fs::create_dir(&kept).expect("a folder");
    check("a folder");
}

#[test]
fn several_at_once_hinder_nobody() {
    let mut growing = Growing::new(21, 300);
    for _ in 0..6 {
        growing.grow();
    }
    let as_of: NaiveDate = "2015-03-01".parse().expect("a day");
    let windows = [growing.window(as_of)];
    let wanted = in_one(&growing.path, as_of, &windows);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..5).for_each(|_| same(&asked(&growing.path, as_of, &windows, Use::Always, true), &wanted, "at once"))
            });
            scope.spawn(|| (0..5).for_each(|_| drop(std::fs::remove_file(growing.path.with_extension("derived.db")))));
        }
    });
}

const WORK: &str = r#"
[agreement]
id = "pact"
title = "Pact on weather"
form = "agreement"
force = "binding"
reckoning = "corresponding-date"

[[party]]
id = "AX"
name = "Axland"

[[party]]
id = "BL"
name = "Blend"

[[body]]
id = "council"
name = "Council"

[[provision]]
ref = "1"
body = "council"
kind = "meeting-series"
every = "1 year"

[[act]]
type = "took-effect"
on = 2020-01-01
"#;

/// Texts that are typed stand in answers and not in the file, and what is erased is in neither.
#[test]
fn what_is_sealed_stays_sealed_in_the_file() {
    let register = Register::with(&[("pact.toml", WORK)]);
    let ask = |line: &str, used: &str| {
        let mut command = register.command(line);
        command.env("OBLIGO_DERIVED", used);
        support::run(&mut command).succeeded().stdout
    };
    let is_same = |what: &str| {
        for line in ["status", "status --all", "due --within 3y", "status -O md"] {
            let wanted = ask(line, "never");
            assert_eq!(ask(line, "always"), wanted, "{what}: {line}");
            assert_eq!(ask(line, "always"), wanted, "{what}, kept: {line}");
        }
    };
    is_same("at first");
    register
        .obligo("record decision pact --on 2026-11-20 --text \"Anna Example sends the table\" --by AX --due 2026-12-01")
        .succeeded();
    is_same("with a text");
    assert!(ask("due", "always").contains("Anna Example sends the table"));
    let kept = register.db().with_extension("derived.db");
    let holds = |words: &[u8]| std::fs::read(&kept).expect("it was kept").windows(words.len()).any(|window| window == words);
    assert!(!holds(b"Anna") && holds(b"sealed:"));
    let private = register.db().with_extension("private.db");
    let aside = register.folder.path().join("aside");
    std::fs::rename(&private, &aside).expect("set aside");
    is_same("without the texts");
    assert!(ask("due", "always").contains("[text missing]"));
    std::fs::rename(&aside, &private).expect("put back");
    let record = register.json("log pact")["records"].as_array().expect("records").len();
    register.obligo(&format!("erase {record} --reason \"asked for\"")).succeeded();
    is_same("erased");
    assert!(ask("due", "always").contains("[erased]") && !holds(b"Anna"));
}

/// Where it cannot be written, nothing is said of it.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_costs_only_time() {
    use std::os::unix::fs::PermissionsExt;
    let register = Register::with(&[("pact.toml", WORK)]);
    let kept = register.db().with_extension("derived.db");
    std::fs::create_dir(&kept).expect("in its place");
    let mode = |mode| std::fs::set_permissions(register.folder.path(), std::fs::Permissions::from_mode(mode)).expect("set");
    mode(0o555);
    let mut command = register.command("status");
    let ran = support::run(command.env("OBLIGO_DERIVED", "always")).succeeded();
    mode(0o755);
    assert_eq!(ran.stderr, "");
    let mut command = register.command("status");
    assert_eq!(support::run(command.env("OBLIGO_DERIVED", "never")).succeeded().stdout, ran.stdout);
}
