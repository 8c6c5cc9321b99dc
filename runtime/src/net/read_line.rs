//! Receiving lines.

use super::{AsyncSocket, Operation, Stop};
use crate::Future;
use crate::dispatch::socket::{Buffer, Line, text};

/// # Lines
///
/// A line ends with CR LF, with LF, or with a CR that no LF follows. Whether one follows is waited
/// for.
///
/// A line may have as many bytes as [`set_line_limit`](Self::set_line_limit) says, by default a
/// million. A read fails as soon as there are more. The next one goes on behind the end of that
/// line, whose rest is thrown away as it comes in.
impl AsyncSocket {
    /// Reads a line of UTF-8 text, by the rules of the original:
    ///
    /// | received | given |
    /// |---|---|
    /// | `text` and the end of a line | `"text"` |
    /// | the end of a line | `"\r\n"`, whichever end it is |
    /// | the end of the stream | `""` |
    /// | `text` and the end of the stream | `""`: the text is lost |
    ///
    /// [`read_line`](Self::read_line) needs no such signs, and loses no text.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("one\r\n\r\npart"))?;
    /// client.close();
    /// assert_eq!(wait_for(server.recv_line())?, "one");
    /// assert_eq!(wait_for(server.recv_line())?, "\r\n"); // an empty line
    /// assert_eq!(wait_for(server.recv_line())?, ""); // the end: what has no end of its own is lost
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LineTooLong`](super::SocketError::LineTooLong);
    /// [`NotUtf8`](super::SocketError::NotUtf8), which holds the line; and as
    /// [`recv`](Self::recv).
    #[doc(alias = "recvLine")]
    #[track_caller]
    pub fn recv_line(&self) -> Future<String> {
        self.line(|buffer, line| text(buffer.take_original(line, <[u8]>::to_vec)))
    }

    /// [`recv_line`](Self::recv_line) for lines that need not be text.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send(b"caf\xe9\n"))?;
    /// assert_eq!(wait_for(server.recv_line_bytes())?, b"caf\xe9");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line`](Self::recv_line), but never [`NotUtf8`](super::SocketError::NotUtf8).
    #[track_caller]
    pub fn recv_line_bytes(&self) -> Future<Vec<u8>> {
        self.line(|buffer, line| Ok(buffer.take_original(line, <[u8]>::to_vec)))
    }

    /// Reads a line of UTF-8 text, or `None` at the end of the stream. What stands there without
    /// an end of its own is a line too.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("one\r\n\r\npart"))?;
    /// client.close();
    /// assert_eq!(wait_for(server.read_line())?.as_deref(), Some("one"));
    /// assert_eq!(wait_for(server.read_line())?.as_deref(), Some(""));
    /// assert_eq!(wait_for(server.read_line())?.as_deref(), Some("part"));
    /// assert_eq!(wait_for(server.read_line())?, None);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line`](Self::recv_line).
    #[track_caller]
    pub fn read_line(&self) -> Future<Option<String>> {
        self.line(|buffer, line| plain(buffer, line, <[u8]>::to_vec).map(text).transpose())
    }

    /// [`read_line`](Self::read_line) for lines that need not be text.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send(b"caf\xe9\n"))?;
    /// assert_eq!(wait_for(server.read_line_bytes())?.as_deref(), Some(&b"caf\xe9"[..]));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line_bytes`](Self::recv_line_bytes).
    #[track_caller]
    pub fn read_line_bytes(&self) -> Future<Option<Vec<u8>>> {
        self.line(|buffer, line| Ok(plain(buffer, line, <[u8]>::to_vec)))
    }

    /// An operation that takes one line out of the buffer. There is none at the end of the stream,
    /// where the buffer holds what came after the last.
    #[track_caller]
    fn line<T: 'static>(
        &self,
        take: impl Fn(&mut Buffer, Option<Line>) -> Result<T, Stop> + 'static,
    ) -> Future<T> {
        let limit = self.settings().line_limit.get();
        if let Err(error) = self.check_stream(Operation::ReceiveLine) {
            return Future::failed_with(error);
        }
        self.read(Operation::ReceiveLine, move |reader| {
            let line = reader.wait_for_line(limit)?;
            take(reader.buffer, line)
        })
    }
}

/// What `take` makes of a line as it is, if there is one.
pub(super) fn plain<T>(
    buffer: &mut Buffer,
    line: Option<Line>,
    take: impl FnOnce(&[u8]) -> T,
) -> Option<T> {
    match line {
        Some(line) => Some(buffer.take_line(line, take)),
        None => buffer.take_last_line(take),
    }
}
