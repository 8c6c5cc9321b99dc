//! Options and addresses of a socket: what needs no waiting.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use socket2::SockAddr;

use super::{AsyncSocket, Endpoint, IntoEndpoint, Operation, SockOpt, SocketError};
use crate::Error;

/// The number of connections that may wait to be accepted. Operating systems have limits of their
/// own and take the smaller number.
const BACKLOG: i32 = 4096;

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
    pub fn listener(endpoint: impl IntoEndpoint) -> Result<Self, Error> {
        let address = local_address(endpoint)?;
        let socket = if address.is_ipv6() { Self::tcp6()? } else { Self::tcp()? };
        // Elsewhere it would let two servers have one address.
        if cfg!(unix) {
            socket.set_sock_opt(SockOpt::ReuseAddr, true)?;
        }
        socket.bind_addr(address)?;
        socket.listen()?;
        Ok(socket)
    }

    /// Binds the socket to an address of this machine. Port 0 means any that is free.
    ///
    /// A name is looked up at once, which may take its time: bind to addresses.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: the port is in use, for example, or needs privileges.
    /// [`SocketError::Address`], [`SocketError::Resolve`]: there is no such address.
    #[doc(alias = "bindAddr")]
    pub fn bind_addr(&self, endpoint: impl IntoEndpoint) -> Result<(), Error> {
        let address = local_address(endpoint)?;
        self.with(Operation::Bind(address), |socket| socket.bind(&address.into()))
    }

    /// Makes the socket accept connections, as many waiting as the operating system allows.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: the socket is connected, for example.
    pub fn listen(&self) -> Result<(), Error> {
        self.listen_with(BACKLOG)
    }

    /// Makes the socket accept connections, with room for `backlog` that wait to be accepted.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen).
    pub fn listen_with(&self, backlog: i32) -> Result<(), Error> {
        self.with(Operation::Listen, |socket| socket.listen(backlog))
    }

    /// Turns an option on or off.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: this socket, or this operating system, does not have the option.
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

    /// The address the socket is bound to.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: it is no internet socket.
    #[doc(alias = "getLocalAddr")]
    pub fn local_addr(&self) -> Result<SocketAddr, Error> {
        self.with(Operation::LocalAddr, |socket| internet(socket.local_addr()?))
    }

    /// The address the socket is connected to.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: it is not connected, or no internet socket.
    #[doc(alias = "getPeerAddr")]
    pub fn peer_addr(&self) -> Result<SocketAddr, Error> {
        self.with(Operation::PeerAddr, |socket| internet(socket.peer_addr()?))
    }
}

/// An address to bind to.
fn local_address(endpoint: impl IntoEndpoint) -> Result<SocketAddr, SocketError> {
    match endpoint.into_endpoint()? {
        Endpoint::Address(address) => Ok(address),
        Endpoint::Name { host, port } => match (host.as_str(), port).to_socket_addrs() {
            Ok(mut found) => found.next().ok_or(SocketError::NoAddress { host }),
            Err(source) => Err(SocketError::Resolve { host, source }),
        },
    }
}

pub(super) fn internet(address: SockAddr) -> io::Result<SocketAddr> {
    let other = || io::Error::new(io::ErrorKind::Unsupported, "it is not an internet address");
    address.as_socket().ok_or_else(other)
}
