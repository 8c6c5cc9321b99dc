//! What sockets of every kind have in common: those of [`net`](crate::net), and descriptors that are
//! registered by hand ([`fd`](super::fd)).
//!
//! Both make the same system calls (`os`) and give up an attempt for the same reasons (`stop`); what
//! is received ahead of time stands in the same `buffer`, and the same rules say where a line ends
//! (`lines`). So a [`SocketError`] is the one error of both.

mod buffer;
mod connect;
mod endpoint;
mod error;
mod flags;
mod lines;
mod option;
mod payload;
mod reader;
mod resolve;
mod send;
mod stop;
mod stream;
#[cfg(unix)]
mod unix_addr;

pub(crate) mod os;

pub(crate) use buffer::Buffer;
pub(crate) use connect::{Connecting, first};
pub use endpoint::{Endpoint, IntoEndpoint};
pub use error::{Operation, SocketError};
pub use flags::SocketFlags;
pub(crate) use lines::{Line, text};
pub use option::SockOpt;
pub use payload::Payload;
pub(crate) use reader::{Reader, Reading};
pub(crate) use resolve::resolve;
pub(crate) use send::send_rest;
pub use socket2::{Domain, Protocol, SockAddr, Type};
#[cfg(feature = "tls")]
pub(crate) use stop::OfStream;
pub(crate) use stop::Stop;
pub(crate) use stream::Stream;
#[cfg(unix)]
pub use unix_addr::UnixAddr;
