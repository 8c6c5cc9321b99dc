//! What a timer does when it is due: complete a future, or call a callback once or again and again.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::clock;
use super::dispatcher::{Dispatcher, WeakDispatcher};
use super::global;
use super::timers::TimerKey;
use super::watch::{self, Callback, WatchId, Watched};
use crate::Future;
use crate::error::Closed;

/// What stands among the timers.
pub(super) enum Timer {
    Future(Future<()>),
    Callback(Rc<Ticker>),
}

/// A callback and when it is to be called.
pub(super) struct Ticker {
    /// From one call to the next; `None` if there is only one.
    period: Option<Duration>,
    dispatcher: WeakDispatcher,
    /// Where it stands; `None` once it does not any more.
    key: Cell<Option<TimerKey>>,
    callback: Callback,
}

impl Timer {
    /// It is due. What that sets off is queued.
    pub(super) fn fire(self, dispatcher: &Dispatcher, key: TimerKey) {
        match self {
            // The program may have completed it itself; then there is nothing to do.
            Timer::Future(future) => drop(future.complete(())),
            Timer::Callback(ticker) => ticker.fire(dispatcher, key.deadline),
        }
    }

    /// Its dispatcher was closed.
    pub(super) fn close(self) {
        match self {
            Timer::Future(_) if global::thread_ends() => {}
            Timer::Future(future) => drop(future.fail(Closed::by_dispatcher(future.name()))),
            Timer::Callback(ticker) => {
                watch::end(&*ticker);
            }
        }
    }
}

impl Ticker {
    fn fire(self: Rc<Self>, dispatcher: &Dispatcher, deadline: Instant) {
        // Before it is called, so that it counts as pending also while it runs.
        let next = self.period.map(|period| next(deadline, period, dispatcher.now()));
        let key =
            next.and_then(|next| dispatcher.add_timer_at(next, Timer::Callback(self.clone())));
        self.key.set(key);
        watch::notify(self);
    }
}

/// The first deadline after `now`, a whole number of periods after `deadline`. A period of nothing
/// is over at once.
fn next(deadline: Instant, period: Duration, now: Instant) -> Instant {
    let late = now.saturating_duration_since(deadline);
    if late < period {
        return clock::add(deadline, period);
    }
    // What is left of the period that runs. Periods that are over are not made up for.
    let nanoseconds = late.as_nanos().checked_rem(period.as_nanos()).map(|over| over as u64);
    let left = nanoseconds.map_or(Duration::ZERO, |over| period - Duration::from_nanos(over));
    clock::add(now, left)
}

impl Watched for Ticker {
    fn callback(&self) -> &Callback {
        &self.callback
    }

    fn release(&self) {
        if let Some(key) = self.key.take()
            && let Some(dispatcher) = self.dispatcher.upgrade()
        {
            dispatcher.remove_timer(key);
        }
    }
}

/// Has `callback` called after `delay`, from the queue: once if `oneshot`, or else every `delay`
/// until it returns `true`. It is never called early, and never in this call, even if the delay is
/// zero. What a oneshot callback returns does not matter.
///
/// A periodic timer keeps to its beat: call number *n* is due *n* delays after this one, however
/// late the ones before it were. What is missed while something else runs is made up for by one
/// call, not by many. With a delay of zero it is called once in each turn, along with everything
/// else.
///
/// The timer counts as something pending. It goes by the dispatcher's clock, also when that is
/// [paused](Dispatcher::pause_clock). A callback that panics is removed, and the panic becomes the
/// error of the running [`poll`](super::poll); if the dispatcher is closed it is dropped.
///
/// ```
/// use async_proc::dispatch::{self, add_timer};
/// use std::time::Duration;
///
/// let mut left = 3;
/// add_timer(Duration::from_millis(1), false, move || {
///     left -= 1;
///     left == 0 // done
/// });
/// dispatch::run_forever()?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "addTimer")]
pub fn add_timer(
    delay: Duration,
    oneshot: bool,
    mut callback: impl FnMut() -> bool + 'static,
) -> WatchId {
    let dispatcher = Dispatcher::current();
    let ticker = Rc::new(Ticker {
        period: (!oneshot).then_some(delay),
        dispatcher: dispatcher.downgrade(),
        key: Cell::new(None),
        callback: Callback::new(move || callback() || oneshot),
    });
    let key = dispatcher.add_timer(delay, Timer::Callback(ticker.clone()));
    ticker.key.set(key);
    if key.is_none() {
        // The dispatcher is closed.
        watch::end(&*ticker);
    }
    WatchId::new(ticker)
}
