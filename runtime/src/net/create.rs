//! How sockets are made, and what is chosen for them.

use socket2::{Domain, Protocol, Socket, Type};

use super::kind::Kind;
use super::socket::Settings;
use super::{AsyncSocket, Operation, SocketError};
use crate::Error;

impl AsyncSocket {
    /// Makes a socket for TCP over IPv4.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: the operating system has no more sockets to give, for example.
    pub fn tcp() -> Result<Self, Error> {
        Self::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
    }

    /// Makes a socket for TCP over IPv6. Whether it also takes IPv4 is for
    /// [`SockOpt::OnlyV6`](super::SockOpt::OnlyV6) to say, or else for the operating system.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn tcp6() -> Result<Self, Error> {
        Self::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))
    }

    /// Makes a socket for UDP over IPv4.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn udp() -> Result<Self, Error> {
        Self::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))
    }

    /// Makes a socket for UDP over IPv6.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn udp6() -> Result<Self, Error> {
        Self::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))
    }

    /// Makes a socket of any kind. The original's numbers can be given too:
    ///
    /// ```
    /// use async_proc::net::{AsyncSocket, Domain, Protocol, Type};
    ///
    /// let socket = AsyncSocket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    /// # #[cfg(target_os = "linux")] {
    /// let same = AsyncSocket::new(Domain::from(2), Type::from(1), Some(Protocol::from(6)))?;
    /// # }
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: there is no such combination, or as [`tcp`](Self::tcp).
    #[doc(alias = "newAsyncSocket")]
    pub fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> Result<Self, Error> {
        let socket = Socket::new(domain, kind, protocol)
            .map_err(|source| SocketError::os(Operation::Create, source))?;
        Self::adopt(socket, Kind::new(domain, kind), Settings::default())
    }

    /// Takes over a socket of any origin: of the standard library (`TcpStream`, `TcpListener`,
    /// `UdpSocket`, `UnixStream`, `UnixListener`, `UnixDatagram`), an `OwnedFd` that is one, or a
    /// [`socket2::Socket`]. It is made non-blocking.
    ///
    /// ```
    /// use async_proc::net::AsyncSocket;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let socket = AsyncSocket::from_fd(listener)?;
    /// assert!(socket.local_addr()?.port() > 0);
    /// let socket = AsyncSocket::from_fd(std::net::UdpSocket::bind("127.0.0.1:0")?)?;
    /// assert!(socket.local_addr()?.port() > 0);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: the descriptor is no socket, for example.
    pub fn from_fd(socket: impl Into<Socket>) -> Result<Self, Error> {
        let socket = socket.into();
        let kind =
            Kind::of(&socket).map_err(|source| SocketError::os(Operation::Create, source))?;
        Self::adopt(socket, kind, Settings::default())
    }

    /// Makes this socket one without a buffer. What is in the buffer is given out first.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// let server = server.unbuffered();
    /// wait_for(client.send("some"))?;
    /// // With a buffer this would wait for all hundred.
    /// assert_eq!(wait_for(server.recv(100))?, b"some");
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn unbuffered(self) -> Self {
        self.buffered(false)
    }

    /// Makes this socket one with or without a buffer: the original's parameter. It has one if
    /// nothing is said. What is in it is given out first.
    #[must_use]
    pub fn buffered(self, buffered: bool) -> Self {
        self.settings().buffered.set(buffered);
        self
    }

    /// Makes operations fail whose connection is lost, instead of taking that for the end of the
    /// stream or for success. It is the opposite of the original's flag `SafeDisconn`.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// use std::time::Duration;
    ///
    /// let server = server.strict();
    /// client.set_linger(Some(Duration::ZERO))?;
    /// client.close();
    /// // Otherwise this would be the end of the stream.
    /// assert!(wait_for(server.recv(1)).is_err());
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "SafeDisconn")]
    #[must_use]
    pub fn strict(self) -> Self {
        self.settings().safe_disconn.set(false);
        self
    }

    /// Sets the longest line that a read made from now on accepts, in bytes without its end.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// server.set_line_limit(5);
    /// wait_for(client.send("too long\nshort\n"))?;
    /// assert!(wait_for(server.recv_line()).is_err());
    /// assert_eq!(wait_for(server.recv_line())?, "short");
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "maxLength")]
    pub fn set_line_limit(&self, bytes: usize) {
        self.settings().line_limit.set(bytes);
    }

    /// Whether processes that this one becomes or starts inherit the socket. They do not, unless this
    /// is called.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`], which does not happen on an open socket.
    #[cfg(unix)]
    #[doc(alias = "setInheritable")]
    pub fn set_inheritable(&self, inheritable: bool) -> Result<(), Error> {
        self.with(Operation::Create, |socket| socket.set_cloexec(!inheritable))
    }
}
