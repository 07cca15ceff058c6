//! One expected performance: its five axes, derived separately, and the word that follows from them.
//!
//! | first match | label |
//! |---|---|
//! | ended | that word: `terminated`, `expired`, `cancelled`, `waived`, `released`, `impossible`, `superseded` |
//! | suspended | `suspended (was …)` |
//! | reported and rejected | `reported, not accepted` |
//! | complete, late | `fulfilled late (n days)` |
//! | complete, before its window or within grace | `fulfilled, early`, `fulfilled, in grace` |
//! | complete | `fulfilled` |
//! | undetermined | `undetermined: what is missing` |
//! | dormant | `dormant: until when` |
//! | partly done, overdue | `partly fulfilled, overdue` |
//! | overdue, breach determined, binding | `in breach` |
//! | overdue | binding `overdue, nothing recorded`; non-binding `not met by the date, nothing recorded` |
//! | timing | `in grace`, `due`, `due soon`, `open`, `not open yet`, `standing` |
//!
//! No record is not a breach: that word needs a recorded determination by someone with authority.

use chrono::NaiveDate;
use events::terms::Force;

use crate::machine::{Machine, derived, recorded};
use crate::time::Span;

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "obligation",
    about: "One expected performance. No record is not a breach: that word needs a determination by somebody with authority.",
    of: "commitment",
    transitions: &[
        derived("–", "the provision has effect, and its window is not open", "", "live, not open", "timing not_open"),
        derived("–", "the provision has effect, and hangs on a condition", "", "dormant", "existence dormant"),
        derived("dormant", "what it hangs on has happened; its period runs from there", "", "live", "reason commitment.trigger"),
        derived(
            "dormant",
            "the agreement is over before the condition is met",
            "",
            "ended (expired)",
            "existence ended(expired)",
        ),
        derived("dormant", "what it hangs on can happen no more", "", "ended (expired)", "reason commitment.moot"),
        derived(
            "dormant",
            "an instance of another provision is performed, breached as somebody determined, or not met by its date",
            "",
            "live",
            "reason commitment.set-off",
        ),
        recorded(
            "dormant",
            "performance.reported",
            "of two who owe in return for each other, the first has performed",
            "",
            "live",
            "reason commitment.in-return",
        ),
        derived(
            "–",
            "the one before it has its date, or is performed: the next cycle is counted from there",
            "",
            "live",
            "reason commitment.each",
        ),
        derived("live", "its window opens", "", "open", "timing open"),
        derived("open", "its earliest date is thirty days off or less", "", "due soon", "timing due_soon"),
        derived("due soon", "its earliest date has come", "", "due", "timing due"),
        derived("due", "its latest date has passed, and the text gives some days of grace", "", "in grace", "timing in_grace"),
        derived("due, in grace", "its latest date has passed, and grace if there is any", "", "overdue", "timing overdue"),
        derived(
            "overdue",
            "the text makes time final: what was not done in time can be done no more",
            "",
            "ended (expired)",
            "label lapsed",
        ),
        derived("live", "a date that was only indicative has passed", "WTO TFA, Art 16", "undetermined", "timing undetermined"),
        recorded(
            "live",
            "work.reported",
            "work is reported: it shows and closes nothing",
            "",
            "in progress",
            "performance in_progress",
        ),
        recorded(
            "live",
            "performance.reported",
            "a part is performed, or some of those who act together",
            "",
            "partial",
            "performance partial",
        ),
        recorded(
            "live, not open",
            "performance.reported",
            "it is performed before its window opens: it counts, and that it was early stays visible",
            "",
            "fulfilled, early",
            "timeliness early",
        ),
        recorded(
            "in grace, overdue",
            "performance.reported",
            "it is performed after its date and within grace",
            "",
            "fulfilled, in grace",
            "timeliness in_grace",
        ),
        recorded(
            "live, overdue",
            "performance.reported",
            "it is performed in time; the day of the act counts, not of the record",
            "",
            "fulfilled",
            "timeliness on_time",
        ),
        recorded(
            "overdue",
            "performance.reported",
            "it is performed late, which stays visible",
            "",
            "fulfilled late",
            "timeliness late",
        ),
        recorded("fulfilled", "assessment.made", "it is accepted", "", "fulfilled, accepted", "assessment accepted"),
        recorded(
            "fulfilled",
            "assessment.made",
            "it is rejected: its date applies again",
            "",
            "reported, not accepted",
            "assessment rejected",
        ),
        recorded(
            "live, overdue",
            "extension.granted",
            "its date is put off; the first date stays visible",
            "",
            "live",
            "reason obligation.extended",
        ),
        recorded(
            "live",
            "due-date.set",
            "its date is set; what is definitive is not moved by an expectation",
            "",
            "live",
            "reason obligation.date-set",
        ),
        recorded(
            "live, overdue",
            "waiver.granted",
            "each of those to whom it is owed waives it",
            "VCLT 45 by analogy",
            "ended (waived)",
            "existence ended(waived)",
        ),
        recorded(
            "live, overdue",
            "obligation.released",
            "it is ended by consent",
            "",
            "ended (released)",
            "existence ended(released)",
        ),
        recorded(
            "live",
            "agreement.suspended",
            "its provision or the agreement is suspended",
            "VCLT 72",
            "suspended",
            "existence suspended",
        ),
        recorded(
            "suspended",
            "agreement.resumed",
            "the suspension is over; its date moves as far as its clock stood still",
            "VCLT 72(2)",
            "live",
            "reason obligation.resumed",
        ),
        derived(
            "live",
            "the agreement is over before it falls due, and it does not survive; what was due before stays",
            "VCLT 70(1)",
            "ended (terminated)",
            "existence ended(terminated)",
        ),
        derived(
            "live",
            "the agreement is to end before it falls due, and the text makes it due then",
            "",
            "live, due at the end",
            "reason commitment.accelerated",
        ),
        recorded(
            "live",
            "agreement.superseded",
            "a later agreement takes the place of its provision",
            "VCLT 30, 59",
            "ended (superseded)",
            "existence ended(superseded)",
        ),
        recorded(
            "live",
            "impossibility.accepted",
            "it is accepted that it cannot be performed",
            "VCLT 61",
            "ended (impossible)",
            "existence ended(impossible)",
        ),
        recorded(
            "overdue",
            "breach.determined",
            "somebody with authority determines a breach; it can still be performed",
            "VCLT 60",
            "in breach",
            "label in breach",
        ),
        recorded(
            "standing",
            "incident.reported",
            "it is not complied with for a time",
            "",
            "standing, with an open incident",
            "reason obligation.incident",
        ),
        derived(
            "standing",
            "what was to be refrained from for a time was, until its end",
            "",
            "fulfilled",
            "reason commitment.kept",
        ),
        recorded(
            "standing",
            "incident.reported",
            "what was to be refrained from is reported: a breach only if somebody with authority determines one",
            "",
            "undetermined after its end",
            "reason commitment.breach-candidate",
        ),
    ],
};

/// How many days before the earliest date something is due soon.
pub const SOON_DAYS: i64 = 30;

/// The five axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axes {
    /// Whether there is anything to perform.
    pub existence: Existence,
    /// Where its date stands.
    pub timing: Timing,
    /// What was done.
    pub performance: Performance,
    /// Whether what was done was in time.
    pub timeliness: Timeliness,
    /// Who says so.
    pub assessment: Assessment,
    /// Its date had passed before it was put off.
    pub was_overdue: bool,
    /// Somebody with authority determined that it was breached.
    pub is_breached: bool,
}

/// Whether there is anything to perform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existence {
    /// A condition is not met: which one.
    Dormant(String),
    /// It is there.
    Live,
    /// It is there and need not be performed for a time: what it was before, in a word.
    Suspended(String),
    /// It is over.
    Ended(Ending),
}

/// How it came to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ending {
    Fulfilled,
    Expired,
    Terminated,
    Cancelled,
    Waived,
    Released,
    Impossible,
    Superseded,
    Repealed,
    Void,
    Excused,
    Inquorate,
}

/// Where its date stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Timing {
    Undated,
    NotOpen,
    Open,
    DueSoon,
    /// Between the earliest and the latest day it could be due, both included.
    Due,
    /// After the latest, within days of grace that the text gives.
    InGrace,
    /// Days since the latest.
    Overdue(i64),
    /// What is missing.
    Undetermined(String),
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Performance {
    None,
    /// Work was reported; it closes nothing.
    InProgress,
    /// Some of those who must act together have acted.
    Partial,
    Complete,
}

/// Whether what was done was in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Timeliness {
    NotApplicable,
    /// Before the first day on which performance counts.
    Early,
    OnTime,
    /// After the latest day, within days of grace.
    InGrace,
    /// Days after the latest day; the least, where the day it was done is known as a range.
    Late {
        /// How many.
        days: i64,
        /// They may be more.
        at_least: bool,
    },
    /// The day it was done, or the day it was due, is not known well enough.
    Undetermined,
}

/// Who says that it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Assessment {
    Unassessed,
    SelfReported,
    Accepted,
    Acknowledged,
    Rejected,
    Contested,
}

impl Axes {
    /// Live, with nothing done.
    pub fn live(timing: Timing) -> Self {
        Axes {
            existence: Existence::Live,
            timing,
            performance: Performance::None,
            timeliness: Timeliness::NotApplicable,
            assessment: Assessment::Unassessed,
            was_overdue: false,
            is_breached: false,
        }
    }

    /// Not there yet, until something happens.
    pub fn dormant(until: impl Into<String>) -> Self {
        Axes { existence: Existence::Dormant(until.into()), ..Axes::live(Timing::Undated) }
    }

    /// There, and its date cannot be told.
    pub fn undetermined(missing: impl Into<String>) -> Self {
        Axes::live(Timing::Undetermined(missing.into()))
    }

    /// Done on a day or range of days, judged by the latest day it was due.
    pub fn done(on: Span, deadline: Option<Deadline>) -> Self {
        Axes {
            existence: Existence::Ended(Ending::Fulfilled),
            performance: Performance::Complete,
            // No clock runs any more.
            timing: Timing::Undated,
            timeliness: deadline.map_or(Timeliness::NotApplicable, |deadline| deadline.timeliness(on)),
            assessment: Assessment::SelfReported,
            ..Axes::live(Timing::Undated)
        }
    }

    /// The word for all this.
    pub fn label(&self, force: Force) -> String {
        let word = self.word(force);
        let contested = if self.assessment == Assessment::Contested { ", contested" } else { "" };
        let overdue = if self.was_overdue && self.is_pending() { ", was overdue before" } else { "" };
        format!("{word}{contested}{overdue}")
    }

    fn word(&self, force: Force) -> String {
        match (&self.existence, self.performance, &self.timing) {
            (_, Performance::Complete, _) => match self.timeliness {
                Timeliness::Late { days, at_least: false } => format!("fulfilled late ({})", days_words(days)),
                Timeliness::Late { days, at_least: true } => format!("fulfilled late (at least {})", days_words(days)),
                Timeliness::Undetermined => "fulfilled, whether in time is not known".into(),
                Timeliness::Early => "fulfilled, early".into(),
                Timeliness::InGrace => "fulfilled, in grace".into(),
                _ => "fulfilled".into(),
            },
            (Existence::Ended(ending), _, _) => ending.word().into(),
            (Existence::Suspended(was), ..) => format!("suspended (was {was})"),
            (_, Performance::None, _) if self.assessment == Assessment::Rejected => "reported, not accepted".into(),
            (_, _, Timing::Undetermined(missing)) => format!("undetermined: {missing}"),
            (Existence::Dormant(until), _, _) => format!("dormant: {until}"),
            (_, _, Timing::Overdue(_)) if self.is_breached && force != Force::NonBinding => "in breach".into(),
            (_, Performance::Partial, Timing::Overdue(_)) => "partly fulfilled, overdue".into(),
            (_, _, Timing::Overdue(_)) if force == Force::NonBinding => "not met by the date, nothing recorded".into(),
            (_, _, Timing::Overdue(_)) => "overdue, nothing recorded".into(),
            (_, _, Timing::InGrace) => "in grace".into(),
            (_, _, Timing::Due) => "due".into(),
            (_, _, Timing::DueSoon) => "due soon".into(),
            (_, _, Timing::Open) => "open".into(),
            (_, _, Timing::NotOpen) => "not open yet".into(),
            (_, _, Timing::Undated) => "standing".into(),
        }
    }

    /// Whether someone still has to do something about its date.
    pub fn is_pending(&self) -> bool {
        self.performance != Performance::Complete && matches!(self.existence, Existence::Live)
    }
}

/// From when performance counts, by when it is due, and how long after that it still passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// First day on which performance counts, if the text says one.
    pub opens: Option<NaiveDate>,
    /// By when.
    pub due: Span,
    /// The last day of grace, if the text gives any.
    pub grace: Option<Span>,
}

impl From<Span> for Deadline {
    fn from(due: Span) -> Self {
        Deadline { opens: None, due, grace: None }
    }
}

impl Deadline {
    /// The last day on which it can be done without being overdue.
    pub fn last(self) -> Span {
        self.grace.unwrap_or(self.due)
    }

    /// Where it stands on a day.
    pub fn timing(self, as_of: NaiveDate) -> Timing {
        match timing(self.opens, self.due, as_of) {
            Timing::Overdue(_) if as_of <= self.last().latest => Timing::InGrace,
            timing => timing,
        }
    }

    fn timeliness(self, on: Span) -> Timeliness {
        let Deadline { opens, due, .. } = self;
        if opens.is_some_and(|opens| on.latest < opens) {
            Timeliness::Early
        } else if opens.is_some_and(|opens| on.earliest < opens) {
            Timeliness::Undetermined
        } else if on.latest <= due.latest {
            Timeliness::OnTime
        } else if on.earliest > self.last().latest {
            // Grace that was not kept to is no extension: the days count from the date.
            Timeliness::Late { days: (on.earliest - due.latest).num_days(), at_least: on.earliest < on.latest }
        } else if on.earliest > due.latest && on.latest <= self.last().latest {
            Timeliness::InGrace
        } else {
            Timeliness::Undetermined
        }
    }
}

/// Where a date stands on a day: `opens` is the first day on which the performance counts.
pub fn timing(opens: Option<NaiveDate>, due: Span, as_of: NaiveDate) -> Timing {
    if as_of > due.latest {
        Timing::Overdue((as_of - due.latest).num_days())
    } else if as_of >= due.earliest {
        Timing::Due
    } else if opens.is_some_and(|opens| as_of < opens) {
        Timing::NotOpen
    } else if (due.earliest - as_of).num_days() <= SOON_DAYS {
        Timing::DueSoon
    } else {
        Timing::Open
    }
}

/// `1 day`, `12 days`.
pub fn days_words(days: i64) -> String {
    if days == 1 { "1 day".into() } else { format!("{days} days") }
}

impl Existence {
    /// The word in JSON.
    pub fn word(&self) -> String {
        match self {
            Existence::Dormant(_) => "dormant".into(),
            Existence::Live => "live".into(),
            Existence::Suspended(_) => "suspended".into(),
            Existence::Ended(ending) => format!("ended({})", ending.word()),
        }
    }
}

impl Ending {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Fulfilled => "fulfilled",
            Ending::Expired => "expired",
            Ending::Terminated => "terminated",
            Ending::Cancelled => "cancelled",
            Ending::Waived => "waived",
            Ending::Released => "released",
            Ending::Impossible => "impossible",
            Ending::Superseded => "superseded",
            Ending::Repealed => "repealed",
            Ending::Void => "void",
            Ending::Excused => "excused",
            Ending::Inquorate => "inquorate",
        }
    }
}

impl Timing {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Timing::Undated => "undated",
            Timing::NotOpen => "not_open",
            Timing::Open => "open",
            Timing::DueSoon => "due_soon",
            Timing::Due => "due",
            Timing::InGrace => "in_grace",
            Timing::Overdue(_) => "overdue",
            Timing::Undetermined(_) => "undetermined",
        }
    }
}

impl Performance {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Performance::None => "none",
            Performance::InProgress => "in_progress",
            Performance::Partial => "partial",
            Performance::Complete => "complete",
        }
    }
}

impl Timeliness {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Timeliness::NotApplicable => "n/a",
            Timeliness::Early => "early",
            Timeliness::OnTime => "on_time",
            Timeliness::InGrace => "in_grace",
            Timeliness::Late { .. } => "late",
            Timeliness::Undetermined => "undetermined",
        }
    }
}

impl Assessment {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Assessment::Unassessed => "unassessed",
            Assessment::SelfReported => "self_reported",
            Assessment::Accepted => "accepted",
            Assessment::Acknowledged => "acknowledged",
            Assessment::Rejected => "rejected",
            Assessment::Contested => "contested",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn timing_on(as_of: &str) -> &'static str {
        let due = Span { earliest: day("2026-11-22"), latest: day("2026-12-31") };
        timing(Some(day("2026-01-01")), due, day(as_of)).word()
    }

    #[test]
    fn the_day_before_the_day_and_the_day_after_each_boundary() {
        assert_eq!(timing_on("2025-12-31"), "not_open");
        assert_eq!(timing_on("2026-01-01"), "open");
        assert_eq!(timing_on("2026-10-22"), "open");
        assert_eq!(timing_on("2026-10-23"), "due_soon");
        assert_eq!(timing_on("2026-11-21"), "due_soon");
        assert_eq!(timing_on("2026-11-22"), "due");
        assert_eq!(timing_on("2026-12-31"), "due");
        assert_eq!(timing_on("2027-01-01"), "overdue");
    }

    #[test]
    fn a_political_commitment_is_not_met_and_never_in_breach() {
        let axes = Axes::live(Timing::Overdue(3));
        assert_eq!(axes.label(Force::NonBinding), "not met by the date, nothing recorded");
        assert_eq!(axes.label(Force::Binding), "overdue, nothing recorded");
    }

    #[test]
    fn late_performance_stays_visible() {
        let due = Span::day(day("2026-06-30"));
        let done = Axes::done(Span::day(day("2026-07-03")), Some(due.into()));
        assert_eq!(done.label(Force::Binding), "fulfilled late (3 days)");
    }

    #[test]
    fn the_edges_of_a_window_and_of_grace() {
        let deadline = Deadline {
            opens: Some(day("2026-05-31")),
            due: Span::day(day("2026-06-30")),
            grace: Some(Span::day(day("2026-07-10"))),
        };
        let on = |text: &str| (deadline.timing(day(text)).word(), deadline.timeliness(Span::day(day(text))).word());
        assert_eq!(on("2026-05-30"), ("not_open", "early"));
        assert_eq!(on("2026-05-31"), ("due_soon", "on_time"));
        assert_eq!(on("2026-06-30"), ("due", "on_time"));
        assert_eq!(on("2026-07-01"), ("in_grace", "in_grace"));
        assert_eq!(on("2026-07-10"), ("in_grace", "in_grace"));
        assert_eq!(on("2026-07-11"), ("overdue", "late"));
        let vague = |from: &str, to: &str| deadline.timeliness(Span { earliest: day(from), latest: day(to) }).word();
        assert_eq!(vague("2026-05-01", "2026-05-31"), "undetermined");
        assert_eq!(vague("2026-06-01", "2026-07-05"), "undetermined");
        assert_eq!(vague("2026-07-01", "2026-07-31"), "undetermined");
    }
}
