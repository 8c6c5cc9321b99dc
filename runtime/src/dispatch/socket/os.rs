//! System calls on sockets, where they differ from system to system.

use std::io::{self, ErrorKind, Read};
use std::mem::MaybeUninit;
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(windows)]
use std::os::windows::io::AsRawSocket;

use socket2::{Domain, MaybeUninitSlice, SockAddr, Socket};

use crate::dispatch::reactor::Source;

/// A send over a connection that is gone must be an error, not a signal that ends the process.
#[cfg(all(unix, not(target_vendor = "apple")))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
/// There it is an option, which is set when a socket is made; or there are no signals.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const NO_SIGNAL: i32 = 0;

pub(crate) fn source(socket: &Socket) -> io::Result<Source> {
    #[cfg(unix)]
    return Source::new(socket.as_raw_fd());
    #[cfg(windows)]
    return Source::new(socket.as_raw_socket());
}

/// What sort of addresses a socket has, if that can be told.
pub(crate) fn domain(socket: &Socket) -> Option<Domain> {
    socket.local_addr().ok().map(|address| address.domain())
}

/// Whether a socket is listening.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) fn is_listener(socket: &Socket) -> io::Result<bool> {
    socket.is_listener()
}

/// Whether a socket is listening: these systems do not tell.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(crate) fn is_listener(_: &Socket) -> io::Result<bool> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(unix)]
pub(crate) const DEBUG: i32 = libc::SO_DEBUG;
#[cfg(unix)]
pub(crate) const DONT_ROUTE: i32 = libc::SO_DONTROUTE;
#[cfg(windows)]
pub(crate) const DEBUG: i32 = 1;
#[cfg(windows)]
pub(crate) const DONT_ROUTE: i32 = 16;

/// Whether an option of level `SOL_SOCKET` is on.
#[cfg(unix)]
pub(crate) fn flag(socket: &Socket, option: i32) -> io::Result<bool> {
    let mut value: i32 = 0;
    let mut length = size_of::<i32>() as libc::socklen_t;
    let (value_at, length_at) = (&raw mut value, &raw mut length);
    let fd = socket.as_raw_fd();
    // SAFETY: the pointers are to a number and its size, alive during the call.
    match unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, option, value_at.cast(), length_at) } {
        0 => Ok(value != 0),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Turns an option of level `SOL_SOCKET` on or off.
#[cfg(unix)]
pub(crate) fn set_flag(socket: &Socket, option: i32, on: bool) -> io::Result<()> {
    let value = i32::from(on);
    let length = size_of::<i32>() as libc::socklen_t;
    let (fd, value_at) = (socket.as_raw_fd(), (&raw const value).cast());
    // SAFETY: the pointer is to a number of that size, alive during the call.
    match unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, option, value_at, length) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(windows)]
pub(crate) fn flag(_: &Socket, _: i32) -> io::Result<bool> {
    Err(ErrorKind::Unsupported.into())
}

#[cfg(windows)]
pub(crate) fn set_flag(_: &Socket, _: i32, _: bool) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) fn receive(mut socket: &Socket, room: &mut [u8]) -> io::Result<usize> {
    socket.read(room)
}

/// Receives without taking: the same bytes will be received again.
pub(crate) fn peek(socket: &Socket, room: &mut [u8]) -> io::Result<usize> {
    // SAFETY: both types have the same layout, and a call that receives only writes bytes it has
    // received, so `room` stays initialised.
    let room = unsafe { &mut *(std::ptr::from_mut(room) as *mut [MaybeUninit<u8>]) };
    socket.peek(room)
}

pub(crate) fn send(socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.send_with_flags(bytes, NO_SIGNAL)
}

pub(crate) fn send_vectored(socket: &Socket, bytes: &[io::IoSlice<'_>]) -> io::Result<usize> {
    socket.send_vectored_with_flags(bytes, NO_SIGNAL)
}

pub(crate) fn send_to(socket: &Socket, bytes: &[u8], to: &SockAddr) -> io::Result<usize> {
    socket.send_to_with_flags(bytes, to, NO_SIGNAL)
}

/// Receives a datagram: how many bytes of it there was room for, whether it had more, and where it
/// came from.
pub(crate) fn receive_message(
    socket: &Socket,
    room: &mut [u8],
) -> io::Result<(usize, bool, SockAddr)> {
    // SAFETY: as in `peek`.
    let room = unsafe { &mut *(std::ptr::from_mut(room) as *mut [MaybeUninit<u8>]) };
    let (count, flags, from) = socket.recv_from_vectored(&mut [MaybeUninitSlice::new(room)])?;
    Ok((count, flags.is_truncated(), from))
}

/// Receives up to `size` bytes into memory of their own, or only shows them.
#[cfg(unix)]
pub(crate) fn receive_new(socket: &Socket, size: usize, peek: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let room = &mut bytes.spare_capacity_mut()[..size];
    let count = if peek { socket.peek(room) } else { socket.recv(room) }?;
    // SAFETY: so many bytes were written, at the beginning of the room.
    unsafe { bytes.set_len(count) };
    Ok(bytes)
}

/// Receives a datagram, or only shows it.
#[cfg(unix)]
pub(crate) fn receive_from(
    socket: &Socket,
    room: &mut [u8],
    peek: bool,
) -> io::Result<(usize, SockAddr)> {
    // SAFETY: as in `peek`.
    let room = unsafe { &mut *(std::ptr::from_mut(room) as *mut [MaybeUninit<u8>]) };
    if peek { socket.peek_from(room) } else { socket.recv_from(room) }
}

/// Whether a connection could not be made at once, and is on its way.
pub(crate) fn is_in_progress(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(libc::EINPROGRESS);
    #[cfg(windows)]
    return error.kind() == ErrorKind::WouldBlock;
}

/// Whether an error says that the connection is gone.
pub(crate) fn is_disconnection(error: &io::Error) -> bool {
    let kinds = [ErrorKind::BrokenPipe, ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset];
    #[cfg(unix)]
    let code = libc::ENETRESET;
    #[cfg(windows)]
    let code = 10052; // WSAENETRESET
    kinds.contains(&error.kind()) || error.raw_os_error() == Some(code)
}

/// Whether there are as many descriptors as there may be, in the process or in the system.
pub(crate) fn lacks_descriptors(error: &io::Error) -> bool {
    #[cfg(unix)]
    let codes = [libc::EMFILE, libc::ENFILE];
    #[cfg(windows)]
    let codes = [10024]; // WSAEMFILE
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Whether accepting failed for a reason that concerns one connection only, which is gone.
pub(crate) fn is_of_peer(error: &io::Error) -> bool {
    // Linux also hands on errors of the network that have come in for a new connection.
    #[cfg(target_os = "linux")]
    let of_peer = [
        libc::ENETDOWN,
        libc::EPROTO,
        libc::ENOPROTOOPT,
        libc::EHOSTDOWN,
        libc::ENONET,
        libc::EHOSTUNREACH,
        libc::ENETUNREACH,
    ];
    #[cfg(not(target_os = "linux"))]
    let of_peer = [];
    is_disconnection(error) || error.raw_os_error().is_some_and(|code| of_peer.contains(&code))
}
