//! Text for people: headings, lines, and tables that fit the width.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use super::{Cell, Report, Section, Tone};

/// Where nobody says how wide the screen is.
const WIDTH: u16 = 120;

pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for (place, section) in report.sections.iter().enumerate() {
        match section {
            Section::Heading(text) => {
                if place > 0 {
                    writeln!(out)?;
                }
                writeln!(out, "{}", styled(&Tone::Strong.of(text)))?;
            }
            Section::Line(cells) => {
                let words: Vec<String> = cells.iter().map(styled).collect();
                writeln!(out, "{}", words.concat())?;
            }
            Section::Table { columns, rows } => writeln!(out, "{}", table(columns, rows))?,
        }
    }
    Ok(())
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Warning => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Dim => Style::new().dimmed(),
    }
}

/// Colour is written always; the stream takes it out where it is not wanted.
fn styled(cell: &Cell) -> String {
    let style = style(cell.tone);
    if cell.tone == Tone::Plain { cell.text.clone() } else { format!("{style}{}{style:#}", cell.text) }
}

fn table(columns: &[&str], rows: &[Vec<Cell>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).enforce_styling();
    table.set_header(columns.iter().map(|column| comfy_table::Cell::new(column).add_attribute(comfy_table::Attribute::Dim)));
    if let Some(width) = width() {
        table.set_width(width);
    }
    for row in rows {
        table.add_row(row.iter().map(coloured));
    }
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if place == 0 {
            // Ids are copied: they are never broken.
            column.set_constraint(comfy_table::ColumnConstraint::ContentWidth);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_string()).collect();
    lines.join("\n")
}

fn coloured(cell: &Cell) -> comfy_table::Cell {
    use comfy_table::{Attribute, Color};
    let plain = comfy_table::Cell::new(&cell.text);
    match cell.tone {
        Tone::Plain => plain,
        Tone::Strong => plain.add_attribute(Attribute::Bold),
        Tone::Good => plain.fg(Color::DarkGreen),
        Tone::Warning => plain.fg(Color::DarkYellow),
        Tone::Bad => plain.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        Tone::Dim => plain.add_attribute(Attribute::Dim),
    }
}

/// `COLUMNS`, or the terminal's own width (`None`: the table asks it), or a fixed one where there is no terminal.
fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 40);
    said.or_else(|| (!std::io::stdout().is_terminal()).then_some(WIDTH))
}
