//! Futures that finish by themselves, after a time.

use std::cell::Cell;
use std::panic::Location;
use std::time::Duration;

use super::Dispatcher;
use super::dispatcher::WeakDispatcher;
use super::timer::Timer;
use super::timers::TimerKey;
use crate::Future;
use crate::error::Closed;
use crate::future::{Handle, Leaf, Leafed};

/// What a timer's future keeps: where it stands among the timers of which dispatcher.
pub(super) struct Place(Cell<Option<(WeakDispatcher, TimerKey)>>);

impl Leaf for Place {
    fn cancel(&self, _: &mut Vec<Handle>) {
        if let Some((home, key)) = self.0.take()
            && let Some(dispatcher) = home.upgrade()
        {
            dispatcher.remove_timer(key);
        }
    }
}

/// A timer's future.
pub(super) type Sleep = Leafed<Place, ()>;

pub(super) fn sleep(
    name: &'static str,
    created: &'static Location<'static>,
    delay: Duration,
) -> Sleep {
    Dispatcher::with(|dispatcher| {
        let sleep = Sleep::new(name, created, Place(Cell::new(None)));
        match dispatcher.add_timer(delay, Timer::Future(sleep.future().clone())) {
            Some(key) => sleep.leaf().0.set(Some((dispatcher.downgrade(), key))),
            // It was just made, so it is pending.
            None => drop(sleep.future().fail(Closed::by_dispatcher(name))),
        }
        sleep
    })
}

/// Takes a timer back without finishing its future, which nobody else knows.
pub(super) fn forget(sleep: &Sleep) {
    sleep.leaf().cancel(&mut Vec::new());
}

/// A future that completes when `delay` has passed: never earlier, and never in this call, even if
/// the delay is zero. [Cancelling](Future::cancel) it removes the timer.
///
/// ```
/// use std::time::{Duration, Instant};
/// use async_proc::{dispatch, sleep_async};
///
/// let start = Instant::now();
/// dispatch::wait_for(sleep_async(Duration::from_millis(3)))?;
/// assert!(start.elapsed() >= Duration::from_millis(3));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "sleepAsync")]
#[track_caller]
pub fn sleep_async(delay: Duration) -> Future<()> {
    sleep("sleep_async", Location::caller(), delay).into_future()
}
