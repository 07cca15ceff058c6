//! CSV: one heading, one row a line of the answer. A cell that a spreadsheet would take for a formula gets a leading apostrophe.

use std::io::Write;

use serde_json::Value;

use super::Report;

pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(report.columns.iter().map(|(name, _)| name)).map_err(io_error)?;
    for row in &report.rows {
        let cells = report.columns.iter().map(|(_, pointer)| defused(words(row.pointer(pointer))));
        writer.write_record(cells).map_err(io_error)?;
    }
    writer.flush()
}

/// What the stream said, and not that CSV was being written.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

fn words(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().map(|item| words(Some(item))).collect::<Vec<_>>().join("; "),
        Some(other) => other.to_string(),
    }
}

fn defused(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
