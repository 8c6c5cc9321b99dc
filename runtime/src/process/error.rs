//! What can go wrong with a command and its process.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io;

/// A program cannot be started, or something cannot be done with its process.
///
/// An [`Error`](crate::Error) that is one gives it out with
/// [`downcast_ref`](crate::Error::downcast_ref).
#[derive(Debug)]
#[non_exhaustive]
pub enum CommandError {
    /// The program was not started: there is none of that name, say, or this process has no
    /// descriptors left for its pipes.
    Spawn {
        /// The name, as it was given.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be told how the process ended: somebody else has waited for it, or the program
    /// ignores `SIGCHLD`, which has the system forget its children.
    Wait {
        /// The program.
        program: OsString,
        /// The number of the process.
        pid: u32,
        /// What the system said.
        source: io::Error,
    },
    /// An end of a pipe to the process cannot be registered, read or written.
    Pipe {
        /// The program.
        program: OsString,
        /// The end: `stdin`, `stdout` or `stderr`.
        end: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A signal was not sent: there is none of that number, or the process has changed its user.
    Signal {
        /// The program.
        program: OsString,
        /// The number of the process.
        pid: u32,
        /// The number of the signal.
        signal: i32,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn { program, source } => write!(f, "cannot start {program:?}: {source}"),
            Self::Wait { program, pid, source } => {
                write!(f, "cannot tell how {program:?} (process {pid}) ended: {source}")
            }
            Self::Pipe { program, end, source } => {
                write!(f, "cannot use the {end} of {program:?}: {source}")
            }
            Self::Signal { program, pid, signal, source } => {
                write!(f, "cannot send signal {signal} to {program:?} (process {pid}): {source}")
            }
        }
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Spawn { source, .. }
            | Self::Wait { source, .. }
            | Self::Pipe { source, .. }
            | Self::Signal { source, .. } => Some(source),
        }
    }
}
