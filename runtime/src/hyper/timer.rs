//! Timers of the dispatcher as hyper wants them.

use std::cell::RefCell;
use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use ::hyper::rt::{Sleep, Timer};

use crate::Future;
use crate::dispatch::{Dispatcher, Remote, sleep_async};
use crate::future::{Place, Slots};

/// Has hyper wait by the thread's dispatcher: for the head of a request, for example. Time that
/// stands still there stands still for hyper.
///
/// ```
/// use async_proc::{Future, dispatch::wait_for, hyper::DispatcherTimer};
/// use hyper::rt::Timer;
/// use std::time::{Duration, Instant};
///
/// let began = Instant::now();
/// wait_for(Future::from_infallible(DispatcherTimer.sleep(Duration::from_millis(3))))?;
/// assert!(began.elapsed() >= Duration::from_millis(3));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DispatcherTimer;

impl Timer for DispatcherTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        let now = self.now();
        self.sleep_until(now.checked_add(duration).unwrap_or(now + FOREVER))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(DispatcherSleep { deadline, begun: None })
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn Sleep>>, new_deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<DispatcherSleep>() {
            Some(mut sleep) => sleep.set_deadline(new_deadline),
            None => *sleep = self.sleep_until(new_deadline),
        }
    }

    fn now(&self) -> Instant {
        Dispatcher::current().now()
    }
}

/// As good as no time limit.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// What hyper holds of a timer. Timers belong to their thread, and hyper asks for something that may
/// go to others: so this has only the number of one, in a table of the thread.
struct DispatcherSleep {
    deadline: Instant,
    begun: Option<Begun>,
}

/// A timer that runs: where, and which.
struct Begun {
    thread: ThreadId,
    remote: Remote,
    place: Place,
}

thread_local!(static TIMERS: RefCell<Slots<Future<()>>> = const { RefCell::new(Slots::new()) });

impl DispatcherSleep {
    fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
        self.stop();
    }

    /// The timer, begun if need be.
    fn timer(&mut self) -> Future<()> {
        let here = thread::current().id();
        if let Some(begun) = &self.begun {
            if begun.thread == here
                && let Some(timer) = TIMERS.with_borrow(|t| t.get(begun.place, u32::MAX).cloned())
            {
                return timer;
            }
            // It has gone to another thread.
            self.stop();
        }
        let dispatcher = Dispatcher::current();
        let timer = sleep_async(self.deadline.saturating_duration_since(dispatcher.now()));
        let place = TIMERS.with_borrow_mut(|timers| timers.insert(timer.clone()));
        self.begun = Some(Begun { thread: here, remote: dispatcher.remote(), place });
        timer
    }

    fn stop(&mut self) {
        let Some(Begun { thread, remote, place }) = self.begun.take() else { return };
        if thread == thread::current().id() {
            forget(place);
        } else {
            remote.call_soon(move || forget(place));
        }
    }
}

/// Takes a timer of this thread back.
fn forget(place: Place) {
    let timer = TIMERS.try_with(|timers| timers.borrow_mut().remove(place.index));
    if let Ok(Some(timer)) = timer {
        timer.cancel();
    }
}

impl Sleep for DispatcherSleep {}

impl StdFuture for DispatcherSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.timer();
        // It fails only if its dispatcher is closed, with everything else on it.
        Pin::new(&mut &timer).poll(cx).map(drop)
    }
}

impl Drop for DispatcherSleep {
    fn drop(&mut self) {
        self.stop();
    }
}
