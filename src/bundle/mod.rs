//! A bundle: the log, or a slice of it, in one file that says all that is needed to check it. docs/log-format.md has it exactly.
//!
//! The first line is a header: which log, how large, under which root, and a signed checkpoint of it. Each further line is a record as a
//! CloudEvents 1.0 event, which carries the exact bytes of the entry. A slice proves of each record that it stands in the log, and
//! says nothing of the others.
//!
//! Every line has one form alone: it is what `Header::line` and `Line::of` write, to the letter. So a check makes the line anew from the
//! entry and compares, and no second form of a line means the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::checkpoint::{self, Signed, SignedCheckpoint, Verifier};
use events::codec::{self, Columns};
use events::log::{EventLog, Select};
use events::tree::{self, Hash, Nodes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Watch;
use uuid::Uuid;

use crate::checkpoints::{Beside, key, notes};
use crate::error::Error;

pub mod verify;

mod envelope;

/// The name of the format, in the header.
const FORMAT: &str = "obligo.bundle.v1";

/// `obligo.bundle.v1`: the first line of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always `obligo.bundle.v1`.
    pub schema: String,
    /// Id of the log.
    pub origin: String,
    /// How many records the log had.
    pub size: u64,
    /// How many of them are in the bundle; all of them, if it is not a slice.
    pub records: u64,
    /// RFC 6962 root over the log of that size, 64 hexadecimal digits.
    pub root: String,
    /// A signed checkpoint of the log, word for word; `null` where there is none.
    pub checkpoint: Option<String>,
    /// The consistency proof between the log of that size and that of the checkpoint, from the smaller to the larger.
    pub consistency: Vec<String>,
    /// Keys that signed the checkpoint, each as `name+id+base64`. Whoever trusts them has them from elsewhere.
    pub keys: Vec<String>,
}

impl Header {
    fn line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("a header has string keys and no failing values");
        line.push('\n');
        line
    }
}

/// A record as a CloudEvents event, its attributes in this order.
#[derive(Serialize)]
struct Line {
    specversion: String,
    id: String,
    source: String,
    r#type: String,
    time: String,
    subject: String,
    datacontenttype: String,
    recordedtime: String,
    sequence: String,
    leaf: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    inclusion: Option<String>,
    data_base64: String,
}

impl Line {
    fn of(columns: &Columns, entry: &[u8], inclusion: Option<&[Hash]>) -> Self {
        let path = |path: &[Hash]| path.iter().map(|hash| checkpoint::base64(*hash)).collect::<Vec<_>>().join(" ");
        Line {
            specversion: "1.0".into(),
            id: columns.id.to_string(),
            source: format!("urn:uuid:{}", columns.origin),
            r#type: format!("obligo.{}", columns.kind),
            time: columns.recorded_at.clone(),
            subject: columns.agreement.clone(),
            datacontenttype: "application/json".into(),
            recordedtime: columns.recorded_at.clone(),
            // The extension demands that the order of the strings is that of the records.
            sequence: format!("{:020}", columns.seq),
            leaf: checkpoint::base64(tree::leaf(entry)),
            inclusion: inclusion.map(path),
            data_base64: STANDARD.encode(entry),
        }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).expect("a line has string keys and no failing values")
    }
}

/// What vouches for a log beyond itself.
#[derive(Debug, Clone, Default)]
pub struct Anchor {
    /// A signed checkpoint.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The keys that signed it, as far as they are known.
    pub keys: Vec<Verifier>,
}

impl Anchor {
    /// What stands beside a register for a log of that size: the first checkpoint that covers it, so that the same position has the same
    /// one later too; else the last there is. With the cosignatures of witnesses, if it has any.
    ///
    /// # Errors
    /// When the files cannot be read as what they are.
    pub fn beside(beside: &Beside, log: Uuid, size: u64) -> Result<Self, Error> {
        let kept: Vec<SignedCheckpoint> = read_notes(&beside.checkpoints)?;
        let Some(found) = kept.iter().find(|note| size <= note.checkpoint.size).or(kept.last()) else {
            return Ok(Anchor::default());
        };
        let cosigned = read_notes(&beside.cosigned)?.into_iter().rfind(|note| note.checkpoint == found.checkpoint);
        let checkpoint = cosigned.unwrap_or_else(|| found.clone());
        let mut keys: Vec<Verifier> = Vec::new();
        let rotations = kept.iter().filter_map(|note| key::Rotation::of(&note.checkpoint));
        for known in rotations.flat_map(|rotation| [rotation.old, rotation.new]).chain(public_keys(beside, log)) {
            if matches!(known.has_signed(&checkpoint), Signed::Yes(_)) && !keys.contains(&known) {
                keys.push(known);
            }
        }
        Ok(Anchor { checkpoint: Some(checkpoint), keys })
    }

    /// Puts it beside a register that was made of a bundle. Its signing key stays where it was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, beside: &Beside) -> Result<(), Error> {
        let Some(checkpoint) = &self.checkpoint else { return Ok(()) };
        let path = public(beside);
        std::fs::write(&path, self.key_lines()).map_err(|error| {
            Error::failed(format!("cannot write `{}`: {error}", path.display()), "name a place you may write to")
        })?;
        // It is there already, where an earlier restore came as far and no further.
        notes::append(&beside.checkpoints, |last| Ok(Some(checkpoint).filter(|own| last != Some(own)).cloned()))
    }

    /// Whether what stands there is what [`Anchor::keep`] writes there, or the beginning of it: a restore was killed before its register was
    /// there, and can be begun again.
    pub fn began(&self, beside: &Beside, path: &Path) -> bool {
        let Some(checkpoint) = &self.checkpoint else { return false };
        let whole = if path == public(beside) { self.key_lines() } else { format!("{checkpoint}\n") };
        std::fs::read(path).is_ok_and(|there| whole.as_bytes().starts_with(&there))
    }

    fn key_lines(&self) -> String {
        self.keys.iter().map(|key| format!("{key}\n")).collect()
    }
}

/// The file of the public keys, where there is none with the secret one.
pub fn public(beside: &Beside) -> PathBuf {
    beside.checkpoints.with_extension("vkey")
}

/// The notes of a file that are whole; none, where there is no file.
fn read_notes(path: &Path) -> Result<Vec<SignedCheckpoint>, Error> {
    Ok(notes::all(path)?.unwrap_or_default().notes.into_iter().flatten().collect())
}

/// The keys that are known of a register: its own, if it may be read, and those that came with a bundle.
fn public_keys(beside: &Beside, log: Uuid) -> Vec<Verifier> {
    let own = beside.key.read_of(&key::origin(log)).ok().flatten().map(|signer| signer.verifier());
    let kept = std::fs::read_to_string(public(beside)).unwrap_or_default();
    own.into_iter().chain(kept.lines().filter_map(|line| line.parse().ok())).collect()
}

/// Writes the records among the first `size` that are wanted; a bundle of the whole log, if all are. `watch` is told of the writing.
///
/// # Errors
/// [`Error::Failed`], when the log cannot be read, is damaged, or is not the one that its checkpoint speaks of.
pub fn write(
    log: &dyn EventLog,
    size: u64,
    anchor: &Anchor,
    wanted: &mut dyn FnMut(u64, &[u8]) -> bool,
    watch: Watch,
) -> Result<String, Error> {
    let signed = anchor.checkpoint.as_ref().map(|signed| &signed.checkpoint);
    let mut nodes = Nodes::default();
    let mut records: Vec<(u64, Vec<u8>)> = Vec::new();
    let upto = signed.map_or(size, |signed| signed.size.max(size));
    log.scan(&Select { agreement: None, upto: Some(upto) }, &mut |seq, entry| {
        nodes.push(tree::leaf(entry));
        if seq <= size && wanted(seq, entry) {
            records.push((seq, entry.to_vec()));
        }
        true
    })?;
    if nodes.size() < upto || signed.is_some_and(|signed| nodes.root(signed.size) != signed.root) {
        let what = "the register is not the one that its checkpoint speaks of";
        return Err(Error::failed(what, "run `obligo verify`; it says what is wrong"));
    }
    let is_whole = records.len() as u64 == size;
    let consistency = signed.map_or(Vec::new(), |signed| nodes.consistency(size.min(signed.size), size.max(signed.size)));
    let header = Header {
        schema: FORMAT.into(),
        origin: log.origin().to_string(),
        size,
        records: records.len() as u64,
        root: nodes.root(size).to_string(),
        checkpoint: anchor.checkpoint.as_ref().map(ToString::to_string),
        consistency: consistency.into_iter().map(checkpoint::base64).collect(),
        keys: anchor.keys.iter().map(ToString::to_string).collect(),
    };
    let mut bundle = header.line();
    let mut told = watch("writing", records.len() as u64);
    for ((seq, entry), done) in records.iter().zip(1..) {
        told(done);
        let columns = codec::columns(entry).map_err(|error| {
            Error::failed(format!("record {seq} cannot be read: {error}"), "run `obligo verify`; it says what is wrong")
        })?;
        let path = (!is_whole).then(|| nodes.inclusion(seq - 1, size));
        writeln!(bundle, "{}", Line::of(&columns, entry, path.as_deref()).text()).expect("a string takes every line");
    }
    Ok(bundle)
}
