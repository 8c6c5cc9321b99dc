//! The bytes of a TLS connection: between rustls and the socket.

use std::fmt;
use std::io::{self, BufRead, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr};

use rustls::{Connection, InvalidMessage, Reader, Writer};
use socket2::Socket;

use super::TlsError;
use crate::dispatch::socket::{OfStream, os};

/// How often one attempt reads from the socket before others have their turn. A read takes 4 KiB or
/// more, of which there need be nothing to give out.
const READS: usize = 64;

/// Who is at the other end, for messages.
pub(super) struct Peer {
    /// The name that was asked for.
    pub(super) name: Option<Box<str>>,
    pub(super) address: Option<SocketAddr>,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.address) {
            (Some(name), Some(address)) => write!(f, "{name} ({address})"),
            (Some(name), None) => f.write_str(name),
            (None, Some(address)) => write!(f, "{address}"),
            (None, None) => f.write_str("the peer"),
        }
    }
}

pub(super) struct State {
    connection: Connection,
    peer: Peer,
    /// What every operation fails with from now on.
    failure: Option<TlsError>,
    /// The peer was told that nothing more is sent.
    ended: bool,
    /// So was its operating system; not yet, if `Some(false)`.
    shut: Option<bool>,
}

impl State {
    pub(super) fn new(connection: Connection, peer: Peer) -> Self {
        Self { connection, peer, failure: None, ended: false, shut: None }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// Whether the handshake has neither been done nor failed.
    pub(super) fn is_under_way(&self) -> bool {
        self.is_handshaking() && !self.has_failed()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    pub(super) fn has_to_send(&self) -> bool {
        self.connection.wants_write() || self.shut == Some(false)
    }

    pub(super) fn has_received(&mut self) -> bool {
        matches!(self.connection.reader().fill_buf(), Ok(piece) if !piece.is_empty())
    }

    /// Reads from the socket until there is something to take, or the stream has ended.
    pub(super) fn receive(
        &mut self,
        socket: &Socket,
        take: impl FnOnce(&mut Reader<'_>) -> io::Result<usize>,
    ) -> io::Result<usize> {
        for _ in 0..READS {
            let mut reader = self.connection.reader();
            match reader.fill_buf() {
                Ok([]) => return Ok(0),
                Ok(_) => return take(&mut reader),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.pull(socket)?,
                Err(_) => return Err(self.cut_off()),
            }
        }
        Err(ErrorKind::Interrupted.into())
    }

    /// Has rustls take over some bytes, once the handshake is done and what was taken over
    /// before is sent.
    pub(super) fn send_by(
        &mut self,
        socket: &Socket,
        give: impl FnOnce(&mut Writer<'_>) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.drive(socket)?;
        if self.ended {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.push(socket)?;
        let count = give(&mut self.connection.writer())?;
        match self.push(socket) {
            Err(error) if !is_for_later(&error) => Err(error),
            _ => Ok(count),
        }
    }

    pub(super) fn flush(&mut self, socket: &Socket) -> io::Result<()> {
        self.check()?;
        self.push(socket)
    }

    /// Goes on with the handshake, as far as that is a matter of reading.
    pub(super) fn drive(&mut self, socket: &Socket) -> io::Result<()> {
        for _ in 0..READS {
            self.check()?;
            if !self.is_handshaking() {
                return Ok(());
            }
            self.pull(socket)?;
        }
        Err(ErrorKind::Interrupted.into())
    }

    pub(super) fn end_sending(&mut self, socket: &Socket) -> io::Result<()> {
        if !self.ended {
            self.ended = true;
            self.shut = Some(false);
            if !self.is_handshaking() && !self.has_failed() {
                self.connection.send_close_notify();
            }
        }
        self.push(socket)
    }

    pub(super) fn discard(&mut self, socket: &Socket) -> io::Result<()> {
        for _ in 0..READS {
            let raw = self.has_failed() || self.is_handshaking();
            let taken = if raw {
                os::receive(socket, &mut [0; 4096])
            } else {
                self.receive(socket, |reader| {
                    let length = reader.fill_buf()?.len();
                    reader.consume(length);
                    Ok(length)
                })
            };
            match taken {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if is_for_later(&error) => return Err(error),
                // It goes on with bytes that mean nothing any more.
                Err(_) if !raw && self.has_failed() => {}
                // However it has ended.
                Err(_) => return Ok(()),
            }
        }
        Err(ErrorKind::Interrupted.into())
    }

    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if let Err(error) = self.connection.read_tls(&mut bytes) {
                return Err(self.fail(rustls::Error::General(error.to_string())));
            }
            self.process()?;
        }
        Ok(())
    }

    /// Reads from the socket once, and has rustls look at it.
    fn pull(&mut self, socket: &Socket) -> io::Result<()> {
        self.check()?;
        self.push_what_goes(socket);
        match self.connection.read_tls(&mut Raw(socket)) {
            Ok(0) if self.is_handshaking() => Err(self.cut_off()),
            // The reader says what the end means.
            Ok(0) => Ok(()),
            Ok(_) => {
                let processed = self.process();
                // An answer, or an alert.
                self.push_what_goes(socket);
                processed
            }
            // Not the system's: a message is longer than the protocol allows.
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(self.fail(rustls::Error::General(error.to_string())))
            }
            Err(error) => Err(error),
        }
    }

    fn process(&mut self) -> io::Result<()> {
        match self.connection.process_new_packets() {
            Ok(_) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Writes to the socket all that rustls has for it, and then the end if that was asked for.
    fn push(&mut self, socket: &Socket) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut Raw(socket))?;
        }
        if self.shut == Some(false) {
            self.shut = Some(true);
            socket.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }

    /// [`push`](Self::push) on the way to a read, which will tell if the connection is lost.
    fn push_what_goes(&mut self, socket: &Socket) {
        let _ = self.push(socket);
    }

    fn check(&self) -> io::Result<()> {
        match &self.failure {
            Some(failure) => Err(to_io(failure.clone())),
            None => Ok(()),
        }
    }

    /// The connection has ended before it should have.
    #[cold]
    fn cut_off(&mut self) -> io::Error {
        let peer = self.peer.to_string();
        if !self.is_handshaking() {
            // What this side has to send may still arrive.
            return to_io(TlsError::Truncated { peer });
        }
        let failure = TlsError::HandshakeEnded { peer };
        self.failure = Some(failure.clone());
        to_io(failure)
    }

    #[cold]
    fn fail(&mut self, error: rustls::Error) -> io::Error {
        let peer = self.peer.to_string();
        let failure = match error {
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)
                if self.is_handshaking() =>
            {
                TlsError::NotTls { peer }
            }
            error => TlsError::of_connection(peer, error),
        };
        self.failure = Some(failure.clone());
        to_io(failure)
    }
}

fn to_io(error: TlsError) -> io::Error {
    // The kind decides whether it is an end that a socket which is not strict is content with.
    let kind = if error.is_disconnection() {
        ErrorKind::ConnectionAborted
    } else {
        ErrorKind::InvalidData
    };
    io::Error::new(kind, OfStream(error.into()))
}

/// Whether an attempt is to be made again.
fn is_for_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// The socket as rustls wants it.
struct Raw<'a>(&'a Socket);

impl Read for Raw<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        os::receive(self.0, room)
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        os::send(self.0, bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        os::send_vectored(self.0, pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
