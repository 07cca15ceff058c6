//! What goes into a decision, and what comes out.

use chrono::NaiveDate;
use events::event::RecordCorrected;
use events::record::{Record, SourceRef};
use events::{DateSpec, Event};

use crate::fault::Fault;

/// A fact that someone wants to record.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The agreement it belongs to.
    pub agreement: String,
    /// The fact. Ids that the rules can give (of a meeting, a notice, a power) may be empty.
    pub event: Event,
    /// Legal time.
    pub occurred_on: Option<DateSpec>,
    /// The document it rests on, by its id within the agreement.
    pub source: Option<SourceRef>,
    /// In whose authority it is recorded.
    pub authority: Option<String>,
    /// Why, where a reason is owed.
    pub reason: Option<String>,
    /// The record that it reverses.
    pub corrects: Option<u64>,
    /// The body whose pending meeting is meant, where the meeting is not named.
    pub body: Option<String>,
}

impl Proposal {
    /// A fact with nothing said about it.
    pub fn new(agreement: &str, event: Event) -> Self {
        Proposal {
            agreement: agreement.into(),
            event,
            occurred_on: None,
            source: None,
            authority: None,
            reason: None,
            corrects: None,
            body: None,
        }
    }

    /// What a record says, proposed anew.
    pub fn again(record: &Record) -> Self {
        Proposal {
            occurred_on: record.occurred_on.clone(),
            source: record.source.clone(),
            authority: record.authority.clone(),
            reason: record.reason.clone(),
            corrects: record.corrects,
            ..Proposal::new(&record.agreement, record.event.clone())
        }
    }

    /// The reversal of a record, on a day.
    pub fn reversal(agreement: &str, seq: u64, on: NaiveDate) -> Self {
        Proposal { corrects: Some(seq), ..Proposal::new(agreement, Event::RecordCorrected(RecordCorrected {})).on(on) }
    }

    /// The same on a day.
    pub fn on(self, day: impl Into<DateSpec>) -> Self {
        Proposal { occurred_on: Some(day.into()), ..self }
    }
}

/// The day on which it is decided, and how old an act may be by then without a reason.
#[derive(Debug, Clone, Copy)]
pub struct Today {
    /// The day.
    pub day: NaiveDate,
    /// So many days after the latest day of an act, recording it takes a reason; `None`: never.
    pub late_after_days: Option<u32>,
}

impl From<NaiveDate> for Today {
    fn from(day: NaiveDate) -> Self {
        Today { day, late_after_days: None }
    }
}

/// A fault, and the place of the proposal that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Place in the list of proposals.
    pub proposal: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is to be appended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// The proposals with every id filled in, and their place in the list handed in.
    pub facts: Vec<(usize, Proposal)>,
    /// Places of proposals that the register already holds in the same words.
    pub already: Vec<usize>,
}

/// Proposals that were accepted are numbered down from the largest number, far above every `seq` of a log, so that a reversal in the same
/// list can only name what is recorded.
pub(super) fn is_proposed(seq: u64) -> bool {
    seq > u64::MAX / 2
}
