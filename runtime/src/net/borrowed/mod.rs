//! Operations that work on memory they borrow.
//!
//! They are lazy: `std` futures that do nothing before they are polled, for `async fn`s and whatever
//! else may borrow. Each takes its turn among the other operations of its direction, owned ones
//! included, when it is first polled, and then goes on only when it is polled. That is what makes
//! borrowing sound: neither the dispatcher nor the operating system ever holds a pointer to the
//! memory between two polls, so the future may be dropped, or forgotten, at any time.
//!
//! Given up half-way, a read has lost nothing, since what it had received is in the socket's buffer;
//! a send may have sent a part. One that is forgotten (`mem::forget`) or not polled any more keeps
//! its turn, and those behind it wait.

mod datagram;
mod line;
mod read;
mod send;

pub use datagram::{Arrival, RecvFromRef, SendToRef};
pub use line::{LineBuffer, ReadLineRef, RecvLineRef};
pub use read::{RecvExactRef, RecvRef};
pub use send::SendRef;

pub(super) use line::set_text;

use std::task::{Context, Poll};

use super::wire::{Reader, Wire};
use super::{AsyncSocket, Operation, SocketError, Stop};
use crate::Error;
use crate::dispatch::turn::Turn;
use crate::error::Closed;

impl AsyncSocket {
    /// Makes an attempt, if it is the operation's turn.
    fn poll_turn<T>(
        &self,
        turn: &mut Turn,
        operation: Operation,
        cx: &mut Context<'_>,
        attempt: impl FnOnce(&Wire) -> Result<T, Stop>,
    ) -> Poll<Result<T, Error>> {
        // Nothing stays borrowed while wakers are cloned and woken: they are the program's own.
        let closed = || Poll::Ready(Err(Closed::new(operation.name()).into()));
        let Some(source) = self.source() else { return closed() };
        if !turn.is_next(&source, cx) {
            return Poll::Pending;
        }
        let Some(outcome) = self.attempt(turn.direction(), attempt) else { return closed() };
        let result = match outcome {
            Ok(value) => Ok(value),
            Err(Stop::Wait) => {
                turn.wait(&source, cx);
                return Poll::Pending;
            }
            Err(Stop::Again) => {
                turn.wait(&source, cx);
                turn.again(&source);
                return Poll::Pending;
            }
            Err(Stop::Os(source)) => Err(SocketError::os(operation, source).into()),
            Err(Stop::Failed(error)) => Err(error),
        };
        turn.end();
        Poll::Ready(result)
    }

    /// [`poll_turn`](Self::poll_turn) for a read. All of its progress is in the socket's buffer.
    fn poll_read<T>(
        &self,
        turn: &mut Turn,
        operation: Operation,
        cx: &mut Context<'_>,
        attempt: impl FnOnce(&mut Reader<'_>) -> Result<T, Stop>,
    ) -> Poll<Result<T, Error>> {
        self.poll_turn(turn, operation, cx, |wire| {
            attempt(&mut Reader::new(wire, &mut self.shared.buffer(), self.reading()))
        })
    }
}
