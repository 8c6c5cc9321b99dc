//! Receiving bytes into a slice.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::super::{AsyncSocket, Operation, datagram};
use crate::Error;
use crate::dispatch::reactor::Direction;
use crate::dispatch::turn::Turn;

impl AsyncSocket {
    /// Reads into a slice; gives the number of bytes read, which is decided as by
    /// [`recv`](Self::recv) with the length of the slice as the size.
    ///
    /// It is [`recv_into`](Self::recv_into) for memory that is borrowed, and allocates nothing. It is
    /// lazy: nothing is read before it is polled. Dropped half-way, it has lost nothing.
    ///
    /// ```
    /// use async_proc::{net::AsyncSocket, prelude::*};
    ///
    /// /// Counts what comes in until the end of the stream.
    /// #[async_proc]
    /// async fn total(socket: &AsyncSocket) -> Result<usize, Error> {
    ///     let mut room = [0; 512];
    ///     let mut total = 0;
    ///     loop {
    ///         match socket.recv_ref(&mut room).await? {
    ///             0 => return Ok(total),
    ///             count => total += count,
    ///         }
    ///     }
    /// }
    ///
    /// # #[cfg(unix)] {
    /// let (socket, peer) = std::os::unix::net::UnixStream::pair()?;
    /// std::io::Write::write_all(&mut &peer, &[7; 1000])?;
    /// drop(peer);
    /// let socket = AsyncSocket::from_fd(socket)?;
    /// assert_eq!(wait_for(Future::from_std(async move { total(&socket).await }))?, 1000);
    /// # }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    #[doc(alias("recvInto", "read"))]
    pub fn recv_ref<'a>(&'a self, target: &'a mut [u8]) -> RecvRef<'a> {
        RecvRef { socket: self, target, turn: Turn::new(Direction::Read) }
    }

    /// Fills a slice: [`recv_exact`](Self::recv_exact) for memory that is borrowed. It is lazy and
    /// allocates nothing but room in the socket's buffer. Dropped half-way, it has lost nothing.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// let mut room = [0; 5];
    /// wait_for(client.send("hello, world"))?;
    /// wait_for(Future::from_std(async move {
    ///     server.recv_exact_ref(&mut room).await?;
    ///     assert_eq!(&room, b"hello");
    ///     Ok(())
    /// }))?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_exact`](Self::recv_exact). The slice is as it was then.
    #[doc(alias = "read_exact")]
    pub fn recv_exact_ref<'a>(&'a self, target: &'a mut [u8]) -> RecvExactRef<'a> {
        RecvExactRef { socket: self, target, turn: Turn::new(Direction::Read) }
    }
}

/// The future of [`AsyncSocket::recv_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct RecvRef<'a> {
    socket: &'a AsyncSocket,
    target: &'a mut [u8],
    turn: Turn,
}

impl Future for RecvRef<'_> {
    type Output = Result<usize, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, target, turn } = self.get_mut();
        if socket.kind().messages {
            return socket.poll_turn(turn, Operation::Receive, cx, |wire| {
                Ok(datagram::receive_into(wire, target)?)
            });
        }
        socket.poll_read(turn, Operation::Receive, cx, |reader| reader.read_into(target))
    }
}

/// The future of [`AsyncSocket::recv_exact_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct RecvExactRef<'a> {
    socket: &'a AsyncSocket,
    target: &'a mut [u8],
    turn: Turn,
}

impl Future for RecvExactRef<'_> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, target, turn } = self.get_mut();
        socket.poll_read(turn, Operation::Receive, cx, |reader| {
            socket.check_stream(Operation::Receive)?;
            reader.wait_for_all(target.len())?;
            reader.buffer.take_into(target);
            Ok(())
        })
    }
}
