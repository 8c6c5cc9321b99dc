//! Sockets of both sides, and a loop to drive them.

use std::time::Duration;

use async_proc::dispatch::wait_for;
use async_proc::net::AsyncSocket;
use async_proc::net::tls::TlsContext;
use async_proc::{Error, Future, with_timeout};

/// Beyond this a test has failed. Nothing waits for it to pass.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a test's procs to their end.
#[track_caller]
pub fn run<F>(procs: F)
where
    F: std::future::Future<Output = Result<(), Error>> + 'static,
{
    let procs = Future::from_std(procs);
    let in_time = wait_for(with_timeout(&procs, TIMEOUT)).unwrap();
    assert!(in_time, "the test takes too long");
}

/// A listener that speaks TLS.
pub fn listener(context: &TlsContext) -> Result<AsyncSocket, Error> {
    let listener = AsyncSocket::listener("127.0.0.1:0")?;
    context.wrap_socket(&listener)?;
    Ok(listener)
}

/// Both ends of a connection whose handshake is done: the client's and the server's.
pub async fn connected(
    listener: &AsyncSocket,
    client: &TlsContext,
) -> Result<(AsyncSocket, AsyncSocket), Error> {
    let port = listener.local_addr()?.port();
    let dialling = client.dial(("localhost", port));
    let server = listener.accept().await?;
    let done = server.handshake();
    let client = dialling.await?;
    done.await?;
    Ok((client, server))
}

/// How many descriptors this process has.
pub fn fds() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}
