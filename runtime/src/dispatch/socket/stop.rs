//! Why an attempt of an operation gave no value.

use std::io;

use super::SocketError;
use crate::Error;

/// Why an attempt of an operation gave no value.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It is tried again when the socket is ready.
    Wait,
    /// It could go on, and has to let others have their turn first.
    Again,
    /// The operating system refused.
    Os(io::Error),
    /// It has failed for another reason.
    Failed(Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock => Self::Wait,
            io::ErrorKind::Interrupted => Self::Again,
            _ => other(error),
        }
    }
}

#[cfg(not(feature = "tls"))]
fn other(error: io::Error) -> Stop {
    Stop::Os(error)
}

#[cfg(feature = "tls")]
fn other(error: io::Error) -> Stop {
    match error.downcast() {
        Ok(OfStream(error)) => Stop::Failed(error),
        Err(error) => Stop::Os(error),
    }
}

/// What a [`Stream`](super::Stream) gives as an `io::Error` and is no system call's.
#[cfg(feature = "tls")]
#[derive(Debug)]
pub(crate) struct OfStream(pub(crate) Error);

#[cfg(feature = "tls")]
impl std::fmt::Display for OfStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "tls")]
impl std::error::Error for OfStream {}

impl From<SocketError> for Stop {
    fn from(error: SocketError) -> Self {
        Self::Failed(error.into())
    }
}
