//! The signing key of a register: a file of its own, readable by its owner alone, and how another takes its place.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use events::checkpoint::{Checkpoint, NoteError, Role, Signed, SignedCheckpoint, Signer, Verifier};
use store::interrupt;
use uuid::Uuid;

use crate::error::Error;

/// What a log is called in its checkpoints; its key has the same name.
pub fn origin(log: Uuid) -> String {
    format!("obligo/{log}")
}

/// Where a key is kept.
#[derive(Debug, Clone)]
pub struct KeyFile {
    /// The file.
    pub path: PathBuf,
    /// Somebody put it elsewhere and said so: a service manager that hands out credentials gives a group the right to read them.
    pub group_may_read: bool,
}

impl KeyFile {
    /// Reads it; `None` if there is no file.
    ///
    /// # Errors
    /// E0605 for a file that others may read, or that is no signing key.
    pub fn read(&self) -> Result<Option<Signer>, Error> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let what = format!("cannot read the key `{}`: {error}", self.path.display());
                return Err(Error::failed(what, "ask for the permission, or say where it is with OBLIGO_KEY"));
            }
        };
        self.refuse_open_doors()?;
        let wrong = |error: NoteError| {
            let what = format!("`{}`: {error}", self.path.display());
            Error::refused("E0605", what, "put the key back as it was")
        };
        text.trim_end().parse().map(Some).map_err(wrong)
    }

    /// Reads the key of a log; `None` if there is no file.
    ///
    /// # Errors
    /// Those of [`KeyFile::read`], and E0605 for the key of another log.
    pub fn read_of(&self, name: &str) -> Result<Option<Signer>, Error> {
        let signer = self.read()?;
        if let Some(found) =
            signer.as_ref().map(Signer::verifier).filter(|found| found.name() != name || found.role() != Role::Log)
        {
            let what = format!("the key in `{}` is that of `{}`, not of `{name}`", self.path.display(), found.name());
            return Err(Error::refused("E0605", what, "each register has a key of its own"));
        }
        Ok(signer)
    }

    /// Makes a key, or takes the one that is there.
    ///
    /// # Errors
    /// When it cannot be written, and those of [`KeyFile::read_of`].
    pub fn make(&self, name: &str) -> Result<Signer, Error> {
        keep(&self.path, &fresh(name, Role::Log)?)?;
        self.read_of(name)?.ok_or_else(|| failed(&self.path, &ErrorKind::NotFound.into()))
    }

    /// Whoever reads the key can sign in the log's name.
    #[cfg(unix)]
    fn refuse_open_doors(&self) -> Result<(), Error> {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&self.path)?.permissions().mode() & 0o7777;
        if mode & if self.group_may_read { 0o037 } else { 0o077 } != 0 {
            let path = self.path.display();
            let what = format!("the key `{path}` is open to others: its mode is {mode:04o}");
            let hint = format!("`chmod 600 {path}`; if others may have read it, put a new one in its place: `obligo key rotate`");
            return Err(Error::refused("E0605", what, hint));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn refuse_open_doors(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The file in which the next key waits until a checkpoint vouches for it.
    fn next(&self) -> KeyFile {
        KeyFile { path: with_suffix(&self.path, ".next"), ..self.clone() }
    }

    /// Whether a change of keys was begun and not ended.
    pub fn has_next(&self) -> bool {
        self.next().path.exists()
    }

    /// Writes the next key beside the one there is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn lay_next(&self, signer: &Signer) -> Result<(), Error> {
        let next = self.next().path;
        write(&next, signer).and_then(|()| sync_folder(&next)).map_err(|error| failed(&next, &error))
    }

    /// Ends a change of keys, or one that was cut short: the next key takes its place once the last checkpoint vouches for it, and is
    /// dropped where none does. Only for who holds the lock of the checkpoints.
    ///
    /// # Errors
    /// When the files cannot be read or renamed.
    pub fn settle(&self, last: Option<&SignedCheckpoint>) -> Result<(), Error> {
        let next = self.next();
        let Some(verifier) = next.read()?.map(|signer| signer.verifier()) else { return Ok(()) };
        let vouched = |last: &SignedCheckpoint| {
            let is_new = Rotation::of(&last.checkpoint).is_some_and(|rotation| rotation.new == verifier);
            is_new && matches!(verifier.has_signed(last), Signed::Yes(_))
        };
        let done = if last.is_some_and(vouched) { fs::rename(&next.path, &self.path) } else { fs::remove_file(&next.path) };
        done.and_then(|()| sync_folder(&self.path)).map_err(|error| failed(&self.path, &error))
    }
}

/// A new key.
///
/// # Errors
/// When the system has no chance to give, and E0605 for a name that is none.
pub fn fresh(name: &str, role: Role) -> Result<Signer, Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Error::failed(format!("no chance for a key: {error}"), "see what the system says"))?;
    Signer::new(name, role, &seed).map_err(|error| Error::refused("E0605", error.to_string(), "name it like example.org/witness"))
}

/// Writes a key where there is none. One that is there stays.
///
/// # Errors
/// When it cannot be written.
pub fn keep(path: &Path, signer: &Signer) -> Result<(), Error> {
    let _hold = interrupt::hold();
    let draft = with_suffix(path, &format!(".{}.new", std::process::id()));
    let kept = write(&draft, signer).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(path),
    });
    // It goes in any case; that it could not be removed changes nothing.
    let _ = fs::remove_file(&draft);
    kept.map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::failed(format!("cannot write the key `{}`: {error}", path.display()), "name a place you may write to with OBLIGO_KEY")
}

/// A file that its owner alone may read, from its first byte on.
fn write(path: &Path, signer: &Signer) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", signer.secret())?;
    file.sync_all()
}

/// A name is on the disk only when its folder is.
pub fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// That another key signs from now on: a line of the checkpoint that both of them sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The key until then.
    pub old: Verifier,
    /// The key from then on.
    pub new: Verifier,
    /// Why.
    pub reason: String,
}

const ROTATED: &str = "key-rotated ";

impl Rotation {
    /// What a checkpoint says of a change of keys.
    pub fn of(checkpoint: &Checkpoint) -> Option<Self> {
        let line = checkpoint.extensions.iter().find_map(|line| line.strip_prefix(ROTATED))?;
        let mut words = line.splitn(3, ' ');
        let mut word = || words.next();
        Some(Rotation { old: word()?.parse().ok()?, new: word()?.parse().ok()?, reason: word()?.into() })
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ROTATED}{} {} {}", self.old, self.new, self.reason)
    }
}
