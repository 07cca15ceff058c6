//! Opening and making: each refusal says its own reason, and leaves nothing behind.

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use common::{ORIGIN, draft, entries, filled, folder, put, raw, register, start};
use events::log::{EventLog, Expected, LogError};
use rusqlite::Connection;
use store::{SqliteLog, StoreError};
use uuid::Uuid;

/// Why a file cannot be opened, for writing and for reading alike, as words.
#[track_caller]
fn refused(path: &Path) -> String {
    let writing = SqliteLog::open(path, start).err().expect("it is refused for writing");
    let reading = SqliteLog::open_read_only(path).err().expect("it is refused for reading");
    assert_eq!(writing.to_string(), reading.to_string());
    assert!(!writing.hint().is_empty());
    writing.to_string().replace(&path.display().to_string(), "PATH")
}

fn names(folder: &Path) -> Vec<String> {
    let name = |file: std::io::Result<fs::DirEntry>| file.expect("a name").file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder).expect("the folder is read").map(name).collect();
    names.sort();
    names
}

#[test]
fn what_is_not_there_is_missing() {
    let folder = folder();
    assert_eq!(refused(&folder.path().join("none.db")), "there is no register at `PATH`");
    assert_eq!(refused(&folder.path().join("none/none.db")), "there is no register at `PATH`");
    assert_eq!(names(folder.path()), [""; 0], "looking made nothing");
}

#[test]
fn what_is_no_database_is_said_to_be_none() {
    let folder = folder();
    let path = folder.path().join("file");
    let text = "What a text this is! ".repeat(300);
    for bytes in ["", "x", "hello, world", text.as_str(), "SQLite format 3\0"] {
        fs::write(&path, bytes).expect("a file is written");
        assert_eq!(refused(&path), "`PATH` is not an SQLite database", "{} bytes", bytes.len());
        assert_eq!(fs::read(&path).expect("it is read"), bytes.as_bytes(), "it was not touched");
    }
    assert_eq!(refused(folder.path()), "`PATH` is not an SQLite database");
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("other.db");
    raw(&path).execute_batch("CREATE TABLE t (a)").expect("a table is made");
    assert_eq!(refused(&path), "`PATH` is another program's database (application id 0x0)");
    raw(&path).execute_batch("PRAGMA application_id = 0x47504b47").expect("a GeoPackage");
    let before = fs::read(&path).expect("it is read");
    assert_eq!(refused(&path), "`PATH` is another program's database (application id 0x47504b47)");
    assert!(fs::read(&path).expect("it is read") == before, "it was not touched");
}

#[test]
fn a_later_format_is_said_to_be_later_and_none_to_be_damage() {
    let (_folder, path) = register(1);
    raw(&path).execute_batch("PRAGMA user_version = 2").expect("a later version");
    assert_eq!(refused(&path), "`PATH` has format version 2, this program knows 1");
    raw(&path).execute_batch("PRAGMA user_version = 0").expect("no version");
    assert_eq!(refused(&path), "`PATH` is damaged: there is no format version 0");
}

#[test]
fn a_register_cut_short_is_damaged() {
    let (_folder, path) = register(40);
    let bytes = fs::read(&path).expect("it is read");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("it is cut");
    assert!(refused(&path).starts_with("`PATH` is damaged: "), "{}", refused(&path));
}

#[test]
fn a_register_without_its_tables_is_damaged() {
    let (_folder, path) = register(1);
    raw(&path).execute_batch("DROP TABLE log").expect("it is dropped");
    assert!(refused(&path).starts_with("`PATH` is damaged: the log's origin cannot be read"), "{}", refused(&path));
}

#[test]
fn a_register_without_a_guard_is_read_and_not_written() {
    let (_folder, path) = register(3);
    raw(&path).execute_batch("DROP TRIGGER record_update").expect("it is dropped");
    let error = SqliteLog::open(&path, start).err().expect("it is refused");
    assert!(error.to_string().starts_with("the guards of "), "{error}");
    assert!(SqliteLog::open_read_only(&path).is_ok());
}

#[test]
fn making_never_overwrites_and_leaves_nothing_behind_when_refused() {
    let folder = folder();
    let path = folder.path().join("register.db");
    fs::write(&path, "precious").expect("a file is written");
    let error = SqliteLog::create(&path, ORIGIN, start).err().expect("it is refused");
    assert!(matches!(error, StoreError::Exists { .. }), "{error:?}");
    assert_eq!(fs::read(&path).expect("it is read"), b"precious");
    symlink("nowhere", folder.path().join("link")).expect("a link is made");
    let error = SqliteLog::create(folder.path().join("link"), ORIGIN, start).err().expect("it is refused");
    assert!(matches!(error, StoreError::Exists { .. }), "{error:?}");
    let error = SqliteLog::create(folder.path().join("no/such/register.db"), ORIGIN, start).err().expect("it is refused");
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert_eq!(names(folder.path()), ["link", "register.db"]);
}

/// SQLite would roll the old journal back into the new file.
#[test]
fn making_beside_a_journal_that_was_left_behind_is_refused() {
    let folder = folder();
    fs::write(folder.path().join("register.db-journal"), "old").expect("a journal lies there");
    let error = SqliteLog::create(folder.path().join("register.db"), ORIGIN, start).err().expect("it is refused");
    assert!(error.to_string().ends_with("register.db-journal` exists already"), "{error}");
    assert_eq!(names(folder.path()), ["register.db-journal"]);
}

#[test]
fn a_register_that_was_made_is_one_file_with_one_name() {
    let folder = folder();
    let path = folder.path().join("register.db");
    drop(filled(&path, 3));
    assert_eq!(names(folder.path()), ["register.db"]);
    assert_eq!(fs::metadata(&path).expect("it is there").nlink(), 1);
}

#[test]
fn of_many_that_make_one_register_at_once_one_does() {
    let folder = folder();
    let path = folder.path().join("register.db");
    let make = |number: u128| SqliteLog::create(&path, Uuid::from_u128(number), start).map(|log| log.origin());
    let made: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=8).map(|number| scope.spawn(move || make(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let origins: Vec<Uuid> = made.iter().filter_map(|made| made.as_ref().ok().copied()).collect();
    assert_eq!(origins, [SqliteLog::open_read_only(&path).expect("it is opened").origin()]);
    let refused = made.iter().filter(|made| matches!(made, Err(StoreError::Exists { .. }))).count();
    assert_eq!(refused, 7, "{made:?}");
    assert_eq!(names(folder.path()), ["register.db"]);
}

#[test]
fn names_that_mean_something_to_sqlite_are_names_of_files() {
    let folder = folder();
    for name in [":memory:", "file:x?mode=memory", "a b'c\"d%20é?.db"] {
        let path = folder.path().join(name);
        drop(filled(&path, 2));
        let log = SqliteLog::open_read_only(&path).expect("it is opened");
        assert_eq!(entries(&log).len(), 2, "{name}");
    }
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn a_register_is_opened_through_a_link_and_its_journal_lies_beside_the_file() {
    let (folder, path) = register(1);
    let link = common::folder();
    symlink(&path, link.path().join("link.db")).expect("a link is made");
    let mut log = SqliteLog::open(link.path().join("link.db"), start).expect("it is opened");
    put(&mut log, 2);
    assert_eq!((names(folder.path()), names(link.path())), (vec!["register.db".into()], vec!["link.db".into()]));
}

#[test]
fn a_reader_appends_nothing_but_still_answers_a_command_that_was_carried_out() {
    let (_folder, path) = register(2);
    let mut log = SqliteLog::open_read_only(&path).expect("it is opened");
    let known = log.append(Uuid::from_u128(1002), &Expected::Size(0), &[]).expect("it is known");
    assert_eq!((known.first, known.last, known.repeated), (2, 2, true));
    let error = log.append(Uuid::from_u128(9), &Expected::Size(2), &[draft(9, "odd")]).expect_err("it only reads");
    assert!(matches!(error, LogError::World(..)) && error.to_string().contains("reading only"), "{error}");
}

#[test]
fn a_root_at_a_size_that_never_was_is_refused_by_name() {
    let (_folder, path) = register(2);
    let log = SqliteLog::open_read_only(&path).expect("it is opened");
    let error = log.root_at(3).expect_err("it never had three").to_string();
    assert!(error.ends_with("register.db` has 2 records and never had 3"), "{error}");
}

#[test]
fn a_register_in_wal_mode_is_put_back_into_rollback_mode() {
    let (folder, path) = register(2);
    raw(&path).query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)).expect("it is set");
    let mut log = SqliteLog::open(&path, start).expect("it is opened");
    put(&mut log, 3);
    drop(log);
    let mode: String = raw(&path).query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("it is read");
    assert_eq!(mode, "delete");
    assert_eq!(names(folder.path()), ["register.db"]);
}

/// The half of an append that was cut short is undone by whoever opens it next, to read or to write.
#[test]
fn a_register_left_in_the_middle_of_an_append_is_put_back() {
    let (folder, path) = register(5);
    let before = entries(&SqliteLog::open_read_only(&path).expect("it is opened"));
    let copies = ["read.db", "written.db"].map(|name| folder.path().join(name));
    let writer = raw(&path);
    spill_half_an_append(&writer);
    // What the disk holds at this moment: pages of the append, and the journal that undoes them.
    for (copy, suffix) in copies.iter().flat_map(|copy| [(copy, ""), (copy, "-journal")]) {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        fs::copy(name(&path), name(copy)).expect("a copy is made");
    }
    drop(writer);
    for copy in &copies {
        assert_ne!(fs::metadata(copy).expect("a size").len(), fs::metadata(&path).expect("a size").len(), "pages were spilled");
    }
    let log = SqliteLog::open_read_only(&copies[0]).expect("it is opened");
    assert!(entries(&log) == before);
    let mut log = SqliteLog::open(&copies[1], start).expect("it is opened");
    assert!(entries(&log) == before);
    put(&mut log, 6);
    for (copy, size) in copies.iter().zip([5, 6]) {
        let log = SqliteLog::open_read_only(copy).expect("it is opened");
        assert_eq!(log.head().expect("a head").size, size);
        assert_eq!(log.verify(&mut |_| {}).expect("it is verified").verdict, store::Verdict::SelfConsistent);
    }
}

fn spill_half_an_append(connection: &Connection) {
    connection.execute_batch("PRAGMA cache_size = 2; BEGIN IMMEDIATE").expect("an append begins");
    for seq in 6..60 {
        let sql = "INSERT INTO record VALUES (?1, 'i' || ?1, 'c', 'new', ?1 - 5, 't', 'r', hex(zeroblob(3000)))";
        connection.execute(sql, [seq]).expect("a record is inserted");
    }
}

/// Asks again as a user who is not root, whom the system would let do anything.
#[test]
fn what_may_not_be_read_or_written_is_said_so() {
    let folder = folder();
    if fs::metadata("/proc/self").map_or(1, |metadata| metadata.uid()) == 0 {
        let (test, copy) = (std::env::current_exe().expect("a path"), folder.path().join("test"));
        fs::copy(test, &copy).expect("the test is copied to where anyone may run it");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("permissions");
        let name = "what_may_not_be_read_or_written_is_said_so";
        let output = Command::new(&copy)
            .args(["--exact", name, "--nocapture"])
            .env("TMPDIR", folder.path())
            .uid(65534)
            .gid(65534)
            .output();
        let output = output.expect("it runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    permissions(folder.path());
}

fn permissions(folder: &Path) {
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    let path = folder.join("register.db");
    drop(filled(&path, 2));
    let writing =
        || SqliteLog::open(&path, start).err().map(|error| error.to_string().replace(&folder.display().to_string(), "FOLDER"));
    let reading =
        || SqliteLog::open_read_only(&path).err().map(|error| error.to_string().replace(&folder.display().to_string(), "FOLDER"));

    allow(&path, 0o444);
    assert_eq!((writing().as_deref(), reading()), (Some("`FOLDER/register.db` may not be written"), None));
    allow(&path, 0o200);
    let denied = Some("`FOLDER/register.db` may not be read");
    assert_eq!((writing().as_deref(), reading().as_deref()), (denied, denied));
    allow(&path, 0o644);
    allow(folder, 0o555);
    assert_eq!((writing().as_deref(), reading()), (Some("`FOLDER` may not be written"), None));
    let made = SqliteLog::create(folder.join("new.db"), ORIGIN, start).err().expect("it is refused").to_string();
    assert!(made.ends_with("new.db` may not be written"), "{made}");
    allow(folder, 0o000);
    assert_eq!(reading().as_deref(), denied);
    allow(folder, 0o755);
    assert_eq!((writing(), reading()), (None, None));
}
