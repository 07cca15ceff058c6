//! What a verb answers, and the formats it can be written in. A report holds finished words: a format lays them out and computes
//! nothing. A new format is a new file and a line in [`Format`].

use std::io::Write;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use stamp::Stamp;

pub mod atom;
pub mod calendar;
pub mod json;
pub mod letter;
pub mod prometheus;
pub mod stamp;
pub mod words;

pub mod pack;
pub mod timeline;

mod csv;
mod markdown;
mod table;

/// An answer in all its forms.
pub struct Report {
    /// The document, as `json` writes it.
    pub document: Value,
    /// Its rows, as `jsonl` and `csv` write them.
    pub rows: Vec<Value>,
    /// The columns of `csv`, each with the JSON pointer of its value in a row.
    pub columns: &'static [(&'static str, &'static str)],
    /// What a person reads, in order.
    pub sections: Vec<Section>,
    /// What is needed to give the answer again.
    pub stamp: Option<Stamp>,
    /// The answer as a calendar, where it has one and it is asked for.
    pub calendar: Option<String>,
}

/// A part of what a person reads.
pub enum Section {
    /// A heading.
    Heading(String),
    /// A line or a paragraph.
    Line(Vec<Cell>),
    /// A table.
    Table {
        /// Headings of the columns.
        columns: Vec<&'static str>,
        /// The rows.
        rows: Vec<Vec<Cell>>,
    },
}

/// Words with a tone. The words say the same without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What is said.
    pub text: String,
    /// How.
    pub tone: Tone,
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Tone {
    Plain,
    Strong,
    Good,
    Warning,
    Bad,
    Dim,
    /// It is reversed, and stays to be read.
    Struck,
}

impl Tone {
    /// These words in this tone.
    pub fn of(self, text: impl Into<String>) -> Cell {
        Cell { text: text.into(), tone: self }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Tone::Plain.of(text)
    }
}

impl Section {
    /// A plain line.
    pub fn line(text: impl Into<String>) -> Self {
        Section::Line(vec![text.into().into()])
    }

    /// A dim line.
    pub fn note(text: impl Into<String>) -> Self {
        Section::Line(vec![Tone::Dim.of(text)])
    }
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tables for people; their layout may change between versions
    Table,
    /// One document with a schema; a stable contract
    Json,
    /// The document's rows, one a line
    Jsonl,
    /// The document's rows with a heading, quoted for spreadsheets
    Csv,
    /// Tables for documents
    Md,
    /// A calendar, of `due` and `status`
    Ics,
}

impl Format {
    /// Whether it is what a person reads, laid out, and nothing of the document.
    pub fn is_words(self) -> bool {
        match self {
            Format::Table | Format::Md => true,
            Format::Json | Format::Jsonl | Format::Csv | Format::Ics => false,
        }
    }
}

impl Report {
    /// A report of a document whose rows are the list under that key.
    pub fn new(document: &impl Serialize, rows: &str, columns: &'static [(&'static str, &'static str)]) -> Self {
        let document = serde_json::to_value(document).expect("a document has string keys and no failing values");
        let rows = document.get(rows).and_then(Value::as_array).cloned().unwrap_or_default();
        Report { document, rows, columns, sections: Vec::new(), stamp: None, calendar: None }
    }

    /// What a person reads, and no document: for the formats that have none of it.
    pub fn of_words(sections: Vec<Section>) -> Self {
        Report { document: Value::Null, rows: Vec::new(), columns: &[], sections, stamp: None, calendar: None }
    }

    /// The same with what a person reads.
    pub fn sections(self, sections: Vec<Section>) -> Self {
        Report { sections, ..self }
    }

    /// The same with rows of its own, for a document whose lists lie deeper.
    pub fn rows(self, rows: Vec<Value>) -> Self {
        Report { rows, ..self }
    }

    /// The same with its stamp: in the document as its last key, and under what a person reads.
    pub fn stamped(mut self, stamp: Stamp) -> Self {
        if let Value::Object(document) = &mut self.document {
            document.insert("stamp".into(), serde_json::to_value(&stamp).expect("a stamp has string keys"));
        }
        self.sections.push(Section::note(stamp.line()));
        Report { stamp: Some(stamp), ..self }
    }

    /// What stands under an answer that goes into a file: whoever is handed the file can ask again, and has a checkpoint to hold.
    pub fn footer(&self, format: Format) -> String {
        let Some(stamp) = &self.stamp else { return String::new() };
        let checkpoint = stamp.checkpoint.as_deref().unwrap_or_default();
        match format {
            // The document has it in itself; a calendar shows nobody what would stand in it.
            Format::Json | Format::Ics => String::new(),
            Format::Jsonl => format!("{}\n", serde_json::json!({ "stamp": stamp })),
            Format::Csv => {
                let lines = std::iter::once(stamp.line()).chain(checkpoint.lines().map(String::from));
                lines.map(|line| format!("# {line}").trim_end().to_string() + "\n").collect()
            }
            _ if checkpoint.is_empty() => String::new(),
            Format::Table => format!("\n{checkpoint}"),
            Format::Md => format!("\n```text\n{checkpoint}```\n"),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`Error::BrokenPipe`] or [`Error::Failed`], if it cannot be written.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> Result<(), Error> {
        match format {
            Format::Table => table::write(self, out)?,
            Format::Json => {
                let text = serde_json::to_string_pretty(&self.document).expect("a value is JSON");
                writeln!(out, "{text}")?;
            }
            Format::Jsonl => self.rows.iter().try_for_each(|row| writeln!(out, "{row}"))?,
            Format::Csv => csv::write(self, out)?,
            Format::Md => markdown::write(self, out)?,
            Format::Ics => {
                let what = || Error::refused("E0417", "there is no calendar of this answer", "`due` and `status` have one");
                out.write_all(self.calendar.as_ref().ok_or_else(what)?.as_bytes())?;
            }
        }
        Ok(out.flush()?)
    }
}
