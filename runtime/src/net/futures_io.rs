//! Sockets as `futures_io` has byte streams.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use super::AsyncSocket;
use crate::dispatch::socket::Stream;

/// Reads give what is there, buffered or not, as soon as there is anything. They take their turn
/// behind the operations that are pending, and allocate nothing.
///
/// A lost connection is the end of the stream, as it is for [`recv`](AsyncSocket::recv), unless the
/// socket is [`strict`](AsyncSocket::strict).
///
/// ```
/// use async_proc::{Future, dispatch::wait_for, net::AsyncSocket};
/// use futures_io::{AsyncRead, AsyncWrite};
/// use std::future::poll_fn;
/// use std::pin::Pin;
///
/// # #[cfg(unix)] {
/// let (one, other) = std::os::unix::net::UnixStream::pair()?;
/// let (mut one, mut other) = (AsyncSocket::from_fd(one)?, AsyncSocket::from_fd(other)?);
/// let echo = Future::from_std(async move {
///     poll_fn(|cx| Pin::new(&mut one).poll_write(cx, b"hello")).await?;
///     let mut room = [0; 16];
///     let count = poll_fn(|cx| Pin::new(&mut other).poll_read(cx, &mut room)).await?;
///     Ok(room[..count].to_vec())
/// });
/// assert_eq!(wait_for(echo)?, b"hello");
/// # }
/// # Ok::<(), async_proc::Error>(())
/// ```
impl AsyncRead for &AsyncSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if room.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let received = self.poll_receive(cx, |buffer, wire| match buffer.len() {
            0 => wire.receive(room),
            _ => Ok(buffer.take_into(room)),
        });
        self.or_lost(received, 0)
    }
}

/// A write is on its way only after a flush, with TLS, and at once without. Closing ends the sending
/// direction, after all that was sent.
impl AsyncWrite for &AsyncSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send_vectored(cx, pieces)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush_sent(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)
    }
}

/// As for a reference to it.
impl AsyncRead for AsyncSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_read(cx, room)
    }
}

/// As for a reference to it.
impl AsyncWrite for AsyncSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send_vectored(cx, pieces)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush_sent(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)
    }
}
