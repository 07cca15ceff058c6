//! Which records are looked at, where not all are to be: those that rest on documents published by a day, and those that rest on nothing
//! marked above a ceiling. It is settled before the replay, so that nothing follows from what is left out.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::{Event, Record};

use crate::replay::corrected;

/// What is looked at. Without either, everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sift {
    /// Only what documents published by then say.
    pub sources_until: Option<NaiveDate>,
    /// Nothing marked above this.
    pub ceiling: Option<Marking>,
}

/// How far a document may go, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Marking {
    /// For everybody.
    Public,
    /// For the office: what it recorded itself, on no document.
    Internal,
    /// LIMITE, as the institutions of the Union mark.
    Limite,
    /// Any other word. How it stands to the others nobody knows, so that it is above them all.
    Other,
}

impl Marking {
    /// Those that can be a ceiling, by their words.
    pub const CEILINGS: [(&str, Marking); 3] =
        [("public", Marking::Public), ("internal", Marking::Internal), ("LIMITE", Marking::Limite)];

    /// The marking of that word, in capitals or not.
    pub fn of(word: &str) -> Self {
        Self::ceiling(word).unwrap_or(Marking::Other)
    }

    /// The same, if it can be a ceiling.
    pub fn ceiling(word: &str) -> Option<Self> {
        Self::CEILINGS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim())).map(|(_, marking)| marking)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::CEILINGS.into_iter().find(|(_, known)| *known == self).map_or("other", |(word, _)| word)
    }
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It is looked at.
    Kept,
    /// It reverses a record that is looked at, and so it counts: an error that was found is an error. Its own words are not shown.
    Counts,
    /// It is as if it were not there.
    LeftOut,
}

/// What a document that records cite allows. Of several of one id the strictest counts.
#[derive(Clone, Copy)]
struct Document {
    marking: Marking,
    /// By when it was published for sure.
    published: Option<NaiveDate>,
}

impl Sift {
    /// Whether everything is looked at.
    pub fn is_all(&self) -> bool {
        *self == Sift::default()
    }

    /// What becomes of each record of an agreement's stream, as far as `upto`. When a document was published is what was known by then; how
    /// it is marked is what the whole stream says, since that is about who may look now.
    pub fn looks(&self, stream: &[Record], upto: u64) -> Vec<Look> {
        let by_then = &stream[..stream.partition_point(|record| record.seq <= upto)];
        if self.is_all() {
            return vec![Look::Kept; by_then.len()];
        }
        let (now, then) = (documents(stream), documents(by_then));
        let passes = |record: &Record| {
            let own = source_of(record);
            let marking = || own.map_or(Marking::Internal, |id| now.get(id).map_or(Marking::Other, |found| found.marking));
            let published = || then.get(own?)?.published;
            // What an agreement and its bodies are, somebody had to write down before anything could be said of them.
            let is_allowed = |ceiling| (is_frame(record) && own.is_none()) || marking() <= ceiling;
            let is_in_time = |day| is_frame(record) || published().is_some_and(|published| published <= day);
            self.ceiling.is_none_or(is_allowed) && self.sources_until.is_none_or(is_in_time)
        };
        let mut looks: Vec<Look> = by_then.iter().map(|record| if passes(record) { Look::Kept } else { Look::LeftOut }).collect();
        // A reversal goes with its target, which stands before it.
        for place in 0..by_then.len() {
            if let Some(target) = target(&by_then[place]) {
                let found = by_then[..place].iter().position(|record| record.seq == target).map(|place| looks[place]);
                looks[place] = match found.unwrap_or(Look::LeftOut) {
                    Look::LeftOut => Look::LeftOut,
                    Look::Kept | Look::Counts if looks[place] == Look::Kept => Look::Kept,
                    Look::Kept | Look::Counts => Look::Counts,
                };
            }
        }
        let is_kept = |wanted: &dyn Fn(&Record) -> bool| {
            by_then.iter().zip(&looks).any(|(record, look)| *look == Look::Kept && wanted(record))
        };
        let says_what_it_is = |record: &Record| matches!(record.event, Event::AgreementRecorded(_));
        let says_more =
            |record: &Record| !is_frame(record) && target(record).is_none() && !matches!(record.event, Event::SourceRecorded(_));
        if is_kept(&says_what_it_is) && is_kept(&says_more) { looks } else { vec![Look::LeftOut; by_then.len()] }
    }
}

/// A record that says what the agreement or one of its bodies is, and no more.
fn is_frame(record: &Record) -> bool {
    matches!(record.event, Event::AgreementRecorded(_) | Event::BodyRecorded(_))
}

/// The document that a record rests on, by its id; one that brings a document rests on that.
fn source_of(record: &Record) -> Option<&str> {
    match &record.event {
        Event::SourceRecorded(source) => Some(&source.id),
        _ => record.source.as_ref().map(|source| source.id.as_str()),
    }
}

/// What a record reverses.
fn target(record: &Record) -> Option<u64> {
    record.corrects.filter(|_| matches!(record.event, Event::RecordCorrected(_)))
}

/// The documents that stand, by id.
fn documents(stream: &[Record]) -> BTreeMap<&str, Document> {
    let corrected = corrected(stream);
    let mut documents: BTreeMap<&str, Document> = BTreeMap::new();
    for record in stream.iter().filter(|record| !corrected.contains_key(&record.seq)) {
        let Event::SourceRecorded(source) = &record.event else { continue };
        let published = source.published.latest().filter(|_| !source.published.is_approximate());
        let found = Document { marking: Marking::of(&source.handling), published };
        let strictest = |known: &mut Document| {
            known.marking = known.marking.max(found.marking);
            known.published = known.published.zip(published).map(|(one, other)| one.max(other));
        };
        documents.entry(&source.id).and_modify(strictest).or_insert(found);
    }
    documents
}
