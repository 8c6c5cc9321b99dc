//! System calls on sockets, where they differ from system to system.

use std::io::{self, ErrorKind, Read};
use std::mem::MaybeUninit;
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(windows)]
use std::os::windows::io::AsRawSocket;

#[cfg(unix)]
use socket2::SockAddr;
use socket2::{Domain, Socket};

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

/// Sends several pieces as if they were one.
#[cfg(feature = "tls")]
pub(crate) fn send_vectored(socket: &Socket, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
    socket.send_vectored_with_flags(pieces, NO_SIGNAL)
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

#[cfg(unix)]
pub(crate) fn send_to(socket: &Socket, bytes: &[u8], address: &SockAddr) -> io::Result<usize> {
    socket.send_to_with_flags(bytes, address, NO_SIGNAL)
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
