//! Receiving a line into a buffer that is used again.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::super::read_line::plain;
use super::super::{AsyncSocket, Operation, SocketError};
use crate::Error;
use crate::dispatch::reactor::Direction;
use crate::dispatch::turn::Turn;

/// What a line can be read into: a [`String`], for lines of UTF-8 text, or a [`Vec<u8>`].
pub trait LineBuffer: sealed::LineBuffer {}

impl LineBuffer for String {}
impl LineBuffer for Vec<u8> {}

mod sealed {
    use super::SocketError;

    pub trait LineBuffer {
        /// Becomes the line. What it was before is gone, also if the line is refused.
        fn set(&mut self, line: &[u8]) -> Result<(), SocketError>;
    }

    impl LineBuffer for Vec<u8> {
        fn set(&mut self, line: &[u8]) -> Result<(), SocketError> {
            self.clear();
            self.extend_from_slice(line);
            Ok(())
        }
    }

    impl LineBuffer for String {
        fn set(&mut self, line: &[u8]) -> Result<(), SocketError> {
            super::set_text(self, line)
        }
    }
}

/// Puts a line in place of what is in `text`, which is empty if it is refused.
pub(in crate::net) fn set_text(text: &mut String, line: &[u8]) -> Result<(), SocketError> {
    text.clear();
    let line = std::str::from_utf8(line).map_err(|error| SocketError::NotUtf8 {
        line: line.to_vec(),
        valid_up_to: error.valid_up_to(),
    })?;
    text.push_str(line);
    Ok(())
}

impl AsyncSocket {
    /// Reads a line into a buffer, in place of what is in it, by the rules of
    /// [`recv_line`](Self::recv_line). It is lazy, and allocates nothing if the buffer has room for
    /// the line. Dropped half-way, it has lost nothing, and the buffer is as it was.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("one\r\n\r\n"))?;
    /// wait_for(Future::from_std(async move {
    ///     let mut line = String::new();
    ///     server.recv_line_ref(&mut line).await?;
    ///     assert_eq!(line, "one");
    ///     Ok(())
    /// }))?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line`](Self::recv_line).
    #[doc(alias = "recvLineInto")]
    pub fn recv_line_ref<'a, B: LineBuffer>(&'a self, line: &'a mut B) -> RecvLineRef<'a, B> {
        let limit = self.settings().line_limit.get();
        RecvLineRef { socket: self, line, limit, turn: Turn::new(Direction::Read) }
    }

    /// Reads a line into a buffer, in place of what is in it, by the rules of
    /// [`read_line`](Self::read_line); `false` at the end of the stream, where the buffer is left as
    /// it was. It is lazy, and allocates nothing if the buffer has room for the line. Dropped
    /// half-way, it has lost nothing.
    ///
    /// ```
    /// use async_proc::{net::AsyncSocket, prelude::*};
    ///
    /// #[async_proc]
    /// async fn longest(socket: &AsyncSocket) -> Result<usize, Error> {
    ///     let (mut line, mut longest) = (String::new(), 0);
    ///     while socket.read_line_ref(&mut line).await? {
    ///         longest = longest.max(line.len());
    ///     }
    ///     Ok(longest)
    /// }
    ///
    /// # #[cfg(unix)] {
    /// let (socket, peer) = std::os::unix::net::UnixStream::pair()?;
    /// std::io::Write::write_all(&mut &peer, b"one\r\nthree\r\ntwo")?;
    /// drop(peer);
    /// let socket = AsyncSocket::from_fd(socket)?;
    /// assert_eq!(wait_for(Future::from_std(async move { longest(&socket).await }))?, 5);
    /// # }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line`](Self::recv_line).
    pub fn read_line_ref<'a, B: LineBuffer>(&'a self, line: &'a mut B) -> ReadLineRef<'a, B> {
        let limit = self.settings().line_limit.get();
        ReadLineRef { socket: self, line, limit, turn: Turn::new(Direction::Read) }
    }
}

/// The future of [`AsyncSocket::recv_line_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct RecvLineRef<'a, B> {
    socket: &'a AsyncSocket,
    line: &'a mut B,
    limit: usize,
    turn: Turn,
}

impl<B: LineBuffer> Future for RecvLineRef<'_, B> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, line, limit, turn } = self.get_mut();
        socket.poll_read(turn, Operation::ReceiveLine, cx, |reader| {
            socket.check_stream(Operation::ReceiveLine)?;
            let found = reader.wait_for_line(*limit)?;
            Ok(reader.buffer.take_original(found, |bytes| line.set(bytes))?)
        })
    }
}

/// The future of [`AsyncSocket::read_line_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct ReadLineRef<'a, B> {
    socket: &'a AsyncSocket,
    line: &'a mut B,
    limit: usize,
    turn: Turn,
}

impl<B: LineBuffer> Future for ReadLineRef<'_, B> {
    type Output = Result<bool, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, line, limit, turn } = self.get_mut();
        socket.poll_read(turn, Operation::ReceiveLine, cx, |reader| {
            socket.check_stream(Operation::ReceiveLine)?;
            let found = reader.wait_for_line(*limit)?;
            let set = plain(reader.buffer, found, |bytes| line.set(bytes));
            Ok(set.transpose()?.is_some())
        })
    }
}
