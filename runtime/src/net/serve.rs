//! One port, served by several threads.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

use super::address::BACKLOG;
use super::{AsyncSocket, IntoLocalEndpoint, Operation, SockOpt, SocketError};
use crate::dispatch::workers::threads;
use crate::dispatch::{Worker, Workers};
use crate::{Error, Future};

/// Serves a TCP port by several threads: by as many as the machine has processors if `count` is 0. Each
/// has a dispatcher and a listener of its own, bound to the same address, and `serve` is called there
/// with it. Gives the [`Workers`], which stop them together and tell of failures, and the address.
///
/// It is the operating system that shares the connections out, by [`SockOpt::ReusePort`]: on Linux
/// evenly; on macOS to whichever was bound last, so that one thread does all the work there.
///
/// A connection stays on its thread. When the work of a thread has ended, for it was stopped, whatever
/// else is on its dispatcher is dropped.
///
/// ```
/// use async_proc::dispatch::Worker;
/// use async_proc::net::{AsyncSocket, serve_threads};
/// use async_proc::prelude::*;
///
/// #[async_proc]
/// fn greet(listener: AsyncSocket, worker: Worker) -> Future<()> {
///     loop {
///         let client = listener.accept().await?;
///         client.send(format!("{} greets you\n", worker.name())).await?;
///     }
/// }
///
/// # #[cfg(unix)] {
/// let (workers, address) = serve_threads("127.0.0.1:0", 2, greet)?;
/// let client = wait_for(AsyncSocket::dial(address))?;
/// assert!(wait_for(client.recv_line())?.ends_with("greets you"));
/// workers.stop();
/// workers.join()?;
/// # }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// As [`bind_addr`](AsyncSocket::bind_addr), or [`Workers::start`]. Where the operating system does not
/// let several sockets have one address, more than one thread is an error.
pub fn serve_threads<F>(
    endpoint: impl IntoLocalEndpoint,
    count: usize,
    serve: F,
) -> Result<(Workers, SocketAddr), Error>
where
    F: Fn(AsyncSocket, Worker) -> Future<()> + Send + Sync + 'static,
{
    let mut address = endpoint.into_local_endpoint()?.address(None)?;
    let count = threads(count);
    let mut listeners = Vec::with_capacity(count);
    for _ in 0..count {
        let listener = bound(address, count > 1)?;
        // The port that the first one got is everyone's.
        address = local_addr(&listener)
            .map_err(|source| SocketError::os(Operation::LocalAddr, source))?;
        listeners.push(listener);
    }
    // Only now: what is listening gets connections, also if nobody is going to accept them.
    for listener in &listeners {
        listener.listen(BACKLOG).map_err(|source| SocketError::os(Operation::Listen, source))?;
    }
    let workers =
        Workers::start_each(
            "serve",
            listeners,
            move |listener, worker| match AsyncSocket::from_fd(listener) {
                Ok(listener) => serve(listener, worker),
                Err(error) => Future::failed_with(error),
            },
        )?;
    Ok((workers, address))
}

fn bound(address: SocketAddr, shared: bool) -> Result<Socket, SocketError> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
        .map_err(|source| SocketError::os(Operation::Create, source))?;
    let mut options = Vec::new();
    if cfg!(unix) {
        options.push(SockOpt::ReuseAddr);
    }
    if shared {
        options.push(SockOpt::ReusePort);
    }
    for option in options {
        option
            .set(&socket, true)
            .map_err(|source| SocketError::os(Operation::Option(option), source))?;
    }
    socket
        .bind(&address.into())
        .map_err(|source| SocketError::os(Operation::Bind(address), source))?;
    Ok(socket)
}

fn local_addr(socket: &Socket) -> io::Result<SocketAddr> {
    super::address::internet(socket.local_addr()?)
}
