//! Unix: any descriptor can be registered.

use std::io;
use std::os::fd::RawFd;
use std::time::Duration;

use mio::event::Source;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};

/// What sources are made of.
pub(crate) type Fd = RawFd;

pub(crate) fn register(
    registry: &Registry,
    fd: Fd,
    token: Token,
    interest: Interest,
) -> io::Result<()> {
    SourceFd(&fd).register(registry, token, interest)
}

/// `interest`, and data out of band.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn and_urgent(interest: Interest) -> Interest {
    interest | Interest::PRIORITY
}

/// `interest`: these systems report data out of band together with the others.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn and_urgent(interest: Interest) -> Interest {
    interest
}

/// Takes the descriptor out of the event queue. If it was closed, it is out already.
pub(crate) fn deregister(registry: &Registry, fd: Fd) {
    let _ = SourceFd(&fd).deregister(registry);
}

/// Waits for events, no longer than `timeout`, and to the precision of the system's clock.
pub(crate) fn wait(
    poll: &mut Poll,
    events: &mut Events,
    timeout: Option<Duration>,
) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(duration) = timeout.filter(|timeout| !timeout.is_zero()) {
        wait_readable(poll, duration)?;
        return poll.poll(events, Some(Duration::ZERO));
    }
    poll.poll(events, timeout)
}

/// `epoll_wait` counts in milliseconds, `ppoll` on the same queue in nanoseconds.
#[cfg(target_os = "linux")]
fn wait_readable(poll: &Poll, timeout: Duration) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let mut fd = libc::pollfd { fd: poll.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // A wait of years may as well end early and be repeated.
    let seconds = timeout.as_secs().min(1 << 30) as libc::time_t;
    let mut time = libc::timespec { tv_sec: seconds, tv_nsec: 0 };
    time.tv_nsec = timeout.subsec_nanos() as _;
    // SAFETY: the pointers are to one `pollfd` and one `timespec`, alive during the call.
    match unsafe { libc::ppoll(&mut fd, 1, &time, std::ptr::null()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
