//! Watching a descriptor until it is ready.

use std::cell::{Cell, RefCell};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::rc::Rc;
use std::task::Poll;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::AsyncFd;
use super::register::registered;
use crate::dispatch::reactor::Direction;
use crate::error::Closed;
use crate::future::{CallbackId, schedule};
use crate::{Error, ErrorKind, Future};

/// A callback that watches a descriptor. Dropping this changes nothing;
/// [`remove`](Watch::remove) takes the callback back.
#[derive(Debug)]
pub struct Watch {
    future: Future<()>,
    /// What is called when the future finishes.
    finished: CallbackId,
}

impl Watch {
    /// Takes the callback back. `false` if it was done, or was removed before.
    ///
    /// ```
    /// use async_proc::dispatch::{add_read, has_pending_operations, register};
    ///
    /// let (ours, _theirs) = std::os::unix::net::UnixStream::pair()?;
    /// let watch = add_read(register(ours)?, |_| false)?;
    /// assert!(has_pending_operations());
    /// assert!(watch.remove() && !watch.remove());
    /// assert!(!has_pending_operations());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn remove(&self) -> bool {
        self.finished.remove();
        self.future.cancel()
    }
}

/// Has `callback` called each time there is something to read, to accept, or the end of the
/// stream, until it returns `true`: then it is done. The first call comes from a turn of the
/// dispatcher, never from inside this function.
///
/// Any number of callbacks and operations may wait for one descriptor. They have their turns in the
/// order they came, and the first one that is not done keeps the others waiting. A callback that
/// leaves something unread is called again in the next turn.
///
/// When the descriptor is [closed](super::close_socket) the callback is called once more, so that it
/// may notice; [`contains`](crate::Dispatcher::contains) is false then, and what it returns does not
/// matter. If it panics, that becomes the error of the running `poll`, and it is done.
///
/// # Errors
///
/// [`DispatchError::NotRegistered`](crate::DispatchError::NotRegistered).
#[doc(alias = "addRead")]
#[track_caller]
pub fn add_read(
    fd: AsyncFd,
    callback: impl FnMut(AsyncFd) -> bool + 'static,
) -> Result<Watch, Error> {
    add("add_read", fd, Direction::Read, callback)
}

/// As [`add_read`], for room to write, or a connection that was made.
///
/// # Errors
///
/// As [`add_read`].
#[doc(alias = "addWrite")]
#[track_caller]
pub fn add_write(
    fd: AsyncFd,
    callback: impl FnMut(AsyncFd) -> bool + 'static,
) -> Result<Watch, Error> {
    add("add_write", fd, Direction::Write, callback)
}

/// What the operation and its future both hold.
struct Watcher<C> {
    fd: AsyncFd,
    callback: RefCell<C>,
    /// The attempt that is made as the operation is submitted is over.
    submitted: Cell<bool>,
    done: Cell<bool>,
}

impl<C: FnMut(AsyncFd) -> bool> Watcher<C> {
    fn call(&self) -> bool {
        // It is borrowed already if it runs the dispatcher itself: then it knows.
        let done = self.callback.try_borrow_mut().is_ok_and(|mut callback| callback(self.fd));
        if done {
            self.done.set(true);
        }
        done
    }
}

#[track_caller]
fn add(
    name: &'static str,
    fd: AsyncFd,
    direction: Direction,
    callback: impl FnMut(AsyncFd) -> bool + 'static,
) -> Result<Watch, Error> {
    let registered = registered(name, fd)?;
    let source = &registered.source;
    let callback = RefCell::new(callback);
    let (submitted, done) = (Cell::new(false), Cell::new(false));
    let watcher = Rc::new(Watcher { fd, callback, submitted, done });
    let (watching, home) = (watcher.clone(), source.clone());
    let future = source.submit_as(name, direction, move || {
        if watching.submitted.get() {
            if !is_ready(fd, direction) {
                return Poll::Pending; // There will be an event.
            }
            if watching.call() {
                return Poll::Ready(Ok(()));
            }
        }
        // Whether there is something, or something left, the next turn finds out.
        home.again(direction);
        Poll::Pending
    });
    watcher.submitted.set(true);
    let finished = future.add_callback(move |future| match future.error() {
        Some(error) if error.kind() == ErrorKind::Panicked => {
            schedule::with(|schedule| schedule.fail(error));
        }
        Some(error) if !watcher.done.get() && Closed::was_closed(&error) => {
            watcher.call();
        }
        _ => {}
    });
    Ok(Watch { future, finished })
}

/// Whether an operation in this direction would not block now. That something is wrong with the
/// descriptor is for the callback to find out.
fn is_ready(fd: AsyncFd, direction: Direction) -> bool {
    let wanted = match direction {
        Direction::Read => PollFlags::IN,
        Direction::Write => PollFlags::OUT,
    };
    // SAFETY: it is registered: the dispatcher owns it, or its owner keeps it open.
    let fd = unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) };
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(&fd, wanted)], Some(&now)) != Ok(0)
}
