//! Sending several payloads by one system call.

use std::io::{self, IoSlice};

use super::wire::Wire;
use super::{AsyncSocket, Operation, Payload, Stop, os};
use crate::Future;
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::Stream;

/// How many payloads one system call is given at most.
const AT_ONCE: usize = 64;

/// How many bytes one attempt sends before others have their turn.
const SHARE: usize = 1024 * 1024;

impl AsyncSocket {
    /// Sends all of several payloads, one behind the other and with nothing of other sends between
    /// them, as if they were one: by one system call for up to 64 of them, where the operating system
    /// takes them all. A socket for datagrams sends them as one datagram.
    ///
    /// ```
    /// use async_proc::{dispatch::wait_for, net::AsyncSocket};
    ///
    /// # #[cfg(unix)] {
    /// let (one, other) = AsyncSocket::unix_pair()?;
    /// wait_for(one.send_all(["HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n\r\n", "hi"]))?;
    /// assert_eq!(wait_for(other.recv_line())?, "HTTP/1.1 200 OK");
    /// # }
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[doc(alias("writev", "write_vectored"))]
    #[track_caller]
    pub fn send_all<P: Payload>(&self, payloads: impl IntoIterator<Item = P>) -> Future<()> {
        let payloads: Vec<P> = payloads.into_iter().collect();
        if self.kind().messages {
            let whole: Vec<u8> =
                payloads.iter().flat_map(|payload| payload.as_bytes()).copied().collect();
            return self.send(whole);
        }
        let safe_disconn = self.settings().safe_disconn.get();
        let mut sent = Progress::default();
        // Most sends end here, and keep nothing.
        if self.is_idle(Direction::Write)
            && let Some(Ok(())) = self.attempt(Direction::Write, |wire| {
                sent.go_on(wire, safe_disconn, &payloads, AT_ONCE)
            })
        {
            return Future::ready(());
        }
        let kept: Vec<P::Kept> = payloads.into_iter().skip(sent.whole).map(P::keep).collect();
        sent.whole = 0;
        self.submit(Direction::Write, Operation::Send, move |wire| {
            sent.go_on(wire, safe_disconn, &kept, usize::MAX)
        })
    }
}

/// How much of several payloads was sent.
#[derive(Default)]
struct Progress {
    /// So many of them as a whole.
    whole: usize,
    /// So many bytes of the next.
    part: usize,
}

impl Progress {
    /// Sends what is left, `most` payloads at most.
    fn go_on<P: Payload>(
        &mut self,
        wire: &Wire,
        safe_disconn: bool,
        payloads: &[P],
        most: usize,
    ) -> Result<(), Stop> {
        let last = self.whole.saturating_add(most);
        let mut share = SHARE;
        while self.skip_whole(payloads) {
            if share == 0 || self.whole >= last {
                return Err(Stop::Again);
            }
            match self.send_some(wire, payloads) {
                Ok(count) => {
                    self.part += count;
                    share = share.saturating_sub(count);
                }
                Err(error) if safe_disconn && os::is_disconnection(&error) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        match wire.flush() {
            Err(error) if safe_disconn && os::is_disconnection(&error) => Ok(()),
            flushed => Ok(flushed?),
        }
    }

    /// Counts what was sent as a whole. `false` if that is everything.
    fn skip_whole<P: Payload>(&mut self, payloads: &[P]) -> bool {
        while let Some(next) = payloads.get(self.whole) {
            let length = next.as_bytes().len();
            if self.part < length {
                return true;
            }
            self.part -= length;
            self.whole += 1;
        }
        false
    }

    fn send_some<P: Payload>(&self, wire: &Wire, payloads: &[P]) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); AT_ONCE];
        let mut count = 0;
        for (slice, payload) in slices.iter_mut().zip(&payloads[self.whole..]) {
            let skipped = if count == 0 { self.part } else { 0 };
            *slice = IoSlice::new(&payload.as_bytes()[skipped..]);
            count += 1;
        }
        wire.send_vectored(&slices[..count])
    }
}
