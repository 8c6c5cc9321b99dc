//! Registering descriptors, and giving them up.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::rc::Rc;

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd, ioctl_fionbio};
use rustix::process::{Resource, getrlimit};

use super::AsyncFd;
use super::registered::Registered;
use super::table::Entry;
use crate::Error;
use crate::dispatch::Dispatcher;
use crate::dispatch::reactor::Source;
use crate::dispatch::socket::{Operation, SocketError};
use crate::error::{Closed, DispatchError};

/// Registers a descriptor with the thread's dispatcher, which owns it from here on: anything that
/// the system can wait for, such as a socket or a pipe of the standard library. It is made
/// non-blocking.
///
/// # Errors
///
/// [`SocketError::Os`]: the system refuses. It cannot wait for a file on disk, for example. The
/// descriptor is closed then. [`DispatchError::AlreadyRegistered`]: somebody has [lent](register_borrowed) the same one.
///
/// ```
/// use async_proc::dispatch::{Dispatcher, close_socket, register};
///
/// let (ours, _theirs) = std::os::unix::net::UnixStream::pair()?;
/// let fd = register(ours)?;
/// assert!(Dispatcher::current().contains(fd));
/// close_socket(fd)?;
/// assert!(!Dispatcher::current().contains(fd));
/// # Ok::<(), async_proc::Error>(())
/// ```
pub fn register(fd: impl Into<OwnedFd>) -> Result<AsyncFd, Error> {
    let fd = fd.into();
    ioctl_fionbio(&fd, true).map_err(|error| refused(fd.as_raw_fd(), error.into()))?;
    add(fd.as_raw_fd(), Some(fd))
}

/// Registers a descriptor that stays somebody else's: of a C library, for example, that says which
/// one to watch. It must stay open until it is [unregistered](unregister), and should be
/// non-blocking.
///
/// # Errors
///
/// As [`register`]; and if there is no such descriptor.
///
/// ```
/// use async_proc::dispatch::{register_borrowed, unregister};
/// use std::os::fd::AsRawFd;
///
/// let (ours, _theirs) = std::os::unix::net::UnixStream::pair()?;
/// let fd = register_borrowed(ours.as_raw_fd())?;
/// assert!(unregister(fd)?.is_none(), "it was not the dispatcher's");
/// # Ok::<(), async_proc::Error>(())
/// ```
pub fn register_borrowed(fd: RawFd) -> Result<AsyncFd, Error> {
    add(fd, None)
}

fn add(fd: RawFd, owned: Option<OwnedFd>) -> Result<AsyncFd, Error> {
    let dispatcher = Dispatcher::current();
    if dispatcher.fds().has_number(fd) {
        return Err(DispatchError::AlreadyRegistered { fd }.into());
    }
    let source = Source::new(fd).map_err(|error| refused(fd, error))?;
    let fd = AsyncFd::new(fd);
    dispatcher.fds().insert(Entry { registered: Registered::new(fd, source), owned });
    Ok(fd)
}

fn refused(fd: RawFd, source: io::Error) -> SocketError {
    SocketError::on(Operation::Register, fd, source)
}

/// Takes a descriptor from the dispatcher, and gives it back open; `None` if it was not the
/// dispatcher's own. What is watched on it is forgotten, and operations that are pending fail, with
/// an error of kind [`Closed`](crate::ErrorKind::Closed). (In the original they never finish.) A line
/// of which a part was received is lost.
///
/// # Errors
///
/// [`DispatchError::NotRegistered`].
///
/// ```
/// use async_proc::dispatch::{register, unregister};
/// use std::os::unix::net::UnixStream;
///
/// let (ours, _theirs) = UnixStream::pair()?;
/// let fd = register(ours)?;
/// let ours = unregister(fd)?.map(UnixStream::from);
/// assert!(ours.is_some() && unregister(fd).is_err());
/// # Ok::<(), async_proc::Error>(())
/// ```
pub fn unregister(fd: AsyncFd) -> Result<Option<OwnedFd>, Error> {
    let entry = remove("unregister", fd)?;
    let number = fd.as_raw_fd();
    entry.registered.source.close_as(|name| Closed::unregistered(name).on(number));
    Ok(entry.owned)
}

/// Closes a descriptor. Every operation that is pending on it fails, with an error of kind
/// [`Closed`](crate::ErrorKind::Closed), and what [watches](super::add_read) it is called once more. One
/// that was [lent](register_borrowed) is left open.
///
/// # Errors
///
/// [`DispatchError::NotRegistered`].
#[doc(alias = "closeSocket")]
pub fn close_socket(fd: AsyncFd) -> Result<(), Error> {
    remove("close_socket", fd)?.close();
    Ok(())
}

fn remove(operation: &'static str, fd: AsyncFd) -> Result<Entry, Error> {
    let removed = Dispatcher::current().fds().remove(fd);
    removed.ok_or_else(|| DispatchError::NotRegistered { operation, fd: fd.as_raw_fd() }.into())
}

/// A registered descriptor, for `operation`.
pub(super) fn registered(operation: &'static str, fd: AsyncFd) -> Result<Rc<Registered>, Error> {
    let registered = Dispatcher::current().fds().get(fd);
    registered.ok_or_else(|| DispatchError::NotRegistered { operation, fd: fd.as_raw_fd() }.into())
}

/// Whether processes that this one becomes or starts inherit the descriptor. Those that this crate
/// or the standard library makes are not inherited.
///
/// # Errors
///
/// [`DispatchError::NotRegistered`].
#[doc(alias = "setInheritable")]
pub fn set_inheritable(fd: AsyncFd, inheritable: bool) -> Result<(), Error> {
    let _open = registered("set_inheritable", fd)?;
    // SAFETY: it is registered: the dispatcher owns it, or its owner keeps it open.
    let fd = unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) };
    let mut flags = fcntl_getfd(fd).map_err(io::Error::from)?;
    flags.set(FdFlags::CLOEXEC, !inheritable);
    Ok(fcntl_setfd(fd, flags).map_err(io::Error::from)?)
}

/// How many descriptors this process may have open at a time, less one; the original's measure of
/// whether there is room for another connection. `usize::MAX` where there is no limit.
///
/// ```
/// use async_proc::dispatch::{Dispatcher, max_descriptors};
///
/// let room = max_descriptors() - Dispatcher::current().active_descriptors();
/// assert!(room > 3);
/// ```
#[doc(alias = "maxDescriptors")]
pub fn max_descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(1))
}

impl Dispatcher {
    /// Whether `fd` is registered with this dispatcher.
    pub fn contains(&self, fd: AsyncFd) -> bool {
        self.fds().get(fd).is_some()
    }
}
