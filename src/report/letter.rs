//! The words of a mail: what is flagged, by agreement, and what is so no longer. A date that is a range is told as one.

use events::event::Certainty;
use maud::{DOCTYPE, Markup, html};

use super::words;
use crate::jobs::message::{Item, Message};

/// `[obligo] 1 past its date, 3 due, the first as early as 2026-05-28`.
pub fn subject(message: &Message) -> String {
    let (past, ahead): (Vec<&Item>, Vec<&Item>) = message.items.iter().partition(|item| is_past(item, message));
    let mut parts = Vec::new();
    match past.len() {
        0 => {}
        1 => parts.push("1 past its date".into()),
        count => parts.push(format!("{count} past their dates")),
    }
    let first = ahead.iter().min_by_key(|item| (item.due.earliest.or(item.due.latest), item.due.latest));
    match (ahead.len(), first) {
        (_, None) => {}
        (1, Some(first)) => parts.push(format!("1 due {}", from_when(first))),
        (count, Some(first)) => parts.push(format!("{count} due, the first {}", from_when(first))),
    }
    if !message.withdrawn.is_empty() {
        parts.push(format!("{} withdrawn", message.withdrawn.len()));
    }
    format!("[obligo] {}", parts.join(", "))
}

/// Every day that it could be due has passed.
fn is_past(item: &Item, message: &Message) -> bool {
    item.due.latest.is_some_and(|latest| latest < message.as_of)
}

/// The day to be warned by, and whether it is the only one.
fn from_when(item: &Item) -> String {
    match (item.due.earliest, item.due.latest) {
        (Some(earliest), Some(latest)) if earliest == latest => format!("on {latest}"),
        (Some(earliest), _) => format!("as early as {earliest}"),
        (None, Some(latest)) => format!("by {latest}"),
        (None, None) => "without a date".into(),
    }
}

/// Items of one agreement after another, as they come.
fn by_agreement(message: &Message) -> impl Iterator<Item = &[Item]> {
    message.items.chunk_by(|one, next| one.agreement == next.agreement)
}

/// `UK–Korea Digital Partnership (uk-kr-dp, non-binding)`.
fn heading(item: &Item) -> String {
    format!("{} ({}, {})", plain(&item.title), item.agreement, item.force)
}

/// What is said of an item, each under its word.
fn rows(item: &Item) -> Vec<(&'static str, String)> {
    let vague = item.due.certainty.filter(|certainty| *certainty != Certainty::Definitive);
    let vague = vague.map(|certainty| format!(" ({})", words::certainty(certainty))).unwrap_or_default();
    let late = item.late_by.map(|days| format!(", {} late", words::counted(days as usize, "day"))).unwrap_or_default();
    let mut rows = vec![
        ("Line", item.entry.clone()),
        ("When", format!("{}{vague}", plain(&item.due_words))),
        ("State", plain(&item.label)),
        ("Flagged", format!("{}{late}", plain(&item.rung))),
        ("Why", plain(&item.because)),
    ];
    rows.extend(item.closes_with.iter().map(|command| ("Closes it", plain(command))));
    rows
}

const WITHDRAWN: &str = "Withdrawn: flagged before, and no longer";

/// From where it is seen, and what can be done with a mail.
fn footer(message: &Message) -> [String; 2] {
    [
        format!("As of {}, by the log {}.", message.as_of, message.origin),
        "`obligo alerts` lists what was flagged; there it is acknowledged or put off. Obligo counts and gives reasons; it gives no legal advice.".into(),
    ]
}

/// The mail as text.
pub fn text(message: &Message) -> String {
    let mut lines = Vec::new();
    for items in by_agreement(message) {
        lines.extend([heading(&items[0]), String::new()]);
        for item in items {
            lines.push(format!("* {}", plain(&item.what)));
            lines.extend(rows(item).into_iter().map(|(word, said)| format!("  {word:<10}{said}")));
            lines.push(String::new());
        }
    }
    if !message.withdrawn.is_empty() {
        lines.extend([WITHDRAWN.into(), String::new()]);
        lines.extend(message.withdrawn.iter().map(|one| format!("* {}: {}", one.entry, plain(&one.why))));
        lines.push(String::new());
    }
    // By this sign mail programs know what is no longer the letter.
    lines.push("-- ".into());
    lines.extend(footer(message));
    lines.push(String::new());
    lines.join("\n")
}

const STYLE: &str = "body { font: 11pt/1.4 Helvetica, Arial, sans-serif; color: #111; max-width: 48rem }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem } h3 { font-size: 1rem; margin: 1rem 0 .2rem }
th { text-align: left; vertical-align: top; padding: .1rem 1rem .1rem 0; color: #555; font-weight: normal; white-space: nowrap }
td { vertical-align: top } footer { margin-top: 2rem; color: #555; font-size: .85em }";

/// The same as a page, for those whose mail program shows one.
pub fn page(message: &Message) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { title { (subject(message)) } style { (STYLE) } }
            body {
                @for items in by_agreement(message) {
                    h2 { (heading(&items[0])) }
                    @for item in items {
                        h3 { (plain(&item.what)) }
                        table { @for (word, said) in rows(item) { tr { th { (word) } td { (said) } } } }
                    }
                }
                @if !message.withdrawn.is_empty() {
                    h2 { (WITHDRAWN) }
                    ul { @for one in &message.withdrawn { li { (one.entry) ": " (plain(&one.why)) } } }
                }
                footer { @for line in footer(message) { p { (line) } } }
            }
        }
    }
}

/// In one line: what somebody typed with breaks in it looks like no line of ours.
fn plain(text: &str) -> String {
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
