//! What a register and its checkpoints show together: the one verdict, how far it proves, and where the first bad record is.
//!
//! The register alone can only be self-consistent. Each checkpoint and each receipt that somebody held elsewhere says of some records what
//! they were: those that still agree bound the first bad record from below, those that do not bound it from above.

use std::fmt;

use events::checkpoint::{Role, Signed, SignedCheckpoint, Verifier, base64};
use events::log::{EventLog, Select};
use events::proof::InclusionProof;
use events::tree::{self, Hash};
use store::Verification;
use store::sqlite::verify;

use super::key::{self, Rotation};
use super::notes::Notes;
use crate::error::Error;
use crate::texts::Found;

/// How much a register and its checkpoints prove together. Never a bare "ok".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A checkpoint that was held elsewhere agrees: everything up to that record is what it was.
    Anchored(u64, String),
    /// Everything agrees with each other; nobody elsewhere was asked.
    SelfConsistent,
    /// The register is shorter than a checkpoint of it.
    Rollback,
    /// The register has another root than a checkpoint of it at the same size.
    Fork,
    /// A record is shown to be bad by the register itself.
    Tampered(u64),
    /// Records, nodes of the tree or checkpoints are missing.
    Incomplete(Option<u64>),
    /// A checkpoint is signed by a key that this register's keys do not vouch for.
    KeyChanged,
    /// A checkpoint or a proof is not what was signed.
    Forged,
    /// What was handed in is of another log.
    Foreign,
    /// The file is damaged where no record is in doubt.
    Damaged,
    /// The guards of the register were changed.
    Unguarded,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Anchored(..) | Verdict::SelfConsistent)
    }

    /// What it proves, and what it does not.
    pub fn meaning(&self) -> String {
        match self {
            Verdict::Anchored(size, _) => {
                return format!("everything up to record {size} is what it was when that checkpoint was signed; what came later agrees with it");
            }
            Verdict::SelfConsistent => verify::Verdict::SelfConsistent.meaning(),
            Verdict::Rollback => "the register is shorter than a checkpoint of it: records were cut off, or this is an old copy",
            Verdict::Fork => {
                "the register has another root than a checkpoint of it at that size: records up to it were rewritten"
            }
            Verdict::Tampered(seq) => verify::Verdict::Tampered(*seq).meaning(),
            Verdict::Incomplete(Some(seq)) => verify::Verdict::Incomplete(*seq).meaning(),
            Verdict::Incomplete(None) => {
                "a checkpoint that was signed is missing in the file of checkpoints: it was cut back, or is an old copy"
            }
            Verdict::KeyChanged => "a checkpoint is signed by a key that no key of this register vouches for",
            Verdict::Forged => "a checkpoint or a proof is not what was signed",
            Verdict::Foreign => "what was handed in is of another log; of this one it says nothing",
            Verdict::Damaged => verify::Verdict::Damaged.meaning(),
            Verdict::Unguarded => verify::Verdict::Unguarded.meaning(),
        }
        .into()
    }

    /// The word alone.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Anchored(..) => "ANCHORED",
            Verdict::SelfConsistent => "SELF-CONSISTENT",
            Verdict::Rollback => "ROLLBACK",
            Verdict::Fork => "FORK",
            Verdict::Tampered(_) => "TAMPERED",
            Verdict::Incomplete(_) => "INCOMPLETE",
            Verdict::KeyChanged => "KEY-CHANGED",
            Verdict::Forged => "FORGED",
            Verdict::Foreign => "FOREIGN",
            Verdict::Damaged => "DAMAGED",
            Verdict::Unguarded => "UNGUARDED",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Verdict::Anchored(size, by) => write!(f, "({size}, by {by})"),
            Verdict::Tampered(seq) | Verdict::Incomplete(Some(seq)) => write!(f, "({seq})"),
            _ => Ok(()),
        }
    }
}

/// The tree as it follows from the entries, up to the first that is missing.
pub struct Tree {
    levels: Vec<Vec<Hash>>,
    /// Whether there are records behind a gap.
    gap: bool,
}

impl Tree {
    /// Reads every entry. What cannot be read ends it.
    pub fn of(log: &dyn EventLog) -> Self {
        let mut tree = Tree { levels: vec![Vec::new()], gap: false };
        let read = log.scan(&Select::default(), &mut |seq, entry| {
            tree.gap = seq != tree.size() + 1;
            if !tree.gap {
                tree.push(tree::leaf(entry));
            }
            !tree.gap
        });
        tree.gap |= read.is_err();
        tree
    }

    fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            match row[..] {
                [.., left, right] if row.len().is_multiple_of(2) => hash = tree::node(left, right),
                _ => return,
            }
        }
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.levels[0].len() as u64
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self.levels.get(level as usize)?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root over `count` leaves from `start` on, as in the splits of RFC 6962.
    fn over(&self, start: u64, count: u64) -> Option<Hash> {
        tree::root_over(start, count, |level, index| self.node(level, index).ok_or(())).ok()
    }
}

/// Something that was held elsewhere.
#[derive(Debug, Clone)]
pub struct Held {
    /// Who or what held it.
    pub from: String,
    /// What it is.
    pub what: What,
}

/// What people hold.
#[derive(Debug, Clone)]
pub enum What {
    /// A checkpoint.
    Checkpoint(SignedCheckpoint),
    /// The proof that a record stands in the log.
    Receipt(InclusionProof),
}

/// What is judged.
pub struct Case<'a> {
    /// The register.
    pub log: &'a dyn EventLog,
    /// What it shows of itself.
    pub own: &'a Verification,
    /// Its tree, by its entries.
    pub tree: &'a Tree,
    /// Name and content of the file of checkpoints beside it, if there is one.
    pub notes: Option<(String, &'a Notes)>,
    /// The key that is there.
    pub key: Option<Verifier>,
    /// The keys that whoever asks trusts: of the log, or of witnesses.
    pub given: &'a [Verifier],
    /// What was held elsewhere.
    pub held: &'a [Held],
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// How much is proved.
    pub verdict: Verdict,
    /// The first bad record is one of these, from the first to the last.
    pub first_bad: Option<(u64, u64)>,
    /// What is wrong, beside what the register shows of itself.
    pub faults: Vec<String>,
    /// What else is to be said.
    pub notes: Vec<String>,
}

impl Judgement {
    /// Adds what was found of the texts that are kept beside the log: it gives what is wrong, record by record. A text is never what makes a
    /// checkpoint good or bad, so a graver verdict stays.
    pub fn of_texts(&mut self, texts: &Result<Found, Error>) -> Vec<(u64, String)> {
        let found = match texts {
            Ok(found) => found,
            Err(error) => {
                self.faults.push(format!("the texts beside the log cannot be read: {error}"));
                if self.verdict.is_good() {
                    self.verdict = Verdict::Damaged;
                }
                return Vec::new();
            }
        };
        let other = "a text that is kept beside the log is not the one that the record commits to";
        let missing = "a text of it is not there, and no record says that it was erased";
        let all = found.other.iter().map(|seq| (*seq, other)).chain(found.missing.iter().map(|seq| (*seq, missing)));
        let all: Vec<(u64, String)> = all.map(|(seq, what)| (seq, what.to_string())).collect();
        if let (Some((first, _)), true) = (all.iter().min(), self.verdict.is_good()) {
            self.verdict = match found.other.first() {
                Some(_) => Verdict::Tampered(*first),
                None => Verdict::Incomplete(Some(*first)),
            };
            self.first_bad = Some((*first, *first));
        }
        all
    }
}

/// Judges a register together with all that is known of it.
pub fn judge(case: &Case<'_>) -> Judgement {
    let mut judge = Judge {
        case,
        origin: key::origin(case.log.origin()),
        keys: Vec::new(),
        faults: Vec::new(),
        notes: Vec::new(),
        held: Vec::new(),
        beside: Vec::new(),
        anchors: Vec::new(),
        vouched: false,
    };
    judge.beside();
    judge.held();
    judge.end()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rollback,
    Fork,
    KeyChanged,
    Forged,
    CutBack,
    Foreign,
}

/// What is known of some records: of those from `start` up to, not including, `end`, whether they are what they were.
#[derive(Debug, Clone, Copy)]
struct Fact {
    start: u64,
    end: u64,
    good: bool,
    /// The tree that is stored is the one that was signed, whatever became of the entries.
    in_tree: bool,
}

impl Fact {
    fn over(start: u64, end: u64, good: bool) -> Self {
        Fact { start, end, good, in_tree: false }
    }
}

struct Judge<'a> {
    case: &'a Case<'a>,
    origin: String,
    /// The keys of the log, one after the other, each vouched for by the one before.
    keys: Vec<Verifier>,
    faults: Vec<(Kind, String)>,
    notes: Vec<String>,
    held: Vec<Fact>,
    beside: Vec<Fact>,
    anchors: Vec<(u64, String)>,
    /// Somebody elsewhere shows that the keys are the log's.
    vouched: bool,
}

impl Judge<'_> {
    fn fault(&mut self, kind: Kind, what: String) {
        self.faults.push((kind, what));
    }

    /// The file of checkpoints: each signed by the key of its time, each larger than the one before, each what the register was.
    fn beside(&mut self) {
        let notes: Vec<&SignedCheckpoint> = self.case.notes.iter().flat_map(|(_, notes)| notes.notes.iter().flatten()).collect();
        self.find_keys(&notes);
        let Some((file, all)) = self.case.notes.clone() else {
            self.notes.push("There is no file of checkpoints beside the register".into());
            return;
        };
        for (number, error) in (1..).zip(&all.notes).filter_map(|(number, note)| Some((number, note.as_ref().err()?))) {
            self.fault(Kind::Forged, format!("number {number} in {file} is no checkpoint: {error}"));
        }
        if all.torn > 0 {
            self.notes.push(format!(
                "{} bytes at the end of {file} are no whole checkpoint, as after a crash; the next write drops them",
                all.torn
            ));
        }
        let mut turn = 0;
        let mut before: Option<&SignedCheckpoint> = None;
        for note in &notes {
            let size = note.checkpoint.size;
            let name = format!("the checkpoint of {size} in {file}");
            let rotation = Rotation::of(&note.checkpoint);
            self.signed_in_turn(note, &name, turn);
            if rotation.is_some() {
                turn += 1;
                self.signed_in_turn(note, &name, turn);
            }
            let grows = before.is_none_or(|before| before.checkpoint.size + u64::from(rotation.is_none()) <= size);
            if !grows {
                self.fault(Kind::Forged, format!("{name} stands behind a larger one"));
            }
            before = Some(note);
            let fact = self.compare(note, &name);
            self.beside.extend(fact);
        }
        let covered = before.map_or(0, |last| last.checkpoint.size);
        if covered < self.case.tree.size() {
            self.notes.push(format!(
                "What comes after record {covered} has no checkpoint yet, as after a crash; the next write makes one"
            ));
        }
        match (notes.len(), before) {
            (count, Some(last)) => {
                let checkpoints = if count == 1 { "checkpoint" } else { "checkpoints" };
                self.notes
                    .push(format!("{count} {checkpoints} beside it, in {file}; the last has {} records", last.checkpoint.size));
            }
            _ => self.notes.push(format!("There is no checkpoint in {file} yet")),
        }
    }

    /// The keys one after the other, as changes of keys name them; without a change, the one that is given or there.
    fn find_keys(&mut self, notes: &[&SignedCheckpoint]) {
        for rotation in notes.iter().filter_map(|note| Rotation::of(&note.checkpoint)) {
            if self.keys.is_empty() {
                self.keys.push(rotation.old.clone());
            }
            if self.keys.last() != Some(&rotation.old) {
                self.fault(Kind::KeyChanged, format!("the key {} was changed, and was not the log's", rotation.old));
            }
            self.notes.push(format!("The key was changed, and the old one vouches for the new: {}", rotation.reason));
            self.keys.push(rotation.new);
        }
        let given: Vec<&Verifier> = self.case.given.iter().filter(|key| key.role() == Role::Log).collect();
        if self.keys.is_empty() {
            self.keys.extend(given.first().copied().cloned().or_else(|| self.case.key.clone()));
        }
        for key in &given {
            if self.keys.contains(key) {
                self.vouched = true;
            } else {
                self.fault(Kind::KeyChanged, format!("the key {key} is none of this register's"));
            }
        }
        if let Some(key) = self.case.key.as_ref().filter(|key| self.keys.last() != Some(key)) {
            self.fault(Kind::KeyChanged, format!("the key that is there, {key}, is not the one that signs for this register"));
        }
        if self.keys.is_empty() {
            self.notes.push("Signatures were not checked: there is no key; give one with --key".into());
        }
    }

    fn signed_in_turn(&mut self, note: &SignedCheckpoint, name: &str, turn: usize) {
        let Some(key) = self.keys.get(turn) else { return };
        match key.has_signed(note) {
            Signed::Yes(_) => {}
            Signed::No => self.fault(Kind::KeyChanged, format!("{name} is not signed by {key}")),
            Signed::Forged => self.fault(Kind::Forged, format!("{name} is not what {key} signed")),
        }
    }

    /// What was held elsewhere.
    fn held(&mut self) {
        let mut foreign: Vec<(&str, String)> = Vec::new();
        let mut ours: Vec<&str> = Vec::new();
        for Held { from, what } in self.case.held {
            let (checkpoint, receipt) = match what {
                What::Checkpoint(checkpoint) => (checkpoint, None),
                What::Receipt(receipt) => (&receipt.checkpoint, Some(receipt)),
            };
            if checkpoint.checkpoint.origin != self.origin {
                foreign.push((from, checkpoint.checkpoint.origin.clone()));
                continue;
            }
            ours.push(from);
            self.one_held(from, checkpoint, receipt);
        }
        for (from, origin) in foreign {
            let what = format!("{from} has a checkpoint of another log, `{origin}`; this one is `{}`", self.origin);
            if ours.contains(&from) { self.notes.push(what) } else { self.fault(Kind::Foreign, what) }
        }
    }

    fn one_held(&mut self, from: &str, note: &SignedCheckpoint, receipt: Option<&InclusionProof>) {
        let size = note.checkpoint.size;
        let name = format!("the checkpoint of {size} in {from}");
        let signed: Vec<Signed> = self.keys.iter().chain(self.case.given).map(|key| key.has_signed(note)).collect();
        let by_ours = signed[..self.keys.len()].iter().any(|signed| matches!(signed, Signed::Yes(_)));
        if signed.contains(&Signed::Forged) {
            self.fault(Kind::Forged, format!("{name} is not what was signed"));
            return;
        }
        self.vouched |= by_ours;
        if !by_ours && !self.keys.is_empty() {
            let names: Vec<String> = note.signatures.iter().map(|by| format!("{}+{:08x}", by.name, by.key)).collect();
            self.fault(Kind::KeyChanged, format!("{name} is not signed by a key of this register, but by {}", names.join(", ")));
            // Whoever knows the log's key knows that this is not its word.
            if self.case.given.iter().any(|key| key.role() == Role::Log) {
                return;
            }
        }
        let kept = self.case.notes.as_ref().is_none_or(|(_, notes)| {
            let same = |one: &SignedCheckpoint| (one.checkpoint.size, one.checkpoint.root) == (size, note.checkpoint.root);
            size == 0 || notes.notes.iter().flatten().any(same)
        });
        let fact = self.compare(note, &name);
        self.held.extend(fact);
        if size > 0 && fact.is_some_and(|fact| fact.good) && (by_ours || self.keys.is_empty()) {
            self.anchors.push((size, from.into()));
            if by_ours && !kept {
                self.fault(Kind::CutBack, format!("{name} was signed, and the file of checkpoints beside the register lacks it"));
            }
        }
        if let Some(receipt) = receipt {
            self.receipt(from, receipt);
        }
    }

    /// What a receipt says of single records and of whole subtrees.
    fn receipt(&mut self, from: &str, receipt: &InclusionProof) {
        let (tree, index, checkpoint) = (self.case.tree, receipt.index, &receipt.checkpoint.checkpoint);
        let here = tree.node(0, index);
        let wanted = match &receipt.extra {
            Some(entry) if receipt.shows(entry) => Some(tree::leaf(entry)),
            Some(_) => {
                self.fault(Kind::Forged, format!("the receipt in {from} does not lead to its own checkpoint"));
                return;
            }
            None => None,
        };
        let Some(here) = here else { return };
        let shown = tree::is_included(here, index, checkpoint.size, &receipt.path, checkpoint.root);
        if !shown {
            self.held.push(Fact::over(index, index + 1, false));
            self.fault(Kind::Fork, format!("record {} is not the one for which the receipt in {from} was given", index + 1));
        }
        // Without the entry, the hashes beside the way are known to be the log's only if they lead to the root.
        if wanted.is_some() || shown {
            self.held.push(Fact::over(index, index + 1, shown));
            for ((start, count), hash) in tree::siblings(index, checkpoint.size).into_iter().zip(&receipt.path) {
                if let Some(found) = tree.over(start, count).filter(|_| start + count <= tree.size()) {
                    self.held.push(Fact::over(start, start + count, found == *hash));
                }
            }
        }
    }

    /// Whether the records are what a checkpoint says; nothing where they do not reach so far.
    fn compare(&mut self, note: &SignedCheckpoint, name: &str) -> Option<Fact> {
        let (tree, checkpoint) = (self.case.tree, &note.checkpoint);
        if checkpoint.origin != self.origin {
            self.fault(
                Kind::Foreign,
                format!("{name} is of another log, `{}`; this one is `{}`", checkpoint.origin, self.origin),
            );
            return None;
        }
        let size = checkpoint.size;
        let here = tree.over(0, size);
        if here == Some(checkpoint.root) {
            return Some(Fact::over(0, size, true));
        }
        // Where the stored tree is what was signed, what is wrong is between it and the entries, and the register shows it itself.
        let stored = tree::root(size, |level, index| self.case.log.node(level, index)).ok();
        let in_tree = stored == Some(checkpoint.root);
        match here {
            Some(here) if !in_tree => {
                let (here, there) = (base64(here), base64(checkpoint.root));
                self.fault(Kind::Fork, format!("{name} has the root {there}; the first {size} records here have {here}"));
            }
            None if !tree.gap => self.shorter(name),
            _ => {}
        }
        (here.is_some() || in_tree).then_some(Fact { start: 0, end: size, good: false, in_tree })
    }

    fn shorter(&mut self, name: &str) {
        let records = if self.case.tree.size() == 1 { "record" } else { "records" };
        self.fault(Kind::Rollback, format!("{name} is larger than the register, which has {} {records}", self.case.tree.size()));
    }

    /// The first bad record lies between the last that is known to be good and the first end of what is known to be bad.
    fn first_bad(&self, facts: &[Fact]) -> Option<(u64, u64)> {
        let own = self.case.own.first_bad_seq().map(|first| (first, self.last_in_doubt(first)));
        let is_short = self.faults.iter().any(|(kind, _)| *kind == Kind::Rollback);
        let end = self.case.tree.size() + 1;
        let ends = facts.iter().filter(|fact| !fact.good).map(|fact| fact.end);
        let last = ends.chain(own.map(|(_, last)| last)).chain(is_short.then_some(end)).min()?;
        let nobody_asked = facts.is_empty();
        let mut good = match own {
            Some((first, _)) if nobody_asked => first - 1,
            Some((first, _)) => facts.iter().filter(|fact| fact.in_tree).map(|fact| fact.end.min(first - 1)).max().unwrap_or(0),
            None => 0,
        };
        while let Some(fact) = facts.iter().find(|fact| fact.good && fact.start <= good && good < fact.end) {
            good = fact.end;
        }
        Some((good + 1, last))
    }

    /// The register names the first of the records under a node that does not fit; the bad one may be any of them.
    fn last_in_doubt(&self, first: u64) -> u64 {
        let (log, index) = (self.case.log, first - 1);
        let differs = |level: u32| {
            let stored = log.node(level, index >> level).ok()?;
            let here = match level.checked_sub(1) {
                None => self.case.tree.node(0, index)?,
                Some(below) => {
                    let left = (index >> level) * 2;
                    tree::node(log.node(below, left).ok()?, log.node(below, left + 1).ok()?)
                }
            };
            (stored != here).then_some(first - 1 + (1 << level))
        };
        (0..=index.trailing_zeros().min(62)).find_map(differs).unwrap_or(first)
    }

    fn end(mut self) -> Judgement {
        let mut facts = self.held.clone();
        if self.vouched || self.held.is_empty() {
            facts.extend(&self.beside);
        }
        let mut first_bad = self.first_bad(&facts);
        if first_bad.is_some_and(|(first, last)| last < first) {
            self.notes.push("The checkpoints contradict each other: who has the key signed two histories".into());
            first_bad = self.first_bad(&self.held).map(|(first, last)| (first.min(last), last));
        }
        let has = |wanted: Kind| self.faults.iter().any(|(kind, _)| *kind == wanted);
        let own = self.case.own.verdict;
        let size = self.anchors.iter().map(|(size, _)| *size).max();
        let verdict = match own {
            verify::Verdict::Tampered(seq) => Verdict::Tampered(first_bad.map_or(seq, |(first, _)| first)),
            _ if has(Kind::Rollback) => Verdict::Rollback,
            _ if has(Kind::Fork) => Verdict::Fork,
            verify::Verdict::Incomplete(seq) => Verdict::Incomplete(Some(seq)),
            verify::Verdict::Damaged => Verdict::Damaged,
            _ if has(Kind::KeyChanged) => Verdict::KeyChanged,
            _ if has(Kind::Forged) => Verdict::Forged,
            _ if has(Kind::CutBack) => Verdict::Incomplete(None),
            verify::Verdict::Unguarded => Verdict::Unguarded,
            _ if has(Kind::Foreign) => Verdict::Foreign,
            verify::Verdict::SelfConsistent => match size {
                Some(size) => Verdict::Anchored(size, self.holders(size)),
                None => Verdict::SelfConsistent,
            },
            // A verdict that the store learns later and this does not know is not a good one.
            _ => Verdict::Damaged,
        };
        let faults = self.faults.into_iter().map(|(_, what)| what).collect();
        let first_bad = first_bad.filter(|_| !verdict.is_good());
        Judgement { verdict, first_bad, faults, notes: self.notes }
    }

    /// Who held the largest checkpoint that agrees.
    fn holders(&self, size: u64) -> String {
        let mut names: Vec<&str> = self.anchors.iter().filter(|(of, _)| *of == size).map(|(_, by)| by.as_str()).collect();
        names.dedup();
        names.join(", ")
    }
}
