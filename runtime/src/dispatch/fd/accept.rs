//! Accepting connections.

use socket2::{SockAddr, Socket};

use super::registered::{Registered, start};
use super::{AsyncFd, SocketFlags, register};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Operation, Stop, os};

/// Waits for the next connection, and registers it: the new descriptor is non-blocking, and processes
/// that this one starts do not inherit it. Any number of accepts may wait; each gets one.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os). If the process has as many descriptors open as it may
/// ([`lacks_descriptors`](super::SocketError::lacks_descriptors)), the connection stays in the queue:
/// a server can go on accepting once another one is closed.
/// [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// ```
/// use async_proc::dispatch::fd;
/// use async_proc::prelude::*;
/// use std::net::TcpListener;
///
/// #[async_proc]
/// fn greet(listener: fd::AsyncFd) -> Future<()> {
///     let client = fd::accept(listener).await?;
///     fd::send(client, "hello\r\n").await?;
///     fd::close_socket(client)?;
/// }
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// async_check(greet(fd::register(listener)?));
/// let socket = wait_for(fd::dial(address))?;
/// assert_eq!(wait_for(fd::recv_line(socket))?, "hello");
/// # Ok::<(), Error>(())
/// ```
#[track_caller]
pub fn accept(fd: AsyncFd) -> Future<AsyncFd> {
    accept_with(fd, SocketFlags::default())
}

/// [`accept`] with flags of one's own. [`INHERITABLE`](SocketFlags::INHERITABLE) is about the
/// new descriptor.
///
/// # Errors
///
/// As [`accept`]. Without [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN) also that a connection was lost
/// before it was accepted.
#[track_caller]
pub fn accept_with(fd: AsyncFd, flags: SocketFlags) -> Future<AsyncFd> {
    start("accept", fd, Direction::Read, Operation::Accept, move |listener| {
        let (client, _) = listener.next_connection(flags)?;
        register(client).map_err(Stop::Failed)
    })
}

/// [`accept`] that also gives the address of the peer, which
/// [`as_socket`](SockAddr::as_socket) makes one of the internet.
///
/// # Errors
///
/// As [`accept`].
///
/// ```
/// use async_proc::dispatch::fd;
/// use async_proc::wait_for;
/// use std::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let peer = TcpStream::connect(listener.local_addr()?)?;
/// let (_client, address) = wait_for(fd::accept_addr(fd::register(listener)?))?;
/// assert_eq!(address.as_socket(), Some(peer.local_addr()?));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "acceptAddr")]
#[track_caller]
pub fn accept_addr(fd: AsyncFd) -> Future<(AsyncFd, SockAddr)> {
    accept_addr_with(fd, SocketFlags::default())
}

/// [`accept_addr`] with flags of one's own, as in [`accept_with`].
///
/// # Errors
///
/// As [`accept_with`].
#[track_caller]
pub fn accept_addr_with(fd: AsyncFd, flags: SocketFlags) -> Future<(AsyncFd, SockAddr)> {
    start("accept_addr", fd, Direction::Read, Operation::Accept, move |listener| {
        let (client, address) = listener.next_connection(flags)?;
        Ok((register(client).map_err(Stop::Failed)?, address))
    })
}

impl Registered {
    fn next_connection(&self, flags: SocketFlags) -> Result<(Socket, SockAddr), Stop> {
        loop {
            match self.call(Socket::accept) {
                Ok((client, address)) => {
                    if flags.contains(SocketFlags::INHERITABLE) {
                        client.set_cloexec(false)?;
                    }
                    return Ok((client, address));
                }
                // It was gone again before it could be accepted: no fault of this socket.
                Err(Stop::Os(error))
                    if flags.contains(SocketFlags::SAFE_DISCONN) && os::is_of_peer(&error) => {}
                Err(stop) => return Err(stop),
            }
        }
    }
}
