//! A registered descriptor, as its operations know it.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::rc::Rc;
use std::task::Poll;

use socket2::{SockRef, Socket};

use super::AsyncFd;
use super::register::registered;
use crate::Future;
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::socket::{Buffer, Operation, SocketError, SocketFlags, Stop, os};

/// A registered descriptor, and what has been received from it ahead of time: the beginning of a
/// line that is not complete, or the byte after a CR. Receives begin with that.
pub(super) struct Registered {
    pub(super) fd: AsyncFd,
    pub(super) source: Source,
    pub(super) received: RefCell<Buffer>,
}

impl Registered {
    pub(super) fn new(fd: AsyncFd, source: Source) -> Rc<Registered> {
        Rc::new(Registered { fd, source, received: RefCell::default() })
    }

    /// Starts an operation: `attempt` is made at once, if none of its direction waits already, and
    /// again until it does not ask to wait any more.
    #[track_caller]
    pub(super) fn start<T: 'static>(
        self: Rc<Self>,
        name: &'static str,
        direction: Direction,
        operation: Operation,
        mut attempt: impl FnMut(&Registered) -> Result<T, Stop> + 'static,
    ) -> Future<T> {
        let this = self.clone();
        self.source.submit_as(name, direction, move || match attempt(&this) {
            Ok(value) => Poll::Ready(Ok(value)),
            Err(Stop::Wait) => Poll::Pending,
            Err(Stop::Again) => {
                this.source.again(direction);
                Poll::Pending
            }
            Err(Stop::Os(source)) => {
                let number = this.fd.as_raw_fd();
                Poll::Ready(Err(SocketError::on(operation, number, source).into()))
            }
            Err(Stop::Failed(error)) => Poll::Ready(Err(error)),
        })
    }

    /// Does something with the socket. Whatever of the program's own code belongs to an attempt has
    /// run before: it may have closed the socket, and that has failed the operation.
    pub(super) fn with<T>(&self, f: impl FnOnce(&Socket) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.source.is_closed() {
            return Err(Stop::Wait);
        }
        // SAFETY: its source is open, so it is registered: the dispatcher owns it, or its owner keeps
        // it open. System calls alone do not change that.
        let fd = unsafe { BorrowedFd::borrow_raw(self.fd.as_raw_fd()) };
        f(&SockRef::from(&fd))
    }

    /// Makes one system call.
    pub(super) fn call<T>(&self, f: impl FnOnce(&Socket) -> io::Result<T>) -> Result<T, Stop> {
        self.with(|socket| Ok(f(socket)?))
    }
}

/// Starts an operation on `fd`, which has failed if that is not registered.
#[track_caller]
pub(super) fn start<T: 'static>(
    name: &'static str,
    fd: AsyncFd,
    direction: Direction,
    operation: Operation,
    attempt: impl FnMut(&Registered) -> Result<T, Stop> + 'static,
) -> Future<T> {
    match registered(name, fd) {
        Ok(registered) => registered.start(name, direction, operation, attempt),
        Err(error) => Future::failed_with(error),
    }
}

/// An outcome in which a lost connection is `end`, if the flags say so.
pub(super) fn unless_lost<T>(
    flags: SocketFlags,
    outcome: Result<T, Stop>,
    end: impl FnOnce() -> T,
) -> Result<T, Stop> {
    match outcome {
        Err(Stop::Os(error))
            if flags.contains(SocketFlags::SAFE_DISCONN) && os::is_disconnection(&error) =>
        {
            Ok(end())
        }
        outcome => outcome,
    }
}
