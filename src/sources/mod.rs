//! The documents that agreements cite, where they are at hand: found in a folder by their digest, and read as words. Nothing of
//! them is kept.

pub mod quote;
pub mod quotes;

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use quote::Words;

/// Documents of one or more folders, each with its digest.
#[derive(Default)]
pub struct Folder {
    files: Vec<(PathBuf, String)>,
}

/// A document that is sought.
pub enum Document {
    /// It is there and was read, in this file.
    Read(PathBuf, Words),
    /// It is there, and its words cannot be read.
    Unreadable(PathBuf),
    /// A file of its name is there, and it is another document: its words, if they can be read.
    Other(PathBuf, Option<Words>),
    /// It is not there.
    Missing,
}

impl Folder {
    /// The same and everything in one more folder and the folders in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn and(mut self, path: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        collect(path, &mut paths)?;
        paths.sort();
        let digest = |path: PathBuf| {
            let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            let digest = hex(&Sha256::digest(std::fs::read(&path).map_err(named)?));
            Ok((path, digest))
        };
        let files: Vec<(PathBuf, String)> = paths.into_iter().map(digest).collect::<io::Result<_>>()?;
        self.files.extend(files);
        Ok(self)
    }

    /// The document with a digest; `names` are what its file could be called, without the ending.
    pub fn find(&self, sha256: &str, names: &[&str]) -> Document {
        let is_called = |path: &Path| {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
            names.iter().any(|name| name.to_lowercase() == stem)
        };
        match self.files.iter().find(|(_, digest)| digest == sha256) {
            Some((path, _)) => match words(path).or_else(|| beside(path)) {
                Some(words) => Document::Read(path.clone(), words),
                None => Document::Unreadable(path.clone()),
            },
            None => match self.files.iter().find(|(path, _)| is_called(path)) {
                Some((path, _)) => Document::Other(path.clone(), words(path).or_else(|| beside(path))),
                None => Document::Missing,
            },
        }
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // A link to a folder is not followed: it could lead back here.
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), into)?;
        } else if entry.path().is_file() {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a document that is no text, which somebody put beside it: `treaty.txt` for `treaty.pdf`.
fn beside(path: &Path) -> Option<Words> {
    ["txt", "md", "html", "htm"].iter().find_map(|ending| words(&path.with_extension(ending)))
}

/// The words of a file that is text: as they stand and, where there is markup, without it.
fn words(path: &Path) -> Option<Words> {
    let text = String::from_utf8(std::fs::read(path).ok()?).ok().filter(|text| !text.contains('\0'))?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let has_tags = text.contains("</");
    // What is kept under its digest has no ending; of a text that is no Markdown nothing is lost.
    let is_markdown = matches!(ending.as_str(), "md" | "markdown") || (ending.is_empty() && !has_tags);
    let page = match is_markdown {
        true => {
            let mut page = String::new();
            pulldown_cmark::html::push_html(&mut page, pulldown_cmark::Parser::new(&text));
            Some(page)
        }
        false => has_tags.then(|| text.clone()),
    };
    let without_markup = page.and_then(|page| {
        let wide = 100_000;
        html2text::config::with_decorator(html2text::render::TrivialDecorator::new()).string_from_read(page.as_bytes(), wide).ok()
    });
    Some(Words::of(text, without_markup))
}
