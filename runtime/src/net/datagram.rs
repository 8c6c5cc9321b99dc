//! Datagrams: messages that arrive whole, or not at all.

use std::io;
use std::net::SocketAddr;

use socket2::SockAddr;

use super::address::{internet, not_internet};
use super::wire::Wire;
use super::{AsyncSocket, Endpoint, IntoEndpoint, Operation, Payload, SocketError, Stop, os};
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Buffer, Stream, first, resolve};
use crate::{Error, Future};

/// The most bytes that are taken of one datagram.
const LARGEST: usize = 1024 * 1024;

/// A datagram, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Datagram<A = SocketAddr> {
    /// Its bytes, which may be none; no more than were asked for.
    pub data: Vec<u8>,
    /// The address of its sender.
    pub from: A,
    /// Whether it had more bytes, which are lost.
    pub truncated: bool,
}

/// # Datagrams
///
/// A socket for UDP, or a unix socket for datagrams, has no stream: each receive gives one datagram,
/// whole, in the order in which the operating system has them. A datagram may be empty. Of one that
/// is longer than was asked for the rest is lost; [`recv_from`](Self::recv_from) tells. A datagram is
/// sent as one or not at all. There is no buffer, and reading a line is an error.
///
/// A socket that is [connected](Self::connect) receives from that address alone, and may use
/// [`send`](Self::send) and [`recv`](Self::recv). That nobody is there is an error of some later
/// operation ([`ConnectionRefused`](std::io::ErrorKind::ConnectionRefused)), if the peer's machine
/// says so at all.
impl AsyncSocket {
    /// Makes a socket for UDP that is bound to `endpoint`.
    ///
    /// ```
    /// use async_proc::{net::AsyncSocket, prelude::*};
    ///
    /// let (one, other) = (AsyncSocket::udp_bound("127.0.0.1:0")?, AsyncSocket::udp_bound("127.0.0.1:0")?);
    /// wait_for(one.send_to(other.local_addr()?, "hello"))?;
    /// let datagram = wait_for(other.recv_from(1500))?;
    /// assert_eq!(datagram.data, b"hello");
    /// assert_eq!(datagram.from, one.local_addr()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind_addr`](Self::bind_addr).
    pub fn udp_bound(endpoint: impl super::IntoLocalEndpoint) -> Result<Self, Error> {
        let address = endpoint.into_local_endpoint()?.address(None)?;
        let socket = if address.is_ipv6() { Self::udp6()? } else { Self::udp()? };
        socket.bind_addr(address)?;
        Ok(socket)
    }

    /// Sends a datagram to `endpoint`. A name is looked up on a thread of its own, so that later sends
    /// may overtake this one, and its addresses are tried until one works.
    ///
    /// Finished when the operating system has taken it over, which says nothing of whether it arrives.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let (here, there) = (AsyncSocket::udp()?, AsyncSocket::udp_bound("127.0.0.1:0")?);
    /// wait_for(here.send_to(there.local_addr()?, "a message"))?;
    /// assert_eq!(wait_for(there.recv_from(100))?.data, b"a message");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: it is too long, for example, or a broadcast without
    /// [`SockOpt::Broadcast`](super::SockOpt::Broadcast). [`SocketError::NotDatagrams`]: the socket
    /// carries a stream. [`SocketError::Address`], [`SocketError::Resolve`],
    /// [`SocketError::NoAddress`]: there is no such address.
    #[doc(alias = "sendTo")]
    #[track_caller]
    pub fn send_to(&self, endpoint: impl IntoEndpoint, data: impl Payload) -> Future<()> {
        match endpoint.into_endpoint() {
            Ok(Endpoint::Address(address)) => self.send_to_address(address, data),
            Ok(Endpoint::Name { host, port }) => {
                let (socket, kept) = (self.clone(), data.keep());
                Future::from_std(async move { socket.send_to_name(host, port, kept).await })
            }
            Err(error) => Future::failed_with(error),
        }
    }

    #[track_caller]
    fn send_to_address(&self, address: SocketAddr, data: impl Payload) -> Future<()> {
        let to = address.into();
        self.send_message(Operation::SendTo(address), data, move |wire, bytes| {
            Ok(os::send_to(wire, bytes, &to)?)
        })
    }

    async fn send_to_name(
        &self,
        host: String,
        port: u16,
        data: impl Payload + 'static,
    ) -> Result<(), Error> {
        let found = resolve(host.clone(), port).await?;
        let usable = found.into_iter().filter(|&address| self.can_reach(address));
        first(host, usable, |address| self.send_to_address(address, data.as_bytes())).await
    }

    /// Receives a datagram of up to `size` bytes, 1 MiB at most, and tells where it came from and
    /// whether it was longer.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let (here, there) = (AsyncSocket::udp()?, AsyncSocket::udp_bound("127.0.0.1:0")?);
    /// wait_for(here.send_to(there.local_addr()?, "a message"))?;
    /// let datagram = wait_for(there.recv_from(5))?;
    /// assert_eq!((&datagram.data[..], datagram.truncated), (&b"a mes"[..], true));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: a datagram that was sent before has been refused, for example.
    /// [`SocketError::NotDatagrams`]: the socket carries a stream.
    #[doc(alias = "recvFrom")]
    #[track_caller]
    pub fn recv_from(&self, size: usize) -> Future<Datagram> {
        if !self.is_internet() {
            return Future::failed_with(SocketError::os(Operation::ReceiveFrom, not_internet()));
        }
        self.datagram(size, internet)
    }

    /// Sends one datagram by as many attempts as it takes.
    #[track_caller]
    pub(super) fn send_message(
        &self,
        operation: Operation,
        data: impl Payload,
        mut send: impl FnMut(&Wire, &[u8]) -> Result<usize, Stop> + 'static,
    ) -> Future<()> {
        if let Err(error) = self.check_datagrams(operation) {
            return Future::failed_with(error);
        }
        // Most sends end here, and keep nothing.
        if self.is_idle(Direction::Write)
            && let Some(outcome) =
                self.attempt(Direction::Write, |wire| send(wire, data.as_bytes()))
        {
            match outcome {
                Ok(_) => return Future::ready(()),
                Err(Stop::Os(source)) => {
                    return Future::failed_with(SocketError::os(operation, source));
                }
                Err(Stop::Failed(error)) => return Future::failed_with(error),
                Err(_) => {}
            }
        }
        let kept = data.keep();
        self.submit(Direction::Write, operation, move |wire| send(wire, kept.as_bytes()).map(drop))
    }

    /// Receives one datagram, and where it came from.
    #[track_caller]
    pub(super) fn datagram<A: 'static>(
        &self,
        size: usize,
        address: fn(SockAddr) -> io::Result<A>,
    ) -> Future<Datagram<A>> {
        if let Err(error) = self.check_datagrams(Operation::ReceiveFrom) {
            return Future::failed_with(error);
        }
        let size = size.min(LARGEST);
        let socket = self.clone();
        self.submit(Direction::Read, Operation::ReceiveFrom, move |wire| {
            // For its memory: nothing stays in it.
            let mut buffer = socket.shared.buffer();
            let mut arrived = None;
            let count = buffer.fill(size, |room| {
                let (count, truncated, from) = os::receive_message(wire, &mut room[..size])?;
                arrived = Some((truncated, from));
                Ok(count)
            })?;
            let data = buffer.take(count);
            let (truncated, from) = arrived.ok_or(Stop::Wait)?;
            Ok(Datagram { data, from: address(from)?, truncated })
        })
    }
}

/// Receives one datagram, whose sender does not matter, by way of the buffer, which is empty. None is
/// received where nothing is asked for.
pub(super) fn receive(wire: &Wire, buffer: &mut Buffer, size: usize) -> Result<Vec<u8>, Stop> {
    let size = size.min(LARGEST);
    let count = buffer.fill(size, |room| receive_into(wire, &mut room[..size]))?;
    Ok(buffer.take(count))
}

/// [`receive`] where it belongs.
pub(super) fn receive_into(wire: &Wire, room: &mut [u8]) -> io::Result<usize> {
    if room.is_empty() { Ok(0) } else { wire.receive(room) }
}
