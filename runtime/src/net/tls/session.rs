//! A TLS connection on a socket.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};

use rustls::Connection;
use socket2::Socket;

use super::state::{Peer, State};

/// A TLS connection, and what its attempts have left for others to do.
///
/// rustls does the protocol on bytes; this moves them. Every attempt, in whichever direction, goes as
/// far as it can in both: it may have to read before anything can be written, and the other way
/// round. What it leaves, [`tend`](super::tend) has done by others.
pub(in crate::net) struct Session {
    state: RefCell<State>,
    /// The handshake is over, for good or ill, and who waits to send has not been told.
    settled: Cell<bool>,
    /// Something waits in the other direction, so that reads need not see to what is to be sent.
    pub(super) flushing: Cell<bool>,
    /// Something waits for the handshake, so that sends need not see to what is to be read.
    pub(super) driving: Cell<bool>,
    /// The connection is being ended, in a way that loses nothing.
    pub(super) parting: Cell<bool>,
}

impl Session {
    pub(super) fn new(connection: Connection, peer: Peer) -> Self {
        Self {
            state: RefCell::new(State::new(connection, peer)),
            settled: Cell::new(false),
            flushing: Cell::new(false),
            driving: Cell::new(false),
            parting: Cell::new(false),
        }
    }

    /// Receives into `room`. Zero is the end of the stream.
    pub(in crate::net) fn receive(&self, socket: &Socket, room: &mut [u8]) -> io::Result<usize> {
        self.attempt(|state| state.receive(socket, |reader| io::Read::read(reader, room)))
    }

    /// [`receive`](Self::receive) with the pieces that are there given out one by one, for as
    /// long as all of one is taken.
    #[cfg(feature = "hyper")]
    pub(in crate::net) fn receive_pieces(
        &self,
        socket: &Socket,
        mut take: impl FnMut(&[u8]) -> usize,
    ) -> io::Result<usize> {
        self.attempt(|state| {
            state.receive(socket, |reader| {
                let mut total = 0;
                loop {
                    let piece = match io::BufRead::fill_buf(reader) {
                        Ok(piece) if !piece.is_empty() => piece,
                        // What was received is given out before it is said what came then.
                        _ => return Ok(total),
                    };
                    let (length, taken) = (piece.len(), take(piece));
                    io::BufRead::consume(reader, taken);
                    total += taken;
                    if taken < length {
                        return Ok(total);
                    }
                }
            })
        })
    }

    /// Receives without taking.
    pub(in crate::net) fn peek(&self, socket: &Socket, room: &mut [u8]) -> io::Result<usize> {
        self.attempt(|state| {
            state.receive(socket, |reader| {
                let piece = io::BufRead::fill_buf(reader)?;
                let count = piece.len().min(room.len());
                room[..count].copy_from_slice(&piece[..count]);
                Ok(count)
            })
        })
    }

    /// Whether there is something to receive without reading from the socket.
    pub(in crate::net) fn has_received(&self) -> bool {
        self.state.borrow_mut().has_received()
    }

    pub(in crate::net) fn send_vectored(
        &self,
        socket: &Socket,
        pieces: &[io::IoSlice<'_>],
    ) -> io::Result<usize> {
        self.attempt(|state| state.send_by(socket, |writer| writer.write_vectored(pieces)))
    }

    pub(in crate::net) fn send(&self, socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|state| state.send_by(socket, |writer| writer.write(bytes)))
    }

    pub(in crate::net) fn flush(&self, socket: &Socket) -> io::Result<()> {
        self.attempt(|state| state.flush(socket))
    }

    /// Goes on with the handshake, until it is done and the peer has all of it.
    pub(super) fn handshake(&self, socket: &Socket) -> io::Result<()> {
        self.attempt(|state| {
            state.drive(socket)?;
            state.flush(socket)
        })
    }

    /// Goes on with the handshake, until there is nothing more to read for it.
    pub(super) fn drive(&self, socket: &Socket) -> io::Result<()> {
        self.attempt(|state| state.drive(socket))
    }

    /// Says that nothing more will be sent, in the words of TLS and then in those of TCP.
    pub(in crate::net) fn end_sending(&self, socket: &Socket) -> io::Result<()> {
        self.attempt(|state| state.end_sending(socket))
    }

    /// Throws away what the peer sends, until it has ended.
    pub(in crate::net) fn discard(&self, socket: &Socket) -> io::Result<()> {
        self.attempt(|state| state.discard(socket))
    }

    /// Takes bytes of the connection that were read before it was one of TLS.
    pub(super) fn feed(&self, bytes: &[u8]) -> io::Result<()> {
        self.attempt(|state| state.feed(bytes))
    }

    /// Whether something is to be sent as soon as the socket takes it.
    pub(super) fn has_to_send(&self) -> bool {
        self.state.borrow().has_to_send()
    }

    /// Whether the handshake has neither been done nor failed.
    pub(super) fn is_handshaking(&self) -> bool {
        self.state.borrow().is_under_way()
    }

    /// Whether the handshake has ended since this was last asked.
    pub(super) fn has_settled(&self) -> bool {
        self.settled.take()
    }

    /// What the two sides have agreed on.
    pub(super) fn inspect<T>(&self, look: impl FnOnce(&Connection) -> T) -> T {
        look(self.state.borrow().connection())
    }

    fn attempt<T>(&self, attempt: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state.borrow_mut();
        let before = state.is_under_way();
        let result = attempt(&mut state);
        if before && !state.is_under_way() {
            self.settled.set(true);
        }
        result
    }
}
