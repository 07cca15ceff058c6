//! The register: what the log says, agreement by agreement, without anything that time does.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use events::event::RulesAdopted;
use events::record::{ALERTS, REGISTER, SourceRef};
use events::terms::{AgreementTerms, Body, Force, Provision, Source};
use events::{DateSpec, Event, Record};

use crate::alert::Ledger;
use crate::time::Span;
use crate::versions::{self, History};

/// Every agreement of a log, or of the part of a log that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Register {
    /// By id.
    pub agreements: BTreeMap<String, Agreement>,
    /// The rule sets that the register adopted, in order; what was reversed is not among them.
    pub adopted: Vec<Adoption>,
    /// How many records there are of the register as a whole, corrected ones among them.
    pub version: u64,
    /// What scheduled runs flagged, and what became of it.
    pub ledger: Ledger,
    /// When the last of them was recorded.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Agreements of which not all records are looked at.
    pub partial: BTreeSet<String>,
}

/// A rule set that a register adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// `seq` of the record.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Which one.
    pub set: RulesAdopted,
}

impl Register {
    /// The last version of a stream; 0 for one that is not there yet.
    pub fn version_of(&self, stream: &str) -> u64 {
        match stream {
            REGISTER => self.version,
            ALERTS => self.ledger.version,
            agreement => self.agreements.get(agreement).map_or(0, |agreement| agreement.version),
        }
    }
}

/// One agreement as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Its id.
    pub id: String,
    /// What it says of itself.
    pub terms: Known<AgreementTerms>,
    /// Documents that its records cite.
    pub sources: Vec<Known<Source>>,
    /// Its bodies.
    pub bodies: Vec<Known<Body>>,
    /// Its provisions, in the order recorded.
    pub provisions: Vec<Known<Provision>>,
    /// Everything that happened under it, in legal order: by earliest day, then kind, then `seq`.
    pub acts: Acts,
    /// Reversals that stand, by `seq`.
    pub reversals: Vec<u64>,
    /// Every reversal and every record that one names, whether it stands or not: what was believed on an earlier day is told from them.
    pub corrections: Vec<Record>,
    /// Where the text was amended, and it is looked at from a day: every provision with all its versions. Otherwise empty.
    pub histories: Vec<History>,
    /// Who had taken the place of a party by the day it is looked at from, by the id of that party. Otherwise empty.
    pub successors: BTreeMap<String, Successor>,
    /// How many records its stream has, corrected ones among them.
    pub version: u64,
    /// When the last of them was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Who took the place of a party.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    /// Its id.
    pub id: String,
    /// When, as recorded.
    pub on: String,
    /// `seq` of the record.
    pub seq: u64,
}

/// A term and the record that brought it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<T> {
    /// `seq` of the record.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The document it rests on.
    pub source: Option<SourceRef>,
    /// What was recorded.
    pub value: T,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// `seq` of the record.
    pub seq: u64,
    /// Legal time.
    pub on: Option<DateSpec>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The document it rests on.
    pub source: Option<Box<SourceRef>>,
    /// What happened.
    pub event: Event,
    /// See [`Act::days`]: every rule asks for them, of every act.
    days: Span,
}

/// Acts in their order. Each lies at one place from when it is read, whatever is put before it and however many versions of its agreement are
/// looked at: it is large to move and to copy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Acts(Vec<Arc<Act>>);

impl Acts {
    /// All of them.
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.0.iter().map(Arc::as_ref)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, act: Act) {
        self.0.push(Arc::new(act));
    }

    /// Keeps those that stand.
    pub fn retain(&mut self, stands: impl Fn(&Act) -> bool) {
        self.0.retain(|act| stands(act));
    }

    /// Puts them in legal order.
    pub(crate) fn sort(&mut self) {
        // Mostly they were recorded in that order.
        if !self.0.is_sorted_by_key(|act| act.place()) {
            self.0.sort_by_cached_key(|act| act.place());
        }
    }
}

/// Of acts with their places.
impl From<Vec<PlacedAct>> for Acts {
    fn from(mut placed: Vec<PlacedAct>) -> Self {
        placed.sort_by_key(|one| one.place);
        // Collected, they would keep the room that the places took.
        let mut acts = Vec::with_capacity(placed.len());
        acts.extend(placed.into_iter().map(|one| one.act));
        Acts(acts)
    }
}

/// The place of an act in legal order: by earliest day, then kind, then `seq`; a late record takes the place that its day gives it.
pub(crate) type Place = (NaiveDate, u8, u64);

/// An act with its place. In a long log the acts of an agreement lie far apart: they are put in order without looking at them.
#[derive(Debug)]
pub(crate) struct PlacedAct {
    place: Place,
    act: Arc<Act>,
}

impl From<Act> for PlacedAct {
    fn from(act: Act) -> Self {
        PlacedAct { place: act.place(), act: Arc::new(act) }
    }
}

impl PlacedAct {
    /// `seq` of the record.
    pub fn seq(&self) -> u64 {
        self.place.2
    }
}

impl<'a> IntoIterator for &'a Acts {
    type Item = &'a Act;
    type IntoIter = std::iter::Map<std::slice::Iter<'a, Arc<Act>>, fn(&'a Arc<Act>) -> &'a Act>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(Arc::as_ref)
    }
}

/// One fact with what its record says of it.
pub(crate) struct Fact {
    pub seq: u64,
    pub source: Option<SourceRef>,
    pub on: Option<DateSpec>,
    pub recorded_at: DateTime<Utc>,
    pub event: Event,
}

impl From<&Record> for Fact {
    fn from(record: &Record) -> Self {
        Fact {
            seq: record.seq,
            source: record.source.clone(),
            on: record.occurred_on.clone(),
            recorded_at: record.recorded_at,
            event: record.event.clone(),
        }
    }
}

/// Whether something had happened by a day, given how precisely its date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// On the latest day it could be, or later.
    Yes,
    /// Between the earliest and the latest.
    Maybe,
    /// Before the earliest.
    No,
}

impl Act {
    /// Whether it had happened by the end of that day.
    pub fn by(&self, as_of: NaiveDate) -> Occurrence {
        let days = self.days();
        if days.latest <= as_of {
            Occurrence::Yes
        } else if days.earliest <= as_of {
            Occurrence::Maybe
        } else {
            Occurrence::No
        }
    }

    fn place(&self) -> Place {
        (self.days.earliest, precedence(&self.event), self.seq)
    }

    pub(crate) fn new(fact: Fact) -> Self {
        let Fact { seq, source, on, recorded_at, event } = fact;
        let recorded = recorded_at.date_naive();
        // Near a date, how near is not said: neither end is known.
        let known = on.as_ref().filter(|on| !on.is_approximate());
        let (earliest, latest) = known.map_or((None, None), |on| (on.earliest(), on.latest()));
        let latest = latest.unwrap_or(recorded);
        let days = Span { earliest: earliest.unwrap_or(NaiveDate::MIN).min(latest), latest };
        Act { seq, on, recorded_at, source: source.map(Box::new), event, days }
    }

    /// The days on which it may have happened. What was recorded had happened by then, so an open end closes with the recording.
    pub fn days(&self) -> Span {
        self.days
    }

    /// Its date as it was given.
    pub fn date_words(&self) -> String {
        self.on.as_ref().map_or_else(|| "on an unknown day".into(), ToString::to_string)
    }
}

impl Agreement {
    /// A new agreement with nothing but its terms.
    pub(crate) fn new(id: &str, terms: Known<AgreementTerms>) -> Self {
        Agreement {
            id: id.into(),
            recorded_at: terms.recorded_at,
            terms,
            sources: Vec::new(),
            bodies: Vec::new(),
            provisions: Vec::new(),
            acts: Acts::default(),
            reversals: Vec::new(),
            corrections: Vec::new(),
            histories: Vec::new(),
            successors: BTreeMap::new(),
            version: 0,
        }
    }

    /// The terms.
    pub fn about(&self) -> &AgreementTerms {
        &self.terms.value
    }

    /// The agreement as its text reads on a day, and as its parties are called then.
    pub fn on(&self, day: NaiveDate) -> Cow<'_, Agreement> {
        versions::on(self, day)
    }

    /// Ids of all parties.
    pub fn party_ids(&self) -> Vec<String> {
        self.about().parties.iter().map(|party| party.id.clone()).collect()
    }

    /// Who holds the place of a party: the party itself, or who succeeded it.
    pub fn holder<'a>(&'a self, party: &'a str) -> &'a str {
        self.successors.get(party).map_or(party, |successor| self.holder(&successor.id))
    }

    /// A body by id.
    pub fn body(&self, id: &str) -> Option<&Body> {
        self.bodies.iter().map(|known| &known.value).find(|body| body.id == id)
    }

    /// A provision by id.
    pub fn provision(&self, id: &str) -> Option<&Known<Provision>> {
        self.provisions.iter().find(|known| known.value.id == id)
    }

    /// Every provision, as it reads and in all the words that it had or will have.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Known<Provision>> {
        let versions = self.histories.iter().flat_map(|history| &history.versions);
        self.provisions.iter().chain(versions.filter_map(|version| version.known.as_ref()))
    }

    /// Provisions of one kind.
    pub fn provisions_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Known<Provision>> {
        self.provisions.iter().filter(move |known| known.value.kind == kind)
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().map(|known| &known.value).find(|source| source.id == id)
    }

    /// Of several records of one step, as of a signature in February and on the 1st of February, the one that knows its day best; of those
    /// that know it as well the first in legal order, whichever was recorded first.
    pub fn best_known(&self, wanted: fn(&Event) -> bool) -> Option<&Act> {
        self.acts.iter().filter(|act| wanted(&act.event)).min_by_key(|act| act.days().latest - act.days().earliest)
    }

    /// The force of a provision.
    pub fn force_of(&self, provision: &Provision) -> Force {
        provision.force.unwrap_or(self.about().force)
    }

    /// How many numbered paragraphs the text has and how many of them stand as provisions, if the text's number is known.
    pub fn paragraphs(&self) -> Option<(u32, u32)> {
        let all = self.about().paragraphs?;
        Some((all - self.unread().len() as u32, all))
    }

    /// Numbered paragraphs without a provision.
    pub fn unread(&self) -> Vec<u32> {
        let is_read = |number: &u32| {
            let number = number.to_string();
            self.texts().any(|known| {
                let rest = known.value.reference.strip_prefix(number.as_str());
                rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        };
        (1..=self.about().paragraphs.unwrap_or_default()).filter(|number| !is_read(number)).collect()
    }

    /// Handling markings, other than `public`, of the documents that these records rest on.
    pub fn handling(&self, records: &[u64]) -> Vec<String> {
        if self.sources.iter().all(|known| known.value.handling == "public") {
            return Vec::new();
        }
        let known = |seq: &u64| {
            let act = self.acts.iter().find(|act| act.seq == *seq).and_then(|act| act.source.as_deref());
            let provision = || self.texts().find(|known| known.seq == *seq).and_then(|known| known.source.as_ref());
            let terms = || Some(&self.terms).filter(|known| known.seq == *seq).and_then(|known| known.source.as_ref());
            act.or_else(provision).or_else(terms)
        };
        let mut markings: Vec<String> = records
            .iter()
            .filter_map(known)
            .filter_map(|source| self.source(&source.id))
            .filter(|source| source.handling != "public")
            .map(|source| source.handling.clone())
            .collect();
        markings.sort();
        markings.dedup();
        markings
    }

    /// Puts one fact in its place. The order of acts is restored by [`Acts::sort`].
    pub(crate) fn apply(&mut self, fact: Fact) {
        let Fact { seq, source, on, recorded_at, event } = fact;
        match event {
            // The one is the agreement itself, the other is no agreement's.
            Event::AgreementRecorded(_) | Event::RulesAdopted(_) => {}
            Event::RecordCorrected(_) => self.reversals.push(seq),
            // It is about what stands beside the log: nothing follows from it, and nothing takes it back.
            Event::TextErased(_) => {}
            // Of the register as a whole; see `Register::ledger`.
            Event::Alert(_) => {}
            Event::SourceRecorded(value) => self.sources.push(Known { seq, recorded_at, source, value: *value }),
            Event::BodyRecorded(value) => self.bodies.push(Known { seq, recorded_at, source, value: *value }),
            Event::ProvisionRecorded(value) => self.provisions.push(Known { seq, recorded_at, source, value: *value }),
            event => self.acts.push(Act::new(Fact { seq, source, on, recorded_at, event })),
        }
    }

    /// Whether a record of this agreement stands, other than the one that says what the agreement is.
    pub fn has_record(&self, seq: u64) -> bool {
        self.acts.iter().any(|act| act.seq == seq)
            || self.reversals.contains(&seq)
            || self.provisions.iter().any(|known| known.seq == seq)
            || self.bodies.iter().any(|known| known.seq == seq)
            || self.sources.iter().any(|known| known.seq == seq)
    }

    /// Takes a reversed record out.
    pub(crate) fn remove(&mut self, seq: u64) {
        self.acts.retain(|act| act.seq != seq);
        self.reversals.retain(|reversal| *reversal != seq);
        self.provisions.retain(|known| known.seq != seq);
        self.bodies.retain(|known| known.seq != seq);
        self.sources.retain(|known| known.seq != seq);
    }
}

/// Which of two acts of one day comes first: what plans before what happens, what moves before what is done.
fn precedence(event: &Event) -> u8 {
    match event {
        Event::AgreementAnnounced(_) => 0,
        Event::AgreementConcluded(_) => 1,
        Event::AgreementSigned(_) => 2,
        Event::AgreementLaunched(_) => 3,
        Event::AgreementTookEffect(_) => 4,
        Event::PartyRenamed(_) | Event::PartySucceeded(_) => 4,
        Event::ProvisionAmended(_) | Event::ProvisionAdded(_) | Event::ProvisionRepealed(_) => 4,
        Event::MeetingScheduled(_) => 5,
        Event::MeetingPostponed(_) => 6,
        Event::MeetingCancelled(_) => 7,
        Event::MeetingHeld(_) | Event::MeetingInquorate(_) => 8,
        Event::DecisionTaken(_) => 9,
        Event::MinutesAdopted(_) => 10,
        Event::NoticeDrafted(_) => 11,
        Event::NoticeGiven(_) => 12,
        Event::NoticeDispatched(_) => 13,
        Event::NoticeReceived(_) | Event::NoticeDeposited(_) => 14,
        Event::NoticeRegistered(_) => 15,
        Event::NoticeSuspended(_) => 16,
        Event::NoticeResumed(_) => 17,
        Event::NoticeExtended(_) | Event::NoticeRetracted(_) => 18,
        _ => 19,
    }
}
