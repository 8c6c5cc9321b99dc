//! By looking at the process each time some child of this one has changed.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, test_kill_process, waitid};

use super::ProcessError;
use crate::dispatch::expected::Expected;
use crate::dispatch::signal::{SignalError, add_signal};
use crate::dispatch::watch::{self, Callback, WatchId, Watched};

/// A callback, and the watch of the signal until it is called.
struct Watcher {
    signal: Cell<Option<WatchId>>,
    callback: Callback,
}

pub(in crate::dispatch) fn add(number: Pid, callback: Callback) -> Result<WatchId, ProcessError> {
    let pid = number.as_raw_nonzero().get().unsigned_abs();
    let watcher = Rc::new(Watcher { signal: Cell::new(None), callback });
    let expected = Expected::new(watcher.clone());
    // Before the first look, so that nothing is missed in between.
    let signal = add_signal(libc::SIGCHLD, move || {
        // One that is no child any more has exited, and somebody has waited for it.
        let exited = has_exited(number).unwrap_or(true);
        if exited {
            expected.notify();
        }
        exited
    });
    match signal {
        Ok(signal) => watcher.signal.set(Some(signal)),
        Err(SignalError::Os { source, .. }) => return Err(ProcessError::Os { pid, source }),
        Err(error) => return Err(ProcessError::Os { pid, source: io::Error::other(error) }),
    }
    match has_exited(number) {
        Ok(false) => {}
        Ok(true) => watch::notify(watcher.clone()),
        Err(error) => {
            watch::end(&*watcher);
            return Err(match error {
                Errno::CHILD if test_kill_process(number) == Err(Errno::SRCH) => {
                    ProcessError::NoSuchProcess { pid }
                }
                Errno::CHILD => ProcessError::NotAChild { pid },
                error => ProcessError::Os { pid, source: error.into() },
            });
        }
    }
    Ok(WatchId::new(watcher))
}

/// Whether a child has exited. It stays to be waited for.
fn has_exited(number: Pid) -> Result<bool, Errno> {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    loop {
        match waitid(WaitId::Pid(number), look) {
            Err(Errno::INTR) => {}
            result => return result.map(|status| status.is_some()),
        }
    }
}

impl Watched for Watcher {
    fn callback(&self) -> &Callback {
        &self.callback
    }

    fn release(&self) {
        if let Some(signal) = self.signal.take() {
            signal.remove();
        }
    }
}
