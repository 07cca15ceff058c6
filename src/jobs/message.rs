//! What is handed to a channel: one message, made of alerts that were raised together. What is in it hangs on the log alone, so that the
//! same message sent twice is the same message.

use chrono::{DateTime, NaiveDate, Utc};
use rules::docket::Due;
use rules::fault::Fault;
use uuid::Uuid;

/// What one recipient of one channel is told by one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its identity, from the log's id and the alerts in it: `Message-ID`, `Idempotency-Key` and `webhook-id` are made of it.
    pub id: Uuid,
    /// The log's id.
    pub origin: Uuid,
    /// The channel: `mail/dg-4711`, `webhook/desk`.
    pub channel: String,
    /// The day that the run looked from when it raised them.
    pub as_of: NaiveDate,
    /// When the alerts were recorded.
    pub recorded_at: DateTime<Utc>,
    /// What is flagged, by agreement and then by date.
    pub items: Vec<Item>,
    /// What was flagged before and is no longer owed so.
    pub withdrawn: Vec<Withdrawn>,
}

/// One line of the docket that is flagged.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The alert's id.
    pub alert: Uuid,
    /// The line: `uk-kr-dp/forum-2026`.
    pub entry: String,
    /// The agreement.
    pub agreement: String,
    /// Its title.
    pub title: String,
    /// What is owed, in our own words.
    pub what: String,
    /// `binding` or `non-binding`.
    pub force: &'static str,
    /// The word for its state on the day.
    pub label: String,
    /// Days before the earliest date, or after the latest, in words: `30 days before`, `on the day`, `after the date`.
    pub rung: String,
    /// By when.
    pub due: Due,
    /// The same in words: `2026-12-31`, `between 2026-07-01 and 2026-12-31`.
    pub due_words: String,
    /// So many days after it ought to have been flagged.
    pub late_by: Option<u32>,
    /// Why, in a sentence.
    pub because: String,
    /// A command that would close it.
    pub closes_with: Option<String>,
    /// For its entry in a calendar.
    pub calendar: Entry,
}

/// What is flagged no longer.
#[derive(Debug, Clone, PartialEq)]
pub struct Withdrawn {
    /// The alert's id.
    pub alert: Uuid,
    /// The line.
    pub entry: String,
    /// Why, in a few words: `moved to 2027-01-31`, `no longer owed`.
    pub why: String,
    /// For its entry in a calendar, cancelled.
    pub calendar: Entry,
}

/// One entry of a calendar: an all-day event on the latest day that it could be due, without an end of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Never changes for a line: UUID v5 of the log's id and the line's.
    pub uid: Uuid,
    /// Grows with each record of the agreement.
    pub sequence: u64,
    /// When the last of them was recorded.
    pub stamp: DateTime<Utc>,
    /// The day.
    pub day: NaiveDate,
    /// `CONFIRMED`, `TENTATIVE` or `CANCELLED`.
    pub status: Status,
    /// One line.
    pub summary: String,
    /// The rest: by when in words, the state, why.
    pub description: String,
    /// Days before, for its alarms.
    pub alarms: Vec<u16>,
}

/// How firm an entry of a calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Confirmed,
    /// Its date is a range, or only indicative.
    Tentative,
    Cancelled,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// What goes into the log: a few words without an address or a name (`smtp 451`, `http 503`, `no connection`, `timed out`).
    pub class: String,
    /// All of it, for the person at the terminal.
    pub detail: String,
    /// It will not arrive by being sent again (`smtp 550`, `http 410`).
    pub is_final: bool,
}

/// What is wrong with the settings keeps a message back until they are right.
impl From<Fault> for Undelivered {
    fn from(fault: Fault) -> Self {
        Undelivered { class: "settings".into(), detail: format!("{} ({})", fault.what, fault.code), is_final: false }
    }
}
