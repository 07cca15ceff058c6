//! What a text says of its own beginning and end: when it comes into effect, how long it lasts, how notice ends it, what outlives it.
//! Read here for whoever derives the state of an agreement; the lines that follow are each kind's own.

use chrono::NaiveDate;
use events::Event;
use events::terms::{Provision, Term};

use crate::fault::Fault;
use crate::reader::Reader;
use crate::register::{Agreement, Occurrence};
use crate::time::{Period, Reckoning, Span};

/// The day on which an agreement comes into effect by its own rule.
pub(crate) struct Entry {
    pub span: Span,
    pub words: String,
    pub rule: String,
    pub provision: String,
    pub records: Vec<u64>,
}

/// The day by the agreement's own rule, if what it hangs on is recorded.
pub(crate) fn entry(agreement: &Agreement) -> Option<Entry> {
    agreement.provisions_of("entry-into-effect").find_map(|known| {
        let on = known.value.terms.get("on")?.as_text()?;
        let act = |wanted: fn(&Event) -> bool, verb: &str| {
            let act = agreement.best_known(wanted)?;
            let rule = format!("on {verb}, which was {}", act.date_words());
            let records = vec![known.seq, act.seq];
            Some(Entry { span: act.days(), words: act.date_words(), rule, provision: known.value.reference.clone(), records })
        };
        match on {
            "signature" => act(|event| matches!(event, Event::AgreementSigned(_)), "signature"),
            "launch" => act(|event| matches!(event, Event::AgreementLaunched(_)), "launch"),
            date => {
                let (earliest, latest) = date.parse::<events::DateSpec>().ok()?.bounds()?;
                let rule = "on the day that the text names".into();
                let records = vec![known.seq];
                let provision = known.value.reference.clone();
                Some(Entry { span: Span { earliest, latest }, words: date.into(), rule, provision, records })
            }
        }
    })
}

/// The length of a term, if it has one.
pub(crate) fn term_length(provision: &Provision) -> Option<Period> {
    Reader::new(&provision.terms, &mut Vec::new()).period("length")
}

/// The first day without the agreement: the corresponding day, or the day after it. Texts leave open whether the corresponding day
/// is the last day with it, so both are in the range.
pub(crate) fn term_end(regime: Reckoning, since: Span, length: Period) -> Option<Span> {
    let end = regime.forward_span(since, length)?;
    Some(Span { latest: end.latest.succ_opt()?, ..end })
}

/// From which day the period of notice runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub(crate) enum CountedFrom {
    Given,
    Received,
}

impl CountedFrom {
    /// The word in agreement files.
    pub fn word(self) -> &'static str {
        match self {
            CountedFrom::Given => "given",
            CountedFrom::Received => "received",
        }
    }

    /// The reading of that name.
    pub fn named(word: &str) -> Option<CountedFrom> {
        [CountedFrom::Given, CountedFrom::Received].into_iter().find(|from| from.word() == word)
    }
}

/// What a text says of notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// The period of notice.
    pub period: Period,
    /// The period is the least there must be.
    pub at_least: bool,
    /// Its form (`written`), if the text says.
    pub form: Option<String>,
    /// From when it runs, if the text says.
    pub counted_from: Option<CountedFrom>,
}

impl Clause {
    /// The readings to compute: the text's own, one that was chosen, or both.
    pub(crate) fn readings(&self, agreement: &Agreement, provision: &str, as_of: NaiveDate) -> Vec<CountedFrom> {
        let chosen = agreement.acts.iter().rev().find_map(|act| match &act.event {
            Event::ReadingChosen(chosen) if chosen.provision == provision && act.by(as_of) != Occurrence::No => {
                CountedFrom::named(&chosen.reading)
            }
            _ => None,
        });
        self.counted_from.or(chosen).map_or(vec![CountedFrom::Given, CountedFrom::Received], |one| vec![one])
    }
}

/// What the text says of notice, if it says how long.
pub(crate) fn notice(provision: &Provision) -> Option<Clause> {
    read_notice(provision, &mut Vec::new())
}

pub(crate) fn read_notice(provision: &Provision, faults: &mut Vec<Fault>) -> Option<Clause> {
    let mut reader = Reader::new(&provision.terms, faults);
    if provision.undetermined.is_none() {
        reader.require("notice");
    }
    reader
        .table("notice", &["at_least", "period", "form", "counted_from"], |reader| {
            let least = reader.period("at_least");
            let exact = reader.period("period");
            if reader.has("at_least") == reader.has("period") {
                reader.fault(
                    "E0202",
                    "at_least",
                    "`notice` takes one of at_least, period",
                    "write at_least = \"6 months\" or period = \"6 months\"",
                );
            }
            let form = reader.text("form").map(String::from);
            let counted_from = reader.choice("counted_from", &["given", "received"]).and_then(CountedFrom::named);
            Some(Clause { period: least.or(exact)?, at_least: least.is_some(), form, counted_from })
        })
        .flatten()
}

/// Whether a provision outlives the agreement by name.
pub(crate) fn survives(agreement: &Agreement, provision: &str) -> bool {
    agreement.provisions_of("survival").any(|known| match known.value.terms.get("of") {
        Some(Term::List(ids)) => ids.iter().any(|id| id.as_text() == Some(provision)),
        _ => false,
    })
}
