//! Three kinds of trouble, never mixed: the rules or the words were refused, the world failed, or the log does not verify.
//! A bug is an assertion.

use std::ops::Range;

use events::LogError;
use rules::fault::Fault;
use store::StoreError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was handed in was refused, everything that is wrong with it at once; nothing was written.
    #[error("{} refused", .0.len())]
    Refused(Vec<Diagnostic>),
    /// The world failed: a disk, a database, a lock.
    #[error("{what}")]
    Failed {
        /// What happened.
        what: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The log does not verify; what is wrong has been shown.
    #[error("the log does not verify")]
    Unverified,
    /// The reader of our output went away. Nobody is left to tell.
    #[error("broken pipe")]
    BrokenPipe,
}

/// One thing that was refused, with its place if it has one.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong.
    pub fault: Fault,
    /// Name and text of the file it stands in, and the bytes that are meant.
    pub place: Option<(String, std::sync::Arc<str>, Option<Range<usize>>)>,
}

/// Codes that mean: there is no such thing, or there are several.
const NOT_FOUND: [&str; 3] = ["E0502", "E0503", "E0504"];

/// Codes that mean: the log is not what was signed.
const UNVERIFIED: [&str; 4] = ["E0601", "E0602", "E0603", "E0604"];

impl Error {
    /// A single refusal without a place.
    pub fn refused(code: &'static str, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::from(Fault::new(code, &[], what).hint(hint))
    }

    /// A failure of the world.
    pub fn failed(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::Failed { what: what.into(), hint: Some(hint.into()) }
    }

    /// What went wrong, in one line: of a refusal, each fault with its code.
    pub fn in_one_line(&self) -> String {
        let text = match self {
            Error::Refused(all) => {
                all.iter().map(|one| format!("{}: {}", one.fault.code, one.fault.what)).collect::<Vec<_>>().join("; ")
            }
            error => error.to_string(),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The exit code: 1 the world failed, 3 not found or ambiguous, 4 refused, 5 the log does not verify.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Refused(all) if all.iter().all(|one| NOT_FOUND.contains(&one.fault.code) && one.place.is_none()) => 3,
            Error::Refused(all) if all.iter().any(|one| UNVERIFIED.contains(&one.fault.code)) => 5,
            Error::Refused(_) => 4,
            Error::Failed { .. } => 1,
            Error::Unverified => 5,
            Error::BrokenPipe => 0,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::Refused(vec![Diagnostic { fault, place: None }])
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        let hint = match &error {
            LogError::Conflict { .. } => Some("someone else wrote in the same moment, twice; try again".into()),
            _ => None,
        };
        Error::Failed { what: error.to_string(), hint }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Error::failed(error.to_string(), error.hint())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Error::BrokenPipe,
            _ => Error::Failed { what: error.to_string(), hint: None },
        }
    }
}
