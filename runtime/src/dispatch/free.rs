//! The current thread's dispatcher, as functions.

use std::time::Duration;

use super::Dispatcher;
use crate::future;
use crate::{Error, Future};

/// Has `f` called from the dispatcher's queue, after everything queued before it.
///
/// ```
/// use async_proc::dispatch;
///
/// dispatch::call_soon(|| println!("later"));
/// println!("now");
/// dispatch::run_forever()?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "callSoon")]
pub fn call_soon(f: impl FnOnce() + 'static) {
    future::call_soon(f);
}

/// One turn of the current thread's dispatcher: see [`Dispatcher::poll`].
///
/// # Errors
///
/// As [`Dispatcher::poll`].
pub fn poll(timeout: impl Into<Option<Duration>>) -> Result<(), Error> {
    Dispatcher::current().poll(timeout)
}

/// Turns until nothing is pending or `total` has passed: see [`Dispatcher::drain`].
///
/// # Errors
///
/// As [`Dispatcher::drain`].
pub fn drain(total: Duration) -> Result<(), Error> {
    Dispatcher::current().drain(total)
}

/// Turns until nothing is pending: see [`Dispatcher::run_forever`].
///
/// # Errors
///
/// As [`Dispatcher::run_forever`].
#[doc(alias = "runForever")]
pub fn run_forever() -> Result<(), Error> {
    Dispatcher::current().run_forever()
}

/// Turns until `future` has finished, then its value: see [`Dispatcher::wait_for`].
///
/// # Errors
///
/// As [`Dispatcher::wait_for`].
#[doc(alias = "waitFor")]
pub fn wait_for<T>(future: Future<T>) -> Result<T, Error> {
    Dispatcher::current().wait_for(future)
}

/// Whether anything is pending: see [`Dispatcher::has_pending_operations`].
#[doc(alias = "hasPendingOperations")]
pub fn has_pending_operations() -> bool {
    Dispatcher::current().has_pending_operations()
}

/// How many descriptors are registered: see [`Dispatcher::active_descriptors`].
#[doc(alias = "activeDescriptors")]
pub fn active_descriptors() -> usize {
    Dispatcher::current().active_descriptors()
}
