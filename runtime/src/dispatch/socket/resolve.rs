//! Looking up a host's name without holding up the dispatcher.

use std::future::Future as StdFuture;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::SocketError;
use crate::Future;
use crate::dispatch::spawn_blocking;

/// Asks the operating system's resolver for the addresses of `host`, on a thread where that may
/// block: it can take many seconds. A lookup that nobody waits for any more is forgotten, though it
/// may run to its end there.
pub(crate) fn resolve(host: String, port: u16) -> Lookup {
    let name = host.clone();
    let found = spawn_blocking(move || {
        (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>)
    });
    Lookup { host, found }
}

/// A lookup that has begun.
#[derive(Debug)]
pub(crate) struct Lookup {
    host: String,
    found: Future<io::Result<Vec<SocketAddr>>>,
}

impl StdFuture for Lookup {
    type Output = Result<Vec<SocketAddr>, SocketError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.found).poll(cx).map(|found| {
            found
                .map_err(io::Error::other)
                .flatten()
                .map_err(|source| SocketError::Resolve { host: self.host.clone(), source })
        })
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.found.cancel();
    }
}
