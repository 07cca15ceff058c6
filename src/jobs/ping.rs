//! A dead man's switch, by the convention of healthchecks.io: the address is called after each run that was done, `/fail` behind it after
//! one that was not, `/start` when one begins. Who is not called raises the alarm; so a ping that fails is told and fails no run.

use std::time::Duration;

use rules::fault::Fault;

use super::message::Undelivered;
use super::{http, secret};
use crate::config::settings;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A run begins.
    Start,
    /// It was done.
    Done,
    /// It was not.
    Failed,
}

/// Nothing waits for the answer.
const WITHIN: Duration = Duration::from_secs(10);

/// So many letters of a summary are sent.
const AT_MOST: usize = 10_000;

/// What is wrong with the settings of the ping.
pub fn check(ping: &settings::Ping) -> Vec<Fault> {
    let is_named = secret::place(&ping.url).is_some();
    let fault = if is_named { None } else { http::check(&["ping", "url"], &ping.url) };
    fault.into_iter().collect()
}

/// Calls it, with the summary of the run.
///
/// # Errors
/// When nobody answers, or not well. The address is in no word of it.
pub fn ping(ping: &settings::Ping, signal: Signal, summary: &str) -> Result<(), Undelivered> {
    if let Some(fault) = check(ping).into_iter().next() {
        return Err(fault.into());
    }
    let url = if secret::place(&ping.url).is_some() { secret::read(&ping.url)? } else { ping.url.clone() };
    let body: String = summary.chars().take(AT_MOST).collect();
    let answer = http::agent(WITHIN).post(address(&url, signal)).content_type("text/plain; charset=utf-8").send(&body);
    let status = answer.map_err(|error| http::unanswered(&error))?.status();
    if status.is_success() {
        return Ok(());
    }
    let class = format!("http {}", status.as_u16());
    Err(Undelivered { detail: format!("the ping was answered {status}"), class, is_final: false })
}

/// What is told stands behind the path, before what is asked.
fn address(url: &str, signal: Signal) -> String {
    let (path, query) = url.find('?').map_or((url, ""), |at| url.split_at(at));
    let path = path.trim_end_matches('/');
    match signal {
        Signal::Start => format!("{path}/start{query}"),
        Signal::Done => url.into(),
        Signal::Failed => format!("{path}/fail{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_stands_behind_the_path() {
        let of = |url| [Signal::Start, Signal::Done, Signal::Failed].map(|signal| address(url, signal));
        assert_eq!(
            of("https://hc.example/uuid"),
            ["https://hc.example/uuid/start", "https://hc.example/uuid", "https://hc.example/uuid/fail"]
        );
        assert_eq!(of("https://hc.example/a/?create=1")[2], "https://hc.example/a/fail?create=1");
    }
}
