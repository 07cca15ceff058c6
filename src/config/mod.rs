//! Which register is meant: `--register`, then `OBLIGO_REGISTER`, then `register = …` in the nearest `obligo.toml` upward, then
//! the user's data folder. And what else that file settles: where the signing key is kept, if not beside the register (`OBLIGO_KEY` goes
//! before it), and how late an act may be recorded without a reason.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::derived::Use;
use crate::error::Error;

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
///
/// # Errors
/// [`Error::Refused`] for one that cannot be read.
pub fn settings() -> Result<Option<(PathBuf, Settings)>, Error> {
    let here = std::env::current_dir()?;
    let Some(file) = here.ancestors().map(|folder| folder.join("obligo.toml")).find(|file| file.is_file()) else {
        return Ok(None);
    };
    let refuse = |why: String| {
        let hint = "docs/configuration.md has its keys";
        Error::refused("E0105", format!("`{}`: {why}", file.display()), hint)
    };
    let text = std::fs::read_to_string(&file).map_err(|error| refuse(error.to_string()))?;
    let settings = toml::from_str(&text).map_err(|error| refuse(error.message().into()))?;
    Ok(Some((file, settings)))
}

/// `OBLIGO_KEY`, which goes before `key = …` in the settings.
fn named_key() -> Option<PathBuf> {
    std::env::var_os("OBLIGO_KEY").filter(|path| !path.is_empty()).map(PathBuf::from)
}
