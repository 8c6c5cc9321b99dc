//! What a thread has to run: its queue, its procs, and what went wrong in them.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::sync::Arc;

use super::cancel;
use super::head::Handle;
use super::inbox::Inbox;
use super::key::{GENERATION_MASK, Key, PROCS};
use super::list::List;
use super::proc::{self, Proc};
use super::slots::Slots;
use super::unread::Hook;
use super::waiter::{WakerId, WakerNode};
use crate::Error;

/// One thread's schedule. It is made by the first use and ends with the thread.
pub(crate) struct Schedule {
    /// Callbacks and procs whose turn will come.
    pub(crate) queue: List,
    /// The proc in whose step we are, the innermost one.
    pub(super) running: Cell<Option<NonNull<Proc>>>,
    /// Every unfinished proc.
    procs: RefCell<Slots<NonNull<Proc>>>,
    /// How many suspended procs may be woken by something that is not a `Future` of ours, and how
    /// many callbacks queued by something that is not of the dispatcher.
    pub(super) foreign: Cell<usize>,
    /// The foreign wakers that wait on our futures.
    pub(super) wakers: RefCell<HashMap<WakerId, NonNull<WakerNode>>>,
    /// Errors that the running `poll` is to return.
    failures: RefCell<VecDeque<Error>>,
    pub(super) hook: RefCell<Option<Rc<Hook>>>,
    inbox: Arc<Inbox>,
    /// The reactor whose wait a letter ends, by its serial number.
    pub(crate) bell_of: Cell<Option<u64>>,
}

thread_local! {
    /// The thread's schedule; null before its first use and after its end. Apart from `OWNER`, so
    /// that reading it needs no check whether the thread is ending.
    static CURRENT: Cell<*const Schedule> = const { Cell::new(ptr::null()) };
    static OWNER: Owner = const { Owner(Cell::new(ptr::null())) };
}

/// Calls `f` with the thread's schedule.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Schedule) -> R) -> R {
    let mut current = CURRENT.get();
    if current.is_null() {
        current = create();
    }
    // SAFETY: a schedule is freed when its thread ends, after `CURRENT` was made null, with no
    // call of this function on the stack.
    f(unsafe { &*current })
}

/// Calls `f` with the thread's schedule, if there is one.
#[inline]
pub(crate) fn if_any<R>(f: impl FnOnce(&Schedule) -> R) -> Option<R> {
    let current = CURRENT.get();
    // SAFETY: as in `with`.
    unsafe { current.as_ref() }.map(f)
}

/// Whether the thread is ending, and its schedule has ended or is about to.
pub(crate) fn has_ended() -> bool {
    OWNER.try_with(|_| ()).is_err()
}

#[cold]
fn create() -> *const Schedule {
    let schedule = Box::into_raw(Box::new(Schedule {
        queue: List::new(),
        running: Cell::new(None),
        procs: RefCell::new(Slots::new()),
        foreign: Cell::new(0),
        wakers: RefCell::default(),
        failures: RefCell::default(),
        hook: RefCell::default(),
        inbox: Inbox::new(),
        bell_of: Cell::new(None),
    }));
    CURRENT.set(schedule);
    // A thread-local destructor that uses futures after the schedule has ended gets another one,
    // which is leaked.
    let _ = OWNER.try_with(|owner| owner.0.set(schedule));
    schedule
}

struct Owner(Cell<*const Schedule>);

impl Drop for Owner {
    fn drop(&mut self) {
        let schedule = self.0.get();
        if schedule.is_null() {
            return;
        }
        // SAFETY: the schedule was made by `create`, which gave it to this owner alone.
        unsafe { &*schedule }.shut_down();
        CURRENT.set(ptr::null());
        // SAFETY: nothing can reach it any more.
        drop(unsafe { Box::from_raw(schedule.cast_mut()) });
    }
}

impl Schedule {
    pub(crate) fn number(&self) -> usize {
        self.inbox.number()
    }

    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    /// Whether a callback, a proc or a failure is queued.
    pub(crate) fn has_queued(&self) -> bool {
        !self.queue.is_empty() || !self.failures.borrow().is_empty()
    }

    /// Whether something outside may wake a proc or queue a callback.
    pub(crate) fn has_foreign(&self) -> bool {
        self.foreign.get() > 0
    }

    /// Counts something outside that may queue a callback, as long as it may.
    pub(crate) fn count_foreign(&self, more: isize) {
        self.foreign.set(self.foreign.get().saturating_add_signed(more));
    }

    /// Makes the running `poll` return `error`.
    pub(crate) fn fail(&self, error: Error) {
        self.failures.borrow_mut().push_back(error);
    }

    /// Runs at most `limit` of what is queued, and stops at the first failure.
    ///
    /// # Errors
    ///
    /// A checked future failed, or a callback panicked. The rest stays queued.
    pub(crate) fn run(&self, limit: usize) -> Result<(), Error> {
        for _ in 0..limit {
            self.check()?;
            let Some(node) = self.queue.pop_front() else { break };
            // SAFETY: a node taken from the queue is alive and ours.
            unsafe { (node.as_ref().kind().run)(node) };
        }
        self.check()
    }

    fn check(&self) -> Result<(), Error> {
        match self.failures.borrow_mut().pop_front() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// Enters an unfinished proc.
    ///
    /// # Panics
    ///
    /// If there are more procs than a key can tell apart: 268 million, or a million where
    /// addresses have 32 bits.
    pub(super) fn enroll(&self, proc: NonNull<Proc>) -> Key {
        let place = self.procs.borrow_mut().insert(proc);
        assert!(place.index < PROCS, "no more than {PROCS} procs can be unfinished at a time");
        Key::new(self.number(), place)
    }

    /// Strikes a proc that ends out of the table.
    pub(super) fn strike(&self, key: Key) {
        if key.schedule() == self.number() {
            self.procs.borrow_mut().remove(key.place().index);
        }
    }

    /// The proc in whose step we are, if its key is `key`.
    pub(super) fn running(&self, key: Key) -> Option<NonNull<Proc>> {
        // SAFETY: the running proc is alive.
        self.running.get().filter(|proc| unsafe { proc.as_ref() }.key() == key)
    }

    /// A waker with this key was cloned: something may keep it.
    pub(super) fn note_clone(&self, key: Key) {
        if let Some(proc) = self.running(key) {
            // SAFETY: the running proc is alive.
            unsafe { proc.as_ref() }.note_clone();
        }
    }

    /// Queues the proc of `key`, if it is unfinished.
    pub(crate) fn wake(&self, key: Key) {
        let proc = self.procs.borrow().get(key.place(), GENERATION_MASK).copied();
        if let Some(proc) = proc {
            // SAFETY: the procs in the table are unfinished, so they are alive.
            unsafe { proc::woken(proc, self) };
        }
    }

    /// The thread ends: drops the frames of unfinished procs, whatever is queued, and what other
    /// threads sent.
    fn shut_down(&self) {
        self.inbox.close();
        // A destructor may start something new; it is given a few chances, and leaked then.
        for _ in 0..100 {
            let procs: Vec<Handle> = {
                let procs = self.procs.borrow();
                // SAFETY: the procs in the table are unfinished, so they are alive.
                procs.iter().map(|proc| unsafe { Handle::of(proc.cast()) }).collect()
            };
            if procs.is_empty() && self.queue.is_empty() {
                break;
            }
            for proc in procs {
                cancel::cancel(proc);
            }
            while let Some(node) = self.queue.pop_front() {
                // SAFETY: a node taken from the queue is alive and ours.
                unsafe { (node.as_ref().kind().discard)(node) };
            }
        }
    }
}
