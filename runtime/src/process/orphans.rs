//! Children whose handles were dropped before they had ended.
//!
//! They are waited for by a thread with a dispatcher of its own, which ends when there are none left.
//! That of the child would do as well while it is run; but it may not be run any more, or be closed,
//! or its thread may be ending.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, WaitOptions, waitpid};

use crate::dispatch::{self, Dispatcher, Remote, add_process, add_timer};

/// How often a process is looked at that cannot be watched, for want of descriptors.
const LOOK: Duration = Duration::from_millis(100);

static ORPHANS: Mutex<Orphans> = Mutex::new(Orphans { left: Vec::new(), thread: None });

struct Orphans {
    /// Those that the thread does not know of yet.
    left: Vec<Pid>,
    /// How the thread is reached, while it is there. Under the lock it does not end.
    thread: Option<Remote>,
}

/// Has a child waited for that nobody else is going to wait for.
pub(super) fn adopt(pid: u32) {
    let Some(pid) = Pid::from_raw(pid.cast_signed()) else { return };
    let mut orphans = orphans();
    orphans.left.push(pid);
    match &orphans.thread {
        Some(thread) => thread.call_soon(take_in),
        None => {
            // If there is no thread to be had, the next call tries again; those that have ended
            // meanwhile are dealt with now.
            let named = thread::Builder::new().name("async-proc orphans".to_owned());
            if named.spawn(run).is_err() {
                orphans.left.retain(|&pid| !has_ended(pid));
            }
        }
    }
}

fn orphans() -> MutexGuard<'static, Orphans> {
    ORPHANS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread.
fn run() {
    {
        let mut orphans = orphans();
        if let Some(thread) = &orphans.thread {
            // Two were started at once.
            return thread.call_soon(take_in);
        }
        orphans.thread = Some(Dispatcher::current().remote());
    }
    take_in();
    loop {
        if dispatch::run_forever().is_err() {
            // The system has nothing to wait with, not even for a time.
            thread::sleep(LOOK);
        }
        let mut orphans = orphans();
        if orphans.left.is_empty() && !dispatch::has_pending_operations() {
            orphans.thread = None;
            return;
        }
    }
}

/// Watches those that are new.
fn take_in() {
    let new = mem::take(&mut orphans().left);
    for pid in new {
        let watched = add_process(pid.as_raw_nonzero().get().unsigned_abs(), move |_| {
            has_ended(pid);
        });
        if watched.is_err() && !has_ended(pid) {
            add_timer(LOOK, false, move || has_ended(pid));
        }
    }
}

/// Whether a child has ended, and has been waited for now or before.
fn has_ended(pid: Pid) -> bool {
    !matches!(waitpid(Some(pid), WaitOptions::NOHANG), Ok(None))
}
