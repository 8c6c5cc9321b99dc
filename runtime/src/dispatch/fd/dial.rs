//! Connecting a socket that is made for it.

use std::net::SocketAddr;
use std::rc::Rc;

use socket2::{Domain, Protocol, Type};

use super::register::registered;
use super::registered::Registered;
use super::{AsyncFd, Endpoint, IntoEndpoint, create_async_native_socket};
use crate::dispatch::Dispatcher;
use crate::dispatch::dispatcher::WeakDispatcher;
use crate::dispatch::socket;
use crate::{Error, Future};

/// Makes a TCP socket and connects it to `endpoint`.
///
/// A name is looked up away from this thread. All its addresses are tried, one after the other, each
/// with a socket of its own; those that are not used are closed, also if this is
/// [cancelled](Future::cancel). The error of the last one counts.
///
/// # Errors
///
/// As [`connect`](super::connect); or [`create_async_native_socket`].
///
/// ```
/// use async_proc::dispatch::fd;
///
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let port = listener.local_addr()?.port();
/// let socket = async_proc::wait_for(fd::dial(("localhost", port)))?;
/// # fd::close_socket(socket)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn dial(endpoint: impl IntoEndpoint) -> Future<AsyncFd> {
    dial_with(endpoint, Type::STREAM, Some(Protocol::TCP))
}

/// [`dial`] with another kind of socket.
///
/// # Errors
///
/// As [`dial`].
#[track_caller]
pub fn dial_with(
    endpoint: impl IntoEndpoint,
    kind: Type,
    protocol: Option<Protocol>,
) -> Future<AsyncFd> {
    match endpoint.into_endpoint() {
        Ok(endpoint) => Future::from_std(async move {
            let (host, addresses) = match endpoint {
                Endpoint::Address(address) => (address.to_string(), vec![address]),
                Endpoint::Name { host, port } => {
                    let found = socket::resolve(host.clone(), port).await?;
                    (host, found)
                }
            };
            dial_any(host, addresses, kind, protocol).await
        }),
        Err(error) => Future::failed_with(error),
    }
}

/// Connects to one of `addresses`.
pub(super) async fn dial_any(
    host: String,
    addresses: Vec<SocketAddr>,
    kind: Type,
    protocol: Option<Protocol>,
) -> Result<AsyncFd, Error> {
    let dialed = socket::first(host, addresses, async |address| {
        let dialing = Dialing::new(Domain::for_address(address), kind, protocol)?;
        dialing.socket.clone().connect(address).await?;
        Ok(dialing)
    });
    Ok(dialed.await?.keep())
}

/// A socket that is closed unless it connects.
struct Dialing {
    socket: Rc<Registered>,
    /// Whose it is. `None` once it is kept.
    dispatcher: Option<WeakDispatcher>,
}

impl Dialing {
    fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> Result<Dialing, Error> {
        let socket = registered("dial", create_async_native_socket(domain, kind, protocol)?)?;
        Ok(Dialing { socket, dispatcher: Some(Dispatcher::current().downgrade()) })
    }

    fn keep(mut self) -> AsyncFd {
        self.dispatcher = None;
        self.socket.fd
    }
}

impl Drop for Dialing {
    fn drop(&mut self) {
        let dispatcher = self.dispatcher.as_ref().and_then(WeakDispatcher::upgrade);
        if let Some(entry) =
            dispatcher.and_then(|dispatcher| dispatcher.fds().remove(self.socket.fd))
        {
            entry.close();
        }
    }
}
