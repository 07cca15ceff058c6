//! A message as a run hands it to a channel: two agreements, names in two scripts, a range, a date that passed, one that moved.

use chrono::{DateTime, NaiveDate, Utc};
use events::event::Certainty;
use obligo::jobs::message::{Entry, Item, Message, Status, Withdrawn};
use rules::docket::Due;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn entry(id: u128, day: NaiveDate, status: Status, summary: &str) -> Entry {
    Entry {
        uid: Uuid::from_u128(id),
        sequence: 7,
        stamp: at("2026-11-20T09:00:00Z"),
        day,
        status,
        summary: summary.into(),
        description: format!("{summary}, and why"),
        alarms: if status == Status::Cancelled { vec![] } else { vec![30, 1] },
    }
}

fn item(id: u128, entry_id: &str, earliest: &str, latest: &str, status: Status) -> Item {
    let (agreement, _) = entry_id.split_once('/').unwrap();
    let (earliest, latest) = (day(earliest), day(latest));
    let is_day = earliest == latest;
    Item {
        alert: Uuid::from_u128(id),
        entry: entry_id.into(),
        agreement: agreement.into(),
        title: "Digital Partnership between the UK and 대한민국".into(),
        what: "Hold the Forum (“한영 디지털 파트너십 포럼”)".into(),
        force: "non-binding",
        label: "due soon, at risk: no meeting planned".into(),
        rung: "30 days before".into(),
        due: Due { earliest: Some(earliest), latest: Some(latest), certainty: Some(Certainty::Definitive) },
        due_words: if is_day { latest.to_string() } else { format!("between {earliest} and {latest}") },
        late_by: None,
        because: "every 1 year, read as calendar-year or as twelve months: the text picks neither".into(),
        closes_with: Some(format!("obligo record meeting {agreement} --body forum --held DATE")),
        calendar: entry(id + 0x1000, latest, status, "Hold the Forum"),
    }
}

/// The message.
pub fn message() -> Message {
    let forum = item(1, "uk-kr-dp/forum-2026", "2026-11-22", "2026-12-31", Status::Tentative);
    let past = Item {
        what: "Report on the stations <that> take part & how".into(),
        label: "not met by the date, nothing recorded".into(),
        rung: "after the date".into(),
        late_by: Some(3),
        closes_with: None,
        ..item(2, "uk-kr-dp/3", "2026-11-18", "2026-11-18", Status::Confirmed)
    };
    let vague = Item {
        title: "Agreement on the exchange of weather data".into(),
        what: format!("Send the yearly table{}", " and what goes with it".repeat(30)),
        force: "binding",
        label: "undetermined: hangs on a plan".into(),
        due: Due {
            certainty: Some(Certainty::Indicative),
            ..item(3, "ax-bl/2", "2026-12-01", "2026-12-15", Status::Tentative).due
        },
        ..item(3, "ax-bl/2", "2026-12-01", "2026-12-15", Status::Tentative)
    };
    Message {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        origin: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002),
        channel: "mail/dg-4711".into(),
        as_of: day("2026-11-22"),
        recorded_at: at("2026-11-22T05:30:00.123456Z"),
        items: vec![forum, past, vague],
        withdrawn: vec![
            // Flagged anew above: its entry in the calendar is not cancelled.
            Withdrawn {
                alert: Uuid::from_u128(4),
                entry: "uk-kr-dp/forum-2026".into(),
                why: "moved to 2026-12-31".into(),
                calendar: entry(0x1001, day("2026-11-30"), Status::Cancelled, "Hold the Forum"),
            },
            Withdrawn {
                alert: Uuid::from_u128(5),
                entry: "ax-bl/5".into(),
                why: "no longer owed".into(),
                calendar: entry(0x1005, day("2026-12-24"), Status::Cancelled, "Publish the list"),
            },
        ],
    }
}
