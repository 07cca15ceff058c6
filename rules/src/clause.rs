//! What a text says of its own beginning, and what outlives it. Read here for whoever derives the state of an agreement; the lines that
//! follow are each kind's own.

use events::Event;
use events::terms::{Provision, Term};

use crate::register::{Agreement, Known};
use crate::time::Span;

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

/// The provision by whose words another outlives the agreement by name, if there is one.
pub(crate) fn survival<'a>(agreement: &'a Agreement, provision: &str) -> Option<&'a Known<Provision>> {
    agreement.provisions_of("survival").find(|known| match known.value.terms.get("of") {
        Some(Term::List(ids)) => ids.iter().any(|id| id.as_text() == Some(provision)),
        _ => false,
    })
}
