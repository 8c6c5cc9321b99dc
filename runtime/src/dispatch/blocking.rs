//! Functions that block, on threads of their own.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem;
use std::panic::{self, AssertUnwindSafe, Location};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::future::{Handle, Inbox, Leaf, Leafed, Letter, schedule};
use crate::{Error, Future};

thread_local! {
    /// The jobs whose results this thread waits for.
    static JOBS: RefCell<HashMap<u64, Rc<dyn Waiting>>> = RefCell::default();
    static MADE: Cell<u64> = const { Cell::new(0) };
}

/// What the pool's thread and the one that waits both hold. The lock is never held while anything
/// of the program's runs.
struct Job<T>(Mutex<State<T>>);

enum State<T> {
    Queued(Box<dyn FnOnce() -> T + Send>),
    Running,
    Done(thread::Result<T>),
    /// Nobody wants the result any more, or it was taken.
    Over,
}

impl<T> Job<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out the old state, so that it is dropped where nothing is locked.
    fn replace(&self, state: State<T>) -> State<T> {
        mem::replace(&mut *self.state(), state)
    }

    /// Runs it, on the pool's thread. `true` if there is a result for somebody.
    fn run(&self) -> bool {
        let State::Queued(function) = self.replace(State::Running) else {
            drop(self.replace(State::Over));
            return false;
        };
        let result = panic::catch_unwind(AssertUnwindSafe(function));
        let unwanted = {
            let mut state = self.state();
            match &*state {
                State::Running => mem::replace(&mut *state, State::Done(result)),
                _ => State::Done(result),
            }
        };
        matches!(unwanted, State::Running)
    }
}

/// A job as the thread that waits for it knows it.
trait Waiting {
    /// Finishes the future with the result.
    fn finish(&self);
}

struct Waiter<T> {
    job: Arc<Job<T>>,
    future: Leafed<Blocking, T>,
}

impl<T: 'static> Waiting for Waiter<T> {
    fn finish(&self) {
        // It is pending: cancelling it takes the waiter out of the table.
        let _ = match self.job.replace(State::Over) {
            State::Done(Ok(value)) => self.future.future().complete(value),
            State::Done(Err(payload)) => self.future.future().fail(Error::panicked(payload)),
            _ => Ok(()),
        };
    }
}

/// Nobody waits any more. A job that has not begun is dropped, and the result of one that has will
/// be.
impl<T> Drop for Waiter<T> {
    fn drop(&mut self) {
        drop(self.job.replace(State::Over));
    }
}

/// What the future keeps: where its job stands.
struct Blocking(u64);

impl Leaf for Blocking {
    fn cancel(&self, _: &mut Vec<Handle>) {
        drop(take(self.0));
    }
}

/// Takes a waiter out of the table, which is not borrowed when it is dropped.
fn take(number: u64) -> Option<Rc<dyn Waiting>> {
    let waiter = JOBS.try_with(|jobs| jobs.borrow_mut().remove(&number)).ok().flatten()?;
    schedule::if_any(|schedule| schedule.count_foreign(-1));
    Some(waiter)
}

/// Runs `function` on a thread where it may block: to look up a name, to read a file, to compute
/// for long. Its value comes back to the current thread, where the future completes. Until then it
/// counts as something pending.
///
/// If the function panics, the future fails with an error of kind
/// [`Panicked`](crate::ErrorKind::Panicked) that has the panic's payload.
///
/// [Cancelling](Future::cancel) the future drops a function that has not begun. One that has runs to
/// its end, since nothing can stop it, and its value is dropped there.
///
/// # The threads
///
/// They are those of the library `blocking`, which programs may use for other things as well: as
/// many as there are functions to run, but no more than 500, or what the environment variable
/// `BLOCKING_MAX_THREADS` says when the first is started (1 to 10,000). Further functions wait for
/// their turn, in order. A thread that has nothing to do for half a second ends.
///
/// ```
/// use async_proc::dispatch::{self, spawn_blocking};
///
/// let text = spawn_blocking(|| std::fs::read_to_string("Cargo.toml"));
/// assert!(dispatch::wait_for(text)??.contains("async-proc"));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "spawn")]
#[doc(alias = "unblock")]
#[track_caller]
pub fn spawn_blocking<T: Send + 'static>(
    function: impl FnOnce() -> T + Send + 'static,
) -> Future<T> {
    let number = MADE.get();
    MADE.set(number + 1);
    let job = Arc::new(Job(Mutex::new(State::Queued(Box::new(function)))));
    let future = Leafed::<Blocking, T>::new("spawn_blocking", Location::caller(), Blocking(number));
    let waiter = Rc::new(Waiter { job: job.clone(), future: future.clone() });
    // On a thread that is ending there is nobody to wait for it: it is dropped with its waiter.
    if JOBS.try_with(|jobs| jobs.borrow_mut().insert(number, waiter)).is_ok() {
        let home = schedule::with(|schedule| {
            schedule.count_foreign(1);
            schedule.inbox().clone()
        });
        blocking::unblock(move || run(&job, &home, number)).detach();
    }
    future.into_future()
}

fn run<T>(job: &Job<T>, home: &Inbox, number: u64) {
    if job.run() {
        home.send(Letter::Call(Box::new(move || {
            if let Some(waiter) = take(number) {
                waiter.finish();
            }
        })));
    }
}
