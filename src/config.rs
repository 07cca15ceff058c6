//! Which register is meant: `--register`, then `OBLIGO_REGISTER`, then `register = …` in the nearest `obligo.toml` upward, then
//! the user's data folder. And where its signing key is kept, if not beside it: `OBLIGO_KEY`, then `key = …` beside `register = …`.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::error::Error;

/// The register, and why it is the one.
pub struct Register {
    /// Its file.
    pub path: PathBuf,
    /// Which setting named it.
    pub because: String,
    /// Where its signing key is kept, if not beside it.
    pub key: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    register: PathBuf,
    key: Option<PathBuf>,
}

/// Finds the register. `given` is the flag; clap has put the environment variable in its place where the flag is absent.
///
/// # Errors
/// [`Error::Refused`] for an `obligo.toml` that cannot be read, [`Error::Failed`] without a home folder.
pub fn register(given: Option<&Path>, given_by_flag: bool) -> Result<Register, Error> {
    if let Some(path) = given {
        let because = if given_by_flag { "--register" } else { "OBLIGO_REGISTER" };
        return Ok(Register { path: path.into(), because: because.into(), key: named_key() });
    }
    let here = std::env::current_dir()?;
    if let Some(file) = here.ancestors().map(|folder| folder.join("obligo.toml")).find(|file| file.is_file()) {
        return from_settings(&file);
    }
    let base = etcetera::choose_base_strategy()
        .map_err(|error| Error::failed(format!("no home folder: {error}"), "name the register with --register"))?;
    let path = base.data_dir().join("obligo").join("obligo.db");
    Ok(Register { path, because: "the user's data folder".into(), key: named_key() })
}

fn from_settings(file: &Path) -> Result<Register, Error> {
    let refuse = |why: String| {
        Error::refused("E0105", format!("`{}`: {why}", file.display()), "it has register = \"PATH\", and may have key = \"PATH\"")
    };
    let text = std::fs::read_to_string(file).map_err(|error| refuse(error.to_string()))?;
    let settings: Settings = toml::from_str(&text).map_err(|error| refuse(error.message().into()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let key = named_key().or_else(|| settings.key.map(|key| folder.join(key)));
    Ok(Register { path: folder.join(settings.register), because: format!("{}", file.display()), key })
}

/// `OBLIGO_KEY`, which goes before `key = …` in the settings.
fn named_key() -> Option<PathBuf> {
    std::env::var_os("OBLIGO_KEY").filter(|path| !path.is_empty()).map(PathBuf::from)
}
