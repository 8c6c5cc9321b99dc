//! Fire and forget, without losing the failure.

use super::Future;
use super::schedule;

/// Lets `future` go on by itself. If it fails, the `poll`, `run_forever` or `wait_for` that is
/// running then, or is called next, returns the error; it can be called again to go on.
///
/// A future that is [cancelled](Future::cancel) is not a failure.
///
/// ```
/// use async_proc::{Error, Future, async_check, dispatch};
///
/// async_check(Future::<()>::failed_with(Error::new("no disk")));
/// let error = dispatch::run_forever().unwrap_err();
/// assert_eq!(error.to_string(), "no disk");
/// assert!(dispatch::run_forever().is_ok());
/// ```
#[doc(alias = "asyncCheck")]
pub fn async_check<T: 'static>(future: Future<T>) {
    future.add_callback(|future| {
        if future.cancelled() {
            return;
        }
        if let Some(error) = future.error() {
            schedule::with(|schedule| schedule.fail(error));
        }
    });
}
