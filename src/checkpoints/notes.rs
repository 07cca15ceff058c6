//! A file of signed checkpoints: each a note with a blank line after it, so that the last is found from the end.
//!
//! What a crash left half written at the end is no note: readers pass it over, and the next writer cuts it off.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use events::checkpoint::{NoteError, SignedCheckpoint};

use super::key::sync_folder;
use crate::error::Error;

/// How far from the end the last note is looked for: first where nearly all are, then in more than any note and the half of the next have.
const TAILS: [u64; 2] = [4 * 1024, 160 * 1024];

/// What a line of a signature begins with.
const DASH: &[u8] = "\u{2014} ".as_bytes();

/// All of a file of checkpoints.
#[derive(Debug, Default)]
pub struct Notes {
    /// Each note, or why it is none.
    pub notes: Vec<Result<SignedCheckpoint, NoteError>>,
    /// How many bytes at the end are no whole note: the trace of a crash.
    pub torn: usize,
}

/// Reads all of it; nothing where there is no file.
///
/// # Errors
/// When it cannot be read.
pub fn all(path: &Path) -> Result<Option<Notes>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(parse(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

/// The notes of a file's bytes.
pub fn parse(bytes: &[u8]) -> Notes {
    let Some(end) = last_in(bytes) else { return Notes { notes: Vec::new(), torn: bytes.len() } };
    let whole = &bytes[..end.end + 1];
    let text = String::from_utf8_lossy(whole);
    // Each note has one blank line in it and one after it.
    let parts: Vec<&str> = text.trim_end_matches('\n').split("\n\n").collect();
    let note = |parts: &[&str]| format!("{}\n", parts.join("\n\n")).parse();
    Notes { notes: parts.chunks(2).map(note).collect(), torn: bytes.len() - whole.len() }
}

/// The last note; `None` where there is none yet.
///
/// # Errors
/// E0604 for a file that is none of checkpoints, and when it cannot be read.
pub fn last(path: &Path) -> Result<Option<SignedCheckpoint>, Error> {
    match File::open(path) {
        Ok(mut file) => Ok(end(&mut file, path)?.1),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

/// The last note of no more than so many records; `None` where there is none.
///
/// # Errors
/// As [`last`].
pub fn last_upto(path: &Path, size: u64) -> Result<Option<SignedCheckpoint>, Error> {
    match last(path)? {
        // Of a position in the past: the end of the file does not have it.
        Some(newest) if size < newest.checkpoint.size => {
            let all = all(path)?.unwrap_or_default().notes.into_iter().flatten();
            Ok(all.filter(|note| note.checkpoint.size <= size).max_by_key(|note| note.checkpoint.size))
        }
        newest => Ok(newest),
    }
}

/// Adds the note that `next` makes of the last one, if it makes any. Nobody else adds one meanwhile.
///
/// # Errors
/// Those of `next` and of [`last`], and when it cannot be written: it is then as it was.
pub fn append(
    path: &Path,
    next: impl FnOnce(Option<&SignedCheckpoint>) -> Result<Option<SignedCheckpoint>, Error>,
) -> Result<(), Error> {
    let writing = |error: std::io::Error| failed(path, "written", &error);
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(writing)?;
    file.lock().map_err(writing)?;
    let (whole, last) = end(&mut file, path)?;
    let Some(note) = next(last.as_ref())? else { return Ok(()) };
    let written = cut(&file, whole)
        .and_then(|()| file.seek(SeekFrom::Start(whole)))
        .and_then(|_| file.write_all(format!("{note}\n").as_bytes()))
        // The bytes and the length; when it was written is nothing that must be on the disk.
        .and_then(|()| file.sync_data());
    if let Err(error) = written {
        // What was not written to its end is cut off now, or by the next writer.
        let _ = file.set_len(whole);
        return Err(writing(error));
    }
    if whole == 0 { sync_folder(path).map_err(writing) } else { Ok(()) }
}

/// Cuts off what a crash left behind the last note, if there is anything.
fn cut(file: &File, whole: u64) -> std::io::Result<()> {
    if file.metadata()?.len() == whole { Ok(()) } else { file.set_len(whole) }
}

/// Where the last whole note ends, and the note.
fn end(file: &mut File, path: &Path) -> Result<(u64, Option<SignedCheckpoint>), Error> {
    let reading = |error: std::io::Error| failed(path, "read", &error);
    let wrong = |why: &str| {
        let what = format!("`{}` is not a file of checkpoints: {why}", path.display());
        Error::refused("E0604", what, "put it back as it was; `obligo verify` says more")
    };
    let size = file.seek(SeekFrom::End(0)).map_err(reading)?;
    let mut tail = Vec::new();
    for most in TAILS {
        let from = size.saturating_sub(most);
        file.seek(SeekFrom::Start(from)).map_err(reading)?;
        tail.clear();
        tail.reserve(usize::try_from(most).unwrap_or_default());
        Read::by_ref(file).take(most).read_to_end(&mut tail).map_err(reading)?;
        match last_in(&tail) {
            // One that begins where the look begins may have begun before.
            Some(place) if from == 0 || place.start > 0 => {
                let note = std::str::from_utf8(&tail[place.clone()]).map_err(|_| wrong("the last is not UTF-8"))?;
                let note = note.parse().map_err(|error: NoteError| wrong(&error.to_string()))?;
                return Ok((from + place.end as u64 + 1, Some(note)));
            }
            None if from == 0 => return Ok((0, None)),
            _ => {}
        }
    }
    Err(wrong("there is none near its end"))
}

/// Where the last whole note stands; the blank line after it not counted.
fn last_in(bytes: &[u8]) -> Option<Range<usize>> {
    let blank_before = |end: usize| bytes[..end].windows(2).rposition(|two| two == b"\n\n");
    let mut search = bytes.len();
    loop {
        let end = blank_before(search)? + 1;
        let line = bytes[..end - 1].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if bytes[line..].starts_with(DASH) {
            let signatures = blank_before(end - 1)?;
            let start = blank_before(signatures + 1).map_or(0, |at| at + 2);
            return Some(start..end);
        }
        search = end;
    }
}

fn failed(path: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::failed(format!("the checkpoints in `{}` cannot be {what}: {error}", path.display()), "see what the system says")
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::checkpoint::{Checkpoint, Role, Signer};
    use events::tree::sha256;

    fn note(size: u64) -> SignedCheckpoint {
        let signer = Signer::new("obligo/test", Role::Log, &[1; 32]).unwrap();
        let root = sha256(&size.to_be_bytes());
        let checkpoint = Checkpoint { origin: "obligo/test".into(), size, root, extensions: Vec::new() };
        SignedCheckpoint { signatures: vec![signer.sign(&checkpoint, 0), signer.sign(&checkpoint, 0)], checkpoint }
    }

    fn sizes(path: &Path) -> (Vec<u64>, usize) {
        let found = all(path).unwrap().unwrap_or_default();
        (found.notes.into_iter().map(|note| note.unwrap().checkpoint.size).collect(), found.torn)
    }

    #[test]
    fn the_last_is_found_from_the_end_wherever_a_crash_cut_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.checkpoints");
        assert!(last(&path).unwrap().is_none() && all(&path).unwrap().is_none());
        for size in 1..=3 {
            append(&path, |before| {
                assert_eq!(before.map(|before| before.checkpoint.size), (size > 1).then(|| size - 1));
                Ok(Some(note(size)))
            })
            .unwrap();
        }
        append(&path, |_| Ok(None)).unwrap();
        assert_eq!((sizes(&path), last(&path).unwrap()), ((vec![1, 2, 3], 0), Some(note(3))));
        let whole = std::fs::read(&path).unwrap();
        let two = whole.len() - (note(3).to_string().len() + 1);
        for cut in two..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(sizes(&path), (vec![1, 2], cut - two), "cut at {cut}");
            assert_eq!(last(&path).unwrap(), Some(note(2)), "cut at {cut}");
            append(&path, |_| Ok(Some(note(7)))).unwrap();
            assert_eq!(sizes(&path), (vec![1, 2, 7], 0), "cut at {cut}");
        }
        for cut in 0..two / 2 {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!((sizes(&path), last(&path).unwrap()), ((vec![], cut), None), "cut at {cut}");
        }
    }

    #[test]
    fn a_note_is_found_wherever_it_begins_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.checkpoints");
        let bare = note(3).to_string().len() + 1;
        let near = (TAILS[0] as usize - bare - 4)..(TAILS[0] as usize - bare + 4);
        for filling in near.chain([20_000]) {
            let mut long = note(3);
            long.checkpoint.extensions.push("x".repeat(filling - 1));
            std::fs::write(&path, format!("{}\n{}\n{long}\n", note(1), note(2))).unwrap();
            assert_eq!(last(&path).unwrap(), Some(long.clone()), "{filling} more bytes");
            std::fs::write(&path, format!("{}\n{long}\n{}", note(1), note(7).to_string().trim_end())).unwrap();
            assert_eq!(last(&path).unwrap(), Some(long), "{filling} more bytes and a torn one");
        }
    }

    #[test]
    fn what_is_no_file_of_checkpoints_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.checkpoints");
        std::fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        assert!(last(&path).is_err());
        std::fs::write(&path, format!("{}\n", note(1)).replace("\n1\n", "\none\n")).unwrap();
        assert!(last(&path).is_err() && all(&path).unwrap().unwrap().notes[0].is_err());
    }
}
