//! Checkpoints: the size and the root of a log, signed. Whoever keeps one can show later that the log was rewritten or cut back.
//!
//! A checkpoint is a signed note of C2SP: the text of `c2sp.org/tlog-checkpoint`, a blank line, signature lines as
//! `c2sp.org/signed-note` has them. A log signs with Ed25519 (signature type 1); a witness adds a cosignature with its time
//! (`c2sp.org/tlog-cosignature`, type 4).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use crate::tree::{Hash, sha256};

/// What a signature line begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Longest note that is read. Sixteen signatures, as many as everybody must accept, take a tenth of it.
const MOST: usize = 64 * 1024;

/// Why words are not a checkpoint, or not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoteError(String);

pub(crate) fn not(what: impl Into<String>) -> NoteError {
    NoteError(what.into())
}

/// The text of a checkpoint: what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `obligo/` and its id, for ours.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: Hash,
    /// Further lines that another log may have; ours have none.
    pub extensions: Vec<String>,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root.0))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let body = text.strip_suffix('\n').ok_or_else(|| not("the text of a checkpoint ends with a line break"))?;
        let mut lines = body.split('\n');
        let mut line = |what: &str| {
            let line = lines.next().filter(|line| !line.is_empty());
            line.ok_or_else(|| not(format!("a checkpoint has a line for {what}")))
        };
        let (origin, size, root) = (line("its origin")?, line("its size")?, line("its root")?);
        let extensions: Vec<String> = lines.map(String::from).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(not("a checkpoint has no empty line"));
        }
        let size = decimal(size).ok_or_else(|| not(format!("`{size}` is not a size")))?;
        Ok(Checkpoint { origin: origin.into(), size, root: hash(root)?, extensions })
    }
}

/// A number as notes have it: digits alone, without zeros before it.
pub fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok())?
}

/// A hash in base 64.
///
/// # Errors
/// If it is not the one form of 32 bytes.
pub fn hash(text: &str) -> Result<Hash, NoteError> {
    let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Hash).ok_or_else(|| not(format!("`{text}` is not a hash in base 64")))
}

/// A hash as proofs and checkpoints write it.
pub fn base64(hash: Hash) -> String {
    STANDARD.encode(hash.0)
}

/// A line that somebody signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// The first four bytes of the hash of name, type and key.
    pub key: u32,
    /// What that key makes of the text.
    pub bytes: Vec<u8>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key.to_be_bytes()[..], &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let wrong = || not(format!("`{line}` is not a signature"));
        let (name, signed) = line.strip_prefix(DASH).and_then(|line| line.split_once(' ')).ok_or_else(wrong)?;
        let bytes = STANDARD.decode(signed).map_err(|_| wrong())?;
        let (key, bytes) = bytes.split_first_chunk::<4>().filter(|(_, rest)| !rest.is_empty()).ok_or_else(wrong)?;
        if !is_name(name) {
            return Err(wrong());
        }
        Ok(Signature { name: name.into(), key: u32::from_be_bytes(*key), bytes: bytes.into() })
    }
}

/// Names of keys have no space and no plus.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '+')
}

/// A checkpoint with its signatures, as it is handed round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// By whom; none of them is believed before it is verified.
    pub signatures: Vec<Signature>,
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for SignedCheckpoint {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > MOST {
            return Err(not(format!("a note of more than {MOST} bytes")));
        }
        if note.contains(|letter: char| letter < ' ' && letter != '\n') {
            return Err(not("a note has no control characters but line breaks"));
        }
        let (text, signed) = note.rsplit_once("\n\n").ok_or_else(|| not("a note has a blank line before its signatures"))?;
        let signed = signed.strip_suffix('\n').ok_or_else(|| not("a note ends with a line break"))?;
        let signatures = signed.split('\n').map(str::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(SignedCheckpoint { checkpoint: format!("{text}\n").parse()?, signatures })
    }
}

/// What a key is used for; the type of its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It signs the checkpoints of its log.
    Log = 1,
    /// It cosigns, with its time, the checkpoints of logs that it watches.
    Witness = 4,
}

/// The first four bytes of the hash of name, type and public key.
fn key_id(name: &str, role: Role, public: &[u8; 32]) -> u32 {
    let hash = sha256(&[name.as_bytes(), b"\n", &[role as u8], public].concat());
    let [a, b, c, d, ..] = hash.0;
    u32::from_be_bytes([a, b, c, d])
}

/// A key that signs. It is written as `PRIVATE+KEY+name+id+base64`, and shown to nobody.
pub struct Signer {
    name: String,
    role: Role,
    key: SigningKey,
}

impl Signer {
    /// A key from 32 bytes of chance.
    ///
    /// # Errors
    /// For a name with a space or a plus, or none.
    pub fn new(name: &str, role: Role, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(not(format!("`{name}` is not a name of a key: it has no spaces and no plus")));
        }
        Ok(Signer { name: name.into(), role, key: SigningKey::from_bytes(seed) })
    }

    /// What others need to verify its signatures.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), role: self.role, key: self.key.verifying_key() }
    }

    /// The key as it is kept.
    pub fn secret(&self) -> String {
        let Verifier { name, role, .. } = self.verifier();
        let key = [&[role as u8][..], &self.key.to_bytes()].concat();
        format!("PRIVATE+KEY+{name}+{:08x}+{}", self.verifier().id(), STANDARD.encode(key))
    }

    /// Signs. A witness says with `time`, in seconds since 1970, when it did; a log's signature has no time.
    pub fn sign(&self, checkpoint: &Checkpoint, time: u64) -> Signature {
        let of_key = |text: &str| self.key.sign(text.as_bytes()).to_bytes();
        let bytes = match self.role {
            Role::Log => of_key(&checkpoint.to_string()).to_vec(),
            Role::Witness => [&time.to_be_bytes()[..], &of_key(&cosigned(checkpoint, time))].concat(),
        };
        Signature { name: self.name.clone(), key: self.verifier().id(), bytes }
    }
}

impl FromStr for Signer {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // What is wrong with a secret is said without showing it.
        let wrong = || not("this is not a signing key: PRIVATE+KEY+name+id+base64");
        let (name, id, role, seed) = text.strip_prefix("PRIVATE+KEY+").and_then(parts).ok_or_else(wrong)?;
        let signer = Signer::new(name, role, &seed)?;
        if signer.verifier().id() == id { Ok(signer) } else { Err(not("the id of the signing key is not that of its bytes")) }
    }
}

/// What a witness signs.
fn cosigned(checkpoint: &Checkpoint, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{checkpoint}")
}

/// Name, id, role and 32 bytes of `name+id+base64`.
fn parts(text: &str) -> Option<(&str, u32, Role, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let is_id = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let bytes = STANDARD.decode(key).ok()?;
    let (role, bytes) = bytes.split_first()?;
    let role = match role {
        1 => Role::Log,
        4 => Role::Witness,
        _ => return None,
    };
    Some((name, u32::from_str_radix(id, 16).ok().filter(|_| is_id)?, role, bytes.try_into().ok()?))
}

/// A key that verifies. It is written as `name+id+base64`, and shown to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    role: Role,
    key: VerifyingKey,
}

/// What a note shows of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// This key signed it; a witness at that time, in seconds since 1970.
    Yes(Option<u64>),
    /// No line of it says that this key did.
    No,
    /// A line says that this key did, and it did not.
    Forged,
}

impl Verifier {
    /// Its name: for a log, that of its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is used for.
    pub fn role(&self) -> Role {
        self.role
    }

    fn id(&self) -> u32 {
        key_id(&self.name, self.role, self.key.as_bytes())
    }

    /// Whether this key signed a checkpoint. A single line in its name that does not hold makes the whole forged.
    pub fn has_signed(&self, signed: &SignedCheckpoint) -> Signed {
        let id = self.id();
        let mut found = Signed::No;
        for signature in signed.signatures.iter().filter(|signature| signature.name == self.name && signature.key == id) {
            found = match self.holds(&signed.checkpoint, &signature.bytes) {
                Some(time) => Signed::Yes(time),
                None => return Signed::Forged,
            };
        }
        found
    }

    /// The time of a signature that holds.
    fn holds(&self, checkpoint: &Checkpoint, bytes: &[u8]) -> Option<Option<u64>> {
        let (text, time, bytes) = match self.role {
            Role::Log => (checkpoint.to_string(), None, bytes),
            Role::Witness => {
                let (time, bytes) = bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                (cosigned(checkpoint, time), Some(time), bytes)
            }
        };
        let signature = ed25519_dalek::Signature::from_slice(bytes).ok()?;
        self.key.verify_strict(text.as_bytes(), &signature).ok().map(|()| time)
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.role as u8][..], self.key.as_bytes()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(key))
    }
}

impl FromStr for Verifier {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = || not(format!("`{text}` is not a verifying key: name+id+base64"));
        let (name, id, role, key) = parts(text).ok_or_else(wrong)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| wrong())?;
        let verifier = Verifier { name: name.into(), role, key };
        if is_name(name) && verifier.id() == id { Ok(verifier) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the documentation of golang.org/x/mod/sumdb/note: a key, a note that it signed, and the signing key.
    const GO_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_are_those_of_other_implementations() {
        let signer: Signer = GO_SECRET.parse().unwrap();
        assert_eq!(signer.verifier().to_string(), GO_VERIFIER);
        assert_eq!(signer.secret(), GO_SECRET);
        assert_eq!(GO_VERIFIER.parse::<Verifier>().unwrap(), signer.verifier());
        for wrong in [
            "",
            "a+b",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert!(wrong.parse::<Verifier>().is_err(), "{wrong}");
        }
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "example.com/log".into(), size: 7, root: sha256(b"seven"), extensions: Vec::new() }
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_verified() {
        let log = Signer::new("example.com/log", Role::Log, &[1; 32]).unwrap();
        let witness = Signer::new("example.com/witness", Role::Witness, &[2; 32]).unwrap();
        let other = Signer::new("example.com/log", Role::Log, &[3; 32]).unwrap();
        let checkpoint = checkpoint();
        let signatures = vec![log.sign(&checkpoint, 0), witness.sign(&checkpoint, 1_763_805_000)];
        let note = SignedCheckpoint { checkpoint, signatures };
        let text = note.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), &lines[..2], lines[3]), (6, &["example.com/log", "7"][..], ""));
        assert!(lines[4].starts_with("\u{2014} example.com/log ") && lines[5].starts_with("\u{2014} example.com/witness "));
        let read: SignedCheckpoint = text.parse().unwrap();
        assert_eq!(read, note);
        assert_eq!(log.verifier().has_signed(&read), Signed::Yes(None));
        assert_eq!(witness.verifier().has_signed(&read), Signed::Yes(Some(1_763_805_000)));
        assert_eq!(other.verifier().has_signed(&read), Signed::No);
        let mut moved = read.clone();
        moved.checkpoint.size = 8;
        assert_eq!(log.verifier().has_signed(&moved), Signed::Forged);
        assert_eq!(witness.verifier().has_signed(&moved), Signed::Forged);
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let log = Signer::new("example.com/log", Role::Log, &[1; 32]).unwrap();
        let checkpoint = checkpoint();
        let text = SignedCheckpoint { signatures: vec![log.sign(&checkpoint, 0)], checkpoint }.to_string();
        let broken = [
            text.trim_end().to_string(),
            text.replacen('7', "07", 1),
            text.replacen('7', "+7", 1),
            text.replacen('7', "99999999999999999999", 1),
            text.replacen("\n7\n", "\n", 1),
            text.replace("\n\n", "\n"),
            text.replace("\n\n", "\n\n\n"),
            text.replace('\n', "\r\n"),
            text.replace("\u{2014} ", "- "),
            format!("{text}\n"),
            format!("{text}more\n"),
            "x".repeat(MOST + 1),
            String::new(),
        ];
        for note in broken {
            assert!(note.parse::<SignedCheckpoint>().is_err(), "{note}");
        }
    }
}
