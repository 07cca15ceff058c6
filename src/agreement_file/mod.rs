//! Agreement files: TOML that people write, read into proposals, with the place of everything in the text so that each error
//! points at it. The format is described in docs/agreement-files.md.

mod read;

mod act;
mod terms;

mod table;
mod tree;

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use events::terms::{Provision, Term, Terms};
use rules::decide::{Proposal, Refusal};
use rules::fault::Fault;

use table::Table;
use tree::{Kind, Node};

/// An agreement file of the size of a book is a slip: the largest real one has some forty kilobytes.
pub const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Keys with their values, as a provision has them, read from a few words of TOML.
///
/// # Errors
/// Everything that is wrong with the words.
pub fn keys(text: &str) -> Result<Terms, Vec<Fault>> {
    let (root, syntax) = tree::parse(text);
    match root.term() {
        Ok(Term::Table(terms)) if syntax.is_empty() => Ok(terms),
        Ok(_) => Err(syntax.into_iter().map(|placed| placed.fault).collect()),
        Err(placed) => Err(syntax.into_iter().chain([placed]).map(|placed| placed.fault).collect()),
    }
}

/// One provision, read from the keys of its table.
///
/// # Errors
/// Everything that is wrong with the words.
pub fn provision(text: &str) -> Result<Provision, Vec<Fault>> {
    let (root, syntax) = tree::parse(text);
    let faults = RefCell::new(syntax);
    let read = Table::new("the provision", &root, &faults).and_then(|table| terms::provision(&table));
    match (read, faults.into_inner()) {
        (Some((provision, _)), faults) if faults.is_empty() => Ok(provision),
        (_, faults) => Err(faults.into_iter().map(|placed| placed.fault).collect()),
    }
}

/// A file as it was read: its proposals, and what is wrong with the words themselves.
pub struct AgreementFile {
    /// Its name as it was given.
    pub path: String,
    /// Its text; empty when it could not be read as text.
    pub text: String,
    /// What it proposes to record, in the order of the file.
    pub proposals: Vec<Proposal>,
    /// Where each proposal stands.
    places: Vec<Node>,
    /// What is wrong.
    pub faults: Vec<Placed>,
}

/// A fault and its place in a file.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Bytes of the text that are meant; `None`: the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub fault: Fault,
}

impl Placed {
    /// Whether another fault stands at the same words, or at what holds them: then it is a consequence.
    pub fn touches(&self, other: &Placed) -> bool {
        match (&self.span, &other.span) {
            (Some(known), Some(other)) => known.start < other.end && other.start < known.end && known.len() <= other.len(),
            _ => false,
        }
    }
}

impl AgreementFile {
    /// Reads a file. What is wrong with it is in `faults`; so is a file that cannot be read at all.
    pub fn read(path: &Path) -> Self {
        let name = path.display().to_string();
        match text_of(path) {
            Ok(text) => Self::parse(&name, text),
            Err(fault) => Self::faulty(name, fault),
        }
    }

    /// A file that is named a second time in one command.
    pub fn named_twice(path: &Path) -> Self {
        let name = path.display().to_string();
        let fault = Fault::new("E0205", &[], format!("`{name}` is named twice")).hint("name each file once");
        Self::faulty(name, fault)
    }

    fn faulty(path: String, fault: Fault) -> Self {
        let faults = vec![Placed { span: None, fault }];
        AgreementFile { path, text: String::new(), proposals: Vec::new(), places: Vec::new(), faults }
    }

    /// Reads a text.
    pub fn parse(name: &str, text: String) -> Self {
        let (root, syntax) = tree::parse(&text);
        let mut file = AgreementFile { path: name.into(), text, proposals: Vec::new(), places: Vec::new(), faults: syntax };
        // Half a file gives half an answer, and what the rest would say of it is not worth saying; a date that is none leaves the file whole.
        if file.faults.iter().all(|placed| placed.fault.code.starts_with("E03")) {
            let read = read::read(&root);
            (file.proposals, file.places) = read.proposals.into_iter().unzip();
            let is_new = |placed: &Placed| !file.faults.iter().any(|known| known.touches(placed));
            let more: Vec<Placed> = read.faults.into_iter().filter(is_new).collect();
            file.faults.extend(more);
            file.faults.sort_by_key(|placed| placed.span.as_ref().map_or(0, |span| span.start));
        }
        file
    }

    /// Where a refusal of one of this file's proposals stands. `first` is the place of the file's first proposal in the list.
    pub fn place(&self, refusal: &Refusal, first: usize) -> Placed {
        let node = self.places.get(refusal.proposal - first);
        let span = node.map(|node| node.find(&refusal.fault.at));
        Placed { span, fault: refusal.fault.clone() }
    }

    /// The id of the agreement it is about, if it says so.
    pub fn agreement(&self) -> Option<&str> {
        self.proposals.first().map(|proposal| proposal.agreement.as_str())
    }
}

fn text_of(path: &Path) -> Result<String, Fault> {
    let cannot = |error: std::io::Error| {
        Fault::new("E0101", &[], format!("cannot read `{}`: {error}", path.display())).hint("check the name and the permissions")
    };
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        let what = format!("`{}` is larger than {} MiB", path.display(), MOST_BYTES / 1024 / 1024);
        return Err(Fault::new("E0103", &[], what).hint("an agreement file holds one agreement; give each its own"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Fault::new("E0102", &[], format!("`{}` is not UTF-8: line {line}, byte {at}", path.display()))
            .hint("save it as UTF-8 in the editor it was written with")
    })
}

impl Node {
    /// The span of the value at a path of keys, or of the nearest thing around it that is there.
    fn find(&self, at: &[String]) -> Range<usize> {
        let mut here = self;
        for key in at {
            let Kind::Table(entries) = &here.kind else { break };
            let Some(entry) = entries.iter().find(|entry| entry.key == *key) else { break };
            if let Some(last) = at.last().filter(|last| *last == key)
                && matches!(entry.value.kind, Kind::Table(_))
                && last == key
            {
                return entry.key_span.clone();
            }
            here = &entry.value;
        }
        here.span.clone()
    }
}
