//! Connections that are being made.

use std::io;
use std::net::SocketAddr;

use socket2::{SockAddr, Socket};

use super::{SocketError, Stop, os};
use crate::{Error, ErrorKind};

/// A connection that is being made, by as many attempts as it takes.
pub(crate) struct Connecting {
    address: SockAddr,
    begun: bool,
}

impl Connecting {
    pub(crate) fn to(address: impl Into<SockAddr>) -> Connecting {
        Connecting { address: address.into(), begun: false }
    }

    /// Begins, or sees how it went.
    pub(crate) fn attempt(&mut self, socket: &Socket) -> Result<(), Stop> {
        if self.begun {
            return self.has_connected(socket);
        }
        self.begun = true;
        match socket.connect(&self.address) {
            Err(error) if os::is_in_progress(&error) => Err(Stop::Wait),
            // A signal does not end the attempt: it goes on by itself.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Stop::Wait),
            // Nothing has begun, and nothing would tell when it could: the queue of a listening unix
            // socket is full, for example.
            Err(error) => Err(Stop::Os(error)),
            Ok(()) => Ok(()),
        }
    }

    /// Whether what was begun has come about. The socket was ready, or the reactor only thought so.
    fn has_connected(&self, socket: &Socket) -> Result<(), Stop> {
        if let Some(error) = socket.take_error()? {
            // Linux has to tell `connect` too that it has failed: the socket is still connecting
            // before that, and another attempt would be an error.
            #[cfg(any(target_os = "linux", target_os = "android"))]
            let _told = socket.connect(&self.address);
            return Err(Stop::Os(error));
        }
        match socket.peer_addr() {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Err(Stop::Wait),
            Err(error) => Err(error.into()),
        }
    }
}

/// What the first of `addresses` gives with which `attempt` succeeds, or the error of the last one.
/// There is nothing more to try if the socket is closed.
pub(crate) async fn first<T>(
    host: String,
    addresses: impl IntoIterator<Item = SocketAddr>,
    mut attempt: impl AsyncFnMut(SocketAddr) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut outcome = Err(SocketError::NoAddress { host }.into());
    for address in addresses {
        outcome = attempt(address).await;
        match &outcome {
            Err(error) if error.kind() != ErrorKind::Closed => {}
            _ => break,
        }
    }
    outcome
}
