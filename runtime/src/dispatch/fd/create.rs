//! Making sockets.

use socket2::{Domain, Protocol, Socket, Type};

use super::{AsyncFd, register};
use crate::Error;
use crate::dispatch::socket::{Operation, SocketError};

/// Makes a socket and registers it: it is non-blocking, and processes that this one starts do not
/// inherit it.
///
/// # Errors
///
/// [`SocketError::Os`]: the system has no such sockets, or no more descriptors to give.
///
/// ```
/// use async_proc::dispatch::fd::{
///     Domain, Protocol, Type, close_socket, create_async_native_socket, send_to,
/// };
///
/// let socket = create_async_native_socket(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
/// # let receiver = std::net::UdpSocket::bind("127.0.0.1:0")?;
/// # let address = receiver.local_addr()?;
/// async_proc::wait_for(send_to(socket, "to whom it may concern", address))?;
/// close_socket(socket)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "createAsyncNativeSocket")]
#[doc(alias = "newAsyncNativeSocket")]
pub fn create_async_native_socket(
    domain: Domain,
    kind: Type,
    protocol: Option<Protocol>,
) -> Result<AsyncFd, Error> {
    let socket = Socket::new(domain, kind, protocol)
        .map_err(|source| SocketError::os(Operation::Create, source))?;
    register(socket)
}
