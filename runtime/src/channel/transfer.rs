//! Sending and receiving.

use std::io;
use std::mem::MaybeUninit;

use super::error::is_disconnection;
use super::events::Event;
use super::io::{Io, uninterrupted};
use super::state::Ended;
use super::{Channel, ChannelError, Operation};
use crate::Error;

impl Channel {
    /// Sends of `data` what there is room for now, and says how many bytes that is. 0 if there is no
    /// room, or the peer is gone: then [`handle_close`](super::ChannelHandler::handle_close) is
    /// called when the running handler has returned.
    ///
    /// # Errors
    ///
    /// [`ChannelError::NotOpen`], [`ChannelError::Os`].
    pub fn send(&self, data: &[u8]) -> Result<usize, Error> {
        let sent = self.io(Operation::Send)?.send(data);
        self.sent(sent)
    }

    /// Receives what is there, at most `size` bytes. Empty if the peer has closed or is gone: then
    /// [`handle_close`](super::ChannelHandler::handle_close) is called when the running handler has
    /// returned, and not before, as in the original. (An empty datagram is a datagram.)
    ///
    /// # Errors
    ///
    /// [`ChannelError::NotOpen`]; [`ChannelError::Os`], of kind
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if nothing is there. A handler may let that one pass
    /// with `?`: it means nothing to the loop.
    pub fn recv(&self, size: usize) -> Result<Vec<u8>, Error> {
        let mut data = vec![0; size];
        let length = self.recv_into(&mut data)?;
        data.truncate(length);
        Ok(data)
    }

    /// As [`recv`](Channel::recv), into `room`; says how many bytes.
    ///
    /// # Errors
    ///
    /// As [`recv`](Channel::recv).
    pub fn recv_into(&self, room: &mut [u8]) -> Result<usize, Error> {
        let io = self.io(Operation::Receive)?;
        match io.receive(room) {
            Ok(0) if io.has_end() && !room.is_empty() => {
                self.end(Ended::Reading);
                Ok(0)
            }
            Ok(length) => Ok(length),
            Err(error) if is_disconnection(&error) => {
                self.end(Ended::Everything);
                Ok(0)
            }
            Err(error) => Err(self.failed(Operation::Receive, error)),
        }
    }

    /// Sends data out of band, of which TCP keeps one byte at a time. As [`send`](Channel::send)
    /// otherwise.
    ///
    /// # Errors
    ///
    /// As [`send`](Channel::send); and [`ChannelError::NotSocket`].
    pub fn send_out_of_band(&self, data: &[u8]) -> Result<usize, Error> {
        let sent = match &*self.io(Operation::Send)? {
            Io::Socket { socket, .. } => uninterrupted(|| socket.send_out_of_band(data)),
            Io::File(_) => {
                return Err(ChannelError::NotSocket { operation: Operation::Send }.into());
            }
        };
        self.sent(sent)
    }

    /// Receives data out of band, for
    /// [`handle_expt`](super::ChannelHandler::handle_expt).
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: there are none. [`ChannelError::NotOpen`],
    /// [`ChannelError::NotSocket`].
    #[doc(alias = "MSG_OOB")]
    pub fn recv_out_of_band(&self, size: usize) -> Result<Vec<u8>, Error> {
        let operation = Operation::Receive;
        let mut data = vec![MaybeUninit::new(0); size];
        let received = match &*self.io(operation)? {
            Io::Socket { socket, .. } => uninterrupted(|| socket.recv_out_of_band(&mut data)),
            Io::File(_) => return Err(ChannelError::NotSocket { operation }.into()),
        };
        let length = received.map_err(|error| self.failed(operation, error))?;
        // SAFETY: every byte was initialised when the vector was made.
        Ok(data[..length].iter().map(|byte| unsafe { byte.assume_init() }).collect())
    }

    fn sent(&self, sent: io::Result<usize>) -> Result<usize, Error> {
        match sent {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) if is_disconnection(&error) => {
                self.end(Ended::Everything);
                Ok(0)
            }
            sent => sent.map_err(|error| self.failed(Operation::Send, error)),
        }
    }

    fn failed(&self, operation: Operation, error: io::Error) -> Error {
        ChannelError::os(operation, self.address_text(), error)
    }

    /// Nothing more comes in, or nothing goes any more: the handler will be told, if that is news.
    pub(super) fn end(&self, what: Ended) {
        let state = self.state();
        state.ended.set(state.ended.get().max(what));
        self.owe(Event::Close);
    }

    /// Has the handler told of an event when no handler is running.
    pub(super) fn owe(&self, event: Event) {
        if let (Some(map), Some(serial)) = (self.map(), self.serial()) {
            map.owe(self.clone(), serial, event);
        }
    }
}
