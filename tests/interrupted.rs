//! A command that is broken off leaves all or nothing: each long verb as a process of its own, struck by SIGINT, SIGTERM and SIGKILL in turn at
//! moments spread over the time that it takes. `OBLIGO_MOMENTS` says how many a verb.
#![cfg(unix)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::Register;

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

const RECORDS: u64 = 3000;

/// Agreement files that are imported at once.
const MORE: usize = 30;

/// What stood under the names of the outputs before.
const OLD: &[u8] = b"what was here before\n";

const SIGNALS: [(&str, i32); 3] = [("INT", 2), ("TERM", 15), ("KILL", 9)];

fn moments() -> u32 {
    std::env::var("OBLIGO_MOMENTS").ok().and_then(|moments| moments.parse().ok()).unwrap_or(21)
}

/// Each file of a folder by its path in it.
type Files = BTreeMap<String, Vec<u8>>;

fn files(folder: &Path) -> Files {
    let (mut files, mut open) = (Files::new(), vec![folder.to_path_buf()]);
    while let Some(inner) = open.pop() {
        for entry in fs::read_dir(&inner).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("within").display().to_string();
                files.insert(name, fs::read(path).expect("a file"));
            }
        }
    }
    files
}

/// A register of its own with these files.
fn with(files: &Files) -> Register {
    let register = Register::nowhere();
    for (name, bytes) in files {
        let path = register.file(name, bytes);
        if name.ends_with(".key") || name.ends_with(".private.db") {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("for its owner alone");
        }
    }
    register
}

/// A register of some thousand records with a checkpoint, agreement files to import, and a bundle to restore.
fn base() -> &'static Files {
    static BASE: OnceLock<Files> = OnceLock::new();
    BASE.get_or_init(|| {
        let register = Register::nowhere();
        generate::write(&register.db(), RECORDS).expect("a register");
        register.file("small.toml", support::SMALL);
        register.obligo("import small.toml").succeeded();
        register.obligo("record work small --on 2026-11-20 --text typed").succeeded();
        for number in 0..MORE {
            let id = format!("id = \"small-{number}\"");
            register.file(&format!("more-{number}.toml"), support::SMALL.replace("id = \"small\"", &id));
        }
        register.obligo("export -o log.jsonl").succeeded();
        let _ = fs::remove_file(register.folder.path().join("register.derived.db"));
        files(register.folder.path())
    })
}

/// A verb that is broken off.
struct Work {
    line: String,
    /// What it writes beside the register, each over something older.
    outputs: &'static [&'static str],
    /// The register that it is about.
    register: &'static str,
    /// Whether once and twice is the same.
    once: bool,
}

impl Work {
    fn new(line: impl Into<String>) -> Self {
        Work { line: line.into(), outputs: &[], register: "register.db", once: true }
    }

    /// Breaks it off at each moment.
    fn is_all_or_nothing(&self) {
        let mut before = base().clone();
        before.extend(self.outputs.iter().map(|name| (name.to_string(), OLD.to_vec())));
        let whole = with(&before);
        let began = Instant::now();
        let answer = whole.obligo(&self.line).succeeded();
        let takes = began.elapsed();
        let after = files(whole.folder.path());
        let logs = (with(&before).log_of(self.register), whole.log_of(self.register));
        let mut struck = [0; 3];
        for moment in 0..moments() {
            let (name, signal) = SIGNALS[moment as usize % 3];
            let register = with(&before);
            let mut command = register.command(&self.line);
            let at = takes * moment / moments();
            let status = strike(&mut command, at, name);
            let place = format!("obligo {}, SIG{name} after {at:?} of {takes:?}", self.line);
            match status.signal() {
                Some(by) => {
                    assert_eq!(by, signal, "{place}");
                    struck[moment as usize % 3] += 1;
                }
                None => assert_eq!(status.code(), Some(0), "{place}"),
            }
            let left = files(register.folder.path());
            judge(&before, &after, &left, self.outputs, name == "KILL").unwrap_or_else(|why| panic!("{place}: {why}"));
            let size = |log: &Option<Value>| log.as_ref().map(|log| log["size"].clone());
            // Killed in a transaction, too: whoever opens it next undoes the half of it.
            let log = register.log_of(self.register);
            let is_whole = size(&log) == size(&logs.0) || size(&log) == size(&logs.1);
            assert!(is_whole, "{place}: {log:?}, not {logs:?}");
            if self.register != "register.db" && log.is_some() {
                assert_eq!(log, logs.1, "{place}");
                // What is there whole is not made again.
                continue;
            }
            if !left.contains_key("pack/README.txt") {
                let again = register.obligo(&self.line).succeeded();
                if self.line == "status" {
                    assert_eq!(again.stdout, answer.stdout, "{place}");
                }
            }
            if self.once {
                assert_eq!(size(&register.log_of(self.register)), size(&logs.1), "{place}, again");
            }
            let mended = files(register.folder.path());
            judge(&before, &after, &mended, self.outputs, name == "KILL").unwrap_or_else(|why| panic!("{place}, again: {why}"));
            let stays = mended.keys().find(|name| name.ends_with("-journal") && !name.contains(".new/"));
            assert_eq!(stays, None, "{place}, again");
            for output in self.outputs {
                assert_ne!(mended[*output], OLD, "{place}, again");
            }
        }
        // SIGINT may be ignored where the tests themselves run in the background.
        assert!(struck[1] > 0 && struck[2] > 0, "obligo {}: struck {struck:?} in {takes:?}", self.line);
        println!("obligo {}: {struck:?} of {} struck by INT, TERM, KILL within {takes:?}", self.line, moments());
    }
}

trait LogOf {
    /// What `verify` says of the log; `None` where there is no such register.
    fn log_of(&self, register: &str) -> Option<Value>;
}

impl LogOf for Register {
    #[track_caller]
    fn log_of(&self, register: &str) -> Option<Value> {
        let is_there = self.folder.path().join(register).exists();
        is_there.then(|| self.json(&format!("verify --register {register}"))["log"].clone())
    }
}

/// Starts it and sends it the signal after that time.
fn strike(command: &mut Command, after: Duration, signal: &str) -> ExitStatus {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    thread::sleep(after);
    // One that has ended is still ours until it is waited for: nobody else has its number.
    let _ = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).stderr(Stdio::null()).status();
    child.wait().expect("it ends")
}

/// Whether each output is as it was or whole, and nothing else is left.
fn judge(before: &Files, after: &Files, left: &Files, outputs: &[&str], is_killed: bool) -> Result<(), String> {
    let known: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in left.keys().filter(|name| !known.contains(name)) {
        let beside = name.split('/').any(|part| part.ends_with(".new")) || name.ends_with("-journal");
        if !(is_killed && beside) {
            return Err(format!("`{name}` is left behind"));
        }
    }
    // Instants and roots differ from run to run, and have their length.
    let shape = |bytes: &Vec<u8>| (bytes.len(), bytes.iter().filter(|byte| **byte == b'\n').count());
    for output in outputs {
        let now = left.get(*output).map(shape);
        if now != before.get(*output).map(shape) && now != after.get(*output).map(shape) {
            return Err(format!("`{output}` is neither as it was nor whole: {now:?}"));
        }
    }
    // A folder is there with all that belongs in it, or not at all.
    let pack = |files: &Files| -> Vec<String> { files.keys().filter(|name| name.starts_with("pack/")).cloned().collect() };
    if !pack(left).is_empty() && pack(left) != pack(after) {
        return Err(format!("half a pack: {:?}", pack(left)));
    }
    Ok(())
}

#[test]
fn import_is_all_or_nothing() {
    let files: Vec<String> = (0..MORE).map(|number| format!("more-{number}.toml")).collect();
    Work::new(format!("import {} --command-id 0192b1f0-0000-7000-8000-000000000001", files.join(" "))).is_all_or_nothing();
}

#[test]
fn record_is_all_or_nothing() {
    Work::new(
        "record meeting small --body council --held 2025-03-01 --reason telephoned --command-id 0192b1f0-0000-7000-8000-000000000002",
    )
    .is_all_or_nothing();
}

#[test]
fn restore_is_all_or_nothing() {
    Work { register: "new.db", ..Work::new("restore log.jsonl --register new.db") }.is_all_or_nothing();
}

/// Killed when all was beside the register and it had not got its name yet.
#[test]
fn a_restore_goes_on_where_one_was_killed_and_takes_nothing_else_for_its_own() {
    let register = with(base());
    let folder = register.folder.path();
    register.obligo("restore log.jsonl --register new.db").succeeded();
    let whole = files(folder);
    for name in ["new.checkpoints", "new.vkey"] {
        for kept in [whole[name].len(), whole[name].len() / 2, 0] {
            fs::remove_file(folder.join("new.db")).expect("it goes");
            register.file(name, &whole[name][..kept]);
            register.obligo("restore log.jsonl --register new.db").succeeded();
            assert_eq!(files(folder)[name], whole[name], "{kept} bytes of {name}");
        }
    }
    fs::remove_file(folder.join("new.db")).expect("it goes");
    for name in ["new.checkpoints", "new.vkey"] {
        register.file(name, [&whole[name][..], b"another\n"].concat());
        register.obligo("restore log.jsonl --register new.db").ended(1).warns(name);
        assert!(!folder.join("new.db").exists());
        register.file(name, &whole[name]);
    }
}

#[test]
fn the_demo_is_all_or_nothing() {
    Work { register: "demo/obligo.db", ..Work::new("demo") }.is_all_or_nothing();
}

#[test]
fn export_is_all_or_nothing() {
    Work { outputs: &["out.jsonl"], ..Work::new("export -o out.jsonl") }.is_all_or_nothing();
}

#[test]
fn pack_is_all_or_nothing() {
    Work::new("pack small --as-of 2026-11-22 -o pack").is_all_or_nothing();
}

#[test]
fn verify_writes_nothing() {
    Work::new("verify").is_all_or_nothing();
}

#[test]
fn status_keeps_what_it_derived_or_does_not() {
    Work::new("status").is_all_or_nothing();
}

#[test]
fn a_run_is_all_or_nothing_and_so_is_each_of_its_files() {
    let line = "run --calendar out.ics --atom out.atom --csv out.csv --prometheus out.prom";
    let outputs = &["out.ics", "out.atom", "out.csv", "out.prom"];
    Work { outputs, once: false, ..Work::new(line) }.is_all_or_nothing();
}

/// The control: who writes in place, in two steps, is seen to.
#[test]
fn a_writer_in_place_is_seen_half_done() {
    let before = Files::from([("out".into(), OLD.to_vec())]);
    let after = Files::from([("out".into(), b"one\ntwo\n".to_vec())]);
    let judged = |after_which: Duration| {
        let register = with(&before);
        let mut command = Command::new("sh");
        command.args(["-c", "printf 'one\\n' > out; sleep 2; printf 'two\\n' >> out"]).current_dir(register.folder.path());
        strike(&mut command, after_which, "TERM");
        judge(&before, &after, &files(register.folder.path()), &["out"], false)
    };
    assert!(judged(Duration::from_millis(1000)).is_err());
    assert_eq!(judged(Duration::from_millis(3000)), Ok(()));
    let left = Files::from([("out".into(), OLD.to_vec()), ("out.7.new".into(), Vec::new())]);
    assert!(judge(&before, &after, &left, &[], false).is_err());
    assert_eq!(judge(&before, &after, &left, &[], true), Ok(()));
}
