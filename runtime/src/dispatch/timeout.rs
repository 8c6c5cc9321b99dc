//! Waiting no longer than a given time.

use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use super::sleep::{self, Sleep};
use crate::future::{AsFuture, Future, Handle, Leaf, Leafed, Listening};

/// The race of a future against a timer.
struct Race {
    listening: Rc<Listening>,
    timer: Sleep,
}

impl Leaf for Race {
    fn cancel(&self, upstream: &mut Vec<Handle>) {
        self.listening.cancel(upstream);
        sleep::forget(&self.timer);
    }
}

/// Waits for `future`, but no longer than `limit`. The value is `true` if it finished in time, and
/// `false` if it did not; if it failed in time, the result fails with its error.
///
/// The future itself goes on in either case: it is for the caller to read it, or to
/// [cancel](Future::cancel) it. The timer is gone as soon as the race is decided.
///
/// ```
/// use async_proc::{Future, dispatch, with_timeout};
/// use std::time::Duration;
///
/// let never = Future::<()>::new("never");
/// let in_time = dispatch::wait_for(with_timeout(&never, Duration::from_millis(2)))?;
/// assert!(!in_time && !never.finished());
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "withTimeout")]
#[track_caller]
pub fn with_timeout(future: impl AsFuture, limit: Duration) -> Future<bool> {
    race(future.as_future(), limit, Location::caller())
}

fn race<T: 'static>(
    future: &Future<T>,
    limit: Duration,
    created: &'static Location<'static>,
) -> Future<bool> {
    let listening = Rc::new(Listening::default());
    let timer = sleep::sleep("with_timeout", created, limit);
    let leaf = Race { listening: listening.clone(), timer: timer.clone() };
    let race = Leafed::<Race, bool>::new("with_timeout", created, leaf);

    let finished = race.clone();
    listening.add(future.add_callback(move |future| {
        sleep::forget(&finished.leaf().timer);
        finished.leaf().listening.stop();
        // It fails only if the race was cancelled, which took this callback back.
        let _ = match future.error() {
            Some(error) => finished.future().fail(error),
            None => finished.future().complete(true),
        };
    }));
    let late = race.clone();
    listening.add(timer.future().add_callback(move |timer| {
        late.leaf().listening.stop();
        let _ = match timer.error() {
            // The dispatcher was closed.
            Some(error) => late.future().fail(error),
            None => late.future().complete(false),
        };
    }));
    race.into_future()
}
