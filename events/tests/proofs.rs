//! Proofs and checkpoints against another implementation, and against everything that somebody might make of a good one.
//! `PROPTEST_CASES` says how often: fifty changed texts for each.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::OnceLock;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use events::checkpoint::{Checkpoint, Role, Signed, SignedCheckpoint, Signer, Verifier};
use events::proof::{AddCheckpoint, ConsistencyProof, InclusionProof};
use events::tree::{self, Hash};
use sha2::Sha256;

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn node(level: u32, index: u64) -> Hash {
    match level.checked_sub(1) {
        None => tree::leaf(&entry(index)),
        Some(below) => tree::node(node(below, index * 2), node(below, index * 2 + 1)),
    }
}

/// All nodes over 256 entries, computed once.
fn nodes() -> impl Fn(u32, u64) -> Result<Hash, Infallible> + Copy {
    static ROWS: OnceLock<Vec<Vec<Hash>>> = OnceLock::new();
    let row = |level: u32| (0..256u64 >> level).map(|index| node(level, index)).collect();
    let rows = ROWS.get_or_init(|| (0..=8).map(row).collect());
    move |level, index| Ok(rows[level as usize][index as usize])
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn every_proof_up_to_256_leaves_is_the_one_of_another_implementation_and_each_accepts_the_others() {
    let read = nodes();
    let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut roots = vec![(tree::sha256(b""), other.root())];
    for size in 1..=256u64 {
        other.push(entry(size - 1));
        let Ok(root) = tree::root(size, read);
        let theirs = other.root();
        assert_eq!(root.0[..], theirs.as_bytes()[..], "root of {size}");
        for index in 0..size {
            let Ok(path) = tree::inclusion(index, size, read);
            let proof = other.prove_inclusion(index as usize);
            assert_eq!(bytes(&path), proof.as_bytes(), "leaf {index} of {size}");
            assert!(theirs.verify_inclusion(&entry(index), index, &proof).is_ok());
            assert!(tree::is_included(tree::leaf(&entry(index)), index, size, &path, root));
        }
        for old in 1..=size {
            let Ok(path) = tree::consistency(old, size, read);
            let proof = other.prove_consistency((size - old) as usize);
            assert_eq!(bytes(&path), proof.as_bytes(), "from {old} to {size}");
            if let Some((ours, earlier)) = roots.get(old as usize) {
                assert!(theirs.verify_consistency(earlier, &proof).is_ok());
                assert!(tree::is_consistent(old, *ours, size, root, &path), "from {old} to {size}");
            }
        }
        roots.push((root, theirs));
    }
}

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

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// The text with something done to it that a fault, or somebody, might do.
fn changed(text: &str, other: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let mut lines: Vec<&str> = text.split('\n').collect();
    let line = random.below(lines.len());
    let joined = |lines: Vec<&str>| lines.join("\n").into_bytes();
    match random.below(16) {
        0..4 => {
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            bytes
        }
        4 => {
            bytes.truncate(random.below(bytes.len()));
            bytes
        }
        5 => {
            let at = random.below(bytes.len());
            bytes.remove(at);
            bytes
        }
        6 => {
            let (at, from) = (random.below(bytes.len()), random.below(bytes.len()));
            bytes.insert(at, bytes[from]);
            bytes
        }
        7 => {
            let with = random.below(lines.len());
            lines.swap(line, with);
            joined(lines)
        }
        8 => {
            lines.remove(line);
            joined(lines)
        }
        9 => {
            lines.insert(line, lines[random.below(lines.len())]);
            joined(lines)
        }
        // A line of another text of the same kind.
        10 | 11 => {
            let others: Vec<&str> = other.split('\n').collect();
            lines[line] = others[line.min(others.len() - 1)];
            joined(lines)
        }
        // The same bytes in another base 64: other letters, without its end, with other bits in it, with blanks.
        12 => {
            let twin = lines[line].replace('+', "-").replace('/', "_");
            lines[line] = &twin;
            joined(lines)
        }
        13 => {
            let twin = match random.below(4) {
                0 => lines[line].trim_end_matches('=').to_string(),
                1 => format!("{}=", lines[line]),
                2 => format!("{} ", lines[line]),
                _ => format!("{}\r", lines[line]),
            };
            lines[line] = &twin;
            joined(lines)
        }
        14 => {
            let body = lines[line].trim_end_matches('=');
            let (pad, letter) = (&lines[line][body.len()..], body.chars().next_back());
            let next = letter.and_then(|letter| char::from_u32(letter as u32 + 1 + random.below(3) as u32)).unwrap_or('A');
            let twin = format!("{}{next}{pad}", body.strip_suffix(|_| true).unwrap_or_default());
            lines[line] = &twin;
            joined(lines)
        }
        _ => {
            let number: u64 = lines[line].rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(7);
            let twin =
                [format!("0{number}"), format!("+{number}"), format!("{}", number.wrapping_add(1)), format!("{}", u64::MAX)];
            let words: Vec<&str> = lines[line].rsplitn(2, ' ').collect();
            let twin = words
                .get(1)
                .map_or_else(|| twin[random.below(4)].clone(), |head| format!("{head} {}", twin[number as usize % 4]));
            lines[line] = &twin;
            joined(lines)
        }
    }
}

fn log() -> Signer {
    Signer::new("example.com/log", Role::Log, &[1; 32]).unwrap()
}

fn signed(size: u64, read: impl Fn(u32, u64) -> Result<Hash, Infallible>) -> SignedCheckpoint {
    let Ok(root) = tree::root(size, read);
    let checkpoint = Checkpoint { origin: "example.com/log".into(), size, root, extensions: Vec::new() };
    SignedCheckpoint { signatures: vec![log().sign(&checkpoint, 0)], checkpoint }
}

/// What a text means to somebody who trusts one key, and the text as it is written again; nothing if it shows nothing.
fn shown(kind: usize, text: &str, key: &Verifier) -> Option<(String, String)> {
    let is_signed = |note: &SignedCheckpoint| matches!(key.has_signed(note), Signed::Yes(_));
    match kind {
        0 => {
            let proof: InclusionProof = text.parse().ok()?;
            let holds = proof.shows(proof.extra.as_ref()?) && is_signed(&proof.checkpoint);
            holds.then(|| (format!("{:?} at {} of {}", proof.extra, proof.index, proof.checkpoint.checkpoint), proof.to_string()))
        }
        1 => {
            let proof: ConsistencyProof = text.parse().ok()?;
            let meaning = format!("{} to {}", proof.old.checkpoint, proof.new.checkpoint);
            (proof.holds() && is_signed(&proof.old) && is_signed(&proof.new)).then(|| (meaning, proof.to_string()))
        }
        2 => {
            let asked: AddCheckpoint = text.parse().ok()?;
            let (old, new) = (asked.old, &asked.checkpoint.checkpoint);
            let read = nodes();
            let Ok(root) = tree::root(old.min(256), read);
            let holds =
                old <= 256 && tree::is_consistent(old, root, new.size, new.root, &asked.path) && is_signed(&asked.checkpoint);
            holds.then(|| (format!("{} to {}", asked.old, asked.checkpoint.checkpoint), asked.to_string()))
        }
        _ => {
            let note: SignedCheckpoint = text.parse().ok()?;
            is_signed(&note).then(|| (note.checkpoint.to_string(), note.to_string()))
        }
    }
}

fn texts(kind: usize, random: &mut Random, read: impl Fn(u32, u64) -> Result<Hash, Infallible> + Copy) -> String {
    let size = 1 + random.below(100) as u64;
    let old = 1 + random.below(size as usize) as u64;
    let Ok(path) = tree::consistency(old, size, read);
    match kind {
        0 => {
            let index = random.below(size as usize) as u64;
            let Ok(path) = tree::inclusion(index, size, read);
            InclusionProof { extra: Some(entry(index)), index, path, checkpoint: signed(size, read) }.to_string()
        }
        1 => ConsistencyProof { path, old: signed(old, read), new: signed(size, read) }.to_string(),
        2 => AddCheckpoint { old, path, checkpoint: signed(size, read) }.to_string(),
        _ => signed(size, read).to_string(),
    }
}

#[test]
fn no_changed_proof_or_checkpoint_is_taken_for_another_one() {
    let cases =
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u64>().ok()).map_or(20_000, |cases| cases * 50);
    let (read, key) = (nodes(), log().verifier());
    let mut random = Random(20_231_122);
    let (mut refused, mut the_same) = (0u64, 0u64);
    let mut pool: Vec<(usize, String)> = Vec::new();
    for kind in 0..4 {
        pool.extend((0..50).map(|_| (kind, texts(kind, &mut random, read))));
    }
    let mut meanings = HashSet::new();
    for (kind, text) in &pool {
        let (meaning, again) = shown(*kind, text, &key).expect("a good one is accepted");
        assert_eq!(again, *text);
        meanings.insert(meaning);
    }
    for case in 0..cases {
        let (kind, text) = &pool[random.below(pool.len())];
        let (_, other) = &pool[kind * 50 + random.below(50)];
        let changed = changed(text, other, &mut random);
        let found = std::str::from_utf8(&changed).ok().and_then(|changed| shown(*kind, changed, &key));
        match found {
            None => refused += 1,
            // Unchanged after all, or another good one as a whole, or a signature twice.
            Some((meaning, again)) => {
                let changed = String::from_utf8_lossy(&changed);
                assert!(meanings.contains(&meaning), "case {case}: accepted though it differs:\n{changed}\nof\n{text}");
                assert_eq!(again, changed, "case {case}: a second form of the same");
                the_same += 1;
            }
        }
    }
    println!("{cases} changed texts: {refused} refused, {the_same} were what they had been, none accepted that differs");
    assert!(the_same < cases / 10, "the changes change something");
}
