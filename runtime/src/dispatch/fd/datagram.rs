//! Datagrams and their addresses.

use super::register::registered;
use super::registered::start;
use super::{AsyncFd, Payload, SockAddr, SocketFlags};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Operation, Stop, os};

/// Sends `data` as one datagram to `address`, which may be empty.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os), which names the address: the datagram is too long, for
/// example. [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// ```
/// use async_proc::dispatch::fd::{recv_from_into, register, send_to};
/// use async_proc::wait_for;
/// use std::net::UdpSocket;
///
/// let (here, there) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
/// let (from, to) = (here.local_addr()?, there.local_addr()?);
/// let (here, there) = (register(here)?, register(there)?);
/// wait_for(send_to(here, "hello", to))?;
/// let (count, address, bytes) = wait_for(recv_from_into(there, [0; 100]))?;
/// assert_eq!(bytes[..count], *b"hello");
/// assert_eq!(address.as_socket(), Some(from));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "sendTo")]
#[track_caller]
pub fn send_to(fd: AsyncFd, data: impl Payload, address: impl Into<SockAddr>) -> Future<()> {
    let registered = match registered("send_to", fd) {
        Ok(registered) => registered,
        Err(error) => return Future::failed_with(error),
    };
    let address = address.into();
    // Most sends end here, and keep nothing.
    if registered.source.is_idle(Direction::Write) {
        let bytes = data.as_bytes();
        // What is wrong, the operation will find out.
        if registered.call(|socket| os::send_to(socket, bytes, &address)).is_ok() {
            return Future::ready(());
        }
    }
    let kept = data.keep();
    let operation = address.as_socket().map_or(Operation::Send, Operation::SendTo);
    registered.start("send_to", Direction::Write, operation, move |socket| {
        let bytes = kept.as_bytes();
        socket.call(|socket| os::send_to(socket, bytes, &address))?;
        Ok(())
    })
}

/// Receives one datagram into `target`. Gives its length, where it came from, and `target` back.
///
/// What does not fit into `target` is cut off, and lost. An empty datagram is one of length 0, and
/// says nothing of an end. One that is [cancelled](Future::cancel) has taken none.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os); a connected socket is told that nobody listens at the
/// other end, for example. `target` is lost then.
/// [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// There is an example at [`send_to`].
#[doc(alias = "recvFromInto")]
#[track_caller]
pub fn recv_from_into<B: AsMut<[u8]> + 'static>(
    fd: AsyncFd,
    target: B,
) -> Future<(usize, SockAddr, B)> {
    recv_from_into_with(fd, target, SocketFlags::default())
}

/// [`recv_from_into`] with flags of one's own, of which [`PEEK`](SocketFlags::PEEK) counts: a datagram
/// has no connection to lose.
///
/// # Errors
///
/// As [`recv_from_into`].
#[track_caller]
pub fn recv_from_into_with<B: AsMut<[u8]> + 'static>(
    fd: AsyncFd,
    target: B,
    flags: SocketFlags,
) -> Future<(usize, SockAddr, B)> {
    let mut target = Some(target);
    let peek = flags.contains(SocketFlags::PEEK);
    start("recv_from_into", fd, Direction::Read, Operation::ReceiveFrom, move |socket| {
        let room = target.as_mut().ok_or(Stop::Wait)?.as_mut();
        let (count, address) = socket.call(|socket| os::receive_from(socket, room, peek))?;
        // An attempt that succeeds is the last one.
        Ok((count, address, target.take().ok_or(Stop::Wait)?))
    })
}
