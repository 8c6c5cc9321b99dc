//! Uses of the dispatcher that its state does not allow.

use std::fmt;
#[cfg(unix)]
use std::os::fd::RawFd;

/// The dispatcher was used in a way its state does not allow. As an [`Error`](crate::Error) it is
/// of kind [`Dispatch`](crate::ErrorKind::Dispatch).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DispatchError {
    /// The thread's dispatcher cannot be changed while callbacks or procs are queued.
    CallbacksQueued,
    /// The dispatcher is closed.
    Closed,
    /// The descriptor was never registered with this dispatcher, or is not any more.
    #[cfg(unix)]
    NotRegistered {
        /// What was to be done with it: the name of the function.
        operation: &'static str,
        /// The number of the descriptor.
        fd: RawFd,
    },
    /// The descriptor is registered already.
    #[cfg(unix)]
    AlreadyRegistered {
        /// The number of the descriptor.
        fd: RawFd,
    },
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallbacksQueued => f.write_str(
                "the dispatcher cannot be replaced while callbacks are queued: run them first",
            ),
            Self::Closed => f.write_str("the dispatcher is closed"),
            #[cfg(unix)]
            Self::NotRegistered { operation, fd } => {
                write!(f, "`{operation}` cannot be done: descriptor {fd} is not registered")
            }
            #[cfg(unix)]
            Self::AlreadyRegistered { fd } => {
                write!(f, "descriptor {fd} is registered with a dispatcher already")
            }
        }
    }
}

impl std::error::Error for DispatchError {}
