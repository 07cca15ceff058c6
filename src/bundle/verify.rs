//! Whether a bundle is what it was, without a register. The steps and the verdicts are those of docs/log-format.md, where another
//! implementation has them from; `tools/verify.py` is one, and both say the same of every bundle.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::checkpoint::{self, Checkpoint, Signed, SignedCheckpoint, Verifier};
use events::codec::Columns;
use events::tree::{self, Hash, Nodes};
use store::Watch;
use uuid::Uuid;

use super::{FORMAT, Header, Line, envelope};

/// How much a verification proves. Never a bare "ok".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Up to that record all is as it was when somebody held a checkpoint of it.
    Anchored {
        /// The last record that is vouched for.
        size: u64,
        /// The key, or the file with the checkpoint.
        by: String,
    },
    /// Everything in the bundle agrees with each other.
    SelfConsistent,
    /// A record is not what it was; none before it is in doubt.
    Tampered(u64),
    /// Records are missing at the end, the first of them no earlier than this.
    Incomplete(u64),
    /// The header or the checkpoint is not as it was made; no record is shown to be in doubt.
    Damaged,
    /// A checkpoint is of another history of this log.
    Fork,
    /// The bundle has fewer records than a checkpoint that is held.
    Rollback,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Anchored { size, by } => write!(f, "ANCHORED({size}, by {by})"),
            Verdict::SelfConsistent => f.write_str("SELF-CONSISTENT"),
            Verdict::Tampered(seq) => write!(f, "TAMPERED({seq})"),
            Verdict::Incomplete(seq) => write!(f, "INCOMPLETE({seq})"),
            Verdict::Damaged => f.write_str("DAMAGED"),
            Verdict::Fork => f.write_str("FORK"),
            Verdict::Rollback => f.write_str("ROLLBACK"),
        }
    }
}

impl Verdict {
    /// What the verdict proves, and what it does not.
    pub fn meaning(&self) -> &'static str {
        match self {
            Verdict::Anchored { .. } => "up to that record all is as it was when that checkpoint was signed or kept",
            Verdict::SelfConsistent => {
                "the records agree with each other and with the header; whether all was written anew only a key or a checkpoint from elsewhere can show"
            }
            Verdict::Tampered(_) => "a record was changed, dropped, moved or made unreadable; none before it is in doubt",
            Verdict::Incomplete(_) => "records are missing at the end; whatever is there agrees with each other",
            Verdict::Damaged => "the header or the checkpoint is not as it was made, though no record is shown to be in doubt",
            Verdict::Fork => "the checkpoint and the bundle are of two histories of the same log: one of them was rewritten",
            Verdict::Rollback => "the bundle has fewer records than the checkpoint: it was cut back, or made before it",
        }
    }

    /// The first record that is in doubt.
    pub fn first_bad_seq(&self) -> Option<u64> {
        match self {
            Verdict::Tampered(seq) | Verdict::Incomplete(seq) => Some(*seq),
            _ => None,
        }
    }

    /// Whether something from elsewhere vouches for it.
    pub fn is_anchored(&self) -> bool {
        matches!(self, Verdict::Anchored { .. })
    }

    /// Whether nothing is found amiss.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Anchored { .. } | Verdict::SelfConsistent)
    }
}

/// What somebody holds from elsewhere.
#[derive(Debug, Default)]
pub struct Held {
    /// Keys that are trusted.
    pub keys: Vec<Verifier>,
    /// Checkpoints, each with the name of its file.
    pub checkpoints: Vec<(String, SignedCheckpoint)>,
}

impl Held {
    /// Whether anything is held.
    pub fn is_something(&self) -> bool {
        !(self.keys.is_empty() && self.checkpoints.is_empty())
    }
}

/// What a verification found.
#[derive(Debug)]
pub struct Verification {
    /// How much it proves.
    pub verdict: Verdict,
    /// What is wrong, or is to be known.
    pub remarks: Vec<String>,
    /// The bundle, as far as it could be read.
    pub bundle: Option<Bundle>,
}

/// A bundle that was read and whose records agree with each other.
#[derive(Debug)]
pub struct Bundle {
    /// Id of the log.
    pub origin: Uuid,
    /// How many records the log had.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// The records, each by its `seq` with its exact bytes.
    pub records: Vec<(u64, Vec<u8>)>,
    /// Their signed checkpoint.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The keys that the header has.
    pub keys: Vec<Verifier>,
    consistency: Vec<Hash>,
    /// The tree, where all the log is here.
    nodes: Option<Nodes>,
}

impl Bundle {
    /// Whether all records of the log are in it.
    pub fn is_whole(&self) -> bool {
        self.nodes.is_some()
    }

    /// The root of the log when it had so many records, where that can be known from the bundle.
    fn root_at(&self, size: u64) -> Option<Hash> {
        let is_ours = size == self.size;
        self.nodes.as_ref().filter(|_| size <= self.size).map(|nodes| nodes.root(size)).or(is_ours.then_some(self.root))
    }
}

type Bad = (Verdict, String);

/// Verifies a bundle, with what somebody holds from elsewhere, and the files of a pack where it lies in the folder of one. `watch` is told of
/// the records.
///
/// # Errors
/// When a file of the pack cannot be read.
pub fn verify(bytes: &[u8], held: &Held, folder: Option<&Path>, watch: Watch) -> std::io::Result<Verification> {
    let bundle = match read(bytes, watch) {
        Ok(bundle) => bundle,
        Err((verdict, remark)) => return Ok(Verification { verdict, remarks: vec![remark], bundle: None }),
    };
    let mut remarks = Vec::new();
    let verdict = anchor(&bundle, held, &mut remarks);
    let beside = folder.map_or(Ok(None), |folder| beside(folder, &bundle))?;
    // What is wrong with the log itself goes before what is wrong with a file beside it.
    let verdict = match (verdict, beside) {
        (Ok(verdict), None) => verdict,
        (Err((verdict, remark)), _) | (Ok(_), Some((verdict, remark))) => {
            remarks.insert(0, remark);
            verdict
        }
    };
    Ok(Verification { verdict, remarks, bundle: Some(bundle) })
}

fn read(bytes: &[u8], watch: Watch) -> Result<Bundle, Bad> {
    // What stands after the last line break is no line.
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let rest = lines.pop().unwrap_or_default();
    let (first, lines) = lines.split_first().ok_or((Verdict::Damaged, "the header is missing".into()))?;
    let (header, mut bundle) = header(first).map_err(|remark| (Verdict::Damaged, remark))?;
    let mut seen = Seen::of(&header, &bundle);
    let mut told = watch("verifying", header.records.min(lines.len() as u64));
    for (line, done) in lines.iter().take(usize::try_from(header.records).unwrap_or(usize::MAX)).zip(1..) {
        told(done);
        let (seq, entry) = seen.take(line).map_err(|remark| (Verdict::Tampered(seen.place), remark))?;
        bundle.records.push((seq, entry));
    }
    let next = seen.last + 1;
    let count = lines.len() as u64;
    if count < header.records {
        return Err((Verdict::Incomplete(next), format!("{} records are announced, {count} are there", header.records)));
    }
    if header.records < count || !rest.is_empty() {
        return Err((Verdict::Tampered(next), format!("there is more after the {} records that are announced", header.records)));
    }
    if seen.is_whole {
        if seen.nodes.root(header.size) != bundle.root {
            let verdict = if header.size == 0 { Verdict::Damaged } else { Verdict::Tampered(1) };
            return Err((verdict, "the root over the records is not the header's".into()));
        }
        bundle.nodes = Some(seen.nodes);
    }
    Ok(bundle)
}

fn header(line: &[u8]) -> Result<(Header, Bundle), String> {
    let header: Header = serde_json::from_slice(line).map_err(|error| format!("the header cannot be read: {error}"))?;
    let wrong = |what: &str| format!("the header's {what} is none");
    if header.schema != FORMAT {
        return Err(format!("the bundle is of the format `{}`, not `{FORMAT}`", header.schema));
    }
    if header.line().strip_suffix('\n').map(str::as_bytes) != Some(line) {
        return Err("the header is not written in the one form that it has".into());
    }
    let origin = Uuid::parse_str(&header.origin).ok().filter(|origin| origin.to_string() == header.origin);
    if i64::try_from(header.size).is_err() || header.size < header.records {
        return Err(wrong("size"));
    }
    let signed = header.checkpoint.as_ref().map(|note| {
        let signed = note.parse::<SignedCheckpoint>().ok().filter(|signed| signed.to_string() == *note);
        signed.ok_or_else(|| wrong("checkpoint"))
    });
    let hashes = header.consistency.iter().map(|hash| checkpoint::hash(hash).map_err(|_| wrong("consistency proof")));
    let keys = header.keys.iter().map(|key| {
        let read = key.parse::<Verifier>().ok().filter(|read| read.to_string() == *key);
        read.ok_or_else(|| wrong("key"))
    });
    let bundle = Bundle {
        origin: origin.ok_or_else(|| wrong("origin"))?,
        size: header.size,
        root: hex(&header.root).ok_or_else(|| wrong("root"))?,
        records: Vec::new(),
        checkpoint: signed.transpose()?,
        keys: keys.collect::<Result<_, _>>()?,
        consistency: hashes.collect::<Result<_, _>>()?,
        nodes: None,
    };
    Ok((header, bundle))
}

/// 64 hexadecimal digits in lower case.
fn hex(text: &str) -> Option<Hash> {
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate().filter(|_| is_hex) {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    is_hex.then_some(Hash(hash))
}

/// What must be remembered from one record to the next.
struct Seen {
    origin: Uuid,
    size: u64,
    root: Hash,
    is_whole: bool,
    nodes: Nodes,
    /// The last record that was good.
    last: u64,
    /// Where the line that is looked at stands in the log, as far as is known.
    place: u64,
    versions: HashMap<String, u64>,
    ids: HashSet<Uuid>,
    commands: HashSet<Uuid>,
    command: Option<Uuid>,
    recorded_at: String,
}

impl Seen {
    fn of(header: &Header, bundle: &Bundle) -> Self {
        Seen {
            origin: bundle.origin,
            size: bundle.size,
            root: bundle.root,
            is_whole: header.records == header.size,
            nodes: Nodes::default(),
            last: 0,
            place: 1,
            versions: HashMap::new(),
            ids: HashSet::new(),
            commands: HashSet::new(),
            command: None,
            recorded_at: String::new(),
        }
    }

    /// The next line: its record, or what is wrong with it. Then `place` names it.
    fn take(&mut self, line: &[u8]) -> Result<(u64, Vec<u8>), String> {
        self.place = self.last + 1;
        let read: HashMap<String, String> =
            serde_json::from_slice(line).map_err(|error| format!("a line cannot be read: {error}"))?;
        let entry = read.get("data_base64").ok_or("a line has no entry")?;
        let entry = STANDARD.decode(entry).map_err(|error| format!("an entry is not in base 64: {error}"))?;
        let columns = envelope::read(&entry).map_err(|what| format!("an entry is none: {what}"))?;
        let seq = columns.seq;
        let is_next = if self.is_whole { seq == self.place } else { self.place <= seq && seq <= self.size };
        if !is_next {
            return Err(format!("record {seq} stands where it cannot"));
        }
        self.place = seq;
        if columns.origin != self.origin {
            return Err(format!("record {seq} is of another log"));
        }
        let path = self.path(read.get("inclusion"))?;
        if Line::of(&columns, &entry, path.as_deref()).text().as_bytes() != line {
            return Err(format!("the line of record {seq} is not what its entry says"));
        }
        let leaf = tree::leaf(&entry);
        if path.is_some_and(|path| !tree::is_included(leaf, seq - 1, self.size, &path, self.root)) {
            return Err(format!("the path of record {seq} does not lead to the root"));
        }
        self.fits(&columns)?;
        self.nodes.push(leaf);
        self.last = seq;
        Ok((seq, entry))
    }

    /// The path that a line of a slice has, and one of a whole log has not.
    fn path(&self, inclusion: Option<&String>) -> Result<Option<Vec<Hash>>, String> {
        let wrong = || format!("record {} has no path to the root, or one that it should not have", self.place);
        match inclusion {
            None if self.is_whole => Ok(None),
            Some(path) if !self.is_whole => {
                path.split(' ').map(checkpoint::hash).collect::<Result<_, _>>().map(Some).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    /// A record beside those before it.
    fn fits(&mut self, columns: &Columns) -> Result<(), String> {
        let Columns { seq, id, command, agreement, version, recorded_at, .. } = columns;
        if !self.ids.insert(*id) {
            return Err(format!("record {seq} has the id of an earlier one"));
        }
        if self.is_whole && self.command != Some(*command) && !self.commands.insert(*command) {
            return Err(format!("record {seq} is of a command of earlier records, not in one run with them"));
        }
        self.command = Some(*command);
        let before = self.versions.insert(agreement.clone(), *version).unwrap_or(0);
        let is_next = if self.is_whole { *version == before + 1 } else { before < *version };
        if !is_next {
            return Err(format!("record {seq} is version {version} of `{agreement}`, after version {before}"));
        }
        if *recorded_at < self.recorded_at {
            return Err(format!("record {seq} was recorded before its predecessor"));
        }
        self.recorded_at.clone_from(recorded_at);
        Ok(())
    }
}

/// Who vouches for it, and up to which record.
fn anchor(bundle: &Bundle, held: &Held, remarks: &mut Vec<String>) -> Result<Verdict, Bad> {
    let mut anchors: Vec<(u64, String)> = Vec::new();
    let mut signers: Vec<&str> = Vec::new();
    if let Some(signed) = &bundle.checkpoint {
        signers = check_signatures(signed, bundle, held)?;
        check_checkpoint(&signed.checkpoint, bundle)?;
    } else if !(bundle.consistency.is_empty() && bundle.keys.is_empty()) {
        return Err((Verdict::Damaged, "the header has keys or a proof, and no checkpoint".into()));
    }
    let mut rolled_back = None;
    for (name, signed) in &held.checkpoints {
        match compare(bundle, held, signed) {
            Compared::Same(size) => anchors.push((size, name.clone())),
            Compared::Fork => {
                let what = format!(
                    "{name} and the bundle are of two histories: their roots of {} records differ",
                    signed.checkpoint.size
                );
                return Err((Verdict::Fork, what));
            }
            Compared::Shorter => rolled_back = rolled_back.or(Some((name, signed.checkpoint.size))),
            Compared::Not(why) => remarks.push(format!("{name} is not compared: {why}")),
        }
    }
    if let Some((name, size)) = rolled_back {
        return Err((Verdict::Rollback, format!("the bundle has {} records, {name} speaks of {size}", bundle.size)));
    }
    if let Some(signed) = &bundle.checkpoint {
        let size = signed.checkpoint.size.min(bundle.size);
        anchors.extend(signers.iter().map(|name| (size, (*name).to_string())));
    }
    // The first of those that vouch for most.
    let best = anchors.into_iter().rev().max_by_key(|(size, _)| *size);
    if best.is_none() {
        remarks.extend(unanchored(bundle, held));
    }
    Ok(best.map_or(Verdict::SelfConsistent, |(size, by)| Verdict::Anchored { size, by }))
}

fn unanchored(bundle: &Bundle, held: &Held) -> Option<String> {
    match &bundle.checkpoint {
        None => Some("it has no checkpoint".into()),
        Some(_) if !held.keys.is_empty() => Some("its checkpoint is not signed by a key that was named".into()),
        Some(_) if bundle.keys.is_empty() => Some("it says nothing of the key that signed its checkpoint".into()),
        Some(_) => {
            let keys: Vec<String> = bundle.keys.iter().map(ToString::to_string).collect();
            Some(format!(
                "its checkpoint is signed by a key that came with it: compare it with the one that you have from elsewhere, {}",
                keys.join(", ")
            ))
        }
    }
}

/// Each key of the header signed, and no line in the name of a key is false. Gives the names of the held keys that signed.
fn check_signatures<'a>(signed: &SignedCheckpoint, bundle: &Bundle, held: &'a Held) -> Result<Vec<&'a str>, Bad> {
    let damaged = |what: &str| (Verdict::Damaged, what.to_string());
    if bundle.keys.iter().any(|key| !matches!(key.has_signed(signed), Signed::Yes(_))) {
        return Err(damaged("the checkpoint is not signed by the keys of the header"));
    }
    if held.keys.iter().any(|key| key.has_signed(signed) == Signed::Forged) {
        return Err(damaged("the checkpoint has a false signature of a key that was named"));
    }
    Ok(held.keys.iter().filter(|key| matches!(key.has_signed(signed), Signed::Yes(_))).map(Verifier::name).collect())
}

/// The header's checkpoint is of this log and of this history.
fn check_checkpoint(checkpoint: &Checkpoint, bundle: &Bundle) -> Result<(), Bad> {
    if checkpoint.origin != format!("obligo/{}", bundle.origin) {
        return Err((Verdict::Damaged, format!("the checkpoint is of another log, `{}`", checkpoint.origin)));
    }
    if bundle.root_at(checkpoint.size).is_some_and(|root| root != checkpoint.root) {
        return Err((Verdict::Fork, "the root of the checkpoint is not that of the records".into()));
    }
    let (ours, theirs) = ((bundle.size, bundle.root), (checkpoint.size, checkpoint.root));
    let (old, new) = if ours.0 <= theirs.0 { (ours, theirs) } else { (theirs, ours) };
    if !tree::is_consistent(old.0, old.1, new.0, new.1, &bundle.consistency) {
        return Err((Verdict::Damaged, "the proof does not lead from the bundle's root to that of the checkpoint".into()));
    }
    Ok(())
}

enum Compared {
    /// Of one history; so many records are vouched for.
    Same(u64),
    Fork,
    Shorter,
    Not(&'static str),
}

/// A checkpoint that somebody holds, beside the bundle.
fn compare(bundle: &Bundle, held: &Held, signed: &SignedCheckpoint) -> Compared {
    let Checkpoint { origin, size, root, .. } = &signed.checkpoint;
    if *origin != format!("obligo/{}", bundle.origin) {
        return Compared::Not("it is of another log");
    }
    if bundle.keys.iter().chain(&held.keys).any(|key| key.has_signed(signed) == Signed::Forged) {
        return Compared::Not("its signature does not hold");
    }
    let same = |is_same: bool| if is_same { Compared::Same((*size).min(bundle.size)) } else { Compared::Fork };
    let own = bundle.checkpoint.as_ref().map(|signed| &signed.checkpoint).filter(|own| own.size == *size);
    match (bundle.root_at(*size), own) {
        (Some(known), _) => same(known == *root),
        (None, Some(own)) => same(own.root == *root),
        (None, None) if bundle.is_whole() => Compared::Shorter,
        (None, None) => Compared::Not("a slice does not show the root of so many records"),
    }
}

/// The files of a pack that lie beside a bundle, each under its SHA-256 as its name: one that is another file is the fault of the first record
/// that cites it. What has another name is none of ours.
///
/// # Errors
/// When a file that is there cannot be read.
fn beside(folder: &Path, bundle: &Bundle) -> std::io::Result<Option<(Verdict, String)>> {
    let mut found: Option<(Verdict, String)> = None;
    for (name, path) in ["evidence", "sources"].iter().map(|kind| folder.join(kind)).flat_map(|folder| digests(&folder)) {
        if tree::sha256(&std::fs::read(&path)?).to_string() == name {
            continue;
        }
        let cites = |(_, entry): &&(u64, Vec<u8>)| entry.windows(name.len()).any(|window| window == name.as_bytes());
        let verdict = bundle.records.iter().find(cites).map_or(Verdict::Damaged, |(seq, _)| Verdict::Tampered(*seq));
        let is_earlier = |other: &Verdict| match (verdict.first_bad_seq(), other.first_bad_seq()) {
            (Some(seq), Some(other)) => seq < other,
            (seq, other) => seq.is_some() && other.is_none(),
        };
        if found.as_ref().is_none_or(|(other, _)| is_earlier(other)) {
            found = Some((verdict, format!("the file {name} is not the one that its name says")));
        }
    }
    Ok(found)
}

/// Files whose name is a digest, in the order of their names. There may be no such folder.
fn digests(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = |entry: std::fs::DirEntry| Some((entry.file_name().into_string().ok()?, entry.path()));
    let mut files: Vec<(String, PathBuf)> = entries.filter_map(named).filter(|(name, _)| hex(name).is_some()).collect();
    files.sort();
    files
}
