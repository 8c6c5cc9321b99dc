//! Unix sockets: connections and datagrams between processes of one machine.

use std::cell::Cell;
use std::io;
use std::rc::{Rc, Weak};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::kind::Kind;
use super::socket::{Settings, Shared};
use super::{AsyncSocket, Datagram, Operation, Payload, SocketError, Stop, UnixAddr, os};
use crate::dispatch::reactor::Direction;
use crate::dispatch::socket::Connecting;
use crate::{Error, Future, sleep_async};

/// How soon an operation that found another socket's queue full is tried again, at first and at last.
const RETRY: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// # Unix sockets
///
/// They connect processes of one machine, and are otherwise as those of the internet. Their addresses
/// are [`UnixAddr`]s: paths or, on Linux, abstract names.
impl AsyncSocket {
    /// Makes a unix socket for connections.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn unix() -> Result<Self, Error> {
        Self::new(Domain::UNIX, Type::STREAM, None)
    }

    /// Makes a unix socket for datagrams. They arrive whole and in order, and a send waits where the
    /// receiver has no room.
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn unix_datagram() -> Result<Self, Error> {
        Self::new(Domain::UNIX, Type::DGRAM, None)
    }

    /// Makes two unix sockets that are connected to each other.
    ///
    /// ```
    /// use async_proc::{dispatch::wait_for, net::AsyncSocket};
    ///
    /// let (one, other) = AsyncSocket::unix_pair()?;
    /// wait_for(one.send("hello\n"))?;
    /// assert_eq!(wait_for(other.recv_line())?, "hello");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn unix_pair() -> Result<(Self, Self), Error> {
        pair(Type::STREAM)
    }

    /// Makes two unix sockets for datagrams that are connected to each other.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let (here, there) = AsyncSocket::unix_datagram_pair()?;
    /// wait_for(here.send("a message"))?;
    /// assert_eq!(wait_for(there.unbuffered().recv(100))?, b"a message");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`tcp`](Self::tcp).
    pub fn unix_datagram_pair() -> Result<(Self, Self), Error> {
        pair(Type::DGRAM)
    }

    /// Makes a unix socket that listens. See [`bind_unix`](Self::bind_unix) for the file.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let path = std::env::temp_dir().join(format!("listening-{}", std::process::id()));
    /// let listener = AsyncSocket::unix_listener(&*path)?;
    /// assert!(wait_for(AsyncSocket::dial_unix(&*path)).is_ok());
    /// // The file stays until it is removed.
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind_unix`](Self::bind_unix).
    pub fn unix_listener(address: impl Into<UnixAddr>) -> Result<Self, Error> {
        let socket = Self::unix()?;
        socket.bind_unix(address)?;
        socket.listen()?;
        Ok(socket)
    }

    /// Binds the socket to a path, where it makes a file of the kind "socket", or to an abstract name.
    ///
    /// The file is the address and no more: it stays when the socket is closed, and as long as it is
    /// there nobody can be bound to it again. A server removes it before it binds, if nobody answers
    /// there, or when it ends. Who may write to the file may connect. A relative path is one in the
    /// current directory, and a path has some hundred bytes at most.
    ///
    /// ```
    /// use async_proc::{dispatch::wait_for, net::AsyncSocket};
    ///
    /// let path = std::env::temp_dir().join(format!("async-proc-doc-{}", std::process::id()));
    /// let server = AsyncSocket::unix()?;
    /// server.bind_unix(&path)?;
    /// server.listen()?;
    ///
    /// let client = AsyncSocket::unix()?;
    /// wait_for(client.connect_unix(&path))?;
    /// assert_eq!(client.peer_unix_addr()?.as_path(), Some(path.as_path()));
    /// std::fs::remove_file(&path)?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Unix`], which names the address: the file is there already
    /// ([`AddrInUse`](std::io::ErrorKind::AddrInUse)), for example, or the path is too long.
    #[doc(alias = "bindUnix")]
    pub fn bind_unix(&self, address: impl Into<UnixAddr>) -> Result<(), Error> {
        let address = address.into();
        let bind = |socket: &Socket| address.to_os().and_then(|os| socket.bind(&os));
        self.with(Operation::BindUnix, |socket| Ok(bind(socket)))?
            .map_err(|source| SocketError::unix(Operation::BindUnix, &address, source).into())
    }

    /// Connects to the socket that is bound to `address`. Where the queue of one that listens is full,
    /// it is tried again until there is room, as a blocking call would wait.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let path = std::env::temp_dir().join(format!("connected-{}", std::process::id()));
    /// let listener = AsyncSocket::unix_listener(&*path)?;
    /// let client = AsyncSocket::unix()?;
    /// wait_for(client.connect_unix(&*path))?;
    /// assert!(wait_for(listener.accept()).is_ok());
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SocketError::Unix`], which names the address: there is no such file, for example, or nobody
    /// listens there any more ([`ConnectionRefused`](std::io::ErrorKind::ConnectionRefused)).
    #[doc(alias = "connectUnix")]
    #[track_caller]
    pub fn connect_unix(&self, address: impl Into<UnixAddr>) -> Future<()> {
        let address = address.into();
        let os = match address.to_os() {
            Ok(os) => os,
            Err(source) => {
                return Future::failed_with(SocketError::unix(
                    Operation::ConnectUnix,
                    &address,
                    source,
                ));
            }
        };
        let mut connecting = Connecting::to(os.clone());
        let mut pause = Pause::of(self, Direction::Write);
        self.submit(Direction::Write, Operation::ConnectUnix, move |socket| {
            connecting.attempt(socket).map_err(|stop| match stop {
                // The queue of the listener is full, and no event will tell when it is not.
                Stop::Os(source) if source.kind() == io::ErrorKind::WouldBlock => {
                    connecting = Connecting::to(os.clone());
                    pause.begin()
                }
                Stop::Os(source) => {
                    SocketError::unix(Operation::ConnectUnix, &address, source).into()
                }
                other => other,
            })
        })
    }

    /// Makes a unix socket and connects it.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let path = std::env::temp_dir().join(format!("dialled-{}", std::process::id()));
    /// let listener = AsyncSocket::unix_listener(&*path)?;
    /// let client = wait_for(AsyncSocket::dial_unix(&*path))?;
    /// let server = wait_for(listener.accept())?;
    /// wait_for(client.send("hello\n"))?;
    /// assert_eq!(wait_for(server.recv_line())?, "hello");
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect_unix`](Self::connect_unix).
    #[track_caller]
    pub fn dial_unix(address: impl Into<UnixAddr>) -> Future<AsyncSocket> {
        let address = address.into();
        Future::from_std(async move {
            let socket = AsyncSocket::unix()?;
            socket.connect_unix(address).await?;
            Ok(socket)
        })
    }

    /// Sends a datagram to the unix socket that is bound to `address`. Where that has no room, it is
    /// tried again until it has, and later sends wait.
    ///
    /// # Errors
    ///
    /// [`SocketError::Unix`], which names the address: nobody is there, for example.
    /// [`SocketError::NotDatagrams`]: the socket carries a stream.
    #[track_caller]
    pub fn send_to_unix(&self, address: impl Into<UnixAddr>, data: impl Payload) -> Future<()> {
        let address = address.into();
        let os = address.to_os();
        let failed = move |source| SocketError::unix(Operation::SendToUnix, &address, source);
        let to = match os {
            Ok(to) => to,
            Err(source) => return Future::failed_with(failed(source)),
        };
        let mut pause = Pause::of(self, Direction::Write);
        self.send_message(Operation::SendToUnix, data, move |wire, bytes| {
            os::send_to(wire, bytes, &to).map_err(|source| match Stop::from(source) {
                Stop::Os(source) => failed(source).into(),
                // That another socket has room is no event of this one.
                Stop::Wait => pause.begin(),
                other => other,
            })
        })
    }

    /// [`recv_from`](Self::recv_from) for a unix socket.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    #[track_caller]
    pub fn recv_from_unix(&self, size: usize) -> Future<Datagram<UnixAddr>> {
        if self.kind().domain != Some(Domain::UNIX) {
            return Future::failed_with(SocketError::os(Operation::ReceiveFrom, not_unix()));
        }
        // Of a sender without a name the system tells nothing, not even that it is a unix socket.
        self.datagram(size, |from| Ok(UnixAddr::of(&from).unwrap_or(UnixAddr::Unnamed)))
    }

    /// The address a unix socket is bound to.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: it is no unix socket.
    pub fn local_unix_addr(&self) -> Result<UnixAddr, Error> {
        self.with(Operation::LocalAddr, |socket| unix(socket.local_addr()?))
    }

    /// The address a unix socket is connected to; a client's is most often unnamed.
    ///
    /// # Errors
    ///
    /// [`SocketError::Os`]: it is not connected, or no unix socket.
    pub fn peer_unix_addr(&self) -> Result<UnixAddr, Error> {
        self.with(Operation::PeerAddr, |socket| unix(socket.peer_addr()?))
    }

    /// [`accept`](Self::accept) that also gives the address of the peer of a unix socket.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let path = std::env::temp_dir().join(format!("accepted-{}", std::process::id()));
    /// let listener = AsyncSocket::unix_listener(&*path)?;
    /// let client = wait_for(AsyncSocket::dial_unix(&*path))?;
    /// let (_server, address) = wait_for(listener.accept_unix())?;
    /// assert_eq!(address, client.local_unix_addr()?);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    #[track_caller]
    pub fn accept_unix(&self) -> Future<(AsyncSocket, UnixAddr)> {
        let listener = self.clone();
        self.submit(Direction::Read, Operation::Accept, move |socket| {
            if listener.kind().domain != Some(Domain::UNIX) {
                return Err(not_unix().into());
            }
            let (accepted, address) = listener.next_connection(socket)?;
            Ok((accepted, unix(address)?))
        })
    }
}

fn pair(kind: Type) -> Result<(AsyncSocket, AsyncSocket), Error> {
    let (one, other) = Socket::pair(Domain::UNIX, kind, None)
        .map_err(|source| SocketError::os(Operation::Create, source))?;
    let adopt =
        |socket| AsyncSocket::adopt(socket, Kind::new(Domain::UNIX, kind), Settings::default());
    Ok((adopt(one)?, adopt(other)?))
}

/// Has an operation tried again after a while, where no event tells when it could go on.
struct Pause {
    socket: Weak<Shared>,
    direction: Direction,
    length: Duration,
    /// It has begun and not ended.
    begun: Rc<Cell<bool>>,
}

impl Pause {
    fn of(socket: &AsyncSocket, direction: Direction) -> Pause {
        let socket = Rc::downgrade(&socket.shared);
        Pause { socket, direction, length: RETRY.0, begun: Rc::default() }
    }

    /// Begins one, if none has; the next is twice as long.
    fn begin(&mut self) -> Stop {
        if !self.begun.replace(true) {
            let nap = sleep_async(self.length);
            self.length = (self.length * 2).min(RETRY.1);
            let (socket, direction) = (self.socket.clone(), self.direction);
            let begun = self.begun.clone();
            nap.add_callback(move |nap| {
                begun.set(false);
                // It fails if the dispatcher is closed, and then everything on it has failed.
                if !nap.failed()
                    && let Some(shared) = socket.upgrade()
                    && let Some(source) = (AsyncSocket { shared }).source()
                {
                    source.again(direction);
                }
            });
        }
        Stop::Wait
    }
}

fn not_unix() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "it is not a unix socket")
}

fn unix(address: SockAddr) -> io::Result<UnixAddr> {
    UnixAddr::of(&address).ok_or_else(not_unix)
}
