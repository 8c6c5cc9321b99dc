//! Callbacks that are called again and again, until they have had enough.

use std::cell::Cell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;

use crate::Error;
use crate::future::{call_soon, schedule};

/// A callback that was added to the dispatcher: a [timer](super::add_timer)'s, a
/// [signal](super::add_signal)'s or a [process](super::add_process)'s.
///
/// Dropping it changes nothing; [`remove`](WatchId::remove) takes the callback back.
pub struct WatchId(Rc<dyn Watched>);

impl WatchId {
    pub(super) fn new(watched: Rc<dyn Watched>) -> WatchId {
        WatchId(watched)
    }

    /// Takes the callback back: it is dropped and not called any more, even if what it waits for
    /// has happened already. `false` if it had been removed before, by whatever means. A callback
    /// may remove itself; it is dropped when it returns.
    ///
    /// ```
    /// use async_proc::dispatch::{self, add_timer};
    /// use std::time::Duration;
    ///
    /// let timer = add_timer(Duration::from_secs(3600), false, || unreachable!("it is removed"));
    /// assert!(timer.remove());
    /// assert!(!timer.remove());
    /// assert!(!dispatch::has_pending_operations());
    /// ```
    pub fn remove(&self) -> bool {
        end(&*self.0)
    }
}

impl fmt::Debug for WatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let removed = self.0.callback().ended.get();
        f.debug_struct("WatchId").field("removed", &removed).finish_non_exhaustive()
    }
}

/// Something that a callback waits for.
pub(super) trait Watched {
    fn callback(&self) -> &Callback;

    /// The callback has had enough or was removed: nothing is to be waited for any more. Called
    /// once.
    fn release(&self);
}

/// A callback, and whether it is in the queue, running or gone.
pub(super) struct Callback {
    /// Absent while it runs, and at the end.
    function: Cell<Option<Box<dyn FnMut() -> bool>>>,
    /// A call stands in the queue. There is never more than one.
    queued: Cell<bool>,
    /// It was to be called while it ran, by a turn within it.
    again: Cell<bool>,
    ended: Cell<bool>,
}

impl Callback {
    pub(super) fn new(function: impl FnMut() -> bool + 'static) -> Callback {
        Callback {
            function: Cell::new(Some(Box::new(function))),
            queued: Cell::new(false),
            again: Cell::new(false),
            ended: Cell::new(false),
        }
    }
}

/// Queues one call, unless one is queued.
pub(super) fn notify(watched: Rc<dyn Watched>) {
    let callback = watched.callback();
    if !callback.ended.get() && !callback.queued.replace(true) {
        call_soon(move || {
            watched.callback().queued.set(false);
            run(watched);
        });
    }
}

/// Calls it now. If it has had enough or panics, that was the last time. A panic becomes the error
/// of the running `poll`.
pub(super) fn run(watched: Rc<dyn Watched>) {
    let callback = watched.callback();
    let Some(mut function) = callback.function.take() else {
        // It runs, further up on the stack, or it has ended.
        callback.again.set(true);
        return;
    };
    let enough = panic::catch_unwind(AssertUnwindSafe(&mut function)).unwrap_or_else(|payload| {
        schedule::with(|schedule| schedule.fail(Error::panicked(payload)));
        true
    });
    if enough {
        end(&*watched);
    } else if !callback.ended.get() {
        callback.function.set(Some(function));
        if callback.again.replace(false) {
            notify(watched);
        }
    }
}

/// Ends it. `false` if it has ended before.
pub(super) fn end(watched: &dyn Watched) -> bool {
    let callback = watched.callback();
    if callback.ended.replace(true) {
        return false;
    }
    watched.release();
    // Its destructor may do anything: it finds the callback gone.
    drop(callback.function.take());
    true
}
