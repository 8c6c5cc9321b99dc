//! What can go wrong with a channel, and what leaves the loop.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::Error;

/// What was being done with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Making a socket, or taking one over.
    Create,
    /// Entering the channel in a map.
    Register,
    /// Binding to an address.
    Bind,
    /// Listening for connections.
    Listen,
    /// Accepting a connection.
    Accept,
    /// Connecting to an address.
    Connect,
    /// Receiving.
    Receive,
    /// Sending.
    Send,
    /// Asking for an address of the socket.
    Address,
    /// Closing a file.
    Close,
    /// Waiting for channels to be ready.
    Wait,
}

/// As it stands after "cannot".
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create a socket",
            Self::Register => "enter the channel in a map",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept a connection",
            Self::Connect => "connect",
            Self::Receive => "receive",
            Self::Send => "send",
            Self::Address => "tell the address",
            Self::Close => "close",
            Self::Wait => "wait for channels",
        })
    }
}

/// An error of a channel, which names what was being done and with which address.
///
/// An [`Error`] that is one gives it out with [`downcast_ref`](Error::downcast_ref).
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// The operating system refused.
    Os {
        /// What was asked for.
        operation: Operation,
        /// With which address, as text; empty if none is known.
        address: String,
        /// What it said.
        source: io::Error,
    },
    /// The channel has no socket: none was made, or it was closed.
    NotOpen {
        /// What was asked for.
        operation: Operation,
    },
    /// A channel on a file was asked for something that only sockets can do.
    NotSocket {
        /// What was asked for.
        operation: Operation,
    },
    /// The map that the channel belongs to was dropped.
    NoMap,
}

impl ChannelError {
    pub(super) fn os(operation: Operation, address: impl ToString, source: io::Error) -> Error {
        Self::Os { operation, address: address.to_string(), source }.into()
    }
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Os { operation, address, source } if address.is_empty() => {
                write!(f, "cannot {operation}: {source}")
            }
            Self::Os { operation, address, source } => {
                write!(f, "cannot {operation} ({address}): {source}")
            }
            Self::NotOpen { operation } => write!(f, "cannot {operation}: the channel is closed"),
            Self::NotSocket { operation } => {
                write!(f, "cannot {operation}: the channel is of a file, which is no socket")
            }
            Self::NoMap => f.write_str("the map of the channel was dropped: keep it"),
        }
    }
}

impl StdError for ChannelError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Os { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Leaves the loop. A handler that returns it ends [`run_loop`](super::run_loop) (or the
/// [`run_forever`](crate::run_forever) that runs) with this as its error; `handle_error` does not
/// see it. Nothing is closed: the loop can be entered again.
///
/// ```
/// use async_proc::Error;
/// use async_proc::channel::ExitNow;
///
/// let error = Error::from(ExitNow);
/// assert!(ExitNow::is(&error));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitNow;

impl ExitNow {
    /// Whether an error is this.
    pub fn is(error: &Error) -> bool {
        error.downcast_ref::<ExitNow>().is_some()
    }
}

impl fmt::Display for ExitNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a handler asked to leave the loop")
    }
}

impl StdError for ExitNow {}

/// Whether an error of the system says that the other end is gone.
pub(super) fn is_disconnection(error: &io::Error) -> bool {
    const CODES: [i32; 6] = [
        libc::ECONNRESET,
        libc::ENOTCONN,
        libc::ESHUTDOWN,
        libc::ECONNABORTED,
        libc::EPIPE,
        libc::EBADF,
    ];
    error.raw_os_error().is_some_and(|code| CODES.contains(&code))
}

/// Whether an error that a handler returned says that the other end is gone.
pub(super) fn tells_of_disconnection(error: &Error) -> bool {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return is_disconnection(error);
        }
        next = error.source();
    }
    false
}

/// Whether an error says that a channel had nothing to receive after all.
pub(super) fn is_nothing_there(error: &Error) -> bool {
    match error.downcast_ref() {
        Some(ChannelError::Os { operation: Operation::Receive, source, .. }) => {
            source.kind() == io::ErrorKind::WouldBlock
        }
        _ => false,
    }
}

/// Whether accepting failed because this process, or the system, has no room for a connection.
pub(super) fn is_no_room(error: &io::Error) -> bool {
    const CODES: [i32; 4] = [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
    error.raw_os_error().is_some_and(|code| CODES.contains(&code))
}

/// Whether accepting failed because of the one connection, which is gone, or there was none.
pub(super) fn is_no_connection(error: &io::Error) -> bool {
    // Linux also hands on errors of the network that have come in for a new connection.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let of_peer = [
        libc::ENETDOWN,
        libc::EPROTO,
        libc::ENOPROTOOPT,
        libc::EHOSTDOWN,
        libc::ENONET,
        libc::EHOSTUNREACH,
        libc::ENETUNREACH,
    ];
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let of_peer = [];
    error.kind() == io::ErrorKind::WouldBlock
        || error.kind() == io::ErrorKind::ConnectionAborted
        || error.raw_os_error().is_some_and(|code| of_peer.contains(&code))
}
