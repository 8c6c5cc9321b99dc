//! Watching a process.

use std::panic::Location;

use rustix::process::Pid;

#[cfg(target_os = "linux")]
use super::pidfd;
use super::{ProcessError, sigchld};
use crate::Future;
use crate::dispatch::once::once;
use crate::dispatch::watch::{Callback, WatchId};

/// Has `callback` called once, from the queue, when the process of number `pid` has exited; also if
/// it has already. It is given the number. Until then it counts as something pending.
///
/// The process is not waited for: that is left to whoever started it, a
/// [`Child`](std::process::Child) say, whose `wait` does not block any more then. A `Child` that is
/// dropped without it stays in the system's table.
///
/// On Linux any process can be watched. Where the system has no descriptors of processes, only
/// children of this one can, and `SIGCHLD` is [watched](crate::dispatch::add_signal) meanwhile. In
/// either case other children are left alone.
///
/// A callback that panics makes that the error of the running [`poll`](crate::dispatch::poll); if
/// the dispatcher is closed it is dropped.
///
/// # Errors
///
/// [`ProcessError::NoSuchProcess`], [`ProcessError::NotAChild`]; [`ProcessError::Os`] if this
/// process has no descriptors left, or the dispatcher is closed.
///
/// ```
/// use async_proc::dispatch::{self, add_process};
/// use std::process::Command;
///
/// let mut child = Command::new("true").spawn()?;
/// add_process(child.id(), |pid| println!("{pid} is done"))?;
/// dispatch::run_forever()?;
/// assert!(child.wait()?.success());
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "addProcess")]
pub fn add_process(
    pid: u32,
    callback: impl FnOnce(u32) + 'static,
) -> Result<WatchId, ProcessError> {
    let number = number(pid)?;
    let mut callback = Some(callback);
    let callback = Callback::new(move || {
        if let Some(callback) = callback.take() {
            callback(pid);
        }
        true
    });
    #[cfg(target_os = "linux")]
    let callback = match pidfd::add(number, callback) {
        pidfd::Added::As(result) => return result,
        pidfd::Added::Unsupported(callback) => callback,
    };
    sigchld::add(number, callback)
}

/// A future that completes when the process of number `pid` has exited: see [`add_process`].
/// [Cancelling](Future::cancel) it ends the watch, and not the process.
///
/// It fails with a [`ProcessError`] if the process cannot be watched.
///
/// ```
/// use async_proc::dispatch::{self, process_exit};
/// use std::process::Command;
///
/// let mut child = Command::new("true").spawn()?;
/// dispatch::wait_for(process_exit(child.id()))?;
/// assert!(child.try_wait()?.is_some());
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn process_exit(pid: u32) -> Future<()> {
    once("process_exit", Location::caller(), |mut callback| {
        add_process(pid, move |_| {
            callback();
        })
    })
}

pub(super) fn number(pid: u32) -> Result<Pid, ProcessError> {
    // Zero and negative numbers mean groups of processes, or all of them.
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    number.ok_or(ProcessError::NoSuchProcess { pid })
}
