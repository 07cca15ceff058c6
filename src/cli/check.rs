//! `obligo check`: everything that is wrong with agreement files, what is odd in them, and nothing written.

use std::path::{Path, PathBuf};

use events::memory::MemoryLog;
use events::terms::{Provision, Source};
use rules::Register;
use rules::doubts::{between, doubts};
use rules::fault::Fault;
use rules::register::{Agreement, Known};
use rules::replay::Replay;
use uuid::Uuid;

use super::import;
use crate::app::{App, TimeOrdered, Write};
use crate::clock;
use crate::error::Error;
use crate::rule_sets::Shelf;
use crate::sources::quote::Words;
use crate::sources::{Document, Folder};

#[derive(clap::Args)]
pub struct Args {
    /// Agreement files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Hold the quotes against the documents in this folder, each found by its SHA-256
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,

    /// Exit with 4 if there is a note, too
    #[arg(long)]
    strict: bool,
}

pub fn run(args: Args) -> Result<u8, Error> {
    let files = import::read(&args.files);
    let today = clock::today()?;
    // Against an empty log: a file must make sense by itself.
    let log = MemoryLog::new(Uuid::nil(), clock::now);
    let ids = Box::new(TimeOrdered);
    let mut app = App { log, shelf: Shelf::default(), actor: "check".into(), today, late_after_days: None, ids };
    let outcome = import::execute(&mut app, &files, Write { dry_run: true, command: None })?;
    let folder = args.sources.as_deref().map(folder).transpose()?;
    let mut replay = Replay::default();
    outcome.records.iter().for_each(|record| replay.take(record.seq, &events::codec::encode(record)));
    let (register, _): (Register, _) = replay.finish();
    let mut notes = 0;
    for file in &files {
        let Some(agreement) = file.agreement().and_then(|id| register.agreements.get(id)) else { continue };
        let paragraphs =
            agreement.paragraphs().map(|(read, all)| format!(", {read} of {all} paragraphs read")).unwrap_or_default();
        let (provisions, acts) = (agreement.provisions.len(), agreement.acts.len());
        let quotes = folder.as_ref().map(|folder| Quotes::of(agreement, folder));
        let of_quotes = quotes.iter().flat_map(|quotes| quotes.notes.iter().cloned());
        let told: Vec<String> = doubts(agreement).into_iter().chain(of_quotes).collect();
        let found = match told.len() {
            0 => "nothing wrong".into(),
            count => format!("no error, {}", counted(count, "note")),
        };
        let (provisions, acts) = (counted(provisions, "provision"), counted(acts, "act"));
        say!("{}: {} — {provisions}, {acts}{paragraphs}; {found}", file.path, agreement.id);
        for note in &told {
            say!("  note: {note}");
        }
        if let Some(quotes) = &quotes {
            say!("  {}", quotes.counts());
        }
        notes += told.len();
    }
    for doubt in between(&register) {
        say!("note: {doubt}");
        notes += 1;
    }
    Ok(if args.strict && notes > 0 { 4 } else { 0 })
}

/// `1 act`, `3 acts`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn folder(path: &Path) -> Result<Folder, Error> {
    let cannot = |error: std::io::Error| Fault::new("E0101", &[], format!("cannot read `{}`: {error}", path.display()));
    Folder::read(path).map_err(|error| cannot(error).hint("--sources names a folder with the documents").into())
}

/// What became of an agreement's quotes.
#[derive(Default)]
struct Quotes {
    found: usize,
    not_found: usize,
    /// Their document could not be looked into.
    not_sought: usize,
    not_at_hand: usize,
    notes: Vec<String>,
}

impl Quotes {
    fn of(agreement: &Agreement, folder: &Folder) -> Self {
        let mut quotes = Quotes::default();
        let mut at_hand: Vec<(&str, Words)> = Vec::new();
        let unknown: Vec<&str> = agreement
            .sources
            .iter()
            .map(|known| &known.value)
            .filter(|source| source.sha256.is_none())
            .map(|source| source.id.as_str())
            .collect();
        if !unknown.is_empty() {
            quotes.notes.push(format!("no sha256 to know the source by: {}", unknown.join(", ")));
        }
        for Known { value: source, .. } in &agreement.sources {
            match quotes.document(source, folder) {
                Some(words) => at_hand.push((&source.id, words)),
                None => quotes.not_at_hand += 1,
            }
        }
        for known in &agreement.provisions {
            let Some(quote) = &known.value.quote else { continue };
            quotes.seek(&known.value, quote, known.source.as_ref().map(|source| source.id.as_str()), &at_hand);
        }
        quotes
    }

    /// The words of a source, or a note why they cannot be had.
    fn document(&mut self, source: &Source, folder: &Folder) -> Option<Words> {
        let id = &source.id;
        let sha256 = source.sha256.as_ref()?;
        let address = source.url.as_deref().and_then(|url| Path::new(url).file_stem()?.to_str());
        let names: Vec<&str> = [Some(id.as_str()), address].into_iter().flatten().collect();
        let note = match folder.find(sha256, &names) {
            Document::Read(words) => return Some(words),
            Document::Unreadable(path) => {
                let text = path.with_extension("txt");
                format!("source `{id}`: {} cannot be read as text; put its text beside it, as {}", path.display(), text.display())
            }
            Document::Other(path) => {
                format!("source `{id}`: {} is called like it and is another document, by its SHA-256", path.display())
            }
            Document::Missing => format!("source `{id}` is not at hand: no file has its SHA-256"),
        };
        self.notes.push(note);
        None
    }

    /// Looks for a quote in the source that it names, and then in the others.
    fn seek(&mut self, provision: &Provision, quote: &str, named: Option<&str>, at_hand: &[(&str, Words)]) {
        let its_own = at_hand.iter().find(|(id, _)| Some(*id) == named);
        if its_own.is_some_and(|(_, words)| words.have(quote)) {
            self.found += 1;
            return;
        }
        let reference = &provision.reference;
        let source = named.unwrap_or("its source");
        if let Some((other, _)) = at_hand.iter().find(|(_, words)| words.have(quote)) {
            self.found += 1;
            self.notes.push(format!("{reference}: “{quote}” stands in `{other}`, and `{source}` is named"));
        } else if let Some((_, words)) = its_own {
            self.not_found += 1;
            let nearest = words.nearest(quote).map(|near| format!("; nearest: “{near}”")).unwrap_or_default();
            self.notes.push(format!("{reference}: “{quote}” is not in `{source}`{nearest}"));
        } else {
            self.not_sought += 1;
        }
    }

    /// `38 quotes found, 1 not found, 2 sources not at hand`.
    fn counts(&self) -> String {
        let quotes = if self.found == 1 { "1 quote".into() } else { format!("{} quotes", self.found) };
        let sources = if self.not_at_hand == 1 { "1 source".into() } else { format!("{} sources", self.not_at_hand) };
        let more = [
            (self.not_found, format!("{} not found", self.not_found)),
            (self.not_sought, format!("{} not looked for", self.not_sought)),
            (self.not_at_hand, format!("{sources} not at hand")),
        ];
        let more: String = more.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| format!(", {words}")).collect();
        format!("{quotes} found{more}")
    }
}
