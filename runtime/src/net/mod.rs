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
//! # How it is built
//!
//! An operation is an *attempt* that the reactor makes at once, and again whenever the socket is
//! ready, until it asks neither to wait nor to let others go first (`stop`). The attempts of a
//! read (`reader`) keep all they have received in the socket's `buffer`, so that a read may be
//! given up at any time. What moves the bytes is the `wire`. Where lines end is decided by pure functions over bytes (`lines`).

mod accept;
mod address;
mod buffer;
mod connect;
mod endpoint;
mod error;
mod lines;
mod option;
mod os;
mod payload;
mod read;
mod read_line;
mod reader;
mod resolve;
mod send;
mod socket;
mod stop;
mod wire;

pub use endpoint::{Endpoint, IntoEndpoint};
pub use error::{Operation, SocketError};
pub use option::SockOpt;
pub use payload::Payload;
pub use socket::AsyncSocket;
pub use socket2::{Domain, Protocol, Type};

use socket::Settings;
use stop::Stop;
