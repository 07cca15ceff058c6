//! `obligo key`: the key by which others verify the checkpoints of a register, and a new one in its place.

use events::EventLog;
use store::SqliteLog;

use super::Context;
use crate::checkpoints::{Beside, key};
use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Put a new key in the place of the old one; a checkpoint that both sign says so
    Rotate {
        /// Why; whoever verifies the register reads it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    match args.what {
        None => show(context),
        Some(What::Rotate { reason }) => rotate(&reason, context),
    }
}

fn show(context: &Context) -> Result<u8, Error> {
    let found = context.register()?;
    let log = SqliteLog::open_read_only(&found.path)?;
    let beside = Beside::of(&found.path, found.key.as_deref());
    let none = || {
        let what = format!("there is no key in `{}`", beside.key.path.display());
        Error::refused("E0605", what, "the first write makes one; if it is kept elsewhere, say where with OBLIGO_KEY")
    };
    let signer = beside.key.read_of(&key::origin(log.origin()))?.ok_or_else(none)?;
    say!("{}", signer.verifier());
    Ok(0)
}

fn rotate(reason: &str, context: &Context) -> Result<u8, Error> {
    if reason.trim().is_empty() || reason.chars().any(char::is_control) {
        return Err(Error::refused(
            "E0608",
            "the reason is not one line of words",
            "say in one line why, as in --reason \"the laptop was stolen\"",
        ));
    }
    let rotation = context.log()?.rotate(reason.trim())?;
    say!("{}", rotation.new);
    hint!("The key was changed; its last act was to sign that the new one takes its place. Tell whoever verifies the register.");
    hint!("Its old key was {}", rotation.old);
    Ok(0)
}
