//! What was flagged, as an Atom feed (RFC 4287): an entry for each alert, the newest first. Written as the pages are, by a crate that is here
//! anyway: reading feeds is nobody's business here.

use chrono::{DateTime, Utc};
use events::codec;
use maud::{PreEscaped, html};
use uuid::Uuid;

use super::words::{counted, plain};
use crate::jobs::message::Item;

/// So many entries, and no more: who has not looked for so long asks `obligo alerts`.
const MOST: usize = 200;

/// The feed of a log: alerts, each with the instant at which it was recorded.
pub fn feed(origin: Uuid, alerts: &[(DateTime<Utc>, &Item)]) -> String {
    let mut alerts: Vec<&(DateTime<Utc>, &Item)> = alerts.iter().collect();
    alerts.sort_by_key(|(at, item)| (std::cmp::Reverse(*at), item.due.earliest, &item.entry, item.alert));
    alerts.truncate(MOST);
    // A feed has to say when it changed. One in which nothing was ever flagged has not, and must give the same bytes each time.
    let updated = alerts.first().map_or(DateTime::UNIX_EPOCH, |(at, _)| *at);
    let markup = html! {
        (PreEscaped(r#"<?xml version="1.0" encoding="UTF-8"?>"#)) "\n"
        feed xmlns="http://www.w3.org/2005/Atom" {
            id { "urn:uuid:" (origin) } "\n"
            title { "Obligo: what was flagged" } "\n"
            updated { (codec::instant(updated)) } "\n"
            author { name { "Obligo" } } "\n"
            @for (at, item) in &alerts {
                entry {
                    id { "urn:uuid:" (item.alert) }
                    title { (plain(&format!("{}, {} · {}", item.what, item.due_words, item.title))) }
                    updated { (codec::instant(*at)) }
                    category term=(item.agreement) {}
                    content type="text" { (plain(&content(item))) }
                }
                "\n"
            }
        }
        "\n"
    };
    markup.into_string()
}

fn content(item: &Item) -> String {
    let mut lines = vec![
        format!("{} ({})", item.title, item.entry),
        format!("When: {}, flagged {}", item.due_words, item.rung),
        format!("State: {}", item.label),
        format!("Why: {}", item.because),
    ];
    lines.extend(item.late_by.map(|days| format!("Flagged {} late", counted(days as usize, "day"))));
    lines.extend(item.closes_with.as_ref().map(|command| format!("Would close it: {command}")));
    lines.join("\n")
}
