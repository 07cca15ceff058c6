//! What a signal may not find half-done. SIGINT (Ctrl-C) and SIGTERM end the program as they would without this, but not while something is
//! held, and only after the files are gone that have not got their names yet. A second signal of the same kind ends it at once.
//!
//! Nothing is watched before the first [`Hold`] or [`Unfinished`]: who only reads is ended by the system. Against SIGKILL and a loss of power
//! nothing here helps; there it is the order of what is written that keeps everything whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State {
    holds: usize,
    unfinished: Vec<PathBuf>,
    /// What a signal came after, and the file in which that stands.
    done: Option<(PathBuf, String)>,
}

static STATE: Mutex<State> = Mutex::new(State { holds: 0, unfinished: Vec::new(), done: None });
static NOTHING_HELD: Condvar = Condvar::new();

fn state() -> MutexGuard<'static, State> {
    // Who panicked holding it had a number or a list in hand, each whole.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While there is one, a signal waits. For what is short: some files, a transaction.
#[derive(Debug)]
pub struct Hold(());

/// Lets signals wait until the answer is dropped. One within another is as good as one.
#[must_use]
pub fn hold() -> Hold {
    #[cfg(unix)]
    signals::watch();
    state().holds += 1;
    Hold(())
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = state();
        state.holds -= 1;
        if state.holds == 0 {
            NOTHING_HELD.notify_all();
        }
    }
}

/// Notes what stands in a file and is not undone by ending the program: who ends it before it has said so is told, in these words.
pub fn note(file: &Path, done: String) {
    state().done = Some((file.into(), done));
}

/// A file or a folder on its way, under a name of its own. It goes away when it is dropped, or a signal comes, unless it was renamed.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes it. What could not be made is the maker's to remove.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn new<T>(path: PathBuf, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        let _hold = hold();
        let made = make(&path)?;
        state().unfinished.push(path.clone());
        Ok((Unfinished(path), made))
    }

    /// Where it is for now.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _hold = hold();
        remove(&self.0);
        state().unfinished.retain(|path| *path != self.0);
    }
}

/// Nothing can be done about a failure; and what was renamed is not there.
fn remove(path: &Path) {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|there| there.is_dir());
    let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

#[cfg(unix)]
mod signals {
    use std::io::{self, Write};
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Once, PoisonError, mpsc};
    use std::thread;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    use super::{NOTHING_HELD, remove, state};

    /// Has a thread wait for signals, once; back when it does. Where that cannot be had, the system ends the program, as ever.
    pub(super) fn watch() {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(|| {
            let (ready, is_ready) = mpsc::channel();
            let thread = thread::Builder::new().name("signals".into()).spawn(move || {
                let Ok(mut signals) = registered() else { return };
                let _ = ready.send(());
                signals.forever().for_each(end);
            });
            if thread.is_ok() {
                let _ = is_ready.recv();
            }
        });
    }

    fn registered() -> io::Result<Signals> {
        let told = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first is noted, a second finds the note.
            flag::register_conditional_default(signal, told.clone())?;
            flag::register(signal, told.clone())?;
        }
        Signals::new([SIGINT, SIGTERM])
    }

    /// Ends the program by the signal, so that whoever called it sees that. Until it has ended, nobody can hold or begin anything.
    fn end(signal: i32) {
        let mut state = state();
        while state.holds > 0 {
            state = NOTHING_HELD.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.unfinished.iter().for_each(|path| remove(path));
        // What stood in a file that has gone with the rest is not there; and nobody may be there to read it.
        if let Some((_, done)) = state.done.as_ref().filter(|(file, _)| file.exists()) {
            let _ = writeln!(io::stderr(), "interrupted; {done}");
        }
        let _ = low_level::emulate_default_handler(signal);
    }
}
