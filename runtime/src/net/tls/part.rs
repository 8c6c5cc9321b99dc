//! Ending a TLS connection so that nothing is lost.

use std::time::Duration;

use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::Stop;
use crate::dispatch::{thread_ends, with_timeout};
use crate::net::kind::Kind;
use crate::net::socket::Settings;
use crate::net::wire::Wire;
use crate::net::{AsyncSocket, Operation, SocketError};
use crate::{Error, Future};

/// How long a peer may take to end its side.
const PATIENCE: Duration = Duration::from_secs(5);

/// Parts from the peer of a socket that is closed already, in the background: tells it that nothing
/// more comes, and closes the descriptor when it has said the same.
pub(in crate::net) fn part(wire: Wire) {
    let Some(session) = wire.session() else { return };
    // Without a handshake there is nothing to be lost. A failed one has an alert for the peer, which
    // a reset would destroy.
    if session.is_handshaking() || session.parting.replace(true) || thread_ends() {
        return;
    }
    // Most often that is all there is to do.
    if wire.end_sending().is_ok() && wire.discard().is_ok() {
        return;
    }
    // Where the descriptor cannot be waited for any more, it is just closed.
    let Ok(socket) = AsyncSocket::adopt_wire(wire, Kind::STREAM, Settings::default()) else {
        return;
    };
    let parted = socket.close_gracefully();
    let done = Future::from_infallible(async move {
        // Whatever comes of it, there is nobody to be told.
        if !matches!(with_timeout(&parted, PATIENCE).await, Ok(true)) {
            socket.close();
            let _ = parted.await;
        }
    });
    drop(done);
}

impl AsyncSocket {
    /// The program is seeing to it that nothing is lost: closing need not.
    pub(in crate::net) fn note_parting(&self) {
        if let Ok(wire) = self.wire(Operation::Shutdown)
            && let Some(session) = wire.session()
        {
            session.parting.set(true);
        }
    }

    /// Says, as soon as the socket takes it, that nothing more will be sent.
    pub(in crate::net) fn end_sending(&self) -> Result<(), Error> {
        let ended = self.attempt(Direction::Read, |wire| match wire.end_sending() {
            Err(error) => Err(error.into()),
            Ok(()) => Ok(()),
        });
        match ended {
            // What is left, others do.
            None | Some(Ok(()) | Err(Stop::Wait | Stop::Again)) => {
                self.with(Operation::Shutdown, |_| Ok(()))
            }
            Some(Err(Stop::Os(source))) => Err(SocketError::os(Operation::Shutdown, source).into()),
            Some(Err(Stop::Failed(error))) => Err(error),
        }
    }
}
