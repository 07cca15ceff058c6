//! Text for people: headings, lines, and tables that fit the width.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::{Cell, Report, Section, Tone};

/// Where nobody says how wide the screen is.
const WIDTH: u16 = 120;
/// Longer words, such as addresses, may be broken.
const LONGEST_WORD: usize = 34;

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
        Tone::Struck => Style::new().dimmed().strikethrough(),
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
    let texts = |place: usize| {
        rows.iter().filter_map(move |row| row.get(place)).map(|cell| cell.text.as_str()).chain(columns.get(place).copied())
    };
    let least: Vec<u16> =
        (0..columns.len()).map(|place| if place == 0 { widest(texts(place)) } else { longest_word(texts(place)) }).collect();
    // Words stay whole where the screen is wide enough for that.
    let whole = width().is_none_or(|width| least.iter().sum::<u16>() <= width);
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        match place {
            // Ids are copied: they are never broken.
            0 => drop(column.set_constraint(ColumnConstraint::ContentWidth)),
            _ if whole => drop(column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least[place])))),
            _ => {}
        }
    }
    let lines: Vec<String> = table.lines().map(|line| trimmed(&line)).collect();
    lines.join("\n")
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> u16 {
    texts.map(|text| text.chars().count()).max().unwrap_or(0) as u16 + 2
}

/// The longest word and the padding behind it.
fn longest_word<'a>(texts: impl Iterator<Item = &'a str>) -> u16 {
    let words = texts.flat_map(str::split_whitespace).map(|word| word.chars().count());
    words.max().unwrap_or(0).min(LONGEST_WORD) as u16 + 2
}

/// A line without the blanks at its end, though escape codes may stand behind them.
fn trimmed(line: &str) -> String {
    let mut rest = line.trim_end();
    let mut codes = String::new();
    while let Some(start) = rest.rfind('\u{1b}').filter(|_| rest.ends_with('m')) {
        let is_code = rest[start..].chars().skip(2).all(|letter| letter.is_ascii_digit() || ";m".contains(letter));
        if !is_code {
            break;
        }
        codes.insert_str(0, &rest[start..]);
        rest = rest[..start].trim_end();
    }
    format!("{rest}{codes}")
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
        Tone::Struck => plain.add_attribute(Attribute::Dim).add_attribute(Attribute::CrossedOut),
    }
}

/// `COLUMNS`, or the terminal's own width (`None`: the table asks it), or a fixed one where there is no terminal.
fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 40);
    said.or_else(|| (!std::io::stdout().is_terminal()).then_some(WIDTH))
}
