//! What the bytes of a connection go through.

use std::io;
use std::ops::Deref;

use socket2::Socket;

use super::os;
use crate::dispatch::socket::{self, Stream};

/// A socket's incoming half, for the time of one attempt.
pub(super) type Reader<'a> = socket::Reader<'a, Wire>;

/// A socket, and what lies between its bytes and those that are read and sent.
///
/// Attempts that move bytes of a stream do so by the methods of this type. Everything else, such
/// as options, addresses and datagrams, is the [`Socket`]'s own, which this dereferences to.
pub(super) struct Wire {
    socket: Socket,
}

impl Wire {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket }
    }

    /// Receives what is there into `room`. Zero is the end of the stream.
    pub(super) fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        os::receive(&self.socket, room)
    }

    /// Receives without taking: the same bytes will be received again.
    pub(super) fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        os::peek(&self.socket, room)
    }

    /// Takes over some of `bytes`; gives how many. They are on their way only after a
    /// [`flush`](Self::flush).
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        os::send(&self.socket, bytes)
    }

    /// Hands to the operating system whatever was taken over.
    pub(super) fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Deref for Wire {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl Stream for Wire {
    fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        self.receive(room)
    }

    fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        self.peek(room)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.send(bytes)
    }

    fn flush(&self) -> io::Result<()> {
        self.flush()
    }
}
