//! The envelope: what is recorded about every fact, whatever the fact.

use chrono::{DateTime, Utc};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::date_spec::DateSpec;
use crate::event::Event;

/// The stream of what is recorded of the register as a whole. No agreement can be called so.
pub const REGISTER: &str = "@register";

/// The stream of what scheduled runs flagged, and what became of it. No agreement can be called so.
pub const ALERTS: &str = "@alerts";

/// A fact on its way into the log. The log adds its own name, the position and the time.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Id of the record to be, unique in the log (UUID v7; v5 where bytes must repeat).
    pub id: Uuid,
    /// The agreement it belongs to: its stream.
    pub agreement: String,
    /// The fact.
    pub event: Event,
    /// Legal time; `None` for a term, which counts from whenever its agreement does.
    pub occurred_on: Option<DateSpec>,
    /// Who recorded it: an opaque id, never a name.
    pub actor: String,
    /// In whose authority they did.
    pub authority: Option<String>,
    /// The document it rests on.
    pub source: Option<SourceRef>,
    /// Why, where a reason is owed.
    pub reason: Option<String>,
    /// `seq` of the record that this one reverses in full.
    pub corrects: Option<u64>,
    /// The rule set under which it was decided, for a determination.
    pub rules: Option<String>,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRef {
    /// Id of the source within the agreement.
    pub id: CompactString,
    /// SHA-256 of the document, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Box<str>>,
    /// Article, paragraph or page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<CompactString>,
}

/// A fact as it stands in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Id of the log it stands in.
    pub origin: Uuid,
    /// Place in the log: 1, 2, 3 …, without a gap.
    pub seq: u64,
    /// Place in its agreement's stream: 1, 2, 3 …, without a gap.
    pub version: u64,
    /// The command that wrote it. The same command twice gives the first answer and writes nothing.
    pub command: Uuid,
    /// When it was recorded, in UTC to the microsecond: the log's own clock, never before its predecessor's.
    pub recorded_at: DateTime<Utc>,
    /// What was recorded.
    pub draft: Draft,
}

impl std::ops::Deref for Record {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.draft
    }
}
