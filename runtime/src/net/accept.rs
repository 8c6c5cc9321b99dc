//! Accepting connections.

use std::net::SocketAddr;

use socket2::SockAddr;

use super::address::{internet, not_internet};
use super::wire::Wire;
use super::{AsyncSocket, Operation, Stop, os};
use crate::Future;
use crate::dispatch::reactor::Direction;

impl AsyncSocket {
    /// Waits for the next connection. The new socket is set up like this one: with a buffer or
    /// without, strict or not, with the same limit for lines.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// let server = wait_for(listener.accept())?;
    /// wait_for(server.send("hello\n"))?;
    /// assert_eq!(wait_for(client.recv_line())?, "hello");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os). If the process has too many open files, say,
    /// the connection stays in the queue: a server can go on accepting after a little while.
    #[track_caller]
    pub fn accept(&self) -> Future<AsyncSocket> {
        let listener = self.clone();
        self.submit(Direction::Read, Operation::Accept, move |wire| {
            let (accepted, _) = listener.next_connection(wire)?;
            Ok(accepted)
        })
    }

    /// [`accept`](Self::accept) that also gives the address of the peer. An IPv6 socket that takes IPv4
    /// too gives the addresses of such peers as IPv6 (`::ffff:192.0.2.1`);
    /// [`to_canonical`](std::net::IpAddr::to_canonical) turns them back. For unix sockets there is
    /// [`accept_unix`](Self::accept_unix).
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// let (_server, address) = wait_for(listener.accept_addr())?;
    /// assert_eq!(address, client.local_addr()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    #[doc(alias = "acceptAddr")]
    #[track_caller]
    pub fn accept_addr(&self) -> Future<(AsyncSocket, SocketAddr)> {
        let listener = self.clone();
        self.submit(Direction::Read, Operation::Accept, move |wire| {
            if !listener.is_internet() {
                return Err(Stop::Os(not_internet()));
            }
            let (accepted, address) = listener.next_connection(wire)?;
            Ok((accepted, internet(address)?))
        })
    }

    pub(super) fn next_connection(&self, wire: &Wire) -> Result<(AsyncSocket, SockAddr), Stop> {
        loop {
            match wire.accept() {
                Ok((accepted, address)) => {
                    let accepted =
                        AsyncSocket::adopt(accepted, self.kind(), self.settings().clone());
                    let accepted = accepted.map_err(Stop::Failed)?;
                    #[cfg(feature = "tls")]
                    accepted.wrap_accepted(wire).map_err(Stop::Failed)?;
                    return Ok((accepted, address));
                }
                // It was gone again before it could be accepted: no fault of this socket.
                Err(error) if os::is_of_peer(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
