//! Readiness as a level, over descriptors that are registered for edges.
//!
//! The event queue tells when something about a descriptor changes. [`Level`] keeps what was found
//! when it was last looked at, with `poll(2)`: what was not there then can only have come with an
//! event. So those alone are looked at for which something wanted was there, or which have
//! had an event since; idle descriptors cost no part of a system call.

use std::cell::Cell;
use std::io;
use std::os::fd::{BorrowedFd, RawFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::Dispatcher;
use super::reactor::Source;

/// What a descriptor is looked at for.
const ALL: PollFlags = PollFlags::IN.union(PollFlags::OUT).union(PollFlags::PRI);
/// What is reported unasked.
const UNASKED: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);
/// How many descriptors one call looks at; the system allows no more than it allows to be open.
const AT_ONCE: usize = 256;

/// A descriptor and what it was last ready for. It must stay open while this lives.
pub(crate) struct Level {
    fd: RawFd,
    /// `None` for what the event queue does not take, such as a file on disk: it is always ready.
    source: Option<Source>,
    found: Cell<PollFlags>,
}

impl Level {
    /// Registers a descriptor with `dispatcher`.
    ///
    /// # Errors
    ///
    /// The system refuses, for another reason than that it never waits for such descriptors.
    pub(crate) fn new(dispatcher: &Dispatcher, fd: RawFd) -> io::Result<Level> {
        let source = match Source::add(dispatcher, fd, true) {
            Ok(source) => Some(source),
            Err(error) if error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => None,
            Err(error) => return Err(error),
        };
        Ok(Level { fd, source, found: Cell::new(ALL) })
    }

    /// Whether the descriptor may be ready for something of `wanted`.
    fn may_be(&self, wanted: PollFlags) -> bool {
        if self.source.as_ref().is_none_or(Source::has_stirred) {
            self.found.set(ALL);
        }
        self.found.get().intersects(wanted | UNASKED)
    }
}

/// Finds out which descriptors are ready now, wanted for something or not; what is known not to be
/// ready for what is wanted of it is reported as ready for nothing.
///
/// # Errors
///
/// The system's.
pub(crate) fn look<'a>(
    levels: impl Iterator<Item = (&'a Level, PollFlags)>,
    report: &mut Vec<PollFlags>,
) -> io::Result<()> {
    report.clear();
    let (mut asked, mut fds) = (Vec::new(), Vec::new());
    for (at, (level, wanted)) in levels.enumerate() {
        report.push(PollFlags::empty());
        if level.may_be(wanted) {
            asked.push((at, level));
            // SAFETY: a descriptor stays open while its `Level` lives, which `levels` borrows.
            fds.push(PollFd::from_borrowed_fd(unsafe { BorrowedFd::borrow_raw(level.fd) }, ALL));
        }
    }
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    for (fds, asked) in fds.chunks_mut(AT_ONCE).zip(asked.chunks(AT_ONCE)) {
        loop {
            match poll(fds, Some(&now)) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for (fd, &(at, level)) in fds.iter().zip(asked) {
            level.found.set(fd.revents());
            report[at] = fd.revents();
        }
    }
    Ok(())
}
