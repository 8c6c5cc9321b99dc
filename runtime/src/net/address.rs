//! Options and addresses of a socket: what needs no waiting.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, SockAddr};

use super::{AsyncSocket, IntoLocalEndpoint, Operation, SockOpt};
use crate::Error;

/// The number of connections that may wait to be accepted. Operating systems have limits of their
/// own and take the smaller number.
pub(super) const BACKLOG: i32 = 4096;

impl AsyncSocket {
    /// Makes a TCP socket that listens on `endpoint`: bound with [`SockOpt::ReuseAddr`], so that a
    /// server can be started again at once.
    ///
    /// ```
    /// use async_proc::net::AsyncSocket;
    ///
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// println!("listening on {}", listener.local_addr()?);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind_addr`](Self::bind_addr).
    pub fn listener(endpoint: impl IntoLocalEndpoint) -> Result<Self, Error> {
        let address = endpoint.into_local_endpoint()?.address(None)?;
        let socket = if address.is_ipv6() { Self::tcp6()? } else { Self::tcp()? };
        // Elsewhere it would let two servers have one address.
        if cfg!(unix) {
            socket.set_sock_opt(SockOpt::ReuseAddr, true)?;
        }
        socket.bind_addr(address)?;
        socket.listen()?;
        Ok(socket)
    }

    /// Makes a TCP socket that listens on a port of every address of this machine, for IPv6 and IPv4
    /// alike. Port 0 means any that is free.
    ///
    /// ```
    /// use async_proc::net::{AsyncSocket, SockOpt};
    ///
    /// # if AsyncSocket::tcp6().is_err() { return Ok(()) } // a machine without IPv6
    /// let listener = AsyncSocket::dual_stack_listener(0)?;
    /// assert!(!listener.get_sock_opt(SockOpt::OnlyV6)?);
    /// assert!(listener.local_addr()?.ip().is_unspecified());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind_addr`](Self::bind_addr); and if this machine has no IPv6.
    pub fn dual_stack_listener(port: u16) -> Result<Self, Error> {
        let socket = Self::tcp6()?;
        socket.set_sock_opt(SockOpt::OnlyV6, false)?;
        if cfg!(unix) {
            socket.set_sock_opt(SockOpt::ReuseAddr, true)?;
        }
        socket.bind_addr(port)?;
        socket.listen()?;
        Ok(socket)
    }

    /// Binds the socket to an address of this machine, or to all of them if there is no host in
    /// `endpoint`. Port 0 means any that is free.
    ///
    /// "All of them" are those of this socket's version of the internet protocol; an IPv6 socket has
    /// IPv4 ones among them unless [`SockOpt::OnlyV6`] is on, which is for the operating system to
    /// decide if nobody says.
    ///
    /// A name is looked up at once, which may take its time: bind to addresses.
    ///
    /// ```
    /// use async_proc::net::AsyncSocket;
    ///
    /// let server = AsyncSocket::tcp()?;
    /// server.bind_addr("")?; // every address, any free port
    /// server.listen()?;
    /// assert!(server.local_addr()?.ip().is_unspecified());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the port is in use, for example, or needs privileges.
    /// [`SocketError::Address`](super::SocketError::Address),
    /// [`SocketError::Resolve`](super::SocketError::Resolve),
    /// [`SocketError::NoAddress`](super::SocketError::NoAddress): there is no such address.
    #[doc(alias = "bindAddr")]
    pub fn bind_addr(&self, endpoint: impl IntoLocalEndpoint) -> Result<(), Error> {
        let address = endpoint.into_local_endpoint()?.address(self.kind().domain)?;
        self.with(Operation::Bind(address), |socket| socket.bind(&address.into()))
    }

    /// Makes the socket accept connections, as many waiting as the operating system allows.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// socket.bind_addr("127.0.0.1:0")?;
    /// socket.listen()?;
    /// assert!(wait_for(AsyncSocket::dial(socket.local_addr()?)).is_ok());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is connected, for example.
    pub fn listen(&self) -> Result<(), Error> {
        self.listen_with(BACKLOG)
    }

    /// Makes the socket accept connections, with room for `backlog` that wait to be accepted. What
    /// comes when there is no room is for the operating system to say: most let the client try again
    /// for a while.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen).
    pub fn listen_with(&self, backlog: i32) -> Result<(), Error> {
        self.with(Operation::Listen, |socket| socket.listen(backlog))
    }

    /// Turns an option on or off.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// use async_proc::net::SockOpt;
    ///
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_sock_opt(SockOpt::KeepAlive, true)?;
    /// assert!(socket.get_sock_opt(SockOpt::KeepAlive)?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): this socket, or this operating system, does not have the option.
    #[doc(alias = "setSockOpt")]
    pub fn set_sock_opt(&self, option: SockOpt, on: bool) -> Result<(), Error> {
        self.with(Operation::Option(option), |socket| option.set(socket, on))
    }

    /// Whether an option is on.
    ///
    /// # Errors
    ///
    /// As [`set_sock_opt`](Self::set_sock_opt).
    #[doc(alias = "getSockOpt")]
    pub fn get_sock_opt(&self, option: SockOpt) -> Result<bool, Error> {
        self.with(Operation::Option(option), |socket| option.get(socket))
    }

    /// The address the socket is bound to. For unix sockets there is
    /// [`local_unix_addr`](Self::local_unix_addr).
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// assert_eq!(client.local_addr()?, server.peer_addr()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): it is no internet socket.
    #[doc(alias = "getLocalAddr")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        self.with(Operation::LocalAddr, |socket| internet(socket.local_addr()?))
    }

    /// The address the socket is connected to. For unix sockets there is
    /// [`peer_unix_addr`](Self::peer_unix_addr).
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// assert_eq!(client.peer_addr()?, listener.local_addr()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): it is not connected, or no internet socket.
    #[doc(alias = "getPeerAddr")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        self.with(Operation::PeerAddr, |socket| internet(socket.peer_addr()?))
    }

    /// Whether its addresses are those of the internet.
    pub(super) fn is_internet(&self) -> bool {
        self.kind().domain.is_none_or(|domain| [Domain::IPV4, Domain::IPV6].contains(&domain))
    }

    /// Whether an address is of this socket's version of the internet protocol.
    pub(super) fn can_reach(&self, address: SocketAddr) -> bool {
        self.kind().domain.is_none_or(|domain| domain == Domain::for_address(address))
    }
}

pub(super) fn internet(address: SockAddr) -> io::Result<SocketAddr> {
    address.as_socket().ok_or_else(not_internet)
}

pub(super) fn not_internet() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "it is not an internet address")
}
