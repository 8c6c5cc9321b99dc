//! Sockets whose operations are futures.
//!
//! [`AsyncSocket`] is the one type: a listener, a connection, whatever it was made to be. Its
//! operations give a [`Future`](crate::Future) at once and go on by themselves; what needs no
//! waiting, such as binding and options, gives a `Result`.
//!
//! ```
//! use async_proc::Future;
//! use async_proc::dispatch::wait_for;
//! use async_proc::net::AsyncSocket;
//!
//! let greeting = Future::from_std(async {
//!     let listener = AsyncSocket::listener("127.0.0.1:0")?;
//!     let arriving = listener.accept();
//!     let client = AsyncSocket::dial(listener.local_addr()?).await?;
//!     let server = arriving.await?;
//!
//!     server.send("hello\r\n").await?;
//!     client.recv_line().await
//! });
//! assert_eq!(wait_for(greeting)?, "hello");
//! # Ok::<(), async_proc::Error>(())
//! ```
//!
//! # What a connection costs
//!
//! One that is idle, with a proc that waits for its next line, takes 1016 bytes of the process's memory
//! on 64-bit Linux: the socket, the pending read, the proc and its futures. Its buffer, of 4 KiB or
//! more, is there only while there is something in it: whoever waits with an empty one lends it to
//! the socket that receives next. What the operating system holds for a connection comes on top. That
//! is measured with ten thousand idle connections, a hundred of which then talk, by
//!
//! ```text
//! cargo test -p async-proc --test net_idle -- --nocapture
//! ```
//!
//! One with TLS that has talked and is idle takes about 9 KB, most of it rustls's, as measured by
//! `cargo test -p async-proc-tls-tests --test idle -- --nocapture`.
//!
//! # How it is built
//!
//! An operation is an *attempt* that the reactor makes at once, and again whenever the socket is
//! ready, until it asks neither to wait nor to let others go first. The attempts of a read keep all
//! they have received in the socket's buffer, so that a read may be given up at any time. Those that
//! [borrow](borrowed) are tried by their own futures, when it is their turn. What moves the bytes is
//! the `wire`. What an attempt consists of is shared with descriptors that are registered by hand:
//! [`dispatch::socket`](crate::dispatch::socket).

mod accept;
mod address;
pub mod borrowed;
mod close;
mod connect;
mod create;
#[cfg(unix)]
mod credentials;
mod datagram;
#[cfg(feature = "futures-io")]
mod futures_io;
#[cfg(feature = "hyper")]
mod hyper_io;
mod kind;
mod line_into;
mod local;
mod multicast;
mod options;
#[cfg(any(feature = "futures-io", feature = "hyper"))]
mod polled;
mod read;
mod read_line;
mod send;
mod serve;
mod socket;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(unix)]
mod unix;
mod vectored;
mod wire;

#[cfg(unix)]
pub use crate::dispatch::socket::UnixAddr;
pub use crate::dispatch::socket::{
    Domain, Endpoint, IntoEndpoint, Operation, Payload, Protocol, SockAddr, SockOpt, SocketError,
    Type,
};
#[cfg(unix)]
pub use credentials::PeerCredentials;
pub use datagram::Datagram;
pub use local::{IntoLocalEndpoint, LocalEndpoint};
pub use multicast::Interface;
pub use options::Keepalive;
pub use serve::serve_threads;
pub use socket::AsyncSocket;

use crate::dispatch::socket::{Stop, os};
use wire::Reader;
