//! Markdown: the same sections, for a document.

use std::io::Write;

use super::{Cell, Report, Section, Tone};

pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for section in &report.sections {
        match section {
            Section::Heading(text) => writeln!(out, "\n## {text}\n")?,
            Section::Line(cells) => {
                let text: String = cells.iter().map(words).collect();
                writeln!(out, "{}\n", text.trim())?;
            }
            Section::Table { columns, rows } => {
                writeln!(out, "| {} |", columns.join(" | "))?;
                writeln!(out, "|{}", "---|".repeat(columns.len()))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(words).collect();
                    writeln!(out, "| {} |", cells.join(" | "))?;
                }
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

fn words(cell: &Cell) -> String {
    let text = escaped(&cell.text);
    // Blanks at its ends would leave the signs standing.
    if cell.tone == Tone::Struck && !text.trim().is_empty() { format!("~~{}~~", text.trim()) } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
