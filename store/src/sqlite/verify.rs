//! What a register shows of itself: whether entries, tree, columns, positions and guards agree with each other.
//!
//! It goes on after a fault, so that all of them are seen, and names the first record that is in doubt. It cannot see that a
//! register was rewritten as a whole, tree and all, or cut back to an earlier state: only a checkpoint held elsewhere can.

use std::fmt;
use std::path::Path;

use events::log::LogError;
use events::tree::Hash;
use rusqlite::Connection;

use super::guards::{self, Object, Purpose};
use super::{SqliteLog, open, queries, world};

mod records;
mod subtrees;

/// How many faults are kept; more are counted.
pub const FAULTS_KEPT: usize = 100;

/// What was found amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The record in doubt, where it is one. Of several, the first.
    pub seq: Option<u64>,
    /// What is wrong, as a sentence without a full stop.
    pub what: String,
}

/// How much a verification proves. Never a bare "ok".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Hashes, tree, columns and guards agree with each other.
    SelfConsistent,
    /// A record was changed, dropped, moved or made unreadable; no record before this `seq` is in doubt.
    Tampered(u64),
    /// Records are missing at the end, or nodes of the tree, from this `seq` on; whatever is there agrees.
    Incomplete(u64),
    /// The file or the tree is damaged where no record is in doubt.
    Damaged,
    /// All records agree, but the guards that keep them are not as they were made.
    Unguarded,
}

impl Verdict {
    /// What the verdict proves, and what it does not.
    pub fn meaning(self) -> &'static str {
        match self {
            Verdict::SelfConsistent => {
                "hashes, tree, columns and guards agree with each other; whether the log was rewritten as a whole only a checkpoint held elsewhere can show"
            }
            Verdict::Tampered(_) => {
                "a record, or a text beside it, was changed, dropped, moved or made unreadable; none before it is in doubt"
            }
            Verdict::Incomplete(_) => {
                "records are missing at the end, or nodes of the tree, or texts beside it; whatever is there agrees with each other"
            }
            Verdict::Damaged => "the file is damaged, though no record is shown to be in doubt",
            Verdict::Unguarded => "the records agree with each other, but the guards that keep them were changed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::SelfConsistent => f.write_str("SELF-CONSISTENT"),
            Verdict::Tampered(seq) => write!(f, "TAMPERED({seq})"),
            Verdict::Incomplete(seq) => write!(f, "INCOMPLETE({seq})"),
            Verdict::Damaged => f.write_str("DAMAGED"),
            Verdict::Unguarded => f.write_str("UNGUARDED"),
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verification {
    /// How many records were read.
    pub size: u64,
    /// The root over them as the tree has it; `None` if the tree lacks nodes for it.
    pub root: Option<Hash>,
    /// How much this proves.
    pub verdict: Verdict,
    /// The first [`FAULTS_KEPT`] faults, in the order in which they were found.
    pub faults: Vec<Fault>,
    /// How many faults there were.
    pub fault_count: u64,
    first_bad: Option<u64>,
}

impl Verification {
    /// The first record in doubt; no record before it is.
    pub fn first_bad_seq(&self) -> Option<u64> {
        self.first_bad
    }
}

impl SqliteLog {
    /// Goes over the whole register. `progress` hears now and then how many records are done, and at the end.
    ///
    /// It reads in one transaction: writers wait meanwhile, and give up after five seconds.
    ///
    /// # Errors
    /// [`LogError::World`], if the file cannot be read at all, for example because another program holds it. What is wrong
    /// *in* the register is never an error but a [`Fault`].
    pub fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<Verification, LogError> {
        let reading = |error| world(&self.path, "read", error);
        let transaction = self.connection.unchecked_transaction().map_err(reading)?;
        // The first statement takes the lock; what fails after it is the file's fault.
        let mut faults = Faults::default();
        match guards::objects(&transaction) {
            Ok(objects) => check_guards(&objects, &guards::expected_objects().map_err(reading)?, &mut faults),
            Err(error) if is_passing(&error) => return Err(reading(error)),
            Err(error) => faults.add(About::File, format!("the schema cannot be read: {error}")),
        }
        check_header(&transaction, &mut faults);
        check_origin(&transaction, self, &mut faults);
        // SQLite looks at the file while we look at the records: each takes about as long.
        let path = self.path.as_path();
        let mut of_records = Faults::default();
        let (size, (of_file, of_ids)) = std::thread::scope(|scope| {
            let file = scope.spawn(|| check_file(path));
            let size = records::check(&transaction, self.origin, &mut of_records, progress);
            (size, file.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        faults.join(of_file);
        faults.join(of_records);
        faults.join(of_ids);
        progress(size);
        Ok(faults.verification(size, root(&transaction, size)))
    }
}

/// A lock that another program holds, or memory that ran out: try again, nothing is wrong with the file.
fn is_passing(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, OutOfMemory};
    matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked | OutOfMemory))
}

/// What a fault is about; the verdict follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// A record that is not what it was.
    Record(u64),
    /// Records missing at the end, or nodes of the tree, from this `seq` on.
    Missing(u64),
    /// The file, where no record is in doubt by it alone.
    File,
    /// A trigger, a table's definition, the header.
    Guard,
}

/// The faults so far.
#[derive(Debug, Default)]
struct Faults {
    kept: Vec<Fault>,
    count: u64,
    bad: Option<u64>,
    missing: Option<u64>,
    file: bool,
}

impl Faults {
    fn add(&mut self, about: About, what: String) {
        let earlier = |known: Option<u64>, seq: u64| Some(known.map_or(seq, |known| known.min(seq)));
        let seq = match about {
            About::Record(seq) | About::Missing(seq) => Some(seq),
            About::File | About::Guard => None,
        };
        match about {
            About::Record(seq) => self.bad = earlier(self.bad, seq),
            About::Missing(seq) => self.missing = earlier(self.missing, seq),
            About::File => self.file = true,
            About::Guard => {}
        }
        self.count += 1;
        if self.kept.len() < FAULTS_KEPT {
            self.kept.push(Fault { seq, what });
        }
    }

    /// Those that were found after these.
    fn join(&mut self, later: Faults) {
        let earlier = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
        self.bad = earlier(self.bad, later.bad);
        self.missing = earlier(self.missing, later.missing);
        self.file |= later.file;
        self.count += later.count;
        self.kept.extend(later.kept);
        self.kept.truncate(FAULTS_KEPT);
    }

    fn verdict(&self) -> Verdict {
        match (self.bad, self.missing) {
            (Some(bad), missing) => Verdict::Tampered(missing.map_or(bad, |missing| missing.min(bad))),
            (None, Some(missing)) => Verdict::Incomplete(missing),
            (None, None) if self.file => Verdict::Damaged,
            (None, None) if self.count > 0 => Verdict::Unguarded,
            (None, None) => Verdict::SelfConsistent,
        }
    }

    fn verification(self, size: u64, root: Option<Hash>) -> Verification {
        let verdict = self.verdict();
        let first_bad = [self.bad, self.missing].into_iter().flatten().min();
        Verification { size, root, verdict, faults: self.kept, fault_count: self.count, first_bad }
    }
}

fn check_guards(found: &[Object], expected: &[Object], faults: &mut Faults) {
    for object in expected {
        let same_name = |other: &&Object| other.kind == object.kind && other.name == object.name;
        match found.iter().find(same_name) {
            None => faults.add(About::Guard, format!("the {} `{}` is missing", object.kind, object.name)),
            Some(other) if other.sql != object.sql => {
                faults.add(About::Guard, format!("the {} `{}` was changed", object.kind, object.name));
            }
            Some(_) => {}
        }
    }
    for object in found {
        if !expected.iter().any(|other| other.kind == object.kind && other.name == object.name) {
            faults.add(About::Guard, format!("the {} `{}` does not belong to the register", object.kind, object.name));
        }
    }
}

fn check_header(connection: &Connection, faults: &mut Faults) {
    let expected = [("application_id", guards::APPLICATION_ID), ("user_version", guards::FORMAT_VERSION)];
    for (name, expected) in expected {
        match connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)) {
            Ok(found) if found == expected => {}
            Ok(found) => faults.add(About::Guard, format!("the header's {name} is {found}, not {expected}")),
            Err(error) => faults.add(About::File, format!("the header's {name} cannot be read: {error}")),
        }
    }
}

/// The one row of `log`.
fn check_origin(connection: &Connection, log: &SqliteLog, faults: &mut Faults) {
    let rows = connection.query_row("SELECT count(*) FROM log", [], |row| row.get::<_, i64>(0));
    match (rows, queries::origin(connection)) {
        (Ok(1), Ok(Some(origin))) if origin == log.origin.to_string() => {}
        (Ok(1), Ok(Some(origin))) => {
            faults.add(About::File, format!("the log's origin is `{origin}`, not `{}`", log.origin));
        }
        (Ok(rows), Ok(_)) => faults.add(About::File, format!("the log has {rows} origins")),
        (Err(error), _) | (_, Err(error)) => faults.add(About::File, format!("the log's origin cannot be read: {error}")),
    }
}

/// Pages that SQLite keeps at hand while it checks the file: it goes to and fro between tables and indexes, of which as many are at hand as
/// streams grow at one time. More memory takes longer to come by than it saves. 16 MiB.
const CACHE: i64 = -16_384;

/// SQLite's own check, on a connection of its own: pages, indexes against tables, types, uniqueness. Then what is wrong with ids and
/// commands, apart.
fn check_file(path: &Path) -> (Faults, Faults) {
    let connect = || -> rusqlite::Result<Connection> {
        let connection = open::connect(path, Purpose::Read)?;
        connection.busy_timeout(guards::PATIENCE)?;
        guards::configure(&connection, Purpose::Read)?;
        connection.pragma_update(None, "cache_size", CACHE)?;
        Ok(connection)
    };
    let says = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
        connection.prepare("PRAGMA integrity_check")?.query_map([], |row| row.get(0))?.collect()
    };
    let (mut faults, mut of_ids) = (Faults::default(), Faults::default());
    let said = connect().and_then(|connection| {
        let said = says(&connection);
        records::check_unique(&connection, &mut of_ids);
        said
    });
    match said {
        Ok(says) if says == ["ok"] => {}
        Ok(says) => says.iter().for_each(|said| faults.add(About::File, format!("SQLite finds: {said}"))),
        Err(error) => faults.add(About::File, format!("SQLite cannot check the file: {error}")),
    }
    (faults, of_ids)
}

fn root(connection: &Connection, size: u64) -> Option<Hash> {
    events::tree::root(size, |level, index| queries::node(connection, level, index).ok().flatten().ok_or(())).ok()
}
