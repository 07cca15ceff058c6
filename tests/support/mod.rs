//! The one helper that touches the program; a hundred tests touch the helper.
#![allow(dead_code)] // each test binary uses its part

pub mod message;
pub mod python;
pub mod rest;
pub mod without_the_day;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The day it is in every test that says no other.
pub const TODAY: &str = "2026-11-22";

/// What the program answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A folder with a register in it, in which the program is run.
pub struct Register {
    pub folder: Folder,
    db: PathBuf,
    today: String,
}

/// A folder of this test alone, or the one of the demo that a test binary shares.
pub enum Folder {
    Own(TempDir),
    Shared(PathBuf),
}

impl Folder {
    pub fn path(&self) -> &Path {
        match self {
            Folder::Own(folder) => folder.path(),
            Folder::Shared(folder) => folder,
        }
    }
}

impl Register {
    /// An empty register.
    pub fn new() -> Self {
        let register = Register::nowhere();
        register.obligo("init").succeeded();
        register
    }

    /// A folder of its own without a register.
    pub fn nowhere() -> Self {
        let folder = Folder::Own(tempfile::tempdir().expect("a folder for a test"));
        Register { folder, db: "register.db".into(), today: TODAY.into() }
    }

    /// The demo's register, made once in each test binary and read by its tests.
    pub fn demo() -> &'static Register {
        static DEMO: OnceLock<Register> = OnceLock::new();
        DEMO.get_or_init(|| {
            // The demo writes the same bytes each time, so a folder that an earlier run left is as good as a new one.
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
            std::fs::create_dir_all(&folder).expect("a folder for the demo");
            let register = Register { folder: Folder::Shared(folder), db: "demo/obligo.db".into(), today: TODAY.into() };
            register.obligo("demo").succeeded();
            register
        })
    }

    /// A register with these agreement files, each with its name.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let register = Register::new();
        for (name, text) in files {
            register.file(name, text);
            register.obligo(&format!("import {name}")).succeeded();
        }
        register
    }

    /// The same register on another day.
    pub fn on(self, today: &str) -> Self {
        Register { today: today.into(), ..self }
    }

    /// The file of the register.
    pub fn db(&self) -> PathBuf {
        self.folder.path().join(&self.db)
    }

    /// A file in the folder.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file in the test's own folder");
        path
    }

    /// The program with these arguments, in the folder, with nothing of our own environment; so wide that no cell is broken.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obligo"));
        command.args(words(line)).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.env("HOME", self.folder.path()).env("COLUMNS", "240");
        command.env("OBLIGO_TODAY", &self.today).env("OBLIGO_REGISTER", &self.db);
        command
    }

    /// Runs it.
    pub fn obligo(&self, line: &str) -> Ran {
        run(&mut self.command(line))
    }

    /// Runs it, and its answer is one JSON document.
    #[track_caller]
    pub fn json(&self, line: &str) -> Value {
        let ran = self.obligo(&format!("{line} --json")).succeeded();
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("obligo {line}: {error}\n{}", ran.stdout))
    }

    /// The docket's lines of one agreement, or of all with an empty name.
    #[track_caller]
    pub fn entry(&self, id: &str, when: &str) -> Value {
        let (agreement, _) = id.split_once('/').expect("AGREEMENT/ID");
        let docket = self.json(&format!("status {agreement} {when}"));
        entry(&docket, id).unwrap_or_else(|| panic!("no line {id} {when}; there are {:#?}", ids(&docket))).clone()
    }

    /// Size and root of the log.
    #[track_caller]
    pub fn log(&self) -> Value {
        self.json("verify")["log"].clone()
    }
}

/// An answer without its stamp, which holds the question as it was typed.
pub fn unstamped(answer: &str) -> String {
    if let Ok(Value::Object(mut document)) = serde_json::from_str::<Value>(answer) {
        document.remove("stamp");
        return Value::Object(document).to_string();
    }
    answer.lines().filter(|line| !line.starts_with("again: ")).collect::<Vec<_>>().join("\n")
}

impl Ran {
    /// It ended well.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        self.ended(0)
    }

    /// It ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output has these words.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "`{words}` is not said\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output lacks these words.
    #[track_caller]
    pub fn says_not(self, words: &str) -> Self {
        assert!(!self.stdout.contains(words), "`{words}` is said\nstdout:\n{}", self.stdout);
        self
    }

    /// Standard error has these words.
    #[track_caller]
    pub fn warns(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "`{words}` is not on stderr\nstderr:\n{}\nstdout:\n{}", self.stderr, self.stdout);
        self
    }
}

/// Runs a command and keeps what it says.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    // Killed by a signal is no exit code of ours.
    Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A line of a docket by its id.
pub fn entry<'a>(docket: &'a Value, id: &str) -> Option<&'a Value> {
    docket["entries"].as_array()?.iter().find(|entry| entry["id"] == id)
}

/// The ids of a docket's lines.
pub fn ids(docket: &Value) -> Vec<&str> {
    docket["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["id"].as_str()).collect()
}

/// An agreement of a docket by its id.
#[track_caller]
pub fn agreement<'a>(docket: &'a Value, id: &str) -> &'a Value {
    let agreements = docket["agreements"].as_array().expect("agreements");
    agreements.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("no agreement {id}"))
}

/// `2025-05-01..2025-05-31`, one day, `2025-05-01..` or nothing.
pub fn due(entry: &Value) -> String {
    match (entry["due"]["earliest"].as_str(), entry["due"]["latest"].as_str()) {
        (Some(earliest), Some(latest)) if earliest == latest => earliest.into(),
        (None, None) => String::new(),
        (earliest, latest) => format!("{}..{}", earliest.unwrap_or_default(), latest.unwrap_or_default()),
    }
}

/// Everything a line says of its reasons, one a line.
pub fn because(entry: &Value) -> String {
    let steps = entry["because"].as_array().expect("because");
    steps
        .iter()
        .map(|step| format!("[{}] {}\n", step["provision"].as_str().unwrap_or("-"), step["text"].as_str().unwrap_or("-")))
        .collect()
}

/// An agreement file of the examples.
pub fn example(name: &str) -> String {
    let path = root().join("examples/digital-partnerships").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Splits a command line at blanks; double or single quotes keep words together.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// A small agreement that has one of most things.
pub const SMALL: &str = r#"[agreement]
id = "small"
title = "A small agreement"
form = "partnership"
force = "non-binding"
reckoning = "corresponding-date"

[[party]]
id = "AA"
name = "Country A"

[[party]]
id = "BB"
name = "Country B"

[[source]]
id = "text"
title = "The text"
published = 2024-01-15

[[body]]
id = "council"
name = "Council"

[[body]]
id = "experts"
name = "Expert Group"

[[provision]]
ref = "1"
kind = "entry-into-effect"
on = "signature"

[[provision]]
ref = "2"
kind = "meeting-series"
body = "council"
every = "1 year"

[[provision]]
ref = "3"
kind = "report"
by = ["AA"]
due = { by = "2025-06" }
text = "A report on standards"
topics = ["standards"]

[[provision]]
ref = "4"
kind = "commitment"
by = ["AA", "BB"]
text = "Work together on quantum"
topics = ["quantum"]

[[provision]]
ref = "5"
kind = "termination"
by = "either"
notice = { at_least = "6 months" }

[[act]]
type = "signed"
on = 2024-01-15
source = "text"
"#;

/// All Rust files under these folders of the workspace.
pub fn sources(folders: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
