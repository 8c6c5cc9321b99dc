//! Sending a slice.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::super::{AsyncSocket, Operation};
use crate::Error;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::send_rest;
use crate::dispatch::turn::Turn;

impl AsyncSocket {
    /// Sends all of a slice: [`send`](Self::send) for memory that is borrowed for as long as that
    /// takes. It is lazy, copies nothing and allocates nothing. Dropped half-way, it may have sent a
    /// part.
    ///
    /// ```
    /// use async_proc::{net::AsyncSocket, prelude::*};
    ///
    /// #[async_proc]
    /// async fn echo(socket: &AsyncSocket, room: &mut [u8]) -> Result<(), Error> {
    ///     let count = socket.recv_ref(room).await?;
    ///     socket.send_ref(&room[..count]).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[doc(alias = "write_all")]
    pub fn send_ref<'a>(&'a self, bytes: &'a [u8]) -> SendRef<'a> {
        SendRef { socket: self, bytes, sent: 0, turn: Turn::new(Direction::Write) }
    }
}

/// The future of [`AsyncSocket::send_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct SendRef<'a> {
    socket: &'a AsyncSocket,
    bytes: &'a [u8],
    sent: usize,
    turn: Turn,
}

impl Future for SendRef<'_> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, bytes, sent, turn } = self.get_mut();
        socket.poll_turn(turn, Operation::Send, cx, |wire| {
            if socket.kind().messages {
                wire.send(bytes)?;
                return Ok(());
            }
            send_rest(wire, socket.settings().safe_disconn.get(), bytes, sent)
        })
    }
}
