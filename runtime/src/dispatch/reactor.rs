//! I/O readiness: sources, and the operations that wait on them.
//!
//! A [`Source`] is a file descriptor that has been registered with the system's event queue: once,
//! edge-triggered, for both directions. After that no call is made to change the registration.
//! Every operation is tried at once, and only waits if the system says that it would block; an
//! event has the waiting ones of its direction tried again, in the order they were submitted,
//! until one would block.
//!
//! An event names a source by its slot and generation, so one that was meant for a closed source
//! is dropped, even if slot and descriptor are in use again.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use mio::event::Event;
use mio::{Events, Interest, Poll, Registry, Token, Waker};

use super::source::Shared;
pub use super::source::{Direction, Source};
use super::sys;
use crate::future::{Bell, Place, Slots};

/// The most events that one turn takes from the system.
const EVENTS: usize = 1024;

/// The token of the waker by which other threads end a wait.
const BELL: Token = Token(usize::MAX);

/// How many bits of a token are the slot; the others are its generation.
const SLOT_BITS: u32 = usize::BITS / 2;
const GENERATION_MASK: u32 = (1 << (SLOT_BITS - 1)) - 1;

thread_local!(static MADE: Cell<u64> = const { Cell::new(0) });

/// The system's event queue, and the sources registered with it.
pub(super) struct Reactor {
    /// What tells it from the others of its thread.
    serial: u64,
    bell: Bell,
    poll: RefCell<Poll>,
    /// Absent while the events of a turn are being dealt with.
    events: Cell<Option<Events>>,
    sources: RefCell<Slots<Weak<Shared>>>,
    registered: Cell<usize>,
    /// Directions to retry in the next turn without an event.
    later: RefCell<Vec<(Weak<Shared>, Direction)>>,
}

impl Reactor {
    pub(super) fn new() -> io::Result<Reactor> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), BELL)?;
        MADE.set(MADE.get() + 1);
        Ok(Reactor {
            serial: MADE.get(),
            // It fails if the counter behind it is full: then the wait is ending anyway.
            bell: Arc::new(move || drop(waker.wake())),
            poll: RefCell::new(poll),
            events: Cell::new(None),
            sources: RefCell::new(Slots::new()),
            registered: Cell::new(0),
            later: RefCell::default(),
        })
    }

    pub(super) fn serial(&self) -> u64 {
        self.serial
    }

    /// What ends a wait, from any thread.
    pub(super) fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// The event queue itself.
    #[cfg(unix)]
    pub(super) fn queue(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&*self.poll.borrow())
    }

    /// Every source that is registered.
    pub(super) fn sources(&self) -> Vec<Rc<Shared>> {
        self.sources.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    /// How many sources are registered.
    pub(super) fn registered(&self) -> usize {
        self.registered.get()
    }

    /// Waits for events, no longer than `timeout`, and deals with them.
    pub(super) fn turn(&self, timeout: Option<Duration>) -> io::Result<()> {
        let mut events = self.events.take().unwrap_or_else(|| Events::with_capacity(EVENTS));
        let waited = sys::wait(&mut self.poll.borrow_mut(), &mut events, timeout);
        // A signal ended the wait: whoever waits longer comes back.
        if let Err(error) = waited
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.events.set(Some(events));
            return Err(error);
        }
        // Events first: they are of those who waited.
        let mut later = self.later.take();
        for event in &events {
            self.dispatch(event);
        }
        for (source, direction) in later.drain(..) {
            if let Some(source) = source.upgrade() {
                source.retry(direction);
            }
        }
        // The memory is used again, unless there is more in what has come since.
        let mut next = self.later.borrow_mut();
        if next.capacity() == 0 {
            *next = later;
        }
        drop(next);
        events.clear();
        self.events.set(Some(events));
        Ok(())
    }

    /// Has a direction retried in the next turn, and not before.
    pub(super) fn retry_later(&self, source: Weak<Shared>, direction: Direction) {
        self.later.borrow_mut().push((source, direction));
    }

    /// Whether something is to be retried without an event.
    pub(super) fn has_more(&self) -> bool {
        !self.later.borrow().is_empty()
    }

    fn dispatch(&self, event: &Event) {
        if event.token() == BELL {
            return;
        }
        let place = place(event.token());
        let source = self.sources.borrow().get(place, GENERATION_MASK).and_then(Weak::upgrade);
        let Some(source) = source else { return };
        #[cfg(unix)]
        source.stir();
        // On an error both directions are tried: the operations find out what is wrong.
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            source.retry(Direction::Read);
        }
        if event.is_writable() || event.is_write_closed() || event.is_error() {
            source.retry(Direction::Write);
        }
    }

    /// Gives `source` a slot and registers it by `register`.
    pub(super) fn add(
        &self,
        source: Weak<Shared>,
        register: impl FnOnce(&Registry, Token, Interest) -> io::Result<()>,
    ) -> io::Result<usize> {
        let place = self.sources.borrow_mut().insert(source);
        let both = Interest::READABLE | Interest::WRITABLE;
        let registered = register(self.poll.borrow().registry(), token(place), both);
        match registered {
            Ok(()) => {
                self.registered.set(self.registered.get() + 1);
                Ok(place.index)
            }
            Err(error) => {
                self.sources.borrow_mut().remove(place.index);
                Err(error)
            }
        }
    }

    /// Takes a source's slot back, and deregisters it by `deregister`.
    pub(super) fn remove(&self, index: usize, deregister: impl FnOnce(&Registry)) {
        self.sources.borrow_mut().remove(index);
        self.registered.set(self.registered.get() - 1);
        deregister(self.poll.borrow().registry());
    }
}

fn token(place: Place) -> Token {
    let generation = (place.generation & GENERATION_MASK) as usize;
    Token(generation << SLOT_BITS | place.index)
}

fn place(token: Token) -> Place {
    let index = token.0 & ((1 << SLOT_BITS) - 1);
    Place { index, generation: (token.0 >> SLOT_BITS) as u32 }
}
