//! Futures: pending a given number of times, then ready with a value.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{D, event, note};

/// A future. It notes when it is found at another address than where it was first polled, and it
/// wakes its waker each time it is pending.
pub struct Step<T> {
    value: Option<T>,
    pending: Cell<u32>,
    at: Cell<usize>,
    name: D,
    _pinned: PhantomPinned,
}

/// Pending `times` times, then `value`.
pub fn after<T>(times: u32, name: &str, value: T) -> Step<T> {
    Step {
        value: Some(value),
        pending: Cell::new(times),
        at: Cell::new(0),
        name: D::new(format!("<{name}>")),
        _pinned: PhantomPinned,
    }
}

/// Pending once, then `value`.
pub fn later<T>(name: &str, value: T) -> Step<T> {
    after(1, name, value)
}

/// `value`, at the first poll.
pub fn now<T>(name: &str, value: T) -> Step<T> {
    after(0, name, value)
}

/// Pending once.
pub fn tick(name: &str) -> Step<()> {
    after(1, name, ())
}

/// Pending once, then `a + b`: for calls with several operands.
pub fn sum(a: usize, b: usize) -> Step<usize> {
    later(&format!("{a}+{b}"), a + b)
}

/// Looks at a value, which it holds a reference to while it is pending once.
pub async fn look(d: &D) -> usize {
    let _own = D::new("look");
    tick("looking").await;
    d.touch().len()
}

impl<T> Step<T> {
    fn check_address(&self) {
        let here = (&raw const *self).addr();
        let first = self.at.get();
        if first != 0 && first != here {
            note(format!("MOVED {}", self.name));
        }
    }
}

impl<T> Future for Step<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.check_address();
        self.at.set((&raw const *self).addr());
        event(format!("poll {}", self.name));
        if let Some(left) = self.pending.get().checked_sub(1) {
            self.pending.set(left);
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // SAFETY: only the value is moved out, which nothing pins.
        match unsafe { self.get_unchecked_mut() }.value.take() {
            Some(value) => Poll::Ready(value),
            None => panic!("a step was polled after it was ready"),
        }
    }
}

impl<T> Drop for Step<T> {
    fn drop(&mut self) {
        self.check_address();
    }
}

impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step({})", self.name)
    }
}

/// Not a future itself, but makes one when it is awaited.
#[derive(Debug)]
pub struct Make<T>(pub D, pub T);

impl<T> IntoFuture for Make<T> {
    type Output = T;
    type IntoFuture = Step<T>;

    fn into_future(self) -> Step<T> {
        event(format!("into_future {}", self.0));
        later(self.0.name(), self.1)
    }
}
