//! Our futures as futures of the standard library.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::Future;
use super::head::Handle;
use super::key::Key;
use super::proc;
use super::schedule;
use super::waiter;
use crate::Error;

/// Takes the value; an error is cloned, or taken if this is the last handle.
impl<T> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if self.finished() {
            return Poll::Ready(self.take());
        }
        wait(self.handle(), cx.waker());
        Poll::Pending
    }
}

/// Clones the value, and leaves it for others.
impl<T: Clone> std::future::Future for &Future<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if self.finished() {
            return Poll::Ready(self.read());
        }
        wait(self.handle(), cx.waker());
        Poll::Pending
    }
}

/// Has whoever polls with `waker` wait on a pending future.
pub(super) fn wait(handle: &Handle, waker: &Waker) {
    let running = Key::of(waker).and_then(|key| schedule::with(|schedule| schedule.running(key)));
    match running {
        // SAFETY: the running proc is alive, as is the future of a handle.
        Some(proc) => unsafe { proc::wait(proc, handle.raw()) },
        None => waiter::wait(handle, waker),
    }
}
