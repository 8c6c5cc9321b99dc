//! Channels that buffer what they send.

use std::cell::RefCell;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::events::{Bound, short_name};
use super::kind::{ChannelKind, Sealed};
use super::{Channel, ChannelHandler, ChannelMap};
use crate::Error;

/// A channel whose [`send`](ChannelWithSend::send) takes everything, and sends it as there is room.
///
/// Its handler is a `ChannelHandler<ChannelWithSend>`. It is a [`Channel`] otherwise.
///
/// ```
/// use async_proc::channel::{ChannelHandler, ChannelWithSend, run_loop};
/// use async_proc::Error;
/// use std::io::{Read, Write};
/// use std::net::Shutdown;
/// use std::os::unix::net::UnixStream;
///
/// struct Echo;
/// impl ChannelHandler<ChannelWithSend> for Echo {
///     fn handle_read(&mut self, channel: &ChannelWithSend) -> Result<(), Error> {
///         let data = channel.recv(8192)?;
///         channel.send(&data)
///     }
/// }
///
/// let (ours, mut theirs) = UnixStream::pair()?;
/// ChannelWithSend::from_socket(ours, Echo)?;
/// theirs.write_all(b"hello")?;
/// theirs.shutdown(Shutdown::Write)?;
/// run_loop(None, true, None, None)?;
/// let mut back = String::new();
/// theirs.read_to_string(&mut back)?;
/// assert_eq!(back, "hello");
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "dispatcher_with_send")]
#[derive(Clone)]
pub struct ChannelWithSend {
    channel: Channel,
    buffer: Rc<RefCell<Vec<u8>>>,
}

impl ChannelWithSend {
    /// As [`Channel::new`].
    pub fn new(handler: impl ChannelHandler<ChannelWithSend>) -> ChannelWithSend {
        ChannelWithSend::new_in(&ChannelMap::global(), handler)
    }

    /// As [`Channel::new_in`].
    pub fn new_in<H>(map: &ChannelMap, handler: H) -> ChannelWithSend
    where
        H: ChannelHandler<ChannelWithSend>,
    {
        let buffer = Rc::default();
        let events = Bound::<H, ChannelWithSend>::boxed(handler, Rc::clone(&buffer));
        ChannelWithSend { channel: Channel::make(short_name::<H>(), map, events), buffer }
    }

    /// As [`Channel::from_socket`].
    ///
    /// # Errors
    ///
    /// As [`Channel::from_socket`].
    pub fn from_socket(
        socket: impl Into<OwnedFd>,
        handler: impl ChannelHandler<ChannelWithSend>,
    ) -> Result<ChannelWithSend, Error> {
        ChannelWithSend::from_socket_in(&ChannelMap::global(), socket, handler)
    }

    /// As [`Channel::from_socket_in`].
    ///
    /// # Errors
    ///
    /// As [`Channel::from_socket`].
    pub fn from_socket_in(
        map: &ChannelMap,
        socket: impl Into<OwnedFd>,
        handler: impl ChannelHandler<ChannelWithSend>,
    ) -> Result<ChannelWithSend, Error> {
        let channel = ChannelWithSend::new_in(map, handler);
        channel.adopt(socket)?;
        Ok(channel)
    }

    /// Sends `data`: what there is room for now, and the rest as there is room, in order. What is
    /// not sent when the channel is closed is dropped.
    ///
    /// # Errors
    ///
    /// As [`Channel::send`]. The data are buffered nevertheless.
    pub fn send(&self, data: &[u8]) -> Result<(), Error> {
        self.buffer.borrow_mut().extend_from_slice(data);
        self.initiate_send()
    }

    /// Sends of what is buffered, once, at most as many bytes as
    /// [`out_buffer_size`](Channel::out_buffer_size) says.
    ///
    /// # Errors
    ///
    /// As [`Channel::send`].
    pub fn initiate_send(&self) -> Result<(), Error> {
        let mut buffer = self.buffer.borrow_mut();
        let length = buffer.len().min(self.out_buffer_size());
        if length > 0 {
            let sent = self.channel.send(&buffer[..length])?;
            buffer.drain(..sent);
        }
        Ok(())
    }

    /// How many bytes are buffered and not sent.
    #[doc(alias = "out_buffer")]
    pub fn buffered(&self) -> usize {
        self.buffer.borrow().len()
    }
}

impl Deref for ChannelWithSend {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.channel
    }
}

impl ChannelKind for ChannelWithSend {
    fn channel(&self) -> &Channel {
        &self.channel
    }
}

impl Sealed for ChannelWithSend {
    type Parts = Rc<RefCell<Vec<u8>>>;

    fn assemble(channel: &Channel, buffer: &Self::Parts) -> Self {
        ChannelWithSend { channel: channel.clone(), buffer: buffer.clone() }
    }

    fn write_by_default(&self) -> Result<bool, Error> {
        self.initiate_send().map(|()| true)
    }

    fn writable_by_default(&self) -> bool {
        !self.is_connected() || self.buffered() > 0
    }
}
