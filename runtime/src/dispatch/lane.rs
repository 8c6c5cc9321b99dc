//! The operations of one direction of a source, in order.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::Waker;

use super::op::Pending;

/// The most operations of a source and direction that are tried in one turn as they are submitted.
/// Further ones wait for the next turn, so that a proc for which there is always something to read
/// cannot keep everything else waiting.
const TRIES: usize = 128;

/// The operations of one direction. Only the first is ever tried.
#[derive(Default)]
pub(super) struct Lane {
    waiting: RefCell<VecDeque<Waiting>>,
    /// The first one is being tried just now, further up on the stack.
    pub(super) busy: Cell<bool>,
    /// Another event came while it was.
    pub(super) again: Cell<bool>,
    /// The turn in which operations were last tried as they were submitted, and how many were.
    tried: Cell<(u64, usize)>,
    /// The number of the next one that tries itself.
    number: Cell<u64>,
    /// Who makes attempts of their own, out of the order, and wants to know when one may succeed.
    pollers: RefCell<Vec<Waker>>,
}

/// An operation that waits.
pub(super) enum Waiting {
    /// The reactor tries it.
    Op(Pending),
    /// It tries itself when its future is polled: see [`Turn`](super::turn::Turn).
    Turn {
        number: u64,
        /// What has its future polled; `None` once that was used.
        waker: Option<Waker>,
    },
}

/// What is known of the first operation.
pub(super) enum First {
    Op(Pending),
    /// With its waker, unless it was taken before.
    Turn(Option<Waker>),
}

impl Lane {
    pub(super) fn len(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Whether an operation that comes now would be the first.
    pub(super) fn is_free(&self) -> bool {
        self.waiting.borrow().is_empty() && !self.busy.get()
    }

    /// Whether the lane has not had its share of this turn of the dispatcher yet. Asking counts.
    pub(super) fn may_try(&self, of: u64) -> bool {
        let (of_turn, count) = self.tried.get();
        let count = if of_turn == of { count + 1 } else { 1 };
        self.tried.set((of, count));
        count <= TRIES
    }

    pub(super) fn push(&self, op: Pending) {
        self.waiting.borrow_mut().push_back(Waiting::Op(op));
    }

    /// Adds an operation that tries itself; gives its number.
    pub(super) fn push_turn(&self, waker: Waker) -> u64 {
        let number = self.number.get();
        self.number.set(number + 1);
        self.waiting.borrow_mut().push_back(Waiting::Turn { number, waker: Some(waker) });
        number
    }

    /// The first operation, which stays.
    pub(super) fn first(&self) -> Option<First> {
        Some(match self.waiting.borrow_mut().front_mut()? {
            Waiting::Op(op) => First::Op(op.clone()),
            Waiting::Turn { waker, .. } => First::Turn(waker.take()),
        })
    }

    pub(super) fn is_first(&self, op: &Pending) -> bool {
        matches!(self.waiting.borrow().front(), Some(Waiting::Op(first)) if first.is(op))
    }

    /// Where an operation that tries itself stands; `None` if it was taken out.
    pub(super) fn place_of(&self, number: u64) -> Option<usize> {
        self.waiting.borrow().iter().position(|waiting| waiting.has_number(number))
    }

    /// Sets what wakes an operation that tries itself; gives the old one, to be dropped when nothing
    /// is borrowed.
    pub(super) fn set_waker(&self, place: usize, waker: Waker) -> Option<Waker> {
        match self.waiting.borrow_mut().get_mut(place) {
            Some(Waiting::Turn { waker: old, .. }) => old.replace(waker),
            _ => Some(waker),
        }
    }

    /// Takes an operation out, if it is still there.
    pub(super) fn remove(&self, op: &Pending) -> Option<Waiting> {
        let mut waiting = self.waiting.borrow_mut();
        let at =
            waiting.iter().position(|other| matches!(other, Waiting::Op(other) if other.is(op)));
        waiting.remove(at?)
    }

    /// Takes an operation that tries itself out.
    pub(super) fn remove_at(&self, place: usize) -> Option<Waiting> {
        self.waiting.borrow_mut().remove(place)
    }

    /// Has `waker` woken with the other pollers, unless it is there already.
    pub(super) fn add_poller(&self, waker: &Waker) {
        if self.pollers.borrow().iter().any(|other| other.will_wake(waker)) {
            return;
        }
        // Cloning one may run anything.
        let waker = waker.clone();
        self.pollers.borrow_mut().push(waker);
    }

    pub(super) fn wake_pollers(&self) {
        if self.pollers.borrow().is_empty() {
            return;
        }
        // A waker may run anything, and come back here.
        let mut woken = self.pollers.take();
        woken.drain(..).for_each(Waker::wake);
        let mut pollers = self.pollers.borrow_mut();
        if pollers.is_empty() {
            // For its memory.
            *pollers = woken;
        }
    }

    /// Takes every operation out.
    pub(super) fn take(&self) -> VecDeque<Waiting> {
        self.waiting.take()
    }
}

impl Waiting {
    fn has_number(&self, wanted: u64) -> bool {
        matches!(self, Waiting::Turn { number, .. } if *number == wanted)
    }
}
