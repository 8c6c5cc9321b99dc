//! Waiting no longer than a given time.

use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use super::sleep::{self, Sleep};
use crate::Error;
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
    let race = Outcomes {
        name: "with_timeout",
        in_time: |future| future.error().map_or(Ok(true), Err),
        late: |_, _| Ok(false),
    };
    race.start(future.as_future(), limit, Location::caller())
}

/// Waits for `future`, but no longer than `limit`: its value or its error if it finished in time.
/// The value is taken out of it, as by an await. If it did not, it is [cancelled](Future::cancel),
/// unless somebody else waits for it, too.
///
/// # Errors
///
/// The result fails with the future's own error; or, after the limit, with one of kind
/// [`TimedOut`](crate::ErrorKind::TimedOut), which names the future and where it was made.
///
/// ```
/// use async_proc::{ErrorKind, Future, dispatch, with_timeout_cancel};
/// use std::time::Duration;
///
/// let answer = Future::<u32>::new("answer");
/// let in_time = with_timeout_cancel(&answer, Duration::from_millis(2));
/// let error = dispatch::wait_for(in_time).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TimedOut);
/// println!("{error}"); // `answer` created at src/main.rs:4:14 did not finish within 2ms
/// assert!(answer.cancelled());
/// ```
#[track_caller]
pub fn with_timeout_cancel<F: AsFuture>(future: F, limit: Duration) -> Future<F::Value> {
    let race = Outcomes {
        name: "with_timeout_cancel",
        in_time: Future::take,
        late: |future, limit| {
            // Between its end and our turn, time ran out: what it ended with is there.
            if future.finished() {
                return future.take();
            }
            if future.handle().head().waiters.is_empty() {
                future.cancel();
            }
            let (name, created) = (future.name(), future.created());
            Err(Error::timed_out(format_args!(
                "`{name}` created at {created} did not finish within {limit:?}"
            )))
        },
    };
    race.start(future.as_future(), limit, Location::caller())
}

/// What a race ends with, by who wins it.
struct Outcomes<T, R> {
    name: &'static str,
    in_time: fn(&Future<T>) -> Result<R, Error>,
    late: fn(&Future<T>, Duration) -> Result<R, Error>,
}

impl<T: 'static, R: 'static> Outcomes<T, R> {
    fn start(
        self,
        future: &Future<T>,
        limit: Duration,
        created: &'static Location<'static>,
    ) -> Future<R> {
        let Outcomes { name, in_time, late } = self;
        let listening = Rc::new(Listening::default());
        let timer = sleep::sleep(name, created, limit);
        let leaf = Race { listening: listening.clone(), timer: timer.clone() };
        let race = Leafed::<Race, R>::new(name, created, leaf);

        let finished = race.clone();
        listening.add(future.add_callback(move |future| {
            sleep::forget(&finished.leaf().timer);
            finished.leaf().listening.stop();
            end(finished.future(), in_time(future));
        }));
        let (over, future) = (race.clone(), future.clone());
        listening.add(timer.future().add_callback(move |timer| {
            over.leaf().listening.stop();
            // A timer fails if the dispatcher was closed.
            end(over.future(), timer.error().map_or_else(|| late(&future, limit), Err));
        }));
        race.into_future()
    }
}

fn end<R: 'static>(race: &Future<R>, result: Result<R, Error>) {
    // It fails only if what ran meanwhile has cancelled the race.
    let _ = match result {
        Ok(value) => race.complete(value),
        Err(error) => race.fail(error),
    };
}
