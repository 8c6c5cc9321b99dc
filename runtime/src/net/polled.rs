//! A socket as a byte stream that is polled: what the traits of other libraries have in common.
//!
//! Nothing is allocated, and no operation is left in the socket's lanes: an attempt that would block
//! leaves the waker of who made it.

use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use super::wire::Wire;
use super::{AsyncSocket, Operation, SocketError, Stop, os};
use crate::Error;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Buffer, Stream};
use crate::error::Closed;

impl AsyncSocket {
    /// Gives `take` what is in the socket's buffer or, if that is empty, has `receive` get more.
    pub(super) fn poll_receive(
        &self,
        cx: &mut Context<'_>,
        attempt: impl FnOnce(&mut Buffer, &Wire) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.poll_attempt(Direction::Read, Operation::Receive, cx, |wire| {
            attempt(&mut self.shared.buffer(), wire)
        })
    }

    pub(super) fn poll_send(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent =
            self.poll_attempt(Direction::Write, Operation::Send, cx, |wire| wire.send(bytes));
        self.or_lost(sent, bytes.len())
    }

    pub(super) fn poll_send_vectored(
        &self,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = self
            .poll_attempt(Direction::Write, Operation::Send, cx, |wire| wire.send_vectored(pieces));
        self.or_lost(sent, pieces.iter().map(|piece| piece.len()).sum())
    }

    pub(super) fn poll_flush_sent(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.poll_attempt(Direction::Write, Operation::Send, cx, Stream::flush);
        self.or_lost(flushed, ())
    }

    /// Ends the sending direction, after all that was sent.
    pub(super) fn poll_end(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = self.poll_attempt(Direction::Write, Operation::Shutdown, cx, Wire::end_sending);
        match ended {
            // There is nobody any more to whom it could be said.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::NotConnected => {
                self.or_lost(Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())), ())
            }
            ended => self.or_lost(ended, ()),
        }
    }

    /// A lost connection as a socket that is not strict takes it.
    pub(super) fn or_lost<T>(&self, result: Poll<io::Result<T>>, lost: T) -> Poll<io::Result<T>> {
        match result {
            Poll::Ready(Err(error))
                if self.settings().safe_disconn.get() && os::is_disconnection(&error) =>
            {
                Poll::Ready(Ok(lost))
            }
            result => result,
        }
    }

    fn poll_attempt<T>(
        &self,
        direction: Direction,
        operation: Operation,
        cx: &mut Context<'_>,
        attempt: impl FnOnce(&Wire) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let closed = || {
            let error = Error::from(Closed::new(operation.name()));
            Poll::Ready(Err(io::Error::new(io::ErrorKind::NotConnected, error)))
        };
        let Some(source) = self.source() else { return closed() };
        if !source.poll_idle(direction, cx.waker()) {
            return Poll::Pending;
        }
        match self.attempt(direction, |wire| Ok(attempt(wire)?)) {
            None => closed(),
            Some(Ok(value)) => Poll::Ready(Ok(value)),
            Some(Err(Stop::Wait)) => {
                source.wake_when_ready(direction, cx.waker());
                Poll::Pending
            }
            Some(Err(Stop::Again)) => {
                source.wake_when_ready(direction, cx.waker());
                source.again(direction);
                Poll::Pending
            }
            Some(Err(Stop::Os(error))) => {
                let kind = error.kind();
                Poll::Ready(Err(io::Error::new(kind, SocketError::os(operation, error))))
            }
            Some(Err(Stop::Failed(error))) => {
                let kind = error.io_kind().unwrap_or(io::ErrorKind::InvalidData);
                Poll::Ready(Err(io::Error::new(kind, error)))
            }
        }
    }
}
