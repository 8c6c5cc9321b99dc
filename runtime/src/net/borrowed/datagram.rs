//! Datagrams from and into slices.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockAddr;

use super::super::address::internet;
use super::super::{AsyncSocket, Operation, os};
use crate::Error;
use crate::dispatch::reactor::Direction;
use crate::dispatch::turn::Turn;

/// What is told of a datagram that was received into a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// How many bytes of it are in the slice.
    pub length: usize,
    /// The address of its sender.
    pub from: SocketAddr,
    /// Whether it had more bytes, which are lost.
    pub truncated: bool,
}

impl AsyncSocket {
    /// Receives a datagram into a slice: [`recv_from`](Self::recv_from) for memory that is borrowed.
    /// It is lazy and allocates nothing. Dropped half-way, it has lost nothing.
    ///
    /// ```
    /// use async_proc::{net::AsyncSocket, prelude::*};
    ///
    /// /// Sends datagrams back, until one is empty.
    /// #[async_proc]
    /// async fn echo(socket: &AsyncSocket) -> Result<(), Error> {
    ///     let mut room = [0; 1500];
    ///     loop {
    ///         let datagram = socket.recv_from_ref(&mut room).await?;
    ///         if datagram.length == 0 {
    ///             return Ok(());
    ///         }
    ///         socket.send_to_ref(datagram.from, &room[..datagram.length]).await?;
    ///     }
    /// }
    ///
    /// let (server, client) = (AsyncSocket::udp_bound("127.0.0.1:0")?, AsyncSocket::udp()?);
    /// wait_for(client.connect(server.local_addr()?))?;
    /// let serving = Future::from_std(async move { echo(&server).await });
    /// wait_for(client.send("there and back"))?;
    /// assert_eq!(wait_for(client.recv(1500))?, b"there and back");
    /// wait_for(client.send(""))?;
    /// wait_for(serving)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    #[doc(alias = "recvFromInto")]
    pub fn recv_from_ref<'a>(&'a self, target: &'a mut [u8]) -> RecvFromRef<'a> {
        RecvFromRef { socket: self, target, turn: Turn::new(Direction::Read) }
    }

    /// Sends a slice as a datagram: [`send_to`](Self::send_to) for memory that is borrowed. It is lazy
    /// and allocates nothing. Dropped before it has finished, it has sent nothing.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to), but that there is a name to look up.
    pub fn send_to_ref<'a>(&'a self, address: SocketAddr, bytes: &'a [u8]) -> SendToRef<'a> {
        let to = address.into();
        SendToRef { socket: self, bytes, address, to, turn: Turn::new(Direction::Write) }
    }
}

/// The future of [`AsyncSocket::recv_from_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct RecvFromRef<'a> {
    socket: &'a AsyncSocket,
    target: &'a mut [u8],
    turn: Turn,
}

impl Future for RecvFromRef<'_> {
    type Output = Result<Arrival, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, target, turn } = self.get_mut();
        socket.poll_turn(turn, Operation::ReceiveFrom, cx, |wire| {
            socket.check_datagrams(Operation::ReceiveFrom)?;
            let (length, truncated, from) = os::receive_message(wire, target)?;
            Ok(Arrival { length, from: internet(from)?, truncated })
        })
    }
}

/// The future of [`AsyncSocket::send_to_ref`].
#[must_use = "it does nothing unless it is awaited"]
pub struct SendToRef<'a> {
    socket: &'a AsyncSocket,
    bytes: &'a [u8],
    address: SocketAddr,
    to: SockAddr,
    turn: Turn,
}

impl Future for SendToRef<'_> {
    type Output = Result<(), Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { socket, bytes, address, to, turn } = self.get_mut();
        let operation = Operation::SendTo(*address);
        socket.poll_turn(turn, operation, cx, |wire| {
            socket.check_datagrams(operation)?;
            os::send_to(wire, bytes, to)?;
            Ok(())
        })
    }
}
