//! The handle: what programs do with a future.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use super::callback::{self, CallbackId};
use super::cancel;
use super::head::{self, Handle, Head, State};
use super::leaf::Leafed;
use super::unit::is_unit;
use crate::Error;
use crate::error::{FutureError, FutureErrorKind};

/// A hot, shared handle of an operation that has begun. See the [module](super) for the rules.
///
/// Cloning gives another handle of the same operation. `future.await` takes the value out;
/// `(&future).await` and [`read`](Future::read) clone it. Dropping every handle does not stop the
/// operation; [`cancel`](Future::cancel) does.
///
/// A `std::future::Future` can be driven with [`from_std`](Future::from_std).
#[must_use = "a future whose failure nobody reads is lost: await it, or pass it to `async_check`"]
pub struct Future<T> {
    handle: Handle,
    // Values are written through a shared handle, so `T` may not be varied.
    value: PhantomData<Cell<T>>,
}

impl<T> Unpin for Future<T> {}

impl<T: 'static> Future<T> {
    /// A pending future, which finishes when [`complete`](Future::complete) or
    /// [`fail`](Future::fail) is called on a handle of it. The name and the caller's position
    /// appear in errors.
    #[doc(alias = "newFuture")]
    #[track_caller]
    pub fn new(name: &'static str) -> Future<T> {
        Leafed::new(name, Location::caller(), ()).into_future()
    }

    /// A future that has finished with `value`.
    ///
    /// ```
    /// assert_eq!(async_proc::Future::ready(7).read()?, 7);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[track_caller]
    pub fn ready(value: T) -> Future<T> {
        let future = Future::new("ready");
        future.finish(Ok(value));
        future
    }

    /// A future that has failed with `error`.
    #[track_caller]
    pub fn failed_with(error: impl Into<Error>) -> Future<T> {
        let future = Future::new("failed_with");
        future.finish(Err(error.into()));
        future
    }

    /// Finishes the future with `value`. Whoever waits is queued, and runs later.
    ///
    /// # Errors
    ///
    /// It has finished already: nothing is changed, and `value` is dropped.
    ///
    /// ```
    /// let future = async_proc::Future::new("once");
    /// assert!(future.complete(1).is_ok());
    /// let error = future.complete(2).unwrap_err();
    /// assert_eq!(error.name(), "once");
    /// assert_eq!(future.read()?, 1);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn complete(&self, value: T) -> Result<(), FutureError> {
        self.check_pending()?;
        self.finish(Ok(value));
        Ok(())
    }

    /// Finishes the future with an error.
    ///
    /// # Errors
    ///
    /// It has finished already: nothing is changed.
    pub fn fail(&self, error: impl Into<Error>) -> Result<(), FutureError> {
        // First: the conversion may be the program's own, and do anything.
        let error = error.into();
        self.check_pending()?;
        self.finish(Err(error));
        Ok(())
    }

    fn check_pending(&self) -> Result<(), FutureError> {
        match self.finished() {
            true => Err(self.misuse(FutureErrorKind::AlreadyFinished)),
            // A proc's result is written by the proc.
            false if self.head().kind.is_proc => Err(self.misuse(FutureErrorKind::IsProc)),
            false => Ok(()),
        }
    }

    fn finish(&self, result: Result<T, Error>) {
        let state = if result.is_ok() { State::Value } else { State::Failed };
        let head = self.handle.raw();
        // SAFETY: the future is alive and pending, so its result is empty and nobody reads it.
        unsafe {
            Head::result(head).cast::<Result<T, Error>>().write(result);
            head::finish(head, state);
        }
    }

    /// Has `callback` called with the future once it has finished: never inside this call, but
    /// from the dispatcher's queue, after everything queued before it.
    #[doc(alias = "addCallback")]
    pub fn add_callback(&self, callback: impl FnOnce(&Future<T>) + 'static) -> CallbackId {
        callback::add(self, callback)
    }

    /// Removes every callback and adds this one. Procs that await the future are not disturbed.
    #[doc(alias = "callback=")]
    pub fn set_callback(&self, callback: impl FnOnce(&Future<T>) + 'static) -> CallbackId {
        self.clear_callbacks();
        self.add_callback(callback)
    }
}

impl<T> Future<T> {
    /// # Safety
    ///
    /// `handle` is of a future whose result is a `Result<T, Error>`.
    pub(super) unsafe fn from_handle(handle: Handle) -> Future<T> {
        Future { handle, value: PhantomData }
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    fn head(&self) -> &Head {
        self.handle.head()
    }

    fn misuse(&self, kind: FutureErrorKind) -> FutureError {
        FutureError::new(kind, self.name(), self.created())
    }

    /// The name it was created with: of a proc, the function's.
    pub fn name(&self) -> &'static str {
        self.head().name
    }

    /// Where it was created or, if it is a proc, called.
    pub fn created(&self) -> &'static Location<'static> {
        self.head().created
    }

    /// Whether the operation has ended, with a value or with an error.
    pub fn finished(&self) -> bool {
        self.head().is_finished()
    }

    /// Whether it has ended with an error. If so, the error counts as noticed.
    pub fn failed(&self) -> bool {
        let failed = self.head().state.get() == State::Failed;
        if failed {
            self.head().seen.set(true);
        }
        failed
    }

    /// Whether it was ended by [`cancel`](Future::cancel).
    pub fn cancelled(&self) -> bool {
        self.head().cancelled.get()
    }

    /// A clone of the value.
    ///
    /// # Errors
    ///
    /// The error it failed with; or a [`FutureError`] if it is pending, or if an await has taken
    /// the value.
    pub fn read(&self) -> Result<T, Error>
    where
        T: Clone,
    {
        let state = &self.head().state;
        let result = self.result()?;
        if state.get() != State::Value {
            return result.clone();
        }
        // Cloning runs the program's code, which may use this future.
        state.set(State::Lent);
        let _lent = Lent(state);
        result.clone()
    }

    /// The value itself, which is gone from the future then; but `()` can be taken any number of
    /// times, so any number of procs may await one signal.
    ///
    /// # Errors
    ///
    /// As [`read`](Future::read); and if it is called while the value is being cloned, by its own
    /// `clone`.
    pub fn take(&self) -> Result<T, Error> {
        let state = &self.head().state;
        let result = self.result()?;
        match state.get() {
            State::Lent => Err(self.misuse(FutureErrorKind::Taken).into()),
            // Somebody else may still want the error.
            State::Failed if !self.head().is_unique() => match result {
                Err(error) => Err(error.clone()),
                Ok(_) => unreachable!("the state says that it failed"),
            },
            _ => {
                let result: *const Result<T, Error> = result;
                if state.get() == State::Failed || !is_unit::<T>() {
                    state.set(State::Taken);
                }
                // SAFETY: the result was there, and the state now says that it is not; or it is
                // `Ok(())`, which is `Copy`.
                unsafe { result.read() }
            }
        }
    }

    /// The error, if it failed.
    pub fn error(&self) -> Option<Error> {
        if !self.failed() {
            return None;
        }
        self.result().ok()?.as_ref().err().cloned()
    }

    /// The error.
    ///
    /// # Errors
    ///
    /// It is pending, or ended with a value.
    #[doc(alias = "readError")]
    pub fn read_error(&self) -> Result<Error, FutureError> {
        self.error().ok_or_else(|| {
            let finished = self.finished();
            self.misuse(if finished { FutureErrorKind::NoError } else { FutureErrorKind::Pending })
        })
    }

    /// What it ended with, if it has and that is still there.
    fn result(&self) -> Result<&Result<T, Error>, FutureError> {
        match self.head().state.get() {
            State::Pending => Err(self.misuse(FutureErrorKind::Pending)),
            State::Taken => Err(self.misuse(FutureErrorKind::Taken)),
            State::Value | State::Lent | State::Failed => {
                self.head().seen.set(true);
                let result = Head::result(self.handle.raw()).cast::<Result<T, Error>>();
                // SAFETY: the state says that the result is there. It is not written again. It is
                // moved out by `take` alone, which refuses while the program's code runs on it.
                Ok(unsafe { &*result })
            }
        }
    }

    /// Removes every callback. Procs that await the future are not disturbed.
    #[doc(alias = "clearCallbacks")]
    pub fn clear_callbacks(&self) {
        callback::clear(&self.handle);
    }

    /// Ends the operation: a proc's frame is dropped at its suspension point, a timer or a socket
    /// operation is taken back. The future fails with an error of kind
    /// [`Cancelled`](crate::ErrorKind::Cancelled), and what it waited for is cancelled too if
    /// nobody else waits for that.
    ///
    /// Returns whether it was pending. A proc that is cancelled in the middle of its own step (by
    /// itself, or by a function it calls) goes on to its next suspension; if it ends before that,
    /// it was not cancelled.
    ///
    /// ```
    /// use async_proc::{ErrorKind, sleep_async};
    ///
    /// let hour = sleep_async(std::time::Duration::from_secs(3600));
    /// assert!(hour.cancel());
    /// assert_eq!(hour.error().map(|error| error.kind()), Some(ErrorKind::Cancelled));
    /// ```
    pub fn cancel(&self) -> bool {
        cancel::cancel(self.handle.clone())
    }
}

/// Ends the time in which a value must stay where it is.
struct Lent<'a>(&'a Cell<State>);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.0.set(State::Value);
    }
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Future<T> {
        Future { handle: self.handle.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.head().state.get() {
            State::Pending => "pending",
            State::Failed => "failed",
            State::Value | State::Lent => "completed",
            State::Taken => "completed, value taken",
        };
        write!(f, "Future({} at {}: {state})", self.name(), self.created())
    }
}
