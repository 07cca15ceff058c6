//! `obligo install-timer`: the units of dist/systemd with the paths of this register, or a line for cron.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use store::SqliteLog;

use super::Context;
use crate::config;
use crate::error::Error;
use crate::jobs::secret;

#[derive(clap::Args)]
pub struct Args {
    /// Print the units, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// For the machine, in /etc/systemd/system, and hardened [default: for the user who runs this]
    #[arg(long)]
    system: bool,

    /// As whom the machine runs it: the one to whom the register belongs [default: you, also under sudo]
    #[arg(long, value_name = "USER", requires = "system")]
    run_as: Option<String>,

    /// Print a line for a crontab instead, and write nothing
    #[arg(long, conflicts_with_all = ["dry_run", "system"])]
    cron: bool,
}

const SERVICE: &str = include_str!("../../dist/systemd/obligo.service");
const TIMER: &str = include_str!("../../dist/systemd/obligo.timer");
const FAILED: &str = include_str!("../../dist/systemd/obligo-failed.service");

/// From here on the service says what it may not do.
const HARDENING: &str = "ReadWritePaths";

/// What is filled in.
struct Job {
    program: String,
    /// Given where no `obligo.toml` names it.
    register: Option<String>,
    /// `OBLIGO_KEY`, if it is set.
    key: Option<String>,
    /// That of `obligo.toml`, or of the register.
    folder: String,
    /// Folders that it writes to.
    writes: Vec<String>,
    credentials: Vec<String>,
    /// As whom the machine runs it; `None` for a unit of one's own.
    user: Option<String>,
    /// What sets the group of a mail queue may not be kept from it.
    has_sendmail: bool,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let user = if args.system { Some(args.run_as.map_or_else(us, Ok)?) } else { None };
    let job = job(user, context)?;
    if args.cron {
        say!("{}", cron_line(&job));
        return Ok(0);
    }
    let folder = match args.system {
        true => PathBuf::from("/etc/systemd/system"),
        false => {
            let base = etcetera::choose_base_strategy()
                .map_err(|error| Error::failed(format!("no home folder: {error}"), "install it for the machine with --system"))?;
            base.config_dir().join("systemd/user")
        }
    };
    let units = [("obligo.service", service(&job)), ("obligo.timer", TIMER.into()), ("obligo-failed.service", FAILED.into())];
    for (name, text) in units {
        let file = folder.join(name);
        if args.dry_run {
            say!("# {}\n{text}", file.display());
            continue;
        }
        let failed = |error: std::io::Error| {
            Error::failed(
                format!("`{}` cannot be written: {error}", file.display()),
                "--dry-run prints it; for the machine, use sudo",
            )
        };
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text)).map_err(failed)?;
        say!("Wrote {}", file.display());
    }
    if args.dry_run {
        return Ok(0);
    }
    let (systemctl, journalctl) =
        if args.system { ("systemctl", "journalctl") } else { ("systemctl --user", "journalctl --user") };
    say!("Next:");
    say!("  {systemctl} daemon-reload && {systemctl} enable --now obligo.timer");
    say!("  {systemctl} start obligo.service; {journalctl} -u obligo.service");
    if !args.system {
        say!("  loginctl enable-linger    # so that it runs while you are not signed in");
    }
    for name in &job.credentials {
        say!("  the secret `{name}` belongs into {}", if args.system { "/etc/credstore" } else { "~/.config/credstore" });
    }
    Ok(0)
}

/// Who runs this.
fn us() -> Result<String, Error> {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let mut named = named.filter(|name| !name.is_empty());
    named.next().ok_or_else(|| Error::failed("nothing says as whom it is to run", "say it with --run-as"))
}

fn job(user: Option<String>, context: &Context) -> Result<Job, Error> {
    let (register, settings) = (context.register()?, config::read()?);
    // A timer for a register that is none would fail at night.
    drop(SqliteLog::open_read_only(&register.path)?);
    let is_set = settings.file.as_ref().is_some_and(|file| register.because == file.display().to_string());
    let path = std::path::absolute(&register.path)?;
    let beside = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    let folder = settings.file.as_deref().and_then(Path::parent).map_or_else(|| beside.clone(), Path::to_path_buf);
    let files = &settings.own.files;
    let files = [&files.calendar, &files.atom, &files.csv, &files.prometheus].into_iter().flatten();
    let mut writes = vec![line(&beside)?];
    for file in files {
        let folder = line(&std::path::absolute(file)?.parent().map_or_else(|| beside.clone(), Path::to_path_buf))?;
        if !writes.contains(&folder) {
            writes.push(folder);
        }
    }
    let key = std::env::var_os("OBLIGO_KEY").filter(|key| !key.is_empty()).map(std::path::absolute).transpose()?;
    Ok(Job {
        program: line(&std::env::current_exe()?)?,
        register: if is_set { None } else { Some(line(&path)?) },
        key: key.as_deref().map(line).transpose()?,
        folder: line(&std::path::absolute(folder)?)?,
        writes,
        credentials: secret::credentials(&settings.own).into_iter().map(String::from).collect(),
        user,
        has_sendmail: settings.own.mail.is_some_and(|mail| mail.sendmail.is_some()),
    })
}

/// A path as it can stand in a line of a unit.
fn line(path: &Path) -> Result<String, Error> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let what =
        || Error::failed(format!("`{}` cannot stand in a unit", path.display()), "give the folder a name without odd characters");
    text.map(String::from).ok_or_else(what)
}

const HEAD: &str =
    "# The scheduled run of Obligo, as `obligo install-timer` wrote it. To change a line, `systemctl edit obligo.service`.";

/// dist/systemd/obligo.service with what is ours. A unit of one's own has no user and no hardening: both take rights that its user has not.
fn service(job: &Job) -> String {
    let is_hard = job.user.is_some() && !job.has_sendmail;
    let (mut written, mut about) = (vec![HEAD.to_string()], Vec::new());
    for template in SERVICE.lines() {
        let (key, value) = template.split_once('=').unwrap_or((template, ""));
        let ours: Vec<String> = match key {
            _ if template.starts_with('#') => {
                about.push(template.to_string());
                continue;
            }
            HARDENING if !is_hard => break,
            // What stands above it is of the file in dist.
            "[Unit]" => {
                about.clear();
                vec![template.into()]
            }
            "User" => job.user.iter().map(|user| format!("User={user}")).collect(),
            "Wants" | "After" if job.user.is_none() => vec![],
            "WorkingDirectory" => vec![format!("WorkingDirectory={}", percent(&job.folder))],
            "ExecStart" => exec(job),
            // The first of them stands for all.
            "LoadCredential" if value == "obligo.mail" => job.credentials.iter().map(|name| credential(job, name)).collect(),
            "LoadCredential" => vec![],
            HARDENING => {
                let folders: Vec<String> = job.writes.iter().map(|folder| word(folder)).collect();
                vec![format!("{HARDENING}={}", folders.join(" "))]
            }
            _ => vec![template.into()],
        };
        // What is left out takes the sentence about it along.
        if !ours.is_empty() {
            written.append(&mut about);
        }
        about.clear();
        written.extend(ours);
    }
    written.join("\n").trim_end().to_string() + "\n"
}

fn exec(job: &Job) -> Vec<String> {
    let key = job.key.iter().map(|key| format!("Environment={}", word(&format!("OBLIGO_KEY={key}"))));
    let register = job.register.iter().flat_map(|path| ["--register", path]);
    let words = [job.program.as_str(), "run"].into_iter().chain(register);
    // `$` begins a variable, in a command alone.
    let words: Vec<String> = words.map(|text| word(text).replace('$', "$$")).collect();
    key.chain([format!("ExecStart={}", words.join(" "))]).collect()
}

/// The machine's own are found by their name; those of a user have no such place in all versions of systemd.
fn credential(job: &Job, name: &str) -> String {
    match &job.user {
        Some(_) => format!("LoadCredential={name}"),
        None => format!("LoadCredential={name}:%h/.config/credstore/{name}"),
    }
}

/// `%` begins a specifier of systemd.
fn percent(text: &str) -> String {
    text.replace('%', "%%")
}

/// One word of a unit, in quotes if it must be.
fn word(text: &str) -> String {
    let text = percent(text);
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:@=,%$~".contains(letter);
    if text.chars().all(is_plain) { text } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// A quarter past five, by the machine's clock. What is written to standard error cron mails to whoever `MAILTO` says.
fn cron_line(job: &Job) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let key = job.key.iter().map(|key| format!("OBLIGO_KEY={} ", quoted(key)));
    let register = job.register.iter().map(|path| format!(" --register {}", quoted(path)));
    let command = format!(
        "cd {} && {}{} run{} >/dev/null",
        quoted(&job.folder),
        key.collect::<String>(),
        quoted(&job.program),
        register.collect::<String>()
    );
    // To cron a `%` is the end of the line.
    format!("15 5 * * * {}", command.replace('%', r"\%"))
}
