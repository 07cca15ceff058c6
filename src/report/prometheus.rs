//! What a monitor reads: metrics as text, for the textfile collector of Prometheus' node exporter. They bear no timestamps, which the
//! collector refuses; that the file is old shows in `obligo_last_evaluation_timestamp_seconds`.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rules::docket::{Docket, Existence, Kind, Line, Performance, Timing};

/// What is measured.
pub struct Measured<'a> {
    /// The docket on the day.
    pub docket: &'a Docket,
    /// When it was evaluated.
    pub evaluated_at: DateTime<Utc>,
    /// How many records the log has.
    pub size: u64,
    /// Messages that were raised and have not arrived.
    pub undelivered: u64,
    /// Those of them that are given up.
    pub dead_letters: u64,
}

/// The whole file.
pub fn metrics(measured: &Measured) -> String {
    let Measured { docket, evaluated_at, size, undelivered, dead_letters } = measured;
    let mut out = String::new();
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in owed(docket) {
        *counts.entry((&line.agreement, status(line))).or_default() += 1;
    }
    let about = "Lines of the docket, by agreement and status. A status that no line has is left out.";
    let counted = counts.into_iter().map(|((agreement, status), count)| {
        let labels = format!("{{agreement=\"{}\",status=\"{}\"}}", escaped(agreement), escaped(status));
        (labels, count.to_string())
    });
    family(&mut out, "obligo_obligations", about, counted);
    let one = |value: String| [(String::new(), value)];
    let about = "Midnight UTC of the next day on which something could fall due. Left out where nothing is to come.";
    let next = owed(docket).filter_map(|line| next(line, docket.as_of)).min();
    family(&mut out, "obligo_next_deadline_timestamp_seconds", about, next.map(|day| (String::new(), midnight(day))));
    let about = "When the docket was last evaluated.";
    family(&mut out, "obligo_last_evaluation_timestamp_seconds", about, one(evaluated_at.timestamp().to_string()));
    family(&mut out, "obligo_log_head_sequence", "Records in the log.", one(size.to_string()));
    let about = "Messages that were raised and have not arrived.";
    family(&mut out, "obligo_alerts_undelivered", about, one(undelivered.to_string()));
    family(&mut out, "obligo_dead_letters", "Messages that are given up.", one(dead_letters.to_string()));
    out
}

/// Everything but powers, whose use nobody owes.
fn owed(docket: &Docket) -> impl Iterator<Item = &Line> {
    docket.entries.iter().filter(|line| line.kind != Kind::Power)
}

/// The word for where a line stands, of a closed list.
fn status(line: &Line) -> &'static str {
    match (&line.axes.existence, line.axes.performance, &line.axes.timing) {
        (_, Performance::Complete, _) => "fulfilled",
        (Existence::Ended(_), ..) => "ended",
        (Existence::Suspended(_), ..) => "suspended",
        (_, _, Timing::Undetermined(_)) => "undetermined",
        (Existence::Dormant(_), ..) => "dormant",
        (_, _, Timing::Undated) => "standing",
        (_, _, timing) => timing.word(),
    }
}

/// The first day to come on which it could fall due; the last, where it may have fallen due already.
fn next(line: &Line, as_of: NaiveDate) -> Option<NaiveDate> {
    let days = [line.due.earliest, line.due.latest].into_iter().flatten();
    days.filter(|day| line.axes.is_pending() && *day >= as_of).min()
}

fn midnight(day: NaiveDate) -> String {
    day.and_time(NaiveTime::MIN).and_utc().timestamp().to_string()
}

fn family(out: &mut String, name: &str, about: &str, samples: impl IntoIterator<Item = (String, String)>) {
    // Writing into a text does not fail.
    let _ = writeln!(out, "# HELP {name} {about}\n# TYPE {name} gauge");
    for (labels, value) in samples {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

/// The value of a label as the format has it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
