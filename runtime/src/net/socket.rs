//! The socket itself: how it is made and closed, and what all its operations go through.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::task::Poll;

use socket2::Socket;

use super::kind::Kind;
use super::wire::Wire;
use super::{Operation, SocketError, Stop, os};
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::socket::{Buffer, Reading};
use crate::error::Closed;
use crate::{Error, Future};

/// A socket whose operations are futures.
///
/// It is a handle: clones are the same socket. The socket is closed by [`close`](Self::close), or
/// when the last clone is gone and no operation is pending. It belongs to the dispatcher of the
/// thread it was made on.
///
/// # Buffering
///
/// A socket keeps a buffer of what it has received, unless it was made
/// [`unbuffered`](Self::unbuffered). With a buffer one system call may serve many reads. Without,
/// no read takes more from the operating system than it gives out, but for one byte after a line
/// that ended with a CR alone.
///
/// # Order
///
/// Reads on one socket are served in the order they were made, and so are sends; any number of
/// either may be pending. Each operation is tried at once, and has finished at once if it can be
/// done without waiting. A read that is [cancelled](Future::cancel) loses nothing: what it had
/// received so far is there for the next. A send that is cancelled may have sent a part.
///
/// # Lost connections
///
/// As in the original, no operation fails because the peer has reset the connection: a read takes
/// that for the end of the stream, and a send for success. What the peer has dealt with is for the
/// protocol above to find out in any case. [`strict`](Self::strict) makes such operations fail.
///
/// # Errors
///
/// All errors but those of closing are a [`SocketError`], which says what was being done and
/// with which address or option. An operation on a socket that is closed, before or meanwhile,
/// fails with an error of the kind [`Closed`](crate::ErrorKind::Closed).
#[doc(alias = "AsyncSocketDesc")]
#[derive(Clone)]
pub struct AsyncSocket {
    pub(super) shared: Rc<Shared>,
}

/// What all clones share.
pub(super) struct Shared {
    /// `None` once it is closed.
    open: RefCell<Option<Open>>,
    buffer: RefCell<Buffer>,
    kind: Kind,
    settings: Settings,
}

/// The operating system's part.
pub(super) struct Open {
    // First, so that the reactor forgets the descriptor before it is closed.
    pub(super) source: Source,
    pub(super) wire: Wire,
}

/// What can be chosen for a socket. Those it accepts inherit it.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) buffered: Cell<bool>,
    pub(super) safe_disconn: Cell<bool>,
    pub(super) line_limit: Cell<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            buffered: Cell::new(true),
            safe_disconn: Cell::new(true),
            line_limit: Cell::new(1_000_000),
        }
    }
}

impl AsyncSocket {
    pub(super) fn adopt(socket: Socket, kind: Kind, settings: Settings) -> Result<Self, Error> {
        let create = |source| SocketError::os(Operation::Create, source);
        socket.set_nonblocking(true).map_err(create)?;
        Self::adopt_wire(Wire::new(socket), kind, settings)
    }

    /// Takes over a socket that does not block.
    pub(super) fn adopt_wire(wire: Wire, kind: Kind, settings: Settings) -> Result<Self, Error> {
        let source =
            os::source(&wire).map_err(|source| SocketError::os(Operation::Create, source))?;
        let open = RefCell::new(Some(Open { source, wire }));
        let shared = Shared { open, buffer: RefCell::default(), kind, settings };
        Ok(Self { shared: Rc::new(shared) })
    }

    /// Closes the socket. Operations that are pending fail, with an error of the kind
    /// [`Closed`](crate::ErrorKind::Closed). Closing it again does nothing.
    ///
    /// What was sent before is delivered. Over TLS that takes what
    /// [`close_gracefully`](Self::close_gracefully) does; it goes on in the background, for at most
    /// five seconds. So do not let the program end before it, or wait for it.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// let reading = client.recv(1);
    /// client.close();
    /// assert_eq!(wait_for(reading).map_err(|error| error.kind()), Err(ErrorKind::Closed));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn close(&self) {
        let open = self.shared.open.take();
        // Nothing is borrowed any more: what was waiting may come back here.
        if let Some(open) = open {
            open.source.close();
            #[cfg(feature = "tls")]
            super::tls::part(open.wire);
        }
    }

    /// Whether the socket was closed on this side.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// socket.close();
    /// assert!(socket.is_closed());
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "isClosed")]
    pub fn is_closed(&self) -> bool {
        self.shared.open.borrow().is_none()
    }

    /// Whether the socket is wrapped in TLS.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// assert!(!AsyncSocket::tcp()?.is_ssl());
    /// # Ok::<(), Error>(())
    /// ```
    #[doc(alias = "isSsl")]
    pub fn is_ssl(&self) -> bool {
        self.shared.open.borrow().as_ref().is_some_and(|open| open.wire.is_tls())
    }

    /// The descriptor, as long as the socket is open. It stays the socket's own: whoever uses it
    /// must not close it or make it block.
    #[cfg(unix)]
    #[doc(alias = "getFd")]
    pub fn fd(&self) -> Option<std::os::fd::RawFd> {
        use std::os::fd::AsRawFd;
        self.shared.open.borrow().as_ref().map(|open| open.wire.as_raw_fd())
    }

    /// Ends the sending direction, the receiving one, or both, after what has been handed to the
    /// operating system.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// use std::net::Shutdown;
    ///
    /// client.shutdown(Shutdown::Write)?;
    /// assert_eq!(wait_for(server.recv(1))?, b"");
    /// // The other direction goes on.
    /// wait_for(server.send("back"))?;
    /// assert_eq!(wait_for(client.recv(4))?, b"back");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: the socket is not connected.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), Error> {
        #[cfg(feature = "tls")]
        if self.is_ssl() && how != Shutdown::Read {
            self.end_sending()?;
            return match how {
                Shutdown::Both => self.with(Operation::Shutdown, |s| s.shutdown(Shutdown::Read)),
                _ => Ok(()),
            };
        }
        self.with(Operation::Shutdown, |socket| socket.shutdown(how))
    }

    pub(super) fn kind(&self) -> Kind {
        self.shared.kind
    }

    /// How the socket is read: datagrams stay in the operating system until they are taken.
    pub(super) fn reading(&self) -> Reading {
        let settings = self.settings();
        let buffered = settings.buffered.get() && !self.kind().messages;
        // An error on a datagram socket is of one datagram, and no end of anything.
        let safe_disconn = settings.safe_disconn.get() && !self.kind().messages;
        Reading { buffered, safe_disconn }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Does something with the socket that needs no waiting.
    pub(super) fn with<T>(
        &self,
        operation: Operation,
        call: impl FnOnce(&Wire) -> io::Result<T>,
    ) -> Result<T, Error> {
        match &*self.shared.open.borrow() {
            Some(open) => {
                call(&open.wire).map_err(|source| SocketError::os(operation, source).into())
            }
            None => Err(Closed::new(operation.name()).into()),
        }
    }

    /// Makes one attempt of an operation that waits elsewhere. `None` if the socket is closed.
    pub(super) fn attempt<T>(
        &self,
        direction: Direction,
        attempt: impl FnOnce(&Wire) -> Result<T, Stop>,
    ) -> Option<Result<T, Stop>> {
        let open = self.shared.open.borrow();
        let open = open.as_ref()?;
        let result = attempt(&open.wire);
        tend(&self.shared, open, direction, &result);
        Some(result)
    }

    /// Starts an operation: `attempt` is made at once, if none of its direction waits already, and
    /// again until it does not ask to wait any more.
    #[track_caller]
    pub(super) fn submit<T: 'static>(
        &self,
        direction: Direction,
        operation: Operation,
        mut attempt: impl FnMut(&Wire) -> Result<T, Stop> + 'static,
    ) -> Future<T> {
        let Some(source) = self.source() else {
            return Future::failed_with(Closed::new(operation.name()));
        };
        // The socket stays open for as long as an operation is pending.
        let shared = Rc::clone(&self.shared);
        source.submit_as(operation.name(), direction, move || {
            let open = shared.open.borrow();
            // If it is closed, closing it has failed this operation.
            let Some(open) = &*open else { return Poll::Pending };
            let result = attempt(&open.wire);
            tend(&shared, open, direction, &result);
            match result {
                Ok(value) => Poll::Ready(Ok(value)),
                Err(Stop::Wait) => Poll::Pending,
                Err(Stop::Again) => {
                    open.source.again(direction);
                    Poll::Pending
                }
                Err(Stop::Os(source)) => {
                    Poll::Ready(Err(SocketError::os(operation, source).into()))
                }
                Err(Stop::Failed(error)) => Poll::Ready(Err(error)),
            }
        })
    }

    /// The wire, as long as the socket is open.
    #[cfg(feature = "tls")]
    pub(super) fn wire(&self, operation: Operation) -> Result<Ref<'_, Wire>, Error> {
        Ref::filter_map(self.shared.open.borrow(), |open| open.as_ref().map(|open| &open.wire))
            .map_err(|_| Closed::new(operation.name()).into())
    }

    /// What the reactor knows of the socket, while it is open.
    pub(super) fn source(&self) -> Option<Source> {
        self.shared.open.borrow().as_ref().map(|open| open.source.clone())
    }

    /// Whether an operation of this direction would be tried at once.
    pub(super) fn is_idle(&self, direction: Direction) -> bool {
        self.source().is_some_and(|source| source.is_idle(direction))
    }
}

/// Sees to what an attempt has left for others to do.
fn tend<T>(shared: &Rc<Shared>, open: &Open, direction: Direction, result: &Result<T, Stop>) {
    #[cfg(feature = "tls")]
    if let Some(session) = open.wire.session() {
        let waits = matches!(result, Err(Stop::Wait | Stop::Again));
        super::tls::tend(shared, &open.source, session, direction, waits);
    }
    #[cfg(not(feature = "tls"))]
    let _ = (shared, open, direction, result);
}

impl Shared {
    pub(super) fn open(&self) -> Ref<'_, Option<Open>> {
        self.open.borrow()
    }

    pub(super) fn buffer(&self) -> RefMut<'_, Buffer> {
        self.buffer.borrow_mut()
    }
}

/// With TLS the last handle parts from the peer as [`AsyncSocket::close`] does.
#[cfg(feature = "tls")]
impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(Open { source, wire }) = self.open.take() {
            drop(source);
            super::tls::part(wire);
        }
    }
}

impl fmt::Debug for AsyncSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AsyncSocket");
        match &*self.shared.open.borrow() {
            Some(open) => shown.field("socket", &*open.wire),
            None => shown.field("closed", &true),
        };
        shown.finish_non_exhaustive()
    }
}
