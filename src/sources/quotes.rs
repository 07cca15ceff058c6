//! What becomes of the quotes of an agreement when they are held against the documents that they are from.

use std::path::{Path, PathBuf};

use events::terms::Source;
use rules::register::{Agreement, Known};

use super::quote::{Found, Near, Place, Quote, Words};
use super::{Document, Folder};

/// A quote, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Id of the provision.
    pub provision: String,
    /// Its place in the text.
    pub reference: String,
    /// The record that brought it.
    pub record: u64,
    /// The words.
    pub exact: String,
    /// What is said to stand directly before them.
    pub prefix: Option<String>,
    /// What is said to stand directly after them.
    pub suffix: Option<String>,
    /// The source that the provision names.
    pub named: Option<String>,
    /// The source in which it was looked for last: where it stands, or should.
    pub source: Option<String>,
    /// What became of it.
    pub state: State,
    /// Where it stands; several places, where nothing tells which is meant.
    pub places: Vec<Place>,
    /// What is most like it, where it does not stand.
    pub near: Option<Near>,
}

/// What became of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It stands in a source, once.
    Found,
    /// The document has something like it.
    Drifted,
    /// The document has nothing like it.
    NotFound,
    /// It stands there several times.
    Ambiguous,
    /// The document is not at hand.
    SourceMissing,
    /// A file of its name is at hand, and it is another document.
    SourceChanged,
    /// The document is at hand and cannot be read as text.
    SourceUnreadable,
}

/// A source, and what of it is at hand.
pub struct Seen<'a> {
    /// The source.
    pub source: &'a Source,
    /// The document; missing, too, where no digest is known to know it by.
    pub document: Document,
}

impl Seen<'_> {
    /// The document that the source names.
    fn words(&self) -> Option<&Words> {
        match &self.document {
            Document::Read(_, words) => Some(words),
            Document::Unreadable(_) | Document::Other(..) | Document::Missing => None,
        }
    }

    /// The file that was looked into.
    pub fn file(&self) -> Option<&PathBuf> {
        match &self.document {
            Document::Read(path, _) | Document::Unreadable(path) | Document::Other(path, _) => Some(path),
            Document::Missing => None,
        }
    }
}

/// The sources of an agreement, each with its document if it is in a folder.
pub fn sources<'a>(agreement: &'a Agreement, folder: &Folder) -> Vec<Seen<'a>> {
    let seen = |Known { value: source, .. }: &'a Known<Source>| {
        let address = source.url.as_deref().and_then(|url| Path::new(url).file_stem()?.to_str());
        let names: Vec<&str> = [Some(source.id.as_str()), address].into_iter().flatten().collect();
        let document = source.sha256.as_ref().map_or(Document::Missing, |sha256| folder.find(sha256, &names));
        Seen { source, document }
    };
    agreement.sources.iter().map(seen).collect()
}

/// Each quote of an agreement, as its text reads, looked for in the source that its provision names and then in the others.
pub fn quotes(agreement: &Agreement, sources: &[Seen]) -> Vec<Quoted> {
    let quoted = |known: &Known<events::terms::Provision>| {
        let provision = &known.value;
        let mut quoted = Quoted {
            provision: provision.id.clone(),
            reference: provision.reference.clone(),
            record: known.seq,
            exact: provision.quote.clone()?,
            prefix: provision.quote_prefix.clone(),
            suffix: provision.quote_suffix.clone(),
            named: known.source.as_ref().map(|source| source.id.to_string()),
            source: None,
            state: State::SourceMissing,
            places: Vec::new(),
            near: None,
        };
        quoted.seek(sources);
        Some(quoted)
    };
    agreement.provisions.iter().filter_map(quoted).collect()
}

impl Quoted {
    fn seek(&mut self, sources: &[Seen]) {
        let quote = self.clone();
        let quote = Quote { exact: &quote.exact, prefix: quote.prefix.as_deref(), suffix: quote.suffix.as_deref() };
        let own = sources.iter().find(|seen| Some(&seen.source.id) == self.named.as_ref());
        self.source = own.map(|seen| seen.source.id.clone());
        let first = own.and_then(Seen::words).map(|words| words.find(quote));
        if let Some(Found::Once(_) | Found::Several(_)) = first {
            return self.found(first);
        }
        for (seen, words) in sources.iter().filter_map(|seen| Some((seen, seen.words()?))) {
            let found = words.find(quote);
            if let Found::Once(_) | Found::Several(_) = found {
                self.source = Some(seen.source.id.clone());
                return self.found(Some(found));
            }
        }
        match own.map(|seen| &seen.document) {
            Some(Document::Unreadable(_)) => self.state = State::SourceUnreadable,
            // What the other document has is told, and does not make it the document that was cited.
            Some(Document::Other(_, words)) => {
                self.found(words.as_ref().map(|words| words.find(quote)));
                self.state = State::SourceChanged;
            }
            Some(Document::Read(..) | Document::Missing) | None => self.found(first),
        }
    }

    fn found(&mut self, found: Option<Found>) {
        match found {
            Some(Found::Once(place)) => (self.state, self.places) = (State::Found, vec![place]),
            Some(Found::Several(places)) => (self.state, self.places) = (State::Ambiguous, places),
            Some(Found::Not(Some(near))) => (self.state, self.near) = (State::Drifted, Some(near)),
            Some(Found::Not(None)) => self.state = State::NotFound,
            None => self.state = State::SourceMissing,
        }
    }
}
