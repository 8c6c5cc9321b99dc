//! The failure of a thread.

use std::fmt;

use crate::Error;

/// A thread of [`Workers`](super::Workers) has failed.
#[derive(Debug)]
pub struct WorkerError {
    pub(super) thread: String,
    pub(super) error: Error,
}

impl WorkerError {
    /// The name of the thread.
    pub fn thread(&self) -> &str {
        &self.thread
    }

    /// What it failed with: of kind [`Panicked`](crate::ErrorKind::Panicked) if it panicked.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the thread `{}` has failed: {}", self.thread, self.error)
    }
}

impl std::error::Error for WorkerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
