//! An operation that waits for its descriptor to be ready.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, Location};
use std::task::Poll;

use super::global;
use super::source::{Direction, Home};
use crate::future::{Handle, Leaf, Leafed};
use crate::{Error, Future};

/// What the future of an operation keeps.
pub(super) struct Op<F> {
    /// `None` while it is being tried, and once it is done.
    call: Cell<Option<F>>,
    /// Where it waits, and as what.
    home: RefCell<Option<(Home, Direction, Pending)>>,
}

/// An operation of a forgotten type, as it stands in its source's queue.
#[derive(Clone)]
pub(super) struct Pending {
    future: Handle,
    attempt: unsafe fn(&Handle) -> bool,
    fail: unsafe fn(&Handle, Error),
}

impl<F> Op<F> {
    /// Makes an operation. It stands in no queue yet.
    pub(super) fn make<T: 'static>(
        name: &'static str,
        created: &'static Location<'static>,
        home: Home,
        direction: Direction,
        call: F,
    ) -> (Future<T>, Pending)
    where
        F: FnMut() -> Poll<Result<T, Error>> + 'static,
    {
        let leaf = Op { call: Cell::new(Some(call)), home: RefCell::new(None) };
        let op = Leafed::<Op<F>, T>::new(name, created, leaf);
        let pending = Pending {
            future: op.future().handle().clone(),
            attempt: Op::<F>::attempt::<T>,
            fail: Op::<F>::fail::<T>,
        };
        *op.leaf().home.borrow_mut() = Some((home, direction, pending.clone()));
        (op.into_future(), pending)
    }

    /// Drops everything a finished operation no longer needs: it may hold its own source.
    fn done(&self) {
        drop(self.home.take());
        drop(self.call.take());
    }

    /// # Safety
    ///
    /// `future` is of a `Leafed<Op<F>, T>`.
    unsafe fn attempt<T: 'static>(future: &Handle) -> bool
    where
        F: FnMut() -> Poll<Result<T, Error>> + 'static,
    {
        // SAFETY: the caller's promise.
        let this = unsafe { Leafed::<Op<F>, T>::from_handle(future.clone()) };
        let op = this.leaf();
        if this.future().finished() {
            op.done();
            return true;
        }
        let Some(mut call) = op.call.take() else { return false };
        let result = match panic::catch_unwind(AssertUnwindSafe(&mut call)) {
            // It may have been cancelled or closed by its own call.
            Ok(Poll::Pending) if this.future().finished() => return true,
            Ok(Poll::Pending) => {
                op.call.set(Some(call));
                return false;
            }
            Ok(Poll::Ready(result)) => result,
            Err(payload) => Err(Error::panicked(payload)),
        };
        // If it was finished by its own call, that stands.
        let _ = match result {
            Ok(value) => this.future().complete(value),
            Err(error) => this.future().fail(error),
        };
        // Only now: if it holds the last handle of its source, that is closed by this, and what
        // has not finished fails.
        drop(call);
        op.done();
        true
    }

    /// # Safety
    ///
    /// `future` is of a `Leafed<Op<F>, T>`.
    unsafe fn fail<T: 'static>(future: &Handle, error: Error)
    where
        F: FnMut() -> Poll<Result<T, Error>> + 'static,
    {
        // SAFETY: the caller's promise.
        let this = unsafe { Leafed::<Op<F>, T>::from_handle(future.clone()) };
        this.leaf().done();
        // What has finished stays as it is. Where the thread is ending there is nobody to be told.
        if !global::thread_ends() {
            let _ = this.future().fail(error);
        }
    }
}

impl<F> Leaf for Op<F> {
    fn cancel(&self, _: &mut Vec<Handle>) {
        let home = self.home.take();
        if let Some((home, direction, pending)) = home
            && let Some(source) = home.upgrade()
        {
            source.take_back(direction, &pending);
        }
        self.done();
    }
}

impl Pending {
    /// Tries it. `true` if it has finished.
    pub(super) fn attempt(&self) -> bool {
        // SAFETY: `Op::make` gave the function for this very future.
        unsafe { (self.attempt)(&self.future) }
    }

    pub(super) fn fail(&self, error: Error) {
        // SAFETY: as in `attempt`.
        unsafe { (self.fail)(&self.future, error) };
    }

    pub(super) fn name(&self) -> &'static str {
        self.future.head().name
    }

    pub(super) fn is(&self, other: &Pending) -> bool {
        self.future.raw() == other.future.raw()
    }
}
