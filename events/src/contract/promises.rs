//! The promises of [`EventLog`], a function each. A function takes a fresh log, uses it, and says what it found amiss.

use std::fmt::Debug;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

use super::{HandClock, Make, Outcome, Promise, history, samples};
use crate::codec;
use crate::log::{EventLog, Expected, LogError, Receipt, Select};
use crate::record::{Draft, Record};
use crate::tree::{self, Hash};

/// Every promise, in the order in which a reader of [`EventLog`] meets them.
pub const ALL: &[Promise] = &[
    Promise { name: "an empty log is empty", check: empty_log_is_empty },
    Promise { name: "seq and version have no gap", check: positions_have_no_gap },
    Promise { name: "all drafts are appended or none", check: all_or_none },
    Promise { name: "the bytes are the codec's, to the letter", check: bytes_are_the_codecs },
    Promise { name: "a stale writer is refused and told what was found", check: stale_writer_is_refused },
    Promise { name: "a writer that looks at one agreement is not disturbed by others", check: other_streams_do_not_disturb },
    Promise { name: "a repeated command gets its first receipt and writes nothing", check: repeated_command_writes_nothing },
    Promise { name: "a taken id is refused", check: taken_id_is_refused },
    Promise { name: "an append without drafts is refused", check: nothing_is_refused },
    Promise { name: "recorded_at never goes back and is in whole microseconds", check: time_never_goes_back },
    Promise { name: "recorded_at is that of the entry", check: recorded_at_is_the_entrys },
    Promise { name: "size_at counts up to the instant, inclusive", check: size_at_is_inclusive },
    Promise { name: "a scan hands over what was selected, in order", check: scan_selects_in_order },
    Promise { name: "a scan stops when it is told to", check: scan_stops },
    Promise { name: "agreements are told apart to the letter", check: agreements_are_told_apart },
    Promise { name: "the agreements of later records are named", check: agreements_are_named },
    Promise { name: "the root is RFC 6962's at every size", check: root_is_by_definition },
    Promise { name: "an entry never changes", check: entries_never_change },
    Promise { name: "random histories go as in the memory log", check: histories_agree },
];

/// The origin that the promises' logs are made with.
const ORIGIN: Uuid = Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_0001);

/// The log says its origin; it has no records, no receipts, and the root of nothing.
pub fn empty_log_is_empty(make: Make<'_>) -> Outcome {
    let (log, _) = fresh(make);
    same("origin", log.origin(), ORIGIN)?;
    same("size", size(&*log)?, 0)?;
    same("root", log.head().map_err(said)?.root, tree::sha256(b""))?;
    same("root at 0", log.root_at(0).map_err(said)?, tree::sha256(b""))?;
    same("size at the end of time", log.size_at(DateTime::<Utc>::MAX_UTC).map_err(said)?, 0)?;
    same("receipt", log.receipt(Uuid::from_u128(1)).map_err(said)?, None)?;
    same("entries", entries(&*log, &Select::default())?, vec![])
}

/// `seq` counts the log, `version` each agreement, both from 1, in receipts, scans and entries alike.
pub fn positions_have_no_gap(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    let first = put(&mut *log, 1, &[draft(1, "a"), draft(2, "b"), draft(3, "a")])?;
    let second = put(&mut *log, 2, &[draft(4, "b")])?;
    let third = put(&mut *log, 3, &[draft(5, "c"), draft(6, "a")])?;
    let ends = [first, second, third].map(|receipt| (receipt.first, receipt.last, receipt.repeated));
    same("receipts", ends, [(1, 3, false), (4, 4, false), (5, 6, false)])?;
    let mut positions = Vec::new();
    for (seq, bytes) in entries(&*log, &Select::default())? {
        let columns = codec::columns(&bytes).map_err(said)?;
        same("seq of the entry", columns.seq, seq)?;
        positions.push((seq, columns.agreement, columns.version));
    }
    let wanted = [(1, "a", 1), (2, "b", 1), (3, "a", 2), (4, "b", 2), (5, "c", 1), (6, "a", 3)];
    same("positions", positions, wanted.map(|(seq, agreement, version)| (seq, agreement.to_owned(), version)).to_vec())?;
    same("size", size(&*log)?, 6)
}

/// A call of which one draft is refused leaves nothing behind, and its command may be tried again.
pub fn all_or_none(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a")])?;
    let before = state(&*log)?;
    let refused = put(&mut *log, 2, &[draft(2, "a"), draft(3, "a"), draft(1, "a")]);
    same("an append with a taken id at its end is refused", refused.is_err(), true)?;
    same("the log after a refused append", state(&*log)?, before)?;
    same("receipt of the refused command", log.receipt(Uuid::from_u128(2)).map_err(said)?, None)?;
    let again = put(&mut *log, 2, &[draft(2, "a"), draft(3, "a")])?;
    same("the command tried again", again, Receipt { first: 2, last: 3, repeated: false })
}

/// Every kind of fact, and words of every script, come back as the codec wrote them.
pub fn bytes_are_the_codecs(make: Make<'_>) -> Outcome {
    let (mut log, clock) = fresh(make);
    let mut wanted = Vec::new();
    for (seq, event) in (1..).zip(samples::events()) {
        let draft = samples::draft(Uuid::from_u128(seq.into()), "eu-kr-dp", event);
        let command = Uuid::from_u128(1000 + u128::from(seq));
        let recorded_at = start() + TimeDelta::seconds(seq as i64);
        clock.set(recorded_at);
        log.append(command, &Expected::Size(seq - 1), std::slice::from_ref(&draft)).map_err(said)?;
        wanted.push((seq, codec::encode(&Record { origin: ORIGIN, seq, version: seq, command, recorded_at, draft })));
    }
    let found = entries(&*log, &Select::default())?;
    let shown = |entries: &[(u64, Vec<u8>)]| -> Vec<String> {
        entries.iter().map(|(seq, bytes)| format!("{seq}: {}", String::from_utf8_lossy(bytes))).collect()
    };
    same("entries", shown(&found), shown(&wanted))?;
    same("bytes of the entries", found == wanted, true)
}

/// An expected size or version that does not hold is a conflict that names what was expected and what was found.
pub fn stale_writer_is_refused(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a"), draft(2, "a"), draft(3, "b")])?;
    let before = state(&*log)?;
    let cases = [
        (Expected::Size(2), 2, 3),
        (Expected::Size(0), 0, 3),
        (Expected::Size(4), 4, 3),
        (version("a", 1), 1, 2),
        (version("a", 3), 3, 2),
        (version("b", 0), 0, 1),
        (version("new", 1), 1, 0),
    ];
    for (number, (expects, expected, found)) in (10..).zip(cases) {
        match log.append(Uuid::from_u128(number), &expects, &[draft(number, "a")]) {
            Err(LogError::Conflict { expected: said, found: saw }) => same("conflict", (said, saw), (expected, found))?,
            other => return Err(format!("{expects:?} against {found} gave {other:?}")),
        }
    }
    same("the log after conflicts", state(&*log)?, before)
}

/// A version expected of one agreement holds however much was written to others.
pub fn other_streams_do_not_disturb(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a")])?;
    put(&mut *log, 2, &[draft(2, "b"), draft(3, "b")])?;
    let next = log.append(Uuid::from_u128(3), &version("a", 1), &[draft(4, "a")]).map_err(said)?;
    same("receipt", next, Receipt { first: 4, last: 4, repeated: false })?;
    let new = log.append(Uuid::from_u128(4), &version("c", 0), &[draft(5, "c")]).map_err(said)?;
    same("receipt in a new stream", new, Receipt { first: 5, last: 5, repeated: false })
}

/// Whatever is expected or drafted the second time.
pub fn repeated_command_writes_nothing(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    let command = Uuid::from_u128(7);
    put(&mut *log, 1, &[draft(1, "a")])?;
    put(&mut *log, 7, &[draft(2, "a"), draft(3, "b"), draft(4, "a")])?;
    put(&mut *log, 2, &[draft(5, "b")])?;
    let before = state(&*log)?;
    let first = Receipt { first: 2, last: 4, repeated: true };
    let tries: [(Expected, Vec<Draft>); 5] = [
        (Expected::Size(1), vec![draft(2, "a"), draft(3, "b"), draft(4, "a")]),
        (Expected::Size(5), vec![draft(6, "a")]),
        (Expected::Size(99), vec![draft(7, "z")]),
        (version("a", 0), vec![draft(1, "a")]),
        (Expected::Size(5), vec![]),
    ];
    for (expects, drafts) in tries {
        same("answer to the repeated command", log.append(command, &expects, &drafts).map_err(said)?, first)?;
    }
    same("receipt", log.receipt(command).map_err(said)?, Some(first))?;
    same("the log after repeated commands", state(&*log)?, before)
}

/// Taken by an earlier record, or twice in one call; the error names the id.
pub fn taken_id_is_refused(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a")])?;
    let before = state(&*log)?;
    let cases = [(vec![draft(1, "b")], 1), (vec![draft(2, "a"), draft(3, "a"), draft(2, "b")], 2)];
    for (drafts, taken) in cases {
        match log.append(Uuid::from_u128(2), &Expected::Size(1), &drafts) {
            Err(LogError::DuplicateId(id)) => same("taken id", id, Uuid::from_u128(taken))?,
            other => return Err(format!("a taken id gave {other:?}")),
        }
    }
    same("the log after taken ids", state(&*log)?, before)
}

/// And leaves no trace of its command.
pub fn nothing_is_refused(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    match log.append(Uuid::from_u128(1), &Expected::Size(0), &[]) {
        Err(LogError::Empty) => {}
        other => return Err(format!("an append without drafts gave {other:?}")),
    }
    same("receipt of the empty command", log.receipt(Uuid::from_u128(1)).map_err(said)?, None)?;
    same("size", size(&*log)?, 0)
}

/// The log's clock is cut to microseconds; when it goes back, the predecessor's time is written again.
pub fn time_never_goes_back(make: Make<'_>) -> Outcome {
    let (mut log, clock) = fresh(make);
    let nanos = start().trunc_subsecs(6) + TimeDelta::nanoseconds(999);
    let times = [nanos, start() - TimeDelta::days(400), start() + TimeDelta::microseconds(1), start()];
    let wanted = [start(), start(), start() + TimeDelta::microseconds(1), start() + TimeDelta::microseconds(1)];
    for (number, time) in (1..).zip(times) {
        clock.set(time);
        put(&mut *log, number, &[draft(number * 10, "a"), draft(number * 10 + 1, "b")])?;
    }
    let mut found = Vec::new();
    for (_, bytes) in entries(&*log, &Select::default())? {
        found.push(codec::columns(&bytes).map_err(said)?.recorded_at);
    }
    same("recorded_at", found, wanted.iter().flat_map(|at| [codec::instant(*at), codec::instant(*at)]).collect())
}

/// For every record, and none for a `seq` that there is not.
pub fn recorded_at_is_the_entrys(make: Make<'_>) -> Outcome {
    let (mut log, clock) = fresh(make);
    same("recorded_at in an empty log", log.recorded_at(1).map_err(said)?, None)?;
    for number in 1..=4 {
        clock.set(start() + TimeDelta::nanoseconds(number as i64 * 1500));
        put(&mut *log, number, &[draft(number, "a")])?;
    }
    for (seq, bytes) in entries(&*log, &Select::default())? {
        let written = codec::columns(&bytes).map_err(said)?.recorded_at;
        let found = log.recorded_at(seq).map_err(said)?;
        same(&format!("recorded_at of record {seq}"), found.map(codec::instant), Some(written))?;
    }
    for seq in [0, 5, u64::MAX] {
        same(&format!("recorded_at of record {seq}"), log.recorded_at(seq).map_err(said)?, None)?;
    }
    Ok(())
}

/// From before the first record to after the last, on the instant and a step to either side of it.
pub fn size_at_is_inclusive(make: Make<'_>) -> Outcome {
    let (mut log, clock) = fresh(make);
    for number in 1..=5 {
        clock.set(start() + TimeDelta::seconds(number as i64 * 10));
        put(&mut *log, number, &[draft(number * 10, "a"), draft(number * 10 + 1, "b")])?;
    }
    let third = start() + TimeDelta::seconds(30);
    let cases = [
        (DateTime::<Utc>::MIN_UTC, 0),
        (start(), 0),
        (third - TimeDelta::microseconds(1), 4),
        (third - TimeDelta::nanoseconds(1), 4),
        (third, 6),
        (third + TimeDelta::nanoseconds(1), 6),
        (start() + TimeDelta::seconds(50), 10),
        (start() + TimeDelta::days(1), 10),
        (DateTime::<Utc>::MAX_UTC, 10),
    ];
    for (instant, wanted) in cases {
        same(&format!("size at {instant}"), log.size_at(instant).map_err(said)?, wanted)?;
    }
    Ok(())
}

/// All of it, one agreement, up to a `seq`, both, and nothing; and one entry alone.
pub fn scan_selects_in_order(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a"), draft(2, "b"), draft(3, "a")])?;
    put(&mut *log, 2, &[draft(4, "b"), draft(5, "a"), draft(6, "a")])?;
    let cases: [(Option<&str>, Option<u64>, &[u64]); 9] = [
        (None, None, &[1, 2, 3, 4, 5, 6]),
        (Some("a"), None, &[1, 3, 5, 6]),
        (Some("b"), None, &[2, 4]),
        (None, Some(4), &[1, 2, 3, 4]),
        (Some("a"), Some(5), &[1, 3, 5]),
        (Some("a"), Some(4), &[1, 3]),
        (Some("c"), None, &[]),
        (None, Some(0), &[]),
        (None, Some(u64::MAX), &[1, 2, 3, 4, 5, 6]),
    ];
    let whole = entries(&*log, &Select::default())?;
    for (agreement, upto, wanted) in cases {
        let select = Select { agreement: agreement.map(str::to_owned), upto };
        let found = entries(&*log, &select)?;
        let seqs: Vec<u64> = found.iter().map(|(seq, _)| *seq).collect();
        same(&format!("{select:?}"), seqs, wanted.to_vec())?;
        same("entries are the same whatever is selected", found.iter().all(|entry| whole.contains(entry)), true)?;
    }
    for seq in [0, 1, 4, 6, 7, u64::MAX] {
        let wanted = whole.iter().find(|(at, _)| *at == seq).map(|(_, entry)| entry.clone());
        same(&format!("entry {seq}"), log.entry(seq).map_err(said)?, wanted)?;
    }
    Ok(())
}

/// `visit` is not called again after it answered no.
pub fn scan_stops(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    put(&mut *log, 1, &[draft(1, "a"), draft(2, "b"), draft(3, "a"), draft(4, "a")])?;
    for agreement in [None, Some("a".to_owned())] {
        let mut seen = Vec::new();
        let select = Select { agreement, upto: None };
        log.scan(&select, &mut |seq, _| {
            seen.push(seq);
            seen.len() < 2
        })
        .map_err(said)?;
        same(&format!("how many of {select:?} were visited"), seen.len(), 2)?;
    }
    Ok(())
}

/// Case, spaces, composed letters, quotes, wildcards: a different name is a different agreement.
pub fn agreements_are_told_apart(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    let names = ["a", "A", "a ", " a", "é", "e\u{301}", "a'; --", "%", "_", "", "1", "01", "1.0", "null"];
    for (number, name) in (1..).zip(names) {
        let expected = version(name, 0);
        log.append(Uuid::from_u128(number), &expected, &[draft(number, name)]).map_err(|error| format!("`{name}`: {error}"))?;
    }
    for (seq, name) in (1..).zip(names) {
        let found = entries(&*log, &Select { agreement: Some(name.into()), upto: None })?;
        same(&format!("records of `{name}`"), found.iter().map(|(seq, _)| *seq).collect(), vec![seq])?;
    }
    Ok(())
}

/// Of all records and of the later ones, each once, in the order of bytes.
pub fn agreements_are_named(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    let named = |log: &dyn EventLog, after| log.agreements(after).map_err(said);
    same("agreements of an empty log", named(&*log, 0)?, vec![])?;
    put(&mut *log, 1, &[draft(1, "b"), draft(2, "é"), draft(3, "")])?;
    put(&mut *log, 2, &[draft(4, "b"), draft(5, "B"), draft(6, "a b")])?;
    let cases: [(u64, &[&str]); 6] = [
        (0, &["", "B", "a b", "b", "é"]),
        (2, &["", "B", "a b", "b"]),
        (3, &["B", "a b", "b"]),
        (5, &["a b"]),
        (6, &[]),
        (u64::MAX, &[]),
    ];
    for (after, wanted) in cases {
        same(&format!("agreements after {after}"), named(&*log, after)?, wanted.iter().map(ToString::to_string).collect())?;
    }
    Ok(())
}

/// Computed here from the entries by the definition, roots and nodes; old roots stay, and what never was is an error.
pub fn root_is_by_definition(make: Make<'_>) -> Outcome {
    let (mut log, _) = fresh(make);
    let mut next = 1;
    for number in 1..=9u128 {
        let drafts: Vec<Draft> = (0..number % 4 + 1).map(|more| draft(next + more, "a")).collect();
        next += drafts.len() as u128;
        put(&mut *log, number, &drafts)?;
        let head = log.head().map_err(said)?;
        same("root now", Ok(head.root), log.root_at(head.size).map_err(said))?;
    }
    let leaves: Vec<Hash> = entries(&*log, &Select::default())?.iter().map(|(_, bytes)| tree::leaf(bytes)).collect();
    for size in 0..=leaves.len() {
        same(&format!("root at {size}"), log.root_at(size as u64).map_err(said)?, by_definition(&leaves[..size]))?;
    }
    for size in [leaves.len() as u64 + 1, u64::MAX / 2 + 1, u64::MAX] {
        same(&format!("root at {size} is refused"), matches!(log.root_at(size), Err(LogError::World(..))), true)?;
    }
    for level in 0..6 {
        for index in 0..=leaves.len() >> level {
            let (start, what) = (index << level, format!("node ({level}, {index})"));
            match leaves.get(start..start + (1 << level)) {
                Some(under) => same(&what, log.node(level, index as u64).map_err(said)?, by_definition(under))?,
                None => same(&what, matches!(log.node(level, index as u64), Err(LogError::World(..))), true)?,
            }
        }
    }
    Ok(())
}

/// What was read once is read again to the letter, whatever was appended, refused or corrected since.
pub fn entries_never_change(make: Make<'_>) -> Outcome {
    let (mut log, clock) = fresh(make);
    let mut known = Entries::new();
    for number in 1..=8 {
        clock.set(start() + TimeDelta::seconds(60 - number as i64));
        let correction = Draft { corrects: Some(1), ..draft(number, if number % 2 == 0 { "a" } else { "b" }) };
        put(&mut *log, number, &[correction])?;
        let refused = log.append(Uuid::from_u128(100 + number), &Expected::Size(0), &[draft(200 + number, "a")]);
        same("a stale append is refused", refused.is_err(), true)?;
        let now = entries(&*log, &Select::default())?;
        same("earlier entries are as they were", now.starts_with(&known), true)?;
        same("there is one entry more", now.len(), known.len() + 1)?;
        known = now;
    }
    Ok(())
}

/// See [`history::agrees_with_memory`].
pub fn histories_agree(make: Make<'_>) -> Outcome {
    (1..=4).try_for_each(|seed| history::agrees_with_memory(make, seed, 60))
}

/// The root as RFC 6962, 2.1, writes it: split at the largest power of two smaller than the size.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => tree::sha256(b""),
        [only] => *only,
        _ => {
            let half = leaves.len().next_power_of_two() / 2;
            tree::node(by_definition(&leaves[..half]), by_definition(&leaves[half..]))
        }
    }
}

/// The instant that the clock of a fresh log shows.
fn start() -> DateTime<Utc> {
    "2026-11-22T09:30:00.123456Z".parse().expect("an instant")
}

fn fresh(make: Make<'_>) -> (Box<dyn EventLog>, HandClock) {
    let clock = HandClock::at(start());
    (make(ORIGIN, clock.clone()), clock)
}

fn draft(id: u128, agreement: &str) -> Draft {
    let mut events = samples::events();
    let event = events.swap_remove((id % events.len() as u128) as usize);
    samples::draft(Uuid::from_u128(id), agreement, event)
}

fn version(agreement: &str, version: u64) -> Expected {
    Expected::Version { agreement: agreement.into(), version }
}

/// Appends at the head.
fn put(log: &mut dyn EventLog, command: u128, drafts: &[Draft]) -> Result<Receipt, String> {
    let size = size(log)?;
    log.append(Uuid::from_u128(command), &Expected::Size(size), drafts).map_err(said)
}

fn size(log: &dyn EventLog) -> Result<u64, String> {
    Ok(log.head().map_err(said)?.size)
}

/// Each entry, `seq` and bytes.
type Entries = Vec<(u64, Vec<u8>)>;

fn entries(log: &dyn EventLog, select: &Select) -> Result<Entries, String> {
    let mut entries = Vec::new();
    log.scan(select, &mut |seq, bytes| {
        entries.push((seq, bytes.to_vec()));
        true
    })
    .map_err(said)?;
    Ok(entries)
}

/// Everything that a refused append must leave as it was.
fn state(log: &dyn EventLog) -> Result<(u64, Hash, Entries), String> {
    let head = log.head().map_err(said)?;
    Ok((head.size, head.root, entries(log, &Select::default())?))
}

fn same<T: PartialEq + Debug>(what: &str, found: T, wanted: T) -> Outcome {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, where {wanted:?} was promised")) }
}

fn said(error: impl std::fmt::Display) -> String {
    format!("it failed: {error}")
}
