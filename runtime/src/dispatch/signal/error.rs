//! What can go wrong with watching a signal.

use std::error::Error;
use std::fmt;
use std::io;

use signal_hook::low_level::signal_name;

/// A signal cannot be watched.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignalError {
    /// It cannot be caught (`SIGKILL`, `SIGSTOP`), or says that the program itself is broken, which
    /// no callback can mend (`SIGSEGV`, `SIGILL`, `SIGFPE`).
    Forbidden {
        /// The number of the signal.
        signal: i32,
    },
    /// The system has no signal of this number, or keeps it for itself.
    Unknown {
        /// The number.
        signal: i32,
    },
    /// The system refused something else that is needed: a descriptor, say.
    Os {
        /// The number of the signal.
        signal: i32,
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for SignalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden { signal } => {
                write!(f, "{} must not be watched", Name(*signal))
            }
            Self::Unknown { signal } => write!(f, "there is no signal {signal} to watch"),
            Self::Os { signal, source } => {
                write!(f, "cannot watch {}: {source}", Name(*signal))
            }
        }
    }
}

impl Error for SignalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Os { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A signal as the system's manual calls it.
struct Name(i32);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match signal_name(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "signal {}", self.0),
        }
    }
}
