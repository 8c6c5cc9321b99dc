//! Receiving bytes.

use super::registered::{Registered, start, unless_lost};
use super::{AsyncFd, SocketFlags};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Operation, Stop, os};

/// The most that one receive gives.
const MOST: usize = 1024 * 1024;

/// Receives what is there, up to `size` bytes and no more than a mebibyte. Nothing means that the
/// stream has ended, or that `size` is 0: then nothing is taken either.
///
/// What a [`recv_line`](super::recv_line) has received before it was cancelled comes first. A receive
/// that is [cancelled](Future::cancel) has taken nothing.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example. By
/// default, that the connection is lost is the end of the stream.
/// [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// ```
/// use async_proc::dispatch::fd;
/// use async_proc::prelude::*;
/// use std::io::Write;
/// use std::os::unix::net::UnixStream;
///
/// #[async_proc]
/// fn count(socket: fd::AsyncFd) -> Future<usize> {
///     let mut count = 0;
///     loop {
///         let bytes = fd::recv(socket, 100).await?;
///         if bytes.is_empty() {
///             return Ok(count);
///         }
///         count += bytes.len();
///     }
/// }
///
/// let (ours, mut theirs) = UnixStream::pair()?;
/// let counting = count(fd::register(ours)?);
/// theirs.write_all(b"hello")?;
/// drop(theirs);
/// assert_eq!(wait_for(counting)?, 5);
/// # Ok::<(), Error>(())
/// ```
#[track_caller]
pub fn recv(fd: AsyncFd, size: usize) -> Future<Vec<u8>> {
    recv_with(fd, size, SocketFlags::default())
}

/// [`recv`] with flags of one's own.
///
/// # Errors
///
/// As [`recv`]. Without [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN) also that the connection is lost.
#[track_caller]
pub fn recv_with(fd: AsyncFd, size: usize, flags: SocketFlags) -> Future<Vec<u8>> {
    start("recv", fd, Direction::Read, Operation::Receive, move |socket| {
        socket.receive(size, flags)
    })
}

/// Receives into `target`, as [`recv`] does with its length as the size. Gives the number of bytes,
/// and `target` back.
///
/// # Errors
///
/// As [`recv`]. `target` is lost then, and if the receive is cancelled.
///
/// ```
/// use async_proc::dispatch::fd;
/// use std::io::Write;
///
/// let (ours, mut theirs) = std::os::unix::net::UnixStream::pair()?;
/// theirs.write_all(b"hello")?;
/// let (count, bytes) = async_proc::wait_for(fd::recv_into(fd::register(ours)?, [0; 9]))?;
/// assert_eq!(bytes[..count], *b"hello");
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "recvInto")]
#[track_caller]
pub fn recv_into<B: AsMut<[u8]> + 'static>(fd: AsyncFd, target: B) -> Future<(usize, B)> {
    recv_into_with(fd, target, SocketFlags::default())
}

/// [`recv_into`] with flags of one's own.
///
/// # Errors
///
/// As [`recv_into`]. Without [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN) also that the connection is
/// lost.
#[track_caller]
pub fn recv_into_with<B: AsMut<[u8]> + 'static>(
    fd: AsyncFd,
    target: B,
    flags: SocketFlags,
) -> Future<(usize, B)> {
    let mut target = Some(target);
    start("recv_into", fd, Direction::Read, Operation::Receive, move |socket| {
        let room = target.as_mut().ok_or(Stop::Wait)?.as_mut();
        let count = socket.receive_into(room, flags)?;
        // An attempt that succeeds is the last one.
        Ok((count, target.take().ok_or(Stop::Wait)?))
    })
}

impl Registered {
    fn receive(&self, size: usize, flags: SocketFlags) -> Result<Vec<u8>, Stop> {
        let size = size.min(MOST);
        if size == 0 {
            return Ok(Vec::new());
        }
        let peek = flags.contains(SocketFlags::PEEK);
        {
            let mut received = self.received.borrow_mut();
            let count = size.min(received.len());
            if count > 0 {
                return Ok(match peek {
                    true => received.bytes()[..count].to_vec(),
                    false => received.take(count),
                });
            }
        }
        let received = self.call(|socket| os::receive_new(socket, size, peek));
        let mut bytes = unless_lost(flags, received, Vec::new)?;
        if bytes.len() < bytes.capacity() / 2 {
            bytes.shrink_to_fit();
        }
        Ok(bytes)
    }

    fn receive_into(&self, room: &mut [u8], flags: SocketFlags) -> Result<usize, Stop> {
        if room.is_empty() {
            return Ok(0);
        }
        let peek = flags.contains(SocketFlags::PEEK);
        {
            let mut received = self.received.borrow_mut();
            let count = room.len().min(received.len());
            if count > 0 {
                room[..count].copy_from_slice(&received.bytes()[..count]);
                if !peek {
                    received.consume(count);
                }
                return Ok(count);
            }
        }
        let receive = if peek { os::peek } else { os::receive };
        unless_lost(flags, self.call(|socket| receive(socket, room)), || 0)
    }
}
