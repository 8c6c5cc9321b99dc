//! Connecting, to an address or to a name.

use std::net::SocketAddr;

use super::{AsyncSocket, Endpoint, IntoEndpoint, Operation};
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Connecting, first, resolve};
use crate::{Error, Future};

impl AsyncSocket {
    /// Connects to `endpoint`.
    ///
    /// A name is looked up on a thread of its own. Its addresses are then tried one after the
    /// other, those of this socket's version of the internet protocol; the error of the last one
    /// counts.
    ///
    /// On a socket that is wrapped in TLS the handshake is a part of it: see
    #[cfg_attr(feature = "tls", doc = "[`wrap_socket`](super::tls::TlsContext::wrap_socket).")]
    #[cfg_attr(not(feature = "tls"), doc = "the feature `tls`.")]
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// let socket = AsyncSocket::tcp()?;
    /// wait_for(socket.connect(listener.local_addr()?))?;
    /// assert_eq!(socket.peer_addr()?, listener.local_addr()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Os`](super::SocketError::Os): nobody listens there, for example. [`Address`](super::SocketError::Address),
    /// [`Resolve`](super::SocketError::Resolve), [`NoAddress`](super::SocketError::NoAddress): there is nothing to connect to.
    #[track_caller]
    pub fn connect(&self, endpoint: impl IntoEndpoint) -> Future<()> {
        #[cfg(feature = "tls")]
        if self.is_ssl() {
            return match endpoint.into_endpoint() {
                Ok(endpoint) => Future::from_std(self.clone().connect_wrapped(endpoint)),
                Err(error) => Future::failed_with(error),
            };
        }
        self.connect_plain(endpoint)
    }

    #[track_caller]
    pub(super) fn connect_plain(&self, endpoint: impl IntoEndpoint) -> Future<()> {
        match endpoint.into_endpoint() {
            Ok(Endpoint::Address(address)) => self.connect_to(address),
            Ok(Endpoint::Name { host, port }) => {
                let socket = self.clone();
                Future::from_std(async move { socket.connect_to_name(host, port).await })
            }
            Err(error) => Future::failed_with(error),
        }
    }

    /// Makes a TCP socket and connects it to `endpoint`.
    ///
    /// Other than by [`connect`](Self::connect), all addresses of a name are tried, each with a
    /// socket of its own.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// let port = listener.local_addr()?.port();
    /// let socket = wait_for(AsyncSocket::dial(("localhost", port)))?;
    /// assert_eq!(socket.peer_addr()?.port(), port);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    #[track_caller]
    pub fn dial(endpoint: impl IntoEndpoint) -> Future<AsyncSocket> {
        match endpoint.into_endpoint() {
            Ok(endpoint) => Future::from_std(dial(endpoint)),
            Err(error) => Future::failed_with(error),
        }
    }

    #[track_caller]
    fn connect_to(&self, address: SocketAddr) -> Future<()> {
        let mut connecting = Connecting::to(address);
        self.submit(Direction::Write, Operation::Connect(address), move |socket| {
            connecting.attempt(socket)
        })
    }

    async fn connect_to_name(&self, host: String, port: u16) -> Result<(), Error> {
        let found = resolve(host.clone(), port).await?;
        let usable = found.into_iter().filter(|&address| self.can_reach(address));
        first(host, usable, |address| self.connect_to(address)).await
    }
}

async fn dial(endpoint: Endpoint) -> Result<AsyncSocket, Error> {
    let (host, addresses) = match endpoint {
        Endpoint::Address(address) => (address.to_string(), vec![address]),
        Endpoint::Name { host, port } => {
            let found = resolve(host.clone(), port).await?;
            (host, found)
        }
    };
    let dialed = first(host, addresses, async |address| {
        let socket = if address.is_ipv6() { AsyncSocket::tcp6() } else { AsyncSocket::tcp() }?;
        socket.connect_to(address).await?;
        Ok(socket)
    });
    dialed.await
}
