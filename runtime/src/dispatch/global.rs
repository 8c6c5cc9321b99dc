//! Which dispatcher is the thread's.

use std::cell::RefCell;

use super::Dispatcher;
use crate::future::schedule;
use crate::{DispatchError, Error};

thread_local!(static GLOBAL: RefCell<Dispatcher> = RefCell::new(Dispatcher::new()));

pub(super) fn current() -> Dispatcher {
    // While the thread's own is being dropped, destructors get one that nobody runs.
    GLOBAL.try_with(|global| global.borrow().clone()).unwrap_or_else(|_| Dispatcher::new())
}

/// Whether the thread is ending: nobody can be told of anything any more.
pub(crate) fn thread_ends() -> bool {
    GLOBAL.try_with(|_| ()).is_err() || schedule::has_ended()
}

/// The current thread's dispatcher: what the functions of this module act on.
#[doc(alias = "getGlobalDispatcher")]
pub fn global_dispatcher() -> Dispatcher {
    current()
}

/// Makes `dispatcher` the current thread's, and gives back the one it was before. That one keeps
/// what is pending on it, and can be run by its own methods; dropping its last handle closes it.
///
/// # Errors
///
/// [`DispatchError::CallbacksQueued`]: something is waiting to be run, by the code that has been
/// using the old one. [`DispatchError::Closed`]: `dispatcher` is closed.
///
/// ```
/// use async_proc::dispatch::{self, Dispatcher};
///
/// let old = dispatch::set_global_dispatcher(&Dispatcher::new())?;
/// dispatch::call_soon(|| ());
/// assert!(dispatch::set_global_dispatcher(&old).is_err());
/// dispatch::run_forever()?;
/// dispatch::set_global_dispatcher(&old)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "setGlobalDispatcher")]
pub fn set_global_dispatcher(dispatcher: &Dispatcher) -> Result<Dispatcher, Error> {
    if dispatcher.is_closed() {
        return Err(DispatchError::Closed.into());
    }
    if schedule::with(|schedule| schedule.has_queued()) {
        return Err(DispatchError::CallbacksQueued.into());
    }
    Ok(GLOBAL.with(|global| global.replace(dispatcher.clone())))
}
