//! An erasure: the texts of records are forgotten, and a record says so. The records themselves stay, and so does every proof.

use std::collections::BTreeMap;

use events::event::{Event, TextErased};
use events::log::{EventLog, Receipt, Select};
use events::{codec, seal};
use rules::decide::Proposal;
use rules::fault::Fault;

use crate::app::{App, Unwritten, Write};
use crate::error::{Diagnostic, Error};

/// What is to be erased, and why.
#[derive(Debug, Clone)]
pub struct Request {
    /// `seq` of the records.
    pub records: Vec<u64>,
    /// Why; it is sealed in its turn.
    pub reason: Option<String>,
    /// In whose authority.
    pub authority: Option<String>,
}

/// What was erased.
#[derive(Debug, Clone)]
pub struct Erased {
    /// How many texts these records have, or had.
    pub texts: usize,
    /// How many went now.
    pub gone: usize,
    /// Where it stands in the log, if it was recorded now.
    pub receipt: Option<Receipt>,
    /// The records that said before that some of them were erased.
    pub before: Vec<u64>,
}

/// The texts of one record.
struct Texts {
    agreement: String,
    commitments: Vec<String>,
}

impl<L: EventLog> App<L> {
    /// Erases the texts of records. It is recorded first: cut short between, the same again finishes it.
    ///
    /// # Errors
    /// [`Unwritten::Refused`] or [`Error::Refused`] with every fault; [`Error::Failed`], when there is no file of texts or it fails.
    pub fn erase(&mut self, request: &Request, write: Write) -> Result<Erased, Unwritten> {
        if !self.private.is_here() {
            let what = "the file of texts is not here: there is nothing to erase";
            let hint = "erase where the register was written; a log that is handed on has no such texts";
            return Err(Error::failed(what, hint).into());
        }
        let texts = texts_of(&self.log, &request.records)?;
        let commitments: Vec<String> = texts.values().flat_map(|texts| texts.commitments.iter().cloned()).collect();
        let known = self.texts().erased()?.clone();
        let mut before: Vec<u64> = commitments.iter().filter_map(|commitment| known.get(commitment).copied()).collect();
        before.sort_unstable();
        before.dedup();
        let proposal = |(agreement, fact): (&str, TextErased)| Proposal {
            reason: request.reason.clone(),
            authority: request.authority.clone(),
            ..Proposal::new(agreement, Event::TextErased(fact)).on(self.today)
        };
        let proposals: Vec<Proposal> = facts(&texts, &known).into_iter().map(proposal).collect();
        let receipt = if proposals.is_empty() { None } else { self.execute(&proposals, write)?.receipt };
        let gone = if write.dry_run { 0 } else { self.private.erase(&commitments).map_err(Error::from)? };
        Ok(Erased { texts: commitments.len(), gone, receipt, before })
    }
}

/// The texts of each record, or every record of which there are none.
fn texts_of(log: &dyn EventLog, wanted: &[u64]) -> Result<BTreeMap<u64, Texts>, Error> {
    let mut texts = BTreeMap::new();
    let mut size = 0;
    log.scan(&Select::default(), &mut |seq, entry| {
        size = seq;
        if wanted.contains(&seq)
            && let Ok(columns) = codec::columns(entry)
        {
            let text = String::from_utf8_lossy(entry);
            let commitments = seal::commitments(&text).map(|(_, commitment)| commitment.to_string()).collect();
            texts.insert(seq, Texts { agreement: columns.agreement, commitments });
        }
        true
    })?;
    let fault = |seq: &u64| match texts.get(seq) {
        None if *seq == 0 || size < *seq => {
            Some(Fault::new("E0504", &[], format!("there is no record {seq}")).hint("see obligo log"))
        }
        Some(texts) if !texts.commitments.is_empty() => None,
        _ => Some(
            Fault::new("E0430", &[], format!("record {seq} has no text that is kept beside the log"))
                .hint("only typed texts are: reasons, descriptions, names of files; what a record itself says stays"),
        ),
    };
    let faults: Vec<Diagnostic> = wanted.iter().filter_map(fault).map(|fault| Diagnostic { fault, place: None }).collect();
    if faults.is_empty() { Ok(texts) } else { Err(Error::Refused(faults)) }
}

/// One fact an agreement, with what was not erased before.
fn facts<'a>(texts: &'a BTreeMap<u64, Texts>, known: &BTreeMap<String, u64>) -> BTreeMap<&'a str, TextErased> {
    let mut facts: BTreeMap<&str, TextErased> = BTreeMap::new();
    for (seq, texts) in texts {
        let new: Vec<String> = texts.commitments.iter().filter(|one| !known.contains_key(*one)).cloned().collect();
        if !new.is_empty() {
            let none = || TextErased { records: Vec::new(), commitments: Vec::new() };
            let fact = facts.entry(&texts.agreement).or_insert_with(none);
            fact.records.push(*seq);
            fact.commitments.extend(new);
        }
    }
    facts
}
