//! Closing so that nothing is lost.

use super::{AsyncSocket, Operation};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::os;

impl AsyncSocket {
    /// Closes the socket when the peer has everything: sends what the pending sends have yet to
    /// send, ends the sending direction, waits until the peer has ended the other one, throwing away
    /// what it still sends, and closes.
    ///
    /// A socket that is closed while something lies there unread, or comes in later, resets the
    /// connection, and what it has sent itself may be lost by that. With TLS 1.3 that is easily the
    /// case: a server sends session tickets, which a client that only writes has never read. So over
    /// TLS this is what [`close`](Self::close) does too, in the background.
    ///
    /// It takes as long as the peer likes. To wait no longer than a given time, use
    /// [`with_timeout`](crate::with_timeout), and then [`close`](Self::close).
    ///
    /// ```
    /// use async_proc::Future;
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::net::AsyncSocket;
    ///
    /// let greeting = Future::from_std(async {
    ///     let listener = AsyncSocket::listener("127.0.0.1:0")?;
    ///     let client = AsyncSocket::dial(listener.local_addr()?).await?;
    ///     let server = listener.accept().await?;
    ///     server.send("never read").await?;
    ///     drop(client.send("hello"));
    ///     let closed = client.close_gracefully();
    ///     let received = server.recv(100).await?;
    ///     server.close();
    ///     closed.await?;
    ///     assert!(client.is_closed());
    ///     Ok(received)
    /// });
    /// assert_eq!(wait_for(greeting)?, b"hello");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send): what was to be sent could not be. The socket is closed then, too.
    #[track_caller]
    pub fn close_gracefully(&self) -> Future<()> {
        #[cfg(feature = "tls")]
        self.note_parting();
        // Both take their place behind what is pending now.
        let ended = self.end();
        let discarded = self.discard();
        let socket = self.clone();
        Future::from_std(async move {
            let outcome = match ended.await {
                Ok(()) => discarded.await,
                Err(error) => {
                    discarded.cancel();
                    Err(error)
                }
            };
            socket.close();
            outcome
        })
    }

    /// Ends the sending direction, behind the sends that are pending.
    fn end(&self) -> Future<()> {
        let this = self.clone();
        self.submit(Direction::Write, Operation::Shutdown, move |wire| match wire.end_sending() {
            Err(error) if this.settings().safe_disconn.get() && is_lost(&error) => Ok(()),
            ended => Ok(ended?),
        })
    }

    /// Throws away what the peer sends, until it has ended.
    fn discard(&self) -> Future<()> {
        let this = self.clone();
        self.submit(Direction::Read, Operation::Receive, move |wire| match wire.discard() {
            Err(error) if this.settings().safe_disconn.get() && is_lost(&error) => Ok(()),
            discarded => Ok(discarded?),
        })
    }
}

/// Whether there is nobody any more to whom anything could be said.
fn is_lost(error: &std::io::Error) -> bool {
    os::is_disconnection(error) || error.kind() == std::io::ErrorKind::NotConnected
}
