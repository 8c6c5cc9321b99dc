//! Reaching a dispatcher from other threads.

use std::sync::Arc;

use crate::future::{Inbox, Letter};

/// A handle by which other threads reach a dispatcher. Made by
/// [`Dispatcher::remote`](super::Dispatcher::remote).
///
/// Holding one does not count as something pending.
#[derive(Debug, Clone)]
pub struct Remote(Arc<Inbox>);

impl Remote {
    pub(super) fn new(inbox: Arc<Inbox>) -> Remote {
        Remote(inbox)
    }

    /// Whether something was sent that the dispatcher has not read.
    #[cfg(test)]
    pub(super) fn has_letters(&self) -> bool {
        self.0.has_letters()
    }

    /// Has `f` called on the dispatcher's thread, and ends its waiting if it waits. If that thread
    /// has ended, `f` is dropped.
    ///
    /// ```
    /// use async_proc::dispatch::{self, Dispatcher};
    /// use async_proc::Future;
    ///
    /// let remote = Dispatcher::current().remote();
    /// std::thread::spawn(move || remote.call_soon(|| println!("on the dispatcher's thread")))
    ///     .join()
    ///     .unwrap();
    /// dispatch::run_forever()?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn call_soon(&self, f: impl FnOnce() + Send + 'static) {
        self.0.send(Letter::Call(Box::new(f)));
    }
}
