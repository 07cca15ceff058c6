//! Texts that may name people: sealed before an append, put back before a replay, held against their commitments by `verify`.
//! What a commitment is, `events::seal` says; where the texts are kept, `store::PrivateFile`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use events::log::{EventLog, Select};
use events::record::{Draft, Record};
use events::seal::{self, SALT};
use events::{Event, codec};
use store::{KeptText, PrivateFile};

use crate::error::Error;

/// Which texts of a write are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sealed {
    /// The reason, and every free text: somebody typed them.
    #[default]
    Typed,
    /// The reason alone: the rest is what public documents say.
    Reasons,
}

/// Seals drafts. It remembers what it sealed, so that a write that is decided anew does not seal the same text twice.
#[derive(Default)]
pub struct Sealer {
    used: Vec<KeptText>,
    spare: Vec<KeptText>,
}

impl Sealer {
    /// The drafts with commitments in the place of their texts.
    ///
    /// # Errors
    /// [`Error::Failed`], when the system has no random bytes.
    pub fn seal(&mut self, drafts: &[Draft], which: Sealed) -> Result<Vec<Draft>, Error> {
        self.spare.append(&mut self.used);
        let mut sealed = drafts.to_vec();
        for draft in &mut sealed {
            let free = if which == Sealed::Typed { seal::free_texts(&mut draft.event) } else { Vec::new() };
            for text in draft.reason.iter_mut().chain(free) {
                let known = self.spare.iter().position(|kept| kept.text == *text).map(|at| self.spare.swap_remove(at));
                let kept = known.map_or_else(|| salt().map(|salt| KeptText::new(salt, text.clone())), Ok)?;
                *text = format!("{}{}", seal::MARK, kept.commitment);
                self.used.push(kept);
            }
        }
        Ok(sealed)
    }

    /// The texts of the drafts that were sealed last.
    pub fn texts(&self) -> &[KeptText] {
        &self.used
    }

    /// The commitments for which no record stands: all of them, or those that were not used in the end.
    pub fn orphans(&self, nothing_was_written: bool) -> Vec<String> {
        let used = self.used.iter().filter(|_| nothing_was_written);
        used.chain(&self.spare).map(|kept| kept.commitment.clone()).collect()
    }
}

fn salt() -> Result<[u8; SALT], Error> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt)
        .map_err(|error| Error::failed(format!("the system gives no random bytes: {error}"), "try again; nothing was written"))?;
    Ok(salt)
}

/// What stands behind a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// Its text.
    Text(String),
    /// Whatever it is, it is not to be disclosed.
    Sealed,
    /// Nothing any more: this record says that it was erased.
    Erased(u64),
    /// A row that does not fit it.
    Other,
    /// Nothing.
    Missing,
}

impl Behind {
    /// What is read in the place of the commitment.
    pub fn words(self) -> String {
        match self {
            Behind::Text(text) => text,
            Behind::Sealed => seal::SEALED.into(),
            Behind::Erased(_) => seal::ERASED.into(),
            Behind::Other | Behind::Missing => seal::MISSING.into(),
        }
    }
}

/// A log with the texts that are kept beside it.
pub struct Texts<'a> {
    /// The log.
    pub log: &'a dyn EventLog,
    private: &'a PrivateFile,
    stay_sealed: bool,
    /// Whose records alone are looked at for erasures: an erasure is recorded where its texts were.
    agreement: Option<String>,
    erased: OnceCell<BTreeMap<String, u64>>,
}

impl<'a> Texts<'a> {
    /// Of this log, in this file.
    pub fn new(log: &'a dyn EventLog, private: &'a PrivateFile) -> Self {
        Texts { log, private, stay_sealed: false, agreement: None, erased: OnceCell::new() }
    }

    /// The same, where nothing of them may be disclosed: the answer is to be handed on.
    pub fn sealed(self, stay_sealed: bool) -> Self {
        Texts { stay_sealed, ..self }
    }

    /// The same for the records of one agreement.
    pub fn of(&self, agreement: &str) -> Texts<'a> {
        Texts { agreement: Some(agreement.into()), erased: OnceCell::new(), ..*self }
    }

    /// An entry with its texts, to be read.
    ///
    /// # Errors
    /// [`Error::Failed`], when the private file or the log cannot be read.
    pub fn disclosed<'e>(&self, entry: &'e [u8]) -> Result<Cow<'e, [u8]>, Error> {
        seal::disclosed(entry, |commitment| self.behind(commitment).map(Behind::words))
    }

    /// Hands each selected entry with its texts to `visit`, in order.
    ///
    /// # Errors
    /// [`Error::Failed`], when the private file or the log cannot be read.
    pub fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8])) -> Result<(), Error> {
        let mut failed = None;
        self.log.scan(select, &mut |seq, entry| {
            match self.disclosed(entry) {
                Ok(entry) => visit(seq, &entry),
                Err(error) => failed = Some(error),
            }
            failed.is_none()
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// What stands behind a commitment now, whatever was known when.
    ///
    /// # Errors
    /// [`Error::Failed`], when the private file or the log cannot be read.
    pub fn behind(&self, commitment: &str) -> Result<Behind, Error> {
        if self.stay_sealed {
            return Ok(Behind::Sealed);
        }
        let kept = self.private.text(commitment)?;
        let is_there = kept.is_some();
        if let Some(kept) = kept.filter(KeptText::fits) {
            return Ok(Behind::Text(kept.text));
        }
        Ok(match self.erased()?.get(commitment) {
            Some(seq) => Behind::Erased(*seq),
            None if is_there => Behind::Other,
            None => Behind::Missing,
        })
    }

    /// Every commitment that was erased, in all records or in those of the one agreement, with the first record that says so. A reversal cannot bring a text back.
    ///
    /// # Errors
    /// [`Error::Failed`], when the log cannot be read.
    pub fn erased(&self) -> Result<&BTreeMap<String, u64>, Error> {
        if self.erased.get().is_none() {
            let mut erased = BTreeMap::new();
            self.log.scan(&Select { agreement: self.agreement.clone(), upto: None }, &mut |seq, entry| {
                for commitment in erasures(entry) {
                    erased.entry(commitment).or_insert(seq);
                }
                true
            })?;
            let _ = self.erased.set(erased);
        }
        Ok(self.erased.get_or_init(BTreeMap::new))
    }
}

/// The commitments of which an entry says that they were erased.
fn erasures(entry: &[u8]) -> Vec<String> {
    let says_so = std::str::from_utf8(entry).is_ok_and(|entry| entry.contains(r#""type":"text.erased""#));
    match says_so.then(|| codec::decode(entry)) {
        Some(Ok(Record { draft: Draft { event: Event::TextErased(gone), .. }, .. })) => gone.commitments,
        _ => Vec::new(),
    }
}

/// What a verification found of the texts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many commitments stand in the log.
    pub sealed: u64,
    /// Of these, how many texts are there and fit.
    pub disclosed: u64,
    /// Of these, how many were erased.
    pub erased: u64,
    /// The records that say so, in order.
    pub erased_by: Vec<u64>,
    /// Of the erased, how many rows are still there: an erasure that was begun and not finished.
    pub unfinished: u64,
    /// Rows for which no record stands: somebody's write was cut short.
    pub orphans: u64,
    /// Whether the private file is there.
    pub file_here: bool,
    /// Records with a text that does not fit its commitment: the file was edited, or its rows were swapped.
    pub other: Vec<u64>,
    /// Records with a text that is not there though nothing says that it was erased. None where the file is not there at all.
    pub missing: Vec<u64>,
    /// Texts of records with which the log was handed on: without them.
    pub before: u64,
    /// Why nothing could be read of them.
    pub unreadable: Option<String>,
}

impl Found {
    /// What is wrong with them, each with its record where it is one.
    pub fn faults(&self) -> Vec<(Option<u64>, String)> {
        let told = |records: &[u64], what: &str| -> Vec<_> { records.iter().map(|seq| (Some(*seq), what.into())).collect() };
        let mut faults = told(&self.other, "a text that is kept beside the log is not the one that the record commits to");
        faults.extend(told(&self.missing, "a text of it is not there, and no record says that it was erased"));
        faults.extend(self.unreadable.iter().map(|why| (None, format!("the texts beside the log cannot be read: {why}"))));
        faults
    }
}

/// What records say of texts that were not handed on with them.
pub fn handed_on<'e>(records: impl Iterator<Item = (u64, &'e [u8])>) -> Found {
    let mut found = Found::default();
    let (mut sealed, mut erased) = (Vec::new(), BTreeMap::new());
    for (seq, entry) in records {
        let text = String::from_utf8_lossy(entry);
        sealed.extend(seal::commitments(&text).map(|(_, commitment)| commitment.to_string()));
        for commitment in erasures(entry) {
            erased.entry(commitment).or_insert(seq);
        }
    }
    let by: BTreeSet<u64> = sealed.iter().filter_map(|commitment| erased.get(commitment).copied()).collect();
    found.sealed = sealed.len() as u64;
    found.erased = sealed.iter().filter(|commitment| erased.contains_key(*commitment)).count() as u64;
    found.erased_by = by.into_iter().collect();
    found
}

/// In the place of a commitment: the row that says how many records a log had when it was handed on without its texts.
const HANDED_ON: &str = "";

/// Begins the file of texts of a log that was handed on with so many records, without theirs.
///
/// # Errors
/// [`Error::Failed`], if it cannot be written.
pub fn begin(private: &PrivateFile, size: u64) -> Result<(), Error> {
    let row = KeptText { commitment: HANDED_ON.into(), salt: [0; SALT], text: size.to_string() };
    Ok(private.keep(&[row])?)
}

/// Holds every text against its commitment.
///
/// # Errors
/// [`Error::Failed`], when the private file or the log cannot be read.
pub fn check(log: &dyn EventLog, private: &PrivateFile) -> Result<Found, Error> {
    let texts = Texts::new(log, private);
    let mut found = Found { file_here: private.is_here(), ..Found::default() };
    let (mut known, mut failed, mut by) = (BTreeSet::new(), None, BTreeSet::new());
    log.scan(&Select::default(), &mut |seq, entry| {
        let text = String::from_utf8_lossy(entry);
        for (_, commitment) in seal::commitments(&text) {
            found.sealed += 1;
            known.insert(commitment.to_string());
            match texts.behind(commitment) {
                Ok(Behind::Erased(record)) => {
                    found.erased += 1;
                    by.insert(record);
                }
                Ok(Behind::Text(_)) => found.disclosed += 1,
                Ok(Behind::Other) => found.other.push(seq),
                Ok(Behind::Missing) if found.file_here => found.missing.push(seq),
                Ok(Behind::Missing | Behind::Sealed) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)?;
    let begins_after = private.text(HANDED_ON)?.and_then(|kept| kept.text.parse().ok()).unwrap_or(0);
    let all = found.missing.len();
    found.missing.retain(|seq| begins_after < *seq);
    found.before = (all - found.missing.len()) as u64;
    found.erased_by = by.into_iter().collect();
    for commitment in private.commitments()? {
        found.orphans += u64::from(!known.contains(&commitment) && commitment != HANDED_ON);
        found.unfinished += u64::from(texts.erased()?.contains_key(&commitment));
    }
    Ok(found)
}
