//! The list of what happened, and the panic that can be made to happen.

use std::cell::RefCell;
use std::mem;
use std::panic;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread;

/// More events than any function of the corpus has: what runs longer will not end.
const RUNAWAY: usize = 5_000;

thread_local! {
    static RUN: RefCell<Run> = RefCell::new(Run::default());
}

/// One run: what it is to do, and what happened in it.
#[derive(Debug, Default)]
pub struct Run {
    /// How often the future is polled before it is dropped.
    pub polls: usize,
    /// The event at which to panic, counted from 1.
    pub panic_at: Option<usize>,
    /// What happened.
    pub events: Vec<String>,
    /// The numbers of the events that can panic: all but the driver's notes.
    pub points: Vec<usize>,
    /// Whether the future returned `Ready` or panicked.
    pub finished: bool,
    /// Whether a run is going on; the panic hook is silent then.
    active: bool,
    wakes: usize,
}

/// The payload of an injected panic: the event's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Injected(pub usize);

/// Something happened, and it may fail: an injected panic leaves from here, unless one is on its
/// way already, as when the function itself panics.
pub fn event(text: impl Into<String>) {
    if thread::panicking() {
        return note(text);
    }
    let injected = RUN.with_borrow_mut(|run| {
        run.events.push(text.into());
        let number = run.events.len();
        run.points.push(number);
        let runaway = run.active && number >= RUNAWAY;
        (runaway || run.panic_at == Some(number)).then_some(number)
    });
    if let Some(number) = injected {
        assert!(number < RUNAWAY, "{RUNAWAY} events and no end");
        // Past the hook: thousands of these are on purpose.
        panic::resume_unwind(Box::new(Injected(number)));
    }
}

/// Something the driver saw. It is compared, but no panic is injected here.
pub fn note(text: impl Into<String>) {
    RUN.with_borrow_mut(|run| run.events.push(text.into()));
}

pub(crate) fn begin(polls: usize, panic_at: Option<usize>) {
    RUN.set(Run { polls, panic_at, active: true, ..Run::default() });
}

pub(crate) fn end() -> Run {
    RUN.with_borrow_mut(mem::take)
}

pub(crate) fn polls() -> usize {
    RUN.with_borrow(|run| run.polls)
}

/// Marks the run as one that reached the function's end, or asks whether a run is going on.
pub(crate) mod runs {
    use super::RUN;

    pub(crate) fn finish() {
        RUN.with_borrow_mut(|run| run.finished = true);
    }

    pub(crate) fn active() -> bool {
        RUN.with_borrow(|run| run.active)
    }
}

/// Counts wakes, to see that each future is polled with the context its poller was given.
pub(crate) mod wakes {
    use super::*;

    struct Count;

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            RUN.with_borrow_mut(|run| run.wakes += 1);
        }
    }

    pub(crate) fn waker() -> Waker {
        Waker::from(Arc::new(Count))
    }

    /// The wakes since the last call.
    pub(crate) fn take() -> usize {
        RUN.with_borrow_mut(|run| mem::take(&mut run.wakes))
    }
}
