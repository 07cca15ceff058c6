//! `obligo witness`: to watch logs that are kept elsewhere, and to have one's own watched.

use std::path::PathBuf;

use events::checkpoint::{Role, Signed, Verifier};
use store::SqliteLog;

use super::args::Output;
use super::{Context, verify::verifier};
use crate::checkpoints::Beside;
use crate::clock;
use crate::error::Error;
use crate::report::json::{WatchedJson, WitnessJson};
use crate::report::{Report, Section, Tone};
use crate::witness::{self, Witness, serve, submit};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Cosign the checkpoints of logs, over HTTP, and raise an alarm when one does not go on, or none comes
    Serve {
        /// Address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
        listen: String,
        /// Folder of what the witness knows
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// Name of the witness, when its key is made: a place on the web is usual
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Key of a log to watch, as `obligo key` prints it
        #[arg(long = "log", value_name = "KEY", required = true, num_args = 1..)]
        logs: Vec<String>,
        /// Raise an alarm when nothing was cosigned for so long
        #[arg(long, value_name = "TIME", default_value = "26h")]
        silent_after: String,
    },
    /// The key by which others verify the cosignatures
    Key {
        /// Folder of what the witness knows
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
    },
    /// What is wrong with the logs that are watched; exit code 5 inconsistent, 10 silent
    Check {
        /// Folder of what the witness knows
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// A log is silent when nothing was cosigned for so long
        #[arg(long, value_name = "TIME", default_value = "26h")]
        silent_after: String,
        #[command(flatten)]
        output: Output,
    },
    /// Have the newest checkpoint of this register cosigned
    Submit {
        /// Where the witness is
        #[arg(long, value_name = "URL")]
        to: String,
        /// Its key, as `obligo witness key` prints it
        #[arg(long, value_name = "KEY")]
        witness: Option<String>,
    },
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    match args.what {
        What::Serve { listen, state, name, logs, silent_after } => {
            let logs = logs.iter().map(|log| of_role(log, Role::Log, "--log")).collect::<Result<_, _>>()?;
            let witness = Witness::open(&state, name.as_deref(), logs, seconds(&silent_after)?, clock::seconds())?;
            let key = witness.verifier();
            serve::run(witness, &listen, |address| {
                use std::io::Write;
                // It goes on when nobody reads what it says.
                let _ = writeln!(anstream::stdout(), "Listening on http://{address}\nCosigning as {key}");
            })?;
            Ok(0)
        }
        What::Key { state } => {
            // A folder without a key is a slip of the name, not the wish for a new witness.
            if !state.join("witness.key").exists() {
                let what = format!("there is no witness in `{}`", state.display());
                return Err(Error::refused("E0605", what, "`obligo witness serve` makes its key when it is started first"));
            }
            say!("{}", witness::signer(&state, None)?.verifier());
            Ok(0)
        }
        What::Check { state, silent_after, output } => check(&state, seconds(&silent_after)?, &output),
        What::Submit { to, witness } => send(&to, witness.as_deref(), context),
    }
}

fn of_role(text: &str, role: Role, argument: &str) -> Result<Verifier, Error> {
    let key = verifier(text)?;
    if key.role() != role {
        let (is, wanted) = if role == Role::Log { ("a witness", "a log") } else { ("a log", "a witness") };
        return Err(Error::refused("E0605", format!("`{argument}` is given the key of {is}"), format!("give that of {wanted}")));
    }
    Ok(key)
}

/// `26h`, `90m`, `2d`, `30s`.
fn seconds(text: &str) -> Result<u64, Error> {
    let unit = |letter: char| match letter {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(86400),
        _ => None,
    };
    let parsed =
        text.chars().next_back().and_then(unit).and_then(|unit| text[..text.len() - 1].parse::<u64>().ok()?.checked_mul(unit));
    let wrong = || Error::refused("E0304", format!("`{text}` is not a length of time"), "write 26h, 90m or 2d");
    parsed.filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

const COLUMNS: &[(&str, &str)] =
    &[("log", "/log"), ("size", "/size"), ("heard", "/heard"), ("state", "/state"), ("what", "/text")];

fn check(state: &std::path::Path, silent_after: u64, output: &Output) -> Result<u8, Error> {
    let troubles = witness::troubles(state, silent_after, clock::seconds())?;
    let mut rows: Vec<WatchedJson> = Vec::new();
    for log in witness::all_watched(state)? {
        let size = log.last().map_or(0, |last| last.checkpoint.size);
        let row = |what: &str, text: &str| WatchedJson {
            log: log.origin.clone(),
            size,
            heard: witness::at(log.heard),
            state: what.into(),
            text: text.into(),
        };
        let mine: Vec<_> = troubles.iter().filter(|trouble| trouble.origin == log.origin).collect();
        match mine.is_empty() {
            true => rows.push(row("GOES-ON", "every checkpoint that came goes on from the one before")),
            false => rows.extend(mine.iter().map(|trouble| row(trouble.what, &trouble.words))),
        }
    }
    let lines = rows.iter().map(|row| {
        let tone = if row.state == "GOES-ON" { Tone::Good } else { Tone::Bad };
        Section::Line(vec![tone.of(row.state.as_str()), format!(" {}, {} records: {}", row.log, row.size, row.text).into()])
    });
    let sections = lines.collect();
    let code = match () {
        () if rows.iter().any(|row| matches!(row.state.as_str(), "FORK" | "NOT-SHOWN")) => 5,
        () if rows.iter().any(|row| row.state == "SILENT") => 10,
        () => 0,
    };
    let document = WitnessJson { schema: "obligo.witness.v1", logs: rows };
    output.write(&Report::new(&document, "logs", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    Ok(code)
}

fn send(url: &str, witness: Option<&str>, context: &Context) -> Result<u8, Error> {
    let witness = witness.map(|key| of_role(key, Role::Witness, "--witness")).transpose()?;
    let found = context.register()?;
    let log = SqliteLog::open_read_only(&found.path)?;
    let beside = Beside::of(&found.path, found.key.as_deref());
    let kept = submit::submit(&log, &beside, url, witness.as_ref())?;
    let (size, file) = (kept.checkpoint.size, beside.cosigned.display());
    match witness.as_ref().map(|witness| (witness.name(), witness.has_signed(&kept))) {
        Some((name, Signed::Yes(Some(time)))) => {
            say!("{name} cosigned the checkpoint of {size} records on {}; kept in {file}", witness::at(time))
        }
        _ => {
            say!("A witness cosigned the checkpoint of {size} records; kept in {file}");
            hint!("Whose cosignature it is was not checked; give its key with --witness");
        }
    }
    Ok(0)
}
