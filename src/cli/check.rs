//! `obligo check`: everything that is wrong with agreement files, what is odd in them, and nothing written.

use std::path::PathBuf;

use events::memory::MemoryLog;
use rules::Register;
use rules::doubts::{between, doubts};
use rules::register::Agreement;
use rules::replay::Replay;
use store::PrivateFile;
use uuid::Uuid;

use super::{Context, check_quotes, import};
use crate::app::{App, TimeOrdered, Write};
use crate::clock;
use crate::error::Error;
use crate::report::words;
use crate::rule_sets::Shelf;
use crate::sources::quotes::{self, Quoted, Seen, State};
use crate::sources::{Document, Folder};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    of: Option<Of>,

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

/// What else can be checked.
#[derive(clap::Subcommand)]
enum Of {
    /// Whether the quotes of the register stand in their documents, and where; what differs, where they do not
    Quotes(check_quotes::Args),
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    if let Some(Of::Quotes(args)) = args.of {
        return check_quotes::run(args, context);
    }
    let files = import::read(&args.files);
    let today = clock::today()?;
    // Against an empty log: a file must make sense by itself.
    let log = MemoryLog::new(Uuid::nil(), clock::now);
    let (shelf, private, ids) = (Shelf::default(), PrivateFile::nowhere(), Box::new(TimeOrdered));
    let mut app = App { log, shelf, private, actor: "check".into(), today, late_after_days: None, ids };
    let outcome = import::execute(&mut app, &files, Write { dry_run: true, ..Write::default() })?;
    let folder = args.sources.as_deref().map(|path| check_quotes::add(Folder::default(), path)).transpose()?;
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
            count => format!("no error, {}", words::counted(count, "note")),
        };
        let (provisions, acts) = (words::counted(provisions, "provision"), words::counted(acts, "act"));
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
        let sources = quotes::sources(agreement, folder);
        let unknown: Vec<&str> =
            sources.iter().filter(|seen| seen.source.sha256.is_none()).map(|seen| seen.source.id.as_str()).collect();
        if !unknown.is_empty() {
            quotes.notes.push(format!("no sha256 to know the source by: {}", unknown.join(", ")));
        }
        sources.iter().for_each(|seen| quotes.document(seen));
        quotes::quotes(agreement, &sources).iter().for_each(|quoted| quotes.take(quoted));
        quotes
    }

    /// A note why the words of a source cannot be had, where they cannot.
    fn document(&mut self, seen: &Seen) {
        let id = &seen.source.id;
        let note = match &seen.document {
            Document::Read(..) => return,
            Document::Unreadable(path) => {
                let text = path.with_extension("txt");
                format!("source `{id}`: {} cannot be read as text; put its text beside it, as {}", path.display(), text.display())
            }
            Document::Other(path, _) => {
                format!("source `{id}`: {} is called like it and is another document, by its SHA-256", path.display())
            }
            Document::Missing => format!("source `{id}` is not at hand: no file has its SHA-256"),
        };
        self.not_at_hand += 1;
        if seen.source.sha256.is_some() {
            self.notes.push(note);
        }
    }

    fn take(&mut self, quoted: &Quoted) {
        let Quoted { reference, exact, .. } = quoted;
        let named = quoted.named.as_deref().unwrap_or("its source");
        match quoted.state {
            State::Found | State::Ambiguous => {
                self.found += 1;
                if let Some(other) = quoted.source.as_ref().filter(|_| quoted.source != quoted.named) {
                    self.notes.push(format!("{reference}: “{exact}” stands in `{other}`, and `{named}` is named"));
                }
            }
            State::Drifted | State::NotFound => {
                self.not_found += 1;
                let nearest = quoted.near.as_ref().map(|near| format!("; nearest: “{}”", near.place.exact)).unwrap_or_default();
                self.notes.push(format!("{reference}: “{exact}” is not in `{named}`{nearest}"));
            }
            State::SourceMissing | State::SourceChanged | State::SourceUnreadable => self.not_sought += 1,
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
