//! One connection that is being made.

use std::io;

use socket2::{SockAddr, Socket};

use super::{Stop, os};

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
            return has_connected(socket);
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
}

/// Whether a connection that was begun has come about. The socket was ready, or the reactor
/// only thought so.
fn has_connected(socket: &Socket) -> Result<(), Stop> {
    if let Some(error) = socket.take_error()? {
        return Err(Stop::Os(error));
    }
    match socket.peer_addr() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Err(Stop::Wait),
        Err(error) => Err(error.into()),
    }
}
