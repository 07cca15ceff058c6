//! An evidence pack: one agreement at a position, in a folder that opens offline and can be checked without the program: the records with
//! their proofs, the documents and the evidence that they cite, what followed from them, and how to verify it all.
//!
//! Texts of people that are sealed (`sealed:…` in an entry) stay sealed: a pack is handed on. What the same position says has the same
//! bytes each time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use events::event::Evidence;
use events::tree;
use events::{Event, Record};
use serde::Serialize;
use serde_json::Value;

use crate::app::View;
use crate::error::Error;
use crate::report::pack::{Page, page};

/// The second implementation of the checks: whoever gets a pack has it with him.
const VERIFIER: &str = include_str!("../tools/verify.py");

/// What is put into a pack.
pub struct Contents<'a> {
    /// The agreement.
    pub agreement: &'a str,
    /// The position, and what follows at it.
    pub view: &'a View,
    /// The docket as JSON, with its stamp.
    pub docket: Value,
    /// The bundle of the records.
    pub bundle: String,
    /// The records of the bundle that can be read, by `seq`.
    pub records: Vec<Record>,
    /// What reversed which of them.
    pub reversed: BTreeMap<u64, u64>,
    /// The keys that signed the checkpoint of the bundle.
    pub keys: Vec<String>,
    /// The folder in which documents and evidence are kept.
    pub kept: &'a Path,
}

/// A file of a pack, by its path in it.
pub type File = (String, Vec<u8>);

/// A document that records cite.
#[derive(Debug, Serialize)]
pub struct Document {
    /// The record that brought it.
    pub record: u64,
    /// Its id within the agreement.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it was published.
    pub published: String,
    /// Its handling marking.
    pub handling: String,
    /// SHA-256, if it is known.
    pub sha256: Option<String>,
    /// Where it can be had.
    pub url: Option<String>,
    /// The file in the pack; `None` where it is not kept.
    pub file: Option<String>,
}

/// Evidence that records cite.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The record.
    pub record: u64,
    /// Name of the file as it was handed in, or the address.
    pub name: String,
    /// SHA-256 of the file; an address has none.
    pub sha256: Option<String>,
    /// The file in the pack; `None` where it is not kept.
    pub file: Option<String>,
}

/// What the records of a pack rest on.
#[derive(Debug, Serialize)]
pub struct Sources {
    /// The agreement.
    pub agreement: String,
    /// The documents.
    pub sources: Vec<Document>,
    /// The evidence.
    pub evidence: Vec<Shown>,
}

/// The files of a pack.
///
/// # Errors
/// [`Error::Failed`], when a file that is kept cannot be read.
pub fn files(contents: &Contents) -> Result<Vec<File>, Error> {
    let mut kept: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let sources = sources(contents, &mut kept)?;
    let html = page(&Page { contents, sources: &sources }).into_string();
    let mut files = vec![
        ("README.txt".into(), readme(contents).into_bytes()),
        ("report.html".into(), html.into_bytes()),
        ("bundle.jsonl".into(), contents.bundle.clone().into_bytes()),
        ("docket.json".into(), pretty(&contents.docket).into_bytes()),
        ("sources.json".into(), pretty(&sources).into_bytes()),
        ("verify.py".into(), VERIFIER.into()),
    ];
    files.extend(kept);
    Ok(files)
}

fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("a document has string keys and no failing values");
    format!("{text}\n")
}

/// Documents and evidence; what is kept of them comes along under its digest.
fn sources(contents: &Contents, files: &mut BTreeMap<String, Vec<u8>>) -> Result<Sources, Error> {
    let mut take = |folder: &str, sha256: Option<&str>| -> Result<Option<String>, Error> {
        let Some(sha256) = sha256 else { return Ok(None) };
        let place = format!("{folder}/{sha256}");
        if !files.contains_key(&place) {
            let Some(bytes) = kept(contents.kept, sha256)? else { return Ok(None) };
            files.insert(place.clone(), bytes);
        }
        Ok(Some(place))
    };
    let mut sources = Sources { agreement: contents.agreement.into(), sources: Vec::new(), evidence: Vec::new() };
    for record in &contents.records {
        if let Event::SourceRecorded(source) = &record.event {
            sources.sources.push(Document {
                record: record.seq,
                id: source.id.clone(),
                title: source.title.clone(),
                published: source.published.to_string(),
                handling: source.handling.clone(),
                sha256: source.sha256.clone(),
                url: source.url.clone(),
                file: take("sources", source.sha256.as_deref())?,
            });
        }
        if let Event::PerformanceReported(done) = &record.event
            && let Some(evidence) = &done.evidence
        {
            let (name, sha256) = match evidence {
                Evidence::File { name, sha256, .. } => (name, Some(sha256.clone())),
                Evidence::Url(url) => (url, None),
            };
            let file = take("evidence", sha256.as_deref())?;
            sources.evidence.push(Shown { record: record.seq, name: name.clone(), sha256, file });
        }
    }
    Ok(sources)
}

/// A file that is kept under its digest, if it is there and is still that file. A name that is no digest is none of ours.
fn kept(folder: &Path, sha256: &str) -> Result<Option<Vec<u8>>, Error> {
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = folder.join(sha256);
    if !is_digest || !path.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(&path)
        .map_err(|error| Error::failed(format!("cannot read `{}`: {error}", path.display()), "ask for the permission"))?;
    Ok(Some(bytes).filter(|bytes| tree::sha256(bytes).to_string() == sha256))
}

/// How the checks are called, in the folder of the pack.
pub const COMMANDS: [&str; 2] = ["python3 verify.py bundle.jsonl --key KEY", "obligo verify --bundle bundle.jsonl --key KEY"];

fn readme(contents: &Contents) -> String {
    let signed = match contents.keys.as_slice() {
        [] => "It says nothing of the key of its log.".to_string(),
        keys => format!("It says that its log signs with {}: whoever forged it would say so of his own key.", keys.join(" and ")),
    };
    format!(
        "Evidence pack of {}, as of {}. Open report.html; it needs nothing else.\n\
         bundle.jsonl has the records to the byte, each with the proof that it stands in the log.\n\
         docket.json: what followed from them; sources.json: what they rest on; sources/, evidence/: those files, each under its SHA-256.\n\
         To verify in this folder, with Python alone or with the program:\n    \
         {}\n\
         KEY is the key of the log, had from elsewhere than this pack (at the register, `obligo key` prints it).\n\
         {signed}\n\
         With a checkpoint that you hold, in a file: --against FILE. Exit code 0: nothing amiss; the verdict says what is proved.\n\
         Texts of people are sealed; the report says [sealed] in their place.\n",
        contents.agreement,
        contents.view.docket.as_of,
        COMMANDS.join("\n    "),
    )
}

/// The records that a pack cites by number.
pub fn cited(view: &View) -> BTreeSet<u64> {
    let because = view.docket.entries.iter().flat_map(|line| &line.because).flat_map(|reason| reason.records.iter().copied());
    because.chain(view.rules.adopted).collect()
}
