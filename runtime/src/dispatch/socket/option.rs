//! Socket options that are on or off.

use std::fmt;
use std::io;

use socket2::Socket;

use super::os;

/// A socket option that is on or off.
///
/// Used with [`AsyncSocket::set_sock_opt`](crate::net::AsyncSocket::set_sock_opt) and
/// [`AsyncSocket::get_sock_opt`](crate::net::AsyncSocket::get_sock_opt).
#[doc(alias = "SOBool")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SockOpt {
    /// `SO_ACCEPTCONN`: whether the socket is listening. Can only be read, and not on every
    /// operating system.
    #[doc(alias = "OptAcceptConn")]
    AcceptConn,
    /// `SO_BROADCAST`: datagrams may be sent to broadcast addresses.
    #[doc(alias = "OptBroadcast")]
    Broadcast,
    /// `SO_DEBUG`: the operating system records what the socket does, for a privileged process.
    #[doc(alias = "OptDebug")]
    Debug,
    /// `SO_DONTROUTE`: only hosts of the networks this machine is part of are reached.
    #[doc(alias = "OptDontRoute")]
    DontRoute,
    /// `SO_KEEPALIVE`: an idle connection is probed now and then.
    #[doc(alias = "OptKeepAlive")]
    KeepAlive,
    /// `TCP_NODELAY`: small pieces are sent at once instead of being collected.
    #[doc(alias = "OptNoDelay")]
    NoDelay,
    /// `SO_OOBINLINE`: urgent data is received among the other data.
    #[doc(alias = "OptOOBInline")]
    OobInline,
    /// `IPV6_V6ONLY`: an IPv6 socket takes no IPv4. To be set before it is bound.
    OnlyV6,
    /// `SO_REUSEADDR`: an address may be bound again while old connections to it die away.
    #[doc(alias = "OptReuseAddr")]
    ReuseAddr,
    /// `SO_REUSEPORT`: several sockets may be bound to one address and share its connections.
    /// Not offered by every operating system.
    #[doc(alias = "OptReusePort")]
    ReusePort,
}

impl SockOpt {
    pub(crate) fn set(self, socket: &Socket, on: bool) -> io::Result<()> {
        match self {
            Self::AcceptConn => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it can only be read: a socket listens after `listen`",
            )),
            Self::Broadcast => socket.set_broadcast(on),
            Self::Debug => os::set_flag(socket, os::DEBUG, on),
            Self::DontRoute => os::set_flag(socket, os::DONT_ROUTE, on),
            Self::KeepAlive => socket.set_keepalive(on),
            Self::NoDelay => socket.set_tcp_nodelay(on),
            Self::OobInline => socket.set_out_of_band_inline(on),
            Self::OnlyV6 => socket.set_only_v6(on),
            Self::ReuseAddr => socket.set_reuse_address(on),
            #[cfg(unix)]
            Self::ReusePort => socket.set_reuse_port(on),
            #[cfg(not(unix))]
            Self::ReusePort => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    pub(crate) fn get(self, socket: &Socket) -> io::Result<bool> {
        match self {
            Self::AcceptConn => os::is_listener(socket),
            Self::Broadcast => socket.broadcast(),
            Self::Debug => os::flag(socket, os::DEBUG),
            Self::DontRoute => os::flag(socket, os::DONT_ROUTE),
            Self::KeepAlive => socket.keepalive(),
            Self::NoDelay => socket.tcp_nodelay(),
            Self::OobInline => socket.out_of_band_inline(),
            Self::OnlyV6 => socket.only_v6(),
            Self::ReuseAddr => socket.reuse_address(),
            #[cfg(unix)]
            Self::ReusePort => socket.reuse_port(),
            #[cfg(not(unix))]
            Self::ReusePort => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl fmt::Display for SockOpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AcceptConn => "SO_ACCEPTCONN",
            Self::Broadcast => "SO_BROADCAST",
            Self::Debug => "SO_DEBUG",
            Self::DontRoute => "SO_DONTROUTE",
            Self::KeepAlive => "SO_KEEPALIVE",
            Self::NoDelay => "TCP_NODELAY",
            Self::OobInline => "SO_OOBINLINE",
            Self::OnlyV6 => "IPV6_V6ONLY",
            Self::ReuseAddr => "SO_REUSEADDR",
            Self::ReusePort => "SO_REUSEPORT",
        })
    }
}
