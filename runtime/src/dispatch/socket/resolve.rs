//! Looking up a host's name without holding up the dispatcher.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::SocketError;

/// Asks the operating system's resolver for the addresses of `host`, on a thread of its own.
///
/// The resolver can only be asked blockingly, and may take many seconds. A lookup that nobody
/// waits for any more runs to its end and is forgotten.
pub(crate) fn resolve(host: String, port: u16) -> Lookup {
    let shared = Arc::new(Mutex::new(Shared::default()));
    let answer = Arc::clone(&shared);
    let name = host.clone();
    let started = thread::Builder::new().name("resolver".into()).spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        finish(&answer, found);
    });
    if let Err(error) = started {
        finish(&shared, Err(error));
    }
    Lookup { host, shared }
}

fn finish(shared: &Mutex<Shared>, found: io::Result<Vec<SocketAddr>>) {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.found = Some(found);
    let waiting = shared.waiting.take();
    drop(shared);
    if let Some(waker) = waiting {
        waker.wake();
    }
}

/// A lookup that has begun.
#[derive(Debug)]
pub(crate) struct Lookup {
    host: String,
    shared: Arc<Mutex<Shared>>,
}

/// What the resolving thread and the waiting one both hold.
#[derive(Debug, Default)]
struct Shared {
    found: Option<io::Result<Vec<SocketAddr>>>,
    waiting: Option<Waker>,
}

impl Future for Lookup {
    type Output = Result<Vec<SocketAddr>, SocketError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.found.take() {
            Some(found) => Poll::Ready(
                found.map_err(|source| SocketError::Resolve { host: self.host.clone(), source }),
            ),
            None => {
                shared.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}
