//! Receiving bytes.

use super::{AsyncSocket, Operation, Reader, Stop};
use crate::Future;
use crate::dispatch::reactor::Direction;

impl AsyncSocket {
    /// Reads up to `size` bytes.
    ///
    /// A socket with a buffer waits until all of them are there, or the peer has ended the stream.
    /// One without gives as much as the operating system has, but at most 64 KiB. Either gives
    /// nothing only at the end of the stream, or for a `size` of 0.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`](super::SocketError::Os): the socket is not connected, for example.
    /// That the connection is lost is an error only for a [`strict`](Self::strict) socket.
    #[track_caller]
    pub fn recv(&self, size: usize) -> Future<Vec<u8>> {
        self.read(Operation::Receive, move |reader| {
            reader.wait_for(size)?;
            let count = size.min(reader.buffer.len());
            Ok(reader.buffer.take(count))
        })
    }

    /// Reads into `target`; gives the number of bytes read, and `target` back. The number is
    /// decided as by [`recv`](Self::recv) with the length of `target` as the size.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv). `target` is lost then.
    #[doc(alias = "recvInto")]
    #[track_caller]
    pub fn recv_into<B: AsMut<[u8]> + 'static>(&self, target: B) -> Future<(usize, B)> {
        let mut target = Some(target);
        self.read(Operation::Receive, move |reader| {
            let size = target.as_mut().map_or(0, |target| target.as_mut().len());
            reader.wait_for(size)?;
            // An attempt that succeeds is the last one.
            let mut target = target.take().ok_or(Stop::Wait)?;
            let count = reader.buffer.take_into(target.as_mut());
            Ok((count, target))
        })
    }

    /// Whether received bytes wait in the socket's buffer.
    #[doc(alias = "hasDataBuffered")]
    pub fn has_data_buffered(&self) -> bool {
        self.shared.buffer().len() > 0
    }

    /// An operation that receives. All of its progress is in the socket's buffer.
    #[track_caller]
    pub(super) fn read<T: 'static>(
        &self,
        operation: Operation,
        mut attempt: impl FnMut(&mut Reader<'_>) -> Result<T, Stop> + 'static,
    ) -> Future<T> {
        let this = self.clone();
        self.submit(Direction::Read, operation, move |wire| {
            let mut buffer = this.shared.buffer();
            attempt(&mut Reader::new(wire, &mut buffer, this.settings().reading()))
        })
    }
}
