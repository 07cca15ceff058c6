//! The reasons of a line name the records that it rests on: all of them, and none that does not count.
//!
//! What was agreed always stands: the terms, and how the agreement began (signature, launch). Beside that there are only acts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use events::Event;
use rules::docket::{Docket, Existence, Line, Reason};
use rules::register::Act;
use rules::{Register, assess};

use crate::forms;
use crate::history::{History, histories, log, rule_set};
use crate::time::days;
use crate::{Verdict, holds, is_broken, that};

/// Records, by `seq`.
type Records = BTreeSet<u64>;

/// One agreement on one day, of which acts can be struck.
struct Subject {
    register: Register,
    as_of: NaiveDate,
    /// How it began.
    beginning: Records,
    /// Everything that happened since.
    acts: Records,
    /// What stands while only some acts do.
    seen: RefCell<BTreeMap<Records, Docket>>,
}

impl Subject {
    fn new(history: &History, as_of: NaiveDate) -> Self {
        let log = log(&[("x-y", history)], &[]);
        let mut beginning: Records = log.acts.keys().copied().collect();
        let acts =
            beginning.split_off(&beginning.iter().nth(forms::agreed(history.form).beginning.len()).map_or(u64::MAX, |seq| *seq));
        Subject { register: log.register(), as_of, beginning, acts, seen: RefCell::default() }
    }

    fn all(&self) -> impl Iterator<Item = &Act> {
        self.register.agreements.values().flat_map(|agreement| &agreement.acts)
    }

    /// The docket, were these the only acts.
    fn docket(&self, kept: &Records) -> Docket {
        let mut register = self.register.clone();
        for agreement in register.agreements.values_mut() {
            agreement.acts.retain(|act| self.beginning.contains(&act.seq) || kept.contains(&act.seq));
        }
        assess(&register, Vec::new(), &rule_set(), self.as_of)
    }

    /// What a line would say, were these the only acts. What something set off on a day known by the month alone is numbered while there
    /// are several of them, and has the plain id when it stands alone.
    fn told(&self, id: &str, kept: &Records) -> Option<String> {
        let mut seen = self.seen.borrow_mut();
        let docket = seen.entry(kept.clone()).or_insert_with(|| self.docket(kept));
        let plain = id.rsplit_once('-').map_or("", |(plain, _)| plain);
        docket.line(id).or_else(|| docket.line(plain)).map(told)
    }

    /// The acts that some reasons cite.
    fn cited<'a>(&self, because: impl IntoIterator<Item = &'a Reason>) -> Records {
        because.into_iter().flat_map(|reason| &reason.records).filter(|seq| self.acts.contains(seq)).copied().collect()
    }

    /// What became of the notices that something was set off by. Whether a duty is there hangs on the notice alone; but where the notice
    /// stands, what became of it decides about the agreement, of which the duty says nothing while nothing came of the notice.
    fn with_their_fate(&self, because: &[Reason], kept: &mut Records) {
        let triggers = self.cited(because.iter().filter(|reason| reason.rule == "commitment.trigger"));
        let given: Vec<&str> = self.all().filter(|act| triggers.contains(&act.seq)).filter_map(|act| given(&act.event)).collect();
        let powers: Vec<&str> =
            self.all().filter(|act| triggers.contains(&act.seq)).filter_map(|act| power(&act.event)).collect();
        let became = |event: &Event| match event {
            // It exercises no power any more.
            Event::ProvisionRepealed(repealed) => powers.contains(&repealed.provision.as_str()),
            event => speaks_of(event).is_some_and(|of| given.contains(&of)),
        };
        kept.extend(self.all().filter(|act| became(&act.event)).map(|act| act.seq));
    }
}

/// What a line says, apart from why.
fn told(line: &Line) -> String {
    let (by, to) = (line.by.join(", "), line.to.join(", "));
    format!("{}: {} by {by} to {to} ({:?}, {:?})", line.what, line.label, line.due, line.axes)
}

fn given(event: &Event) -> Option<&str> {
    match event {
        Event::NoticeGiven(given) => Some(&given.notice),
        _ => None,
    }
}

fn power(event: &Event) -> Option<&str> {
    match event {
        Event::NoticeGiven(given) => Some(&given.power),
        _ => None,
    }
}

/// The notice of which an act says what became of it.
fn speaks_of(event: &Event) -> Option<&str> {
    match event {
        Event::NoticeGiven(given) => given.in_place_of.as_deref(),
        Event::NoticeReceived(received) => Some(&received.notice),
        Event::NoticeRetracted(retracted) => Some(&retracted.notice),
        Event::NoticeExtended(extended) => Some(&extended.notice),
        Event::NoticeFoundDefective(found) => Some(&found.notice),
        Event::EffectStated(stated) => Some(&stated.of),
        Event::NoticeDispatched(step)
        | Event::NoticeDeposited(step)
        | Event::NoticeRegistered(step)
        | Event::NoticeSuspended(step)
        | Event::NoticeResumed(step)
        | Event::NoticeContested(step)
        | Event::NoticeUpheld(step)
        | Event::NoticeCured(step) => Some(&step.notice),
        _ => None,
    }
}

/// Every line of a docket, each with the reasons that it is said to have.
fn each_line(
    history: &History,
    as_of: NaiveDate,
    said: impl Fn(&Subject, &Line) -> Vec<Reason>,
    law: impl Fn(&Subject, &Line, &[Reason]) -> Verdict,
) -> Verdict {
    let subject = Subject::new(history, as_of);
    let docket = subject.docket(&subject.acts);
    docket.entries.iter().try_for_each(|line| law(&subject, line, &said(&subject, line)))
}

fn as_it_says(_: &Subject, line: &Line) -> Vec<Reason> {
    line.because.clone()
}

/// Complete: with what was agreed and the acts that it cites alone, the line says the same.
fn complete(subject: &Subject, line: &Line, because: &[Reason]) -> Verdict {
    let mut kept = subject.cited(because);
    subject.with_their_fate(because, &mut kept);
    let alone = subject.told(&line.id, &kept);
    that(alone.as_ref() == Some(&told(line)), || {
        let alone = alone.unwrap_or_else(|| "is not there".into());
        format!("{}\n  {}\nwith what it cites alone\n  {alone}\n  {because:?}", line.id, told(line))
    })
}

#[test]
fn a_line_cites_all_that_it_rests_on() {
    holds(256, (histories(), days()), |(history, as_of)| each_line(&history, as_of, as_it_says, complete));
}

#[test]
fn a_citation_left_out_is_seen() {
    is_broken((histories(), days()), |(history, as_of)| {
        let one_less = |subject: &Subject, line: &Line| {
            let mut because = line.because.clone();
            if let Some(last) = subject.cited(&because).pop_last() {
                because.iter_mut().for_each(|reason| reason.records.retain(|seq| *seq != last));
            }
            because
        };
        each_line(&history, as_of, one_less, complete)
    });
}

/// Rules that may cite what changes nothing, because a reader who knows of it would ask:
///
/// - since when it was known, where that was after its date;
/// - where the agreement or the party stands, which is said of each of its lines, and of the end of the agreement where that is the date;
/// - what was done to a date, a duty, a cycle, a power or a notice, where it was not enough, came too late, or is over;
/// - at which meeting something was decided, and how well that is known;
/// - under which words a line is, where others would have led to the same;
/// - of what is open still, that it is to be taken out of the text;
/// - what a day was counted from or by, or what a notice was given after, where another would have led to the same;
/// - of a power, what became of the notice that uses it; of what is said to survive, how much of it there is.
const TELLS: &[&str] = &[
    "effect.",
    "line.late-known",
    "participation.",
    "decision.",
    "meeting-series.elsewhere",
    "meeting-series.inquorate",
    "obligation.date-set",
    "obligation.extended-no-further",
    "obligation.extended-by-some",
    "obligation.incident",
    "obligation.resumed",
    "obligation.waived-by-some",
    "obligation.waiver-over",
    "power.waiver-over",
    "power.without-effect",
    "notice.contested",
    "notice.retracted",
    "notice.upheld",
    "commitment.accelerated",
    "commitment.readings",
    "commitment.time-before",
    "commitment.too-late",
    "provision.says",
    "amendment.in-effect",
    "amendment.repealed",
    "amendment.transition",
    "meeting-series.cadence",
    "meeting-series.time-before",
    "notice.opens",
    "reading.chosen",
    "power.waiver-over",
    "survival.of",
    "term.",
    "termination.",
];

fn only_tells(line: &Line, reason: &Reason) -> bool {
    let of_a_power = line.kind == rules::docket::Kind::Power && reason.rule.starts_with("notice.");
    of_a_power || TELLS.iter().any(|rule| reason.rule.starts_with(rule))
}

/// More acts than this beside the one that is looked at are not left out by turns.
const MOST_TURNS: usize = 7;

/// Sound: were the acts that it cites the only ones, the line would say something else, or not be there, without them; and each of them
/// counts, be it only where some of the others are struck too, as one of two that each would do. Not so what only tells (see [`TELLS`]),
/// nor what was done to something that is over or asleep for another reason, which stays told.
fn sound(subject: &Subject, line: &Line, because: &[Reason]) -> Verdict {
    if matches!(line.axes.existence, Existence::Ended(_) | Existence::Dormant(_)) {
        return Ok(());
    }
    let cited = subject.cited(because);
    let counting = subject.cited(because.iter().filter(|reason| !only_tells(line, reason)));
    if !counting.is_empty() {
        let without = subject.told(&line.id, &Records::new());
        let is_so = subject.told(&line.id, &cited) != without;
        that(is_so, || format!("{} says the same without all that it cites\n  {}\n  {because:?}", line.id, told(line)))?;
    }
    counting.into_iter().try_for_each(|seq| {
        let others: Vec<u64> = cited.iter().copied().filter(|other| *other != seq).collect();
        let turns = 0..1u32 << others.len().min(MOST_TURNS);
        let counts = turns.into_iter().any(|turn| {
            let is_kept = |place: usize| place >= MOST_TURNS || turn >> place & 1 == 0;
            let without: Records = others.iter().enumerate().filter(|(place, _)| is_kept(*place)).map(|(_, seq)| *seq).collect();
            let with: Records = without.iter().copied().chain([seq]).collect();
            subject.told(&line.id, &with) != subject.told(&line.id, &without)
        });
        that(counts, || format!("{} cites {seq}, which does not count\n  {}\n  {because:?}", line.id, told(line)))
    })
}

#[test]
fn a_line_cites_nothing_that_does_not_count() {
    holds(256, (histories(), days()), |(history, as_of)| each_line(&history, as_of, as_it_says, sound));
}

#[test]
fn a_citation_too_many_is_seen() {
    is_broken((histories(), days()), |(history, as_of)| {
        let one_more = |subject: &Subject, line: &Line| {
            let cited = subject.cited(&line.because);
            let other = subject.acts.difference(&cited).next().copied();
            line.because.iter().cloned().chain([Reason::new("made.up", "by chance").records(other)]).collect()
        };
        each_line(&history, as_of, one_more, sound)
    });
}
