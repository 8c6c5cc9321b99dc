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
        let mut dialing = Dialing::new(Domain::for_address(address), kind, protocol)?;
        dialing.connect(address).await?;
        Ok(dialing)
    });
    Ok(dialed.await?.keep())
}

/// A socket that is closed unless it connects.
struct Dialing {
    socket: Rc<Registered>,
    /// Whose it is. `None` once it is kept.
    dispatcher: Option<WeakDispatcher>,
    connecting: Option<Future<()>>,
}

impl Dialing {
    fn new(domain: Domain, kind: Type, protocol: Option<Protocol>) -> Result<Dialing, Error> {
        let socket = registered("dial", create_async_native_socket(domain, kind, protocol)?)?;
        Ok(Dialing {
            socket,
            dispatcher: Some(Dispatcher::current().downgrade()),
            connecting: None,
        })
    }

    fn connect(&mut self, address: SocketAddr) -> Future<()> {
        let connecting = self.socket.clone().connect(address);
        self.connecting = Some(connecting.clone());
        connecting
    }

    fn keep(mut self) -> AsyncFd {
        self.dispatcher = None;
        self.socket.fd
    }
}

impl Drop for Dialing {
    fn drop(&mut self) {
        // It is nobody's any more: that its socket is closed is no failure.
        if let Some(connecting) = self.connecting.take() {
            connecting.cancel();
        }
        let dispatcher = self.dispatcher.as_ref().and_then(WeakDispatcher::upgrade);
        if let Some(entry) =
            dispatcher.and_then(|dispatcher| dispatcher.fds().remove(self.socket.fd))
        {
            entry.close();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::dispatch::fd::SocketError;
    use crate::dispatch::{unregister, wait_for};

    /// Two addresses where nobody listens, and one where somebody does.
    fn addresses() -> (Vec<SocketAddr>, TcpListener) {
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (one, two, listener) = (listen(), listen(), listen());
        let addresses = [&one, &two, &listener].map(|bound| bound.local_addr().unwrap());
        (addresses.to_vec(), listener)
    }

    fn peer_of(fd: AsyncFd) -> SocketAddr {
        TcpStream::from(unregister(fd).unwrap().unwrap()).peer_addr().unwrap()
    }

    #[test]
    fn dialing_goes_on_with_the_next_address_and_closes_what_has_failed() {
        let (addresses, listener) = addresses();
        let kind = (Type::STREAM, Some(Protocol::TCP));
        let dial = |addresses| {
            let dialed = dial_any("host".into(), addresses, kind.0, kind.1);
            wait_for(Future::from_std(dialed))
        };
        let fd = dial(addresses.clone()).unwrap();
        assert_eq!(Dispatcher::current().active_descriptors(), 1);
        assert_eq!(peer_of(fd), listener.local_addr().unwrap());

        let error = dial(addresses[..2].to_vec()).unwrap_err();
        assert!(error.to_string().contains(&addresses[1].to_string()), "the last: {error}");
        assert_eq!(error.io_kind(), Some(ErrorKind::ConnectionRefused));
        assert_eq!(Dispatcher::current().active_descriptors(), 0);

        let error = dial(Vec::new()).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(SocketError::NoAddress { .. })), "{error}");
    }

    #[test]
    fn one_socket_is_connected_to_the_first_address_that_answers_and_is_of_its_version() {
        let (mut addresses, listener) = addresses();
        addresses.insert(0, "[::1]:1".parse().unwrap());
        let fd = create_async_native_socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let socket = registered("connect", fd).unwrap();
        let connected = socket.clone().connect_to_any("host".into(), addresses);
        wait_for(Future::from_std(connected)).unwrap();
        assert_eq!(peer_of(fd), listener.local_addr().unwrap());

        // There is nothing more to try once it is closed.
        let closed = socket.connect_to_any("host".into(), vec![listener.local_addr().unwrap(); 2]);
        let error = wait_for(Future::from_std(closed)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Closed);
    }
}
