//! What a screen of all agreements says of one: finished words, small enough to be kept.

use chrono::{Datelike, NaiveDate};
use events::terms::Force;
use rules::docket::{AgreementLine, Due, Existence, Finding, Kind, Line, Performance, Timing};
use serde::{Deserialize, Serialize};

use crate::report::{Tone, words};

/// One line of the docket, as a table says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Its place in the text.
    pub provision: Option<String>,
    /// Symbol and word for its state.
    pub label: String,
    /// The tone of that.
    pub tone: Tone,
    /// By whom.
    pub by: String,
    /// What.
    pub what: String,
    /// Handling markings, other than `public`.
    pub handling: Vec<String>,
    /// By when, as numbers of days.
    pub(super) days: (Option<i32>, Option<i32>),
    /// In which lists it stands.
    pub stands: Stands,
}

/// In which lists a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    /// It is neither done nor over.
    pub pending: bool,
    /// Its latest day has passed.
    pub overdue: bool,
    /// Its days of grace run.
    pub in_grace: bool,
    /// An officer acts on it: overdue, due, a meeting or a notice that is coming.
    pub urgent: bool,
    /// It has a date on which it is, or may be, due.
    pub dated: bool,
}

impl Told {
    /// Of a line.
    pub fn of(line: &Line) -> Self {
        let label = words::label(line);
        let day = |day: Option<NaiveDate>| day.map(|day| day.num_days_from_ce());
        let pending = line.axes.is_pending();
        let dated = pending && line.due.earliest.is_some();
        let stands = Stands {
            pending,
            overdue: is_overdue(line),
            in_grace: pending && line.axes.timing == Timing::InGrace,
            urgent: is_overdue(line) || is_due(line) || (dated && matches!(line.kind, Kind::Meeting | Kind::Notice)),
            dated: dated && line.kind != Kind::Power,
        };
        Told {
            id: line.id.clone(),
            provision: line.provision.clone(),
            label: label.text,
            tone: label.tone,
            by: line.by.join(", "),
            what: line.what.clone(),
            handling: line.handling.clone(),
            days: (day(line.due.earliest), day(line.due.latest)),
            stands,
        }
    }

    /// By when.
    pub fn due(&self) -> Due {
        let day = |number: Option<i32>| number.and_then(NaiveDate::from_num_days_from_ce_opt);
        Due { earliest: day(self.days.0), latest: day(self.days.1), certainty: None }
    }

    /// The earliest day, as a number.
    pub(super) fn earliest(&self) -> Option<i32> {
        self.days.0
    }

    /// The earliest and the latest day as numbers, where it has both.
    pub(super) fn range(&self) -> Option<(i32, i32)> {
        Some((self.days.0?, self.days.1?))
    }

    /// When, and how far that is from a day.
    pub fn when(&self, as_of: NaiveDate) -> String {
        let distance = if self.stands.pending { words::distance(self.due(), as_of) } else { String::new() };
        [words::due(self.due()), distance].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// By what lines are put in order: earliest first.
    pub fn order(&self) -> impl Ord + '_ {
        (self.days, self.id.as_str())
    }
}

/// How many lines of an agreement there are of each sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Overdue.
    pub overdue: usize,
    /// Of these, known only after their date.
    pub late_known: usize,
    /// Due, or soon.
    pub due: usize,
    /// Undetermined.
    pub undetermined: usize,
    /// Open or standing.
    pub standing: usize,
    /// Done.
    pub done: usize,
}

impl Counts {
    /// Of these lines.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Self {
        let mut counts = Counts::default();
        for line in lines {
            counts.overdue += usize::from(is_overdue(line));
            counts.late_known += usize::from(line.late_known && is_overdue(line));
            counts.due += usize::from(is_due(line));
            counts.undetermined += usize::from(is_undetermined(line));
            counts.standing += usize::from(is_standing(line));
            counts.done += usize::from(line.axes.performance == Performance::Complete);
        }
        counts
    }

    /// Both together.
    pub fn and(self, other: Counts) -> Self {
        Counts {
            overdue: self.overdue + other.overdue,
            late_known: self.late_known + other.late_known,
            due: self.due + other.due,
            undetermined: self.undetermined + other.undetermined,
            standing: self.standing + other.standing,
            done: self.done + other.done,
        }
    }
}

/// One agreement, as a table says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Whether it binds.
    pub force: Force,
    /// Its effect, in words.
    pub effect: String,
    /// Its notice, in words.
    pub notice: String,
    /// How many lines of each sort.
    pub counts: Counts,
    /// The day of its last act.
    pub last_act: String,
    /// Handling markings of its documents, other than `public`.
    pub handling: Vec<String>,
}

/// Something odd, as a screen says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odd {
    /// Its record, if it has one.
    pub seq: Option<u64>,
    /// What is odd.
    pub text: String,
}

impl From<&Finding> for Odd {
    fn from(finding: &Finding) -> Self {
        Odd { seq: finding.seq, text: finding.text.clone() }
    }
}

/// What is said of one agreement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// Its row; `None` where no standing record says what it is.
    pub row: Option<Row>,
    /// Its lines that stand in a list.
    pub lines: Vec<Told>,
    /// What is odd in its entries, in their replay, in the assessment: in that order they are told.
    pub odd: [Vec<Odd>; 3],
    /// Of the stream of alerts: how many wait to be delivered, and how many could not be.
    pub undelivered: (usize, usize),
    /// The day, as a number, from which time alone changes nothing of all this, if it is known to be so.
    pub(super) at_rest_since: Option<i32>,
}

impl Summary {
    /// Of an agreement with its lines. What is odd is added by whoever knows from where it comes.
    pub fn of(agreement: &AgreementLine, lines: &[Line]) -> Self {
        let row = Row {
            id: agreement.id.clone(),
            force: agreement.force,
            effect: words::effect(agreement.effect.state, agreement.effect.since.as_deref()),
            notice: words::notice(&agreement.notice),
            counts: Counts::of(lines),
            last_act: agreement.last_act.as_ref().map_or_else(|| "–".into(), |act| act.on.clone()),
            handling: agreement.handling.clone(),
        };
        let lines = lines.iter().map(Told::of).filter(|told| told.stands.urgent || told.stands.dated).collect();
        Summary { id: agreement.id.clone(), row: Some(row), lines, ..Summary::default() }
    }

    /// Whether it says the same on that day; of a day before it was found at rest nothing is known.
    pub(super) fn at_rest_on(&self, day: i32) -> bool {
        self.at_rest_since.is_some_and(|since| since <= day)
    }

    /// Every text in it that may hold what somebody typed. What is odd is told without that.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let of_row = self.row.iter_mut().flat_map(|row| [&mut row.effect, &mut row.notice]);
        of_row.chain(self.lines.iter_mut().flat_map(|told| [&mut told.label, &mut told.what]))
    }
}

/// Its latest day has passed.
pub fn is_overdue(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_))
}

/// It is due, or soon will be, or its days of grace run.
pub fn is_due(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Due | Timing::DueSoon | Timing::InGrace)
}

fn is_undetermined(line: &Line) -> bool {
    line.axes.performance != Performance::Complete
        && !matches!(line.axes.existence, Existence::Ended(_))
        && matches!(line.axes.timing, Timing::Undetermined(_))
}

fn is_standing(line: &Line) -> bool {
    line.axes.is_pending() && matches!(line.axes.timing, Timing::Undated | Timing::Open | Timing::NotOpen)
}
