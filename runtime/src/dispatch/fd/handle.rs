//! The number of a registered descriptor.

use std::fmt;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};

/// A descriptor that is, or was, registered with a dispatcher. Made by [`register`](super::register).
///
/// It is a number, and copies are the same descriptor; the dispatcher owns that, and closes it in
/// [`close_socket`](super::close_socket).
#[doc(alias = "AsyncFD")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AsyncFd {
    fd: RawFd,
    /// Tells it from earlier descriptors of the same number.
    serial: u32,
}

static SERIAL: AtomicU32 = AtomicU32::new(0);

impl AsyncFd {
    pub(super) fn new(fd: RawFd) -> AsyncFd {
        // It would take four thousand million registrations for a copy to be mistaken.
        AsyncFd { fd, serial: SERIAL.fetch_add(1, Ordering::Relaxed) }
    }
}

/// The system's number. It stays the dispatcher's own: whoever uses it must not close it.
impl AsRawFd for AsyncFd {
    fn as_raw_fd(&self) -> RawFd {
        self.fd
    }
}

/// `descriptor 7`.
impl fmt::Display for AsyncFd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "descriptor {}", self.fd)
    }
}

impl fmt::Debug for AsyncFd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AsyncFd({})", self.fd)
    }
}
