//! The two motions: `execute` writes, `view` reads. Writing has six stops: proposals, read, replay, decide, append, what changed.
//! Reading has four: read, replay, assess, and whoever renders.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use events::Event;
use events::log::{EventLog, Expected, LogError, Receipt, Select};
use events::record::{Draft, REGISTER, Record};
use events::tree::Hash;
use events::{codec, seal};
use rules::decide::{Proposal, Refusal, Today, decide};
use rules::replay::{Finding, Replay};
use rules::sift::Sift;
use rules::{Docket, Register, assess};
use store::{PrivateFile, interrupt};
use uuid::Uuid;

use crate::error::Error;
use crate::rule_sets::{Choice, InForce, Shelf};
use crate::texts::{Sealed, Sealer, Texts};

mod undo;

use undo::is_reversal;

/// A log with what stands beside it.
#[derive(Clone, Copy)]
pub struct Books<'a> {
    /// The log.
    pub log: &'a dyn EventLog,
    /// Where its rule sets are.
    pub shelf: &'a Shelf,
    /// The texts that stand beside it.
    pub private: &'a PrivateFile,
}

impl<'a> Books<'a> {
    /// The log with its texts.
    pub fn texts(&self) -> Texts<'a> {
        Texts::new(self.log, self.private)
    }
}

/// The day a view is seen from, what was known, and what of that is looked at.
#[derive(Debug, Clone)]
pub struct Position {
    /// The day.
    pub as_of: NaiveDate,
    /// What was known by then; `None`: everything recorded.
    pub known_at: Option<KnownAt>,
    /// By which rule set.
    pub rules: Choice,
    /// Which records are looked at.
    pub sift: Sift,
    /// Typed texts stay sealed: the answer is to be handed on.
    pub sealed: bool,
}

impl Position {
    /// A day, with all that is known.
    pub fn on(as_of: NaiveDate) -> Self {
        Position { as_of, known_at: None, rules: Choice::Then, sift: Sift::default(), sealed: false }
    }
}

/// A moment of knowledge, with the words in which it was asked for.
#[derive(Debug, Clone)]
pub enum KnownAt {
    /// Everything recorded up to and including this instant was known.
    Instant(String, DateTime<Utc>),
    /// The records 1 to this were known.
    Seq(u64),
    /// What was known by an instant, or all, and no more than the records 1 to this: how an answer is given again, though more was recorded
    /// in the same moment or since.
    Capped(Option<(String, DateTime<Utc>)>, u64),
}

impl KnownAt {
    /// The end of a day in UTC.
    pub fn day(day: NaiveDate) -> Self {
        let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
        KnownAt::Instant(day.to_string(), next - TimeDelta::microseconds(1))
    }

    /// As it was asked for; a number always as `#42`. `None` where everything was asked for.
    pub fn words(&self) -> Option<String> {
        match self {
            KnownAt::Instant(words, _) | KnownAt::Capped(Some((words, _)), _) => Some(words.clone()),
            KnownAt::Seq(seq) => Some(format!("#{seq}")),
            KnownAt::Capped(None, _) => None,
        }
    }
}

/// What an answer at a position stands on.
pub struct Ground {
    /// The log as it was with so many records.
    pub size: u64,
    /// The day in UTC by which all was known; `None`: everything that is known now.
    pub known_on: Option<NaiveDate>,
    /// The rule set.
    pub rules: InForce,
    sift: Sift,
    sealed: bool,
}

impl Ground {
    /// What a position means in a log.
    ///
    /// # Errors
    /// [`Error::Refused`] for a record that is not in the log; [`Error::Failed`], when the log cannot be read.
    pub fn of(books: Books, position: &Position) -> Result<Self, Error> {
        let Books { log, shelf, .. } = books;
        let all = log.head()?.size;
        let (size, known_on) = match &position.known_at {
            None => (all, None),
            Some(KnownAt::Instant(_, instant)) => (log.size_at(*instant)?, Some(instant.date_naive())),
            Some(KnownAt::Capped(instant, seq)) if *seq <= all || *seq == u64::MAX => {
                let by_then = instant.as_ref().map_or(Ok(all), |(_, instant)| log.size_at(*instant))?;
                (by_then.min(*seq), instant.as_ref().map(|(_, instant)| instant.date_naive()))
            }
            Some(KnownAt::Seq(seq)) if *seq <= all => (*seq, log.recorded_at(*seq)?.map(|at| at.date_naive())),
            Some(KnownAt::Seq(seq) | KnownAt::Capped(_, seq)) => {
                let hint = "a day is written 2026-06-30; `obligo log` shows the records with their numbers";
                return Err(Error::refused("E0504", format!("there is no record #{seq}: the log has {all}"), hint));
            }
        };
        let rules = shelf.in_force(log, &position.rules, size, known_on)?;
        Ok(Ground { size, known_on, rules, sift: position.sift, sealed: position.sealed })
    }

    /// Whether it is all that is known, looked at as it is.
    ///
    /// # Errors
    /// [`LogError::World`], when the log cannot be read.
    pub fn is_plain(&self, log: &dyn EventLog) -> Result<bool, LogError> {
        Ok(self.known_on.is_none() && self.sift.is_all() && !self.sealed && self.size == log.head()?.size)
    }

    /// Whether every record up to its size is looked at.
    pub fn looks_at_all(&self) -> bool {
        self.sift.is_all()
    }

    /// The log with its texts, as far as they may be disclosed.
    pub fn texts<'a>(&self, books: Books<'a>) -> Texts<'a> {
        books.texts().sealed(self.sealed)
    }

    /// The same of one agreement, if one is meant.
    fn texts_of<'a>(&self, books: Books<'a>, agreement: Option<&str>) -> Texts<'a> {
        let texts = self.texts(books);
        match agreement {
            Some(agreement) => texts.of(agreement),
            None => texts,
        }
    }

    /// The records that are looked at, with their texts, and how many are left out. `progress` is told each `seq` as it is read.
    ///
    /// # Errors
    /// [`Error::Failed`], when the log or its texts cannot be read.
    pub fn read(
        &self,
        books: Books,
        agreement: Option<&str>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Replay, Option<LeftOut>), Error> {
        if self.sift.is_all() {
            let select = Select { agreement: agreement.map(String::from), upto: Some(self.size) };
            return Ok((collect(&self.texts_of(books, agreement), &select, progress)?, None));
        }
        let (replay, records) = self.collect(books, agreement, progress)?.at(self.size, &self.sift);
        Ok((replay, Some(LeftOut { sift: self.sift, records })))
    }

    /// All that has a say in what is looked at, with its texts: how a document is marked now stands perhaps behind the position.
    ///
    /// # Errors
    /// [`Error::Failed`], when the log or its texts cannot be read.
    pub fn collect(&self, books: Books, agreement: Option<&str>, progress: &mut dyn FnMut(u64)) -> Result<Replay, Error> {
        let upto = self.sift.ceiling.is_none().then_some(self.size);
        collect(&self.texts_of(books, agreement), &Select { agreement: agreement.map(String::from), upto }, progress)
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
    /// The position that was asked for.
    pub position: Position,
    /// By which rule set.
    pub rules: InForce,
}

/// A prefix of the log.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The log's id.
    pub origin: Uuid,
    /// How many records.
    pub size: u64,
    /// Root over them.
    pub head: Hash,
    /// Which of them were not looked at; `None`: all were.
    pub left_out: Option<LeftOut>,
}

/// Records that were not looked at.
#[derive(Debug, Clone, Copy)]
pub struct LeftOut {
    /// By what they were sifted.
    pub sift: Sift,
    /// How many, of those that would have been read.
    pub records: u64,
}

impl Seen {
    /// The log when it had so many records.
    ///
    /// # Errors
    /// [`LogError::World`], when the log cannot be read or never had that size.
    pub fn at(log: &dyn EventLog, size: u64) -> Result<Self, LogError> {
        Ok(Seen { origin: log.origin(), size, head: log.root_at(size)?, left_out: None })
    }
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
    /// Where its rule sets are.
    pub shelf: Shelf,
    /// The texts that stand beside it.
    pub private: PrivateFile,
    /// Who records.
    pub actor: String,
    /// The day on which decisions are made.
    pub today: NaiveDate,
    /// So many days after its day, recording an act takes a reason; `None`: never.
    pub late_after_days: Option<u32>,
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
    /// What it was decided on.
    replay: Replay,
    rules: InForce,
    as_of: NaiveDate,
}

impl Outcome {
    /// What followed before, and what follows with what was decided. Worked out when it is asked for: not all who write ask.
    pub fn what_follows(&self) -> (Docket, Docket) {
        let docket = |replay| docket(replay, &self.rules, self.as_of);
        (docket(self.replay.clone()), docket(with(&self.replay, &self.records)))
    }
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

/// Whether an actor's id says nothing of a person.
///
/// # Errors
/// [`Error::Refused`], if it is no opaque id.
pub fn opaque(actor: &str) -> Result<(), Error> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:@".contains(letter);
    if actor.is_empty() || actor.len() > 64 || !actor.chars().all(plain) {
        let what = format!("`{}` is not an opaque id", actor.escape_debug());
        let hint = "use letters, digits and hyphens, as in dg-4711; a name does not belong in the log";
        return Err(Error::refused("E0208", what, hint));
    }
    Ok(())
}

/// How often a write is decided anew when others wrote in between. Each time somebody's write went through, so that this many
/// writers at once all come to their turn.
pub const TRIES: u32 = 200;

/// Everything, or one agreement, as it was known at a position. `progress` is told each `seq` as it is read.
///
/// # Errors
/// [`Error::Failed`], when the log or its texts cannot be read; [`Error::Refused`], when its rule set is not at hand.
pub fn view(books: Books, position: &Position, agreement: Option<&str>, progress: &mut dyn FnMut(u64)) -> Result<View, Error> {
    view_on(Ground::of(books, position)?, books, position, agreement, progress)
}

/// The same on a ground that was found already.
///
/// # Errors
/// [`Error::Failed`], when the log or its texts cannot be read.
pub fn view_on(
    ground: Ground,
    books: Books,
    position: &Position,
    agreement: Option<&str>,
    progress: &mut dyn FnMut(u64),
) -> Result<View, Error> {
    let (replay, left_out) = ground.read(books, agreement, progress)?;
    viewed(ground, books, position, replay.finish(), left_out)
}

/// The same of a register that was made already.
///
/// # Errors
/// [`Error::Failed`], when the log cannot be read.
pub fn viewed(
    ground: Ground,
    books: Books,
    position: &Position,
    (register, findings): (Register, Vec<Finding>),
    left_out: Option<LeftOut>,
) -> Result<View, Error> {
    let docket = assess(&register, findings, &ground.rules.set(), position.as_of);
    let known_at = known_at(books.log, position, ground.size)?;
    let log = Seen { left_out, ..Seen::at(books.log, ground.size)? };
    Ok(View { register, docket, log, known_at, position: position.clone(), rules: ground.rules })
}

/// What is known at a position, in words: as it was asked for, or the stamp of the last record.
///
/// # Errors
/// [`LogError::World`], when the log cannot be read.
pub fn known_at(log: &dyn EventLog, position: &Position, size: u64) -> Result<Option<String>, LogError> {
    match position.known_at.as_ref().and_then(KnownAt::words) {
        Some(words) => Ok(Some(words)),
        None => Ok(log.recorded_at(size)?.map(codec::instant)),
    }
}

/// The selected entries with their texts, collected; `progress` is told each `seq`.
fn collect(texts: &Texts, select: &Select, progress: &mut dyn FnMut(u64)) -> Result<Replay, Error> {
    let mut replay = Replay::default();
    texts.scan(select, &mut |seq, entry| {
        progress(seq);
        replay.take(seq, entry);
    })?;
    Ok(replay)
}

impl<L: EventLog> App<L> {
    /// The log with what stands beside it.
    pub fn books(&self) -> Books<'_> {
        Books { log: &self.log, shelf: &self.shelf, private: &self.private }
    }

    /// Records proposals, all of them or none.
    ///
    /// # Errors
    /// [`Unwritten::Refused`] with every fault of every proposal; [`Unwritten::Other`] when the log fails, or when others wrote in
    /// between two hundred times in a row.
    pub fn execute(&mut self, proposals: &[Proposal], write: Write) -> Result<Outcome, Unwritten> {
        self.execute_what(write, |_, _| Ok(proposals.to_vec()))
    }

    /// Records what is to be proposed to a log of that size, looked for anew whenever others wrote in between.
    fn execute_what(
        &mut self,
        write: Write,
        propose: impl FnMut(&Self, u64) -> Result<Vec<Proposal>, Unwritten>,
    ) -> Result<Outcome, Unwritten> {
        let mut sealer = Sealer::default();
        let written = self.written(write, propose, &mut sealer);
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

    fn written(
        &mut self,
        write: Write,
        mut propose: impl FnMut(&Self, u64) -> Result<Vec<Proposal>, Unwritten>,
        sealer: &mut Sealer,
    ) -> Result<Outcome, Unwritten> {
        let command = write.command.unwrap_or_else(|| self.ids.next());
        for left in (0..TRIES).rev() {
            let moment = self.log.moment()?;
            let ground = Ground::of(self.books(), &Position::on(self.today))?;
            let proposals = propose(self, ground.size)?;
            let carried_out = self.log.receipt(command)?;
            let decided = self.decided(&proposals, &ground, carried_out.is_some())?;
            if let Some(receipt) = carried_out {
                self.refuse_other_content(receipt, &proposals)?;
            }
            drop(moment);
            let Decided { replay, facts, already, expected, versions } = decided;
            let (drafts, records) = self.drafted(facts, versions, ground.size, command);
            let outcome = |receipt| Ok(Outcome { receipt, records, already, replay, rules: ground.rules, as_of: self.today });
            if carried_out.is_some() || write.dry_run || drafts.is_empty() {
                return outcome(carried_out);
            }
            let drafts = sealer.seal(&drafts, write.sealed)?;
            // A signal finds all of it or nothing: no text without its record, no record without its checkpoint.
            let hold = interrupt::hold();
            // On the disk before the record that needs them is.
            self.private.keep(sealer.texts()).map_err(Error::from)?;
            let appended = self.log.append(command, &expected, &drafts);
            drop(hold);
            match appended {
                Ok(receipt) => return outcome(Some(receipt)),
                Err(LogError::Conflict { .. }) if left > 0 => {}
                Err(error) => return Err(error.into()),
            }
        }
        unreachable!("the last try returns")
    }

    /// Reverses what this actor's last command recorded, as far as it stands: all of it, and nothing that others recorded. A command that
    /// only reverses is passed over. The records that are reversed come with the outcome.
    ///
    /// # Errors
    /// [`Unwritten::Other`] when there is nothing to undo, or something recorded since rests on it; and those of [`App::execute`].
    pub fn undo(&mut self, reason: &str, authority: Option<&str>, write: Write) -> Result<(Outcome, Vec<Record>), Unwritten> {
        let before = write.command.map(|command| self.log.receipt(command)).transpose()?.flatten();
        let mut undone = Vec::new();
        let outcome = self.execute_what(write, |app, size| {
            if let Some(receipt) = before {
                // It was carried out: what it reversed then is what it means now.
                let of_it = |record: &Record| (receipt.first..=receipt.last).contains(&record.seq);
                return Ok(undo::records(&app.books().texts(), size, of_it)?
                    .iter()
                    .filter(|record| is_reversal(record))
                    .map(Proposal::again)
                    .collect());
            }
            undone = undo::last_of(&app.books().texts(), size, &app.actor)?;
            let rules = app.shelf.in_force(&app.log, &Choice::Now, size, None)?;
            undo::refuse_foundation(&app.books().texts(), size, &undone, &rules.set(), app.today)?;
            let reversal = |record: &Record| Proposal {
                reason: Some(reason.into()),
                authority: authority.map(String::from),
                ..Proposal::reversal(&record.agreement, record.seq, app.today)
            };
            Ok(undone.iter().rev().map(reversal).collect())
        })?;
        Ok((outcome, undone))
    }

    /// A command's id belongs to what it recorded first: the same with something else is a slip that must not pass for done.
    fn refuse_other_content(&self, receipt: Receipt, proposals: &[Proposal]) -> Result<(), Unwritten> {
        let mut is_other = false;
        self.books().texts().scan(&Select { agreement: None, upto: Some(receipt.last) }, &mut |seq, entry| {
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

    /// The day on which it is decided, and how late an act may be told without a reason.
    pub fn when(&self) -> Today {
        Today { day: self.today, late_after_days: self.late_after_days }
    }

    /// What is to be written. A command that was carried out is answered from the log, not judged again by what it brought about.
    fn decided(&self, proposals: &[Proposal], ground: &Ground, is_carried_out: bool) -> Result<Decided, Unwritten> {
        let Ground { size, rules, .. } = ground;
        let mut only = one_agreement(proposals);
        let (mut replay, _) = ground.read(self.books(), only.as_deref(), &mut |_| {})?;
        if replay.is_empty() && only.is_some() {
            // Nothing of that name: a new agreement, or a slip that is answered from all there are.
            only = None;
            (replay, _) = ground.read(self.books(), None, &mut |_| {})?;
        }
        let (register, _) = replay.clone().finish();
        let decision = match is_carried_out {
            true => rules::decide::Decision::default(),
            false => decide(&register, proposals, &rules.set(), self.when()).map_err(Unwritten::Refused)?,
        };
        let expected = match only {
            Some(agreement) => {
                let version = register.version_of(&agreement);
                Expected::Version { agreement, version }
            }
            None => Expected::Size(*size),
        };
        let versions = register.agreements.iter().map(|(id, agreement)| (id.clone(), agreement.version));
        let versions = versions.chain([(REGISTER.into(), register.version)]).collect();
        let facts = decision.facts.into_iter().map(|(_, fact)| fact).collect();
        Ok(Decided { replay, facts, already: decision.already.len(), expected, versions })
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

    /// The facts as they are handed to the log, and as they will stand in it, but for the stamp, which is the log's own. `versions` are the last
    /// ones of the streams.
    fn drafted(
        &mut self,
        facts: Vec<Proposal>,
        mut versions: BTreeMap<String, u64>,
        size: u64,
        command: Uuid,
    ) -> (Vec<Draft>, Vec<Record>) {
        let drafts: Vec<Draft> = facts.into_iter().map(|fact| self.draft(fact)).collect();
        let recorded_at = self.today.and_time(NaiveTime::MIN).and_utc();
        let record = |(seq, draft): (u64, &Draft)| {
            let version = versions.entry(draft.agreement.clone()).or_default();
            *version += 1;
            Record { origin: self.log.origin(), seq, version: *version, command, recorded_at, draft: draft.clone() }
        };
        let records = (size + 1..).zip(&drafts).map(record).collect();
        (drafts, records)
    }
}

/// What was read, with records that do not stand in the log, or came to stand in it since.
fn with(replay: &Replay, records: &[Record]) -> Replay {
    let mut with = replay.clone();
    records.iter().for_each(|record| with.take(record.seq, &codec::encode(record)));
    with
}

fn docket(replay: Replay, rules: &InForce, day: NaiveDate) -> Docket {
    let (register, findings) = replay.finish();
    assess(&register, findings, &rules.set(), day)
}

/// What was decided, and what it was decided on.
struct Decided {
    replay: Replay,
    facts: Vec<Proposal>,
    already: usize,
    expected: Expected,
    /// The last version of each stream that was read.
    versions: BTreeMap<String, u64>,
}

/// Dockets with something that has not happened, and without it.
pub struct Imagined {
    with: Replay,
    without: Replay,
    /// By which rule set.
    pub rules: InForce,
    /// What of the log it stands on.
    pub log: Seen,
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
        let docket = |replay: &Replay| docket(replay.clone(), &self.rules, day);
        (docket(&self.without), docket(&self.with))
    }
}

impl<L: EventLog> App<L> {
    /// What would follow from proposals, by what is known at a position. Nothing is written, and they are judged as on the day of the last
    /// of them, or of the receipt that it tells of, if that is to come.
    ///
    /// # Errors
    /// Those of [`App::execute`].
    pub fn imagine(&mut self, proposals: &[Proposal], position: &Position) -> Result<Imagined, Unwritten> {
        let receipt = |event: &Event| match event {
            Event::NoticeGiven(notice) => notice.received.as_ref()?.latest(),
            _ => None,
        };
        let days = proposals.iter().filter_map(|proposal| proposal.occurred_on.as_ref()?.latest());
        let days = days.chain(proposals.iter().filter_map(|proposal| receipt(&proposal.event)));
        self.today = days.fold(position.as_of, NaiveDate::max);
        let command = self.ids.next();
        let ground = Ground::of(self.books(), position)?;
        let Decided { facts, versions, .. } = self.decided(proposals, &ground, false)?;
        let (_, records) = self.drafted(facts, versions, ground.size, command);
        let (without, left_out) = ground.read(self.books(), one_agreement(proposals).as_deref(), &mut |_| {})?;
        let with = with(&without, &records);
        let log = Seen { left_out, ..Seen::at(&self.log, ground.size)? };
        Ok(Imagined { with, without, rules: ground.rules, log, records })
    }
}

fn is_of(proposal: &Proposal, record: &Record) -> bool {
    let mut held = record.event.clone();
    let mut proposed = proposal.event.clone();
    for (held, proposed) in seal::free_texts(&mut held).into_iter().zip(seal::free_texts(&mut proposed)) {
        // What was erased since cannot be compared; the rest is.
        if seal::is_gone(held) {
            held.clone_from(proposed);
        }
    }
    let is_same = rules::decide::same_event(&held, &proposed);
    let told = (&proposal.agreement, &proposal.occurred_on, proposal.corrects);
    is_same && told == (&record.agreement, &record.occurred_on, record.corrects)
}

fn one_agreement(proposals: &[Proposal]) -> Option<String> {
    let first = proposals.first()?.agreement.clone();
    proposals.iter().all(|proposal| proposal.agreement == first).then_some(first)
}
