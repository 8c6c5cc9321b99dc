//! Sending bytes.

use super::{AsyncSocket, Operation, Payload};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::{Stream, send_rest};

impl AsyncSocket {
    /// Sends all of `data`. Finished when the operating system has taken it over.
    ///
    /// What is not sent at once is copied if it is borrowed, and kept as it is if it is owned or
    /// shared: see [`Payload`]. The payloads of any number of sends may wait, and nothing but the
    /// futures tells how many: wait for them, or count them, where the peer may be slow.
    ///
    /// A connected socket for [datagrams](Self::send_to) sends `data` as one.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// wait_for(client.send("text, "))?;
    /// wait_for(client.send(vec![b'b'; 3]))?;
    /// assert_eq!(wait_for(server.recv(9))?, b"text, bbb");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example.
    /// That the connection is lost is an error only for a [`strict`](Self::strict) socket.
    #[track_caller]
    pub fn send(&self, data: impl Payload) -> Future<()> {
        if self.kind().messages {
            return self.send_message(Operation::Send, data, |wire, bytes| Ok(wire.send(bytes)?));
        }
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
            send_rest(wire, this.settings().safe_disconn.get(), kept.as_bytes(), &mut sent)
        })
    }
}
