//! One attempt of a read: what it may touch, and how it gets more bytes.

use std::io;

use super::buffer::Buffer;
use super::lines::{self, Line, Scan};
use super::os;
use super::stream::Stream;
use super::{SocketError, Stop};

/// How much one system call is asked for at most, unless there is room for more already.
const AT_ONCE: usize = 64 * 1024;

/// The least room into which a socket with a buffer receives directly.
const DIRECT: usize = 4096;

/// How much is looked at for the end of a line at a time, where nothing may be taken too early.
const LOOK_AHEAD: usize = 4096;

/// How much one attempt takes before others have their turn.
const SHARE: usize = 1024 * 1024;

/// How a socket is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// More than is asked for may be received, and kept for the next read.
    pub(crate) buffered: bool,
    /// A lost connection is taken for the end of the stream.
    pub(crate) safe_disconn: bool,
}

/// A socket's incoming half, for the time of one attempt.
pub(crate) struct Reader<'a, S> {
    stream: &'a S,
    pub(crate) buffer: &'a mut Buffer,
    how: Reading,
    /// How many bytes this attempt has received.
    received: usize,
}

impl<'a, S: Stream> Reader<'a, S> {
    pub(crate) fn new(stream: &'a S, buffer: &'a mut Buffer, how: Reading) -> Self {
        Self { stream, buffer, how, received: 0 }
    }

    /// Receives until `size` bytes are there or the stream has ended; if not buffered, until
    /// there is anything.
    pub(crate) fn wait_for(&mut self, size: usize) -> Result<(), Stop> {
        let enough = if self.buffered() { size } else { size.min(1) };
        while self.buffer.len() < enough {
            let room = (size - self.buffer.len()).min(AT_ONCE);
            let exact = if self.buffered() { usize::MAX } else { room };
            if self.receive(room, exact)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Receives until `size` bytes are there; it is an error if the stream ends before that. Other
    /// than by [`wait_for`](Self::wait_for), all of them are waited for without a buffer too.
    pub(crate) fn wait_for_all(&mut self, size: usize) -> Result<(), Stop> {
        while self.buffer.len() < size {
            let room = (size - self.buffer.len()).min(AT_ONCE);
            let most = if self.buffered() { usize::MAX } else { room };
            if self.receive(room, most)? == 0 {
                let received = self.buffer.len();
                return Err(SocketError::ended(size, received).into());
            }
        }
        Ok(())
    }

    /// [`wait_for`](Self::wait_for) as many bytes as `target` has, and takes them. Where the buffer
    /// is empty and of no use, they are received where they belong.
    pub(crate) fn read_into(&mut self, target: &mut [u8]) -> Result<usize, Stop> {
        if self.buffer.len() == 0
            && !target.is_empty()
            && (!self.buffered() || target.len() >= DIRECT)
        {
            let room = target.len().min(if self.buffered() { SHARE } else { AT_ONCE });
            let received = self.attempt(|stream, _| stream.receive(&mut target[..room]))?;
            self.received += received;
            if received == target.len() || received == 0 || !self.buffered() {
                self.buffer.stop_skipping();
                return Ok(received);
            }
            // The rest has to be waited for; what is here must not be lost meanwhile.
            self.buffer.append(&target[..received]);
        }
        self.wait_for(target.len())?;
        Ok(self.buffer.take_into(target))
    }

    /// Up to `size` bytes that are not taken. If they cannot stay in the buffer, they stay in the
    /// operating system.
    pub(crate) fn peek(&mut self, size: usize) -> Result<Vec<u8>, Stop> {
        if self.buffer.len() == 0 && size > 0 {
            if !self.buffered() {
                let size = size.min(AT_ONCE);
                let seen = self.attempt(|stream, buffer| {
                    buffer.fill(size, |room| stream.peek(&mut room[..size]))
                })?;
                let bytes = self.buffer.bytes().to_vec();
                self.buffer.retract(seen);
                return Ok(bytes);
            }
            self.receive(1, usize::MAX)?;
        }
        let count = size.min(self.buffer.len());
        Ok(self.buffer.bytes()[..count].to_vec())
    }

    /// Receives until a whole line is there, or the stream has ended.
    pub(crate) fn wait_for_line(&mut self, limit: usize) -> Result<Option<Line>, Stop> {
        loop {
            match self.buffer.scan_line(limit) {
                Scan::Line(line) => return Ok(Some(line)),
                Scan::TooLong => return Err(SocketError::LineTooLong { limit }.into()),
                Scan::Partial => {}
            }
            let count =
                if self.buffered() { self.receive(1, usize::MAX)? } else { self.receive_line()? };
            if count == 0 {
                return Ok(None);
            }
        }
    }

    fn buffered(&self) -> bool {
        self.how.buffered
    }

    /// Receives no more than belongs to the first line. The end of it is looked for in what the
    /// operating system holds, before it is taken from there.
    fn receive_line(&mut self) -> Result<usize, Stop> {
        let before = self.buffer.len();
        let seen = self.attempt(|stream, buffer| {
            buffer.fill(LOOK_AHEAD, |room| stream.peek(&mut room[..LOOK_AHEAD]))
        })?;
        let line = match lines::scan(self.buffer.bytes(), self.buffer.searched(), usize::MAX) {
            // At least the byte that shows that a CR was the whole end of the line.
            Scan::Line(line) => (line.consumed - before).max(1),
            Scan::Partial | Scan::TooLong => seen,
        };
        self.buffer.retract(seen);
        if seen == 0 { Ok(0) } else { self.receive(line, line) }
    }

    /// Receives into room for `room` bytes or more, but not more than `most`.
    fn receive(&mut self, room: usize, most: usize) -> Result<usize, Stop> {
        if self.received >= SHARE {
            return Err(Stop::Again);
        }
        let count = self.attempt(|stream, buffer| {
            buffer.fill(room, |room| {
                let most = most.min(room.len());
                stream.receive(&mut room[..most])
            })
        })?;
        self.received += count;
        Ok(count)
    }

    /// Makes a system call, with a lost connection taken for the end of the stream if wanted.
    fn attempt(
        &mut self,
        mut call: impl FnMut(&S, &mut Buffer) -> io::Result<usize>,
    ) -> Result<usize, Stop> {
        match call(self.stream, self.buffer) {
            Err(error) if self.how.safe_disconn && os::is_disconnection(&error) => Ok(0),
            count => Ok(count?),
        }
    }
}
