//! What a scheduled run records of itself: what it flagged, whom it told, and that it left nothing out. These facts stand in the stream
//! [`crate::record::ALERTS`]; nothing that is owed follows from them. The day that a run looked from is the record's `occurred_on`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::date_spec::DateSpec;
use crate::event::RulesAdopted;

/// A fact about alerts.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertFact {
    /// Lines of the docket were flagged for one channel, together: they are one message.
    Raised(Box<AlertsRaised>),
    /// Flags were taken back: their date moved, or nothing is owed any more.
    Withdrawn(Box<AlertsWithdrawn>),
    /// A message arrived.
    Delivered(Box<AlertsDelivered>),
    /// A message was sent and did not arrive.
    Failed(Box<DeliveryFailed>),
    /// Somebody took note of alerts: nobody is told of them again before their date has passed.
    Acknowledged(AlertsAcknowledged),
    /// Somebody put alerts off to a day: nobody is told of them before it.
    Snoozed(AlertsSnoozed),
    /// Somebody sent alerts up to somebody else.
    Escalated(AlertsEscalated),
    /// A run was done.
    Run(Box<RunCompleted>),
}

/// A rung of a ladder: when a date is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rung {
    /// So many days before the earliest day that it could be due; 0 is that day.
    Before(u16),
    /// `"after"`: its latest day has passed without it.
    After(After),
}

impl Rung {
    /// The rung behind the date.
    pub const AFTER: Rung = Rung::After(After::After);
}

/// The word for the rung behind the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum After {
    After,
}

/// Alerts that were raised together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsRaised {
    /// The message that they are in, made of its alerts: the same are the same message.
    pub message: Uuid,
    /// To whom: `log`, `mail/dg-4711`, `webhook/desk`. Opaque ids, never an address.
    pub channel: String,
    /// Each of them.
    pub alerts: Vec<Alert>,
}

/// One line of the docket, flagged at one rung for one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// UUID v5 of the log's id and of line, rung, date, channel, and how often it was withdrawn before.
    pub id: Uuid,
    /// The line: `uk-kr-dp/forum-2026`.
    pub entry: String,
    /// The rung.
    pub rung: Rung,
    /// The earliest day it could be due, from which the rungs before it are counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earliest: Option<DateSpec>,
    /// The latest, by which it is judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latest: Option<DateSpec>,
    /// So many days after it ought to have been flagged, where runs were missed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub late_by: Option<u32>,
}

impl Alert {
    /// The date that it is about: the earliest for the rungs before it, the latest for the one behind.
    pub fn reference(&self) -> Option<&DateSpec> {
        match self.rung {
            Rung::Before(_) => self.earliest.as_ref(),
            Rung::After(_) => self.latest.as_ref(),
        }
    }

    /// Its id for a channel of a log, where the same was raised and withdrawn so often before.
    pub fn identity(&self, origin: Uuid, channel: &str, before: u32) -> Uuid {
        let rung = match self.rung {
            Rung::Before(days) => days.to_string(),
            Rung::After(_) => "after".into(),
        };
        let date = self.reference().map(DateSpec::to_string).unwrap_or_default();
        Uuid::new_v5(&origin, format!("alert\n{}\n{rung}\n{date}\n{channel}\n{before}", self.entry).as_bytes())
    }
}

/// The id of the message that tells these alerts and withdrawals: the same are the same message.
pub fn message_id(origin: Uuid, channel: &str, raised: &[Alert], withdrawn: &[Withdrawal]) -> Uuid {
    let raised = raised.iter().map(|alert| alert.id.to_string());
    let withdrawn = withdrawn.iter().map(|one| format!("-{}", one.id));
    let mut told: Vec<String> = raised.chain(withdrawn).collect();
    told.sort();
    Uuid::new_v5(&origin, format!("message\n{channel}\n{}", told.join("\n")).as_bytes())
}

/// Alerts that were taken back together; those who were told are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsWithdrawn {
    /// The message that says so; that of the alerts raised with it, where there are any.
    pub message: Uuid,
    /// To whom.
    pub channel: String,
    /// Each of them.
    pub alerts: Vec<Withdrawal>,
}

/// One alert that was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The alert.
    pub id: Uuid,
    /// Why, in the program's words: `moved to 2027-01-31`, `no longer owed`.
    pub why: String,
}

/// A message arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsDelivered {
    /// The message.
    pub message: Uuid,
    /// To whom.
    pub channel: String,
    /// The alerts that were in it.
    pub alerts: Vec<Uuid>,
    /// The withdrawals that were in it, by the alert.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub withdrawn: Vec<Uuid>,
}

/// A message was sent and did not arrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryFailed {
    /// The message.
    pub message: Uuid,
    /// To whom.
    pub channel: String,
    /// Which time this was, counted from 1.
    pub attempt: u32,
    /// What went wrong, in a few words without an address: `smtp 451`, `no connection`.
    pub why: String,
    /// It is not sent again by itself: a dead letter.
    pub is_final: bool,
}

/// Somebody took note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsAcknowledged {
    /// Of which alerts.
    pub alerts: Vec<Uuid>,
}

/// Somebody put alerts off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsSnoozed {
    /// Which.
    pub alerts: Vec<Uuid>,
    /// The first day on which they are told again.
    pub until: DateSpec,
}

/// Somebody sent alerts up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsEscalated {
    /// Which.
    pub alerts: Vec<Uuid>,
    /// To whom, by the id of a person.
    pub to: String,
}

/// A run was done: by this an auditor can prove that it left nothing out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunCompleted {
    /// The log that it looked at had so many records.
    pub size: u64,
    /// And this root, 64 hexadecimal digits.
    pub root: String,
    /// By which rule set.
    pub rules: RulesAdopted,
    /// SHA-256 of the ladders and of who hears of what, 64 hexadecimal digits.
    pub settings: String,
    /// How many lines the docket had.
    pub evaluated: u64,
    /// How many of them are owed and had reached a rung.
    pub due: u64,
    /// How many are owed and have no day from which a rung could be counted.
    pub undetermined: u64,
    /// SHA-256 over every line of the docket, 64 hexadecimal digits.
    pub obligations: String,
}

impl AlertFact {
    /// The kind of fact, as the record's `type` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            AlertFact::Raised(_) => "alert.raised",
            AlertFact::Withdrawn(_) => "alert.withdrawn",
            AlertFact::Delivered(_) => "alert.delivered",
            AlertFact::Failed(_) => "delivery.failed",
            AlertFact::Acknowledged(_) => "alert.acknowledged",
            AlertFact::Snoozed(_) => "alert.snoozed",
            AlertFact::Escalated(_) => "alert.escalated",
            AlertFact::Run(_) => "run.completed",
        }
    }
}
