//! What sort of socket a socket is.

use std::io;

use socket2::{Domain, Socket, Type};

use super::{AsyncSocket, Operation, SocketError, os};

/// What is known of a socket from the beginning, so that it need not be asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The sort of its addresses, if that can be told.
    pub(super) domain: Option<Domain>,
    /// It carries messages, each for itself, and no stream of bytes.
    pub(super) messages: bool,
}

impl Kind {
    /// A stream of bytes between addresses that do not matter.
    #[cfg(feature = "tls")]
    pub(super) const STREAM: Kind = Kind { domain: None, messages: false };

    pub(super) fn new(domain: Domain, kind: Type) -> Kind {
        Kind { domain: Some(domain), messages: kind != Type::STREAM }
    }

    pub(super) fn of(socket: &Socket) -> io::Result<Kind> {
        Ok(Kind { domain: os::domain(socket), messages: socket.r#type()? != Type::STREAM })
    }
}

impl AsyncSocket {
    /// That the socket carries a stream of bytes.
    pub(super) fn check_stream(&self, operation: Operation) -> Result<(), SocketError> {
        match self.kind().messages {
            true => Err(SocketError::NotStream { operation }),
            false => Ok(()),
        }
    }

    /// That the socket carries datagrams.
    pub(super) fn check_datagrams(&self, operation: Operation) -> Result<(), SocketError> {
        match self.kind().messages {
            true => Ok(()),
            false => Err(SocketError::NotDatagrams { operation }),
        }
    }
}
