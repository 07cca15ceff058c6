//! The two motions: `execute` writes, `view` reads. Writing has six stops: proposals, read, replay, decide, append, what changed.
//! Reading has four: read, replay, assess, and whoever renders.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use events::Event;
use events::log::{EventLog, Expected, LogError, Receipt, Select};
use events::record::{Draft, Record};
use events::tree::Hash;
use events::{codec, seal};
use rules::decide::{Proposal, Refusal, decide};
use rules::replay::{Finding, Replay};
use rules::{Docket, Register, assess};
use store::PrivateFile;
use uuid::Uuid;

use crate::almanac;
use crate::error::Error;
use crate::texts::{Sealed, Sealer, Texts};

/// The day a view is seen from, and what was known.
#[derive(Debug, Clone)]
pub struct Position {
    /// The day.
    pub as_of: NaiveDate,
    /// What was known by then; `None`: everything recorded.
    pub known_at: Option<KnownAt>,
}

/// A moment of knowledge.
#[derive(Debug, Clone)]
pub struct KnownAt {
    /// As it was asked for.
    pub words: String,
    /// Everything recorded up to and including this instant was known.
    pub instant: DateTime<Utc>,
}

impl KnownAt {
    /// The end of a day in UTC.
    pub fn day(day: NaiveDate) -> Self {
        let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
        KnownAt { words: day.to_string(), instant: next - TimeDelta::microseconds(1) }
    }
}

/// What a reading verb looks at.
pub struct View {
    /// The register at the position.
    pub register: Register,
    /// What follows from it.
    pub docket: Docket,
    /// What of the log was read.
    pub log: Seen,
    /// What was known, in words; the last record's stamp if nothing was asked.
    pub known_at: Option<String>,
}

/// A prefix of the log.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// How many records.
    pub size: u64,
    /// Root over them.
    pub head: Hash,
}

/// Where ids of records and commands come from: the clock's own in a register, derived ones where bytes must repeat.
pub trait Ids {
    /// A new id.
    fn next(&mut self) -> Uuid;
}

/// Time-ordered ids.
pub struct TimeOrdered;

impl Ids for TimeOrdered {
    fn next(&mut self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The program on one log.
pub struct App<L: EventLog> {
    /// The log.
    pub log: L,
    /// The texts that stand beside it.
    pub private: PrivateFile,
    /// Who records.
    pub actor: String,
    /// The day on which decisions are made.
    pub today: NaiveDate,
    /// New ids.
    pub ids: Box<dyn Ids>,
}

/// What a write did.
pub struct Outcome {
    /// Where it stands in the log; `None` when nothing was written.
    pub receipt: Option<Receipt>,
    /// What was, or would be, recorded.
    pub records: Vec<Record>,
    /// How many proposals the register held already.
    pub already: usize,
    /// What followed before, and what follows now.
    pub before: Docket,
    /// See `before`.
    pub after: Docket,
}

/// How a write is to be done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Write {
    /// Say what would be written, and write nothing.
    pub dry_run: bool,
    /// Idempotency key; without one each call is a command of its own.
    pub command: Option<Uuid>,
    /// Which texts do not go into the log.
    pub sealed: Sealed,
}

/// Why a write was not done: the rules refused proposals, or something else.
pub enum Unwritten {
    /// Which proposals, and why.
    Refused(Vec<Refusal>),
    /// Anything else.
    Other(Error),
}

impl<E: Into<Error>> From<E> for Unwritten {
    fn from(error: E) -> Self {
        Unwritten::Other(error.into())
    }
}

impl Unwritten {
    /// As an error without places, for proposals that did not come from a file.
    pub fn into_error(self) -> Error {
        match self {
            Unwritten::Refused(all) => {
                let one = |refusal: Refusal| crate::error::Diagnostic { fault: refusal.fault, place: None };
                Error::Refused(all.into_iter().map(one).collect())
            }
            Unwritten::Other(error) => error,
        }
    }
}

/// How often a write is decided anew when others wrote in between. Each time somebody's write went through, so that this many
/// writers at once all come to their turn.
const TRIES: u32 = 200;

/// Everything, or one agreement, as it was known at a position. `progress` is told each `seq` as it is read.
///
/// # Errors
/// [`Error::Failed`], when the log cannot be read.
pub fn view(
    log: &dyn EventLog,
    private: &PrivateFile,
    position: &Position,
    agreement: Option<&str>,
    progress: &mut dyn FnMut(u64),
) -> Result<View, Error> {
    let size = match &position.known_at {
        Some(known_at) => log.size_at(known_at.instant)?,
        None => log.head()?.size,
    };
    let select = Select { agreement: agreement.map(String::from), upto: Some(size) };
    let (register, findings) = read(&Texts::new(log, private), &select, progress)?.finish();
    let almanac = almanac::known_by(position.known_at.as_ref().map(|known_at| known_at.instant.date_naive()));
    let docket = assess(&register, findings, &almanac, position.as_of);
    let known_at = match &position.known_at {
        Some(known_at) => Some(known_at.words.clone()),
        None => log.recorded_at(size)?.map(codec::instant),
    };
    Ok(View { register, docket, log: Seen { size, head: log.root_at(size)? }, known_at })
}

/// The selected entries, collected; `progress` is told each `seq`.
fn read(texts: &Texts, select: &Select, progress: &mut dyn FnMut(u64)) -> Result<Replay, Error> {
    let mut replay = Replay::default();
    texts.scan(select, &mut |seq, entry| {
        progress(seq);
        replay.take(seq, entry);
    })?;
    Ok(replay)
}

impl<L: EventLog> App<L> {
    /// Records proposals, all of them or none.
    ///
    /// # Errors
    /// [`Unwritten::Refused`] with every fault of every proposal; [`Unwritten::Other`] when the log fails, or when others wrote in
    /// between two hundred times in a row.
    pub fn execute(&mut self, proposals: &[Proposal], write: Write) -> Result<Outcome, Unwritten> {
        let mut sealer = Sealer::default();
        let written = self.written(proposals, write, &mut sealer);
        let orphans = match &written {
            Ok(Outcome { receipt: Some(receipt), .. }) => sealer.orphans(receipt.repeated),
            Ok(_) | Err(Unwritten::Refused(_)) => sealer.orphans(true),
            // Whether it was written is not known; texts of a record that stands must not be lost.
            Err(Unwritten::Other(_)) => Vec::new(),
        };
        if !orphans.is_empty() {
            // A text that stays behind does no harm to the log, and `verify` counts it.
            let _ = self.private.erase(&orphans);
        }
        written
    }

    fn written(&mut self, proposals: &[Proposal], write: Write, sealer: &mut Sealer) -> Result<Outcome, Unwritten> {
        let command = write.command.unwrap_or_else(|| self.ids.next());
        for left in (0..TRIES).rev() {
            let (mut outcome, drafts, expected) = self.decided(proposals, command)?;
            if let Some(receipt) = self.log.receipt(command)? {
                self.refuse_other_content(receipt, proposals)?;
                return Ok(Outcome { receipt: Some(receipt), ..outcome });
            }
            if write.dry_run || drafts.is_empty() {
                return Ok(outcome);
            }
            let drafts = sealer.seal(&drafts, write.sealed)?;
            // On the disk before the record that needs them is.
            self.private.keep(sealer.texts()).map_err(Error::from)?;
            match self.log.append(command, &expected, &drafts) {
                Ok(receipt) => {
                    outcome.receipt = Some(receipt);
                    return Ok(outcome);
                }
                Err(LogError::Conflict { .. }) if left > 0 => {}
                Err(error) => return Err(error.into()),
            }
        }
        unreachable!("the last try returns")
    }

    /// A command's id belongs to what it recorded first: the same with something else is a slip that must not pass for done.
    fn refuse_other_content(&self, receipt: Receipt, proposals: &[Proposal]) -> Result<(), Unwritten> {
        let mut is_other = false;
        self.texts().scan(&Select { agreement: None, upto: Some(receipt.last) }, &mut |seq, entry| {
            if seq >= receipt.first
                && let Ok(record) = codec::decode(entry)
            {
                is_other |= !proposals.iter().any(|proposal| is_of(proposal, &record));
            }
        })?;
        if is_other {
            let what =
                format!("this command id was used before, for something else: records {} to {}", receipt.first, receipt.last);
            return Err(Error::refused("E0418", what, "give each command an id of its own").into());
        }
        Ok(())
    }

    /// The log with its texts.
    pub fn texts(&self) -> Texts<'_> {
        Texts::new(&self.log, &self.private)
    }

    /// What would be written, and what would follow from it.
    fn decided(&mut self, proposals: &[Proposal], command: Uuid) -> Result<(Outcome, Vec<Draft>, Expected), Unwritten> {
        let size = self.log.head()?.size;
        let mut only = one_agreement(proposals);
        let mut replay = read(&self.texts(), &Select { agreement: only.clone(), upto: Some(size) }, &mut |_| {})?;
        if replay.is_empty() && only.is_some() {
            // Nothing of that name: a new agreement, or a slip that is answered from all there are.
            only = None;
            replay = read(&self.texts(), &Select { agreement: None, upto: Some(size) }, &mut |_| {})?;
        }
        let (register, findings) = replay.clone().finish();
        let before = assess(&register, findings, almanac::shipped(), self.today);
        // A command that was carried out is answered from the log, not judged again by what it brought about.
        let decision = if self.log.receipt(command)?.is_some() {
            rules::decide::Decision::default()
        } else {
            decide(&register, proposals, almanac::shipped(), self.today).map_err(Unwritten::Refused)?
        };
        let drafts: Vec<Draft> = decision.facts.into_iter().map(|(_, fact)| self.draft(fact)).collect();
        let records = self.records(&register, size, command, &drafts);
        let after = following(replay, &records, self.today);
        let expected = match only {
            Some(agreement) => {
                let version = register.agreements.get(&agreement).map_or(0, |agreement| agreement.version);
                Expected::Version { agreement, version }
            }
            None => Expected::Size(size),
        };
        Ok((Outcome { receipt: None, records, already: decision.already.len(), before, after }, drafts, expected))
    }

    fn draft(&mut self, fact: Proposal) -> Draft {
        Draft {
            id: self.ids.next(),
            agreement: fact.agreement,
            event: fact.event,
            occurred_on: fact.occurred_on,
            actor: self.actor.clone(),
            authority: fact.authority,
            source: fact.source,
            reason: fact.reason,
            corrects: fact.corrects,
            rules: None,
        }
    }

    /// The drafts as they will stand, but for the stamp, which is the log's own.
    fn records(&self, register: &Register, size: u64, command: Uuid, drafts: &[Draft]) -> Vec<Record> {
        let mut versions: std::collections::BTreeMap<&str, u64> =
            register.agreements.iter().map(|(id, agreement)| (id.as_str(), agreement.version)).collect();
        let recorded_at = self.today.and_time(NaiveTime::MIN).and_utc();
        (size + 1..)
            .zip(drafts)
            .map(|(seq, draft)| {
                let version = versions.entry(&draft.agreement).or_default();
                *version += 1;
                Record { origin: self.log.origin(), seq, version: *version, command, recorded_at, draft: draft.clone() }
            })
            .collect()
    }
}

/// Dockets with something that has not happened, and without it.
pub struct Imagined {
    with: Replay,
    without: Replay,
    /// What was imagined.
    pub records: Vec<Record>,
}

impl Imagined {
    /// What the log would say.
    pub fn register(&self) -> Register {
        self.with.clone().finish().0
    }

    /// Both on a day: without, with.
    pub fn on(&self, day: NaiveDate) -> (Docket, Docket) {
        let docket = |replay: &Replay| {
            let (register, findings) = replay.clone().finish();
            assess(&register, findings, almanac::shipped(), day)
        };
        (docket(&self.without), docket(&self.with))
    }
}

impl<L: EventLog> App<L> {
    /// What would follow from proposals. Nothing is written, and they are judged as on the day of the last of them, or of the receipt
    /// that it tells of, if that is to come.
    ///
    /// # Errors
    /// Those of [`App::execute`].
    pub fn imagine(&mut self, proposals: &[Proposal]) -> Result<Imagined, Unwritten> {
        let receipt = |event: &Event| match event {
            Event::NoticeGiven(notice) => notice.received.as_ref()?.latest(),
            _ => None,
        };
        let days = proposals.iter().filter_map(|proposal| proposal.occurred_on.as_ref()?.latest());
        let days = days.chain(proposals.iter().filter_map(|proposal| receipt(&proposal.event)));
        self.today = days.fold(self.today, NaiveDate::max);
        let command = self.ids.next();
        let (outcome, ..) = self.decided(proposals, command)?;
        let size = self.log.head()?.size;
        let without = read(&self.texts(), &Select { agreement: one_agreement(proposals), upto: Some(size) }, &mut |_| {})?;
        let mut with = without.clone();
        outcome.records.iter().for_each(|record| with.take(record.seq, &codec::encode(record)));
        Ok(Imagined { with, without, records: outcome.records })
    }
}

fn is_of(proposal: &Proposal, record: &Record) -> bool {
    let mut held = record.event.clone();
    let mut proposed = proposal.event.clone();
    for (held, proposed) in seal::free_texts(&mut held).into_iter().zip(seal::free_texts(&mut proposed)) {
        // What was erased since cannot be compared; the rest is.
        if [seal::ERASED, seal::MISSING].contains(&held.as_str()) {
            held.clone_from(proposed);
        }
    }
    let is_same = rules::decide::same_event(&held, &proposed);
    is_same && proposal.agreement == record.agreement && proposal.occurred_on == record.occurred_on
}

fn following(mut replay: Replay, records: &[Record], as_of: NaiveDate) -> Docket {
    records.iter().for_each(|record| replay.take(record.seq, &codec::encode(record)));
    let (register, findings): (Register, Vec<Finding>) = replay.finish();
    assess(&register, findings, almanac::shipped(), as_of)
}

fn one_agreement(proposals: &[Proposal]) -> Option<String> {
    let first = proposals.first()?.agreement.clone();
    proposals.iter().all(|proposal| proposal.agreement == first).then_some(first)
}
