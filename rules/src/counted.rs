//! The keys by which a text says how something is counted: the words of `obligo compute`, wherever an agreement file counts.

use crate::reader::Reader;
use crate::time::compute::{Clause, Purpose, Quantifier};
use crate::time::regime::{EffectDay, MissingDay};

/// Every key that [`clause`] reads.
pub(crate) const KEYS: [&str; 13] = [
    "period",
    "at_least",
    "exactly",
    "clear",
    "at_once",
    "effect",
    "missing_day",
    "sticky",
    "then",
    "cutoff",
    "not_before",
    "deemed_received_after",
    "count_trigger_day",
];

/// Keys that say how long; one of them, unless `then` says all.
const LENGTHS: [(&str, Option<Quantifier>); 4] = [
    ("period", None),
    ("at_least", Some(Quantifier::AtLeast)),
    ("exactly", Some(Quantifier::Exactly)),
    ("clear", Some(Quantifier::Clear)),
];

/// How something is counted; `None`, with a fault, where the keys do not say how long. `table` is what the keys stand in.
pub(crate) fn clause(reader: &mut Reader, table: &str) -> Option<Clause> {
    let lengths: Vec<_> = LENGTHS.iter().filter_map(|(key, quantifier)| Some((reader.period(key)?, *quantifier))).collect();
    let at_once = reader.flag("at_once");
    let named = LENGTHS.iter().filter(|(key, _)| reader.has(key)).count() + usize::from(at_once);
    if named > 1 || (named == 0 && !reader.has("then")) {
        let what = format!("`{table}` takes one of period, at_least, exactly, clear, at_once, or `then` that says all");
        reader.fault("E0202", "at_least", what, "write at_least = \"6 months\" or period = \"6 months\"");
    }
    let clause = Clause {
        period: lengths.first().map(|(period, _)| *period),
        quantifier: lengths.first().and_then(|(_, quantifier)| *quantifier),
        effect: effect(reader),
        missing_day: reader.choice("missing_day", &["last", "next", "refuse"]).map(|word| match word {
            "last" => MissingDay::Last,
            "next" => MissingDay::Next,
            _ => MissingDay::Refuse,
        }),
        sticky: reader.has("sticky").then(|| reader.flag("sticky")),
        then: reader.parsed("then"),
        cutoff: reader.parsed("cutoff"),
        not_before: reader.date_before("not_before"),
        deemed_received_after: reader.calendar_period("deemed_received_after"),
        count_trigger_day: reader.flag("count_trigger_day"),
        ..Clause::at_once(Purpose::Effect)
    };
    if clause.cutoff.is_some() && clause.then.is_none() {
        reader.fault("E0202", "then", "`cutoff` goes with `then`", "add then = \"fixed-day=01-01\"");
    }
    (clause.period.is_some() || clause.then.is_some() || at_once).then_some(clause)
}

/// `effect = "same-day"`: whether an effect begins on the corresponding day or on the day after it.
pub(crate) fn effect(reader: &mut Reader) -> Option<EffectDay> {
    reader.choice("effect", &["same-day", "next-day"]).map(|word| match word {
        "same-day" => EffectDay::SameDay,
        _ => EffectDay::NextDay,
    })
}
