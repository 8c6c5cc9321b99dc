//! By a descriptor of the process, which is readable once it has exited.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::task::Poll;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::ProcessError;
use crate::Future;
use crate::dispatch::expected::Expected;
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::watch::{Callback, WatchId, Watched};

/// A callback, and the descriptor until it is called.
struct Watcher {
    open: RefCell<Option<Open>>,
    callback: Callback,
}

/// What is closed at the end, the source first.
struct Open {
    waiting: Option<Future<()>>,
    source: Source,
    fd: OwnedFd,
}

pub(super) enum Added {
    As(Result<WatchId, ProcessError>),
    /// The kernel has no such descriptors, or does not let this process have them.
    Unsupported(Callback),
}

pub(super) fn add(number: Pid, callback: Callback) -> Added {
    let pid = number.as_raw_nonzero().get().unsigned_abs();
    let fd = match pidfd_open(number, PidfdFlags::empty()) {
        Ok(fd) => fd,
        Err(Errno::NOSYS | Errno::PERM) => return Added::Unsupported(callback),
        // Of a thread that is no process the kernel says one of the others.
        Err(Errno::SRCH | Errno::INVAL | Errno::NOENT) => {
            return Added::As(Err(ProcessError::NoSuchProcess { pid }));
        }
        Err(error) => return Added::As(Err(ProcessError::Os { pid, source: error.into() })),
    };
    let source = match Source::new(fd.as_raw_fd()) {
        Ok(source) => source,
        Err(source) => return Added::As(Err(ProcessError::Os { pid, source })),
    };
    let open = RefCell::new(Some(Open { waiting: None, source: source.clone(), fd }));
    let watcher = Rc::new(Watcher { open, callback });
    let expected = Expected::new(watcher.clone());
    let waiting = source.submit_as("add_process", Direction::Read, move || {
        if !expected.has_exited() {
            return Poll::Pending;
        }
        expected.notify();
        Poll::Ready(Ok(()))
    });
    if let Some(open) = &mut *watcher.open.borrow_mut() {
        open.waiting = Some(waiting);
    }
    Added::As(Ok(WatchId::new(watcher)))
}

impl Watcher {
    fn has_exited(&self) -> bool {
        let open = self.open.borrow();
        let Some(open) = &*open else { return true };
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(&open.fd, PollFlags::IN)], Some(&now)) != Ok(0)
    }
}

impl Watched for Watcher {
    fn callback(&self) -> &Callback {
        &self.callback
    }

    fn release(&self) {
        let Some(open) = self.open.take() else { return };
        if let Some(waiting) = open.waiting {
            waiting.cancel();
        }
        // Before the descriptor.
        drop(open.source);
    }
}
