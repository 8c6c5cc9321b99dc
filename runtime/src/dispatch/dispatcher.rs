//! The dispatcher and its turns.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

#[cfg(unix)]
use super::attend::Attendants;
use super::clock::{self, Clock};
#[cfg(unix)]
use super::fd::Table;
use super::global;
use super::reactor::Reactor;
use super::remote::Remote;
#[cfg(unix)]
use super::signal::Hubs;
use super::source::{Direction, Shared};
use super::timer::Timer;
use super::timers::{TimerKey, Timers};
use crate::error::{Closed, NothingPending, QueueError};
use crate::future::{Letter, schedule};
use crate::{Error, Future};

/// The most callbacks and procs that one turn runs.
pub const BATCH: usize = 1024;

/// A dispatcher: timers, and the descriptors that are registered with it. The functions of the
/// [module](super) act on the current thread's; this handle has what is needed more rarely.
///
/// Clones are handles of one dispatcher. A thread has one without asking; more are made by
/// [`new`](Dispatcher::new), and become the thread's by
/// [`set_global_dispatcher`](super::set_global_dispatcher). The queue of callbacks and procs is the
/// thread's, whichever of its dispatchers is run.
#[doc(alias = "PDispatcher")]
#[derive(Clone)]
pub struct Dispatcher(Rc<Inner>);

/// A dispatcher as what is registered with it knows it: it may be gone.
#[derive(Clone, Default)]
pub(crate) struct WeakDispatcher(Weak<Inner>);

struct Inner {
    clock: Clock,
    timers: RefCell<Timers>,
    /// Operations that were submitted to a source and have not finished.
    operations: Cell<usize>,
    /// How many turns there have been.
    turns: Cell<u64>,
    /// Made when something is first waited for.
    reactor: RefCell<Option<Rc<Reactor>>>,
    #[cfg(unix)]
    fds: Table,
    #[cfg(unix)]
    signals: Hubs,
    #[cfg(unix)]
    attendants: Attendants,
    closed: Cell<bool>,
}

impl WeakDispatcher {
    /// The dispatcher, unless its last handle was dropped.
    pub(crate) fn upgrade(&self) -> Option<Dispatcher> {
        self.0.upgrade().map(Dispatcher)
    }
}

impl Dispatcher {
    /// A dispatcher on which nothing is pending. No system resource is taken before it has
    /// something to wait for.
    ///
    /// ```
    /// use async_proc::dispatch::{self, Dispatcher};
    /// use std::time::Duration;
    ///
    /// let first = dispatch::set_global_dispatcher(&Dispatcher::new())?;
    /// let nap = async_proc::sleep_async(Duration::from_millis(1)); // on the new one
    /// assert!(!first.has_pending_operations());
    /// dispatch::wait_for(nap)?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "newDispatcher")]
    #[allow(clippy::new_without_default, reason = "the default is the thread's own: `current`")]
    pub fn new() -> Dispatcher {
        Dispatcher(Rc::new(Inner {
            clock: Clock::default(),
            timers: RefCell::default(),
            operations: Cell::new(0),
            turns: Cell::new(0),
            reactor: RefCell::default(),
            #[cfg(unix)]
            fds: Table::default(),
            #[cfg(unix)]
            signals: Hubs::default(),
            #[cfg(unix)]
            attendants: Attendants::default(),
            closed: Cell::new(false),
        }))
    }

    /// The current thread's dispatcher; the same as
    /// [`global_dispatcher`](super::global_dispatcher).
    pub fn current() -> Dispatcher {
        global::current()
    }

    pub(super) fn with<R>(f: impl FnOnce(&Dispatcher) -> R) -> R {
        f(&Dispatcher::current())
    }

    pub(crate) fn downgrade(&self) -> WeakDispatcher {
        WeakDispatcher(Rc::downgrade(&self.0))
    }

    /// Closes the dispatcher, and everything that belongs to it: timers and operations that are
    /// pending fail, with an error of kind [`Closed`](crate::ErrorKind::Closed); descriptors that
    /// were [registered](super::register) with it are closed, and so is the system's event queue.
    /// Sockets of [`net`](crate::net) stay open, and can be of no use any more.
    ///
    /// Closing it again does nothing. Dropping the last handle closes it too.
    ///
    /// ```
    /// use async_proc::dispatch::{self, Dispatcher};
    /// use async_proc::{ErrorKind, sleep_async};
    ///
    /// let hour = sleep_async(std::time::Duration::from_secs(3600));
    /// Dispatcher::current().close();
    /// assert_eq!(hour.read().unwrap_err().kind(), ErrorKind::Closed);
    /// dispatch::set_global_dispatcher(&Dispatcher::new())?; // to go on
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether it was closed. A closed dispatcher still runs what is queued.
    pub fn is_closed(&self) -> bool {
        self.0.closed.get()
    }

    /// The descriptor of the system's event queue (epoll, kqueue), for use in another event loop:
    /// it is readable when an operation can go on. It says nothing of timers and of what is queued,
    /// and it stays the dispatcher's own.
    ///
    /// # Errors
    ///
    /// The system has no more descriptors to give, or the dispatcher is closed.
    #[cfg(unix)]
    #[doc(alias = "getIoHandler")]
    pub fn io_handler(&self) -> io::Result<std::os::fd::RawFd> {
        Ok(self.reactor()?.queue())
    }

    /// How many descriptors are registered: [sockets](crate::net), and what was
    /// [registered](super::register) by hand. The original counts only those on which an operation
    /// is pending, and so lets a server accept more than there is room for; how many of these there
    /// are, [`operations`](Dispatcher::operations) tells.
    ///
    /// ```
    /// use async_proc::{dispatch::Dispatcher, net::AsyncSocket};
    ///
    /// let before = Dispatcher::current().active_descriptors();
    /// let socket = AsyncSocket::listener("127.0.0.1:0")?;
    /// assert_eq!(Dispatcher::current().active_descriptors(), before + 1);
    /// # drop(socket);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "activeDescriptors")]
    pub fn active_descriptors(&self) -> usize {
        self.0.reactor.borrow().as_ref().map_or(0, |reactor| reactor.registered())
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
    /// [`Panicked`](crate::ErrorKind::Panicked) if a callback panicked; or a
    /// [`QueueError`](crate::error::QueueError).
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

    /// One turn, whether anything is pending or not.
    pub(crate) fn turn(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.0.turns.set(self.turns().wrapping_add(1));
        // A future that was completed is something that happened, even if nobody waits on it.
        let timeout = if self.fire_timers() { Some(Duration::ZERO) } else { timeout };
        #[cfg(unix)]
        let looked = self.0.attendants.around(timeout, |timeout| self.look(timeout));
        #[cfg(not(unix))]
        let looked = self.look(timeout);
        self.fire_timers();
        // Also if there are no events to be had any more, which the next turn says again: nothing else
        // is lost by that.
        schedule::with(|schedule| schedule.run(BATCH)).and(looked)
    }

    /// Completes the futures of due timers, and queues their callbacks. `true` if there were any.
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
            let Some((key, timer)) = due else { return fired };
            fired = true;
            timer.fire(self, key);
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
        if wait != Some(Duration::ZERO) || self.0.reactor.borrow().is_some() {
            let reactor = self.reactor().map_err(QueueError::Create)?;
            self.hear_others(&reactor);
            self.read_inbox();
            let wait = if self.has_queued() { Some(Duration::ZERO) } else { wait };
            reactor.turn(wait).map_err(QueueError::Wait)?;
        }
        self.read_inbox();
        Ok(())
    }

    /// Has what other threads send end the wait of this dispatcher, and of no other.
    fn hear_others(&self, reactor: &Reactor) {
        schedule::with(|schedule| {
            if schedule.bell_of.replace(Some(reactor.serial())) != Some(reactor.serial()) {
                schedule.inbox().set_bell(Some(reactor.bell()));
            }
        });
    }

    fn has_queued(&self) -> bool {
        schedule::with(|schedule| schedule.has_queued())
    }

    fn has_more(&self) -> bool {
        self.0.reactor.borrow().as_ref().is_some_and(|reactor| reactor.has_more())
    }

    fn waits_for_others(&self) -> bool {
        #[cfg(unix)]
        if self.0.attendants.are_pending() {
            return true;
        }
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

    /// Has `timer` fire after `delay`. `None` if the dispatcher is closed.
    pub(super) fn add_timer(&self, delay: Duration, timer: Timer) -> Option<TimerKey> {
        self.add_timer_at(self.0.clock.after(delay), timer)
    }

    pub(super) fn add_timer_at(&self, deadline: Instant, timer: Timer) -> Option<TimerKey> {
        if self.is_closed() {
            return None;
        }
        let mut timers = self.0.timers.borrow_mut();
        let key = timers.key(deadline);
        timers.add(key, timer);
        Some(key)
    }

    pub(super) fn remove_timer(&self, key: TimerKey) {
        // Bound to a name, so that the table is not borrowed while it is dropped.
        let removed = self.0.timers.borrow_mut().remove(key);
        drop(removed);
    }

    /// How many turns there have been, up to the current one.
    ///
    /// ```
    /// use async_proc::{dispatch::Dispatcher, sleep_async, wait_for};
    /// use std::time::Duration;
    ///
    /// wait_for(sleep_async(Duration::from_millis(5)))?;
    /// assert_eq!(Dispatcher::current().turns(), 1, "one that waited");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn turns(&self) -> u64 {
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

    /// The descriptors that were registered by hand.
    #[cfg(unix)]
    pub(super) fn fds(&self) -> &Table {
        &self.0.fds
    }

    /// The signals that are watched.
    #[cfg(unix)]
    pub(super) fn signals(&self) -> &Hubs {
        &self.0.signals
    }

    /// What is served in every turn.
    #[cfg(unix)]
    pub(super) fn attendants(&self) -> &Attendants {
        &self.0.attendants
    }

    /// The reactor, made now if need be.
    pub(super) fn reactor(&self) -> io::Result<Rc<Reactor>> {
        if self.is_closed() {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "the dispatcher is closed"));
        }
        let mut reactor = self.0.reactor.borrow_mut();
        Ok(match &*reactor {
            Some(reactor) => reactor.clone(),
            None => reactor.insert(Rc::new(Reactor::new()?)).clone(),
        })
    }
}

impl Inner {
    fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        let reactor = self.reactor.take();
        if let Some(reactor) = &reactor {
            schedule::if_any(|schedule| {
                if schedule.bell_of.get() == Some(reactor.serial()) {
                    schedule.bell_of.set(None);
                    schedule.inbox().set_bell(None);
                }
            });
        }
        // Futures that finish only queue who waits, so nothing runs in between. What is dropped
        // may run anything: by then the tables are empty.
        let timers = self.timers.take();
        timers.into_timers().for_each(Timer::close);
        #[cfg(unix)]
        self.signals.close();
        for source in reactor.iter().flat_map(|reactor| reactor.sources()) {
            source.close(Closed::by_dispatcher);
        }
        #[cfg(unix)]
        drop((self.fds.take(), self.attendants.take()));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether two handles are of one dispatcher.
impl PartialEq for Dispatcher {
    fn eq(&self, other: &Dispatcher) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Dispatcher {}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("timers", &self.timers())
            .field("operations", &self.operations())
            .field("descriptors", &self.active_descriptors())
            .finish_non_exhaustive()
    }
}
