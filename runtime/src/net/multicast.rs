//! Datagrams to groups of hosts.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use socket2::InterfaceIndexOrAddress;

use super::AsyncSocket;
use crate::Error;

/// Through which of the machine's interfaces to networks a group is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interface {
    /// The one that the operating system chooses.
    #[default]
    Any,
    /// The one with this number, as `if_nametoindex` gives it; from 1.
    Index(u32),
    /// The one with this address. For IPv4 alone.
    Address(Ipv4Addr),
}

/// # Multicast
///
/// A datagram to the address of a group (`224.0.0.0/4`, `ff00::/8`) reaches every socket that has
/// joined it and is bound to the port. Several sockets of a machine are bound to one port with
/// [`SockOpt::ReuseAddr`](super::SockOpt::ReuseAddr). To send to all hosts of an IPv4 network instead
/// needs [`SockOpt::Broadcast`](super::SockOpt::Broadcast) and the network's broadcast address.
///
/// ```
/// use async_proc::{net::{AsyncSocket, Interface}, prelude::*};
/// use std::net::Ipv4Addr;
///
/// let group = Ipv4Addr::new(239, 255, 77, 77);
/// let listener = AsyncSocket::udp_bound(0)?;
/// listener.join_multicast(group, Interface::Address(Ipv4Addr::LOCALHOST))?;
///
/// let sender = AsyncSocket::udp()?;
/// sender.set_multicast_interface(Interface::Address(Ipv4Addr::LOCALHOST))?;
/// wait_for(sender.send_to((group, listener.local_addr()?.port()), "to the group"))?;
/// assert_eq!(wait_for(listener.recv_from(100))?.data, b"to the group");
/// # Ok::<(), Error>(())
/// ```
impl AsyncSocket {
    /// Joins a group, which must be of this socket's version of the internet protocol.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): it is no such group, or there is no such
    /// interface, or it was joined already.
    #[doc(alias("IP_ADD_MEMBERSHIP", "IPV6_JOIN_GROUP"))]
    pub fn join_multicast(
        &self,
        group: impl Into<IpAddr>,
        interface: Interface,
    ) -> Result<(), Error> {
        match group.into() {
            IpAddr::V4(group) => self.tune("IP_ADD_MEMBERSHIP", |socket| {
                socket.join_multicast_v4_n(&group, &interface.v4())
            }),
            IpAddr::V6(group) => self.tune("IPV6_JOIN_GROUP", |socket| {
                socket.join_multicast_v6(&group, interface.v6()?)
            }),
        }
    }

    /// Leaves a group that was joined through the same interface.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): it was not joined.
    #[doc(alias("IP_DROP_MEMBERSHIP", "IPV6_LEAVE_GROUP"))]
    pub fn leave_multicast(
        &self,
        group: impl Into<IpAddr>,
        interface: Interface,
    ) -> Result<(), Error> {
        match group.into() {
            IpAddr::V4(group) => self.tune("IP_DROP_MEMBERSHIP", |socket| {
                socket.leave_multicast_v4_n(&group, &interface.v4())
            }),
            IpAddr::V6(group) => self.tune("IPV6_LEAVE_GROUP", |socket| {
                socket.leave_multicast_v6(&group, interface.v6()?)
            }),
        }
    }

    /// Sets through which interface datagrams to groups are sent.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): there is no such interface; an IPv4 socket is
    /// given an index, which it cannot take everywhere.
    #[doc(alias("IP_MULTICAST_IF", "IPV6_MULTICAST_IF"))]
    pub fn set_multicast_interface(&self, interface: Interface) -> Result<(), Error> {
        if self.is_v6() {
            return self
                .tune("IPV6_MULTICAST_IF", |socket| socket.set_multicast_if_v6(interface.v6()?));
        }
        self.tune("IP_MULTICAST_IF", |socket| {
            socket.set_multicast_if_v4(&match interface {
                Interface::Any => Ipv4Addr::UNSPECIFIED,
                Interface::Address(address) => address,
                // An address of the form 0.x.x.x is taken for an index.
                Interface::Index(index) if index < 1 << 24 => Ipv4Addr::from(index),
                Interface::Index(_) => return Err(io::ErrorKind::InvalidInput.into()),
            })
        })
    }

    /// Sets whether this machine's own members of a group receive what this socket sends to it. They
    /// do if nothing is said.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::udp()?;
    /// socket.set_multicast_loop(false)?;
    /// assert!(!socket.multicast_loop()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not of the internet.
    #[doc(alias("IP_MULTICAST_LOOP", "IPV6_MULTICAST_LOOP"))]
    pub fn set_multicast_loop(&self, on: bool) -> Result<(), Error> {
        match self.is_v6() {
            true => self.tune("IPV6_MULTICAST_LOOP", |socket| socket.set_multicast_loop_v6(on)),
            false => self.tune("IP_MULTICAST_LOOP", |socket| socket.set_multicast_loop_v4(on)),
        }
    }

    /// Whether this machine's own members of a group receive what this socket sends to it.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// assert!(AsyncSocket::udp()?.multicast_loop()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_multicast_loop`](Self::set_multicast_loop).
    pub fn multicast_loop(&self) -> Result<bool, Error> {
        match self.is_v6() {
            true => self.tune("IPV6_MULTICAST_LOOP", |socket| socket.multicast_loop_v6()),
            false => self.tune("IP_MULTICAST_LOOP", |socket| socket.multicast_loop_v4()),
        }
    }

    /// Sets how many routers a datagram to a group may pass, from 0 to 255. It is 1 if nothing is
    /// said: the networks this machine is part of.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::udp()?;
    /// socket.set_multicast_ttl(4)?;
    /// assert_eq!(socket.multicast_ttl()?, 4);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_multicast_loop`](Self::set_multicast_loop).
    #[doc(alias("IP_MULTICAST_TTL", "IPV6_MULTICAST_HOPS"))]
    pub fn set_multicast_ttl(&self, hops: u32) -> Result<(), Error> {
        match self.is_v6() {
            true => self.tune("IPV6_MULTICAST_HOPS", |socket| socket.set_multicast_hops_v6(hops)),
            false => self.tune("IP_MULTICAST_TTL", |socket| socket.set_multicast_ttl_v4(hops)),
        }
    }

    /// How many routers a datagram to a group may pass.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// assert_eq!(AsyncSocket::udp()?.multicast_ttl()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_multicast_loop`](Self::set_multicast_loop).
    pub fn multicast_ttl(&self) -> Result<u32, Error> {
        match self.is_v6() {
            true => self.tune("IPV6_MULTICAST_HOPS", |socket| socket.multicast_hops_v6()),
            false => self.tune("IP_MULTICAST_TTL", |socket| socket.multicast_ttl_v4()),
        }
    }
}

impl Interface {
    fn v4(self) -> InterfaceIndexOrAddress {
        match self {
            Interface::Any => InterfaceIndexOrAddress::Address(Ipv4Addr::UNSPECIFIED),
            Interface::Index(index) => InterfaceIndexOrAddress::Index(index),
            Interface::Address(address) => InterfaceIndexOrAddress::Address(address),
        }
    }

    fn v6(self) -> io::Result<u32> {
        match self {
            Interface::Any => Ok(0),
            Interface::Index(index) => Ok(index),
            Interface::Address(_) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "an interface is given by its index for IPv6",
            )),
        }
    }
}
