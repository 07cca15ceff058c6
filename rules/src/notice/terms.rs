//! What a text says of notice: how long, counted from what, and under which conditions.

use chrono::NaiveDate;
use events::Event;
use events::terms::Provision;

use crate::counted;
use crate::fault::Fault;
use crate::reader::Reader;
use crate::register::{Agreement, Occurrence};
use crate::time::compute::{Clause, Quantifier};
use crate::time::{Counting, Period, Span, compute};

/// From which day a period of notice runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CountedFrom {
    Given,
    Dispatched,
    Received,
    ReceivedByDepositary,
    Deposited,
    Registered,
    /// The day that the notice itself states.
    Stated,
    /// The end of the term that is running.
    Expiry,
}

impl CountedFrom {
    const ALL: [CountedFrom; 8] = [
        CountedFrom::Given,
        CountedFrom::Dispatched,
        CountedFrom::Received,
        CountedFrom::ReceivedByDepositary,
        CountedFrom::Deposited,
        CountedFrom::Registered,
        CountedFrom::Stated,
        CountedFrom::Expiry,
    ];

    /// The word in agreement files.
    pub fn word(self) -> &'static str {
        match self {
            CountedFrom::Given => "given",
            CountedFrom::Dispatched => "dispatched",
            CountedFrom::Received => "received",
            CountedFrom::ReceivedByDepositary => "received-by-depositary",
            CountedFrom::Deposited => "deposited",
            CountedFrom::Registered => "registered",
            CountedFrom::Stated => "stated",
            CountedFrom::Expiry => "expiry",
        }
    }

    /// The day as a reader calls it: `the day it was received`.
    pub fn words(self) -> &'static str {
        match self {
            CountedFrom::Given => "the day it was given",
            CountedFrom::Dispatched => "the day it was dispatched",
            CountedFrom::Received => "the day it was received",
            CountedFrom::ReceivedByDepositary => "the day the depositary received it",
            CountedFrom::Deposited => "the day it was deposited",
            CountedFrom::Registered => "the day it was registered",
            CountedFrom::Stated => "the day that the notice states",
            CountedFrom::Expiry => "the end of the term",
        }
    }

    /// What somebody does on that day: `given`, `received`.
    pub fn verb(self) -> &'static str {
        match self {
            CountedFrom::ReceivedByDepositary => "received by the depositary",
            CountedFrom::Stated => "with a stated day",
            CountedFrom::Expiry => "given",
            _ => self.word(),
        }
    }

    /// The reading of that name.
    pub fn named(word: &str) -> Option<CountedFrom> {
        CountedFrom::ALL.into_iter().find(|from| from.word() == word)
    }

    /// Whether somebody has to have received it.
    pub fn is_receipt(self) -> bool {
        matches!(self, CountedFrom::Received | CountedFrom::ReceivedByDepositary)
    }
}

/// Who can take a notice back before it takes effect (VCLT 68).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Retraction {
    Alone,
    ByConsent,
}

/// A window that opens again and again, and in which alone the power can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From one opening to the next, the first so long after coming into effect.
    pub every: Period,
    /// How long it stays open.
    pub open: Period,
}

/// What a text says of notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTerms {
    /// How its effect is counted.
    pub clause: Clause,
    /// Its form (`written`), if the text says.
    pub form: Option<String>,
    /// From when it runs, if the text says.
    pub counted_from: Option<CountedFrom>,
    /// So long after coming into effect there is no power to give it.
    pub locked_for: Option<Period>,
    /// The windows in which alone it can be given.
    pub window: Option<Window>,
    /// It takes no effect while this holds.
    pub hold_while: Option<String>,
    /// It takes effect only if this holds.
    pub condition: Option<String>,
    /// It may name a later day.
    pub may_name_later_date: bool,
    /// Who can take it back.
    pub retraction: Retraction,
}

impl NoticeTerms {
    /// The readings to compute: the text's own, one that was chosen, or those that its words admit.
    pub fn readings(&self, agreement: &Agreement, provision: &str, as_of: NaiveDate) -> Vec<CountedFrom> {
        let chosen = self.chosen(agreement, provision, as_of).map(|(reading, _)| reading);
        self.by_text().or(chosen).map_or(vec![CountedFrom::Given, CountedFrom::Received], |one| vec![one])
    }

    /// The reading that was chosen where the text leaves one to choose, and the record.
    pub fn chosen(&self, agreement: &Agreement, provision: &str, as_of: NaiveDate) -> Option<(CountedFrom, u64)> {
        let chosen = agreement.acts.iter().rev().find_map(|act| match &act.event {
            Event::ReadingChosen(chosen) if chosen.provision == provision && act.by(as_of) != Occurrence::No => {
                Some((CountedFrom::named(&chosen.reading)?, act.seq))
            }
            _ => None,
        });
        chosen.filter(|_| self.is_open())
    }

    /// From when it runs by its own words: a text that deems a receipt counts from receipt.
    fn by_text(&self) -> Option<CountedFrom> {
        self.counted_from.or(self.clause.deemed_received_after.map(|_| CountedFrom::Received))
    }

    /// Whether there is a reading to choose.
    pub fn is_open(&self) -> bool {
        self.by_text().is_none()
    }

    /// `no earlier than` where the period is a least one, `on` otherwise.
    pub fn preposition(&self) -> &'static str {
        if self.clause.quantifier == Some(Quantifier::AtLeast) { "no earlier than" } else { "on" }
    }

    /// The first day on which it can be given, counted from coming into effect.
    pub fn opens(&self, entry: Span, counting: &Counting) -> Option<Span> {
        compute(entry, &Clause::act(self.locked_for?), counting).span()
    }
}

impl Window {
    /// The first day on which it is closed again. The day of opening is not counted, so the corresponding day is the last: ILO
    /// Convention 89 was open from 27 February 2011 to 27 February 2012.
    fn closes(self, opens: Span, counting: &Counting) -> Option<Span> {
        compute(opens, &Clause::act(self.open), counting).span()?.moved(1)
    }

    /// The last day of the last window that was over by a day.
    pub fn last_before(self, day: NaiveDate, entry: Span, counting: &Counting) -> Option<Span> {
        let closes = |turn: u32| {
            let opens = compute(entry, &Clause::act(self.every.times(turn)?), counting).span()?;
            self.closes(opens, counting)?.moved(-1)
        };
        (1..10_000).map_while(closes).take_while(|last| last.latest <= day).last()
    }

    /// The window in which a day lies or, if it lies in none, the next: its first day, and the first day after it.
    pub fn around(self, day: NaiveDate, entry: Span, counting: &Counting) -> Option<(Span, Span)> {
        (1..10_000).find_map(|turn| {
            let opens = compute(entry, &Clause::act(self.every.times(turn)?), counting).span()?;
            let closes = self.closes(opens, counting)?;
            (day < closes.latest).then_some((opens, closes))
        })
    }
}

/// What the text says of notice, if it says how long.
pub fn notice(provision: &Provision) -> Option<NoticeTerms> {
    read(provision, &mut Vec::new())
}

/// Default rules for a text that is silent, each with the notice that it asks for. They are taken only where somebody records that.
pub const DEFAULTS: [(&str, &str); 1] = [("vclt-56", "12 months")];

/// Notice by a default rule that was taken for a silent text, and the record that says so: not less than twelve months (VCLT 56(2)).
pub fn assumed(agreement: &Agreement, provision: &Provision, as_of: NaiveDate) -> Option<(NoticeTerms, u64)> {
    let silent = provision.undetermined.is_some();
    let acts = agreement.acts.iter().rev().filter(|act| silent && act.by(as_of) != Occurrence::No);
    let (rule, seq) = acts.into_iter().find_map(|act| match &act.event {
        Event::AssumptionMade(assumption) if assumption.provision == provision.id => Some((&assumption.rule, act.seq)),
        _ => None,
    })?;
    let (_, period) = DEFAULTS.iter().find(|(name, _)| name == rule)?;
    let clause = Clause { quantifier: Some(Quantifier::AtLeast), ..Clause::effect(period.parse().ok()?) };
    Some((NoticeTerms { counted_from: Some(CountedFrom::Received), ..NoticeTerms::plain(clause) }, seq))
}

/// Keys of the table beside those of counting.
const KEYS: [&str; 7] = ["form", "counted_from", "window", "hold_while", "condition", "may_name_later_date", "retraction"];

/// `notice = { … }`, or with `when`, `after = { … }`.
pub fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Option<NoticeTerms> {
    let mut reader = Reader::new(&provision.terms, faults);
    let when = reader.text("when");
    let key = if when.is_some() { "after" } else { "notice" };
    let other = if when.is_some() { "notice" } else { "after" };
    if reader.has(other) {
        let hint = "`notice` for an end that somebody brings about, `when` with `after` for one that comes by itself";
        reader.fault("E0207", other, format!("`{other}` does not go with `{key}` here"), hint);
    }
    if provision.undetermined.is_none() {
        reader.require(key);
    }
    let keys: Vec<&str> = counted::KEYS.into_iter().chain(KEYS).collect();
    reader.table(key, &keys, |reader| terms(reader, key)).flatten()
}

fn terms(reader: &mut Reader, table: &str) -> Option<NoticeTerms> {
    let words: Vec<&str> = CountedFrom::ALL.iter().map(|from| from.word()).collect();
    let clause = counted::clause(reader, table);
    let form = reader.text("form").map(String::from);
    let counted_from = reader.choice("counted_from", &words).and_then(CountedFrom::named);
    let window = reader
        .table("window", &["every", "open"], |reader| {
            reader.require("every");
            reader.require("open");
            Some(Window { every: reader.calendar_period("every")?, open: reader.calendar_period("open")? })
        })
        .flatten();
    let terms = NoticeTerms {
        clause: clause?,
        form,
        counted_from,
        locked_for: reader.locked_for("not_before"),
        window,
        hold_while: reader.text("hold_while").map(String::from),
        condition: reader.text("condition").map(String::from),
        may_name_later_date: reader.flag("may_name_later_date"),
        retraction: match reader.choice("retraction", &["alone", "by consent"]) {
            Some("by consent") => Retraction::ByConsent,
            _ => Retraction::Alone,
        },
    };
    Some(terms)
}
