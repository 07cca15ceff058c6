//! What follows from a register, agreement by agreement, kept beside it so that it need not be worked out again.
//!
//! An agreement follows from its own records, the rule set, the day and the program, and from nothing else. So each is derived by itself, and after
//! an append only those are derived anew that the new records speak of. A line may say something else on each day: what is kept is of one day,
//! but for the agreements that are at rest ([`rules::rest`]). What is said of those holds from the day on which they were found so, and on a
//! further day only the others are derived.
//!
//! Nothing that is kept is trusted. The first row, the table of parts, says of which log it is, at which size and root, by which rule set and which
//! program, and of which day; and it has the digest of every other row. A row that is not there, or is not what its digest says, is as good as none: all is
//! derived anew. What stands sealed in the log stays sealed in the file; its words are put in when an answer is given.
//!
//! Not every position is kept: what was known by another day, by another rule set's choice, under a ceiling or sealed is derived as ever.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use events::log::{EventLog, Select};
use events::seal::{self, MARK};
use events::tree::{Hash, sha256};
use rules::docket::Docket;
use rules::replay::Replay;
use rules::{Register, RuleSet, assess};
use serde::{Deserialize, Serialize};
use store::{DerivedFile, DerivedRows, PrivateFile, SqliteLog};

use crate::app::{Books, Ground};
use crate::error::Error;
use crate::jobs::health;
use crate::rule_sets::{InForce, Shelf};
use crate::texts::{Behind, Texts};
use answers::{DueLines, LINES, Overview, Unread, Window};
use told::{Odd, Summary, Told};

pub mod answers;
pub mod told;

/// The shape of what is kept. Another shape is another number.
const LAYOUT: u32 = 2;

/// A register with fewer records is derived as fast as it is looked up; nothing is put beside it.
const SMALL: u64 = 2_000;

/// Into how many parts the agreements are put.
const GROUPS: usize = 128;

/// Lines of a part that is read as a whole.
const CHUNK: usize = 128;

/// A range of more days is looked at whatever window is asked for.
const LONG: i32 = 100;

/// Whether the derived file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Use {
    /// Where it saves time.
    #[default]
    Large,
    /// However small the register.
    Always,
    /// Not at all.
    Never,
}

/// Where the agreements are derived from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The log with what stands beside it.
    pub books: Books<'a>,
    /// The register's file, so that several can read it at once; `None`: one reads.
    pub path: Option<&'a Path>,
    /// The derived file.
    pub file: &'a DerivedFile,
    /// Whether that is used.
    pub used: Use,
}

/// All agreements on a day, by all that is known: as much of them as an answer takes is read or derived.
pub struct Everything<'a> {
    source: Source<'a>,
    ground: Ground,
    root: Hash,
    as_of: NaiveDate,
    /// Under what it is kept; `None`: it is not.
    base: Option<String>,
    /// What was kept at exactly this size, of this day.
    kept: Option<Kept>,
    /// What was kept at this size or a smaller one, of whatever day.
    earlier: Option<Kept>,
    summaries: Option<Vec<Summary>>,
}

/// Why not all could be derived agreement by agreement. They are then derived together, as ever.
#[derive(Debug)]
pub enum Unfit {
    /// A record stands in a stream that is not its agreement's, or words hang on what is sealed.
    Odd,
    /// The log or its texts cannot be read.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Unfit {
    fn from(error: E) -> Self {
        Unfit::Failed(error.into())
    }
}

/// The table of parts.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Table {
    base: String,
    /// The day that all but the groups at rest are of.
    day: NaiveDay,
    size: u64,
    root: String,
    parts: BTreeMap<String, Part>,
}

/// What the table says of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    /// SHA-256 of its name and its bytes.
    digest: String,
    /// If it is one of lines: what they reach.
    reach: Option<Reach>,
}

/// What the lines of a part reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reach {
    lines: usize,
    earliest: NaiveDay,
    /// The latest of all, where each has one.
    latest: Option<NaiveDay>,
    handling: Vec<String>,
}

/// A day as a number.
type NaiveDay = i32;

/// A table that was found, with its rows.
struct Kept {
    table: Table,
    rows: DerivedRows,
}

const TABLE: &str = "table";
const OVERVIEW: &str = "overview";
const OVERDUE: &str = "overdue/";
const OPEN: &str = "open/";
const DATED: &str = "dated/";
const GROUP: &str = "group/";
const AT_REST: &str = "at-rest/";

impl<'a> Everything<'a> {
    /// All agreements as they stand on a day. The ground has no record left out, and none that came later.
    pub fn at(source: Source<'a>, ground: Ground, root: Hash, as_of: NaiveDate) -> Self {
        let is_kept = match source.used {
            Use::Never => false,
            Use::Always => true,
            Use::Large => ground.size >= SMALL,
        };
        let base = program().filter(|_| is_kept).map(|program| {
            let (origin, rules) = (source.books.log.origin(), &ground.rules.held.set.digest);
            format!("layout {LAYOUT}, {program}, log {origin}, rules {rules}")
        });
        let found = base.as_ref().and_then(|base| Kept::find(source.file, base));
        let same = |kept: &Kept| {
            let table = &kept.table;
            table.day == as_of.num_days_from_ce() && table.size == ground.size && table.root == root.to_string()
        };
        let (kept, earlier) = match found {
            Some(found) if same(&found) => (Some(found), None),
            Some(found) if found.is_of(source.books.log, ground.size) => (None, Some(found)),
            _ => (None, None),
        };
        Everything { source, ground, root, as_of, base, kept, earlier, summaries: None }
    }

    /// Where all agreements stand.
    ///
    /// # Errors
    /// [`Unfit`]: they are to be derived together.
    pub fn overview(&mut self, all: bool, progress: &mut dyn FnMut(u64)) -> Result<Overview, Unfit> {
        let found = self.kept.as_ref().filter(|_| !all).and_then(|kept| kept.part(OVERVIEW));
        let mut overview = match found {
            Some(overview) => overview,
            None => Overview::of(self.summaries(progress)?, all),
        };
        let texts = self.source.books.texts();
        for told in &mut overview.urgent {
            disclose(told, &texts)?;
        }
        for row in &mut overview.agreements {
            for text in [&mut row.effect, &mut row.notice] {
                disclose_in(text, &row.id, &texts)?;
            }
        }
        Ok(overview)
    }

    /// What is due in a window.
    ///
    /// # Errors
    /// [`Unfit`]: they are to be derived together.
    pub fn due(&mut self, window: &Window, all: bool, progress: &mut dyn FnMut(u64)) -> Result<DueLines, Unfit> {
        let mut due = match self.kept.as_ref().and_then(|kept| kept.due(window, all)) {
            Some(due) => due,
            None => DueLines::of(self.summaries(progress)?.iter().flat_map(|summary| &summary.lines), window, all),
        };
        let texts = self.source.books.texts();
        for told in &mut due.lines {
            disclose(told, &texts)?;
        }
        Ok(due)
    }

    /// What is said of every agreement, in order.
    fn summaries(&mut self, progress: &mut dyn FnMut(u64)) -> Result<&[Summary], Unfit> {
        if self.summaries.is_none() {
            let log = self.source.books.log;
            let day = self.as_of.num_days_from_ce();
            let earlier = self.kept.as_ref().or(self.earlier.as_ref());
            let known = earlier.and_then(|kept| Some((&kept.table, kept.summaries()?)));
            let (known, again): (Vec<Summary>, Vec<String>) = match known {
                Some((table, known)) => {
                    let mut again: BTreeSet<String> = log.agreements(table.size)?.into_iter().collect();
                    let is_of_another_day = |one: &&Summary| table.day != day && !one.at_rest_on(day);
                    again.extend(known.iter().filter(is_of_another_day).map(|one| one.id.clone()));
                    (known.into_iter().filter(|one| !again.contains(&one.id)).collect(), again.into_iter().collect())
                }
                None => {
                    // A part that is not what it should be: nothing of it is taken, and all is kept anew.
                    self.earlier = None;
                    (Vec::new(), log.agreements(0)?)
                }
            };
            let mut summaries = derive(&self.source, &self.ground, self.as_of, &again, progress)?;
            summaries.extend(known);
            summaries.sort_by(|one, other| one.id.cmp(&other.id));
            self.kept = None;
            self.summaries = Some(summaries);
        }
        Ok(self.summaries.as_deref().unwrap_or_default())
    }

    /// The ground that it stands on.
    pub fn into_ground(self) -> Ground {
        self.ground
    }

    /// The rule set that it is derived by.
    pub fn rules(&self) -> &InForce {
        &self.ground.rules
    }

    /// Keeps what was derived, if anything was to be kept. An answer does not wait for it, and does not fail with it.
    ///
    /// # Errors
    /// The file that it could not be kept in.
    pub fn keep(self) -> Result<(), PathBuf> {
        let Everything { base: Some(base), summaries: Some(summaries), earlier, root, ground, source, as_of, .. } = self else {
            return Ok(());
        };
        let before = earlier.map(|kept| kept.table.parts).unwrap_or_default();
        let rows = rows(&summaries);
        let (day, size, root) = (as_of.num_days_from_ce(), ground.size, root.to_string());
        let mut table = Table { base, day, size, root, parts: BTreeMap::new() };
        let mut changed = Vec::new();
        for (name, reach, body) in rows {
            let part = Part { digest: digest(&name, &body), reach };
            if before.get(&name) != Some(&part) {
                changed.push((name.clone(), body));
            }
            table.parts.insert(name, part);
        }
        let body = serde_json::to_vec(&table).expect("a table has string keys and no failing values");
        let mut first = digest(TABLE, &body).into_bytes();
        first.extend(body);
        changed.push((TABLE.into(), first));
        match source.file.path() {
            Some(path) if !source.file.write(before.is_empty(), &changed) => Err(path.into()),
            _ => Ok(()),
        }
    }
}

impl Kept {
    /// The table under a base, if it is whole.
    fn find(file: &DerivedFile, base: &str) -> Option<Self> {
        let rows = file.read()?;
        let row = rows.get(TABLE)?;
        let (said, body) = row.split_at_checked(64)?;
        (digest(TABLE, body).as_bytes() == said).then_some(())?;
        let table: Table = serde_json::from_slice(body).ok()?;
        (table.base == base).then_some(Kept { table, rows })
    }

    /// Whether a log of that size goes on from where this was derived.
    fn is_of(&self, log: &dyn EventLog, size: u64) -> bool {
        self.table.size <= size && log.root_at(self.table.size).is_ok_and(|root| root.to_string() == self.table.root)
    }

    /// A row that is what the table says.
    fn body(&self, name: &str) -> Option<Vec<u8>> {
        let part = self.table.parts.get(name)?;
        self.rows.get(name).filter(|body| digest(name, body) == part.digest)
    }

    fn part<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&self.body(name)?).ok()
    }

    fn summaries(&self) -> Option<Vec<Summary>> {
        let mut all = Vec::new();
        for (name, _) in self.parts(GROUP).chain(self.parts(AT_REST)) {
            let group: Vec<Summary> = self.part(name)?;
            all.extend(group);
        }
        Some(all)
    }

    /// The parts of a sort, in order.
    fn parts(&self, sort: &'static str) -> impl DoubleEndedIterator<Item = (&String, &Part)> {
        self.table
            .parts
            .range(sort.to_string()..)
            .take_while(move |(name, _)| name.starts_with(sort))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// What is due in a window: no more parts are read than hold what is shown, or may touch the window.
    fn due(&self, window: &Window, all: bool) -> Option<DueLines> {
        let day = |day: NaiveDay| NaiveDate::from_num_days_from_ce_opt(day);
        let mut lines: Vec<Told> = Vec::new();
        let mut unread = Unread::default();
        for (name, part) in self.parts(OVERDUE).rev() {
            let reach = part.reach.as_ref()?;
            if window.overdue_too && !all && lines.len() >= 2 * LINES {
                unread.lines += reach.lines;
                unread.handling.extend(reach.handling.iter().cloned());
            } else if window.overdue_too || window.touches(day(reach.earliest)?, reach.latest.and_then(day)) {
                lines.extend(self.part::<Vec<Told>>(name)?);
            }
        }
        for (name, part) in self.parts(OPEN).chain(self.parts(DATED)) {
            let reach = part.reach.as_ref()?;
            if name.starts_with(OPEN) || window.touches(day(reach.earliest)?, reach.latest.and_then(day)) {
                lines.extend(self.part::<Vec<Told>>(name)?);
            }
        }
        Some(DueLines::with_unread(lines.iter(), &unread, window, all))
    }
}

/// The rows that are kept of these agreements, other than the table: each with its name, what its lines reach, and its bytes.
fn rows(summaries: &[Summary]) -> Vec<(String, Option<Reach>, Vec<u8>)> {
    let mut rows = vec![(OVERVIEW.to_string(), None, bytes(&Overview::of(summaries, false)))];
    // Those at rest by themselves: their rows stay as they are from day to day.
    let mut groups: BTreeMap<String, Vec<&Summary>> = BTreeMap::new();
    for summary in summaries {
        let sort = if summary.at_rest_since.is_some() { AT_REST } else { GROUP };
        let number = usize::from(sha256(summary.id.as_bytes()).0[0]) % GROUPS;
        groups.entry(format!("{sort}{number:03}")).or_default().push(summary);
    }
    rows.extend(groups.into_iter().map(|(name, group)| (name, None, bytes(&group))));
    let mut sorts: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    for told in summaries.iter().flat_map(|summary| &summary.lines).filter(|told| told.stands.dated) {
        sorts.entry(sort_of(told)).or_default().push(told);
    }
    for (sort, mut lines) in sorts {
        lines.sort_by(|one, other| one.order().cmp(&other.order()));
        let of_chunk = |(number, chunk): (usize, &[&Told])| (format!("{sort}{number:06}"), Some(Reach::of(chunk)), bytes(&chunk));
        rows.extend(lines.chunks(CHUNK).enumerate().map(of_chunk));
    }
    rows
}

/// In which list it is looked for by its date.
fn sort_of(told: &Told) -> &'static str {
    let is_long = told.range().is_none_or(|(earliest, latest)| latest - earliest > LONG);
    match () {
        () if told.stands.overdue => OVERDUE,
        () if told.stands.in_grace || is_long => OPEN,
        () => DATED,
    }
}

impl Reach {
    fn of(lines: &[&Told]) -> Self {
        let latest: Option<Vec<NaiveDay>> = lines.iter().map(|told| Some(told.range()?.1)).collect();
        Reach {
            lines: lines.len(),
            earliest: lines.iter().filter_map(|told| told.earliest()).min().unwrap_or(NaiveDay::MIN),
            latest: latest.and_then(|days| days.into_iter().max()),
            handling: answers::together(lines.iter().map(|told| told.handling.as_slice())),
        }
    }
}

/// What is kept is made of strings and numbers: it is always JSON.
fn bytes<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings and numbers are JSON")
}

fn digest(name: &str, body: &[u8]) -> String {
    let mut bytes = name.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend(body);
    sha256(&bytes).to_string()
}

/// Which program this is, to the build: another may derive otherwise, though it has the same version.
fn program() -> Option<String> {
    let file = std::env::current_exe().ok()?;
    let there = std::fs::metadata(&file).ok()?;
    let made = there.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    Some(format!("{} {} {} {made}", env!("CARGO_PKG_VERSION"), file.display(), there.len()))
}

/// These agreements, derived from their records, by as many threads as there are processors. `progress` is told how many records were read.
fn derive(
    source: &Source,
    ground: &Ground,
    as_of: NaiveDate,
    ids: &[String],
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Summary>, Unfit> {
    let set = ground.rules.set();
    let task = Task { size: ground.size, rules: &set, as_of };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8).min(ids.len() / 32);
    let together = source.path.filter(|_| workers > 1).and_then(|path| derive_together(path, workers, &task, ids, progress));
    if let Some(summaries) = together {
        return Ok(summaries);
    }
    // One alone; and whatever the others could not do is done again here, so that it is said why.
    let mut read = 0;
    let one = |id: &String| {
        let summary = task.summary(source.books, id, &mut read);
        progress(read);
        summary
    };
    ids.iter().map(one).filter_map(Result::transpose).collect()
}

/// The same by several, each with the register open for itself; `None` where one of them could not.
fn derive_together(
    path: &Path,
    workers: usize,
    task: &Task,
    ids: &[String],
    progress: &mut dyn FnMut(u64),
) -> Option<Vec<Summary>> {
    let (next, read, failed) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let work = || -> Option<Vec<Summary>> {
        let log = SqliteLog::open_read_only(path).ok()?;
        let private = PrivateFile::beside(path);
        let shelf = Shelf::default();
        let books = Books { log: &log, shelf: &shelf, private: &private };
        let mut summaries = Vec::new();
        while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !failed.load(Ordering::Relaxed)) {
            let mut of_it = 0;
            summaries.extend(task.summary(books, id, &mut of_it).ok()?);
            read.fetch_add(of_it, Ordering::Relaxed);
        }
        Some(summaries)
    };
    let work = || {
        let done = work();
        failed.fetch_or(done.is_none(), Ordering::Relaxed);
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        while !threads.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            std::thread::sleep(Duration::from_millis(5));
            progress(read.load(Ordering::Relaxed));
        }
        let all: Option<Vec<Vec<Summary>>> = threads.into_iter().map(|thread| thread.join().ok().flatten()).collect();
        all.map(|all| all.into_iter().flatten().collect())
    })
}

/// What agreements are derived by.
struct Task<'a> {
    size: u64,
    rules: &'a RuleSet,
    as_of: NaiveDate,
}

impl Task<'_> {
    /// One agreement; `None` where there is nothing of it at that size.
    fn summary(&self, books: Books, id: &str, read: &mut u64) -> Result<Option<Summary>, Unfit> {
        let select = Select { agreement: Some(id.into()), upto: Some(self.size) };
        let mut replay = Replay::default();
        let mut has_seals = false;
        books.log.scan(&select, &mut |seq, entry| {
            *read += 1;
            has_seals |= has_sealed_fact(entry);
            replay.take(seq, entry);
            true
        })?;
        if replay.is_empty() {
            return Ok(None);
        }
        if replay.agreements().any(|other| other != id) {
            return Err(Unfit::Odd);
        }
        let mut summary = self.summarised(id, replay);
        has_seals |= summary.texts().any(|text| text.contains(MARK));
        if summary.odd.iter().flatten().any(|odd| odd.text.contains(MARK)) {
            return Err(Unfit::Odd);
        }
        if has_seals {
            // What is kept has the seals, and what is shown the words: it must be the same whichever of them the rules are handed.
            let texts = books.texts().of(id);
            let mut replay = Replay::default();
            texts.scan(&select, &mut |seq, entry| replay.take(seq, entry))?;
            let mut told = summary.clone();
            for text in told.texts() {
                *text = disclosed(text, &texts)?.into_owned();
            }
            if told != self.summarised(id, replay) {
                return Err(Unfit::Odd);
            }
        }
        Ok(Some(summary))
    }

    fn summarised(&self, id: &str, replay: Replay) -> Summary {
        let in_entries = replay.findings().len();
        let (register, findings) = replay.finish();
        let in_replay = findings.len();
        let docket = assess(&register, findings, self.rules, self.as_of);
        let mut odd: Vec<Odd> = docket.findings.iter().map(Odd::from).collect();
        let assessed = odd.split_off(in_replay);
        let replayed = odd.split_off(in_entries);
        let none = || Summary { id: id.into(), ..Summary::default() };
        let summary = docket.agreements.first().map_or_else(none, |line| Summary::of(line, &docket.entries));
        let undelivered = health::undelivered(&register.ledger, self.as_of);
        let is_at_rest = docket.agreements.first().is_some_and(|line| line.at_rest);
        let at_rest_since = is_at_rest.then(|| self.as_of.num_days_from_ce());
        Summary { odd: [odd, replayed, assessed], undelivered, at_rest_since, ..summary }
    }
}

/// What a docket of all agreements says of each. What is odd in it stands with the last, in the order in which it is told.
pub fn of_view(docket: &Docket, register: &Register) -> Vec<Summary> {
    let mut lines = docket.entries.as_slice();
    let mut summaries: Vec<Summary> = Vec::new();
    for agreement in &docket.agreements {
        let (of_it, rest) = lines.split_at(lines.iter().take_while(|line| line.agreement == agreement.id).count());
        summaries.push(Summary::of(agreement, of_it));
        lines = rest;
    }
    let odd = [Vec::new(), Vec::new(), docket.findings.iter().map(Odd::from).collect()];
    let undelivered = health::undelivered(&register.ledger, docket.as_of);
    summaries.push(Summary { odd, undelivered, ..Summary::default() });
    summaries
}

/// Whether an entry has something sealed other than its reason, which no rule is handed.
fn has_sealed_fact(entry: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(entry) else { return false };
    seal::commitments(text).any(|(place, _)| !text[..place.start].ends_with(r#""reason":"#))
}

fn disclose(told: &mut Told, texts: &Texts) -> Result<(), Error> {
    let agreement = told.id.split_once('/').map_or("", |(agreement, _)| agreement).to_string();
    disclose_in(&mut told.label, &agreement, texts)?;
    disclose_in(&mut told.what, &agreement, texts)
}

fn disclose_in(text: &mut String, agreement: &str, texts: &Texts) -> Result<(), Error> {
    if text.contains(MARK) {
        *text = disclosed(text, &texts.of(agreement))?.into_owned();
    }
    Ok(())
}

/// A text with words in the place of each seal within it.
fn disclosed<'t>(text: &'t str, texts: &Texts) -> Result<Cow<'t, str>, Error> {
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        said.push_str(before);
        let sealed =
            after.get(..64).and_then(|digits| seal::commitment_in(&rest[before.len()..before.len() + MARK.len() + digits.len()]));
        match sealed {
            Some(commitment) => {
                said.push_str(&texts.behind(commitment).map(Behind::words)?);
                rest = &after[64..];
            }
            None => {
                said.push_str(MARK);
                rest = after;
            }
        }
    }
    if said.is_empty() && rest.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    said.push_str(rest);
    Ok(Cow::Owned(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Tone;
    use told::Stands;

    fn told(number: u64, mut bits: u64) -> Told {
        let mut take = |count: u64| {
            let value = bits % count;
            bits /= count;
            value
        };
        let stands =
            Stands { pending: true, overdue: take(3) == 0, in_grace: take(9) == 0, urgent: take(2) == 0, dated: take(20) > 0 };
        let earliest = 730_000 + take(2_000) as i32;
        let latest = (take(8) > 0).then(|| earliest + if take(4) == 0 { take(300) as i32 } else { take(20) as i32 });
        let handling = if take(50) == 0 { vec![format!("mark-{}", take(5))] } else { Vec::new() };
        Told {
            id: format!("a/{number}"),
            provision: None,
            label: "·".into(),
            tone: Tone::Plain,
            by: String::new(),
            what: "something".into(),
            handling,
            stands,
            days: (stands.dated.then_some(earliest), latest),
        }
    }

    #[test]
    fn what_is_due_is_the_same_from_the_parts_and_from_all_lines() {
        let folder = tempfile::tempdir().unwrap();
        let file = DerivedFile::beside(&folder.path().join("a.db"));
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 31
        };
        for count in [0, 90, 260, 3_000] {
            let lines: Vec<Told> = (0..count).map(|number| told(number, random())).collect();
            let summaries = [Summary { id: "a".into(), lines, ..Summary::default() }];
            let mut table = Table { base: "base".into(), ..Table::default() };
            let mut kept = Vec::new();
            for (name, reach, body) in rows(&summaries) {
                table.parts.insert(name.clone(), Part { digest: digest(&name, &body), reach });
                kept.push((name, body));
            }
            let body = bytes(&table);
            kept.push((TABLE.into(), [digest(TABLE, &body).as_bytes(), &body].concat()));
            assert!(file.write(true, &kept));
            let found = Kept::find(&file, "base").unwrap();
            assert!(Kept::find(&file, "other").is_none());
            assert_eq!(found.summaries().unwrap(), summaries);
            for _ in 0..200 {
                let from = NaiveDate::from_num_days_from_ce_opt(730_000 + (random() % 2_200) as i32).unwrap();
                let to = from + chrono::Days::new(random() % 500);
                let window = Window { from, to, overdue_too: random() % 2 == 0 };
                for all in [false, true] {
                    let wanted = DueLines::of(summaries[0].lines.iter(), &window, all);
                    assert_eq!(found.due(&window, all).unwrap(), wanted, "{count} lines, {window:?}, {all}");
                }
            }
        }
    }
}
