//! Socket options that are more than on or off.

use std::io;
use std::time::Duration;

use socket2::{Domain, Socket, TcpKeepalive};

use super::{AsyncSocket, Operation};
use crate::Error;

/// How an idle connection is probed: see [`AsyncSocket::set_keepalive`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Keepalive {
    /// How long the connection is idle before it is first probed; whole seconds, at least one.
    pub idle: Option<Duration>,
    /// How long after each probe the next one is sent; whole seconds, at least one.
    pub interval: Option<Duration>,
    /// How many probes stay unanswered before the connection counts as lost.
    pub retries: Option<u32>,
}

/// # Options
///
/// Those that are on or off are [`SockOpt`](super::SockOpt)s. Of the others, what is set may be
/// rounded or limited by the operating system, and is read as the system has it. Each fails with
/// [`SocketError::Os`](super::SocketError::Os), which names the option, if this socket or this
/// operating system does not have it.
impl AsyncSocket {
    /// Sets how many bytes the operating system keeps that were received and not read yet
    /// (`SO_RCVBUF`). Linux doubles the number.
    ///
    /// ```
    /// use async_proc::net::AsyncSocket;
    ///
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_recv_buffer_size(64 * 1024)?;
    /// assert!(socket.recv_buffer_size()? >= 64 * 1024);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See above; and so for all of these.
    #[doc(alias = "SO_RCVBUF")]
    pub fn set_recv_buffer_size(&self, bytes: usize) -> Result<(), Error> {
        self.tune("SO_RCVBUF", |socket| socket.set_recv_buffer_size(bytes))
    }

    /// How many bytes the operating system keeps that were received and not read yet.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// assert!(socket.recv_buffer_size()? > 0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    pub fn recv_buffer_size(&self) -> Result<usize, Error> {
        self.tune("SO_RCVBUF", |socket| socket.recv_buffer_size())
    }

    /// Sets how many bytes the operating system takes over that it cannot send yet (`SO_SNDBUF`).
    /// Linux doubles the number.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_send_buffer_size(32 * 1024)?;
    /// // Linux counts its own needs too.
    /// assert!(socket.send_buffer_size()? >= 32 * 1024);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[doc(alias = "SO_SNDBUF")]
    pub fn set_send_buffer_size(&self, bytes: usize) -> Result<(), Error> {
        self.tune("SO_SNDBUF", |socket| socket.set_send_buffer_size(bytes))
    }

    /// How many bytes the operating system takes over that it cannot send yet.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// assert!(socket.send_buffer_size()? > 0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    pub fn send_buffer_size(&self) -> Result<usize, Error> {
        self.tune("SO_SNDBUF", |socket| socket.send_buffer_size())
    }

    /// Sets how long [closing](Self::close) the socket goes on sending what was not sent yet
    /// (`SO_LINGER`), in whole seconds. Zero ends the connection with a reset. `None`, which is how it
    /// begins, has the operating system send it for as long as it takes.
    ///
    /// With a time other than zero, closing blocks the thread: a
    /// [half-close](Self::shutdown) and a read to the end is the better way.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// # let listener = AsyncSocket::listener("127.0.0.1:0")?;
    /// # let client = wait_for(AsyncSocket::dial(listener.local_addr()?))?;
    /// # let server = wait_for(listener.accept())?;
    /// use std::time::Duration;
    ///
    /// // Closing resets the connection: nothing is waited for, and what has not been sent is lost.
    /// client.set_linger(Some(Duration::ZERO))?;
    /// assert_eq!(client.linger()?, Some(Duration::ZERO));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[doc(alias = "SO_LINGER")]
    pub fn set_linger(&self, time: Option<Duration>) -> Result<(), Error> {
        self.tune("SO_LINGER", |socket| socket.set_linger(time))
    }

    /// How long closing the socket goes on sending.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// assert_eq!(AsyncSocket::tcp()?.linger()?, None);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    pub fn linger(&self) -> Result<Option<Duration>, Error> {
        self.tune("SO_LINGER", |socket| socket.linger())
    }

    /// Has the connection probed when it is idle, as the parameters say: those that are `None` stay as
    /// they are. Turns [`SockOpt::KeepAlive`](super::SockOpt::KeepAlive) on.
    ///
    /// ```
    /// use async_proc::net::{AsyncSocket, Keepalive, SockOpt};
    /// use std::time::Duration;
    ///
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_keepalive(Keepalive { idle: Some(Duration::from_secs(60)), ..Keepalive::default() })?;
    /// assert!(socket.get_sock_opt(SockOpt::KeepAlive)?);
    /// # #[cfg(unix)]
    /// assert_eq!(socket.keepalive()?.idle, Some(Duration::from_secs(60)));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[doc(alias("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"))]
    pub fn set_keepalive(&self, keepalive: Keepalive) -> Result<(), Error> {
        let mut parameters = TcpKeepalive::new();
        if let Some(idle) = keepalive.idle {
            parameters = parameters.with_time(idle);
        }
        if let Some(interval) = keepalive.interval {
            parameters = parameters.with_interval(interval);
        }
        if let Some(retries) = keepalive.retries {
            parameters = parameters.with_retries(retries);
        }
        self.tune("TCP_KEEPIDLE", |socket| socket.set_tcp_keepalive(&parameters))
    }

    /// How the connection is probed when it is idle, if that is on.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_keepalive(async_proc::net::Keepalive { retries: Some(3), ..Default::default() })?;
    /// assert_eq!(socket.keepalive()?.retries, Some(3));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[cfg(unix)]
    pub fn keepalive(&self) -> Result<Keepalive, Error> {
        self.tune("TCP_KEEPIDLE", |socket| {
            Ok(Keepalive {
                idle: Some(socket.tcp_keepalive_time()?),
                interval: Some(socket.tcp_keepalive_interval()?),
                retries: Some(socket.tcp_keepalive_retries()?),
            })
        })
    }

    /// Sets how long what was sent may stay unacknowledged before the connection counts as lost, in
    /// milliseconds (`TCP_USER_TIMEOUT`). `None` leaves it to the operating system: a quarter of an
    /// hour, typically.
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    #[doc(alias = "TCP_USER_TIMEOUT")]
    pub fn set_user_timeout(&self, time: Option<Duration>) -> Result<(), Error> {
        self.tune("TCP_USER_TIMEOUT", |socket| socket.set_tcp_user_timeout(time))
    }

    /// How long what was sent may stay unacknowledged.
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn user_timeout(&self) -> Result<Option<Duration>, Error> {
        self.tune("TCP_USER_TIMEOUT", |socket| socket.tcp_user_timeout())
    }

    /// Sets how many routers a packet may pass: its time to live, or hop limit (`IP_TTL`,
    /// `IPV6_UNICAST_HOPS`). From 1 to 255.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// let socket = AsyncSocket::tcp()?;
    /// socket.set_ttl(1)?; // no further than the local network
    /// assert_eq!(socket.ttl()?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[doc(alias("IP_TTL", "IPV6_UNICAST_HOPS", "hop_limit"))]
    pub fn set_ttl(&self, hops: u32) -> Result<(), Error> {
        match self.is_v6() {
            true => self.tune("IPV6_UNICAST_HOPS", |socket| socket.set_unicast_hops_v6(hops)),
            false => self.tune("IP_TTL", |socket| socket.set_ttl_v4(hops)),
        }
    }

    /// How many routers a packet may pass.
    ///
    /// ```
    /// # use async_proc::{net::AsyncSocket, prelude::*};
    /// assert!(AsyncSocket::tcp()?.ttl()? > 0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    pub fn ttl(&self) -> Result<u32, Error> {
        match self.is_v6() {
            true => self.tune("IPV6_UNICAST_HOPS", |socket| socket.unicast_hops_v6()),
            false => self.tune("IP_TTL", |socket| socket.ttl_v4()),
        }
    }

    /// Sets the type of service, or traffic class, that packets are marked with (`IP_TOS`,
    /// `IPV6_TCLASS`): the upper six bits are the DSCP. From 0 to 255.
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    #[doc(alias("IP_TOS", "IPV6_TCLASS", "dscp"))]
    pub fn set_tos(&self, tos: u32) -> Result<(), Error> {
        match self.is_v6() {
            true => self.tune("IPV6_TCLASS", |socket| set_traffic_class(socket, tos)),
            false => self.tune("IP_TOS", |socket| socket.set_tos_v4(tos)),
        }
    }

    /// The type of service, or traffic class, that packets are marked with.
    ///
    /// # Errors
    ///
    /// As [`set_recv_buffer_size`](Self::set_recv_buffer_size).
    pub fn tos(&self) -> Result<u32, Error> {
        match self.is_v6() {
            true => self.tune("IPV6_TCLASS", traffic_class),
            false => self.tune("IP_TOS", |socket| socket.tos_v4()),
        }
    }

    /// Reads or sets an option.
    pub(super) fn tune<T>(
        &self,
        option: &'static str,
        call: impl FnOnce(&Socket) -> io::Result<T>,
    ) -> Result<T, Error> {
        self.with(Operation::Tune(option), |wire| call(wire))
    }

    pub(super) fn is_v6(&self) -> bool {
        self.kind().domain == Some(Domain::IPV6)
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn set_traffic_class(socket: &Socket, class: u32) -> io::Result<()> {
    socket.set_tclass_v6(class)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn traffic_class(socket: &Socket) -> io::Result<u32> {
    socket.tclass_v6()
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn set_traffic_class(_: &Socket, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn traffic_class(_: &Socket) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}
