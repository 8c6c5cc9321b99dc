//! A registered file descriptor, and the operations that wait on it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use super::Dispatcher;
use super::dispatcher::WeakDispatcher;
use super::global;
use super::op::{Op, Pending};
use super::sys;
use crate::error::Closed;
use crate::{Error, Future};

/// The most operations of a source and direction that are tried in one turn as they are submitted.
/// Further ones wait for the next turn, so that a proc for which there is always something to read
/// cannot keep everything else waiting.
const TRIES: usize = 128;

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
}

/// The operations of one direction, in order.
#[derive(Default)]
struct Lane {
    waiting: RefCell<VecDeque<Pending>>,
    /// The first one is being tried just now, further up on the stack.
    busy: Cell<bool>,
    /// Another event came while it was.
    again: Cell<bool>,
    /// The turn in which operations were last tried as they were submitted, and how many were.
    tried: Cell<(u64, usize)>,
    /// Who makes attempts of their own, and wants to know when one may succeed.
    wakers: RefCell<Vec<Waker>>,
}

impl Source {
    /// Registers `fd`.
    ///
    /// # Errors
    ///
    /// The system refuses: `fd` is no descriptor, has a source already, or is of a file that
    /// cannot be waited for, such as one on disk.
    pub fn new(fd: sys::Fd) -> io::Result<Source> {
        let dispatcher = Dispatcher::current();
        let source = Rc::new(Shared {
            fd,
            dispatcher: dispatcher.downgrade(),
            slot: Cell::new(None),
            read: Lane::default(),
            write: Lane::default(),
        });
        let slot = dispatcher.reactor()?.add(Rc::downgrade(&source), |registry, token, both| {
            sys::register(registry, fd, token, both)
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
    pub(super) fn close_as(&self, why: fn(&'static str) -> Closed) {
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
        let first = lane.waiting.borrow().is_empty() && !lane.busy.get();
        lane.waiting.borrow_mut().push_back(pending);
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
        lane.waiting.borrow().is_empty()
            && !lane.busy.get()
            && !self.is_closed()
            && self.shared().may_try(lane)
    }

    /// Has the operations of `direction` retried in the next turn, as if there had been an event.
    /// For an operation that could go on, and lets others have their turn first.
    pub fn again(&self, direction: Direction) {
        if let Some(dispatcher) = self.shared().dispatcher.upgrade() {
            dispatcher.retry_later(Rc::downgrade(self.shared()), direction);
        }
    }

    /// Whether code that makes attempts of its own, whenever it is polled, may make one now in
    /// `direction`. If not, because operations are waiting or the direction has had its share of
    /// this turn, `waker` is woken when it may ask again. Asking counts as trying.
    pub fn poll_idle(&self, direction: Direction, waker: &Waker) -> bool {
        let lane = self.shared().lane(direction);
        let waits = !lane.waiting.borrow().is_empty() || lane.busy.get();
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
        let mut wakers = self.shared().lane(direction).wakers.borrow_mut();
        if !wakers.iter().any(|other| other.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn shared(&self) -> &Rc<Shared> {
        &self.0.0
    }
}

impl Shared {
    fn lane(&self, direction: Direction) -> &Lane {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    /// Whether the lane has not had its share of this turn yet.
    fn may_try(&self, lane: &Lane) -> bool {
        let turn = self.dispatcher.upgrade().map_or(0, |dispatcher| dispatcher.turns());
        let (of_turn, count) = lane.tried.get();
        let count = if of_turn == turn { count + 1 } else { 1 };
        lane.tried.set((turn, count));
        count <= TRIES
    }

    /// Tries the operations of a direction, until one would block.
    pub(super) fn retry(&self, direction: Direction) {
        let lane = self.lane(direction);
        if lane.busy.replace(true) {
            lane.again.set(true);
            return;
        }
        loop {
            let first = lane.waiting.borrow().front().cloned();
            let Some(first) = first else { break };
            // An operation may submit, cancel or close: nothing is borrowed while it runs.
            if first.attempt() {
                self.remove(direction, &first);
            } else if !lane.again.replace(false) && self.is_first(direction, &first) {
                break;
            }
        }
        lane.busy.set(false);
        lane.wake();
    }

    fn is_first(&self, direction: Direction, pending: &Pending) -> bool {
        self.lane(direction).waiting.borrow().front().is_some_and(|first| first.is(pending))
    }

    /// Takes an operation out, if it is still there.
    pub(super) fn remove(&self, direction: Direction, pending: &Pending) {
        let removed = {
            let mut waiting = self.lane(direction).waiting.borrow_mut();
            let at = waiting.iter().position(|other| other.is(pending));
            at.and_then(|at| waiting.remove(at))
        };
        if removed.is_some() {
            self.count_operations(-1);
        }
    }

    fn count_operations(&self, more: isize) {
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.count_operations(more);
        }
    }

    pub(super) fn close(&self, why: fn(&'static str) -> Closed) {
        let Some(slot) = self.slot.take() else { return };
        // A dispatcher that is closed has no reactor any more, and nothing to be taken out of.
        if let Some(dispatcher) = self.dispatcher.upgrade()
            && let Ok(reactor) = dispatcher.reactor()
        {
            reactor.remove(slot, |registry| sys::deregister(registry, self.fd));
        }
        for direction in [Direction::Read, Direction::Write] {
            let waiting = self.lane(direction).waiting.take();
            for pending in waiting {
                self.count_operations(-1);
                if !global::thread_ends() {
                    pending.fail(Error::from(why(pending.name())));
                }
            }
            self.lane(direction).wake();
        }
    }
}

impl Lane {
    fn wake(&self) {
        if self.wakers.borrow().is_empty() {
            return;
        }
        // A waker may run anything, and come back here.
        let mut woken = self.wakers.take();
        woken.drain(..).for_each(Waker::wake);
        let mut wakers = self.wakers.borrow_mut();
        if wakers.is_empty() {
            // For its memory.
            *wakers = woken;
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.shared();
        f.debug_struct("Source")
            .field("fd", &shared.fd)
            .field("closed", &self.is_closed())
            .field("reading", &shared.read.waiting.borrow().len())
            .field("writing", &shared.write.waiting.borrow().len())
            .finish()
    }
}

/// Where a cancelled operation is taken out of.
pub(super) type Home = Weak<Shared>;
