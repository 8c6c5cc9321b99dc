//! Sending bytes.

use socket2::Socket;

use super::socket::Settings;
use super::{AsyncSocket, Operation, Payload, Stop, os};
use crate::Future;
use crate::dispatch::reactor::Direction;

/// How much one attempt sends before others have their turn.
const SHARE: usize = 1024 * 1024;

impl AsyncSocket {
    /// Sends all of `data`. Finished when the operating system has taken it over.
    ///
    /// What is not sent at once is copied if it is borrowed, and kept as it is if it is owned or
    /// shared: see [`Payload`]. The payloads of any number of sends may wait, and nothing but the
    /// futures tells how many: wait for them, or count them, where the peer may be slow.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example.
    /// That the connection is lost is an error only for a [`strict`](Self::strict) socket.
    #[track_caller]
    pub fn send(&self, data: impl Payload) -> Future<()> {
        let mut sent = 0;
        // Most sends end here, and keep nothing.
        if self.is_idle(Direction::Write)
            && let Ok(count) =
                self.with(Operation::Send, |socket| os::send(socket, data.as_bytes()))
        {
            sent = count;
            if sent == data.as_bytes().len() {
                return Future::ready(());
            }
        }
        let kept = data.keep();
        let this = self.clone();
        self.submit(Direction::Write, Operation::Send, move |socket| {
            send_rest(socket, this.settings(), kept.as_bytes(), &mut sent)
        })
    }
}

/// Sends what comes after the first `sent` bytes, and counts on.
fn send_rest(
    socket: &Socket,
    settings: &Settings,
    bytes: &[u8],
    sent: &mut usize,
) -> Result<(), Stop> {
    let share = sent.saturating_add(SHARE);
    while *sent < bytes.len() {
        if *sent >= share {
            return Err(Stop::Again);
        }
        match os::send(socket, &bytes[*sent..]) {
            Ok(count) => *sent += count,
            Err(error) if settings.safe_disconn.get() && os::is_disconnection(&error) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
