//! One end of a pipe to a process, which is fed or drained as a whole.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::task::Poll;

use rustix::buffer::spare_capacity;
use rustix::io::Errno;

use super::CommandError;
use crate::async_proc;
use crate::dispatch::reactor::{Direction, Source};
use crate::dispatch::spawn_blocking;
use crate::{Error, Future};

/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// How much of a reader's input is read ahead.
const AHEAD: usize = 1 << 20;
/// How many system calls are made before others have their turn.
const CALLS: usize = 16;

/// What is read by a thread that may block.
pub(super) type Reader = Box<dyn Read + Send>;

pub(super) struct End {
    /// Before the descriptor, so that the reactor forgets it before it is closed.
    source: Source,
    fd: OwnedFd,
    program: OsString,
    /// Which one it is.
    name: &'static str,
}

impl End {
    /// # Errors
    ///
    /// [`CommandError::Pipe`]: it cannot be registered with the dispatcher.
    pub(super) fn new(
        program: OsString,
        name: &'static str,
        fd: impl Into<OwnedFd>,
    ) -> Result<Rc<End>, Error> {
        let fd = fd.into();
        let made = rustix::io::ioctl_fionbio(&fd, true).map_err(io::Error::from);
        match made.and_then(|()| Source::new(fd.as_raw_fd())) {
            Ok(source) => Ok(Rc::new(End { source, fd, program, name })),
            Err(source) => Err(CommandError::Pipe { program, end: name, source }.into()),
        }
    }

    /// Fails whatever waits on it.
    pub(super) fn close(&self) {
        self.source.close();
    }

    fn fails(&self, source: Errno) -> Error {
        let program = self.program.clone();
        CommandError::Pipe { program, end: self.name, source: source.into() }.into()
    }

    /// Does something until it is ready or would block; others have their turn in between.
    fn submit<T: 'static>(
        self: Rc<Self>,
        direction: Direction,
        mut call: impl FnMut(&OwnedFd) -> Result<Option<T>, Errno> + 'static,
    ) -> Future<T> {
        let this = self.clone();
        self.source.submit_as("communicate", direction, move || {
            for _ in 0..CALLS {
                match call(&this.fd) {
                    Ok(Some(value)) => return Poll::Ready(Ok(value)),
                    Ok(None) | Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return Poll::Pending,
                    Err(error) => return Poll::Ready(Err(this.fails(error))),
                }
            }
            this.source.again(direction);
            Poll::Pending
        })
    }
}

/// Reads everything up to the end, and closes it.
pub(super) fn drain(end: Rc<End>) -> Future<Vec<u8>> {
    let mut all = Vec::new();
    end.submit(Direction::Read, move |fd| {
        all.reserve(PIECE);
        match rustix::io::read(fd, spare_capacity(&mut all))? {
            0 => Ok(Some(std::mem::take(&mut all))),
            _ => Ok(None),
        }
    })
}

/// Writes all of it. `false` if nobody reads any more, which is no error.
pub(super) fn feed(end: Rc<End>, bytes: Vec<u8>) -> Future<bool> {
    let mut written = 0;
    end.submit(Direction::Write, move |fd| {
        if written == bytes.len() {
            return Ok(Some(true));
        }
        match rustix::io::write(fd, &bytes[written..]) {
            Ok(count) => written += count,
            Err(Errno::PIPE) => return Ok(Some(false)),
            Err(error) => return Err(error),
        }
        Ok((written == bytes.len()).then_some(true))
    })
}

/// Writes what a reader gives, which is read by another thread, a piece ahead.
#[async_proc]
pub(super) fn feed_from(end: Rc<End>, reader: Reader) -> Future<bool> {
    let (mut reader, mut piece) = read(reader).await??;
    while !piece.is_empty() {
        let ahead = read(reader);
        if !feed(end.clone(), piece).await? {
            // What it reads now is not missed.
            ahead.cancel();
            return Ok(false);
        }
        (reader, piece) = ahead.await??;
    }
    drop(reader);
    Ok(true)
}

fn read(mut reader: Reader) -> Future<io::Result<(Reader, Vec<u8>)>> {
    spawn_blocking(move || {
        let mut piece = Vec::with_capacity(AHEAD);
        (&mut reader).take(AHEAD as u64).read_to_end(&mut piece)?;
        Ok((reader, piece))
    })
}
