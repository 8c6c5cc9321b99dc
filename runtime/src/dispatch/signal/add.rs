//! Watching a signal.

use std::io;
use std::panic::Location;

use signal_hook::consts::{FORBIDDEN, SIGINT};

use super::SignalError;
use crate::Future;
use crate::dispatch::Dispatcher;
use crate::dispatch::once::once;
use crate::dispatch::watch::{Callback, WatchId};

/// Has `callback` called from the queue each time the process receives `signal`, until it returns
/// `true`. As long as it is there it counts as something pending.
///
/// `signal` is a number as in `libc::SIGTERM`. Any number of callbacks may watch a signal, on any
/// number of threads: each is called. Signals that come before the callback has had its turn count
/// as one, as they do for the system.
///
/// While a signal is watched, what it does by default is not done: `SIGTERM` does not end the
/// process. When nobody watches it any more it is **ignored**, and not as it was at the start: one
/// that is late is no reason to die for a program that was dealing with it. A program that wants to
/// die of it calls `signal_hook::low_level::emulate_default_handler`. Handlers that others installed
/// before are called as well.
///
/// A callback that panics is removed, and the panic becomes the error of the running
/// [`poll`](crate::dispatch::poll); if the dispatcher is closed it is dropped.
///
/// # Errors
///
/// [`SignalError::Forbidden`] for `SIGKILL`, `SIGSTOP`, `SIGSEGV`, `SIGILL` and `SIGFPE`;
/// [`SignalError::Unknown`] for a number that is no signal's; [`SignalError::Os`] if the process has
/// no descriptors left, or the dispatcher is closed.
///
/// ```
/// use async_proc::dispatch::{self, add_signal};
///
/// add_signal(libc::SIGHUP, || {
///     println!("reading the configuration again");
///     true // once is enough
/// })?;
/// signal_hook::low_level::raise(libc::SIGHUP)?;
/// dispatch::run_forever()?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "addSignal")]
pub fn add_signal(
    signal: i32,
    callback: impl FnMut() -> bool + 'static,
) -> Result<WatchId, SignalError> {
    if FORBIDDEN.contains(&signal) {
        return Err(SignalError::Forbidden { signal });
    }
    let dispatcher = Dispatcher::current();
    match dispatcher.signals().add(&dispatcher, signal, Callback::new(callback)) {
        Ok(watcher) => Ok(WatchId::new(watcher)),
        Err(source) if source.kind() == io::ErrorKind::InvalidInput => {
            Err(SignalError::Unknown { signal })
        }
        Err(source) => Err(SignalError::Os { signal, source }),
    }
}

/// A future that completes when the process receives `signal` for the first time from now on: see
/// [`add_signal`]. [Cancelling](Future::cancel) it ends the watch.
///
/// It fails with a [`SignalError`] if the signal cannot be watched.
///
/// ```
/// use async_proc::dispatch::{self, signal};
///
/// let terminated = signal(libc::SIGTERM);
/// signal_hook::low_level::raise(libc::SIGTERM)?;
/// dispatch::wait_for(terminated)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn signal(signal: i32) -> Future<()> {
    once("signal", Location::caller(), |callback| add_signal(signal, callback))
}

/// A future that completes when Ctrl-C is pressed where the program runs, which is `SIGINT`: see
/// [`signal`]. From this call on Ctrl-C does not end the program by itself.
///
/// ```
/// use async_proc::dispatch::{self, ctrl_c};
///
/// let interrupted = ctrl_c();
/// signal_hook::low_level::raise(libc::SIGINT)?;
/// dispatch::wait_for(interrupted)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn ctrl_c() -> Future<()> {
    once("ctrl_c", Location::caller(), |callback| add_signal(SIGINT, callback))
}
