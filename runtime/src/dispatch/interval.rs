//! Ticks: the same thing again and again, at fixed times.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Dispatcher;
use super::clock;
use super::sleep::{self, Sleep};
use crate::Error;
use crate::future::{Future, Handle, Leaf, Leafed, Listening};

/// Ticks at fixed times: the end of the first period after it was made, of the second, and so on.
/// Made by [`interval`].
///
/// The times do not drift, however long the work between two ticks takes. Ticks that nobody waited
/// for in time are not made up for one by one: the next [`tick`](Interval::tick) comes at once, says
/// how many periods have ended, and the one after it is at its own time again.
///
/// Dropping it ends it: a tick that is still waited for fails as
/// [cancelled](crate::ErrorKind::Cancelled), and no timer is left.
pub struct Interval {
    beat: Rc<Beat>,
    /// The tick that is waited for, or the last one.
    tick: RefCell<Option<Tick>>,
}

/// When the ticks are.
struct Beat {
    period: Duration,
    /// When the last tick was due; at first, when the interval was made.
    last: Cell<Instant>,
}

impl Beat {
    fn next(&self) -> Instant {
        clock::add(self.last.get(), self.period)
    }

    /// A tick has come. Gives the number of periods that have ended since the one before.
    fn passed(&self, now: Instant) -> u64 {
        let ended = now.saturating_duration_since(self.last.get());
        if ended < self.period {
            // The clock was set back.
            self.last.set(now);
            return 1;
        }
        let (ended, period) = (ended.as_nanos(), self.period.as_nanos());
        let since = ended % period;
        // Less than the period, which is a `Duration`.
        let since = Duration::new((since / NANOS) as u64, (since % NANOS) as u32);
        self.last.set(now.checked_sub(since).unwrap_or(now));
        u64::try_from(ended / period).unwrap_or(u64::MAX)
    }
}

const NANOS: u128 = 1_000_000_000;

/// A tick's future: of how many periods have ended.
type Tick = Leafed<Waiting, u64>;

struct Waiting {
    timer: Sleep,
    listening: Listening,
}

impl Leaf for Waiting {
    fn cancel(&self, _: &mut Vec<Handle>) {
        self.listening.stop();
        sleep::forget(&self.timer);
    }
}

/// Ticks every `period`, by the clock that timers go by.
///
/// # Errors
///
/// The period is zero: a [`ZeroPeriod`].
///
/// ```
/// use async_proc::{interval, prelude::*};
/// use std::time::Duration;
///
/// #[async_proc]
/// fn blink(times: u32) {
///     let blinks = interval(Duration::from_millis(2))?;
///     for _ in 0..times {
///         blinks.tick().await?;
///         println!("now");
///     }
/// }
///
/// wait_for(blink(3))?;
/// assert!(interval(Duration::ZERO).is_err());
/// # Ok::<(), Error>(())
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Result<Interval, Error> {
    let created = Location::caller();
    if period.is_zero() {
        return Err(ZeroPeriod { created }.into());
    }
    let last = Cell::new(now());
    Ok(Interval { beat: Rc::new(Beat { period, last }), tick: RefCell::new(None) })
}

impl Interval {
    /// The next tick: how many periods have ended since the tick before, which is 1 unless some were
    /// missed. As any other timer, it never finishes inside this call. Until it has finished, other
    /// calls give the same future.
    #[track_caller]
    pub fn tick(&self) -> Future<u64> {
        let waiting = self.tick.borrow().clone().filter(|tick| !tick.future().finished());
        let tick = waiting.unwrap_or_else(|| self.start(Location::caller()));
        let future = tick.future().clone();
        let old = self.tick.borrow_mut().replace(tick);
        // Not before: dropping it may run anything.
        drop(old);
        future
    }

    fn start(&self, created: &'static Location<'static>) -> Tick {
        let delay = self.beat.next().saturating_duration_since(now());
        let timer = sleep::sleep("tick", created, delay);
        let waiting = Waiting { timer: timer.clone(), listening: Listening::default() };
        let tick = Tick::new("tick", created, waiting);
        let (ticked, beat) = (tick.clone(), self.beat.clone());
        tick.leaf().listening.add(timer.future().add_callback(move |timer| {
            // It fails only if the program has finished it by itself.
            let _ = match timer.error() {
                // The dispatcher was closed.
                Some(error) => ticked.future().fail(error),
                None => ticked.future().complete(beat.passed(now())),
            };
        }));
        tick
    }

    /// How far apart the ticks are.
    pub fn period(&self) -> Duration {
        self.beat.period
    }
}

fn now() -> Instant {
    Dispatcher::with(Dispatcher::now)
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let Some(tick) = self.tick.take() {
            tick.future().cancel();
        }
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval").field("period", &self.beat.period).finish_non_exhaustive()
    }
}

/// An [`interval`] was asked for whose period is zero, so that it would tick all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZeroPeriod {
    created: &'static Location<'static>,
}

impl ZeroPeriod {
    /// Where it was asked for.
    pub fn created(&self) -> &'static Location<'static> {
        self.created
    }
}

impl fmt::Display for ZeroPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the interval created at {} has a period of zero", self.created)
    }
}

impl std::error::Error for ZeroPeriod {}
