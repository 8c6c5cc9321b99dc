//! A registered file descriptor, and the operations that wait on it.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use super::Dispatcher;
use super::dispatcher::WeakDispatcher;
use super::global;
use super::lane::{First, Lane, Waiting};
use super::op::{Op, Pending};
use super::sys;
use crate::error::Closed;
use crate::{Error, Future};

/// What an operation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Something to read, to accept, or the end of the stream.
    Read,
    /// Room to write, or a connection that is made.
    Write,
}

/// A file descriptor that is registered with the current thread's dispatcher.
///
/// It does not own the descriptor, which must be non-blocking, and stay open until the source is
/// closed or dropped. Clones are handles of one source. A descriptor can have one source at a time.
#[derive(Clone)]
pub struct Source(Rc<Handles>);

/// Drops the registration with the last handle: operations that wait do not keep it, unless they
/// hold a handle themselves.
struct Handles(Rc<Shared>);

impl Drop for Handles {
    fn drop(&mut self) {
        self.0.close(Closed::new);
    }
}

/// What the reactor knows of a source.
pub(super) struct Shared {
    fd: sys::Fd,
    dispatcher: WeakDispatcher,
    /// The reactor's slot; `None` once it is closed.
    slot: Cell<Option<usize>>,
    read: Lane,
    write: Lane,
    /// There has been an event since somebody asked.
    #[cfg(unix)]
    stirred: Cell<bool>,
}

impl Source {
    /// Registers `fd`.
    ///
    /// # Errors
    ///
    /// The system refuses: `fd` is no descriptor, has a source already, or is of a file that
    /// cannot be waited for, such as one on disk.
    pub fn new(fd: sys::Fd) -> io::Result<Source> {
        Source::add(&Dispatcher::current(), fd, false)
    }

    /// As [`new`](Source::new), with a dispatcher that need not be the thread's. If `urgent`, data
    /// out of band are an event too, where the system can tell.
    pub(super) fn add(dispatcher: &Dispatcher, fd: sys::Fd, urgent: bool) -> io::Result<Source> {
        let source = Rc::new(Shared {
            fd,
            dispatcher: dispatcher.downgrade(),
            slot: Cell::new(None),
            read: Lane::default(),
            write: Lane::default(),
            #[cfg(unix)]
            stirred: Cell::new(false),
        });
        let slot = dispatcher.reactor()?.add(Rc::downgrade(&source), |registry, token, both| {
            let interest = if urgent { sys::and_urgent(both) } else { both };
            sys::register(registry, fd, token, interest)
        })?;
        source.slot.set(Some(slot));
        Ok(Source(Rc::new(Handles(source))))
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.shared().slot.get().is_none()
    }

    /// Deregisters the descriptor, and fails every operation that waits, with an error of kind
    /// [`Closed`](crate::ErrorKind::Closed). The descriptor itself is left open.
    pub fn close(&self) {
        self.shared().close(Closed::new);
    }

    /// As [`close`](Source::close), with another reason.
    #[cfg(unix)]
    pub(super) fn close_as(&self, why: impl Fn(&'static str) -> Closed) {
        self.shared().close(why);
    }

    /// Starts an operation: `op` is called at once, and again each time the descriptor may be
    /// ready, until it gives anything but [`WouldBlock`](io::ErrorKind::WouldBlock). Operations of
    /// one direction are done in the order they were submitted: while an earlier one waits, this
    /// one is not tried.
    ///
    /// The future fails with what `op` fails with. On a closed source it has failed already.
    /// Interrupted calls are repeated. Cancelling the future takes the operation back.
    #[track_caller]
    pub fn submit<T: 'static>(
        &self,
        direction: Direction,
        op: impl FnMut() -> io::Result<T> + 'static,
    ) -> Future<T> {
        let mut op = op;
        self.start("submit", Location::caller(), direction, move || {
            loop {
                match op() {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        return Poll::Pending;
                    }
                    result => return Poll::Ready(result.map_err(Error::from)),
                }
            }
        })
    }

    /// As [`submit`](Source::submit), for operations of several system calls, which have a name
    /// and errors of their own. `op` must not give `Pending` unless a call has said that it would
    /// block, for only then will there be another event, or unless it has asked to be tried
    /// [`again`](Source::again).
    #[track_caller]
    pub fn submit_as<T: 'static>(
        &self,
        name: &'static str,
        direction: Direction,
        op: impl FnMut() -> Poll<Result<T, Error>> + 'static,
    ) -> Future<T> {
        self.start(name, Location::caller(), direction, op)
    }

    fn start<T: 'static>(
        &self,
        name: &'static str,
        created: &'static Location<'static>,
        direction: Direction,
        op: impl FnMut() -> Poll<Result<T, Error>> + 'static,
    ) -> Future<T> {
        let shared = self.shared();
        let (future, pending) = Op::make(name, created, Rc::downgrade(shared), direction, op);
        if self.is_closed() {
            pending.fail(Error::from(Closed::new(name)));
            return future;
        }
        let lane = shared.lane(direction);
        let first = lane.is_free();
        lane.push(pending);
        shared.count_operations(1);
        if first && shared.may_try(lane) {
            shared.retry(direction);
        } else if first {
            self.again(direction);
        }
        future
    }

    /// Whether an operation that is submitted now is tried at once. Asking counts as trying.
    pub fn is_idle(&self, direction: Direction) -> bool {
        let lane = self.shared().lane(direction);
        lane.is_free() && !self.is_closed() && self.shared().may_try(lane)
    }

    /// Has the operations of `direction` retried in the next turn, as if there had been an event.
    /// For an operation that could go on, and lets others have their turn first.
    pub fn again(&self, direction: Direction) {
        self.shared().again(direction);
    }

    /// Adds an operation that tries itself, as the last; gives its place.
    pub(super) fn enter(&self, direction: Direction, waker: Waker) -> (Home, u64) {
        let shared = self.shared();
        let number = shared.lane(direction).push_turn(waker);
        shared.count_operations(1);
        (Rc::downgrade(shared), number)
    }

    /// Whether no operation of this direction waits.
    pub(super) fn is_free(&self, direction: Direction) -> bool {
        self.shared().lane(direction).is_free()
    }

    /// Whether code that makes attempts of its own, whenever it is polled, may make one now in
    /// `direction`. If not, because operations are waiting or the direction has had its share of
    /// this turn, `waker` is woken when it may ask again. Asking counts as trying.
    pub fn poll_idle(&self, direction: Direction, waker: &Waker) -> bool {
        let lane = self.shared().lane(direction);
        let waits = !lane.is_free();
        if !waits && (self.is_closed() || self.shared().may_try(lane)) {
            return true;
        }
        self.wake_when_ready(direction, waker);
        if !waits {
            self.again(direction);
        }
        false
    }

    /// Has `waker` woken when the next attempt in `direction` may have another outcome: after an
    /// event, once the operations that were waiting have been retried, and when the source is
    /// closed. For an attempt that [polling](Source::poll_idle) code has made, and that would have
    /// blocked.
    ///
    /// A waker is woken once. One that is already there is not added again.
    pub fn wake_when_ready(&self, direction: Direction, waker: &Waker) {
        if self.is_closed() {
            return waker.wake_by_ref();
        }
        self.shared().lane(direction).add_poller(waker);
    }

    /// Whether there has been an event since this was last asked.
    #[cfg(unix)]
    pub(super) fn has_stirred(&self) -> bool {
        self.shared().stirred.replace(false)
    }

    fn shared(&self) -> &Rc<Shared> {
        &self.0.0
    }
}

impl Shared {
    pub(super) fn lane(&self, direction: Direction) -> &Lane {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    /// Notes an event, for those who look at the descriptor themselves.
    #[cfg(unix)]
    pub(super) fn stir(&self) {
        self.stirred.set(true);
    }

    /// Whether the lane has not had its share of this turn yet.
    fn may_try(&self, lane: &Lane) -> bool {
        lane.may_try(self.dispatcher.upgrade().map_or(0, |dispatcher| dispatcher.turns()))
    }

    /// Has a direction retried in the next turn.
    pub(super) fn again(self: &Rc<Self>, direction: Direction) {
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.retry_later(Rc::downgrade(self), direction);
        }
    }

    /// Tries the operations of a direction, until one would block.
    pub(super) fn retry(&self, direction: Direction) {
        let lane = self.lane(direction);
        if lane.busy.replace(true) {
            lane.again.set(true);
            return;
        }
        while let Some(first) = lane.first() {
            // An operation may submit, cancel or close, and so may a waker: nothing is borrowed
            // while they run.
            match first {
                First::Op(first) => {
                    if first.attempt() {
                        self.remove(direction, &first);
                    } else if !lane.again.replace(false) && lane.is_first(&first) {
                        break;
                    }
                }
                // It goes on when its future is polled, and has the next one tried when it is done.
                First::Turn(waker) => {
                    lane.again.set(false);
                    lane.busy.set(false);
                    if let Some(waker) = waker {
                        waker.wake();
                    }
                    return;
                }
            }
        }
        lane.busy.set(false);
        lane.wake_pollers();
    }

    /// Takes out an operation that is cancelled. Those behind it have not been tried, and what it has
    /// received may be there for them: no event would tell.
    pub(super) fn take_back(self: &Rc<Self>, direction: Direction, pending: &Pending) {
        let lane = self.lane(direction);
        let was_first = lane.is_first(pending);
        self.remove(direction, pending);
        if was_first
            && lane.len() > 0
            && let Some(dispatcher) = self.dispatcher.upgrade()
        {
            dispatcher.retry_later(Rc::downgrade(self), direction);
        }
    }

    /// Takes an operation out, if it is still there.
    pub(super) fn remove(&self, direction: Direction, pending: &Pending) {
        if self.lane(direction).remove(pending).is_some() {
            self.count_operations(-1);
        }
    }

    /// Takes an operation that tries itself out; gives the place where it stood.
    pub(super) fn remove_turn(&self, direction: Direction, number: u64) -> Option<usize> {
        let lane = self.lane(direction);
        let place = lane.place_of(number)?;
        let removed = lane.remove_at(place);
        self.count_operations(-1);
        drop(removed);
        Some(place)
    }

    fn count_operations(&self, more: isize) {
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.count_operations(more);
        }
    }

    pub(super) fn close(&self, why: impl Fn(&'static str) -> Closed) {
        let Some(slot) = self.slot.take() else { return };
        // A dispatcher that is closed has no reactor any more, and nothing to be taken out of.
        if let Some(dispatcher) = self.dispatcher.upgrade()
            && let Ok(reactor) = dispatcher.reactor()
        {
            reactor.remove(slot, |registry| sys::deregister(registry, self.fd));
        }
        for direction in [Direction::Read, Direction::Write] {
            for waiting in self.lane(direction).take() {
                self.count_operations(-1);
                match waiting {
                    Waiting::Op(op) => op.fail(Error::from(why(op.name()))),
                    Waiting::Turn { .. } if global::thread_ends() => {}
                    Waiting::Turn { waker, .. } => {
                        if let Some(waker) = waker {
                            waker.wake();
                        }
                    }
                }
            }
            self.lane(direction).wake_pollers();
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.shared();
        f.debug_struct("Source")
            .field("fd", &shared.fd)
            .field("closed", &self.is_closed())
            .field("reading", &shared.read.len())
            .field("writing", &shared.write.len())
            .finish()
    }
}

/// Where an operation that is given up is taken out of.
pub(super) type Home = Weak<Shared>;
