//! The docket: the derived state of everything at a position, each line with its axes, its dates and its reasons.

use chrono::NaiveDate;
use events::event::Certainty;
use events::terms::{Force, Form, Party, Relation};

pub use crate::obligation::{Assessment, Axes, Ending, Existence, Performance, Timeliness, Timing};
pub use crate::replay::Finding;
use crate::time::Span;

/// Everything at a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Docket {
    /// The day it is seen from.
    pub as_of: NaiveDate,
    /// One line an agreement.
    pub agreements: Vec<AgreementLine>,
    /// Every commitment, cycle, meeting, power, notice and term.
    pub entries: Vec<Line>,
    /// What is odd.
    pub findings: Vec<Finding>,
}

/// An agreement as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementLine {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is called.
    pub form: Form,
    /// Whether it binds.
    pub force: Force,
    /// Who concluded it.
    pub parties: Vec<Party>,
    /// How its periods are counted.
    pub reckoning: String,
    /// Whether it has effect, and since when.
    pub effect: Effect,
    /// Whether notice to end it has been given.
    pub notice: NoticeLine,
    /// The first day without it, if an end is in sight; open at the end where none is known.
    pub ends: Option<Span>,
    /// What is left of it, once it is over.
    pub after_end: Option<AfterEnd>,
    /// Each party's own standing.
    pub participation: Vec<Participation>,
    /// Numbered paragraphs: how many were read, how many there are.
    pub paragraphs: Option<(u32, u32)>,
    /// The last thing that happened under it, with its date as given.
    pub last_act: Option<LastAct>,
    /// Other agreements it names.
    pub relates: Vec<Relation>,
    /// Handling markings of its documents, other than `public`.
    pub handling: Vec<String>,
    /// From this day on, time alone changes nothing of what is said of it, but for how many days ago something was ([`crate::rest`]).
    pub at_rest: bool,
}

/// What is left of an agreement that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterEnd {
    /// Nothing was owed at the end, and nothing survives.
    NothingSurvives,
    /// This goes on.
    WindingDown(Vec<Remainder>),
    /// Something went on, and is over.
    Settled,
}

impl AfterEnd {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            AfterEnd::NothingSurvives => "nothing_survives",
            AfterEnd::WindingDown(_) => "winding_down",
            AfterEnd::Settled => "settled",
        }
    }
}

/// Something that outlives an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remainder {
    /// What it is.
    pub what: String,
    /// Its line in the docket.
    pub line: String,
    /// The word for its state.
    pub label: String,
    /// By when it is due, or until when it runs.
    pub until: Option<Span>,
}

impl Remainder {
    /// What a line leaves to do.
    pub(crate) fn of(line: &Line) -> Self {
        Remainder { what: line.what.clone(), line: line.id.clone(), label: line.label.clone(), until: line.due.span() }
    }
}

/// A party's own standing in an agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Participation {
    /// The party.
    pub party: String,
    /// Its name on the day.
    pub name: String,
    /// The ministry or department through which it acts on the day.
    pub acts_through: Option<String>,
    /// Where it stands.
    pub state: ParticipationState,
    /// Since when it is bound or former, or when it leaves.
    pub span: Option<Span>,
    /// Why.
    pub because: Vec<Reason>,
}

/// Where a party stands in an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParticipationState {
    /// Named, and the agreement has no effect for it yet.
    Signatory,
    /// It has effect for it.
    Bound,
    /// Its withdrawal runs.
    Leaving,
    /// It has left.
    Former,
    /// It may have left.
    Undetermined,
}

impl ParticipationState {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            ParticipationState::Signatory => "signatory",
            ParticipationState::Bound => "bound",
            ParticipationState::Leaving => "leaving",
            ParticipationState::Former => "former",
            ParticipationState::Undetermined => "undetermined",
        }
    }
}

/// The last act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAct {
    /// Record.
    pub seq: u64,
    /// Kind of fact.
    pub kind: &'static str,
    /// Its date as given.
    pub on: String,
}

/// Where an agreement stands between its conclusion and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the words are the documentation; docs/words.md has them with their sources
pub enum EffectState {
    /// Nothing had happened yet that makes it an agreement.
    NotConcluded,
    Concluded,
    Signed,
    /// Non-binding: it has come into effect.
    InEffect,
    /// Binding: it is applied before it enters into force (VCLT 25).
    ProvisionallyApplied,
    /// Binding: it has entered into force.
    InForce,
    /// It has effect, and its operation is suspended.
    Suspended,
    Terminated,
    Expired,
    /// A later agreement took its place.
    Superseded,
    /// It was established that it never had legal force (VCLT 69).
    Void,
    /// What is known does not settle it on that day.
    Undetermined,
}

impl EffectState {
    /// Whether it has effect, be it for a time or with a pause: its powers can be used, and it can be ended.
    pub fn is_running(self) -> bool {
        matches!(self, EffectState::InEffect | EffectState::InForce | EffectState::ProvisionallyApplied | EffectState::Suspended)
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            EffectState::NotConcluded => "not_concluded",
            EffectState::Concluded => "concluded",
            EffectState::Signed => "signed",
            EffectState::InEffect => "in_effect",
            EffectState::ProvisionallyApplied => "provisionally_applied",
            EffectState::InForce => "in_force",
            EffectState::Suspended => "suspended",
            EffectState::Terminated => "terminated",
            EffectState::Expired => "expired",
            EffectState::Superseded => "superseded",
            EffectState::Void => "void",
            EffectState::Undetermined => "undetermined",
        }
    }
}

/// The state of effect with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The state.
    pub state: EffectState,
    /// Since when, as precisely as is known.
    pub since: Option<String>,
    /// Why.
    pub because: Vec<Reason>,
}

/// The state of notice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeLine {
    /// `none`, `pending` or `effective`.
    pub state: NoticeState,
    /// Who gave it.
    pub by: Option<String>,
    /// When, as given.
    pub given: Option<String>,
    /// When it ends the agreement, at the earliest and the latest.
    pub ends: Option<(NaiveDate, Option<NaiveDate>)>,
    /// The same in words, as far as the text goes: `no earlier than 2027-02-28`.
    pub words: Option<String>,
}

/// Whether a notice to end the agreement is running.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NoticeState {
    #[default]
    None,
    Pending,
    Effective,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    Commitment,
    MeetingCycle,
    Meeting,
    Power,
    Notice,
    Term,
}

impl Kind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Commitment => "commitment",
            Kind::MeetingCycle => "meeting-cycle",
            Kind::Meeting => "meeting",
            Kind::Power => "power",
            Kind::Notice => "notice",
            Kind::Term => "term",
        }
    }
}

/// One line of the docket.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// `uk-kr-dp/forum-2026`: the agreement, a slash, the id of the instance.
    pub id: String,
    /// The agreement.
    pub agreement: String,
    /// Place of the provision in the text, if the line comes from one.
    pub provision: Option<String>,
    /// What the line is about.
    pub kind: Kind,
    /// What is owed or may be done, in our own words.
    pub what: String,
    /// Party ids of the obligors, or of those who hold a power.
    pub by: Vec<String>,
    /// Party ids of the obligees.
    pub to: Vec<String>,
    /// The line's word for its state, derived from the axes and the force.
    pub label: String,
    /// The five axes.
    pub axes: Axes,
    /// By when.
    pub due: Due,
    /// The cycle that it belongs to, where it recurs.
    pub window: Option<Span>,
    /// Why, step by step.
    pub because: Vec<Reason>,
    /// Commands that would close it.
    pub closes_with: Vec<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// Whether the provision binds.
    pub force: Force,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// What the clause gives and what was stated, where the line is a notice or a consent.
    pub reckoned: Option<Reckoned>,
    /// The day in UTC since which the log says that it is owed, and by when. `None` where nothing says so.
    pub known_since: Option<NaiveDate>,
    /// Its date passed without it, and had passed already when the log came to say so. A flag beside the label, never in its place.
    pub late_known: bool,
}

/// A day of effect as the clause gives it, beside the day that was stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// From what it counts, each reading by its word (`received`).
    pub counted_from: Vec<String>,
    /// The day or days that it counts from.
    pub from: Option<Span>,
    /// What the clause gives over all its readings; `None` where it gives no date.
    pub clause: Option<Span>,
    /// What the depositary, or whoever is competent, stated.
    pub stated: Option<Span>,
}

/// How the day that the clause gives and the day that was stated stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are the same day.
    Agrees,
    /// The clause leaves several days open, and the stated day is one of them.
    Within,
    /// The clause gives another day.
    Differs,
    /// A day was stated, and the clause gives none.
    NoDate,
    /// No day was stated.
    NotStated,
}

impl Reckoned {
    /// How the two stand to each other.
    pub fn verdict(&self) -> Verdict {
        match (self.clause, self.stated) {
            (_, None) => Verdict::NotStated,
            (None, Some(_)) => Verdict::NoDate,
            (Some(clause), Some(stated)) if clause == stated => Verdict::Agrees,
            (Some(clause), Some(stated)) if clause.holds(stated) => Verdict::Within,
            _ => Verdict::Differs,
        }
    }
}

impl Verdict {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Within => "within",
            Verdict::Differs => "differs",
            Verdict::NoDate => "no_date",
            Verdict::NotStated => "not_stated",
        }
    }
}

/// By when, as the range it could be. Alerts use the earliest, judgement the latest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Earliest day.
    pub earliest: Option<NaiveDate>,
    /// Latest day.
    pub latest: Option<NaiveDate>,
    /// How firmly the date was given; `None` without a date.
    pub certainty: Option<Certainty>,
}

impl Due {
    /// A range with its certainty.
    pub fn within(span: Span, certainty: Certainty) -> Self {
        Due { earliest: Some(span.earliest), latest: Some(span.latest), certainty: Some(certainty) }
    }

    /// The range, if both ends are known.
    pub fn span(self) -> Option<Span> {
        Some(Span { earliest: self.earliest?, latest: self.latest? })
    }
}

/// One step of a chain of reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Name of the rule (`meeting-series.readings`).
    pub rule: &'static str,
    /// The provision it rests on, by its place in the text.
    pub provision: Option<String>,
    /// The records it rests on, by `seq`.
    pub records: Vec<u64>,
    /// The step in words.
    pub text: String,
}

impl Reason {
    /// A step by a rule.
    pub fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Reason { rule, provision: None, records: Vec::new(), text: text.into() }
    }

    /// The same, resting on a provision.
    pub fn provision(mut self, reference: &str) -> Self {
        self.provision = Some(reference.into());
        self
    }

    /// Both as one step, where it takes both.
    pub fn and(mut self, other: Reason) -> Self {
        if self.text != other.text {
            self.text = format!("{}; {}", self.text, other.text);
        }
        self.records.extend(other.records.iter().filter(|seq| !self.records.contains(seq)).collect::<Vec<_>>());
        self
    }

    /// The same, resting on records.
    pub fn records(mut self, records: impl IntoIterator<Item = u64>) -> Self {
        self.records.extend(records);
        self
    }
}

/// How two dockets differ on one line.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<'a> {
    /// The line is new.
    New(&'a Line),
    /// The line says something else: before and after.
    Changed(&'a Line, &'a Line),
    /// The line is gone.
    Gone(&'a Line),
}

impl<'a> Change<'a> {
    /// The line as it is, or as it was if it is gone.
    pub fn line(&self) -> &'a Line {
        match self {
            Change::New(line) | Change::Changed(_, line) | Change::Gone(line) => line,
        }
    }
}

impl Docket {
    /// A line by its id.
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.entries.iter().find(|line| line.id == id)
    }

    /// An agreement's line by its id.
    pub fn agreement(&self, id: &str) -> Option<&AgreementLine> {
        self.agreements.iter().find(|line| line.id == id)
    }

    /// The part of the docket that these lines make, with everything else as it is.
    pub fn with_entries(&self, keep: impl Fn(&Line) -> bool) -> Docket {
        Docket { entries: self.entries.iter().filter(|line| keep(line)).cloned().collect(), ..self.clone() }
    }

    /// What changed for a reader from `before` to `self`: labels, dates, existence, who owes and to whom, not the wording of reasons.
    pub fn changes<'a>(&'a self, before: &'a Docket) -> Vec<Change<'a>> {
        let told = |line: &Line| {
            let Line { label, due, axes, what, by, to, .. } = line;
            let mut axes = axes.clone();
            // For how long follows from the date and the day.
            if let Timing::Overdue(days) = &mut axes.timing {
                *days = 0;
            }
            (label.clone(), *due, axes, what.clone(), by.clone(), to.clone())
        };
        let now = self.entries.iter().filter_map(|line| match before.line(&line.id) {
            None => Some(Change::New(line)),
            Some(old) if told(old) != told(line) => Some(Change::Changed(old, line)),
            Some(_) => None,
        });
        let gone = before.entries.iter().filter(|line| self.line(&line.id).is_none()).map(Change::Gone);
        now.chain(gone).collect()
    }
}
