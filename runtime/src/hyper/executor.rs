//! Tasks of hyper's as procs.

use std::future::Future as StdFuture;

use crate::{Future, async_check};

/// Starts hyper's tasks on the thread's dispatcher: those of HTTP/2, for example. One that panics
/// becomes the error of the `poll` that is running.
///
/// ```
/// use async_proc::hyper::DispatcherExecutor;
/// use hyper::rt::Executor;
/// use std::rc::Rc;
///
/// let shared = Rc::new(std::cell::Cell::new(1));
/// let of_task = shared.clone();
/// DispatcherExecutor.execute(async move { of_task.set(2) });
/// assert_eq!(shared.get(), 2);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DispatcherExecutor;

impl<F> ::hyper::rt::Executor<F> for DispatcherExecutor
where
    F: StdFuture + 'static,
    F::Output: 'static,
{
    fn execute(&self, task: F) {
        async_check(Future::from_infallible(async move {
            task.await;
        }));
    }
}
