//! Receiving bytes.

use super::{AsyncSocket, Operation, Reader, Stop};
use crate::Future;
use crate::dispatch::reactor::Direction;

impl AsyncSocket {
    /// Reads up to `size` bytes.
    ///
    /// A socket with a buffer waits until all of them are there, or the peer has ended the stream.
    /// One without gives as much as the operating system has, but at most 64 KiB. Either gives
    /// nothing only at the end of the stream, or for a `size` of 0.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example.
    /// That the connection is lost is an error only for a [`strict`](Self::strict) socket.
    #[track_caller]
    pub fn recv(&self, size: usize) -> Future<Vec<u8>> {
        self.read(Operation::Receive, move |reader| {
            reader.wait_for(size)?;
            let count = size.min(reader.buffer.len());
            Ok(reader.buffer.take(count))
        })
    }

    /// Reads into `target`; gives the number of bytes read, and `target` back. The number is
    /// decided as by [`recv`](Self::recv) with the length of `target` as the size.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv). `target` is lost then.
    #[doc(alias = "recvInto")]
    #[track_caller]
    pub fn recv_into<B: AsMut<[u8]> + 'static>(&self, target: B) -> Future<(usize, B)> {
        let mut target = Some(target);
        self.read(Operation::Receive, move |reader| {
            // An attempt that succeeds is the last one.
            let room = target.as_mut().ok_or(Stop::Wait)?;
            let count = reader.read_into(room.as_mut())?;
            Ok((count, target.take().ok_or(Stop::Wait)?))
        })
    }

    /// Reads `size` bytes, no fewer, also from a socket without a buffer.
    ///
    /// ```
    /// use async_proc::{dispatch::wait_for, net::{AsyncSocket, SocketError}};
    /// use std::io::Write;
    ///
    /// # #[cfg(unix)] {
    /// let (socket, mut peer) = std::os::unix::net::UnixStream::pair()?;
    /// let socket = AsyncSocket::from_fd(socket)?;
    /// peer.write_all(b"12345678 and half of ano")?;
    /// drop(peer);
    /// assert_eq!(wait_for(socket.recv_exact(8))?, b"12345678");
    /// let error = wait_for(socket.recv_exact(17)).unwrap_err();
    /// assert_eq!(error.to_string(), "the stream has ended after 16 of 17 bytes");
    /// assert_eq!(error.io_kind(), Some(std::io::ErrorKind::UnexpectedEof));
    /// assert_eq!(wait_for(socket.recv(17))?, b" and half of ano");
    /// # }
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Ended`](super::SocketError::Ended): the stream has ended before that. What has
    /// come is there for other reads. And as [`recv`](Self::recv).
    #[doc(alias = "read_exact")]
    #[track_caller]
    pub fn recv_exact(&self, size: usize) -> Future<Vec<u8>> {
        self.read(Operation::Receive, move |reader| {
            reader.wait_for_all(size)?;
            Ok(reader.buffer.take(size))
        })
    }

    /// Whether received bytes wait in the socket's buffer, or have been decrypted and not given out.
    #[doc(alias = "hasDataBuffered")]
    pub fn has_data_buffered(&self) -> bool {
        self.shared.buffer().len() > 0
            || self.shared.open().as_ref().is_some_and(|open| open.wire.has_received())
    }

    /// An operation that receives. All of its progress is in the socket's buffer.
    #[track_caller]
    pub(super) fn read<T: 'static>(
        &self,
        operation: Operation,
        mut attempt: impl FnMut(&mut Reader<'_>) -> Result<T, Stop> + 'static,
    ) -> Future<T> {
        let this = self.clone();
        self.submit(Direction::Read, operation, move |wire| {
            let mut buffer = this.shared.buffer();
            attempt(&mut Reader::new(wire, &mut buffer, this.settings().reading()))
        })
    }
}
