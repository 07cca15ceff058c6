//! Writers that share a log: one thread owns it, and whatever waits for it is appended in one go.
//!
//! To bring something to the disk takes the same time for one command as for many. So who comes while the disk is busy waits with the
//! others, and each has its own answer: a receipt, or why it was refused, as if it had come alone.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use events::log::{Append, EventLog, LogError, Receipt};

/// The most commands that are taken together: nobody waits for more than those before him and one such lot.
const MOST: usize = 256;

/// Who waits: what he wants appended, and where he hears of it.
type Waiting = (Append, Sender<Result<Receipt, LogError>>);

/// A log with the thread that owns it.
pub struct Grouped<L> {
    writer: Writer,
    owner: JoinHandle<L>,
}

/// One of those that write; clones write to the same log.
#[derive(Clone)]
pub struct Writer(Sender<Waiting>);

impl<L: EventLog + Send + 'static> Grouped<L> {
    /// Gives a log to a thread of its own.
    pub fn new(log: L) -> Self {
        let (queue, waiting) = mpsc::channel();
        Grouped { writer: Writer(queue), owner: thread::spawn(move || own(log, &waiting)) }
    }

    /// For one more that writes.
    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// Waits until all writers are gone and all that they wanted is done, and gives the log back.
    ///
    /// # Errors
    /// [`LogError::World`], if the thread broke off.
    pub fn end(self) -> Result<L, LogError> {
        let Grouped { writer, owner } = self;
        drop(writer);
        owner.join().map_err(|_| broken_off())
    }
}

impl Writer {
    /// Appends all drafts or none, and returns when they are durable; with the answer that [`EventLog::append`] gives.
    ///
    /// # Errors
    /// As [`EventLog::append`]; and [`LogError::World`], if the thread that owns the log broke off.
    pub fn append(&self, append: Append) -> Result<Receipt, LogError> {
        let (answer, heard) = mpsc::channel();
        self.0.send((append, answer)).map_err(|_| broken_off())?;
        heard.recv().unwrap_or_else(|_| Err(broken_off()))
    }
}

fn broken_off() -> LogError {
    let said = "the thread that writes the log broke off; the same command, tried again, says whether it was carried out";
    LogError::World(said.into(), None)
}

/// Appends for whoever waits, until nobody can come any more.
fn own<L: EventLog>(mut log: L, waiting: &Receiver<Waiting>) -> L {
    while let Ok(first) = waiting.recv() {
        let others = waiting.try_iter().take(MOST - 1);
        let (appends, answers): (Vec<Append>, Vec<_>) = std::iter::once(first).chain(others).unzip();
        // Who no longer listens is told in vain.
        match log.append_each(&appends) {
            Ok(each) => answers.iter().zip(each).for_each(|(answer, told)| drop(answer.send(told))),
            Err(error) => answers.iter().for_each(|answer| drop(answer.send(Err(same(&error))))),
        }
    }
    log
}

/// The same for one more of those that it struck.
fn same(error: &LogError) -> LogError {
    let why = std::error::Error::source(error).map(|source| source.to_string().into());
    LogError::World(error.to_string(), why)
}
