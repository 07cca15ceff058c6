//! Notice to end an agreement: which power it exercises, from when its period runs, and when it takes effect.
//!
//! | from | when | to |
//! |---|---|---|
//! | – | a notice is given | `running` |
//! | running | its period has run from the day the text counts from | `effective` |
//!
//! A text that does not say whether the period runs from giving or from receipt has both as readings.

use chrono::NaiveDate;
use events::event::NoticeGiven;
use events::{DateSpec, Event};

use crate::clause::{self, Clause, CountedFrom};
use crate::docket::Reason;
use crate::register::{Act, Agreement, Occurrence};
use crate::time::{Reckoning, Span};

/// A notice that had been given by the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub id: String,
    pub by: String,
    pub given_words: String,
    /// Id of the provision whose power it exercises.
    pub power: String,
    /// Its place in the text.
    pub provision: String,
    pub records: Vec<u64>,
    /// The first day without the agreement over all readings; `None` while a reading has no date.
    pub ends: Option<Span>,
    /// The least that is sure, where `ends` is not known.
    pub no_earlier_than: Option<NaiveDate>,
    /// Steps of the counting.
    pub steps: Vec<Reason>,
    quantifier: &'static str,
}

impl Notice {
    /// `no earlier than 2027-02-28`, `on 2027-02-28`, `between … and …`.
    pub fn ends_words(&self) -> String {
        match (self.ends, self.no_earlier_than) {
            (Some(span), _) if span.earliest == span.latest => format!("{} {}", self.quantifier, span.earliest),
            (Some(span), _) => span.words(),
            (None, Some(earliest)) => format!("no earlier than {earliest}"),
            (None, None) => "on a day that cannot be told".into(),
        }
    }
}

/// All notices that had been given by the day, in legal order.
pub fn notices(agreement: &Agreement, regime: Reckoning, as_of: NaiveDate) -> Vec<Notice> {
    let given = |act: &Act| act.by(as_of) != Occurrence::No;
    agreement
        .acts
        .iter()
        .filter(|act| given(act))
        .filter_map(|act| match &act.event {
            Event::NoticeGiven(notice) => notice_of(agreement, regime, as_of, act, notice),
            _ => None,
        })
        .collect()
}

fn notice_of(agreement: &Agreement, regime: Reckoning, as_of: NaiveDate, act: &Act, given: &NoticeGiven) -> Option<Notice> {
    let known = agreement.provision(&given.power)?;
    let clause = clause::notice(&known.value)?;
    let receipt = receipt(agreement, as_of, given);
    let received = receipt.as_ref().map(|(span, _)| *span);
    let given_on = Some(act.days()).filter(|_| !act.on.as_ref().is_some_and(DateSpec::is_approximate));
    let counted: Vec<Counted> = clause
        .readings(agreement, &given.power, as_of)
        .into_iter()
        .map(|reading| {
            let from = match reading {
                CountedFrom::Given => given_on,
                CountedFrom::Received => received,
            };
            Counted { reading, from, ends: from.and_then(|from| regime.forward_span(from, clause.period)) }
        })
        .collect();
    let ends = counted
        .iter()
        .map(|counted| counted.ends)
        .collect::<Option<Vec<Span>>>()
        .and_then(|all| all.into_iter().reduce(Span::hull));
    let no_earlier_than = act.on.as_ref().and_then(DateSpec::earliest).and_then(|given| regime.forward(given, clause.period));
    let mut records = vec![known.seq, act.seq];
    records.extend(receipt.and_then(|(_, seq)| seq));
    let step = |counted: &Counted| {
        let step = Reason::new("notice.period", counted.words(regime, &clause));
        step.provision(&known.value.reference).records([act.seq])
    };
    let steps = counted.iter().map(step).collect();
    Some(Notice {
        id: given.notice.clone(),
        by: given.by.clone(),
        given_words: act.date_words(),
        power: given.power.clone(),
        provision: known.value.reference.clone(),
        records,
        ends,
        no_earlier_than,
        steps,
        quantifier: if clause.at_least { "no earlier than" } else { "on" },
    })
}

/// The day it was received and the record that says so, if it is another than the notice's own.
fn receipt(agreement: &Agreement, as_of: NaiveDate, given: &NoticeGiven) -> Option<(Span, Option<u64>)> {
    let later = agreement.acts.iter().find(|act| {
        matches!(&act.event, Event::NoticeReceived(received) if received.notice == given.notice)
            && act.by(as_of) != Occurrence::No
    });
    if let Some(act) = later {
        return Some((act.days(), Some(act.seq)));
    }
    let (earliest, latest) = given.received.as_ref()?.bounds()?;
    (earliest <= as_of).then_some((Span { earliest, latest }, None))
}

/// What one reading of the clause gives.
struct Counted {
    reading: CountedFrom,
    /// The day its period runs from, if that is known.
    from: Option<Span>,
    ends: Option<Span>,
}

impl Counted {
    fn words(&self, regime: Reckoning, clause: &Clause) -> String {
        let day = format!("counted from the day it was {}", self.reading.word());
        match (self.from, self.ends) {
            (Some(from), Some(_)) if from.earliest == from.latest => {
                format!("{day}: {}", regime.step(from.earliest, clause.period))
            }
            (Some(from), Some(ends)) => format!("{day}, {}: {} gives {}", from.words(), clause.period, ends.words()),
            _ => format!("{day}: that day is not recorded"),
        }
    }
}
