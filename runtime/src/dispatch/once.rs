//! Futures that complete when something happens that has callbacks.

use std::cell::Cell;
use std::panic::Location;

use super::global;
use super::watch::WatchId;
use crate::error::Closed;
use crate::future::{Handle, Leaf, Leafed};
use crate::{Error, Future};

/// What the future keeps: what its callback was added as, until it has been called.
struct Once(Cell<Option<WatchId>>);

impl Leaf for Once {
    fn cancel(&self, _: &mut Vec<Handle>) {
        if let Some(watch) = self.0.take() {
            watch.remove();
        }
    }
}

/// The future as its callback holds it.
struct Waiting {
    name: &'static str,
    future: Leafed<Once, ()>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // A cancellation has taken it, and says so itself.
        let lost = self.future.leaf().0.take().is_some() && !self.future.future().finished();
        if lost && !global::thread_ends() {
            let _ = self.future.future().fail(Closed::by_dispatcher(self.name));
        }
    }
}

/// A future that completes with the first call of the callback that `add` adds, and fails with its
/// error. Cancelling it removes the callback.
pub(super) fn once<E: Into<Error>>(
    name: &'static str,
    created: &'static Location<'static>,
    add: impl FnOnce(Box<dyn FnMut() -> bool>) -> Result<WatchId, E>,
) -> Future<()> {
    let future = Leafed::<Once, ()>::new(name, created, Once(Cell::new(None)));
    let waiting = Waiting { name, future: future.clone() };
    let added = add(Box::new(move || {
        // It is pending, or the callback would be gone.
        let _ = waiting.future.future().complete(());
        true
    }));
    match added {
        Ok(watch) => future.leaf().0.set(Some(watch)),
        // It was just made, so it is pending.
        Err(error) => drop(future.future().fail(error)),
    }
    future.into_future()
}
