//! Out-parameters: a value that can be waited for again and again.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::IntoFuture;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::Future;
use super::leaf::Leafed;
use crate::Error;
use crate::error::{FutureError, FutureErrorKind};

/// A reusable out-parameter: a place that a proc fills, and a signal that it has been filled.
///
/// Unlike a [`Future`] it holds its value also while it is pending, and [`clean`](FutureVar::clean)
/// makes it pending again: a buffer that is read into a million times is allocated once. Clones
/// are handles of the same variable.
///
/// A variable that a proc has as a parameter (one whose type is written `FutureVar<…>`, by whatever
/// path) is completed when the proc ends, however it does: by `return`, by its last expression, by
/// `?`, by a panic or by cancellation, unless the body did it itself. Whoever awaits the proc finds
/// it completed.
///
/// ```
/// use async_proc::prelude::*;
///
/// #[async_proc]
/// fn greet(name: &'static str, line: FutureVar<String>) {
///     line.with(|line| line.push_str("hello, "));
///     sleep_async(std::time::Duration::from_millis(1)).await?;
///     line.with(|line| line.push_str(name));
/// }
///
/// let line = FutureVar::new("line", String::with_capacity(64));
/// for name in ["world", "again"] {
///     line.clean();
///     line.with(String::clear);
///     wait_for(greet(name, line.clone()))?;
///     println!("{}", line.read()?);
/// }
/// assert!(line.finished());
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "newFutureVar")]
pub struct FutureVar<T>(Rc<Shared<T>>);

struct Shared<T> {
    name: &'static str,
    created: &'static Location<'static>,
    finished: Cell<bool>,
    /// Made when somebody waits, and completed with the variable.
    signal: RefCell<Option<Future<()>>>,
    value: RefCell<T>,
}

impl<T> FutureVar<T> {
    /// A pending variable that holds `value`. The name and the caller's position appear in errors.
    #[track_caller]
    pub fn new(name: &'static str, value: T) -> FutureVar<T> {
        FutureVar(Rc::new(Shared {
            name,
            created: Location::caller(),
            finished: Cell::new(false),
            signal: RefCell::new(None),
            value: RefCell::new(value),
        }))
    }

    /// The name it was created with.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// Where it was created.
    pub fn created(&self) -> &'static Location<'static> {
        self.0.created
    }

    /// Calls `f` with the value, which can be changed, whether the variable is pending or not.
    ///
    /// # Panics
    ///
    /// If it is called by `f`, on the same variable; so do the methods that replace or read the
    /// value.
    #[doc(alias = "mget")]
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        match self.0.value.try_borrow_mut() {
            Ok(mut value) => f(&mut value),
            Err(_) => panic!("`{}` is in use by a `with` further up", self.0.name),
        }
    }

    /// Replaces the value, and gives the old one.
    pub fn replace(&self, value: T) -> T {
        self.with(|place| std::mem::replace(place, value))
    }

    /// The value itself; a default one takes its place.
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }

    /// Completes it with the value it holds. Whoever waits is queued, and runs later.
    ///
    /// # Errors
    ///
    /// It is complete already.
    ///
    /// ```
    /// let total = async_proc::FutureVar::new("total", 1);
    /// total.with(|total| *total += 1);
    /// total.complete()?;
    /// assert_eq!(total.read()?, 2);
    /// assert_eq!(total.complete().unwrap_err().name(), "total");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn complete(&self) -> Result<(), FutureError> {
        if self.0.finished.replace(true) {
            return Err(self.misuse(FutureErrorKind::AlreadyFinished));
        }
        let signal = self.0.signal.take();
        if let Some(signal) = signal {
            // It has finished only if whoever waited cancelled the waiting.
            let _ = signal.complete(());
        }
        Ok(())
    }

    /// Completes it with `value`.
    ///
    /// # Errors
    ///
    /// It is complete already: nothing is changed, and `value` is dropped.
    pub fn complete_with(&self, value: T) -> Result<(), FutureError> {
        if self.finished() {
            return Err(self.misuse(FutureErrorKind::AlreadyFinished));
        }
        drop(self.replace(value));
        self.complete()
    }

    /// Makes it pending again. It keeps its value.
    pub fn clean(&self) {
        self.0.finished.set(false);
    }

    /// Whether it is complete.
    pub fn finished(&self) -> bool {
        self.0.finished.get()
    }

    /// A clone of the value.
    ///
    /// # Errors
    ///
    /// It is pending.
    pub fn read(&self) -> Result<T, Error>
    where
        T: Clone,
    {
        if !self.finished() {
            return Err(self.misuse(FutureErrorKind::Pending).into());
        }
        Ok(self.with(|value| value.clone()))
    }

    /// A future that finishes when the variable is next completed, or has if it is complete. For
    /// callbacks, combinators, and values that cannot be cloned. Cancelling it ends the waiting and
    /// leaves the variable as it is.
    ///
    /// ```
    /// use async_proc::{FutureVar, dispatch};
    ///
    /// let line = FutureVar::new("line", String::new());
    /// line.completion().add_callback(|_| println!("it is there"));
    /// line.complete_with("hello".to_owned())?;
    /// dispatch::run_forever()?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn completion(&self) -> Future<()> {
        let signal = self.0.signal.borrow().clone().filter(|signal| !signal.finished());
        if let Some(signal) = signal {
            return signal;
        }
        let signal = Leafed::new(self.0.name, self.0.created, ()).into_future();
        if self.finished() {
            // It was made here, and nobody else has it.
            let _ = signal.complete(());
        } else {
            *self.0.signal.borrow_mut() = Some(signal.clone());
        }
        signal
    }

    fn misuse(&self, kind: FutureErrorKind) -> FutureError {
        FutureError::new(kind, self.0.name, self.0.created)
    }
}

impl<T: Default> Default for FutureVar<T> {
    #[track_caller]
    fn default() -> FutureVar<T> {
        FutureVar::new("FutureVar", T::default())
    }
}

impl<T> Clone for FutureVar<T> {
    fn clone(&self) -> FutureVar<T> {
        FutureVar(self.0.clone())
    }
}

impl<T> fmt::Debug for FutureVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.finished() { "completed" } else { "pending" };
        write!(f, "FutureVar({} at {}: {state})", self.0.name, self.0.created)
    }
}

/// Waits until the variable is complete, and clones the value it has then.
impl<T: Clone> IntoFuture for FutureVar<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Reading<T>;

    fn into_future(self) -> Reading<T> {
        let signal = (!self.finished()).then(|| self.completion());
        Reading { var: self, signal }
    }
}

/// Waits until the variable is complete, and clones the value it has then.
impl<T: Clone> IntoFuture for &FutureVar<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Reading<T>;

    fn into_future(self) -> Reading<T> {
        self.clone().into_future()
    }
}

/// What awaiting a [`FutureVar`] waits for.
#[derive(Debug)]
pub struct Reading<T> {
    var: FutureVar<T>,
    /// None if it was complete. Kept, so that being cleaned meanwhile does not undo it.
    signal: Option<Future<()>>,
}

impl<T: Clone> std::future::Future for Reading<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if let Some(signal) = &mut self.signal {
            match Pin::new(signal).poll(cx) {
                Poll::Ready(Ok(())) => self.signal = None,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(self.var.with(|value| value.clone())))
    }
}

/// Completes a variable when it is dropped.
#[derive(Debug)]
pub struct CompletedAtExit<T>(FutureVar<T>);

/// The first statement of a proc, for each of its parameters that is a variable.
#[doc(hidden)]
pub fn completed_at_exit<T>(parameter_of_a_proc: &FutureVar<T>) -> CompletedAtExit<T> {
    CompletedAtExit(parameter_of_a_proc.clone())
}

impl<T> Drop for CompletedAtExit<T> {
    fn drop(&mut self) {
        // The body may have done it.
        let _ = self.0.complete();
    }
}
