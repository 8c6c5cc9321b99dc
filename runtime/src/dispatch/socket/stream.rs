//! What the bytes of a stream go through.

use std::io;

use socket2::Socket;

use super::os;

/// Where attempts get the bytes of a stream from, and where they put them: a socket, or what a
/// protocol such as TLS makes of one.
pub(crate) trait Stream {
    /// Receives what is there into `room`. Zero is the end of the stream.
    fn receive(&self, room: &mut [u8]) -> io::Result<usize>;

    /// Receives without taking: the same bytes will be received again.
    fn peek(&self, room: &mut [u8]) -> io::Result<usize>;

    /// Takes over some of `bytes`; gives how many. They are on their way only after a
    /// [`flush`](Stream::flush).
    fn send(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Hands to the operating system whatever was taken over.
    fn flush(&self) -> io::Result<()>;
}

impl Stream for Socket {
    fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        os::receive(self, room)
    }

    fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        os::peek(self, room)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        os::send(self, bytes)
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
