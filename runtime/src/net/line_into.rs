//! Receiving a line into an out-parameter.

use super::borrowed::set_text;
use super::{AsyncSocket, Operation};
use crate::Future;
use crate::error::{FutureError, FutureErrorKind};
use crate::future::{FutureVar, completed_at_exit};

impl AsyncSocket {
    /// Reads a line into a variable, in place of what is in it, by the rules of
    /// [`recv_line`](Self::recv_line), and completes the variable. Its memory is used again and again.
    ///
    /// If it fails, the variable is completed too, and empty if a line was refused.
    ///
    /// ```
    /// use async_proc::{FutureVar, dispatch::wait_for, net::AsyncSocket};
    ///
    /// # #[cfg(unix)] {
    /// let (socket, peer) = AsyncSocket::unix_pair()?;
    /// wait_for(peer.send("one\r\n\r\n"))?;
    /// peer.close();
    /// let line = FutureVar::new("line", String::new());
    /// for expected in ["one", "\r\n", ""] {
    ///     line.clean();
    ///     wait_for(socket.recv_line_into(&line))?;
    ///     assert_eq!(line.read()?, expected);
    /// }
    /// # }
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_line`](Self::recv_line); and a [`FutureError`] if the variable is complete already,
    /// when nothing is read.
    #[doc(alias = "recvLineInto")]
    #[track_caller]
    pub fn recv_line_into(&self, line: &FutureVar<String>) -> Future<()> {
        if line.finished() {
            let kind = FutureErrorKind::AlreadyFinished;
            return Future::failed_with(FutureError::new(kind, line.name(), line.created()));
        }
        // Dropped with the operation, however that ends.
        let completed = completed_at_exit(line);
        if let Err(error) = self.check_stream(Operation::ReceiveLine) {
            return Future::failed_with(error);
        }
        let limit = self.settings().line_limit.get();
        let line = line.clone();
        self.read(Operation::ReceiveLine, move |reader| {
            let _ = &completed;
            let found = reader.wait_for_line(limit)?;
            line.with(|text| reader.buffer.take_original(found, |bytes| set_text(text, bytes)))?;
            // The program may have done it meanwhile.
            let _ = line.complete();
            Ok(())
        })
    }
}
