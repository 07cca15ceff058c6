//! Proofs as texts, for somebody who has not the log: that a record stands in it (`c2sp.org/tlog-proof`), and that one checkpoint goes on
//! from another. The request by which a witness is asked for its cosignature (`c2sp.org/tlog-witness`) is built of the same lines.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{NoteError, SignedCheckpoint, base64, decimal, hash, not};
use crate::tree::{self, Hash};

/// First line of an inclusion proof.
const INCLUSION: &str = "c2sp.org/tlog-proof@v1";

/// First line of a consistency proof. C2SP has no text for one; ours is made of theirs.
const CONSISTENCY: &str = "obligo/consistency-proof@v1";

/// Most hashes of a proof: a log of 2^63 records needs no more.
const DEEPEST: usize = 63;

/// That a record stands at its place under a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Bytes beside the proof, which nothing vouches for by itself; ours are the entry of the record.
    pub extra: Option<Vec<u8>>,
    /// Place of the record, counted from 0: `seq` less one.
    pub index: u64,
    /// From the leaf's sibling up.
    pub path: Vec<Hash>,
    /// What it is proved of.
    pub checkpoint: SignedCheckpoint,
}

impl InclusionProof {
    /// Whether it shows that this entry stands there. Who signed the checkpoint is another question.
    pub fn shows(&self, entry: &[u8]) -> bool {
        let checkpoint = &self.checkpoint.checkpoint;
        tree::is_included(tree::leaf(entry), self.index, checkpoint.size, &self.path, checkpoint.root)
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{INCLUSION}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        write_path(&self.path, f)?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for InclusionProof {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (lines, checkpoint) = head(text)?;
        let mut lines = lines.split('\n').peekable();
        if lines.next() != Some(INCLUSION) {
            return Err(not(format!("an inclusion proof begins with `{INCLUSION}`")));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| &line["extra ".len()..]);
        let extra =
            extra.map(|extra| STANDARD.decode(extra).map_err(|_| not("what stands after `extra` is not base 64"))).transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or_else(|| not("an inclusion proof has a line with `index` and a number"))?;
        Ok(InclusionProof { extra, index, path: path(lines)?, checkpoint: checkpoint.parse()? })
    }
}

/// That the log of one checkpoint is the beginning of that of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// As RFC 6962, 2.1.2, has it.
    pub path: Vec<Hash>,
    /// The earlier one.
    pub old: SignedCheckpoint,
    /// The later one.
    pub new: SignedCheckpoint,
}

impl ConsistencyProof {
    /// Whether the one goes on from the other. Who signed them is another question.
    pub fn holds(&self) -> bool {
        let (old, new) = (&self.old.checkpoint, &self.new.checkpoint);
        old.origin == new.origin && tree::is_consistent(old.size, old.root, new.size, new.root, &self.path)
    }
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{CONSISTENCY}")?;
        write_path(&self.path, f)?;
        write!(f, "\n{}\n{}", self.old, self.new)
    }
}

impl FromStr for ConsistencyProof {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (lines, rest) = head(text)?;
        let mut lines = lines.split('\n');
        if lines.next() != Some(CONSISTENCY) {
            return Err(not(format!("a consistency proof begins with `{CONSISTENCY}`")));
        }
        // A note has one blank line, before its signatures; the next parts it from the other note.
        let two = || not("a consistency proof has two checkpoints, with a blank line between them");
        let (end, _) = rest.match_indices("\n\n").nth(1).ok_or_else(two)?;
        let (old, new) = rest.split_at(end + 1);
        Ok(ConsistencyProof { path: path(lines)?, old: old.parse()?, new: new[1..].parse()? })
    }
}

/// What a witness is asked: to cosign a checkpoint that goes on from the one that it cosigned last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the checkpoint that the witness has; 0 if it has none.
    pub old: u64,
    /// From that one to this.
    pub path: Vec<Hash>,
    /// The one to be cosigned.
    pub checkpoint: SignedCheckpoint,
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        write_path(&self.path, f)?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (lines, checkpoint) = head(text)?;
        let mut lines = lines.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or_else(|| not("a request begins with `old` and a size"))?;
        Ok(AddCheckpoint { old, path: path(lines)?, checkpoint: checkpoint.parse()? })
    }
}

/// The lines before the first blank one, and what follows it.
fn head(text: &str) -> Result<(&str, &str), NoteError> {
    text.split_once("\n\n").ok_or_else(|| not("there is no blank line before the checkpoint"))
}

fn path<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, NoteError> {
    let path = lines.map(hash).collect::<Result<Vec<_>, _>>()?;
    if path.len() > DEEPEST { Err(not(format!("a proof has at most {DEEPEST} hashes"))) } else { Ok(path) }
}

fn write_path(path: &[Hash], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    path.iter().try_for_each(|hash| writeln!(f, "{}", base64(*hash)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Checkpoint, Role, Signer};
    use std::convert::Infallible;

    fn signed(size: u64) -> SignedCheckpoint {
        let Ok(root) = tree::root(size, node);
        let checkpoint = Checkpoint { origin: "example.com/log".into(), size, root, extensions: Vec::new() };
        let signer = Signer::new("example.com/log", Role::Log, &[1; 32]).unwrap();
        SignedCheckpoint { signatures: vec![signer.sign(&checkpoint, 0)], checkpoint }
    }

    /// The tree over the entries `0`, `1`, `2` …
    fn node(level: u32, index: u64) -> Result<Hash, Infallible> {
        let Some(below) = level.checked_sub(1) else { return Ok(tree::leaf(index.to_string().as_bytes())) };
        let (Ok(left), Ok(right)) = (node(below, index * 2), node(below, index * 2 + 1));
        Ok(tree::node(left, right))
    }

    fn inclusion(index: u64, size: u64, extra: bool) -> InclusionProof {
        let Ok(path) = tree::inclusion(index, size, node);
        InclusionProof { extra: extra.then(|| index.to_string().into()), index, path, checkpoint: signed(size) }
    }

    fn consistency(old: u64, new: u64) -> ConsistencyProof {
        let Ok(path) = tree::consistency(old, new, node);
        ConsistencyProof { path, old: signed(old), new: signed(new) }
    }

    #[test]
    fn each_text_is_read_as_it_was_written() {
        for size in [1, 2, 3, 7, 8, 40] {
            for old in 0..=size {
                let proof = consistency(old, size);
                assert!(proof.holds(), "{proof}");
                assert_eq!(proof.to_string().parse::<ConsistencyProof>().unwrap(), proof);
                let asked = AddCheckpoint { old, path: proof.path, checkpoint: proof.new };
                assert_eq!(asked.to_string().parse::<AddCheckpoint>().unwrap(), asked);
            }
            for index in 0..size {
                let proof = inclusion(index, size, index % 2 == 0);
                assert!(proof.shows(index.to_string().as_bytes()) && !proof.shows(b"other"), "{proof}");
                assert_eq!(proof.to_string().parse::<InclusionProof>().unwrap(), proof);
            }
        }
    }

    #[test]
    fn an_inclusion_proof_has_the_lines_of_c2sp() {
        let text = inclusion(2, 7, true).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra Mg==", "index 2"]);
        assert_eq!((lines[3].len(), lines[6], lines[7], lines[8]), (44, "", "example.com/log", "7"));
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let text = inclusion(2, 7, true).to_string();
        let broken = [
            text.replacen("@v1", "@v2", 1),
            text.replacen("extra ", "extra", 1),
            text.replacen("extra Mg==", "extra Mh==", 1),
            text.replacen("index 2", "index 02", 1),
            text.replacen("index 2\n", "", 1),
            text.replacen("\n\n", "\n", 1),
            text.replacen("\n\n", "\nAAAA\n\n", 1),
            text.replacen("\n\n", &format!("\n{}\n", format!("{}\n", "A".repeat(43) + "=").repeat(64)), 1),
            text.replace('\n', "\r\n"),
            text.trim_end().into(),
            String::new(),
        ];
        for text in broken {
            assert!(text.parse::<InclusionProof>().is_err(), "{text}");
        }
        let text = consistency(3, 7).to_string();
        let middle = text.match_indices("\n\n").nth(2).unwrap().0;
        for text in
            [text.replacen("@v1", "", 1), format!("{}{}", &text[..middle], &text[middle + 1..]), format!("{text}\n{text}")]
        {
            assert!(text.parse::<ConsistencyProof>().is_err(), "{text}");
        }
        let asked = AddCheckpoint { old: 3, path: consistency(3, 7).path, checkpoint: signed(7) }.to_string();
        for text in [asked.replacen("old 3", "old 03", 1), asked.replacen("old 3", "old -3", 1), asked.replacen("old 3\n", "", 1)]
        {
            assert!(text.parse::<AddCheckpoint>().is_err(), "{text}");
        }
    }
}
