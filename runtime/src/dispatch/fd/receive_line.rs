//! Receiving lines.

use std::io;

use super::registered::{Registered, start};
use super::{AsyncFd, SocketFlags};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Operation, Reader, Reading, Stop, text};

/// The longest line that is accepted by default, in bytes without its end.
const LIMIT: usize = 1_000_000;

/// Receives a line of UTF-8 text, by the rules of the original:
///
/// | received | given |
/// |---|---|
/// | `text` and the end of a line | `"text"` |
/// | the end of a line | `"\r\n"`, whichever end it is |
/// | the end of the stream | `""` |
/// | `text` and the end of the stream | `""`: the text is lost |
///
/// A line ends with CR LF, with LF, or with a CR that no LF follows. Whether one follows is waited
/// for; what follows instead is not swallowed, as it is by the original, but is for the next receive
/// of this descriptor. Nothing else behind the line is taken from the system, so it can be used in
/// other ways after that.
///
/// A line may have a million bytes. The receive fails as soon as there are more, and the next one goes
/// on behind the end of that line. A receive that is [cancelled](Future::cancel) loses nothing: what
/// it has of a line is there for the next receive, though not for whoever reads from the descriptor by
/// other means.
///
/// # Errors
///
/// [`SocketError::LineTooLong`](super::SocketError::LineTooLong);
/// [`SocketError::NotUtf8`](super::SocketError::NotUtf8), which holds the line; and as
/// [`recv`](super::recv).
///
/// ```
/// use async_proc::dispatch::fd;
/// use async_proc::prelude::*;
/// use std::io::Write;
///
/// let (ours, mut theirs) = std::os::unix::net::UnixStream::pair()?;
/// let socket = fd::register(ours)?;
/// theirs.write_all(b"one\r\n\ntwo\rthree\n")?;
/// for line in ["one", "\r\n", "two", "three"] {
///     assert_eq!(wait_for(fd::recv_line(socket))?, line);
/// }
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "recvLine")]
#[track_caller]
pub fn recv_line(fd: AsyncFd) -> Future<String> {
    recv_line_with(fd, LIMIT, SocketFlags::default())
}

/// [`recv_line`] of at most `limit` bytes, without the end of the line, and with flags of one's own.
///
/// # Errors
///
/// As [`recv_line`]. Without [`SAFE_DISCONN`](SocketFlags::SAFE_DISCONN) also that the connection is
/// lost; and with [`PEEK`](SocketFlags::PEEK), for that is not offered.
#[doc(alias = "maxLength")]
#[track_caller]
pub fn recv_line_with(fd: AsyncFd, limit: usize, flags: SocketFlags) -> Future<String> {
    start("recv_line", fd, Direction::Read, Operation::ReceiveLine, move |socket| {
        text(socket.receive_line(limit, flags)?)
    })
}

/// [`recv_line`] for lines that need not be text.
///
/// # Errors
///
/// As [`recv_line`], but never [`SocketError::NotUtf8`](super::SocketError::NotUtf8).
#[track_caller]
pub fn recv_line_bytes(fd: AsyncFd) -> Future<Vec<u8>> {
    recv_line_bytes_with(fd, LIMIT, SocketFlags::default())
}

/// [`recv_line_with`] for lines that need not be text.
///
/// # Errors
///
/// As [`recv_line_with`], but never [`SocketError::NotUtf8`](super::SocketError::NotUtf8).
#[track_caller]
pub fn recv_line_bytes_with(fd: AsyncFd, limit: usize, flags: SocketFlags) -> Future<Vec<u8>> {
    start("recv_line_bytes", fd, Direction::Read, Operation::ReceiveLine, move |socket| {
        socket.receive_line(limit, flags)
    })
}

impl Registered {
    fn receive_line(&self, limit: usize, flags: SocketFlags) -> Result<Vec<u8>, Stop> {
        if flags.contains(SocketFlags::PEEK) {
            let refused = "a line cannot be peeked at";
            return Err(Stop::Os(io::Error::new(io::ErrorKind::InvalidInput, refused)));
        }
        let safe_disconn = flags.contains(SocketFlags::SAFE_DISCONN);
        let how = Reading { buffered: false, safe_disconn };
        self.with(|socket| {
            let mut received = self.received.borrow_mut();
            let mut reader = Reader::new(socket, &mut received, how);
            let line = reader.wait_for_line(limit)?;
            Ok(reader.buffer.take_original(line, <[u8]>::to_vec))
        })
    }
}
