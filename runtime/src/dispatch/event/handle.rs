//! The handle of an event.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use super::EventError;
use super::registered;
use super::shared::{Number, Shared};
use crate::Future;
use crate::future::{Handle, Leaf, Leafed};

/// Something that any thread may trigger, and that one callback or future waits for.
///
/// Clones are handles of one event. When the last one is dropped, nobody can trigger it any more:
/// that [unregisters](AsyncEvent::unregister) whoever waits. So a callback that keeps a handle of
/// its own event stays until it is taken back.
///
/// ```
/// use async_proc::dispatch::{self, AsyncEvent};
/// use std::thread;
///
/// let done = AsyncEvent::new();
/// let worker = done.clone();
/// let thread = thread::spawn(move || worker.trigger());
/// dispatch::wait_for(done.wait())?;
/// thread.join().unwrap()?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct AsyncEvent(Arc<Handles>);

#[derive(Default)]
struct Handles(Arc<Shared>);

impl Drop for Handles {
    fn drop(&mut self) {
        if self.0.abandon() {
            // That nobody waits is as well.
            let _ = self.0.unregister(registered::remove);
        }
    }
}

impl AsyncEvent {
    /// An event that nobody has triggered and nobody waits for.
    #[doc(alias = "newAsyncEvent")]
    pub fn new() -> AsyncEvent {
        AsyncEvent::default()
    }

    /// Says that it has happened, from any thread, and ends the waiting of the dispatcher whose
    /// thread waits for it. Triggers that were not delivered yet count as one. If nobody waits, the
    /// first to register is told.
    ///
    /// Not to be called in a signal handler: see [`add_signal`](crate::dispatch::add_signal).
    ///
    /// # Errors
    ///
    /// [`EventError::Closed`] after [`close`](AsyncEvent::close).
    ///
    /// ```
    /// use async_proc::dispatch::{self, AsyncEvent};
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// let (event, calls) = (AsyncEvent::new(), Rc::new(Cell::new(0)));
    /// let counted = calls.clone();
    /// event.trigger()?;
    /// event.trigger()?;
    /// event.add(move || {
    ///     counted.set(counted.get() + 1);
    ///     false // stay
    /// })?;
    /// dispatch::poll(None)?;
    /// assert_eq!(calls.get(), 1);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "setEvent")]
    #[doc(alias = "set_event")]
    pub fn trigger(&self) -> Result<(), EventError> {
        self.shared().trigger(registered::deliver)
    }

    /// Has `callback` called from the current thread's queue when the event was triggered, until it
    /// returns `true`; also if it was triggered before. As long as it is registered it counts as
    /// something pending.
    ///
    /// A callback that panics is unregistered, and the panic becomes the error of the running
    /// [`poll`](crate::dispatch::poll).
    ///
    /// # Errors
    ///
    /// [`EventError::AlreadyRegistered`] if a callback or a future waits for it, on whichever
    /// thread; [`EventError::Closed`].
    #[doc(alias = "addEvent")]
    #[doc(alias = "add_event")]
    pub fn add(&self, callback: impl FnMut() -> bool + 'static) -> Result<(), EventError> {
        let number = registered::register(self.shared())?;
        registered::enter(self.shared(), number, callback);
        Ok(())
    }

    /// A future that completes when the event was triggered, or has been already: the same as a
    /// callback that returns `true`. [Cancelling](Future::cancel) it unregisters it.
    ///
    /// It fails with [`EventError::AlreadyRegistered`] if something else waits for the event, with
    /// [`EventError::Unregistered`] if somebody unregisters it, and with [`EventError::Closed`] if
    /// the event is closed or its last handle is dropped.
    ///
    /// ```
    /// use async_proc::dispatch::{self, AsyncEvent};
    ///
    /// let event = AsyncEvent::new();
    /// let waiting = event.wait();
    /// assert!(!waiting.finished());
    /// event.trigger()?;
    /// dispatch::wait_for(waiting)?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[track_caller]
    pub fn wait(&self) -> Future<()> {
        let event = self.shared();
        let waiter = Leafed::<Wait, ()>::new("wait", Location::caller(), Wait::default());
        match registered::register(event) {
            Ok(number) => {
                waiter.leaf().registered.set(Some((event.clone(), number)));
                let waiting = Waiting(waiter.clone());
                registered::enter(event, number, move || {
                    // It is pending, or the callback would be gone.
                    let _ = waiting.0.future().complete(());
                    true
                });
            }
            // It was just made, so it is pending.
            Err(error) => drop(waiter.future().fail(error)),
        }
        waiter.into_future()
    }

    /// Takes back whoever waits, from any thread. A trigger that was not delivered stays, for the
    /// next to register. A callback may unregister itself.
    ///
    /// # Errors
    ///
    /// [`EventError::NotRegistered`] if nobody waits.
    ///
    /// ```
    /// use async_proc::dispatch::{self, AsyncEvent, EventError};
    ///
    /// let event = AsyncEvent::new();
    /// event.add(|| unreachable!("it is unregistered before it can be called"))?;
    /// event.trigger()?;
    /// event.unregister()?;
    /// assert_eq!(event.unregister(), Err(EventError::NotRegistered));
    /// dispatch::wait_for(event.wait())?; // the trigger was kept
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn unregister(&self) -> Result<(), EventError> {
        self.shared().unregister(registered::remove)
    }

    /// Closes it: whoever waits is unregistered, an undelivered trigger is forgotten, and what is
    /// done with any of its handles later fails. A callback may close its own event.
    pub fn close(&self) {
        self.shared().close();
        // That nobody waits is as well.
        let _ = self.unregister();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.shared().is_closed()
    }

    /// Whether a callback or a future waits for it, on any thread.
    pub fn is_registered(&self) -> bool {
        self.shared().is_registered()
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}

impl fmt::Debug for AsyncEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncEvent")
            .field("registered", &self.is_registered())
            .field("closed", &self.is_closed())
            .finish()
    }
}

/// Has `callback` called when `event` was triggered, until it returns `true`: see
/// [`AsyncEvent::add`].
///
/// # Errors
///
/// As [`AsyncEvent::add`].
#[doc(alias = "addEvent")]
pub fn add_event(
    event: &AsyncEvent,
    callback: impl FnMut() -> bool + 'static,
) -> Result<(), EventError> {
    event.add(callback)
}

/// What a future that waits for an event keeps: as what it is registered.
#[derive(Default)]
struct Wait {
    registered: Cell<Option<(Arc<Shared>, Number)>>,
}

impl Leaf for Wait {
    fn cancel(&self, _: &mut Vec<Handle>) {
        if let Some((event, number)) = self.registered.take() {
            registered::remove(&event, number);
        }
    }
}

/// The future as its callback holds it.
struct Waiting(Leafed<Wait, ()>);

impl Drop for Waiting {
    fn drop(&mut self) {
        // Not taken by a cancellation, which says so itself.
        let Some((event, _)) = self.0.leaf().registered.take() else { return };
        if !self.0.future().finished() {
            let closed = event.is_closed();
            let error = if closed { EventError::Closed } else { EventError::Unregistered };
            let _ = self.0.future().fail(error);
        }
    }
}
