//! The dispatcher and its turns.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::io;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use super::clock::{self, Clock};
use super::reactor::Reactor;
use super::remote::Remote;
use super::source::{Direction, Shared};
use super::timers::{TimerKey, Timers};
use crate::error::NothingPending;
use crate::future::{Letter, schedule};
use crate::{Error, Future};

/// The most callbacks and procs that one turn runs.
pub const BATCH: usize = 1024;

/// A thread's dispatcher. The functions of the [module](super) act on that of the current thread;
/// this handle has what is needed more rarely.
#[derive(Clone)]
pub struct Dispatcher(Rc<Inner>);

struct Inner {
    clock: Clock,
    timers: RefCell<Timers>,
    /// Operations that were submitted to a source and have not finished.
    operations: Cell<usize>,
    /// How many turns there have been.
    turns: Cell<u64>,
    /// Made when something is first waited for.
    reactor: OnceCell<Reactor>,
}

thread_local! {
    static CURRENT: Dispatcher = Dispatcher::make();
}

impl Dispatcher {
    /// The current thread's dispatcher.
    #[doc(alias = "getGlobalDispatcher")]
    pub fn current() -> Dispatcher {
        // While the thread's own is being dropped, destructors get one that nobody runs.
        CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Dispatcher::make())
    }

    pub(super) fn with<R>(f: impl FnOnce(&Dispatcher) -> R) -> R {
        f(&Dispatcher::current())
    }

    fn make() -> Dispatcher {
        Dispatcher(Rc::new(Inner {
            clock: Clock::default(),
            timers: RefCell::default(),
            operations: Cell::new(0),
            turns: Cell::new(0),
            reactor: OnceCell::new(),
        }))
    }

    /// Whether anything is queued or could happen; see the [module](super) for what counts. Timers
    /// that are not due do not count while the clock is paused.
    pub fn has_pending_operations(&self) -> bool {
        self.has_queued() || self.waits_for_others() || self.next_timer().is_some()
    }

    /// What other threads may use to reach this one.
    pub fn remote(&self) -> Remote {
        Remote::new(schedule::with(|schedule| schedule.inbox().clone()))
    }

    /// How many timers have not fired.
    pub fn timers(&self) -> usize {
        self.0.timers.borrow().len()
    }

    /// How many submitted operations have not finished.
    pub fn operations(&self) -> usize {
        self.0.operations.get()
    }

    /// The time that timers go by.
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// Stops the clock that timers go by, so that a test can [advance](Dispatcher::advance) it.
    /// The `timeout` of [`poll`](super::poll) is real time still.
    ///
    /// ```
    /// use async_proc::dispatch::{self, Dispatcher};
    /// use std::time::Duration;
    ///
    /// let dispatcher = Dispatcher::current();
    /// dispatcher.pause_clock();
    /// let day = async_proc::sleep_async(Duration::from_secs(86_400));
    /// dispatcher.advance(Duration::from_secs(86_399));
    /// dispatch::run_forever()?;
    /// assert!(!day.finished());
    /// dispatcher.advance(Duration::from_secs(1));
    /// dispatch::run_forever()?;
    /// assert!(day.finished());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn pause_clock(&self) {
        self.0.clock.pause();
    }

    /// Has timers go by real time again.
    pub fn resume_clock(&self) {
        self.0.clock.resume();
    }

    /// Pauses the clock and moves it on. The timers that are due then fire in the next turn.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// One turn: waits until something happens, but no longer than `timeout`, and deals with it.
    /// `None` waits as long as it takes.
    ///
    /// # Errors
    ///
    /// Of kind [`NothingPending`](crate::ErrorKind::NothingPending) if there is nothing that could
    /// happen; the failure of a future under [`async_check`](crate::async_check); of kind
    /// [`Panicked`](crate::ErrorKind::Panicked) if a callback panicked; or an I/O error of the
    /// system's event queue.
    pub fn poll(&self, timeout: impl Into<Option<Duration>>) -> Result<(), Error> {
        self.read_inbox();
        if !self.has_pending_operations() {
            return Err(self.nothing_pending("nothing is pending on this dispatcher"));
        }
        self.turn(timeout.into())
    }

    /// Runs turns until nothing is pending or `total` has passed.
    ///
    /// # Errors
    ///
    /// As [`poll`](Dispatcher::poll), if nothing is pending at the start or something fails.
    pub fn drain(&self, total: Duration) -> Result<(), Error> {
        // Real time, as the waiting is.
        let end = clock::add(Instant::now(), total);
        self.poll(total)?;
        while self.has_pending_operations() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.turn(Some(left))?;
        }
        Ok(())
    }

    /// Runs turns until nothing is pending.
    ///
    /// # Errors
    ///
    /// As [`poll`](Dispatcher::poll), but that nothing is pending is no error. It can be called
    /// again to go on.
    pub fn run_forever(&self) -> Result<(), Error> {
        loop {
            self.read_inbox();
            if !self.has_pending_operations() {
                return Ok(());
            }
            self.turn(None)?;
        }
    }

    /// Runs turns until `future` has finished, and takes its value.
    ///
    /// # Errors
    ///
    /// The future's own error; as [`poll`](Dispatcher::poll) if something else fails first. Keep a
    /// clone of the future to go on waiting after that.
    pub fn wait_for<T>(&self, future: Future<T>) -> Result<T, Error> {
        while !future.finished() {
            self.read_inbox();
            if !self.has_pending_operations() {
                let (name, created) = (future.name(), future.created());
                return Err(self.nothing_pending(format_args!(
                    "nothing is pending that could finish `{name}` created at {created}"
                )));
            }
            self.turn(None)?;
        }
        future.take()
    }

    fn nothing_pending(&self, what: impl fmt::Display) -> Error {
        let paused = self.0.clock.is_paused() && !self.0.timers.borrow().is_empty();
        let hint = if paused { "; timers are, but the clock is paused" } else { "" };
        Error::from(NothingPending(format!("{what}{hint}")))
    }

    fn turn(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.0.turns.set(self.turns().wrapping_add(1));
        // A future that was completed is something that happened, even if nobody waits on it.
        let timeout = if self.fire_timers() { Some(Duration::ZERO) } else { timeout };
        self.look(timeout)?;
        self.fire_timers();
        schedule::with(|schedule| schedule.run(BATCH))
    }

    /// Completes the futures of due timers. What they set off is queued. `true` if there were any.
    fn fire_timers(&self) -> bool {
        let made = {
            let timers = self.0.timers.borrow();
            if timers.is_empty() {
                return false;
            }
            timers.made()
        };
        let now = self.now();
        let mut fired = false;
        loop {
            let due = self.0.timers.borrow_mut().pop_due(now, made);
            let Some(future) = due else { return fired };
            fired = true;
            // The program may have completed it itself; then there is nothing to do.
            let _ = future.complete(());
        }
    }

    /// Takes I/O events and letters of other threads, and waits for them if nothing else is to do.
    fn look(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let wait = if self.has_queued() || self.has_more() {
            Some(Duration::ZERO)
        } else {
            let timer = self.next_timer().map(|at| at.saturating_duration_since(self.now()));
            match (timeout, timer) {
                (Some(timeout), Some(timer)) => Some(timeout.min(timer)),
                (timeout, timer) => timeout.or(timer),
            }
        };
        // Without a reactor there is no I/O, and nothing to ask the system unless to wait.
        if wait != Some(Duration::ZERO) || self.0.reactor.get().is_some() {
            let reactor = self.reactor()?;
            self.read_inbox();
            let wait = if self.has_queued() { Some(Duration::ZERO) } else { wait };
            reactor.turn(wait)?;
        }
        self.read_inbox();
        Ok(())
    }

    fn has_queued(&self) -> bool {
        schedule::with(|schedule| schedule.has_queued())
    }

    fn has_more(&self) -> bool {
        self.0.reactor.get().is_some_and(Reactor::has_more)
    }

    fn waits_for_others(&self) -> bool {
        self.operations() > 0 || schedule::with(|schedule| schedule.has_foreign())
    }

    /// When the next timer is due. Never, if the clock is paused and it is not due yet.
    fn next_timer(&self) -> Option<Instant> {
        let next = self.0.timers.borrow().next()?;
        (!self.0.clock.is_paused() || next <= self.now()).then_some(next)
    }

    fn read_inbox(&self) {
        let letters = schedule::with(|schedule| schedule.inbox().take());
        for letter in letters {
            match letter {
                Letter::Wake(key) => schedule::with(|schedule| schedule.wake(key)),
                Letter::Call(call) => super::call_soon(call),
            }
        }
    }

    pub(super) fn add_timer(&self, delay: Duration, future: Future<()>) -> TimerKey {
        let deadline = self.0.clock.after(delay);
        let mut timers = self.0.timers.borrow_mut();
        let key = timers.key(deadline);
        timers.add(key, future);
        key
    }

    pub(super) fn remove_timer(&self, key: TimerKey) {
        // Bound to a name, so that the table is not borrowed while the future is dropped.
        let removed = self.0.timers.borrow_mut().remove(key);
        drop(removed);
    }

    /// How many turns there have been, up to the current one.
    pub(super) fn turns(&self) -> u64 {
        self.0.turns.get()
    }

    pub(super) fn retry_later(&self, source: Weak<Shared>, direction: Direction) {
        if let Ok(reactor) = self.reactor() {
            reactor.retry_later(source, direction);
        }
    }

    pub(super) fn count_operations(&self, more: isize) {
        let operations = &self.0.operations;
        operations.set(operations.get().saturating_add_signed(more));
    }

    /// The reactor, made now if need be.
    pub(super) fn reactor(&self) -> io::Result<&Reactor> {
        if let Some(reactor) = self.0.reactor.get() {
            return Ok(reactor);
        }
        let reactor = Reactor::new()?;
        let bell = reactor.bell()?;
        schedule::with(|schedule| schedule.inbox().set_bell(bell));
        Ok(self.0.reactor.get_or_init(|| reactor))
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("timers", &self.timers())
            .field("operations", &self.operations())
            .finish_non_exhaustive()
    }
}
