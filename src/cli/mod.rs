//! The verbs: the table of them, and the one match that carries them out. A new verb is a file and a variant.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use store::{DerivedFile, PrivateFile, SqliteLog};

use crate::app::{self, App, Books, Ground, Position, Seen, TimeOrdered, View};
use crate::checkpoints::{Beside, Checkpointed, notes};
use crate::clock;
use crate::derived::answers::{DueLines, Overview, Window};
use crate::derived::{self, Everything, Source, Unfit};
use crate::error::Error;
use crate::packs::{self, Packed};
use crate::report::stamp::Stamp;
use crate::rule_sets::{InForce, Shelf};

/// A line of the answer. A reader that went away ends the verb, quietly.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        writeln!(anstream::stdout(), $($words)*)?
    }};
}

/// A line beside the answer, on stderr; nobody's work hangs on it.
macro_rules! hint {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($words)*);
    }};
}

mod args;
mod diagnostics;
mod lookup;
mod outcome;
mod progress;

mod demo;
mod init;

mod actor;
mod erase;

mod alerts;
mod config;
mod doctor;
mod install_timer;
mod run;

mod check;
mod check_quotes;
mod correct;
mod import;
mod record;
mod undo;

mod brief;
mod bundle;
mod check_nagios;
mod diff;
mod due;
mod explain;
pub mod files;
mod log;
mod notice;
mod notices;
mod pack;
mod party;
mod replay;
mod residual;
mod status;
mod timeline;
mod topics;
mod what_if;

mod key;
mod prove;
mod verify;
mod witness;

pub mod compute;
mod regimes;
mod rules;

mod completions;
mod explain_error;
mod man;
mod schema;
mod r#where;

const AFTER_HELP: &str = "\
Exit codes:
  0   done; what is overdue does not by itself fail a command
  1   the world failed: a disk, a lock, the network
  2   wrong usage
  3   no such id, or several
  4   input refused: nothing was written; `check --strict`: something is noted
  5   the log is not what it was, or not what was signed
  10  `due --exit-code`: something is due; `doctor --exit-code`: something is to be seen to; `witness check`: a log is silent
  11  `due --exit-code`: something is overdue; `doctor --exit-code`: something is wrong

`check-nagios` has those of Nagios: 0 OK, 1 warning, 2 critical, 3 unknown, wrong usage too.

JSON is a stable contract with schemas under schemas/; tables may change between versions.";

const EXAMPLES: &str = "\
Examples:
  obligo demo                                  a register to look at, in ./demo
  obligo init && obligo import agreement.toml  a register of your own
  obligo status --as-of 2026-11-21             what is due, overdue, undetermined
  obligo explain uk-kr-dp/termination          why, and what a notice would do
  obligo due --within 90d --exit-code          for cron: silent when nothing is due";

/// What was agreed, what happened, and what is owed now: by whom, to whom, by when, and why
#[derive(Parser)]
#[command(name = "obligo", version, before_help = EXAMPLES, after_help = AFTER_HELP, propagate_version = true)]
struct Cli {
    /// The register [default: `register` in the nearest obligo.toml upward, else the user's data folder]
    #[arg(long, global = true, env = "OBLIGO_REGISTER", value_name = "PATH", hide_env_values = true)]
    register: Option<PathBuf>,

    /// Colour: auto, always, never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: clap::ColorChoice,

    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Write a register to look at in ./demo: the seven digital agreements, from their documents
    Demo(demo::Args),
    /// Make an empty register
    Init(init::Args),
    /// Record agreement files: all of them, or nothing
    Import(import::Args),
    /// Say everything that is wrong with agreement files, and write nothing
    Check(check::Args),
    /// Record what happened: a meeting, a notice, a performance, a signature, …
    Record(Box<record::Args>),
    /// Reverse a record and put another act in its place: both, or nothing
    Correct(Box<correct::Args>),
    /// Reverse what your last command recorded
    Undo(undo::Args),
    /// Erase texts that are kept beside the log, or the name of an actor; every proof stays as it is
    Erase(erase::Args),
    /// Who is behind the ids of those who record; the names are kept beside the log
    Actor(actor::Args),
    /// What is due, overdue and undetermined; of one agreement: everything
    Status(status::Args),
    /// What is due in a window of time; silent when nothing is
    Due(due::Args),
    /// For a timer: flag what falls due, once each, tell whoever is to know, write the files, record that it was done
    Run(run::Args),
    /// Run it once a day: units for systemd with your paths filled in, or a line for cron
    InstallTimer(install_timer::Args),
    /// What was flagged and who was told; taking note, putting off, sending up
    Alerts(Box<alerts::Args>),
    /// The same in one line for a monitor, with the exit codes of Nagios: 0, 1 warning, 2 critical, 3 unknown
    CheckNagios(check_nagios::Args),
    /// Why a line says what it says, and what would close it
    Explain(explain::Args),
    /// What would discharge a line now, and why it is not discharged yet
    Residual(residual::Args),
    /// What would follow from an act, in front of any that can be recorded; nothing is written
    WhatIf(Box<what_if::Args>),
    /// One page before a meeting: our commitments, theirs and the joint ones
    Brief(brief::Args),
    /// One agreement along the years, as text or as a picture
    Timeline(timeline::Args),
    /// Where cooperation on each topic stands, over all agreements
    Topics(topics::Args),
    /// All that one party owes and is owed, over all agreements
    Party(party::Args),
    /// Until when notice must be given for an end that is wanted, or what a notice of a day would do
    Notice(notice::Args),
    /// Every notice and consent: the day that its clause gives beside the day that was stated
    Notices(notices::Args),
    /// The records as they stand
    Log(log::Args),
    /// The log record by record, and what each changed in the docket of a day
    Replay(replay::Args),
    /// What differs between two positions, each line with its causes
    Diff(diff::Args),
    /// Whether the log is what it was: by itself, by its checkpoints, and by what others kept; or a proof, a bundle, an answer
    Verify(verify::Args),
    /// The log, or the records of some agreements, as one file that anybody can verify without the register
    Export(bundle::Export),
    /// Make a register from an exported log: the same entries, the same bytes, the same root
    Restore(bundle::Restore),
    /// One agreement at a position as a folder to hand on: records with proofs, documents, a report, how to verify
    Pack(pack::Args),
    /// Prove to somebody who has not the register that a record stands in it, or that a checkpoint goes on from another
    Prove(prove::Args),
    /// The key by which others verify this register's checkpoints
    Key(key::Args),
    /// Watch the checkpoints of logs that are kept elsewhere, or have those of this one watched
    Witness(witness::Args),
    /// A deadline from a day and a period, step by step, with each rule's article
    Compute(Box<compute::Args>),
    /// The same period under every regime, in one table
    Compare(Box<compute::CompareArgs>),
    /// The rule sets that answers are given by: those of the program, those adopted; adopting one, comparing two
    Rules(rules::Args),
    /// The regimes of counting periods, each rule with its source
    Regimes(regimes::Args),
    /// The calendars of holidays, their sources and the years they cover
    Calendars(regimes::Args),
    /// What an error code means
    ExplainError(explain_error::Args),
    /// Whether all that the scheduled run needs is as it should be, and what to do where it is not
    Doctor(doctor::Args),
    /// The settings of obligo.toml: whether they are sound
    Config(config::Args),
    /// Which register is meant, and why
    Where,
    /// The JSON schema of an answer
    Schema(schema::Args),
    /// Completions for a shell
    Completions(completions::Args),
    /// Manual pages, in roff
    Man(man::Args),
}

impl Verb {
    /// Whether it writes, or says what would be written.
    fn writes(&self) -> bool {
        matches!(
            self,
            Verb::Demo(_)
                | Verb::Init(_)
                | Verb::Import(_)
                | Verb::Check(_)
                | Verb::Record(_)
                | Verb::Correct(_)
                | Verb::Undo(_)
                | Verb::Erase(_)
                | Verb::Actor(_)
                | Verb::Key(_)
                | Verb::Restore(_)
                | Verb::Pack(_)
                | Verb::Run(_)
        ) || matches!(self, Verb::Alerts(args) if args.writes())
    }
}

/// A register that is open for reading, with what stands beside it.
struct OpenRegister {
    path: PathBuf,
    log: SqliteLog,
    shelf: Shelf,
    private: PrivateFile,
    derived: DerivedFile,
}

impl OpenRegister {
    fn books(&self) -> Books<'_> {
        Books { log: &self.log, shelf: &self.shelf, private: &self.private }
    }
}

/// As much of all agreements as a screen takes, with what it stands on.
struct Overall<'r> {
    as_of: NaiveDate,
    known_at: Option<String>,
    seen: Seen,
    rules: InForce,
    overview: Overview,
    /// What is due, if that was asked.
    due: DueLines,
    /// What it was read or derived from; `None` where nothing of it is to be kept.
    everything: Option<Everything<'r>>,
}

impl Overall<'_> {
    /// That of a view.
    fn of(view: &View, window: Option<&Window>, all: bool) -> Self {
        let summaries = derived::of_view(&view.docket, &view.register);
        let lines = summaries.iter().flat_map(|summary| &summary.lines);
        let due = window.map(|window| DueLines::of(lines, window, all));
        Overall {
            as_of: view.docket.as_of,
            known_at: view.known_at.clone(),
            seen: view.log,
            rules: view.rules.clone(),
            overview: Overview::of(&summaries, all),
            due: due.unwrap_or_default(),
            everything: None,
        }
    }

    /// Keeps what was derived, once the answer is given. Who cannot is told, where it is much: he would wait as long for each answer.
    fn keep(self) {
        let size = self.seen.size;
        let Some(Err(file)) = self.everything.map(Everything::keep) else { return };
        if size >= 100 * packs::EACH {
            let file = file.display();
            anstream::eprintln!(
                "note: what was worked out could not be kept in `{file}`: the next answer takes as long, until somebody asks who may write there"
            );
        }
    }
}

/// What every verb is handed.
pub struct Context {
    register: Option<PathBuf>,
    by_flag: bool,
}

impl Context {
    fn register(&self) -> Result<crate::config::Register, Error> {
        crate::config::register(self.register.as_deref(), self.by_flag)
    }

    /// Where its rule sets are.
    fn shelf(&self) -> Result<Shelf, Error> {
        Ok(Shelf::beside(&self.register()?.path))
    }

    /// The register, for reading.
    fn reader(&self) -> Result<OpenRegister, Error> {
        let path = self.register()?.path;
        let log = SqliteLog::open_read_only(&path)?.watched(progress::watch);
        let (shelf, private, derived) = (Shelf::beside(&path), PrivateFile::beside(&path), DerivedFile::beside(&path));
        Ok(OpenRegister { path, log, shelf, private, derived })
    }

    /// The texts beside the register, and the names.
    fn private(&self) -> Result<PrivateFile, Error> {
        Ok(PrivateFile::beside(&self.register()?.path))
    }

    /// What a reading verb looks at, with a bar where there is much to read.
    fn view(&self, register: &OpenRegister, position: &Position, agreement: Option<&str>) -> Result<View, Error> {
        let books = register.books();
        let ground = Ground::of(books, position)?;
        let packed = Packed::beside(&register.path, &register.derived, position.sealed, crate::config::derived(), ground.size);
        match packed.filter(|_| agreement.is_none() && ground.looks_at_all()) {
            Some(packed) => {
                let bar = progress::bar(ground.size, "reading");
                let found = packed.register(ground.size, &|read| progress::show(&bar, bar.position() + read))?;
                bar.finish_and_clear();
                app::viewed(ground, books, position, found, None)
            }
            None => app::view_on(ground, books, position, agreement, &mut |_| {}),
        }
    }

    /// As much of all agreements as a screen takes: where they stand, and what is due in a window, if one is asked about.
    fn overall<'r>(
        &self,
        register: &'r OpenRegister,
        position: &Position,
        window: Option<&Window>,
        all: bool,
    ) -> Result<Overall<'r>, Error> {
        let books = register.books();
        let ground = Ground::of(books, position)?;
        let seen = Seen::at(books.log, ground.size)?;
        let known_at = app::known_at(books.log, position, ground.size)?;
        let bar = progress::bar(seen.size, "deriving");
        let mut progress = |read| progress::show(&bar, read);
        let ground = if ground.is_plain(books.log)? {
            let source = Source { books, path: Some(&register.path), file: &register.derived, used: crate::config::derived() };
            let mut everything = Everything::at(source, ground, seen.head, position.as_of);
            let answers = everything.overview(all, &mut progress).and_then(|overview| {
                let due = window.map(|window| everything.due(window, all, &mut progress)).transpose()?;
                Ok((overview, due.unwrap_or_default()))
            });
            match answers {
                Ok((overview, due)) => {
                    bar.finish_and_clear();
                    let rules = everything.rules().clone();
                    // What is asked of another day than today is not asked again so soon.
                    let everything = Some(everything).filter(|_| clock::today().is_ok_and(|today| today == position.as_of));
                    return Ok(Overall { as_of: position.as_of, known_at, seen, rules, overview, due, everything });
                }
                Err(Unfit::Failed(error)) => return Err(error),
                Err(Unfit::Odd) => everything.into_ground(),
            }
        } else {
            ground
        };
        bar.finish_and_clear();
        let view = app::view_on(ground, books, position, None, &mut |_| {})?;
        Ok(Overall::of(&view, window, all))
    }

    /// The stamp of an answer from the register.
    fn stamp(&self, view: &View) -> Stamp {
        self.stamp_of(Some(&view.position), view.log, &view.rules)
    }

    /// The stamp of an answer from the register that is no view.
    fn stamp_of(&self, position: Option<&Position>, seen: Seen, rules: &InForce) -> Stamp {
        let stamp = Stamp::new(std::env::args().skip(1), position, seen, rules);
        Stamp { checkpoint: self.checkpoint(seen.size), ..stamp }
    }

    /// The last signed checkpoint of a log with no more than so many records. An answer without one is an answer; `verify` says what is wrong
    /// with the file of them.
    fn checkpoint(&self, size: u64) -> Option<String> {
        let found = self.register().ok()?;
        let file = Beside::of(&found.path, found.key.as_deref()).checkpoints;
        notes::last_upto(&file, size).ok().flatten().map(|checkpoint| checkpoint.to_string())
    }

    /// What stands beside the register and vouches for it.
    fn beside(&self) -> Result<Beside, Error> {
        let found = self.register()?;
        Ok(Beside::of(&found.path, found.key.as_deref()))
    }

    /// The register, for writing: it goes on from its last checkpoint, or is not opened.
    fn log(&self) -> Result<Checkpointed<SqliteLog>, Error> {
        let log = SqliteLog::open(self.register()?.path, clock::now)?.watched(progress::watch);
        Checkpointed::open(log, self.beside()?)
    }

    /// The program on the register, for writing.
    fn writer(&self, actor: &str) -> Result<App<Checkpointed<SqliteLog>>, Error> {
        let (log, shelf, private) = (self.log()?, self.shelf()?, self.private()?);
        let late_after_days = Some(crate::config::late_after_days()?);
        let (today, ids) = (clock::today()?, Box::new(TimeOrdered));
        Ok(App { log, shelf, private, actor: actor.into(), today, late_after_days, ids })
    }
}

/// The stamp of an answer that hangs on no register.
fn stamp_of_program() -> Stamp {
    Stamp::without_register(std::env::args().skip(1))
}

/// Reads the arguments, carries out the verb, and says what went wrong if something did.
pub fn main() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() && asked_for() == Some(check_nagios::NAME.into()) => {
            return check_nagios::misused(&error);
        }
        Err(error) => error.exit(),
    };
    let by_flag = matches.value_source("register") == Some(clap::parser::ValueSource::CommandLine);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match cli.color {
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
        clap::ColorChoice::Auto => {}
    }
    let context = Context { register: cli.register, by_flag };
    let writes = cli.verb.as_ref().is_some_and(Verb::writes);
    match cli.verb.map_or_else(|| alone(&context), |verb| run(verb, &context)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            diagnostics::show(&error, writes);
            ExitCode::from(error.exit_code())
        }
    }
}

/// The verb of a command that is wrong elsewhere.
fn asked_for() -> Option<String> {
    let matches = Cli::command().ignore_errors(true).try_get_matches().ok()?;
    matches.subcommand_name().map(String::from)
}

/// Without a verb: the status of the register, or the help where there is none.
fn alone(context: &Context) -> Result<u8, Error> {
    if context.register()?.path.exists() {
        return status::run(status::Args::default(), context);
    }
    say!("{}", Cli::command().render_help().ansi());
    Ok(0)
}

fn run(verb: Verb, context: &Context) -> Result<u8, Error> {
    match verb {
        Verb::Demo(args) => demo::run(args),
        Verb::Init(args) => init::run(args, context),
        Verb::Import(args) => import::run(args, context),
        Verb::Check(args) => check::run(args, context),
        Verb::Record(args) => record::run(*args, context),
        Verb::Correct(args) => correct::run(*args, context),
        Verb::Undo(args) => undo::run(args, context),
        Verb::Erase(args) => erase::run(args, context),
        Verb::Actor(args) => actor::run(args, context),
        Verb::Status(args) => status::run(args, context),
        Verb::Due(args) => due::run(args, context),
        Verb::Run(args) => run::run(args, context),
        Verb::InstallTimer(args) => install_timer::run(args, context),
        Verb::Alerts(args) => alerts::run(*args, context),
        Verb::CheckNagios(args) => check_nagios::run(&args, context),
        Verb::Explain(args) => explain::run(args, context),
        Verb::Residual(args) => residual::run(args, context),
        Verb::WhatIf(args) => what_if::run(*args, context),
        Verb::Brief(args) => brief::run(args, context),
        Verb::Timeline(args) => timeline::run(args, context),
        Verb::Topics(args) => topics::run(args, context),
        Verb::Party(args) => party::run(args, context),
        Verb::Notice(args) => notice::run(args, context),
        Verb::Notices(args) => notices::run(args, context),
        Verb::Log(args) => log::run(args, context),
        Verb::Replay(args) => replay::run(args, context),
        Verb::Diff(args) => diff::run(args, context),
        Verb::Verify(args) => verify::run(args, context),
        Verb::Export(args) => bundle::export(args, context),
        Verb::Restore(args) => bundle::restore(&args, context),
        Verb::Pack(args) => pack::run(args, context),
        Verb::Prove(args) => prove::run(args, context),
        Verb::Key(args) => key::run(args, context),
        Verb::Witness(args) => witness::run(args, context),
        Verb::Compute(args) => compute::run(*args),
        Verb::Compare(args) => compute::run_compare(*args),
        Verb::Rules(args) => rules::run(args, context),
        Verb::Regimes(args) => regimes::run(args),
        Verb::Calendars(args) => regimes::run_calendars(args),
        Verb::ExplainError(args) => explain_error::run(args),
        Verb::Doctor(args) => doctor::run(&args, context),
        Verb::Config(args) => config::run(args, context),
        Verb::Where => r#where::run(context),
        Verb::Schema(args) => schema::run(args),
        Verb::Completions(args) => completions::run(args, &mut Cli::command()),
        Verb::Man(args) => man::run(args, Cli::command()),
    }
}
