//! Markdown: the same sections, for a document.

use std::io::Write;

use super::{Cell, Report, Section};

pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for section in &report.sections {
        match section {
            Section::Heading(text) => writeln!(out, "\n## {text}\n")?,
            Section::Line(cells) => {
                let text: String = cells.iter().map(|cell| escaped(&cell.text)).collect();
                writeln!(out, "{}\n", text.trim())?;
            }
            Section::Table { columns, rows } => {
                writeln!(out, "| {} |", columns.join(" | "))?;
                writeln!(out, "|{}", "---|".repeat(columns.len()))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell: &Cell| escaped(&cell.text)).collect();
                    writeln!(out, "| {} |", cells.join(" | "))?;
                }
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
