//! Cancellation, which is always explicit.

use super::head::{self, Handle, Head, State};
use crate::Error;

/// Cancels a future, and what it waited on as far as nobody else waits on it. `false` if it had
/// finished.
pub(super) fn cancel(handle: Handle) -> bool {
    let mut upstream = Vec::new();
    let was_pending = cancel_one(&handle, &mut upstream);
    // By a loop: a chain of procs that wait on each other may be long.
    while let Some(next) = upstream.pop() {
        if next.head().waiters.is_empty() {
            cancel_one(&next, &mut upstream);
        }
    }
    was_pending
}

fn cancel_one(handle: &Handle, upstream: &mut Vec<Handle>) -> bool {
    let this = handle.head();
    if this.is_finished() {
        return false;
    }
    // SAFETY: the handle keeps the future alive, and it is pending.
    let error = match unsafe { (this.kind.cancel)(handle.raw(), upstream) } {
        Ok(true) => Error::cancelled(this.name),
        // A proc cannot be cancelled in the middle of its step; it will be at the end of it.
        Ok(false) => return true,
        Err(error) => error,
    };
    // Destructors ran, which may have finished it.
    if !this.is_finished() {
        this.cancelled.set(true);
        // Whoever cancels knows: only a destructor that panicked is worth a report.
        this.seen.set(error.kind() == crate::ErrorKind::Cancelled);
        // SAFETY: the future is alive and pending, and its result is written here.
        unsafe {
            (this.kind.put_error)(Head::result(handle.raw()), error);
            head::finish(handle.raw(), State::Failed);
        }
    }
    true
}
