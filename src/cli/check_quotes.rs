//! `obligo check quotes`: each quote of the register held against its document: where it stands, or what differs.

use std::path::{Path, PathBuf};

use rules::fault::Fault;
use rules::register::Agreement;

use super::args::Reading;
use super::{Context, lookup, progress};
use crate::error::Error;
use crate::report::json::{PieceJson, QuoteJson, QuotesJson, SelectorJson};
use crate::report::{Cell, Report, Section, Tone};
use crate::sources::Folder;
use crate::sources::quote::{LinesOf, Piece, Place};
use crate::sources::quotes::{Quoted, Seen, State, quotes, sources};

#[derive(clap::Args)]
pub struct Args {
    /// Only these agreements
    #[arg(value_name = "AGREEMENT")]
    agreements: Vec<String>,

    /// A folder with the documents, each found by its SHA-256; the folder of evidence beside the register is looked into as well
    #[arg(long, value_name = "DIR")]
    sources: Vec<PathBuf>,

    /// Exit with 4 unless every quote is found
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    reading: Reading,
}

const COLUMNS: &[(&str, &str)] = &[
    ("agreement", "/agreement"),
    ("provision", "/provision"),
    ("ref", "/ref"),
    ("quote", "/quote/exact"),
    ("state", "/state"),
    ("source", "/source"),
    ("sha256", "/sha256"),
    ("line", "/line"),
    ("prefix", "/selector/prefix"),
    ("suffix", "/selector/suffix"),
    ("nearest", "/nearest/exact"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    args.agreements.iter().try_for_each(|id| lookup::agreement(&view, id))?;
    let folder = folder(&args.sources, &context.register()?.path.with_extension("evidence"))?;
    let (mut found, mut sections, mut handling) = (Vec::new(), Vec::new(), Vec::new());
    let wanted = |agreement: &&Agreement| args.agreements.is_empty() || args.agreements.contains(&agreement.id);
    let mut told = progress::watch("comparing", view.register.agreements.values().filter(wanted).count() as u64);
    for (agreement, done) in view.register.agreements.values().filter(wanted).zip(1..) {
        let agreement = agreement.on(position.as_of);
        let seen = sources(&agreement, &folder);
        let quoted = quotes(&agreement, &seen);
        told(done);
        if quoted.is_empty() {
            continue;
        }
        handling.extend(agreement.handling(&quoted.iter().map(|quoted| quoted.record).collect::<Vec<_>>()));
        sections.push(Section::Heading(agreement.id.clone()));
        let columns = vec!["PARA", "STATE", "WHERE", "QUOTE"];
        sections.push(Section::Table { columns, rows: quoted.iter().map(|quoted| row(quoted, &seen)).collect() });
        found.extend(quoted.iter().map(|quoted| json(&agreement.id, quoted, &seen)));
    }
    drop(told);
    handling.sort();
    handling.dedup();
    let all_found = found.iter().filter(|quote| quote.state == "found").count();
    sections.push(Section::line(""));
    sections.push(Section::line(counts(&found)));
    let document = QuotesJson {
        schema: "obligo.quotes.v1",
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        handling,
        found: all_found,
        quotes: found,
    };
    let report = Report::new(&document, "quotes", COLUMNS).sections(sections);
    args.reading.output.write(&report.stamped(context.stamp(&view)))?;
    Ok(if args.strict && all_found < document.quotes.len() { 4 } else { 0 })
}

/// The documents of the folders that were named, and of the evidence beside the register where there is some.
fn folder(named: &[PathBuf], evidence: &Path) -> Result<Folder, Error> {
    let is_there = evidence.is_dir();
    if named.is_empty() && !is_there {
        let fault = Fault::new("E0202", &["sources"], "no folder is named, and no evidence is kept beside the register");
        return Err(fault.hint("name a folder with the documents: --sources DIR").into());
    }
    let folder = named.iter().try_fold(Folder::default(), |folder, path| add(folder, path))?;
    if is_there { add(folder, evidence) } else { Ok(folder) }
}

/// The documents of one more folder.
///
/// # Errors
/// [`Error::Refused`], if it cannot be read.
pub fn add(folder: Folder, path: &Path) -> Result<Folder, Error> {
    let cannot = |error: std::io::Error| Fault::new("E0101", &[], format!("cannot read `{}`: {error}", path.display()));
    folder.and(path).map_err(|error| cannot(error).hint("--sources names a folder with the documents").into())
}

/// The state in words: for people, and for programs.
fn words(state: State) -> (Cell, &'static str) {
    match state {
        State::Found => (Tone::Good.of("found"), "found"),
        State::Drifted => (Tone::Bad.of("drifted"), "drifted"),
        State::NotFound => (Tone::Bad.of("not found"), "not_found"),
        State::Ambiguous => (Tone::Warning.of("ambiguous"), "ambiguous"),
        State::SourceMissing => (Tone::Warning.of("source not at hand"), "source_missing"),
        State::SourceChanged => (Tone::Bad.of("source changed"), "source_changed"),
        State::SourceUnreadable => (Tone::Warning.of("source not readable as text"), "source_unreadable"),
    }
}

fn row(quoted: &Quoted, seen: &[Seen]) -> Vec<Cell> {
    let source = quoted.source.as_deref().or(quoted.named.as_deref()).unwrap_or("no source is named");
    let named = match &quoted.named {
        Some(named) if Some(named) != quoted.source.as_ref() && !quoted.places.is_empty() => format!("; `{named}` is named"),
        _ => String::new(),
    };
    let lines: Vec<String> = match (quoted.places.as_slice(), &quoted.near) {
        ([], Some(near)) => vec![line(&near.place)],
        (places, _) => places.iter().map(line).collect(),
    };
    let lines = if lines.is_empty() { String::new() } else { format!(", line {}", lines.join(", ")) };
    let changed = match quoted.state {
        State::SourceChanged => file(quoted, seen).map(|file| format!(" ({file} is another document)")),
        _ => None,
    };
    let what = match &quoted.near {
        None => quoted.exact.clone(),
        Some(near) => near.pieces.iter().map(piece).collect::<Vec<_>>().join(" "),
    };
    let where_ = format!("{source}{lines}{named}{}", changed.unwrap_or_default());
    vec![Tone::Strong.of(&quoted.reference), words(quoted.state).0, where_.into(), what.into()]
}

fn line(place: &Place) -> String {
    match place.of {
        LinesOf::File => place.line.to_string(),
        LinesOf::Text => format!("{} of its text", place.line),
    }
}

/// `[-gone-]` and `{+new+}`, as word differences are written everywhere.
fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Same(words) => words.clone(),
        Piece::Gone(words) => format!("[-{words}-]"),
        Piece::New(words) => format!("{{+{words}+}}"),
    }
}

fn file(quoted: &Quoted, seen: &[Seen]) -> Option<String> {
    let seen = seen.iter().find(|seen| Some(&seen.source.id) == quoted.source.as_ref())?;
    Some(seen.file()?.display().to_string())
}

fn json(agreement: &str, quoted: &Quoted, seen: &[Seen]) -> QuoteJson {
    let near = quoted.near.as_ref();
    let place = quoted.places.first().or(near.map(|near| &near.place));
    let source = seen.iter().find(|seen| Some(&seen.source.id) == quoted.source.as_ref()).map(|seen| seen.source);
    let pieces = near.into_iter().flat_map(|near| &near.pieces).map(|piece| match piece {
        Piece::Same(words) => PieceJson { is: "same", words: words.clone() },
        Piece::Gone(words) => PieceJson { is: "gone", words: words.clone() },
        Piece::New(words) => PieceJson { is: "new", words: words.clone() },
    });
    QuoteJson {
        agreement: agreement.into(),
        provision: quoted.provision.clone(),
        reference: quoted.reference.clone(),
        record: quoted.record,
        quote: SelectorJson {
            r#type: SELECTOR,
            exact: quoted.exact.clone(),
            prefix: quoted.prefix.clone(),
            suffix: quoted.suffix.clone(),
        },
        named: quoted.named.clone(),
        source: quoted.source.clone(),
        sha256: source.and_then(|source| source.sha256.clone()),
        file: file(quoted, seen),
        state: words(quoted.state).1,
        occurrences: quoted.places.len(),
        selector: quoted.places.first().map(selector),
        line: place.map(|place| place.line),
        line_of: place.map(|place| match place.of {
            LinesOf::File => "file",
            LinesOf::Text => "text",
        }),
        nearest: near.map(|near| selector(&near.place)),
        differences: pieces.collect(),
    }
}

const SELECTOR: &str = "TextQuoteSelector";

fn selector(place: &Place) -> SelectorJson {
    let Place { exact, prefix, suffix, .. } = place.clone();
    SelectorJson { r#type: SELECTOR, exact, prefix: Some(prefix), suffix: Some(suffix) }
}

/// `33 quotes: 30 found, 2 drifted, 1 source missing`.
fn counts(quotes: &[QuoteJson]) -> String {
    let states = [
        State::Found,
        State::Ambiguous,
        State::Drifted,
        State::NotFound,
        State::SourceChanged,
        State::SourceMissing,
        State::SourceUnreadable,
    ];
    let counted = states.into_iter().filter_map(|state| {
        let (said, word) = words(state);
        let count = quotes.iter().filter(|quote| quote.state == word).count();
        (count > 0).then(|| format!("{count} {}", said.text))
    });
    let all = if quotes.len() == 1 { "1 quote".into() } else { format!("{} quotes", quotes.len()) };
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() { "No provision has a quote".into() } else { format!("{all}: {}", counted.join(", ")) }
}
