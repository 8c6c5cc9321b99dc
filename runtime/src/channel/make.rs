//! Making channels, and giving them sockets.

use std::os::fd::OwnedFd;

use socket2::{Domain, Socket, Type};

use super::events::{Bound, short_name};
use super::io::Io;
use super::{Channel, ChannelError, ChannelHandler, ChannelMap, Operation};
use crate::Error;

impl Channel {
    /// A channel without a socket, which will be in the thread's map.
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler, Domain, Type};
    ///
    /// struct Quiet;
    /// impl ChannelHandler for Quiet {}
    ///
    /// let channel = Channel::new(Quiet);
    /// channel.create_socket(Domain::IPV4, Type::STREAM)?;
    /// channel.set_reuse_addr();
    /// channel.bind("127.0.0.1:0")?;
    /// channel.listen(5)?;
    /// assert!(channel.is_accepting());
    /// # channel.close()?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn new(handler: impl ChannelHandler) -> Channel {
        Channel::new_in(&ChannelMap::global(), handler)
    }

    /// As [`new`](Channel::new), in `map`.
    pub fn new_in<H: ChannelHandler>(map: &ChannelMap, handler: H) -> Channel {
        Channel::make(short_name::<H>(), map, Bound::<H, Channel>::boxed(handler, ()))
    }

    /// A channel on a socket that exists already, in the thread's map: an accepted one of this
    /// module, or one of the standard library. It is made non-blocking. If it has a peer, the
    /// channel is connected, and [`handle_connect`](ChannelHandler::handle_connect) is not called.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: the system cannot wait for it.
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler, run_loop};
    /// use async_proc::Error;
    /// use std::io::Write;
    /// use std::os::unix::net::UnixStream;
    ///
    /// struct Printer;
    /// impl ChannelHandler for Printer {
    ///     fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
    ///         println!("{}", String::from_utf8_lossy(&channel.recv(8192)?));
    ///         Ok(())
    ///     }
    ///     fn writable(&mut self, _: &Channel) -> bool {
    ///         false
    ///     }
    /// }
    ///
    /// let (ours, mut theirs) = UnixStream::pair()?;
    /// Channel::from_socket(ours, Printer)?;
    /// theirs.write_all(b"hello")?;
    /// drop(theirs);
    /// run_loop(None, false, None, None)?; // until the channel is closed, as its peer is
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_socket(
        socket: impl Into<OwnedFd>,
        handler: impl ChannelHandler,
    ) -> Result<Channel, Error> {
        Channel::from_socket_in(&ChannelMap::global(), socket, handler)
    }

    /// As [`from_socket`](Channel::from_socket), in `map`.
    ///
    /// # Errors
    ///
    /// As [`from_socket`](Channel::from_socket).
    pub fn from_socket_in(
        map: &ChannelMap,
        socket: impl Into<OwnedFd>,
        handler: impl ChannelHandler,
    ) -> Result<Channel, Error> {
        let channel = Channel::new_in(map, handler);
        channel.adopt(socket)?;
        Ok(channel)
    }

    /// Takes over a socket, which may have a peer.
    pub(super) fn adopt(&self, socket: impl Into<OwnedFd>) -> Result<(), Error> {
        let socket = Socket::from(socket.into());
        let peer = match socket.peer_addr() {
            Ok(peer) => Some(peer),
            // It was never connected, or is no more.
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENOTCONN | libc::EINVAL)) => {
                None
            }
            Err(error) => return Err(ChannelError::os(Operation::Create, "", error)),
        };
        self.set_socket(socket)?;
        self.state().connected.set(peer.is_some());
        *self.state().address.borrow_mut() = peer;
        Ok(())
    }

    /// Makes a socket for the channel, non-blocking and not inherited by other programs, and enters
    /// the channel in its map. A socket that it had is closed.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: there are no such sockets, or too many. [`ChannelError::NoMap`].
    pub fn create_socket(&self, family: Domain, kind: Type) -> Result<(), Error> {
        let made = Socket::new(family, kind, None);
        let socket = made.map_err(|error| ChannelError::os(Operation::Create, "", error))?;
        self.set_socket(socket)
    }

    /// As [`create_socket`](Channel::create_socket), with a socket that exists.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: the system cannot wait for it. [`ChannelError::NoMap`].
    pub fn set_socket(&self, socket: Socket) -> Result<(), Error> {
        let refused = |error| ChannelError::os(Operation::Create, "", error);
        let kind = socket.r#type().map_err(refused)?;
        // The family of the address is that of the socket, bound or not.
        let family = socket.local_addr().map_or(Domain::UNIX, |address| address.domain());
        let io = Io::socket(socket).map_err(refused)?;
        self.set_io(io)?;
        self.state().family_and_type.set(Some((family, kind)));
        Ok(())
    }

    /// Allows the address to be bound again while old connections to it die away (`SO_REUSEADDR`).
    /// That it cannot be set is no error.
    pub fn set_reuse_addr(&self) {
        let _ = self.with_socket(|socket| socket.set_reuse_address(true));
    }

    /// Gives `f` the socket, for what a channel has no method for: options, for example.
    ///
    /// # Errors
    ///
    /// [`ChannelError::NotOpen`], [`ChannelError::NotSocket`].
    ///
    /// ```
    /// use async_proc::channel::{Channel, ChannelHandler, Domain, Type};
    ///
    /// struct Quiet;
    /// impl ChannelHandler for Quiet {}
    ///
    /// let channel = Channel::new(Quiet);
    /// channel.create_socket(Domain::IPV4, Type::STREAM)?;
    /// channel.with_socket(|socket| socket.set_tcp_nodelay(true))??;
    /// # channel.close()?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn with_socket<R>(&self, f: impl FnOnce(&Socket) -> R) -> Result<R, Error> {
        let operation = Operation::Address;
        match &*self.io(operation)? {
            Io::Socket { socket, .. } => Ok(f(socket)),
            Io::File(_) => Err(ChannelError::NotSocket { operation }.into()),
        }
    }
}
