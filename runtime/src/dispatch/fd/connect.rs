//! Connecting a socket that is there.

use std::net::SocketAddr;
use std::rc::Rc;

use socket2::Domain;

use super::register::registered;
use super::registered::Registered;
use super::{AsyncFd, Endpoint, IntoEndpoint};
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{self, Connecting, Operation, os};
use crate::{Error, Future};

/// Connects a socket to `endpoint`, such as `("localhost", 80)` or an address.
///
/// A name is looked up away from this thread. Its addresses are then tried one after the other, those
/// of this socket's version of the internet protocol; the error of the last one counts.
///
/// # Errors
///
/// [`SocketError::Os`](super::SocketError::Os), which names the address: nobody listens there, for example.
/// [`Address`](super::SocketError::Address), [`Resolve`](super::SocketError::Resolve),
/// [`NoAddress`](super::SocketError::NoAddress): there is nothing to connect to. [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
///
/// ```
/// use async_proc::dispatch::fd::{Domain, Type, connect, create_async_native_socket};
///
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let socket = create_async_native_socket(Domain::IPV4, Type::STREAM, None)?;
/// async_proc::wait_for(connect(socket, ("localhost", listener.local_addr()?.port())))?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn connect(fd: AsyncFd, endpoint: impl IntoEndpoint) -> Future<()> {
    let socket = match registered("connect", fd) {
        Ok(socket) => socket,
        Err(error) => return Future::failed_with(error),
    };
    match endpoint.into_endpoint() {
        Ok(Endpoint::Address(address)) => socket.connect(address),
        Ok(Endpoint::Name { host, port }) => {
            Future::from_std(async move { socket.connect_to_name(host, port).await })
        }
        Err(error) => Future::failed_with(error),
    }
}

impl Registered {
    #[track_caller]
    pub(super) fn connect(self: Rc<Self>, address: SocketAddr) -> Future<()> {
        let mut connecting = Connecting::to(address);
        let operation = Operation::Connect(address);
        self.start("connect", Direction::Write, operation, move |socket| {
            socket.with(|socket| connecting.attempt(socket))
        })
    }

    async fn connect_to_name(self: Rc<Self>, host: String, port: u16) -> Result<(), Error> {
        let found = socket::resolve(host.clone(), port).await?;
        self.connect_to_any(host, found).await
    }

    /// Connects to one of `addresses`.
    pub(super) async fn connect_to_any(
        self: Rc<Self>,
        host: String,
        addresses: Vec<SocketAddr>,
    ) -> Result<(), Error> {
        // If it is closed meanwhile, the attempt to connect says so.
        let domain = self.call(|socket| Ok(os::domain(socket))).unwrap_or(None);
        let usable = addresses
            .into_iter()
            .filter(|address| domain.is_none_or(|domain| domain == Domain::for_address(*address)));
        socket::first(host, usable, |address| self.clone().connect(address)).await
    }
}
