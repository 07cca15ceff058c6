//! `obligo demo`: a register to look at, from the seven agreements of examples/digital-partnerships.
//!
//! It has one privilege: it records what each document says with a clock pinned to the day the document was published, so that
//! "what did we know on that day" has a true answer. Ids are derived, and so is its signing key, so the same bytes come out every time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use events::EventLog;
use events::checkpoint::{Role, Signer};
use events::event::Event;
use events::tree::sha256;
use rules::decide::Proposal;
use store::interrupt::{self, Unfinished};
use store::{PrivateFile, SqliteLog};
use uuid::Uuid;

use super::status;
use crate::agreement_file::AgreementFile;
use crate::app::{self, App, Books, Ids, Position, Unwritten, Write};
use crate::checkpoints::{Beside, Checkpointed, key};
use crate::error::Error;
use crate::report::Format;
use crate::rule_sets::Shelf;
use crate::texts::Sealed;

#[derive(clap::Args)]
pub struct Args {}

macro_rules! example {
    ($name:literal) => {
        ($name, include_str!(concat!("../../examples/digital-partnerships/", $name)))
    };
}

/// The files are in the program, so that the demo works wherever it is installed.
const FILES: [(&str, &str); 7] = [
    example!("uk-kr-dp.toml"),
    example!("eu-jp-dp.toml"),
    example!("eu-kr-dp.toml"),
    example!("eu-sg-dp.toml"),
    example!("eu-sg-ai-safety.toml"),
    example!("eu-sg-dta.toml"),
    example!("kr-sg-dpa.toml"),
];

/// The day from which the demo's own status is seen, so that its screen is the same every time.
const SEEN_FROM: &str = "2026-11-21";

/// Ids that are the same every time: derived from the log's id and a count.
struct Derived {
    origin: Uuid,
    count: u64,
}

impl Ids for Derived {
    fn next(&mut self) -> Uuid {
        self.count += 1;
        Uuid::new_v5(&self.origin, &self.count.to_be_bytes())
    }
}

pub fn run(_: Args) -> Result<u8, Error> {
    let path = PathBuf::from("demo").join("obligo.db");
    let origin = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:obligo:demo");
    std::fs::create_dir_all("demo").map_err(|error| {
        Error::failed(format!("cannot make the folder `demo`: {error}"), "run it in a folder you may write to")
    })?;
    refuse_foreign(&path, origin)?;
    let folder = PathBuf::from("demo").join(format!("{}.new", std::process::id()));
    // Of one that had this number and was killed.
    let _ = std::fs::remove_dir_all(&folder);
    let making = Unfinished::new(folder, |folder| std::fs::create_dir(folder));
    let (folder, ()) =
        making.map_err(|error| Error::failed(format!("cannot write to the folder `demo`: {error}"), "is it yours?"))?;
    let beside = folder.path().join("obligo.db");
    let days = write(&beside, origin)?;
    refuse_strays(&path, &beside)?;
    // All its files have their names, or none.
    let hold = interrupt::hold();
    let kept = keep_what_was_added(&path, &beside)?;
    move_register(&beside, &path)?;
    drop(folder);
    drop(hold);
    let as_of: NaiveDate = SEEN_FROM.parse().expect("a day");
    let (log, shelf, private) = (SqliteLog::open_read_only(&path)?, Shelf::beside(&path), PrivateFile::beside(&path));
    let books = Books { log: &log, shelf: &shelf, private: &private };
    let view = app::view(books, &Position::on(as_of), None, &mut |_| {})?;
    say!(
        "Wrote {}: {} agreements, {} records from {} documents.",
        path.display(),
        view.register.agreements.len(),
        view.log.size,
        days.len()
    );
    say!(
        "Its clock was pinned to the day each document was published ({}); no other register can do that.",
        days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    );
    say!("Its signing key is derived from words that everybody knows: the demo's checkpoints prove nothing.");
    if let Some(kept) = kept {
        say!("What you had recorded in it is kept in {}.", kept.display());
    }
    say!("Nothing outside ./demo was touched. Below, the status as of {SEEN_FROM}.\n");
    status::report(&view, None).write(Format::Table, &mut anstream::stdout().lock())?;
    say!("\nNext: export OBLIGO_REGISTER=demo/obligo.db");
    say!("      obligo explain uk-kr-dp/forum-2026 --as-of {SEEN_FROM}");
    say!("      obligo status eu-jp-dp --as-of 2025-02-13 --known-at 2025-02-13");
    say!("      obligo timeline uk-kr-dp -o uk-kr-dp.svg");
    Ok(0)
}

/// What somebody recorded in the demo is not thrown away: the register is moved aside, under a name that nothing has.
fn keep_what_was_added(path: &Path, fresh: &Path) -> Result<Option<PathBuf>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    let size = SqliteLog::open_read_only(path)?.head()?.size;
    if size <= SqliteLog::open_read_only(fresh)?.head()?.size {
        return Ok(None);
    }
    let name = |number: u32| path.with_file_name(format!("obligo-{size}-records-{number}.db"));
    let free = (1..).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(0));
    move_register(path, &free)?;
    Ok(Some(free))
}

/// What stands beside a register, and the register. It comes last: where a move was broken off, the next one finds it and ends the move.
fn files(path: &Path) -> [PathBuf; 4] {
    let [key, checkpoints, private] = ["key", "checkpoints", "private.db"].map(|ending| path.with_extension(ending));
    [key, checkpoints, private, path.into()]
}

fn move_register(from: &Path, to: &Path) -> Result<(), Error> {
    for (from, to) in files(from).iter().zip(files(to)) {
        match std::fs::rename(from, &to) {
            // A demo of an earlier version of the program has no key yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            moved => moved.map_err(|error| {
                Error::failed(format!("cannot write `{}`: {error}", to.display()), "is another program using it?")
            })?,
        }
    }
    Ok(())
}

/// What is there and is not the demo's own is left alone.
fn refuse_foreign(path: &Path, origin: Uuid) -> Result<(), Error> {
    if !path.exists() || SqliteLog::open_read_only(path).is_ok_and(|log| log.origin() == origin) {
        return Ok(());
    }
    let what = format!("`{}` is not a register that the demo wrote", path.display());
    Err(Error::failed(what, "move it away, or run the demo in another folder"))
}

/// What stands where the files beside a register would, without one, is somebody's: his key, or texts.
fn refuse_strays(path: &Path, fresh: &Path) -> Result<(), Error> {
    if path.exists() {
        return Ok(());
    }
    let is_ours = |(there, ours): &(PathBuf, PathBuf)| match std::fs::read(there) {
        Ok(bytes) => std::fs::read(ours).is_ok_and(|ours| ours == bytes),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    let journal = [(path.with_extension("db-journal"), fresh.with_extension("db-journal"))];
    let Some((stray, _)) = files(path).into_iter().zip(files(fresh)).chain(journal).find(|pair| !is_ours(pair)) else {
        return Ok(());
    };
    let what = format!("`{}` is there, and no register beside it", stray.display());
    Err(Error::failed(what, "it is not the demo's own: move it away, or run the demo in another folder"))
}

/// Writes the register and gives the days on which its documents were published.
fn write(path: &Path, origin: Uuid) -> Result<Vec<NaiveDate>, Error> {
    let now = Arc::new(Mutex::new(DateTime::<Utc>::MIN_UTC));
    let clock = now.clone();
    let log = SqliteLog::create(path, origin, move || *clock.lock().expect("nobody panics holding it"))?;
    let beside = Beside::of(path, None);
    key::keep(&beside.key.path, &everybodys_key(origin)?)?;
    let mut app = App {
        log: Checkpointed::open(log, beside)?,
        shelf: Shelf::default(),
        private: PrivateFile::nowhere(),
        actor: "demo".into(),
        today: NaiveDate::MIN,
        late_after_days: None,
        ids: Box::new(Derived { origin, count: 0 }),
    };
    let mut batches: Vec<(NaiveDate, Vec<Proposal>)> = Vec::new();
    for (name, text) in FILES {
        for (day, proposal) in by_publication(name, text)? {
            match batches.iter_mut().find(|(known, _)| *known == day) {
                Some((_, batch)) => batch.push(proposal),
                None => batches.push((day, vec![proposal])),
            }
        }
    }
    batches.sort_by_key(|(day, _)| *day);
    for (day, batch) in &batches {
        *now.lock().expect("nobody panics holding it") = day.and_time(NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(12);
        app.today = *day;
        app.execute(batch, Write { sealed: Sealed::Reasons, ..Write::default() }).map_err(Unwritten::into_error)?;
    }
    Ok(batches.into_iter().map(|(day, _)| day).collect())
}

/// A key that everybody can derive, as the demo's bytes must repeat. What it signs proves nothing.
fn everybodys_key(origin: Uuid) -> Result<Signer, Error> {
    let seed = sha256(b"obligo demo: everybody has this key, and what it signs proves nothing");
    Signer::new(&key::origin(origin), Role::Log, &seed.0)
        .map_err(|error| Error::failed(error.to_string(), "this is a mistake of ours"))
}

/// The file's proposals, each with the day its document was published.
fn by_publication(name: &str, text: &str) -> Result<Vec<(NaiveDate, Proposal)>, Error> {
    let file = AgreementFile::parse(name, text.into());
    if let Some(placed) = file.faults.first() {
        return Err(placed.fault.clone().into());
    }
    let published = |id: &str| {
        file.proposals.iter().find_map(|proposal| match &proposal.event {
            Event::SourceRecorded(source) if source.id == id => source.published.exact(),
            _ => None,
        })
    };
    let dated = |proposal: &Proposal| {
        let source = proposal.source.as_ref()?;
        Some((published(&source.id)?, proposal.clone()))
    };
    let undated = || {
        Error::refused(
            "E0404",
            format!("`{name}` has something without a dated source"),
            "every part of the demo cites its document",
        )
    };
    file.proposals.iter().map(|proposal| dated(proposal).ok_or_else(undated)).collect()
}
