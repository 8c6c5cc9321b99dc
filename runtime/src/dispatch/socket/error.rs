//! What can go wrong with a socket.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::os::fd::RawFd;
#[cfg(windows)]
use std::os::windows::io::RawSocket as RawFd;

#[cfg(unix)]
use super::UnixAddr;
use super::{SockOpt, os};

/// What was being done with a socket, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Making the socket, or taking it over.
    Create,
    /// Handing it over to a dispatcher.
    Register,
    /// Binding it to an address.
    Bind(SocketAddr),
    /// Making it accept connections.
    Listen,
    /// Accepting a connection.
    Accept,
    /// Connecting to an address.
    Connect(SocketAddr),
    /// Receiving bytes.
    Receive,
    /// Receiving a line.
    ReceiveLine,
    /// Sending bytes.
    Send,
    /// Receiving a datagram, and where it came from.
    ReceiveFrom,
    /// Sending a datagram to an address.
    SendTo(SocketAddr),
    /// Agreeing with the peer on how to encrypt.
    Handshake,
    /// Binding to the address of a unix socket.
    BindUnix,
    /// Connecting to a unix socket.
    ConnectUnix,
    /// Sending a datagram to a unix socket.
    SendToUnix,
    /// Ending one direction or both.
    Shutdown,
    /// Reading or setting an option.
    Option(SockOpt),
    /// Reading or setting an option that is more than on or off: its name in the manual.
    Tune(&'static str),
    /// Asking who is at the other end.
    PeerCredentials,
    /// Asking for the address it is bound to.
    LocalAddr,
    /// Asking for the address it is connected to.
    PeerAddr,
}

impl Operation {
    /// The name of the method.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "new",
            Self::Register => "register",
            Self::Bind(_) => "bind_addr",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect(_) => "connect",
            Self::Receive => "recv",
            Self::ReceiveLine => "recv_line",
            Self::Send => "send",
            Self::ReceiveFrom => "recv_from",
            Self::SendTo(_) => "send_to",
            Self::Handshake => "handshake",
            Self::BindUnix => "bind_unix",
            Self::ConnectUnix => "connect_unix",
            Self::SendToUnix => "send_to_unix",
            Self::Shutdown => "shutdown",
            Self::Option(_) | Self::Tune(_) => "sock_opt",
            Self::PeerCredentials => "peer_credentials",
            Self::LocalAddr => "local_addr",
            Self::PeerAddr => "peer_addr",
        }
    }
}

/// As it stands after "cannot".
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("create a socket"),
            Self::Register => f.write_str("wait for events"),
            Self::Bind(address) => write!(f, "bind to {address}"),
            Self::Listen => f.write_str("listen"),
            Self::Accept => f.write_str("accept a connection"),
            Self::Connect(address) => write!(f, "connect to {address}"),
            Self::Receive => f.write_str("receive"),
            Self::ReceiveLine => f.write_str("receive a line"),
            Self::Send => f.write_str("send"),
            Self::ReceiveFrom => f.write_str("receive a datagram"),
            Self::SendTo(address) => write!(f, "send a datagram to {address}"),
            Self::Handshake => f.write_str("do the TLS handshake"),
            Self::BindUnix => f.write_str("bind to a unix socket"),
            Self::ConnectUnix => f.write_str("connect to a unix socket"),
            Self::SendToUnix => f.write_str("send a datagram to a unix socket"),
            Self::Shutdown => f.write_str("shut the socket down"),
            Self::Option(option) => write!(f, "access the option {option}"),
            Self::Tune(option) => write!(f, "access the option {option}"),
            Self::PeerCredentials => f.write_str("tell who is at the other end"),
            Self::LocalAddr => f.write_str("tell the address of the socket"),
            Self::PeerAddr => f.write_str("tell the address of the peer"),
        }
    }
}

/// An error of a socket, which names what was being done and with what.
///
/// An [`Error`](crate::Error) that is one gives it out with
/// [`downcast_ref`](crate::Error::downcast_ref).
#[derive(Debug)]
#[non_exhaustive]
pub enum SocketError {
    /// The operating system refused.
    Os {
        /// What was asked for.
        operation: Operation,
        /// The number of the descriptor, if it is one that was registered by hand.
        fd: Option<RawFd>,
        /// What it said.
        source: io::Error,
    },
    /// The operating system refused something with the address of a unix socket.
    #[cfg(unix)]
    Unix {
        /// What was asked for.
        operation: Operation,
        /// The address.
        address: UnixAddr,
        /// What it said.
        source: io::Error,
    },
    /// The socket carries datagrams, and the operation is one of a stream.
    NotStream {
        /// What was asked for.
        operation: Operation,
    },
    /// The socket carries a stream, and the operation is one of datagrams.
    NotDatagrams {
        /// What was asked for.
        operation: Operation,
    },
    /// A text is not an address.
    Address {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The name of a host could not be looked up.
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// A host has addresses, but none that the socket can use: they are of the other version of
    /// the internet protocol.
    NoAddress {
        /// The name.
        host: String,
    },
    /// The stream has ended before all bytes were there that were asked for.
    Ended {
        /// How many were asked for.
        wanted: usize,
        /// How many there are.
        received: usize,
        /// The same as an I/O error, of kind [`UnexpectedEof`](io::ErrorKind::UnexpectedEof).
        source: io::Error,
    },
    /// A line has more bytes than allowed. The next read goes on behind its end.
    LineTooLong {
        /// The number of bytes allowed.
        limit: usize,
    },
    /// A line is not text in UTF-8. The next read goes on behind it.
    NotUtf8 {
        /// The line, without its end.
        line: Vec<u8>,
        /// The position of the first byte that is wrong.
        valid_up_to: usize,
    },
}

impl SocketError {
    pub(crate) fn os(operation: Operation, source: io::Error) -> Self {
        Self::Os { operation, fd: None, source }
    }

    /// The same, of a descriptor that was registered by hand.
    #[cfg(unix)]
    pub(crate) fn on(operation: Operation, number: RawFd, source: io::Error) -> Self {
        Self::Os { operation, fd: Some(number), source }
    }

    /// Whether the process, or the whole system, has as many descriptors open as it may. Nothing is
    /// lost: a connection that could not be accepted stays in the queue until another descriptor
    /// has been closed.
    pub fn lacks_descriptors(&self) -> bool {
        matches!(self, Self::Os { source, .. } if os::lacks_descriptors(source))
    }

    #[cfg(unix)]
    pub(crate) fn unix(operation: Operation, address: &UnixAddr, source: io::Error) -> Self {
        Self::Unix { operation, address: address.clone(), source }
    }

    pub(crate) fn ended(wanted: usize, received: usize) -> Self {
        Self::Ended { wanted, received, source: io::ErrorKind::UnexpectedEof.into() }
    }
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Os { operation, fd: Some(fd), source } => {
                write!(f, "cannot {operation} on descriptor {fd}: {source}")
            }
            Self::Os { operation, fd: None, source } => write!(f, "cannot {operation}: {source}"),
            #[cfg(unix)]
            Self::Unix { operation, address, source } => {
                write!(f, "cannot {operation} at {address}: {source}")
            }
            Self::NotStream { operation } => {
                write!(f, "cannot {operation}: the socket carries datagrams and no stream")
            }
            Self::NotDatagrams { operation } => {
                write!(f, "cannot {operation}: the socket carries a stream and no datagrams")
            }
            Self::Address { text, reason } => write!(f, "{text:?} is not an address: {reason}"),
            Self::Resolve { host, source } => write!(f, "cannot look up {host:?}: {source}"),
            Self::NoAddress { host } => write!(f, "{host:?} has no address for this socket"),
            Self::Ended { wanted, received, .. } => {
                write!(f, "the stream has ended after {received} of {wanted} bytes")
            }
            Self::LineTooLong { limit } => write!(f, "a line is longer than {limit} bytes"),
            Self::NotUtf8 { valid_up_to, .. } => {
                write!(f, "a line is not UTF-8 text (at its byte {valid_up_to})")
            }
        }
    }
}

impl Error for SocketError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            #[cfg(unix)]
            Self::Unix { source, .. } => Some(source),
            Self::Os { source, .. } | Self::Resolve { source, .. } | Self::Ended { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }
}
