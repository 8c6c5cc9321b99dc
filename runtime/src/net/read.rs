//! Receiving bytes.

use super::{AsyncSocket, Operation, Reader, Stop, datagram};
use crate::Future;
use crate::dispatch::reactor::Direction;

impl AsyncSocket {
    /// Reads up to `size` bytes.
    ///
    /// A socket with a buffer waits until all of them are there, or the peer has ended the stream.
    /// One without gives as much as the operating system has, but at most 64 KiB. Either gives
    /// nothing only at the end of the stream, or for a `size` of 0.
    ///
    /// A socket for [datagrams](Self::recv_from) gives the next one, or as much of it as was asked for.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("hello, world"))?;
    /// client.close();
    /// assert_eq!(wait_for(server.recv(5))?, b"hello");
    /// assert_eq!(wait_for(server.recv(100))?, b", world");
    /// assert_eq!(wait_for(server.recv(100))?, b"");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example.
    /// That the connection is lost is an error only for a [`strict`](Self::strict) socket.
    #[track_caller]
    pub fn recv(&self, size: usize) -> Future<Vec<u8>> {
        if self.kind().messages {
            let this = self.clone();
            return self.submit(Direction::Read, Operation::Receive, move |wire| {
                datagram::receive(wire, &mut this.shared.buffer(), size)
            });
        }
        self.read(Operation::Receive, move |reader| {
            reader.wait_for(size)?;
            let count = size.min(reader.buffer.len());
            Ok(reader.buffer.take(count))
        })
    }

    /// Reads into `target`; gives the number of bytes read, and `target` back. The number is
    /// decided as by [`recv`](Self::recv) with the length of `target` as the size.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("hello"))?;
    /// let (count, room) = wait_for(server.recv_into([0; 5]))?;
    /// assert_eq!(&room[..count], b"hello");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv). `target` is lost then.
    #[doc(alias = "recvInto")]
    #[track_caller]
    pub fn recv_into<B: AsMut<[u8]> + 'static>(&self, target: B) -> Future<(usize, B)> {
        let mut target = Some(target);
        if self.kind().messages {
            return self.submit(Direction::Read, Operation::Receive, move |wire| {
                let room = target.as_mut().ok_or(Stop::Wait)?;
                let count = datagram::receive_into(wire, room.as_mut())?;
                Ok((count, target.take().ok_or(Stop::Wait)?))
            });
        }
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
        if let Err(error) = self.check_stream(Operation::Receive) {
            return Future::failed_with(error);
        }
        self.read(Operation::Receive, move |reader| {
            reader.wait_for_all(size)?;
            Ok(reader.buffer.take(size))
        })
    }

    /// Gives up to `size` bytes that the next read will give again.
    ///
    /// A socket with a buffer gives what is in it, and receives once, if there is nothing in it: so it
    /// may give fewer bytes than there are, however often it is asked. One without, or one for
    /// datagrams, asks the operating system, which keeps them. Nothing is given only at the end of the
    /// stream, or for a `size` of 0.
    ///
    /// ```
    /// use async_proc::{dispatch::wait_for, net::AsyncSocket};
    ///
    /// # #[cfg(unix)] {
    /// let (one, other) = AsyncSocket::unix_pair()?;
    /// wait_for(one.send("GET /"))?;
    /// assert_eq!(wait_for(other.peek(3))?, b"GET");
    /// assert_eq!(wait_for(other.recv(5))?, b"GET /");
    /// # }
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    #[doc(alias("Peek", "MSG_PEEK"))]
    #[track_caller]
    pub fn peek(&self, size: usize) -> Future<Vec<u8>> {
        self.read(Operation::Receive, move |reader| reader.peek(size))
    }

    /// Whether received bytes wait in the socket's buffer, or have been decrypted and not given out.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("one\ntwo\n"))?;
    /// assert_eq!(wait_for(server.recv_line())?, "one");
    /// assert!(server.has_data_buffered());
    /// # Ok::<(), Error>(())
    /// ```
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
            attempt(&mut Reader::new(wire, &mut buffer, this.reading()))
        })
    }
}
