//! What a channel reads and writes: a socket or a file.

use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, RawFd};

use rustix::io::ioctl_fionread;
use socket2::{Socket, Type};

use super::FileWrapper;

/// A send over a connection that is gone must be an error, not a signal that ends the process.
#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
/// There it is an option, which is set when a socket is made.
#[cfg(target_vendor = "apple")]
const NO_SIGNAL: i32 = 0;

pub(super) enum Io {
    Socket {
        socket: Socket,
        /// It has messages: an empty one is not the end.
        messages: bool,
    },
    File(FileWrapper),
}

impl Io {
    pub(super) fn socket(socket: Socket) -> io::Result<Io> {
        socket.set_nonblocking(true)?;
        #[cfg(target_vendor = "apple")]
        socket.set_nosigpipe(true)?;
        let messages = socket.r#type()? != Type::STREAM;
        Ok(Io::Socket { socket, messages })
    }

    /// Receives, as far as there is something. Calls that are interrupted are repeated.
    pub(super) fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| match self {
            Io::Socket { socket, .. } => (&mut &*socket).read(room),
            Io::File(file) => file.read_into(room),
        })
    }

    pub(super) fn send(&self, data: &[u8]) -> io::Result<usize> {
        uninterrupted(|| match self {
            Io::Socket { socket, .. } => socket.send_with_flags(data, NO_SIGNAL),
            Io::File(file) => file.write(data),
        })
    }

    /// Whether having received nothing is the end.
    pub(super) fn has_end(&self) -> bool {
        !matches!(self, Io::Socket { messages: true, .. })
    }

    /// The error that the socket has met by itself; asking clears it.
    pub(super) fn take_error(&self) -> io::Result<()> {
        match self {
            Io::Socket { socket, .. } => socket.take_error()?.map_or(Ok(()), Err),
            Io::File(_) => Ok(()),
        }
    }

    /// Whether there are bytes to read, and not only the end.
    pub(super) fn has_unread(&self) -> bool {
        let unread = match self {
            Io::Socket { socket, .. } => ioctl_fionread(socket),
            Io::File(file) => file.as_fd().map_or(Ok(0), ioctl_fionread),
        };
        unread.is_ok_and(|unread| unread > 0)
    }
}

impl AsRawFd for Io {
    fn as_raw_fd(&self) -> RawFd {
        match self {
            Io::Socket { socket, .. } => socket.as_fd().as_raw_fd(),
            Io::File(file) => file.as_raw_fd(),
        }
    }
}

pub(super) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
