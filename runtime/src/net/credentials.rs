//! Who is at the other end of a unix socket.

use std::io;

use socket2::Socket;

use super::{AsyncSocket, Operation};
use crate::Error;

/// The process at the other end of a unix socket, as the operating system knows it from when the
/// connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerCredentials {
    /// The number of the process, where the system tells.
    pub pid: Option<i32>,
    /// The number of its effective user.
    pub uid: u32,
    /// The number of its effective group.
    pub gid: u32,
}

impl AsyncSocket {
    /// Who is at the other end of a unix socket that is connected.
    ///
    /// ```
    /// use async_proc::net::AsyncSocket;
    ///
    /// let (one, _other) = AsyncSocket::unix_pair()?;
    /// let peer = one.peer_credentials()?;
    /// # #[cfg(target_os = "linux")]
    /// assert_eq!(peer.pid, i32::try_from(std::process::id()).ok());
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): it is not connected or no unix socket, or this
    /// system does not tell.
    #[doc(alias = "SO_PEERCRED")]
    pub fn peer_credentials(&self) -> Result<PeerCredentials, Error> {
        self.with(Operation::PeerCredentials, |socket| credentials(socket))
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn credentials(socket: &Socket) -> io::Result<PeerCredentials> {
    use std::os::fd::AsRawFd;

    let mut found = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut length = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the pointers are to a `ucred` and its size, alive during the call, which writes no more
    // than that many bytes of plain numbers.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut found).cast(),
            &raw mut length,
        )
    };
    match result {
        0 if found.pid > 0 => {
            Ok(PeerCredentials { pid: Some(found.pid), uid: found.uid, gid: found.gid })
        }
        // So it is for a socket that is not connected, and for one of the internet.
        0 => Err(io::ErrorKind::NotConnected.into()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "openbsd"))]
fn credentials(socket: &Socket) -> io::Result<PeerCredentials> {
    use std::os::fd::AsRawFd;

    let (mut uid, mut gid) = (0, 0);
    // SAFETY: the pointers are to two numbers, alive during the call.
    match unsafe { libc::getpeereid(socket.as_raw_fd(), &raw mut uid, &raw mut gid) } {
        0 => Ok(PeerCredentials { pid: pid(socket), uid, gid }),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(target_vendor = "apple")]
fn pid(socket: &Socket) -> Option<i32> {
    use std::os::fd::AsRawFd;

    let mut pid: libc::pid_t = 0;
    let mut length = size_of::<libc::pid_t>() as libc::socklen_t;
    // SAFETY: the pointers are to a number and its size, alive during the call.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_LOCAL,
            libc::LOCAL_PEERPID,
            (&raw mut pid).cast(),
            &raw mut length,
        )
    };
    (result == 0).then_some(pid)
}

#[cfg(any(target_os = "freebsd", target_os = "openbsd"))]
fn pid(_: &Socket) -> Option<i32> {
    None
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "openbsd"
)))]
fn credentials(_: &Socket) -> io::Result<PeerCredentials> {
    Err(io::ErrorKind::Unsupported.into())
}
