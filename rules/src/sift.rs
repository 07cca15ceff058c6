//! Which records are looked at, where not all are to be: those that rest on documents published by a day, and those that rest on nothing
//! marked above a ceiling. It is settled before the replay, so that nothing follows from what is left out.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::record::{ALERTS, REGISTER};
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
        // An erasure says of which records: it is shown where all of them are. It stands behind them.
        for place in 0..by_then.len() {
            if let Event::TextErased(erased) = &by_then[place].event {
                let is_kept = |seq: &u64| {
                    by_then[..place].iter().zip(&looks).any(|(record, look)| record.seq == *seq && *look == Look::Kept)
                };
                looks[place] =
                    if looks[place] == Look::Kept && erased.records.iter().all(is_kept) { Look::Kept } else { Look::LeftOut };
            }
        }
        let is_kept = |wanted: &dyn Fn(&Record) -> bool| {
            by_then.iter().zip(&looks).any(|(record, look)| *look == Look::Kept && wanted(record))
        };
        if stream.first().is_some_and(|record| [REGISTER, ALERTS].contains(&record.agreement.as_str())) {
            // Which rules the register goes by holds for all; what is said of it is the office's own.
            let counts = |look| if look == Look::Kept { Look::Kept } else { Look::Counts };
            return looks.into_iter().map(counts).collect();
        }
        let says_what_it_is = |record: &Record| matches!(record.event, Event::AgreementRecorded(_));
        let says_more = |record: &Record| {
            let is_beside = matches!(record.event, Event::SourceRecorded(_) | Event::TextErased(_));
            !is_frame(record) && target(record).is_none() && !is_beside
        };
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

#[cfg(test)]
mod tests {
    use events::event::{Milestone, RecordCorrected};
    use events::record::{Draft, SourceRef};
    use events::terms::{AgreementTerms, Body, Force, Form, Source};
    use uuid::Uuid;

    use super::*;

    const WAS: [Look; 3] = [Look::Kept, Look::Counts, Look::LeftOut];

    fn terms() -> Event {
        Event::AgreementRecorded(Box::new(AgreementTerms {
            title: "A pact".into(),
            form: Form::Treaty,
            force: Force::Binding,
            reckoning: "corresponding-date".into(),
            zone: None,
            calendars: vec![],
            paragraphs: None,
            parties: vec![],
            relates: vec![],
        }))
    }

    fn source(id: &str, published: &str, handling: &str) -> Event {
        let (published, handling) = (published.parse().unwrap(), handling.into());
        Event::SourceRecorded(Box::new(Source { id: id.into(), title: id.into(), published, handling, sha256: None, url: None }))
    }

    fn body() -> Event {
        Event::BodyRecorded(Box::new(Body { id: "council".into(), name: "Council".into(), chair: None }))
    }

    fn signed() -> Event {
        Event::AgreementSigned(Milestone::default())
    }

    fn reversal() -> Event {
        Event::RecordCorrected(RecordCorrected {})
    }

    /// A stream: each record with the document it cites, or none, and the record that it reverses, or 0.
    fn stream(records: Vec<(Event, &str, u64)>) -> Vec<Record> {
        let record = |(seq, (event, cites, corrects)): (u64, (Event, &str, u64))| Record {
            origin: Uuid::nil(),
            seq,
            version: seq,
            command: Uuid::nil(),
            recorded_at: Default::default(),
            draft: Draft {
                id: Uuid::nil(),
                agreement: "pact".into(),
                event,
                occurred_on: None,
                actor: "a".into(),
                authority: None,
                source: (!cites.is_empty()).then(|| SourceRef { id: cites.into(), sha256: None, locator: None }),
                reason: None,
                corrects: (corrects > 0).then_some(corrects),
                rules: None,
            },
        };
        (1..).zip(records).map(record).collect()
    }

    /// `+` kept, `o` merely counts, `-` left out.
    fn told(looks: &[Look]) -> String {
        looks.iter().map(|look| ['+', 'o', '-'][WAS.iter().position(|was| was == look).unwrap()]).collect()
    }

    fn under(ceiling: Marking, stream: &[Record], upto: u64) -> String {
        told(&Sift { ceiling: Some(ceiling), sources_until: None }.looks(stream, upto))
    }

    fn until(day: &str, stream: &[Record], upto: u64) -> String {
        told(&Sift { ceiling: None, sources_until: Some(day.parse().unwrap()) }.looks(stream, upto))
    }

    /// The frame, a document of each marking, and an act on each and on none.
    fn marked() -> Vec<Record> {
        stream(vec![
            (terms(), "", 0),
            (body(), "", 0),
            (source("open", "2024-01-10", "public"), "open", 0),
            (source("limite", "2024-02-10", "limite"), "limite", 0),
            (source("odd", "2024-03", "eyes only"), "odd", 0),
            (signed(), "open", 0),
            (signed(), "limite", 0),
            (signed(), "odd", 0),
            (signed(), "", 0),
            (signed(), "nowhere", 0),
        ])
    }

    #[test]
    fn nothing_marked_above_the_ceiling_is_looked_at() {
        let all = marked();
        assert_eq!(under(Marking::Public, &all, 10), "+++--+----");
        assert_eq!(under(Marking::Internal, &all, 10), "+++--+--+-");
        assert_eq!(under(Marking::Limite, &all, 10), "++++-++-+-");
        assert_eq!(told(&Sift::default().looks(&all, 10)), "++++++++++");
    }

    #[test]
    fn only_what_documents_published_by_then_say_is_looked_at() {
        let all = marked();
        assert_eq!(until("2024-01-09", &all, 10), "----------");
        assert_eq!(until("2024-01-10", &all, 10), "+++--+----");
        assert_eq!(until("2024-03-30", &all, 10), "++++-++---", "March may have gone on for a day");
        assert_eq!(until("2024-03-31", &all, 10), "++++++++--");
        let near = stream(vec![(terms(), "", 0), (source("near", "around 2020", "public"), "near", 0), (signed(), "near", 0)]);
        assert_eq!(until("2024-01-01", &near, 3), "---", "when it was published is not settled");
    }

    #[test]
    fn an_agreement_of_which_nothing_else_is_looked_at_is_not_there() {
        let all = marked();
        assert_eq!(under(Marking::Public, &all, 5), "-----", "its documents alone say nothing of it");
        assert_eq!(under(Marking::Public, &all, 6), "+++--+");
        // What it is rests on a document above the ceiling, and so does everything about it.
        let hidden = stream(vec![
            (terms(), "limite", 0),
            (source("limite", "2024-02-10", "LIMITE"), "limite", 0),
            (source("open", "2024-01-10", "public"), "open", 0),
            (signed(), "open", 0),
        ]);
        assert_eq!(under(Marking::Public, &hidden, 4), "----");
        assert_eq!(under(Marking::Limite, &hidden, 4), "++++");
        assert_eq!(until("2024-01-31", &hidden, 4), "+-++", "what it is, is said though the document that says so came later");
    }

    #[test]
    fn a_reversal_goes_with_what_it_reverses() {
        let all = stream(vec![
            (terms(), "", 0),
            (source("open", "2024-01-10", "public"), "open", 0),
            (signed(), "open", 0),
            (signed(), "", 0),
            (reversal(), "", 3),
            (reversal(), "", 4),
            (reversal(), "open", 5),
        ]);
        assert_eq!(under(Marking::Public, &all, 7), "+++-o-+");
        assert_eq!(under(Marking::Internal, &all, 7), "+++++++");
        assert_eq!(until("2024-01-10", &all, 7), "+++-o-+");
    }

    #[test]
    fn the_marking_is_that_of_now_and_the_publication_that_of_then() {
        let all = stream(vec![
            (terms(), "", 0),
            (source("paper", "2024-01-10", "public"), "paper", 0),
            (signed(), "paper", 0),
            (reversal(), "", 2),
            (source("paper", "2024-06-10", "LIMITE"), "paper", 0),
        ]);
        assert_eq!(under(Marking::Public, &all, 3), "---", "it turned out to be marked");
        assert_eq!(under(Marking::Limite, &all, 3), "+++");
        assert_eq!(until("2024-02-01", &all, 3), "+++", "it was not known to be of June");
        assert_eq!(until("2024-02-01", &all, 5), "-----");
        assert_eq!(until("2024-06-10", &all, 5), "+++o+");
    }

    #[test]
    fn a_document_that_no_record_brings_settles_nothing() {
        let all = stream(vec![
            (terms(), "", 0),
            (source("paper", "2024-01-10", "public"), "paper", 0),
            (signed(), "paper", 0),
            (signed(), "", 0),
            (reversal(), "", 2),
        ]);
        assert_eq!(under(Marking::Internal, &all, 5), "+--+-");
        assert_eq!(until("2025-01-01", &all, 5), "-----");
    }

    #[test]
    fn which_rules_a_register_goes_by_always_counts() {
        let mut all = stream(vec![(signed(), "", 0)]);
        all[0].draft.agreement = REGISTER.into();
        assert_eq!(under(Marking::Public, &all, 1), "o");
        assert_eq!(under(Marking::Internal, &all, 1), "+");
        assert_eq!(until("2024-01-01", &all, 1), "o");
    }

    #[test]
    fn a_ceiling_is_one_of_three_words() {
        assert_eq!(["Public", "INTERNAL", " limite "].map(Marking::ceiling), Marking::CEILINGS.map(|(_, marking)| Some(marking)));
        assert_eq!(["", "limited", "secret", "other"].map(Marking::ceiling), [None; 4]);
        assert!(Marking::CEILINGS.iter().all(|(_, marking)| *marking < Marking::of("limited")));
    }
}
