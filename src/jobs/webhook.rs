//! Whoever is told by HTTP, as Standard Webhooks 1.0 has it: a body in JSON, signed with its id and the time of the attempt. The id is that of
//! the message, so that a receiver who gets it twice knows it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rules::fault::Fault;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::Sha256;

use super::message::{Item, Message, Undelivered, Withdrawn};
use super::{http, secret};
use crate::config::settings;
use crate::report::json::DueJson;

/// Receivers are to answer before they work.
const WITHIN: Duration = Duration::from_secs(30);

/// How many bytes a signing secret has, by the specification.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What is wrong with the settings of a webhook.
pub fn check(webhook: &settings::Webhook) -> Vec<Fault> {
    let at = |key: &'static str| ["webhook", &webhook.name, key];
    http::check(&at("url"), &webhook.url).into_iter().chain(secret::check(&at("secret"), &webhook.secret)).collect()
}

/// Sends a message. `now` is the time of this attempt.
///
/// # Errors
/// When it did not arrive, as far as can be known.
pub fn send(webhook: &settings::Webhook, message: &Message, now: DateTime<Utc>) -> Result<(), Undelivered> {
    if let Some(fault) = check(webhook).into_iter().next() {
        return Err(fault.into());
    }
    let (id, timestamp, body) = (format!("msg_{}", message.id), now.timestamp(), body(message));
    let signed = signatures(&secret::read(&webhook.secret)?, &id, timestamp, &body)?;
    let call = http::agent(WITHIN).post(&webhook.url).content_type("application/json");
    let call = call.header("webhook-id", &id).header("webhook-timestamp", timestamp.to_string());
    // The specification's id, once more under the name that gateways look for.
    let call = call.header("webhook-signature", signed).header("idempotency-key", &id);
    match call.send(&body) {
        Ok(answer) => judge(answer.status().as_u16()),
        Err(error) => Err(http::unanswered(&error)),
    }
}

/// What an answer means: gone is gone, and what was refused as it stands will be refused again. Who may not come in (401, 403, 407) may
/// when the secret is right: that is no fault of the message.
fn judge(status: u16) -> Result<(), Undelivered> {
    if (200..300).contains(&status) {
        return Ok(());
    }
    let is_final = (400..500).contains(&status) && !matches!(status, 401 | 403 | 407 | 408 | 425 | 429);
    Err(Undelivered { class: format!("http {status}"), detail: format!("the receiver answered {status}"), is_final })
}

/// One signature for each secret: while a secret is changed, the receiver may hold the old one or the new.
fn signatures(secrets: &str, id: &str, timestamp: i64, body: &str) -> Result<String, Undelivered> {
    let unfit = || {
        let detail = "a signing secret is `whsec_` and 24 to 64 bytes in base 64; several stand with a blank between them".into();
        Undelivered { class: "secret unfit".into(), detail, is_final: false }
    };
    let sign = |secret: &str| {
        let key = secret.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok());
        let key = key.filter(|key| SECRET_BYTES.contains(&key.len())).ok_or_else(unfit)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| unfit())?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    let signed: Vec<String> = secrets.split_whitespace().map(sign).collect::<Result<_, Undelivered>>()?;
    if signed.is_empty() { Err(unfit()) } else { Ok(signed.join(" ")) }
}

/// The body. It hangs on the message alone: a second attempt sends the same.
pub fn body(message: &Message) -> String {
    serde_json::to_string(&AlertsMessageJson::from(message)).expect("a document has string keys and no failing values")
}

/// What a webhook is sent.
#[derive(Debug, Serialize, JsonSchema)]
struct AlertsMessageJson<'a> {
    /// `obligo.alerts-message.v1`
    schema: &'static str,
    /// `alerts.raised`; `alerts.withdrawn` where nothing is flagged.
    r#type: &'static str,
    /// When the alerts were recorded.
    timestamp: String,
    /// The message.
    data: DataJson<'a>,
}

/// What one run tells.
#[derive(Debug, Serialize, JsonSchema)]
struct DataJson<'a> {
    /// Its id: that of `webhook-id`, without `msg_`.
    id: String,
    /// The log's id.
    origin: String,
    /// Whom it is for: `webhook/NAME`.
    channel: &'a str,
    /// The day that the run looked from.
    as_of: String,
    /// What is flagged.
    items: Vec<ItemJson<'a>>,
    /// What was flagged and is no longer.
    withdrawn: Vec<WithdrawnJson<'a>>,
}

/// One line that is flagged.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemJson<'a> {
    /// The alert's id.
    alert: String,
    /// The line: `uk-kr-dp/forum-2026`.
    entry: &'a str,
    /// The agreement.
    agreement: &'a str,
    /// Its title.
    title: &'a str,
    /// What is owed.
    what: &'a str,
    /// `binding` or `non-binding`.
    force: &'static str,
    /// The word for its state on the day.
    label: &'a str,
    /// `30 days before`, `on the day`, `after the date`.
    rung: &'a str,
    /// By when: warn by the earliest, judge by the latest.
    due: DueJson,
    /// The same in words.
    due_words: &'a str,
    /// So many days after it ought to have been flagged; null if in time.
    late_by: Option<u32>,
    /// Why, in a sentence.
    because: &'a str,
    /// A command that would close it.
    closes_with: Option<&'a str>,
}

/// What is flagged no longer.
#[derive(Debug, Serialize, JsonSchema)]
struct WithdrawnJson<'a> {
    /// The alert's id.
    alert: String,
    /// The line.
    entry: &'a str,
    /// Why.
    why: &'a str,
}

impl<'a> From<&'a Message> for AlertsMessageJson<'a> {
    fn from(message: &'a Message) -> Self {
        AlertsMessageJson {
            schema: "obligo.alerts-message.v1",
            r#type: if message.items.is_empty() { "alerts.withdrawn" } else { "alerts.raised" },
            timestamp: message.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            data: DataJson {
                id: message.id.to_string(),
                origin: message.origin.to_string(),
                channel: &message.channel,
                as_of: message.as_of.to_string(),
                items: message.items.iter().map(Into::into).collect(),
                withdrawn: message.withdrawn.iter().map(Into::into).collect(),
            },
        }
    }
}

impl<'a> From<&'a Item> for ItemJson<'a> {
    fn from(item: &'a Item) -> Self {
        ItemJson {
            alert: item.alert.to_string(),
            entry: &item.entry,
            agreement: &item.agreement,
            title: &item.title,
            what: &item.what,
            force: item.force,
            label: &item.label,
            rung: &item.rung,
            due: item.due.into(),
            due_words: &item.due_words,
            late_by: item.late_by,
            because: &item.because,
            closes_with: item.closes_with.as_deref(),
        }
    }
}

impl<'a> From<&'a Withdrawn> for WithdrawnJson<'a> {
    fn from(withdrawn: &'a Withdrawn) -> Self {
        WithdrawnJson { alert: withdrawn.alert.to_string(), entry: &withdrawn.entry, why: &withdrawn.why }
    }
}

/// Its schema.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(AlertsMessageJson).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That of the specification's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn signed(secrets: &str) -> Result<String, Undelivered> {
        signatures(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#)
    }

    #[test]
    fn the_vector_of_the_specification_has_its_signature() {
        assert_eq!(signed(SECRET).unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_is_changed_both_sign() {
        let new = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = signed(&format!("{new} {SECRET}")).unwrap();
        assert_eq!(both.split(' ').collect::<Vec<_>>(), [signed(&new).unwrap(), signed(SECRET).unwrap()]);
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing_and_is_not_repeated() {
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        for unfit in ["", " ", "whsec_", "hunter2", "whsec_hunter2", &short, &format!("{SECRET} hunter2")] {
            let undelivered = signed(unfit).unwrap_err();
            assert_eq!(undelivered.class, "secret unfit", "{unfit}");
            assert!(!undelivered.is_final && !undelivered.detail.contains("hunter2"));
        }
    }

    #[test]
    fn what_an_answer_means() {
        for arrived in [200, 201, 202, 204, 299] {
            assert_eq!(judge(arrived), Ok(()));
        }
        for again in [301, 302, 307, 401, 403, 407, 408, 425, 429, 500, 502, 503, 504] {
            assert!(!judge(again).unwrap_err().is_final, "{again}");
        }
        for gone in [400, 404, 410, 413, 422] {
            assert!(judge(gone).unwrap_err().is_final, "{gone}");
        }
        assert_eq!(judge(503).unwrap_err().class, "http 503");
    }
}
