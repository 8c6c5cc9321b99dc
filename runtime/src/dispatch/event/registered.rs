//! The callbacks of a thread that wait for events.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::EventError;
use super::shared::{Number, Shared};
use crate::dispatch::watch::{self, Callback, Watched};
use crate::future::schedule;

thread_local! {
    static REGISTERED: RefCell<HashMap<Number, Rc<Registered>>> = RefCell::default();
}

/// A callback that waits for an event.
struct Registered {
    event: Arc<Shared>,
    number: Number,
    callback: Callback,
}

impl Watched for Registered {
    fn callback(&self) -> &Callback {
        &self.callback
    }

    fn release(&self) {
        self.event.leave(self.number);
        schedule::if_any(|schedule| schedule.count_foreign(-1));
        // Where the thread is ending, the table goes by itself.
        let entry = REGISTERED.try_with(|table| table.borrow_mut().remove(&self.number));
        // Its destructor may add another: the table is not borrowed any more.
        drop(entry);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // At the end of its thread: others may wait for the event now.
        self.event.leave(self.number);
    }
}

/// Makes the event the current thread's, until it is given the callback for it by [`enter`].
pub(super) fn register(event: &Arc<Shared>) -> Result<Number, EventError> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    event.register(number, deliver)?;
    Ok(number)
}

/// Has `function` called each time the event was triggered, until it returns `true`.
pub(super) fn enter(
    event: &Arc<Shared>,
    number: Number,
    mut function: impl FnMut() -> bool + 'static,
) {
    let consumed = event.clone();
    let callback = Callback::new(move || {
        // Only here is the flag taken down: what was not delivered stays for the next to register.
        let enough = consumed.consume(number) && function();
        // Without a handle there will be no other trigger.
        enough || consumed.is_closed()
    });
    let entry = Rc::new(Registered { event: event.clone(), number, callback });
    // A thread that is ending calls nobody any more.
    if REGISTERED.try_with(|table| table.borrow_mut().insert(number, entry)).is_ok() {
        schedule::with(|schedule| schedule.count_foreign(1));
    }
}

fn find(number: Number) -> Option<Rc<Registered>> {
    REGISTERED.try_with(|table| table.borrow().get(&number).cloned()).ok().flatten()
}

/// Calls a callback of this thread, if it still waits.
pub(super) fn deliver(event: &Arc<Shared>, number: Number) {
    if event.arrive(number)
        && let Some(entry) = find(number)
    {
        watch::run(entry);
    }
}

/// Drops a callback of this thread, if it is still there.
pub(super) fn remove(_: &Arc<Shared>, number: Number) {
    if let Some(entry) = find(number) {
        watch::end(&*entry);
    }
}
