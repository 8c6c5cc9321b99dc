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
            _ => Self::Os(error),
        }
    }
}

impl From<SocketError> for Stop {
    fn from(error: SocketError) -> Self {
        Self::Failed(error.into())
    }
}
