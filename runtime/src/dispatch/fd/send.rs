//! Sending bytes.

use super::register::registered;
use super::{AsyncFd, Payload, SocketFlags};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Operation, os, send_rest};

/// Sends all of `data`. Finished when the operating system has taken it over; at once if there is
/// nothing to send.
///
/// What is not sent at once is copied if it is borrowed, and kept as it is if it is owned or
/// shared: see [`Payload`]. Any number of sends may wait; their bytes are sent, and they finish, in
/// the order in which they were made. One that is [cancelled](Future::cancel) may have sent a part.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os). By default, that the connection is lost, or was never
/// there, counts as success. [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// ```
/// use async_proc::dispatch::fd;
/// use std::io::Read;
///
/// let (ours, mut theirs) = std::os::unix::net::UnixStream::pair()?;
/// let socket = fd::register(ours)?;
/// async_proc::wait_for(fd::send(socket, "hello"))?;
/// let mut room = [0; 5];
/// theirs.read_exact(&mut room)?;
/// assert_eq!(&room, b"hello");
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn send(fd: AsyncFd, data: impl Payload) -> Future<()> {
    send_with(fd, data, SocketFlags::default())
}

/// [`send`] with flags of one's own.
///
/// # Errors
///
/// As [`send`]. Without [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN) also that the connection is lost.
#[track_caller]
pub fn send_with(fd: AsyncFd, data: impl Payload, flags: SocketFlags) -> Future<()> {
    let registered = match registered("send", fd) {
        Ok(registered) => registered,
        Err(error) => return Future::failed_with(error),
    };
    let mut sent = 0;
    // Most sends end here, and keep nothing.
    if registered.source.is_idle(Direction::Write) {
        let bytes = data.as_bytes();
        if !bytes.is_empty() {
            // What is wrong, the operation will find out.
            sent = registered.call(|socket| os::send(socket, bytes)).unwrap_or(0);
        }
        if sent == bytes.len() {
            return Future::ready(());
        }
    }
    let kept = data.keep();
    let safe_disconn = flags.contains(SocketFlags::SAFE_DISCONN);
    registered.start("send", Direction::Write, Operation::Send, move |socket| {
        let bytes = kept.as_bytes();
        socket.with(|socket| send_rest(socket, safe_disconn, bytes, &mut sent))
    })
}
