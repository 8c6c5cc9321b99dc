//! Failures of the system's event queue.

use std::fmt;
use std::io;

/// A dispatcher's event queue (epoll, kqueue) cannot be used. As an [`Error`](crate::Error) it is of
/// kind [`Io`](crate::ErrorKind::Io), and comes out of the `poll` that is running, which has run
/// timers and what was queued all the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum QueueError {
    /// There is none yet, and the system gives none: too many descriptors are open, for example. It
    /// is asked again in the next turn.
    Create(io::Error),
    /// Waiting has failed: somebody has closed or replaced its descriptor, for example. The dispatcher
    /// hears of no event any more: [close](crate::Dispatcher::close) it, so that what waits on it
    /// fails, and go on with [another](crate::dispatch::set_global_dispatcher).
    Wait(io::Error),
}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(source) => {
                write!(f, "the dispatcher's event queue cannot be made: {source}")
            }
            Self::Wait(source) => {
                write!(f, "the dispatcher cannot wait on its event queue: {source}")
            }
        }
    }
}

impl std::error::Error for QueueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Create(source) | Self::Wait(source) => Some(source),
        }
    }
}
