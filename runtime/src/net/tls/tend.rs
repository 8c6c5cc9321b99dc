//! What an attempt in one direction leaves to be done in the other.

use std::io;
use std::rc::Rc;
use std::task::Poll;

use super::session::Session;
use crate::dispatch::reactor::{Direction, Source};
use crate::net::socket::Shared;
use crate::net::wire::Wire;

/// Called after every attempt in `direction`, whatever came of it. One that `waits` is made again.
///
/// A send that has to wait for the handshake needs somebody to read, and a read may leave an answer
/// that the socket does not take yet: unless somebody is at it, an operation of the session's own
/// does it. It does not keep the socket open.
pub(in crate::net) fn tend(
    shared: &Rc<Shared>,
    source: &Source,
    session: &Session,
    direction: Direction,
    waits: bool,
) {
    if session.has_settled() {
        source.again(Direction::Write);
    }
    let will_send = direction == Direction::Write && waits;
    if session.has_to_send() && !will_send && !session.flushing.replace(true) {
        spawn(shared, source, Direction::Write, |session, wire| {
            let flushed = session.flush(wire);
            session.flushing.set(is_for_later(&flushed));
            flushed
        });
    }
    if session.is_handshaking() && will_send && !session.driving.replace(true) {
        spawn(shared, source, Direction::Read, |session, wire| {
            let driven = session.drive(wire);
            session.driving.set(is_for_later(&driven));
            driven
        });
    }
}

/// Starts an operation of the session's own. It never fails: whatever goes wrong stands in the
/// session, for the operations of the program.
fn spawn(
    shared: &Rc<Shared>,
    source: &Source,
    direction: Direction,
    attempt: impl Fn(&Session, &Wire) -> io::Result<()> + 'static,
) {
    let socket = Rc::downgrade(shared);
    let done = source.submit_as("tls", direction, move || {
        let Some(shared) = socket.upgrade() else { return Poll::Ready(Ok(())) };
        let open = shared.open();
        let Some(open) = &*open else { return Poll::Ready(Ok(())) };
        let Some(session) = open.wire.session() else { return Poll::Ready(Ok(())) };
        let result = attempt(session, &open.wire);
        if session.has_settled() {
            open.source.again(Direction::Write);
        }
        match result {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                open.source.again(direction);
                Poll::Pending
            }
            _ => Poll::Ready(Ok(())),
        }
    });
    if !done.finished() {
        // Closing the socket fails it, which is no news to anyone.
        done.add_callback(|done| {
            done.failed();
        });
    }
}

fn is_for_later(result: &io::Result<()>) -> bool {
    use io::ErrorKind::{Interrupted, WouldBlock};
    matches!(result, Err(error) if matches!(error.kind(), WouldBlock | Interrupted))
}
