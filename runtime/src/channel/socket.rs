//! What is done with the socket of a channel before bytes go through it, and after.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket};

use super::error::{is_no_connection, is_no_room};
use super::events::Event;
use super::io::{Io, uninterrupted};
use super::state::Ended;
use super::{Channel, ChannelError, IntoAddress, Operation, address};
use crate::{Error, sleep_async};

/// How long a listener waits for room before it tries again.
const REST: Duration = Duration::from_millis(50);

impl Channel {
    /// Binds the socket to an address of this machine. Port 0 means any that is free; the
    /// [`address`](Channel::address) says which one it is then.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: the address is in use, for example, or there is none of that name.
    pub fn bind(&self, address: impl IntoAddress) -> Result<(), Error> {
        let (socket, address) = self.addressed(Operation::Bind, address)?;
        let bound = with(&socket, Operation::Bind, |socket| socket.bind(&address))?;
        bound.map_err(|error| ChannelError::os(Operation::Bind, address::text(&address), error))?;
        *self.state().address.borrow_mut() = Some(self.local_address()?);
        Ok(())
    }

    /// Makes the channel accept connections, with room for `backlog` that wait; the system has a
    /// limit of its own.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: the socket is connected, for example.
    pub fn listen(&self, backlog: u16) -> Result<(), Error> {
        let io = self.io(Operation::Listen)?;
        let listening = with(&io, Operation::Listen, |socket| socket.listen(backlog.into()))?;
        listening
            .map_err(|error| ChannelError::os(Operation::Listen, self.address_text(), error))?;
        self.state().accepting.set(true);
        Ok(())
    }

    /// Begins to connect. [`handle_connect`](super::ChannelHandler::handle_connect) is called when
    /// it is done: in a later pass, even if it is done at once (unix sockets, datagrams), where the
    /// original calls it from in here.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: it cannot be begun. The channel is closed then. That it fails later, for
    /// example because it is refused, is told to
    /// [`handle_error`](super::ChannelHandler::handle_error).
    pub fn connect(&self, address: impl IntoAddress) -> Result<(), Error> {
        let (io, address) = self.addressed(Operation::Connect, address)?;
        let state = self.state();
        state.connected.set(false);
        *state.address.borrow_mut() = Some(address.clone());
        let connected =
            with(&io, Operation::Connect, |socket| uninterrupted(|| socket.connect(&address)))?;
        match connected {
            Ok(()) => {
                state.connecting.set(true);
                self.owe(Event::Connect);
                Ok(())
            }
            Err(error) if error.raw_os_error() == Some(libc::EISCONN) => {
                state.connecting.set(true);
                self.owe(Event::Connect);
                Ok(())
            }
            Err(error) if is_on_its_way(&error, &address) => {
                state.connecting.set(true);
                Ok(())
            }
            Err(error) => {
                drop(self.take_io());
                Err(ChannelError::os(Operation::Connect, address::text(&address), error))
            }
        }
    }

    /// Accepts a connection: its socket, which [`from_socket`](Channel::from_socket) takes, and the
    /// address of the peer. `None` if there is none after all.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]. If the reason is that there are no descriptors or no memory left, the
    /// channel waits for a moment (50 ms) before it is readable again, for the connection stays.
    pub fn accept(&self) -> Result<Option<(Socket, SockAddr)>, Error> {
        let io = self.io(Operation::Accept)?;
        match with(&io, Operation::Accept, |socket| uninterrupted(|| socket.accept()))? {
            Ok(accepted) => Ok(Some(accepted)),
            Err(error) if is_no_connection(&error) => Ok(None),
            Err(error) => {
                if is_no_room(&error) {
                    *self.state().rest.borrow_mut() = Some(sleep_async(REST));
                }
                Err(ChannelError::os(Operation::Accept, self.address_text(), error))
            }
        }
    }

    /// The address that the socket is bound to.
    ///
    /// # Errors
    ///
    /// [`ChannelError::NotOpen`], [`ChannelError::NotSocket`], [`ChannelError::Os`].
    pub fn local_address(&self) -> Result<SockAddr, Error> {
        let io = self.io(Operation::Address)?;
        let address = with(&io, Operation::Address, |socket| socket.local_addr())?;
        address.map_err(|error| ChannelError::os(Operation::Address, "", error))
    }

    /// Closes the channel, and takes it out of its map: no handler is called for it any more. It may
    /// get another socket later. Closing it again does nothing.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`]: closing a file failed. It is closed nevertheless.
    pub fn close(&self) -> Result<(), Error> {
        let Some(io) = self.take_io() else { return Ok(()) };
        match &*io {
            Io::Socket { .. } => Ok(()), // By dropping it.
            Io::File(file) => match file.close() {
                Err(error) if error.raw_os_error() != Some(libc::EBADF) => {
                    Err(ChannelError::os(Operation::Close, "", error))
                }
                _ => Ok(()),
            },
        }
    }

    /// What comes of a connection that was on its way. The handler is told if it is made.
    ///
    /// # Errors
    ///
    /// It was not made, or the handler's own. If it was not made the channel is at its end.
    pub(super) fn finish_connecting(&self) -> Result<(), Error> {
        let (state, serial) = (self.state(), self.serial());
        if let Err(error) = self.io(Operation::Connect)?.take_error() {
            state.connecting.set(false);
            self.end(Ended::Everything);
            return Err(ChannelError::os(Operation::Connect, self.address_text(), error));
        }
        self.tell(Event::Connect)?;
        // Unless the handler has closed it.
        if self.serial() == serial {
            state.connected.set(true);
            state.connecting.set(false);
        }
        Ok(())
    }

    fn addressed(
        &self,
        operation: Operation,
        address: impl IntoAddress,
    ) -> Result<(Rc<Io>, SockAddr), Error> {
        let io = self.io(operation)?;
        let family = self.family_and_type().map_or(Domain::IPV4, |(family, _)| family);
        let address = address.into_address(family);
        Ok((io, address.map_err(|error| ChannelError::os(operation, "", error))?))
    }
}

fn with<R>(io: &Io, operation: Operation, f: impl FnOnce(&Socket) -> R) -> Result<R, Error> {
    match io {
        Io::Socket { socket, .. } => Ok(f(socket)),
        Io::File(_) => Err(ChannelError::NotSocket { operation }.into()),
    }
}

/// Whether a connection could not be made at once, and is being made. A unix socket has no such
/// state: there it means that the peer has no room.
fn is_on_its_way(error: &io::Error, address: &SockAddr) -> bool {
    match error.raw_os_error() {
        Some(libc::EINPROGRESS | libc::EALREADY) => true,
        Some(libc::EWOULDBLOCK) => !address.is_unix(),
        _ => false,
    }
}
