//! Sockets as hyper has byte streams.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use ::hyper::rt::{Read, ReadBufCursor, Write};

use super::AsyncSocket;

/// Reads give what is there, buffered or not, as soon as there is anything. They take their turn
/// behind the operations that are pending, and allocate nothing.
///
/// A lost connection is the end of the stream, as it is for [`recv`](AsyncSocket::recv), unless the
/// socket is [`strict`](AsyncSocket::strict).
impl Read for AsyncSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut room: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if room.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let received = self.poll_receive(cx, |buffer, wire| {
            if buffer.len() > 0 {
                let count = buffer.len().min(room.remaining());
                room.put_slice(&buffer.bytes()[..count]);
                buffer.consume(count);
                return Ok(count);
            }
            // SAFETY: it is handed on as memory that need not be initialised, and nothing takes
            // bytes out of it that are.
            let count = wire.receive_uninit(unsafe { room.as_mut() })?;
            // SAFETY: so many have been received into the beginning of it.
            unsafe { room.advance(count) };
            Ok(count)
        });
        self.or_lost(received, 0).map_ok(drop)
    }
}

/// A write is on its way only after a flush, with TLS, and at once without.
impl Write for AsyncSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush_sent(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send_vectored(cx, pieces)
    }
}
