//! Sending bytes.

use super::socket::Settings;
use super::wire::Wire;
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
            && let Ok((count, flushed)) = self.with(Operation::Send, |wire| {
                let count = wire.send(data.as_bytes())?;
                Ok((count, wire.flush().is_ok()))
            })
        {
            sent = count;
            if flushed && sent == data.as_bytes().len() {
                return Future::ready(());
            }
        }
        let kept = data.keep();
        let this = self.clone();
        self.submit(Direction::Write, Operation::Send, move |wire| {
            send_rest(wire, this.settings(), kept.as_bytes(), &mut sent)
        })
    }
}

/// Sends what comes after the first `sent` bytes, and counts on.
fn send_rest(wire: &Wire, settings: &Settings, bytes: &[u8], sent: &mut usize) -> Result<(), Stop> {
    let share = sent.saturating_add(SHARE);
    loop {
        let rest = &bytes[*sent..];
        if *sent >= share && !rest.is_empty() {
            return Err(Stop::Again);
        }
        let done = if rest.is_empty() { wire.flush().map(|()| 0) } else { wire.send(rest) };
        match done {
            Ok(_) if rest.is_empty() => return Ok(()),
            Ok(count) => *sent += count,
            Err(error) if settings.safe_disconn.get() && os::is_disconnection(&error) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
}
