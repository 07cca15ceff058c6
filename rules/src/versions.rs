//! What a text says on which day. An amendment makes a further version of a provision: what falls due before it takes effect stays under
//! the words before, what falls due later is under the new ones, and a cycle that runs on that day is under the words that the amendment
//! says, or it is open which. An error of the text is no amendment. It is corrected from the start (VCLT 79): by reversing the record of
//! the provision and recording it as it reads.

use std::borrow::Cow;

use chrono::NaiveDate;
use events::Event;
use events::event::{ProvisionAmended, Transition};
use events::terms::{Provision, Term, Terms};

use crate::docket::{Due, Kind, Line, Reason};
use crate::fault::Fault;
use crate::machine::{Machine, derived, recorded};
use crate::obligation::{Axes, Ending, Existence, Performance, Timing};
use crate::participation;
use crate::provision;
use crate::register::{Act, Agreement, Known, Occurrence};
use crate::scene::Scene;
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "amendment",
    about: "What an amendment does to the obligations of a provision. What fell due before it takes effect stays as it was.",
    of: "commitment",
    transitions: &[
        recorded(
            "in force",
            "provision.amended",
            "it is agreed; until it takes effect the provision reads as before",
            "VCLT 39",
            "amendment agreed",
            "reason amendment.coming",
        ),
        derived(
            "amendment agreed",
            "its day has come: what falls due from then on is under the new words",
            "VCLT 28, 39",
            "amended",
            "reason amendment.in-effect",
        ),
        derived(
            "amendment agreed",
            "a cycle runs on that day, and nothing says under which words",
            "",
            "undetermined",
            "reason amendment.straddles",
        ),
        recorded(
            "amendment agreed, undetermined",
            "provision.amended",
            "it is said under which words that cycle is",
            "VCLT 28",
            "amended",
            "reason amendment.transition",
        ),
        recorded("–", "provision.added", "an amendment puts a provision in", "VCLT 39", "in force", "reason amendment.added"),
        recorded(
            "in force",
            "provision.repealed",
            "an amendment takes the provision out; what was due before stays",
            "VCLT 39, 70(1) by analogy",
            "ended (repealed)",
            "existence ended(repealed)",
        ),
    ],
};

/// One provision, and how it reads from which day on.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// From the first to the last, by the day on which each takes effect.
    pub versions: Vec<Version>,
}

/// How a provision reads for a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its words; `None`: it was taken out.
    pub known: Option<Known<Provision>>,
    /// What brought it; `None`: it stands from the start.
    pub change: Option<Change>,
}

/// An amendment of one provision.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Records: the amendment, and what was said of it later.
    pub records: Vec<u64>,
    /// When it was agreed, as recorded.
    pub agreed: String,
    /// The first day of the new words, as the range it could be.
    pub from: Span,
    /// The same as recorded.
    pub from_words: String,
    /// Under which words a cycle is that runs on that day.
    pub transition: Option<Transition>,
    /// The keys that read otherwise.
    pub keys: Vec<String>,
}

/// An agreement as its text reads on a day and as its parties are called then, with every amendment that had been agreed by that day.
/// What is handed in is the agreement as recorded.
pub fn on(agreement: &Agreement, as_of: NaiveDate) -> Cow<'_, Agreement> {
    debug_assert!(agreement.histories.is_empty(), "a day is looked at from the records, not from another day");
    let amends =
        |event: &Event| matches!(event, Event::ProvisionAmended(_) | Event::ProvisionAdded(_) | Event::ProvisionRepealed(_));
    let changes_party = |event: &Event| matches!(event, Event::PartyRenamed(_) | Event::PartySucceeded(_));
    let is_amended = agreement.acts.iter().any(|act| amends(&act.event));
    if !is_amended && !agreement.acts.iter().any(|act| changes_party(&act.event)) {
        return Cow::Borrowed(agreement);
    }
    let mut seen = agreement.clone();
    if is_amended {
        seen.histories = histories(agreement, as_of);
        seen.provisions = seen.histories.iter().filter_map(|history| history.on(as_of)).cloned().collect();
    }
    participation::rename(&mut seen, as_of);
    Cow::Owned(seen)
}

/// The text with every amendment that was ever agreed put in: what a further amendment would change.
pub fn newest(agreement: &Agreement) -> Agreement {
    let histories = histories(agreement, NaiveDate::MAX);
    let provisions = histories.iter().filter_map(History::newest).cloned().collect();
    Agreement { provisions, ..agreement.clone() }
}

/// Every provision with the amendments that had been agreed by a day.
fn histories(agreement: &Agreement, as_of: NaiveDate) -> Vec<History> {
    let first = |known: &Known<Provision>| History { versions: vec![Version { known: Some(known.clone()), change: None }] };
    let mut histories: Vec<History> = agreement.provisions.iter().map(first).collect();
    let mut changes: Vec<(&Act, Change)> = agreement
        .acts
        .iter()
        .filter(|act| act.by(as_of) != Occurrence::No)
        .filter_map(|act| Some((act, Change::of(act)?)))
        .collect();
    changes.sort_by_key(|(_, change)| (change.from.earliest, change.from.latest));
    for (act, change) in changes {
        let known = |value: Provision| {
            Some(Known { seq: act.seq, recorded_at: act.recorded_at, source: act.source.as_deref().cloned(), value })
        };
        let of = |history: &&mut History, id: &str| history.newest().is_some_and(|known| known.value.id == id);
        match &act.event {
            Event::ProvisionAdded(added) => {
                histories
                    .push(History { versions: vec![Version { known: known(added.provision.clone()), change: Some(change) }] });
            }
            Event::ProvisionRepealed(repealed) => {
                if let Some(history) = histories.iter_mut().find(|history| of(history, &repealed.provision)) {
                    history.versions.push(Version { known: None, change: Some(change) });
                }
            }
            Event::ProvisionAmended(amended) => {
                let Some(history) = histories.iter_mut().find(|history| of(history, &amended.provision)) else { continue };
                let Some(newest) = history.newest() else { continue };
                let value = reads(&newest.value, amended).0;
                if value == newest.value {
                    // It reads as before: nothing is amended, but something may be said of the cycle that runs then.
                    history.say_transition(&change);
                } else {
                    history.versions.push(Version { known: known(value), change: Some(change) });
                }
            }
            _ => {}
        }
    }
    histories
}

impl Change {
    fn of(act: &Act) -> Option<Change> {
        let (effective, transition, keys) = match &act.event {
            Event::ProvisionAmended(amended) => {
                let keys = amended.changes.keys().chain(&amended.without).cloned().collect();
                (&amended.effective, amended.transition, keys)
            }
            Event::ProvisionAdded(added) => (&added.effective, None, Vec::new()),
            Event::ProvisionRepealed(repealed) => (&repealed.effective, None, Vec::new()),
            _ => return None,
        };
        let from = match effective.as_ref().map(events::DateSpec::bounds) {
            None => act.days(),
            Some(Some((earliest, latest))) => Span { earliest, latest },
            // Near a day, or without a last one: from some day on, nobody knows which.
            Some(None) => Span { earliest: act.days().earliest, latest: NaiveDate::MAX },
        };
        let from_words = effective.as_ref().map_or_else(|| act.date_words(), ToString::to_string);
        Some(Change { records: vec![act.seq], agreed: act.date_words(), from, from_words, transition, keys })
    }

    /// That it takes a provision out, and when.
    pub(crate) fn taken_out(&self) -> String {
        format!("taken out by the amendment of {}, with effect {}", self.agreed, self.from_words)
    }

    pub(crate) fn reason(&self, rule: &'static str, reference: &str, text: String) -> Reason {
        Reason::new(rule, text).provision(reference).records(self.records.iter().copied())
    }
}

/// The words of a provision with an amendment put in, and what is wrong with the amendment.
pub fn reads(before: &Provision, amended: &ProvisionAmended) -> (Provision, Vec<Fault>) {
    let mut after = before.clone();
    let mut faults = Vec::new();
    for key in &amended.without {
        let known = match key.as_str() {
            "text" => after.text.take().is_some(),
            "quote" => {
                (after.quote_prefix, after.quote_suffix) = (None, None);
                after.quote.take().is_some()
            }
            "force" => after.force.take().is_some(),
            "undetermined" => after.undetermined.take().is_some(),
            "by" => !std::mem::take(&mut after.by).is_empty(),
            "to" => !std::mem::take(&mut after.to).is_empty(),
            "topics" => !std::mem::take(&mut after.topics).is_empty(),
            key => after.terms.remove(key).is_some(),
        };
        if !known {
            let what = format!("{} has no `{key}` that could fall away", before.reference);
            faults.push(Fault::new("E0204", &["without"], what).hint("name a key that it has"));
        }
    }
    for (key, term) in &amended.changes {
        let wrong = |what: &str| Fault::new("E0203", &["changes"], format!("`{key}` is {what}")).hint("write it as in a file");
        let text = || term.as_text().map(String::from).ok_or_else(|| wrong("words"));
        let list = || match term {
            Term::Text(one) => Ok(vec![one.clone()]),
            Term::List(many) => many.iter().map(|one| one.as_text().map(String::from)).collect::<Option<_>>().ok_or(()),
            _ => Err(()),
        };
        let list = || list().map_err(|()| wrong("a list of words"));
        let set = match key.as_str() {
            "id" | "kind" => Err(Fault::new("E0204", &["changes"], format!("an amendment does not change the `{key}`"))
                .hint("record that the provision was repealed, and the new one as added")),
            "ref" => text().map(|text| after.reference = text),
            "text" => text().map(|text| after.text = Some(text)),
            "quote" => {
                let part = |key| term.as_table()?.get(key)?.as_text().map(String::from);
                let (prefix, suffix) = (part("prefix"), part("suffix"));
                let words = if term.as_table().is_some() { part("exact").ok_or_else(|| wrong("no words")) } else { text() };
                words.map(|words| (after.quote, after.quote_prefix, after.quote_suffix) = (Some(words), prefix, suffix))
            }
            "undetermined" => text().map(|text| after.undetermined = Some(text)),
            "by" => list().map(|list| after.by = list),
            "to" => list().map(|list| after.to = list),
            "topics" => list().map(|list| after.topics = list),
            "force" => {
                let force = match term.as_text() {
                    Some("binding") => Ok(events::terms::Force::Binding),
                    Some("non-binding") => Ok(events::terms::Force::NonBinding),
                    _ => Err(wrong("binding or non-binding")),
                };
                force.map(|force| after.force = Some(force))
            }
            key => {
                let known = provision::kind(&before.kind).map(|kind| kind.keys).unwrap_or_default();
                if known.contains(&key) {
                    after.terms.insert(key.into(), term.clone());
                    Ok(())
                } else {
                    let what = format!("`{key}` is not a key of a {}", before.kind);
                    let hint = crate::fault::nearest(key, known.iter().copied());
                    Err(Fault::new("E0201", &["changes"], what).hint(hint))
                }
            }
        };
        faults.extend(set.err());
    }
    (after, faults)
}

/// A provision as it read when something was done under it.
pub(crate) struct Then<'a> {
    /// Its words.
    pub known: &'a Known<Provision>,
    /// What is not known of the day: whether it read so already.
    pub missing: Option<String>,
    /// What had taken it out.
    pub repealed: Option<&'a Change>,
}

/// A provision as it read on some day of a range.
pub(crate) fn then<'a>(agreement: &'a Agreement, id: &str, days: Span) -> Option<Then<'a>> {
    if agreement.histories.is_empty() {
        return agreement.provision(id).map(|known| Then { known, missing: None, repealed: None });
    }
    let is_it = |history: &&History| history.versions.iter().flat_map(|version| &version.known).any(|known| known.value.id == id);
    let history = agreement.histories.iter().find(is_it)?;
    let at = |day: NaiveDate| history.versions.iter().rev().find(|version| version.since() <= day);
    let sure = at(days.earliest);
    let missing = history.versions.iter().filter_map(|version| version.change.as_ref()).find_map(|change| {
        let is_open = days.earliest < change.from.latest && change.from.earliest <= days.latest;
        is_open.then(|| format!("whether {id} read so already: it was amended with effect {}", change.from_words))
    });
    let known = sure.and_then(|version| version.known.as_ref());
    let before = || history.versions.iter().rev().find_map(|version| version.known.as_ref());
    Some(Then {
        known: known.or_else(before)?,
        missing,
        repealed: sure.filter(|version| version.known.is_none()).and_then(|version| version.change.as_ref()),
    })
}

/// A line that follows from a provision, and the words that it is under.
pub(crate) struct Worded<'a> {
    pub line: Line,
    pub known: &'a Known<Provision>,
    /// What brought these words; `None`: they stand from the start.
    pub change: Option<&'a Change>,
    /// Nothing of it stood before that change.
    pub is_added: bool,
    /// It recurs, and otherwise than under the words before.
    pub recurs_otherwise: bool,
}

/// Every text that a provision has, had or will have.
pub(crate) fn texts<'a>(agreement: &'a Agreement, id: &str) -> Vec<&'a Known<Provision>> {
    let versions = agreement.histories.iter().flat_map(|history| &history.versions);
    let known = if agreement.histories.is_empty() { agreement.provision(id) } else { None };
    versions.filter_map(|version| version.known.as_ref()).filter(|known| known.value.id == id).chain(known).collect()
}

/// The changes that a provision has seen by a day, if only perhaps.
pub(crate) fn changes<'a>(agreement: &'a Agreement, id: &str) -> Vec<&'a Change> {
    let versions = histories_of(agreement, id).flat_map(|history| &history.versions);
    versions.filter_map(|version| version.change.as_ref()).collect()
}

fn histories_of<'a>(agreement: &'a Agreement, id: &str) -> impl Iterator<Item = &'a History> {
    let is_it = move |known: &Known<Provision>| known.value.id == id;
    agreement
        .histories
        .iter()
        .filter(move |history| history.versions.iter().filter_map(|version| version.known.as_ref()).any(is_it))
}

/// What follows from a provision that was amended, each line with the words that it is under.
pub(crate) fn worded<'a>(scene: &Scene<'a>, id: &str) -> Vec<Worded<'a>> {
    let mut all = Vec::new();
    for history in histories_of(scene.agreement, id) {
        for line in history.lines(scene) {
            let says = line.because.iter().find(|reason| reason.rule == "provision.says");
            let is_it = |version: &Version| {
                let seq = version.known.as_ref().map(|known| known.seq);
                says.is_some_and(|says| seq.is_some_and(|seq| says.records.contains(&seq)))
            };
            let Some(place) = history.versions.iter().position(is_it) else { continue };
            let Some(known) = history.versions[place].known.as_ref() else { continue };
            let before = place.checked_sub(1).and_then(|place| history.versions[place].known.as_ref());
            let change = history.versions[place].change.as_ref();
            let is_added = change.is_some() && before.is_none();
            let recurs_otherwise = before.is_some_and(|before| {
                (recurs(&known.value.terms) || recurs(&before.value.terms))
                    && rhythm(&known.value.terms) != rhythm(&before.value.terms)
            });
            all.push(Worded { line, known, change, is_added, recurs_otherwise });
        }
    }
    all
}

/// The words that a provision had before it came to read as it does, the oldest first, with the day of the last change and its records.
pub(crate) fn before<'a>(agreement: &'a Agreement, known: &Known<Provision>) -> Option<(Vec<&'a Known<Provision>>, &'a Change)> {
    let is_it = |version: &Version| version.known.as_ref().is_some_and(|other| other.seq == known.seq);
    let history = agreement.histories.iter().find(|history| history.versions.iter().any(is_it))?;
    let place = history.versions.iter().position(is_it).filter(|place| *place > 0)?;
    let earlier = history.versions[..place].iter().filter_map(|version| version.known.as_ref()).collect();
    Some((earlier, history.versions[place].change.as_ref()?))
}

impl Version {
    /// The day from which it surely reads so.
    fn since(&self) -> NaiveDate {
        self.change.as_ref().map_or(NaiveDate::MIN, |change| change.from.latest)
    }
}

impl History {
    /// The last words, whether they have taken effect or not.
    fn newest(&self) -> Option<&Known<Provision>> {
        self.versions.last()?.known.as_ref()
    }

    /// How it reads on a day for sure.
    fn on(&self, day: NaiveDate) -> Option<&Known<Provision>> {
        self.versions.iter().rev().find(|version| version.since() <= day)?.known.as_ref()
    }

    /// What was said later of the cycle that runs when an amendment takes effect.
    fn say_transition(&mut self, later: &Change) {
        let last = self.versions.last_mut().and_then(|version| version.change.as_mut());
        if let Some(change) = last.filter(|change| change.from == later.from) {
            change.transition = later.transition.or(change.transition);
            change.records.extend(&later.records);
        }
    }

    /// What follows from it, each line under the words that it falls under.
    fn lines(&self, scene: &Scene) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut before: Option<&Known<Provision>> = None;
        let mut earlier = Vec::new();
        for version in &self.versions {
            lines = match (&version.change, before, &version.known) {
                (None, _, Some(known)) => of(scene, known),
                (Some(change), None, Some(known)) => added(scene, known, change),
                (Some(change), Some(before), after) => {
                    Passage { scene, before, after: after.as_ref(), change, earlier: &earlier }.lines(lines)
                }
                _ => lines,
            };
            before = version.known.as_ref();
            earlier.extend(before.map(|known| known.seq));
        }
        lines
    }
}

/// What follows from the provisions of an agreement, in the order of the text.
pub(crate) fn lines(scene: &Scene) -> Vec<Line> {
    if scene.agreement.histories.is_empty() {
        return scene.agreement.provisions.iter().flat_map(|known| of(scene, known)).collect();
    }
    scene.agreement.histories.iter().flat_map(|history| history.lines(scene)).collect()
}

fn of(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    provision::kind(&known.value.kind).map(|kind| (kind.lines)(scene, known)).unwrap_or_default()
}

/// A provision that an amendment put in: nothing of it stands before, and what recurs is counted from that day.
fn added(scene: &Scene, known: &Known<Provision>, change: &Change) -> Vec<Line> {
    let text = format!("put in by the amendment of {}, with effect {}", change.agreed, change.from_words);
    let reason = change.reason("amendment.added", &known.value.reference, text);
    let mut lines = of(&scene.counted_since(change.from), known);
    let has_effect = change.from.latest <= scene.as_of;
    if !has_effect {
        // Of what recurs, one line says that it will.
        lines.truncate(1);
    }
    for line in &mut lines {
        line.because.push(reason.clone());
        if line.due.latest.is_some_and(|due| due < change.from.earliest) && line.axes.is_pending() {
            relabel(line, Axes::undetermined("by when: its date lies before the day on which it was put in"));
        } else if scene.as_of < change.from.earliest {
            relabel(line, Axes::dormant(format!("until {}, when it is put in", change.from_words)));
        } else if !has_effect {
            relabel(line, Axes::undetermined(format!("whether it had been put in by this day: {}", change.from_words)));
        }
    }
    lines
}

/// From one version of a provision to the next.
struct Passage<'a> {
    scene: &'a Scene<'a>,
    before: &'a Known<Provision>,
    after: Option<&'a Known<Provision>>,
    change: &'a Change,
    /// The records of its words so far: an amendment changes some of them, and the others stay.
    earlier: &'a [u64],
}

/// On which side of an amendment a line lies.
enum Side {
    Before,
    /// It began before and falls due after.
    Across,
    After,
    /// The day of the amendment is not known well enough.
    Unknown,
}

impl Passage<'_> {
    fn lines(&self, old: Vec<Line>) -> Vec<Line> {
        let recurs_otherwise = self.after.is_some_and(|after| rhythm(&after.value.terms) != rhythm(&self.before.value.terms));
        let new = match self.after {
            Some(after) if recurs_otherwise => of(&self.scene.counted_since(self.boundary(&old, self.change.transition)), after),
            Some(after) => of(self.scene, after),
            None => Vec::new(),
        };
        let ids: Vec<String> = old.iter().map(|line| line.id.clone()).collect();
        // What recurs otherwise from then on recurs from a day that nobody knows while it is open under which words a cycle is.
        let runs = self.runs(&old);
        let from_performance = self.after.is_some_and(|after| due_key(after, "anchor") == Some("performance"));
        let is_open = recurs_otherwise
            && runs.is_some()
            && (self.change.transition.is_none() || from_performance && self.change.transition == Some(Transition::Old));
        // Under the new words from its beginning, the cycle that runs would fall due on another day.
        let otherwise = self.after.filter(|_| recurs_otherwise && runs.is_some() && self.change.transition.is_none());
        let otherwise = otherwise.and_then(|after| {
            let lines = of(&self.scene.counted_since(self.boundary(&old, Some(Transition::New))), after);
            lines.into_iter().find(|line| line.due.earliest.is_some_and(|due| self.change.from.earliest <= due))
        });
        let mut lines: Vec<Line> = Vec::new();
        for line in old {
            let across = otherwise.as_ref().filter(|_| matches!(self.side(&line), Side::Across));
            let successor = new.iter().find(|new| new.id == line.id).or(across);
            lines.extend(self.passed(line, successor));
        }
        for line in new.into_iter().filter(|line| !ids.contains(&line.id)) {
            let is_ahead = self.scene.as_of < self.change.from.earliest && (line.window.is_some() || line.due.latest.is_none());
            lines.extend(match self.side(&line) {
                Side::Before => None,
                _ if is_ahead => None,
                Side::Unknown => Some(self.open(line, None)),
                Side::Across | Side::After if is_open => Some(self.open(line, None)),
                Side::Across | Side::After => Some(self.in_effect(line)),
            });
        }
        lines
    }

    /// What becomes of a line of the words before, beside the one of that name under the new words.
    fn passed(&self, line: Line, successor: Option<&Line>) -> Option<Line> {
        let is_done = line.axes.performance == Performance::Complete;
        let side = self.side(&line);
        match (side, self.after, self.change.transition) {
            (Side::Before, ..) if self.scene.as_of < self.change.from.earliest && line.due.latest.is_none() => {
                Some(self.coming(line))
            }
            (Side::Before, ..) => Some(line),
            (Side::Across, ..) if is_done => Some(line),
            (Side::Across, Some(_), None) | (Side::Unknown, ..) => Some(self.open(line, successor)),
            (Side::Across, _, Some(Transition::Old)) => Some(self.by_transition(line, "the words before")),
            (Side::Across, Some(_), Some(Transition::New)) => {
                successor.map(|successor| self.by_transition(successor.clone(), "the new words"))
            }
            (Side::Across | Side::After, None, _) => self.repealed(line),
            (Side::After, Some(_), _) => match successor {
                // Until its day the words before hold, where the new ones name no day.
                Some(new) if self.scene.as_of < self.change.from.earliest && new.due.latest.is_none() => Some(self.coming(line)),
                Some(new) => Some(self.in_effect(new.clone())),
                None => Some(line).filter(|_| is_done),
            },
        }
    }

    fn side(&self, line: &Line) -> Side {
        let (from, as_of) = (self.change.from, self.scene.as_of);
        let owed = matches!(line.kind, Kind::Commitment | Kind::MeetingCycle);
        let (Some(earliest), Some(latest)) = (line.due.earliest.or(line.due.latest), line.due.latest.filter(|_| owed)) else {
            return match () {
                () if as_of < from.earliest => Side::Before,
                () if from.latest <= as_of => Side::After,
                () => Side::Unknown,
            };
        };
        match self.began(line) {
            _ if latest < from.earliest => Side::Before,
            Some(began) if began < from.earliest && from.latest <= earliest => Side::Across,
            Some(began) if from.latest <= began => Side::After,
            None if from.latest <= earliest => Side::After,
            // The due date, as a range, lies on both sides; what began before is across all the same.
            Some(began) if began < from.earliest && from.earliest == from.latest => Side::Across,
            _ => Side::Unknown,
        }
    }

    /// The day on which what a line expects began: its cycle, or what set it off.
    fn began(&self, line: &Line) -> Option<NaiveDate> {
        let trigger = || {
            let sets_off = ["commitment.trigger", "commitment.set-off", "commitment.in-return"];
            let reason = line.because.iter().find(|reason| sets_off.contains(&reason.rule))?;
            let cited = self.scene.agreement.acts.iter().filter(|act| reason.records.contains(&act.seq));
            cited.map(|act| act.days().earliest).max()
        };
        line.window.map(|window| window.earliest).or_else(trigger)
    }

    /// The cycle that runs when the amendment takes effect, whatever was done to the date of it.
    fn runs(&self, old: &[Line]) -> Option<Span> {
        let from = self.change.from;
        let windows = old.iter().filter_map(|line| line.window);
        windows.filter(|window| window.earliest < from.earliest && from.latest <= window.latest).reduce(Span::hull)
    }

    /// From when what recurs otherwise is counted: from the beginning or the end of the cycle that runs when the amendment takes effect.
    fn boundary(&self, old: &[Line], transition: Option<Transition>) -> Span {
        // A date of each period is counted from the date before; a cycle of the calendar begins on the day after the one before.
        let counts_dates = self.after.is_some_and(|after| due_key(after, "each").is_some());
        match (self.runs(old), transition) {
            (None, _) => self.change.from,
            (Some(runs), Some(Transition::New)) if counts_dates => Span::day(runs.earliest.pred_opt().unwrap_or(runs.earliest)),
            (Some(runs), Some(Transition::New)) => Span::day(runs.earliest),
            (Some(runs), _) if counts_dates => Span::day(runs.latest),
            (Some(runs), _) => Span::day(runs.latest.succ_opt().unwrap_or(runs.latest)),
        }
    }

    fn words(&self) -> String {
        let keys = if self.change.keys.is_empty() { String::new() } else { format!(" ({})", self.change.keys.join(", ")) };
        format!("amended {}, with effect {}{keys}", self.change.agreed, self.change.from_words)
    }

    fn reason(&self, rule: &'static str, text: String) -> Reason {
        let reference = self.after.map_or(&self.before.value.reference, |after| &after.value.reference);
        self.change.reason(rule, reference, text)
    }

    fn coming(&self, mut line: Line) -> Line {
        let text = match self.after {
            Some(_) => format!("reads so until then: {}", self.words()),
            None => format!(
                "stands until then: taken out by the amendment of {}, with effect {}",
                self.change.agreed, self.change.from_words
            ),
        };
        let word = if self.after.is_some() { "amended" } else { "repealed" };
        line.label = format!("{}, {word} from {}", line.label, self.change.from_words);
        line.because.push(self.reason("amendment.coming", text));
        line
    }

    fn in_effect(&self, mut line: Line) -> Line {
        if line.due.latest.is_some_and(|due| due < self.change.from.earliest) && line.axes.is_pending() {
            let missing = format!("by when: its new date lies before {}, when it began to read so", self.change.from_words);
            let axes = Axes { timing: Timing::Undetermined(missing), ..line.axes.clone() };
            relabel(&mut line, axes);
        }
        line.because.push(self.reason("amendment.in-effect", self.words()).records(self.earlier.iter().copied()));
        line
    }

    fn by_transition(&self, mut line: Line, under: &str) -> Line {
        let text = format!("{}; it runs on that day, and is under {under}", self.words());
        line.because.push(self.reason("amendment.transition", text).records(self.earlier.iter().copied()));
        line
    }

    /// Nobody knows under which words it is: any day that either gives may be the one.
    fn open(&self, mut line: Line, successor: Option<&Line>) -> Line {
        if line.axes.performance == Performance::Complete {
            return line;
        }
        let reference = &self.before.value.reference;
        let missing = if self.change.from.exact().is_some() {
            let id = format!("{}/{}", line.agreement, self.before.value.id);
            let say = |word| {
                format!("obligo record amendment {id} --transition {word} --effective {} --on DATE", self.change.from_words)
            };
            line.closes_with = vec![say("old"), say("new")];
            format!(
                "under which words of {reference} it is: it runs across {}, and no transition is recorded",
                self.change.from_words
            )
        } else {
            format!("whether {reference} had been amended by then: {}", self.change.from_words)
        };
        if let Some((old, new)) = line.due.span().zip(successor.and_then(|new| new.due.span())) {
            line.due = Due { earliest: Some(old.hull(new).earliest), latest: Some(old.hull(new).latest), ..line.due };
        }
        line.because.push(self.reason("amendment.straddles", self.words()).records(self.earlier.iter().copied()));
        let axes = Axes { timing: Timing::Undetermined(missing), ..line.axes.clone() };
        relabel(&mut line, axes);
        line
    }

    /// Taken out before it fell due. What would begin later does not arise.
    fn repealed(&self, mut line: Line) -> Option<Line> {
        if !line.axes.is_pending() && !matches!(line.axes.existence, Existence::Dormant(_)) {
            return Some(line);
        }
        if line.window.is_some_and(|window| self.change.from.latest <= window.earliest) {
            return None;
        }
        line.because.push(self.reason("amendment.repealed", self.change.taken_out()));
        if self.scene.as_of < self.change.from.latest {
            // It would fall due after that day, and until then it can be done.
            return Some(line);
        }
        line.closes_with.clear();
        let axes = Axes { existence: Existence::Ended(Ending::Repealed), timing: Timing::Undated, ..line.axes.clone() };
        relabel(&mut line, axes);
        Some(line)
    }
}

/// A word of the table that says when something is due.
fn due_key<'a>(known: &'a Known<Provision>, key: &str) -> Option<&'a str> {
    known.value.terms.get("due")?.as_table()?.get(key)?.as_text()
}

fn recurs(terms: &Terms) -> bool {
    terms.contains_key("every") || matches!(terms.get("due"), Some(Term::Table(due)) if due.contains_key("each"))
}

/// What the keys say of when something is due, without the grace and the window, by which no date is counted.
fn rhythm(terms: &Terms) -> [Option<Term>; 4] {
    ["every", "reading", "due", "when"].map(|key| {
        let mut term = terms.get(key).cloned();
        if let Some(Term::Table(table)) = &mut term {
            table.retain(|key, _| key != "grace" && key != "window");
        }
        term
    })
}

fn relabel(line: &mut Line, axes: Axes) {
    line.axes = axes;
    line.label = line.axes.label(line.force);
}
