//! What the handles of an event share, on all threads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::EventError;
use crate::future::{Inbox, Letter, call_soon, schedule};

/// An event. Its lock is held for a few instructions, never while a callback runs or is dropped.
#[derive(Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    triggered: bool,
    closed: bool,
    home: Option<Home>,
}

/// Who waits: a callback of some thread.
struct Home {
    inbox: Arc<Inbox>,
    number: Number,
    /// A letter is on its way there.
    rung: bool,
}

/// What tells a callback from all others of the process.
pub(super) type Number = u64;

/// What is done about a callback, on its own thread.
pub(super) type Errand = fn(&Arc<Shared>, Number);

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the flag, and has `deliver` called where somebody waits for it.
    pub(super) fn trigger(self: &Arc<Self>, deliver: Errand) -> Result<(), EventError> {
        let mut state = self.state();
        if state.closed {
            return Err(EventError::Closed);
        }
        state.triggered = true;
        self.ring(state, deliver);
        Ok(())
    }

    /// Says that a callback of this thread waits.
    pub(super) fn register(
        self: &Arc<Self>,
        number: Number,
        deliver: Errand,
    ) -> Result<(), EventError> {
        let mut state = self.state();
        if state.closed {
            return Err(EventError::Closed);
        }
        if state.home.is_some() {
            return Err(EventError::AlreadyRegistered);
        }
        let inbox = schedule::with(|schedule| schedule.inbox().clone());
        state.home = Some(Home { inbox, number, rung: false });
        if state.triggered {
            self.ring(state, deliver);
        }
        Ok(())
    }

    fn ring(self: &Arc<Self>, mut state: MutexGuard<'_, State>, deliver: Errand) {
        if let Some(home) = &mut state.home
            && !home.rung
        {
            home.rung = true;
            let (inbox, number) = (home.inbox.clone(), home.number);
            drop(state);
            self.send(&inbox, number, deliver);
        }
    }

    /// A letter has come. Whether its callback still waits; another trigger sends another letter.
    pub(super) fn arrive(&self, number: Number) -> bool {
        let mut state = self.state();
        let home = state.home.as_mut().filter(|home| home.number == number);
        home.map(|home| home.rung = false).is_some()
    }

    /// Takes the flag down, if it is set and the callback waits for it.
    pub(super) fn consume(&self, number: Number) -> bool {
        let mut state = self.state();
        let waits = state.home.as_ref().is_some_and(|home| home.number == number);
        waits && std::mem::take(&mut state.triggered)
    }

    /// The callback does not wait any more. The flag stays as it is.
    pub(super) fn leave(&self, number: Number) {
        self.state().home.take_if(|home| home.number == number);
    }

    /// Has whoever waits taken out by `remove`, on its own thread, and at once if that is this one.
    pub(super) fn unregister(self: &Arc<Self>, remove: Errand) -> Result<(), EventError> {
        let home = self.state().home.take().ok_or(EventError::NotRegistered)?;
        if is_here(&home.inbox) {
            remove(self, home.number);
        } else {
            self.send(&home.inbox, home.number, remove);
        }
        Ok(())
    }

    /// Takes the flag down for ever.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.triggered = false;
    }

    /// No handle is left, so there will be no other trigger. `true` if none is on its way either.
    pub(super) fn abandon(&self) -> bool {
        let mut state = self.state();
        state.closed = true;
        !state.triggered
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    pub(super) fn is_registered(&self) -> bool {
        self.state().home.is_some()
    }

    fn send(self: &Arc<Self>, inbox: &Arc<Inbox>, number: Number, errand: Errand) {
        let shared = self.clone();
        let call = move || errand(&shared, number);
        if is_here(inbox) {
            call_soon(call);
        } else {
            inbox.send(Letter::Call(Box::new(call)));
        }
    }
}

/// Whether it is the current thread's.
fn is_here(inbox: &Arc<Inbox>) -> bool {
    schedule::if_any(|schedule| Arc::ptr_eq(schedule.inbox(), inbox)) == Some(true)
}
