//! `obligo init`: an empty register.

use std::path::PathBuf;

use events::EventLog;
use store::SqliteLog;
use uuid::Uuid;

use super::Context;
use crate::checkpoints::{Beside, key};
use crate::clock;
use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    /// Where; the register that every verb would use, if left out
    path: Option<PathBuf>,

    /// Say where, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let found = context.register()?;
    let by_default = args.path.is_none() && !matches!(found.because.as_str(), "--register" | "OBLIGO_REGISTER");
    let path = args.path.unwrap_or(found.path);
    if args.dry_run {
        let what = if path.exists() { "There is something already at" } else { "Would make an empty register at" };
        say!("{what} {}", path.display());
        return Ok(0);
    }
    if let Some(folder) = path.parent().filter(|_| by_default) {
        std::fs::create_dir_all(folder).map_err(|error| {
            Error::failed(
                format!("cannot make the folder `{}`: {error}", folder.display()),
                "name a place you may write to with --register",
            )
        })?;
    }
    let log = SqliteLog::create(&path, Uuid::now_v7(), clock::now)?;
    let beside = Beside::of(&path, found.key.as_deref());
    beside.key.make(&key::origin(log.origin()))?;
    say!("Made an empty register at {}", path.display());
    say!("Its signing key is {}; whoever has it can sign in its name", beside.key.path.display());
    hint!("Next: obligo import FILE… --register {}", path.display());
    Ok(0)
}
