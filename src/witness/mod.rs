//! A witness of logs that are kept elsewhere: it cosigns each checkpoint that goes on from the one it cosigned before, and raises an alarm when one
//! does not, or when none comes. `c2sp.org/tlog-witness` is the protocol, `serve` speaks it, `submit` is the other end.
//!
//! What it knows stands in a folder: its key, of each log the checkpoint that it cosigned last and all before it, alarms, evidence.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use events::checkpoint::{Checkpoint, Role, Signed, SignedCheckpoint, Signer, Verifier};
use events::proof::AddCheckpoint;
use events::tree::{self, Hash, sha256};
use serde::{Deserialize, Serialize};

use crate::checkpoints::key::{self, KeyFile, sync_folder};
use crate::checkpoints::notes;
use crate::error::Error;

pub mod serve;
pub mod submit;

/// What a request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: the lines of the cosignature.
    Cosigned(String),
    /// 400: it is no request.
    Bad(String),
    /// 403: no trusted key signed the checkpoint.
    Untrusted,
    /// 404: nobody asked to watch this log.
    Unknown,
    /// 409: the checkpoint cosigned last has another size than the request says.
    OtherSize(u64),
    /// 409: it has the same size and another root.
    OtherRoot,
    /// 422: the proof does not show that it goes on.
    NotShown,
}

/// A witness at work. One at a time has its folder.
pub struct Witness {
    folder: PathBuf,
    signer: Signer,
    logs: Vec<Verifier>,
    silent_after: u64,
    /// Logs whose silence was told. Whoever has this is the only one who reads and writes the folder.
    told: Mutex<BTreeSet<String>>,
    _alone: File,
}

/// What is known of one log, in a file of its own that is written whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The log.
    pub origin: String,
    /// When a checkpoint of it was cosigned last, or else since when it is watched; seconds since 1970.
    pub heard: u64,
    /// The checkpoint that was cosigned last, as it was signed by its log.
    pub checkpoint: Option<String>,
}

impl Watched {
    /// The checkpoint that was cosigned last.
    pub fn last(&self) -> Option<SignedCheckpoint> {
        self.checkpoint.as_ref()?.parse().ok()
    }
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The log.
    pub origin: String,
    /// `FORK`, `NOT-SHOWN` or `SILENT`.
    pub what: &'static str,
    /// In words.
    pub words: String,
}

impl Witness {
    /// Begins to watch logs: makes what is missing in the folder, and takes it for itself.
    ///
    /// # Errors
    /// When the folder cannot be written or another witness has it; E0605 for a key with another name; E0604 for what cannot be read in it.
    pub fn open(folder: &Path, name: Option<&str>, logs: Vec<Verifier>, silent_after: u64, now: u64) -> Result<Self, Error> {
        let writing = |error: std::io::Error| failed(folder, &error);
        fs::create_dir_all(folder.join("logs")).and_then(|()| fs::create_dir_all(folder.join("evidence"))).map_err(writing)?;
        let alone = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("lock")).map_err(writing)?;
        // One that is just ending may still have it.
        let is_free = (0..20).any(|turn| {
            std::thread::sleep(Duration::from_millis(if turn == 0 { 0 } else { 50 }));
            alone.try_lock().is_ok()
        });
        if !is_free {
            let what = format!("another witness has the folder `{}`", folder.display());
            return Err(Error::failed(what, "give each a folder of its own"));
        }
        let signer = signer(folder, name)?;
        for log in &logs {
            if watched(folder, log.name())?.is_none() {
                save(folder, &Watched { origin: log.name().into(), heard: now, checkpoint: None }).map_err(writing)?;
            }
        }
        Ok(Witness { folder: folder.into(), signer, logs, silent_after, told: Mutex::default(), _alone: alone })
    }

    /// What others need to verify its cosignatures.
    pub fn verifier(&self) -> Verifier {
        self.signer.verifier()
    }

    /// Answers a request. What it answers is on the disk before it does.
    ///
    /// # Errors
    /// When the disk fails; nothing was cosigned then.
    pub fn add(&self, body: &[u8], now: u64) -> Result<Answer, Error> {
        let asked = std::str::from_utf8(body).map_err(|error| error.to_string());
        let asked = match asked.and_then(|text| text.parse::<AddCheckpoint>().map_err(|error| error.to_string())) {
            Ok(asked) => asked,
            Err(error) => return Ok(Answer::Bad(error)),
        };
        let AddCheckpoint { old, path, checkpoint: note } = asked;
        let checkpoint = &note.checkpoint;
        let mut keys = self.logs.iter().filter(|log| log.name() == checkpoint.origin).peekable();
        if keys.peek().is_none() {
            return Ok(Answer::Unknown);
        }
        if !keys.any(|key| matches!(key.has_signed(&note), Signed::Yes(_))) {
            return Ok(Answer::Untrusted);
        }
        if checkpoint.size < old {
            return Ok(Answer::Bad(format!("the old size {old} is larger than the checkpoint's, {}", checkpoint.size)));
        }
        // One after the other from here on: what is compared is what is replaced.
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.compare_with_all(&note, now)?;
        let state = watched(&self.folder, &checkpoint.origin)?;
        let last = state.as_ref().and_then(Watched::last).map(|last| (last.checkpoint.size, last.checkpoint.root));
        let (size, root) = last.unwrap_or((0, sha256(b"")));
        if old != size {
            return Ok(Answer::OtherSize(size));
        }
        if size == checkpoint.size && root != checkpoint.root {
            return Ok(Answer::OtherRoot);
        }
        if !tree::is_consistent(size, root, checkpoint.size, checkpoint.root, &path) {
            let words =
                format!("a checkpoint of {} records was signed, and was not shown to go on from that of {size}", checkpoint.size);
            self.raise("NOT-SHOWN", &words, &note, state.and_then(|state| state.last()).as_ref(), now)?;
            return Ok(Answer::NotShown);
        }
        let only_log = SignedCheckpoint { signatures: self.trusted(&note), checkpoint: checkpoint.clone() };
        self.remember(&only_log, now)?;
        told.remove(&checkpoint.origin);
        Ok(Answer::Cosigned(format!("{}\n", self.signer.sign(checkpoint, now))))
    }

    /// The signatures of keys that it knows.
    fn trusted(&self, note: &SignedCheckpoint) -> Vec<events::checkpoint::Signature> {
        let by = |key: &Verifier, signature: &events::checkpoint::Signature| {
            let one = SignedCheckpoint { checkpoint: note.checkpoint.clone(), signatures: vec![signature.clone()] };
            matches!(key.has_signed(&one), Signed::Yes(_))
        };
        note.signatures.iter().filter(|signature| self.logs.iter().any(|key| by(key, signature))).cloned().collect()
    }

    fn remember(&self, note: &SignedCheckpoint, now: u64) -> Result<(), Error> {
        notes::append(&history(&self.folder, &note.checkpoint.origin), |last| {
            Ok((last.map(|last| &last.checkpoint) != Some(&note.checkpoint)).then(|| note.clone()))
        })?;
        let state = Watched { origin: note.checkpoint.origin.clone(), heard: now, checkpoint: Some(note.to_string()) };
        save(&self.folder, &state).map_err(|error| failed(&self.folder, &error))
    }

    /// A checkpoint of a size that was cosigned before has the root that it had then, or the log has two histories.
    fn compare_with_all(&self, note: &SignedCheckpoint, now: u64) -> Result<(), Error> {
        let Checkpoint { origin, size, root, .. } = &note.checkpoint;
        let known = notes::all(&history(&self.folder, origin))?.unwrap_or_default();
        let other =
            known.notes.into_iter().flatten().find(|known| known.checkpoint.size == *size && known.checkpoint.root != *root);
        let Some(other) = other else { return Ok(()) };
        let words = format!("two checkpoints of {size} records with different roots were signed: the log has two histories");
        self.raise("FORK", &words, note, Some(&other), now)
    }

    /// Keeps the evidence, once, and tells of it.
    fn raise(
        &self,
        what: &str,
        words: &str,
        note: &SignedCheckpoint,
        known: Option<&SignedCheckpoint>,
        now: u64,
    ) -> Result<(), Error> {
        let Checkpoint { origin, size, root, .. } = &note.checkpoint;
        let file =
            self.folder.join("evidence").join(format!("{what}-{}-{size}-{}.txt", short(sha256(origin.as_bytes())), short(*root)));
        let known = known.map(|known| format!("\n{known}")).unwrap_or_default();
        let text = format!("{what}: {origin}: {words}\n\n{note}{known}");
        let written = OpenOptions::new().write(true).create_new(true).open(&file).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        match written {
            Ok(()) => self.alarm(&format!("{what}: {origin}: {words}; evidence: {}", file.display()), now),
            // It was told before.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(&file, &error)),
        }
    }

    fn alarm(&self, words: &str, now: u64) -> Result<(), Error> {
        let line = format!("{} {words}\n", at(now));
        // Whoever reads neither the file nor this line has `check`.
        let _ = std::io::stderr().write_all(format!("ALARM {line}").as_bytes());
        let file = self.folder.join("alarms");
        let written = OpenOptions::new().append(true).create(true).open(&file).and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| failed(&file, &error))
    }

    /// Raises an alarm, once for each time, for every log of which nothing was heard for too long.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn listen(&self, now: u64) -> Result<(), Error> {
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for trouble in silences(&self.folder, self.silent_after, now)? {
            if told.insert(trouble.origin.clone()) {
                self.alarm(&format!("{}: {}: {}", trouble.what, trouble.origin, trouble.words), now)?;
            }
        }
        Ok(())
    }

    /// How often [`Witness::listen`] is worth while, in seconds.
    pub fn interval(&self) -> u64 {
        (self.silent_after / 10).clamp(1, 60)
    }
}

/// Everything that is wrong, by the folder of a witness, at work or not.
///
/// # Errors
/// When it cannot be read.
pub fn troubles(folder: &Path, silent_after: u64, now: u64) -> Result<Vec<Trouble>, Error> {
    let mut all = Vec::new();
    for file in files(&folder.join("evidence"))? {
        let text = fs::read_to_string(&file).map_err(|error| failed(&file, &error))?;
        let Some((first, notes)) = text.split_once("\n\n") else { continue };
        let mut words = first.splitn(3, ": ");
        let (what, origin) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_string());
        let what = match what {
            "FORK" => "FORK",
            _ if settled(folder, &origin, notes)? => continue,
            _ => "NOT-SHOWN",
        };
        all.push(Trouble { origin, what, words: format!("{}; evidence: {}", words.next().unwrap_or_default(), file.display()) });
    }
    all.extend(silences(folder, silent_after, now)?);
    Ok(all)
}

/// Whoever had a checkpoint may have sent it with a wrong proof; when the same was cosigned later, nothing was wrong.
fn settled(folder: &Path, origin: &str, notes: &str) -> Result<bool, Error> {
    let note = crate::checkpoints::found::checkpoints(notes.as_bytes()).into_iter().next();
    let known = notes::all(&history(folder, origin))?.unwrap_or_default();
    Ok(note.is_some_and(|note| known.notes.iter().flatten().any(|known| known.checkpoint == note.checkpoint)))
}

fn silences(folder: &Path, silent_after: u64, now: u64) -> Result<Vec<Trouble>, Error> {
    let silent = |log: &Watched| log.heard.saturating_add(silent_after) < now;
    let told = |log: Watched| {
        let words = format!("no checkpoint was cosigned since {}", at(log.heard));
        Trouble { origin: log.origin, what: "SILENT", words }
    };
    Ok(all_watched(folder)?.into_iter().filter(silent).map(told).collect())
}

/// What is known of every log.
///
/// # Errors
/// When the folder cannot be read.
pub fn all_watched(folder: &Path) -> Result<Vec<Watched>, Error> {
    let states = files(&folder.join("logs"))?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "json"));
    states.filter_map(|file| read_state(&file).transpose()).collect()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>());
    let mut files = entries.map_err(|error| failed(folder, &error))?;
    files.sort();
    Ok(files)
}

/// The key of a witness, made if there is none.
///
/// # Errors
/// E0605 for a key with another name, and when it cannot be read or written.
pub fn signer(folder: &Path, name: Option<&str>) -> Result<Signer, Error> {
    let file = KeyFile { path: folder.join("witness.key"), group_may_read: false };
    let signer = match file.read()? {
        Some(signer) => signer,
        None => {
            let mut chance = [0; 8];
            getrandom::fill(&mut chance)
                .map_err(|error| Error::failed(format!("no chance for a name: {error}"), "give a --name"))?;
            let name = name.map_or_else(|| format!("obligo-witness/{:016x}", u64::from_be_bytes(chance)), String::from);
            key::keep(&file.path, &key::fresh(&name, Role::Witness)?)?;
            file.read()?.ok_or_else(|| failed(&file.path, &ErrorKind::NotFound.into()))?
        }
    };
    let found = signer.verifier();
    if found.role() != Role::Witness || name.is_some_and(|name| name != found.name()) {
        let what = format!("the key in `{}` is that of `{}`", file.path.display(), found.name());
        return Err(Error::refused("E0605", what, "leave out --name, or give this witness another folder"));
    }
    Ok(signer)
}

fn place(folder: &Path, origin: &str, extension: &str) -> PathBuf {
    folder.join("logs").join(format!("{}.{extension}", sha256(origin.as_bytes())))
}

/// Every checkpoint that was cosigned.
fn history(folder: &Path, origin: &str) -> PathBuf {
    place(folder, origin, "checkpoints")
}

fn watched(folder: &Path, origin: &str) -> Result<Option<Watched>, Error> {
    read_state(&place(folder, origin, "json"))
}

fn read_state(file: &Path) -> Result<Option<Watched>, Error> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(file, &error)),
    };
    let state = serde_json::from_str::<Watched>(&text).ok().filter(|state| state.checkpoint.is_none() || state.last().is_some());
    let wrong = || {
        let what = format!("`{}` is not what a witness knows of a log", file.display());
        Error::refused("E0604", what, "put it back as it was: without it the witness would cosign anything")
    };
    state.map(Some).ok_or_else(wrong)
}

/// Written beside and renamed, so that it is there whole or not at all.
fn save(folder: &Path, state: &Watched) -> std::io::Result<()> {
    let file = place(folder, &state.origin, "json");
    let beside = file.with_extension("new");
    let mut draft = File::create(&beside)?;
    draft.write_all(serde_json::to_string(state).map_err(std::io::Error::other)?.as_bytes())?;
    draft.sync_all()?;
    fs::rename(&beside, &file)?;
    sync_folder(&file)
}

fn failed(place: &Path, error: &std::io::Error) -> Error {
    Error::failed(format!("`{}`: {error}", place.display()), "a witness needs a folder in which it may read and write")
}

fn short(hash: Hash) -> String {
    hash.to_string()[..16].into()
}

/// An instant, in UTC.
pub fn at(seconds: u64) -> String {
    let instant = i64::try_from(seconds).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    instant.map_or_else(|| seconds.to_string(), |instant| instant.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
