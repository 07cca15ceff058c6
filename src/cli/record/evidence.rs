//! What shows that something was done: an address, or a file that is kept beside the register under its digest.

use std::path::{Path, PathBuf};

use events::event::Evidence;
use events::tree;

use crate::error::Error;
use crate::kept;

/// A file of evidence is a document: minutes, a report, a scan.
const MOST_EVIDENCE: u64 = 256 * 1024 * 1024;

/// A file that shows something, read once.
pub struct EvidenceFile {
    path: PathBuf,
    sha256: String,
    bytes: Vec<u8>,
}

/// An address as it is, or a file by its name, digest and length.
pub fn shown_by(evidence: &str) -> Result<(Evidence, Option<EvidenceFile>), Error> {
    if evidence.contains("://") {
        return Ok((Evidence::Url(evidence.into()), None));
    }
    let file = EvidenceFile::read(Path::new(evidence))?;
    let name = file.path.file_name().map_or_else(|| evidence.to_string(), |name| name.to_string_lossy().into_owned());
    let shown = Evidence::File { name, sha256: file.sha256.clone(), bytes: file.bytes.len() as u64 };
    Ok((shown, Some(file)))
}

impl EvidenceFile {
    /// Reads it once.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let path = path.to_path_buf();
        let there = std::fs::metadata(&path).ok();
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            return Err(Error::refused(
                "E0101",
                format!("`{}` is not a file", path.display()),
                "name a file, or an address with its https://",
            ));
        }
        if there.is_some_and(|there| there.len() > MOST_EVIDENCE) {
            let what = format!("`{}` is larger than {} MiB", path.display(), MOST_EVIDENCE / 1024 / 1024);
            return Err(Error::refused("E0103", what, "keep it elsewhere and give its address"));
        }
        let bytes = std::fs::read(&path).map_err(|error| {
            let what = format!("cannot read `{}`: {error}", path.display());
            Error::refused("E0101", what, "name a file, or an address with its https://")
        })?;
        let sha256 = tree::sha256(&bytes).to_string();
        Ok(EvidenceFile { path, sha256, bytes })
    }

    /// Its digest.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Keeps it in the folder under its digest, once.
    pub fn keep(&self, folder: &Path) -> Result<(), Error> {
        if folder.join(&self.sha256).exists() {
            return Ok(());
        }
        let failed = |error: std::io::Error| {
            let what = format!("cannot keep `{}`: {error}", self.path.display());
            Error::failed(what, "may the folder of the register be written to?")
        };
        kept::keep(folder, &self.sha256, &self.bytes).map_err(failed)
    }
}
