//! What the bytes of a connection go through.

#[cfg(feature = "tls")]
use std::cell::OnceCell;
use std::io;
#[cfg(feature = "hyper")]
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::ops::Deref;

use socket2::Socket;

use super::os;
#[cfg(feature = "tls")]
use super::tls::{Layer, Session};
use crate::dispatch::socket::{self, Stream};

/// How many pieces are thrown away before others have their turn.
const DISCARDS: usize = 64;

/// A socket's incoming half, for the time of one attempt.
pub(super) type Reader<'a> = socket::Reader<'a, Wire>;

/// A socket, and what lies between its bytes and those that are read and sent: nothing, or TLS.
///
/// Attempts that move bytes of a stream do so by its methods as a [`Stream`]. Everything else, such
/// as options, addresses and datagrams, is the [`Socket`]'s own, which this dereferences to.
pub(super) struct Wire {
    socket: Socket,
    #[cfg(feature = "tls")]
    tls: OnceCell<Box<Layer>>,
}

impl Wire {
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            #[cfg(feature = "tls")]
            tls: OnceCell::new(),
        }
    }

    /// Whether there is more to it than the socket.
    pub(super) fn is_tls(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.get().is_some();
        #[cfg(not(feature = "tls"))]
        false
    }

    /// Whether there is something to receive without asking the operating system.
    pub(super) fn has_received(&self) -> bool {
        #[cfg(feature = "tls")]
        if let Some(session) = self.session() {
            return session.has_received();
        }
        false
    }

    /// [`receive`](Stream::receive) into memory that need not be initialised; the bytes received are.
    #[cfg(feature = "hyper")]
    pub(super) fn receive_uninit(&self, room: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            let mut filled = 0;
            return tls.connected()?.receive_pieces(&self.socket, |piece| {
                let room = &mut room[filled..];
                let count = piece.len().min(room.len());
                room[..count].write_copy_of_slice(&piece[..count]);
                filled += count;
                count
            });
        }
        self.socket.recv(room)
    }

    /// [`send`](Stream::send) of several pieces as if they were one.
    pub(super) fn send_vectored(&self, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.send_vectored(&self.socket, pieces);
        }
        os::send_vectored(&self.socket, pieces)
    }

    /// Says, after all that was sent, that nothing more will be.
    pub(super) fn end_sending(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.end_sending(&self.socket);
        }
        self.socket.shutdown(Shutdown::Write)
    }

    /// Throws away what the peer sends, until it has ended.
    pub(super) fn discard(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.discard(&self.socket);
        }
        for _ in 0..DISCARDS {
            if os::receive(&self.socket, &mut [0; 4096])? == 0 {
                return Ok(());
            }
        }
        Err(io::ErrorKind::Interrupted.into())
    }

    /// What it has of TLS, if it is wrapped.
    #[cfg(feature = "tls")]
    pub(super) fn tls(&self) -> &OnceCell<Box<Layer>> {
        &self.tls
    }

    /// The TLS connection, once it is begun.
    #[cfg(feature = "tls")]
    pub(super) fn session(&self) -> Option<&Session> {
        self.tls.get().and_then(|tls| tls.session())
    }
}

impl Deref for Wire {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl Stream for Wire {
    fn receive(&self, room: &mut [u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.receive(&self.socket, room);
        }
        os::receive(&self.socket, room)
    }

    fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.peek(&self.socket, room);
        }
        os::peek(&self.socket, room)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.send(&self.socket, bytes);
        }
        os::send(&self.socket, bytes)
    }

    fn flush(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            return tls.connected()?.flush(&self.socket);
        }
        Ok(())
    }
}
