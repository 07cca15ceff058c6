//! Deadlines as iCalendar (RFC 5545, 7986): the file that calendars subscribe to. What stands in it hangs on the log and the day alone: the
//! same docket gives the same bytes.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use events::event::Certainty;
use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property, ValueType};
use rules::docket::{Docket, Ending, Existence, Kind, Line, Performance, Timing};
use rules::register::{Agreement, Register};
use rules::time::Span;
use uuid::Uuid;

use super::words;
use crate::jobs::message::{Entry, Status};

/// How many days before the earliest day that something could be due its calendar entry rings, if nobody says otherwise.
pub const ALARMS: [u16; 3] = [30, 7, 1];

/// How often a calendar that subscribes is asked to look again: twice between two daily runs.
const REFRESH: &str = "PT12H";

/// How long a calendar is told that something is owed no more.
const CANCELLED_FOR: Days = Days::new(366);

/// The id of a line's entry: the same at each position, in each file, for ever.
pub fn uid(origin: Uuid, line: &str) -> Uuid {
    Uuid::new_v5(&origin, line.as_bytes())
}

/// How often the entries of an agreement may have changed: by its records, and by those of the register itself.
pub fn sequence(register: &Register, agreement: &Agreement) -> u64 {
    agreement.version + register.version
}

/// The entries of a docket, by date: each line with a latest day that is pending, done, or over for less than a year.
/// Powers are left out, as `due` leaves them out: nobody owes their use.
pub fn entries_of(register: &Register, docket: &Docket, origin: Uuid, alarms: &dyn Fn(&Line) -> Vec<u16>) -> Vec<Entry> {
    let mut lines: Vec<&Line> = docket.entries.iter().filter(|line| line.kind != Kind::Power).collect();
    lines.sort_by_key(|line| (line.due.latest, &line.id));
    lines.into_iter().filter_map(|line| entry_of(register, docket, line, origin, &alarms(line))).collect()
}

/// The entry of one line, if it has one.
pub fn entry_of(register: &Register, docket: &Docket, line: &Line, origin: Uuid, alarms: &[u16]) -> Option<Entry> {
    let agreement = register.agreements.get(&line.agreement)?;
    // The form of a date in this format has four digits for the year.
    let day = line.due.latest.filter(|day| (1..=9999).contains(&day.year()))?;
    let span = Span { earliest: line.due.earliest.unwrap_or(NaiveDate::MIN), latest: day };
    let status = status(agreement, line, span, docket.as_of)?;
    let is_done = is_done(line);
    // Counted to the earliest day, as every warning is; the entry stands on the latest, by which it is judged.
    let width = line.due.earliest.map_or(0, |earliest| (day - earliest).num_days());
    let alarms = alarms.iter().filter_map(|days| u16::try_from(i64::from(*days) + width).ok()).collect();
    Some(Entry {
        uid: uid(origin, &line.id),
        sequence: sequence(register, agreement),
        stamp: register.recorded_at.map_or(agreement.recorded_at, |at| at.max(agreement.recorded_at)),
        day,
        status,
        summary: summary(agreement, line, span, status == Status::Cancelled || is_done),
        description: description(agreement, docket, line, span),
        alarms: if is_done || status == Status::Cancelled { Vec::new() } else { alarms },
    })
}

/// It was done, or has come about.
fn is_done(line: &Line) -> bool {
    line.axes.performance == Performance::Complete || line.axes.existence == Existence::Ended(Ending::Fulfilled)
}

/// How firm it is on the day; `None` for what has no place in a calendar, or no longer.
fn status(agreement: &Agreement, line: &Line, span: Span, as_of: NaiveDate) -> Option<Status> {
    let is_firm = span.earliest == span.latest && line.due.certainty == Some(Certainty::Definitive);
    let is_known = !matches!(line.axes.timing, Timing::Undetermined(_));
    let firmness = if is_firm && is_known { Status::Confirmed } else { Status::Tentative };
    match &line.axes.existence {
        _ if is_done(line) => Some(firmness),
        Existence::Live => Some(firmness),
        Existence::Suspended(_) => Some(Status::Cancelled),
        Existence::Ended(_) => {
            let over = recorded(agreement, line).map_or(span.latest, |at| at.date_naive().max(span.latest));
            let until = over.checked_add_days(CANCELLED_FOR).unwrap_or(NaiveDate::MAX);
            (as_of <= until).then_some(Status::Cancelled)
        }
        Existence::Dormant(_) => None,
    }
}

/// When the last of the acts that a line rests on was recorded.
fn recorded(agreement: &Agreement, line: &Line) -> Option<DateTime<Utc>> {
    let rests_on = |seq: &u64| line.because.iter().any(|reason| reason.records.contains(seq));
    agreement.acts.iter().filter(|act| rests_on(&act.seq)).map(|act| act.recorded_at).max()
}

fn summary(agreement: &Agreement, line: &Line, span: Span, is_over: bool) -> String {
    let state = if is_over { format!("{}: ", line.label) } else { String::new() };
    let range = if span.earliest == span.latest { String::new() } else { format!(", {}", span.words()) };
    format!("{state}{}{range} · {}", line.what, agreement.about().title)
}

fn description(agreement: &Agreement, docket: &Docket, line: &Line, span: Span) -> String {
    let certainty = line.due.certainty.map(|certainty| format!(" ({})", words::certainty(certainty))).unwrap_or_default();
    let place = line.provision.as_ref().map(|provision| format!(", {provision}")).unwrap_or_default();
    let mut lines = vec![
        format!("{} ({}{place})", agreement.about().title, line.id),
        format!("When: {}{certainty}", span.words()),
        format!("On {}: {}", docket.as_of, line.label),
    ];
    let between = |heading: &str, parties: &[String]| format!("{heading}: {}", parties.join(", "));
    lines.extend((!line.by.is_empty()).then(|| between("By", &line.by)));
    lines.extend((!line.to.is_empty()).then(|| between("To", &line.to)));
    lines.extend(line.because.iter().map(|reason| format!("Why: {}", reason.text)));
    lines.extend((!line.handling.is_empty()).then(|| between("Handling", &line.handling)));
    lines.push(format!("obligo explain {}", line.id));
    lines.join("\n")
}

/// The file: a calendar of that name with these entries.
pub fn calendar(name: &str, origin: Uuid, entries: &[Entry]) -> String {
    let name = words::plain(name);
    let mut calendar = Calendar::empty();
    let mut says = |key: &str, value: &str, kind: Option<ValueType>| {
        let mut property = Property::new(key, value);
        if let Some(kind) = kind {
            property.append_parameter(kind);
        }
        calendar.append_property(property);
    };
    says("VERSION", "2.0", None);
    says("PRODID", "-//Obligo//Deadlines//EN", None);
    says("CALSCALE", "GREGORIAN", None);
    says("METHOD", "PUBLISH", None);
    says("UID", &format!("{origin}@obligo"), None);
    // Its type is said, or the crate would not escape it.
    says("NAME", &name, Some(ValueType::Text));
    says("X-WR-CALNAME", &name, None);
    says("REFRESH-INTERVAL", REFRESH, Some(ValueType::Duration));
    says("X-PUBLISHED-TTL", REFRESH, None);
    calendar.extend(entries.iter().map(event));
    calendar.to_string()
}

fn event(entry: &Entry) -> Event {
    let summary = words::plain(&entry.summary);
    let mut event = Event::new();
    event
        .uid(&format!("{}@obligo", entry.uid))
        .add_property("SEQUENCE", entry.sequence.to_string())
        .timestamp(entry.stamp)
        .last_modified(entry.stamp)
        // A day of its own without an end: with one, readers differ on whether the last day is meant.
        .starts(entry.day)
        .add_property("TRANSP", "TRANSPARENT")
        .add_property("STATUS", word(entry.status))
        .summary(&summary)
        .description(&words::plain(&entry.description));
    if entry.status != Status::Cancelled {
        for days in &entry.alarms {
            let before = chrono::Duration::days(i64::from(*days));
            let mut alarm = Alarm::display(&summary, -before);
            // What is left out here the crate would fill in by the clock and by chance. It also writes the days as seconds.
            alarm
                .timestamp(entry.stamp)
                .uid(&format!("{}@obligo", Uuid::new_v5(&entry.uid, days.to_string().as_bytes())))
                .add_property("TRIGGER", format!("-P{days}D"));
            event.alarm(alarm);
        }
    }
    event.done()
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "CONFIRMED",
        Status::Tentative => "TENTATIVE",
        Status::Cancelled => "CANCELLED",
    }
}
