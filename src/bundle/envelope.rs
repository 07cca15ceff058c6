//! The exact form of an entry: whatever its kind, so that a kind of a later version passes too.

use chrono::DateTime;
use events::codec::{self, Columns};
use serde_json::{Map, Value};

/// The keys of an entry, in their order.
const KEYS: [&str; 17] = [
    "origin",
    "seq",
    "id",
    "command",
    "agreement",
    "version",
    "type",
    "schema",
    "occurred_on",
    "recorded_at",
    "actor",
    "authority",
    "source",
    "reason",
    "corrects",
    "rules",
    "data",
];

/// How deep lists and objects go into each other at most. No fact comes near; a reader that calls itself needs a bound.
const DEPTH: usize = 100;

/// The envelope of an entry that is in its exact form.
///
/// # Errors
/// What is wrong with it.
pub fn read(entry: &[u8]) -> Result<Columns, String> {
    let value: Value = serde_json::from_slice(entry).map_err(|error| error.to_string())?;
    if !is_plain(&value, DEPTH) {
        return Err(format!("it has a number that is not whole, or is more than {DEPTH} deep"));
    }
    // The bytes that were read are the ones that are hashed; these are only held beside them.
    if serde_json::to_vec(&value).is_ok_and(|again| again != entry) {
        return Err("it is not written in the one form that an entry has".into());
    }
    let object = value.as_object().filter(|object| object.keys().eq(KEYS)).ok_or("its keys are not those of an entry")?;
    let columns = codec::columns(entry).map_err(|error| error.to_string())?;
    let wrong = KEYS.iter().find(|key| !is_right(key, object, &columns));
    wrong.map_or(Ok(columns), |key| Err(format!("`{key}` has no such value")))
}

fn is_right(key: &str, object: &Map<String, Value>, columns: &Columns) -> bool {
    let value = &object[key];
    let is = |text: String| value.as_str() == Some(&text);
    match key {
        "origin" => is(columns.origin.to_string()),
        "id" => is(columns.id.to_string()),
        "command" => is(columns.command.to_string()),
        "seq" | "version" => is_position(value),
        "schema" => value.as_u64().is_some_and(|schema| (1..=u64::from(u32::MAX)).contains(&schema)),
        "agreement" | "type" | "actor" => value.as_str().is_some_and(|text| !text.is_empty()),
        "occurred_on" | "authority" | "reason" | "rules" => value.is_null() || value.is_string(),
        "corrects" => value.is_null() || is_position(value),
        "recorded_at" => is_instant(&columns.recorded_at),
        "source" => value.is_null() || value.as_object().is_some_and(is_source),
        _ => value.is_object(),
    }
}

/// A position is a whole number that every store can hold.
fn is_position(value: &Value) -> bool {
    value.as_i64().is_some_and(|position| position >= 1)
}

/// As entries write it, of a day and a second that there are. A leap second is none that a log's clock shows.
fn is_instant(text: &str) -> bool {
    let instant = DateTime::parse_from_rfc3339(text).map(|instant| codec::instant(instant.to_utc()));
    instant.is_ok_and(|again| again == text) && text.get(17..19).is_some_and(|second| second != "60")
}

fn is_source(source: &Map<String, Value>) -> bool {
    let keys: Vec<&str> = source.keys().map(String::as_str).collect();
    let is_known = matches!(keys[..], ["id"] | ["id", "sha256"] | ["id", "locator"] | ["id", "sha256", "locator"]);
    is_known && source.values().all(Value::is_string)
}

/// Whole numbers alone, and not too deep.
fn is_plain(value: &Value, depth: usize) -> bool {
    match value {
        Value::Number(number) => !number.is_f64(),
        Value::Array(values) => depth > 0 && values.iter().all(|value| is_plain(value, depth - 1)),
        Value::Object(values) => depth > 0 && values.values().all(|value| is_plain(value, depth - 1)),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}
