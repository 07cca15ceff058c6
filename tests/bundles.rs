//! Bundles, honest and tampered with, are judged by this program and by tools/verify.py, which was written from docs/log-format.md alone:
//! the verdict and the first bad record must be the same, and right. `OBLIGO_BUNDLES` says how many; `tests/run --long` tries 10,000.

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use events::checkpoint::{Checkpoint, Role, Signature, SignedCheckpoint, Signer};
use events::contract::{HandClock, samples};
use events::log::{EventLog, Expected};
use events::memory::MemoryLog;
use events::record::Draft;
use events::tree::{self, Hash, Nodes};
use obligo::bundle::verify::{Held, Verdict, verify};
use obligo::bundle::{self, Anchor};
use serde_json::{Value, json};
use support::root;
use uuid::Uuid;

/// Chance that a seed repeats: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of so many.
    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    fn seed(&mut self) -> [u8; 32] {
        std::array::from_fn(|_| self.next() as u8)
    }
}

/// A log, and the key that signs its checkpoints.
struct Log {
    log: MemoryLog,
    signer: Signer,
    size: u64,
}

const TEXTS: [&str; 6] = ["plain", "“quoted” — über", "tab\tand\nline", "\u{1}\u{7f}\u{2028}", "한국 \"a\\b\" /", "😀"];

fn log(random: &mut Random, least: u64) -> Log {
    let origin = random.uuid();
    let clock = HandClock::at("2026-01-01T08:00:00.000001Z".parse().unwrap());
    let mut log = MemoryLog::new(origin, clock.clone());
    let facts = samples::events();
    let wanted = least + random.below(24) as u64;
    let mut now: DateTime<Utc> = "2026-01-01T08:00:00.000001Z".parse().unwrap();
    while log.head().unwrap().size < wanted {
        now += TimeDelta::microseconds(random.below(3) as i64 * 700_000_001);
        clock.set(now);
        let drafts: Vec<Draft> = (0..1 + random.below(4))
            .map(|_| {
                let agreement = *random.of(&["a", "b", "uk-kr-dp"]);
                let mut draft = samples::draft(random.uuid(), agreement, random.of(&facts).clone());
                draft.reason = Some((*random.of(&TEXTS)).into());
                draft
            })
            .collect();
        let size = log.head().unwrap().size;
        log.append(random.uuid(), &Expected::Size(size), &drafts).unwrap();
    }
    let signer = Signer::new(&format!("obligo/{origin}"), Role::Log, &random.seed()).unwrap();
    let size = log.head().unwrap().size;
    Log { log, signer, size }
}

impl Log {
    fn note(&self, size: u64) -> SignedCheckpoint {
        self.signed(self.log.root_at(size).unwrap(), size)
    }

    fn signed(&self, root: Hash, size: u64) -> SignedCheckpoint {
        let origin = format!("obligo/{}", self.log.origin());
        let checkpoint = Checkpoint { origin, size, root, extensions: Vec::new() };
        SignedCheckpoint { signatures: vec![self.signer.sign(&checkpoint, 0)], checkpoint }
    }

    fn bundle(&self, size: u64, checkpoint: Option<u64>, only: Option<&str>) -> String {
        let keys = checkpoint.map(|_| self.signer.verifier()).into_iter().collect();
        let anchor = Anchor { checkpoint: checkpoint.map(|size| self.note(size)), keys };
        let wanted = |entry: &[u8]| only.is_none_or(|only| events::codec::columns(entry).unwrap().agreement == only);
        bundle::write(&self.log, size, &anchor, &mut |_, entry| wanted(entry), store::unwatched).unwrap()
    }
}

/// A bundle, what somebody holds, and what must come out.
struct Case {
    what: &'static str,
    bundle: Vec<u8>,
    keys: Vec<String>,
    against: Vec<(String, String)>,
    must: Must,
}

enum Must {
    BeAnchored(u64),
    BeSelfConsistent,
    /// Nothing is wrong with it by itself, and what is held does not vouch for it.
    NotBeAnchored,
    Fail,
    FailAt(u64),
    BeFork,
    BeRollback,
}

impl Must {
    fn allows(&self, verdict: &Verdict) -> bool {
        match self {
            Must::BeAnchored(wanted) => matches!(verdict, Verdict::Anchored { size, .. } if size == wanted),
            Must::BeSelfConsistent => *verdict == Verdict::SelfConsistent,
            Must::NotBeAnchored => !verdict.is_anchored(),
            Must::Fail => !verdict.is_good(),
            Must::FailAt(seq) => verdict.first_bad_seq() == Some(*seq),
            Must::BeFork => *verdict == Verdict::Fork,
            Must::BeRollback => *verdict == Verdict::Rollback,
        }
    }
}

/// The lines of a bundle, which can be changed one by one.
struct Lines(Vec<Value>);

impl Lines {
    fn of(bundle: &str) -> Self {
        Lines(bundle.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
    }

    fn entry(&self, line: usize) -> Vec<u8> {
        STANDARD.decode(self.0[line]["data_base64"].as_str().unwrap()).unwrap()
    }

    fn seq(&self, line: usize) -> u64 {
        events::codec::columns(&self.entry(line)).unwrap().seq
    }

    fn put(&mut self, line: usize, key: &str, value: impl Into<Value>) {
        self.0[line][key] = value.into();
    }

    /// Another entry in a line, whose hash is made to fit, as a careful forger would.
    fn forge(&mut self, line: usize, entry: &[u8]) {
        self.put(line, "data_base64", STANDARD.encode(entry));
        self.put(line, "leaf", STANDARD.encode(tree::leaf(entry).0));
        if let Ok(columns) = events::codec::columns(entry) {
            self.put(line, "id", columns.id.to_string());
            self.put(line, "source", format!("urn:uuid:{}", columns.origin));
            self.put(line, "type", format!("obligo.{}", columns.kind));
            self.put(line, "time", columns.recorded_at.clone());
            self.put(line, "recordedtime", columns.recorded_at);
            self.put(line, "subject", columns.agreement);
            self.put(line, "sequence", format!("{:020}", columns.seq));
        }
    }

    /// The header's root made to fit, of a whole log.
    fn root(&mut self) -> Hash {
        let mut nodes = Nodes::default();
        (1..self.0.len()).for_each(|line| nodes.push(tree::leaf(&self.entry(line))));
        let root = nodes.root(nodes.size());
        self.put(0, "root", root.to_string());
        root
    }
}

/// An entry with another value under a key.
fn with(entry: &[u8], key: &str, value: impl Into<Value>) -> Vec<u8> {
    let mut entry: Value = serde_json::from_slice(entry).unwrap();
    entry[key] = value.into();
    entry.to_string().into_bytes()
}

fn replaced(entry: &[u8], old: &str, new: &str) -> Vec<u8> {
    String::from_utf8(entry.to_vec()).unwrap().replacen(old, new, 1).into_bytes()
}

/// An honest bundle: whole or a slice, with a checkpoint of its size, of an earlier or a later one, or none.
fn honest(random: &mut Random) -> Case {
    let log = log(random, 0);
    let size = random.below(log.size as usize + 1) as u64;
    let checkpoint = *random.of(&[None, Some(size), Some(size / 2), Some(log.size)]);
    let only = *random.of(&[None, Some("a"), Some("nothing")]);
    let mut lines = Lines::of(&log.bundle(size, checkpoint, only));
    if random.below(4) == 0 {
        // Who exports may not know the key.
        lines.put(0, "keys", json!([]));
    }
    let bundle = lines.bytes();
    let is_whole = Lines::of(std::str::from_utf8(&bundle).unwrap()).0.len() as u64 == size + 1;
    let mut case = Case { what: "honest", bundle, keys: Vec::new(), against: Vec::new(), must: Must::BeSelfConsistent };
    let mut vouched = Vec::new();
    if random.below(2) == 0 {
        case.keys.push(log.signer.verifier().to_string());
        vouched.extend(checkpoint.map(|checkpoint| checkpoint.min(size)));
    }
    if random.below(2) == 0 && is_whole {
        let earlier = random.below(size as usize + 1) as u64;
        case.against.push(("held.txt".into(), log.note(earlier).to_string()));
        vouched.push(earlier);
    }
    if let Some(most) = vouched.into_iter().max() {
        case.must = Must::BeAnchored(most);
    }
    case
}

/// Ways to tamper. Each is handed an honest log with a record at least, and the bundle of it.
const WAYS: usize = 30;

fn tampered(random: &mut Random, way: usize) -> Case {
    let log = log(random, 4);
    // What touches the whole tree is tried on a whole log, what touches a path on a slice.
    let only = match way {
        2 | 3 | 4 | 20 | 21 | 22 | 23 | 24 | 26 | 27 => None,
        14..=17 => Some("a"),
        _ => *random.of(&[None, Some("a")]),
    };
    let is_tried =
        |bundle: &str| Lines::of(bundle).0.len() > 2 && (only.is_none() || Lines::of(bundle).0.len() as u64 <= log.size);
    let bundle = log.bundle(log.size, Some(log.size), only);
    if !is_tried(&bundle) {
        return tampered(random, way);
    }
    let mut lines = Lines::of(&bundle);
    let count = lines.0.len();
    let line = 1 + random.below(count - 1);
    let seq = lines.seq(line);
    let after = if line == 1 { 1 } else { lines.seq(line - 1) + 1 };
    let entry = lines.entry(line);
    let last = lines.seq(count - 1);
    let is_whole = only.is_none();
    let mut case = Case {
        what: "",
        bundle: Vec::new(),
        keys: vec![log.signer.verifier().to_string()],
        against: vec![("held.txt".into(), log.note(log.size).to_string())],
        must: Must::FailAt(seq),
    };
    let mut raw: Option<Vec<u8>> = None;
    case.what = match way {
        0 => {
            lines.put(line, "data_base64", STANDARD.encode(with(&entry, "actor", "somebody-else")));
            "edit"
        }
        1 => {
            lines.forge(line, &with(&entry, "actor", "somebody-else"));
            case.must = if is_whole { Must::FailAt(1) } else { Must::FailAt(seq) };
            "edit and hash again"
        }
        2 => {
            lines.forge(line, &with(&entry, "reason", "another"));
            lines.root();
            case.must = Must::BeFork;
            "edit and hash all again"
        }
        3 => {
            // By another key, which comes with it: without a key from elsewhere nobody could tell.
            lines.forge(line, &with(&entry, "reason", "another"));
            let root = lines.root();
            let other = Log { signer: Signer::new(log.signer.verifier().name(), Role::Log, &random.seed()).unwrap(), ..log };
            lines.put(0, "checkpoint", other.signed(root, other.size).to_string());
            lines.put(0, "keys", json!([other.signer.verifier().to_string()]));
            case.must = if random.below(2) == 0 { Must::BeFork } else { Must::NotBeAnchored };
            if matches!(case.must, Must::NotBeAnchored) {
                case.against.clear();
            }
            "key swapped"
        }
        4 => {
            let others = self::log(random, 0);
            case.against = vec![("held.txt".into(), others.note(others.size).to_string())];
            case.keys.clear();
            case.must = Must::NotBeAnchored;
            "a checkpoint of another log is held"
        }
        5 => {
            lines.0.remove(line);
            case.must = match (is_whole, line == count - 1) {
                (true, _) => Must::FailAt(seq),
                (false, true) => Must::FailAt(after),
                (false, false) => Must::FailAt(last + 1),
            };
            "record left out"
        }
        6 => {
            lines.0.truncate(line);
            case.must = Must::FailAt(after);
            "cut at the end"
        }
        7 => {
            lines.0.insert(line, lines.0[line].clone());
            case.must = Must::FailAt(if line + 1 < count || is_whole { seq + 1 } else { last + 1 });
            "record twice"
        }
        8 if line > 1 => {
            lines.0.swap(line, line - 1);
            case.must = if is_whole { Must::FailAt(seq - 1) } else { Must::FailAt(seq + 1) };
            "two records swapped"
        }
        9 => {
            let mut bytes = bundle.clone().into_bytes();
            let place = random.below(bytes.len());
            bytes[place] ^= 1 << random.below(8);
            raw = Some(bytes);
            case.must = Must::Fail;
            "a bit flipped"
        }
        10 => {
            raw = Some(bundle.as_bytes()[..random.below(bundle.len())].to_vec());
            case.must = Must::Fail;
            "file cut off"
        }
        11 => {
            let key = *random.of(&["size", "records"]);
            let value = lines.0[0][key].as_u64().unwrap();
            let value = if random.below(2) == 0 { value + 1 } else { value - 1 };
            lines.put(0, key, value);
            case.must = Must::Fail;
            "size of the header"
        }
        12 => {
            match random.below(4) {
                0 => lines.put(0, "root", tree::sha256(b"other").to_string()),
                1 => lines.put(0, "origin", random.uuid().to_string()),
                2 => lines.put(0, "schema", "obligo.bundle.v2"),
                _ => lines.put(0, "root", lines.0[0]["root"].as_str().unwrap().to_uppercase() + ""),
            }
            case.must = if lines.bytes() == bundle.as_bytes() { Must::BeAnchored(log.size) } else { Must::Fail };
            "header"
        }
        13 => {
            let note = lines.0[0]["checkpoint"].as_str().unwrap().to_string();
            let changed = match random.below(8) {
                0 => note.replacen(&format!("\n{}\n", log.size), &format!("\n{}\n", log.size + 1), 1),
                1 => note.replacen("obligo/", "oblige/", 1),
                2 => note.replace("\n\n", "\n"),
                3 => note.trim_end().to_string(),
                4 => log.note(log.size - 1).to_string(),
                5 => {
                    let mut note = log.note(log.size);
                    add_order(&mut note.signatures[0].bytes[32..]);
                    note.to_string()
                }
                6 => {
                    // Under the neutral element as a key, R = 0·B holds for every text, if one is not strict.
                    let mut neutral = [0; 32];
                    neutral[0] = 1;
                    let name = log.signer.verifier().name().to_string();
                    let id = tree::sha256(&[name.as_bytes(), b"\n\x01", &neutral].concat()).0;
                    let id = u32::from_be_bytes([id[0], id[1], id[2], id[3]]);
                    let key = format!("{name}+{id:08x}+{}", STANDARD.encode([&[1][..], &neutral].concat()));
                    lines.put(0, "keys", json!([key]));
                    let mut note = log.note(log.size);
                    note.signatures = vec![Signature { name, key: id, bytes: [neutral, [0; 32]].concat() }];
                    note.to_string()
                }
                _ => {
                    let mut note = log.note(log.size);
                    let bytes = &mut note.signatures[0].bytes;
                    let place = random.below(bytes.len());
                    bytes[place] ^= 1 << random.below(8);
                    note.to_string()
                }
            };
            lines.put(0, "checkpoint", changed);
            case.must = Must::Fail;
            "checkpoint"
        }
        14 => {
            let mut path: Vec<String> = lines.0[line]["inclusion"].as_str().unwrap().split(' ').map(String::from).collect();
            match random.below(4) {
                0 => path.push(STANDARD.encode(tree::sha256(b"more").0)),
                1 => drop(path.pop()),
                2 => path[0] = STANDARD.encode(tree::sha256(b"other").0),
                _ => path.insert(0, path[0].clone()),
            }
            lines.put(line, "inclusion", path.join(" "));
            "path"
        }
        15 => {
            lines.0[line].as_object_mut().unwrap().shift_remove("inclusion");
            "path left out"
        }
        16 => {
            let other = 1 + (line % (count - 1));
            let path = lines.0[other]["inclusion"].clone();
            lines.put(line, "inclusion", path);
            case.must = if other == line { Must::BeAnchored(log.size) } else { Must::FailAt(seq) };
            "path of another record"
        }
        17 => {
            // A slice into which a record is put that was never in the log.
            let columns = events::codec::columns(&entry).unwrap();
            let id = random.uuid().to_string();
            lines.forge(line, &with(&with(&entry, "id", id), "version", columns.version));
            "record put in the place of another"
        }
        18 => {
            let changed = match random.below(14) {
                0 => replaced(&entry, "\":", "\": "),
                1 => [b" ".as_slice(), &entry].concat(),
                2 => [&entry[..], b"\n"].concat(),
                3 => replaced(&entry, "\"schema\":1", "\"schema\":1.0"),
                4 => replaced(&entry, "\"schema\":1", "\"schema\":01"),
                5 => replaced(&entry, "\"schema\":1", "\"schema\":true"),
                6 => replaced(&entry, "\"actor\":\"", "\"actor\":\"\\u0061"),
                7 => replaced(&entry, "\"rules\":null,", ""),
                8 => replaced(&entry, "\"rules\":null,", "\"rules\":null,\"rules\":null,"),
                9 => replaced(&entry, "\"data\":{", "\"data\":{\"n\":1e3,"),
                10 => replaced(&entry, "\"data\":{", "\"data\":{\"n\":-0,"),
                11 => replaced(&entry, "\"data\":{", "\"data\":{\"n\":99999999999999999999,"),
                12 => replaced(&entry, "\"actor\":\"", "\"actor\":\"\\ud800"),
                _ => {
                    let object: Value = serde_json::from_slice(&entry).unwrap();
                    let turned: serde_json::Map<String, Value> =
                        object.as_object().unwrap().iter().rev().map(|(key, value)| (key.clone(), value.clone())).collect();
                    Value::Object(turned).to_string().into_bytes()
                }
            };
            if changed == entry {
                return tampered(random, way);
            }
            lines.forge(line, &changed);
            if is_whole {
                lines.root();
            }
            case.must = Must::FailAt(after);
            "form of an entry"
        }
        19 => {
            let upper = serde_json::from_slice::<Value>(&entry).unwrap()["id"].as_str().unwrap().to_uppercase();
            let changes: [(&str, Value); 12] = [
                ("id", upper.into()),
                ("seq", 0.into()),
                ("seq", json!("1")),
                ("version", 0.into()),
                ("schema", 0.into()),
                ("actor", "".into()),
                ("authority", 7.into()),
                ("corrects", json!(-1)),
                ("recorded_at", "2026-02-30T08:00:00.000000Z".into()),
                ("recorded_at", "2026-12-31T23:59:60.000000Z".into()),
                ("source", json!({"locator": "1", "id": "text"})),
                ("data", json!([])),
            ];
            let (key, value) = random.of(&changes);
            let changed = with(&entry, key, value.clone());
            lines.put(line, "data_base64", STANDARD.encode(&changed));
            lines.put(line, "leaf", STANDARD.encode(tree::leaf(&changed).0));
            case.must = if changed == entry { Must::BeAnchored(log.size) } else { Must::FailAt(after) };
            "value of an envelope"
        }
        20 => {
            lines.forge(line, &with(&entry, "version", 99));
            let root = lines.root();
            lines.put(0, "checkpoint", log.signed(root, log.size).to_string());
            "version"
        }
        21 if line > 1 => {
            lines.forge(line, &with(&entry, "recorded_at", "2025-12-31T23:59:59.999999Z"));
            let root = lines.root();
            lines.put(0, "checkpoint", log.signed(root, log.size).to_string());
            "clock"
        }
        22 if line > 1 => {
            let first = events::codec::columns(&lines.entry(1)).unwrap();
            lines.forge(line, &with(&entry, "id", first.id.to_string()));
            let root = lines.root();
            lines.put(0, "checkpoint", log.signed(root, log.size).to_string());
            "id twice"
        }
        23 => {
            let first = events::codec::columns(&lines.entry(1)).unwrap().command;
            let commands: Vec<Uuid> =
                (1..count).map(|line| events::codec::columns(&lines.entry(line)).unwrap().command).collect();
            // The first of a later command, and not the one right after the first command.
            let torn = (1..count - 1).find(|at| commands[*at] != first && commands[*at - 1] != first);
            let Some(torn) = torn else { return tampered(random, way) };
            let changed = with(&lines.entry(torn + 1), "command", first.to_string());
            lines.forge(torn + 1, &changed);
            let root = lines.root();
            lines.put(0, "checkpoint", log.signed(root, log.size).to_string());
            case.must = Must::FailAt(torn as u64 + 1);
            "command torn"
        }
        24 => {
            let earlier = 1 + random.below(log.size as usize - 1) as u64;
            raw = Some(log.bundle(earlier, Some(earlier), None).into_bytes());
            case.must = Must::BeRollback;
            "rolled back"
        }
        25 => {
            let changes: [(&str, Value); 6] = [
                ("specversion", "1.1".into()),
                ("sequence", seq.to_string().into()),
                ("time", "2026-01-01T00:00:00Z".into()),
                ("subject", "another".into()),
                ("leaf", STANDARD.encode(tree::sha256(b"other").0).into()),
                ("more", "words".into()),
            ];
            let (key, value) = random.of(&changes);
            lines.put(line, key, value.clone());
            "attribute"
        }
        26 => {
            let text = bundle.lines().nth(line).unwrap();
            let changed = match random.below(5) {
                0 => text.replacen(',', ", ", 1),
                1 => format!("{text} "),
                2 => format!("{text}\r"),
                3 => text.replacen("\"1.0\"", "\"1\\u002e0\"", 1),
                _ => text.replacen("{", "{\"id\":\"twice\",", 1),
            };
            raw = Some(bundle.replacen(text, &changed, 1).into_bytes());
            "form of a line"
        }
        27 => {
            let more = *random.of(&["\n", " ", "{}", "{}\n"]);
            raw = Some(format!("{bundle}{more}").into_bytes());
            case.must = Must::FailAt(last + 1);
            "more at the end"
        }
        28 => {
            // Unused bits of the last letter before the padding.
            let text = lines.0[line]["leaf"].as_str().unwrap().to_string();
            let letters: Vec<char> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".chars().collect();
            let at = letters.iter().position(|letter| *letter == text.chars().nth(42).unwrap()).unwrap();
            let changed = if random.below(2) == 0 {
                format!("{}{}=", &text[..42], letters[at ^ 1])
            } else {
                text.trim_end_matches('=').into()
            };
            lines.put(line, "leaf", changed);
            "base 64"
        }
        _ => {
            let others = self::log(random, 4);
            let other = Lines::of(&others.bundle(others.size, None, None));
            let at = usize::try_from(seq).unwrap();
            if at >= other.0.len() {
                return tampered(random, way);
            }
            lines.forge(line, &other.entry(at));
            "record of another log"
        }
    };
    case.bundle = raw.unwrap_or_else(|| lines.bytes());
    case
}

/// The same number modulo the order of the group, which a lax check takes for a second form of a signature.
fn add_order(s: &mut [u8]) {
    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let mut carry = 0;
    for (place, byte) in s.iter_mut().enumerate() {
        let sum = u16::from(*byte) + u16::from(u8::from_str_radix(&ORDER[2 * place..2 * place + 2], 16).unwrap()) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
}

fn cases(count: usize) -> Vec<Case> {
    (0..count)
        .map(|number| {
            let random = &mut Random(number as u64);
            if number % 2 == 0 { honest(random) } else { tampered(random, number / 2 % WAYS) }
        })
        .collect()
}

fn judged(case: &Case) -> Verdict {
    let held = Held {
        keys: case.keys.iter().map(|key| key.parse().unwrap()).collect(),
        checkpoints: case.against.iter().map(|(name, note)| (name.clone(), note.parse().unwrap())).collect(),
    };
    verify(&case.bundle, &held, None, store::unwatched).unwrap().verdict
}

/// What tools/verify.py says of each, in one process; `None` where there is no Python.
fn judged_by_python(cases: &[Case]) -> Option<Vec<Value>> {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (number, case) in cases.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.jsonl")), &case.bundle).unwrap();
        let mut words = vec![format!("{number}.jsonl")];
        words.extend(case.keys.iter().flat_map(|key| ["--key".to_string(), key.clone()]));
        for (name, note) in &case.against {
            let name = format!("{number}-{name}");
            std::fs::write(folder.path().join(&name), note).unwrap();
            words.extend(["--against".to_string(), name]);
        }
        lines.push_str(&words.join("\t"));
        lines.push('\n');
    }
    let mut python = python(&root().join("tools/verify.py"), folder.path());
    python.args(["--batch", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().ok()?;
    let mut input = child.stdin.take().unwrap();
    // Both pipes can fill up: what is written and what is read do not wait for each other.
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn python(script: &Path, folder: &Path) -> Command {
    let mut python = Command::new("python3");
    python.arg("-I").arg(script).current_dir(folder).env_clear();
    python
}

/// Where the two verdicts differ.
fn disagreements(verdicts: &[Verdict], answers: &[Value]) -> Vec<String> {
    assert_eq!(verdicts.len(), answers.len(), "one answer a bundle");
    let number = |number: usize, text: String| text.replace("held.txt", &format!("{number}-held.txt"));
    let both = verdicts.iter().zip(answers).enumerate();
    both.filter_map(|(at, (verdict, answer))| {
        let ours = number(at, verdict.to_string());
        let is_same = answer["words"] == ours && answer["first_bad_seq"].as_u64() == verdict.first_bad_seq();
        (!is_same).then(|| format!("case {at}: {ours} here, {} there: {}", answer["words"], answer["remarks"]))
    })
    .collect()
}

#[test]
fn both_implementations_judge_every_bundle_alike_and_rightly() {
    let count = std::env::var("OBLIGO_BUNDLES").ok().and_then(|count| count.parse().ok()).unwrap_or(240);
    let cases = cases(count);
    let verdicts: Vec<Verdict> = cases.iter().map(judged).collect();
    let mut tally: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, (case, verdict)) in cases.iter().zip(&verdicts).enumerate() {
        let word = verdict.to_string().split('(').next().unwrap().to_string();
        *tally.entry(case.what).or_default().entry(word).or_default() += 1;
        if !case.must.allows(verdict) {
            wrong.push(format!("case {number}, {}: {verdict}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{} verdicts are wrong:\n{}", wrong.len(), wrong.join("\n"));
    for (what, words) in tally {
        println!("{what:38} {words:?}");
    }
    let Some(answers) = judged_by_python(&cases) else {
        println!("python3 is not here: the other implementation is not tried");
        return;
    };
    let differing = disagreements(&verdicts, &answers);
    assert!(differing.is_empty(), "{} of {count} differ:\n{}", differing.len(), differing.join("\n"));
}

#[test]
fn the_comparison_can_fail() {
    let mut cases = cases(40);
    let verdicts: Vec<Verdict> = cases.iter().map(judged).collect();
    // What one of them judges is changed behind the other's back.
    let case = cases.iter_mut().find(|case| matches!(case.must, Must::BeSelfConsistent | Must::BeAnchored(_))).unwrap();
    case.bundle.pop();
    if let Some(answers) = judged_by_python(&cases) {
        assert_eq!(disagreements(&verdicts, &answers).len(), 1);
    }
}
