//! What can go wrong with watching a process.

use std::error::Error;
use std::fmt;
use std::io;

/// A process cannot be watched.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProcessError {
    /// There is no process of this number. If it was started by this one, somebody has waited for it
    /// already.
    NoSuchProcess {
        /// The number.
        pid: u32,
    },
    /// The process was not started by this one, and the system tells a process only of those.
    NotAChild {
        /// The number of the process.
        pid: u32,
    },
    /// The system refused something else that is needed: a descriptor, say.
    Os {
        /// The number of the process.
        pid: u32,
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchProcess { pid } => write!(f, "there is no process {pid} to watch"),
            Self::NotAChild { pid } => {
                write!(f, "process {pid} was not started by this one, so its exit cannot be seen")
            }
            Self::Os { pid, source } => write!(f, "cannot watch process {pid}: {source}"),
        }
    }
}

impl Error for ProcessError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Os { source, .. } => Some(source),
            _ => None,
        }
    }
}
