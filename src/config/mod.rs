//! Which register is meant: `--register`, then `OBLIGO_REGISTER`, then `register = …` in the nearest `obligo.toml` upward, then
//! the user's data folder. And what else that file settles: where the signing key is kept, if not beside the register (`OBLIGO_KEY` goes
//! before it), and how late an act may be recorded without a reason.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use std::ops::Range;
use std::sync::Arc;

use etcetera::BaseStrategy;
use events::tree::Hash;
use rules::fault::Fault;
use sha2::{Digest, Sha256};

use crate::derived::Use;
use crate::error::{Diagnostic, Error};
use settings::Files;

pub mod settings;

pub use settings::Settings;

/// The register, and why it is the one.
pub struct Register {
    /// Its file.
    pub path: PathBuf,
    /// Which setting named it.
    pub because: String,
    /// Where its signing key is kept, if not beside it.
    pub key: Option<PathBuf>,
}

/// So many days after the day of an act, recording it takes a reason, where nothing else is set.
pub const LATE_AFTER_DAYS: u32 = 30;

/// Finds the register. `given` is the flag; clap has put the environment variable in its place where the flag is absent.
///
/// # Errors
/// [`Error::Refused`] for an `obligo.toml` that cannot be read, [`Error::Failed`] without a home folder.
pub fn register(given: Option<&Path>, given_by_flag: bool) -> Result<Register, Error> {
    if let Some(path) = given {
        let because = if given_by_flag { "--register" } else { "OBLIGO_REGISTER" };
        return Ok(Register { path: path.into(), because: because.into(), key: named_key() });
    }
    if let Some((file, Settings { register: Some(register), key, .. })) = settings()? {
        let folder = file.parent().unwrap_or(Path::new("."));
        let key = named_key().or_else(|| key.map(|key| folder.join(key)));
        return Ok(Register { path: folder.join(register), because: format!("{}", file.display()), key });
    }
    let base = etcetera::choose_base_strategy()
        .map_err(|error| Error::failed(format!("no home folder: {error}"), "name the register with --register"))?;
    let path = base.data_dir().join("obligo").join("obligo.db");
    Ok(Register { path, because: "the user's data folder".into(), key: named_key() })
}

/// How many days after its day an act may be recorded without a reason.
///
/// # Errors
/// [`Error::Refused`] for an `obligo.toml` that cannot be read.
pub fn late_after_days() -> Result<u32, Error> {
    let set = settings()?.and_then(|(_, settings)| settings.late_after_days);
    Ok(set.map_or(LATE_AFTER_DAYS, NonZeroU32::get))
}

/// Whether what was derived is kept beside the register and looked up there: `OBLIGO_DERIVED` says `never` or `always`, and else it is where the
/// register is large. No answer hangs on it.
pub fn derived() -> Use {
    match std::env::var("OBLIGO_DERIVED").as_deref() {
        Ok("never") => Use::Never,
        Ok("always") => Use::Always,
        _ => Use::Large,
    }
}

/// The nearest `obligo.toml` upward, and what it says.
fn settings() -> Result<Option<(PathBuf, Settings)>, Error> {
    let read = read()?;
    Ok(read.file.map(|file| (file, read.own)))
}

/// The settings as they were read.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text, 64 hexadecimal digits.
    pub digest: String,
    /// What it says; its paths are seen from the file's folder.
    pub own: Settings,
}

impl Read {
    /// The folder from which its paths are seen.
    pub fn folder(&self) -> &Path {
        self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("."))
    }
}

/// The nearest `obligo.toml` upward, read whole; without one, nothing is set.
///
/// # Errors
/// [`Error::Refused`], with its place, for what it cannot say.
pub fn read() -> Result<Read, Error> {
    let here = std::env::current_dir()?;
    let Some(file) = here.ancestors().map(|folder| folder.join("obligo.toml")).find(|file| file.is_file()) else {
        return Ok(Read { digest: digest(""), ..Read::default() });
    };
    let refuse = |why: &str, place: Option<(String, Arc<str>, Option<Range<usize>>)>| {
        let fault = Fault::new("E0105", &[], format!("`{}`: {why}", file.display()));
        let fault = fault.hint("`obligo schema config.v1` and examples/obligo.toml have its keys");
        Error::Refused(vec![Diagnostic { fault, place }])
    };
    let text = std::fs::read_to_string(&file).map_err(|error| refuse(&error.to_string(), None))?;
    let mut own: Settings = toml::from_str(&text)
        .map_err(|error| refuse(error.message(), Some((file.display().to_string(), text.as_str().into(), error.span()))))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let Files { calendar, atom, csv, prometheus } = &mut own.files;
    for path in [calendar, atom, csv, prometheus].into_iter().flatten() {
        *path = folder.join(&*path);
    }
    let digest = digest(&text);
    Ok(Read { file: Some(file), text, digest, own })
}

fn digest(text: &str) -> String {
    Hash(Sha256::digest(text).into()).to_string()
}

/// `OBLIGO_KEY`, which goes before `key = …` in the settings.
fn named_key() -> Option<PathBuf> {
    std::env::var_os("OBLIGO_KEY").filter(|path| !path.is_empty()).map(PathBuf::from)
}
