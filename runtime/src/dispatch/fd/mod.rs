//! Descriptors that are registered by hand: [`AsyncFd`], the raw operations on sockets, and readiness
//! as the original has it.
//!
//! ```
//! use async_proc::dispatch::{self, add_read, close_socket, register};
//! use std::io::Write;
//! use std::os::unix::net::UnixStream;
//!
//! let (ours, mut theirs) = UnixStream::pair()?;
//! let fd = register(ours)?;
//! add_read(fd, |fd| {
//!     println!("{fd} can be read");
//!     true // done: stop watching
//! })?;
//! theirs.write_all(b"x")?;
//! dispatch::run_forever()?;
//! close_socket(fd)?;
//! # Ok::<(), async_proc::Error>(())
//! ```
//!
//! # Operations
//!
//! [`recv`], [`recv_into`], [`recv_line`], [`send`], [`send_to`], [`recv_from_into`], [`accept`],
//! [`accept_addr`] and [`connect`] work on a socket that is registered; [`dial`] and
//! [`create_async_native_socket`] make one. [`net::AsyncSocket`](crate::net::AsyncSocket) is the same
//! with a buffer, as a type that closes itself.
//!
//! - The system call is tried at once, and only waits if it would block; an operation that need not
//!   wait has finished when its function returns. (In the original all of them wait.)
//! - Any number may be pending. Those of one direction are served in the order in which they were made.
//! - Cancelling takes an operation back, and what had been received is for the next; only of a send a
//!   part may be gone.
//! - How a lost connection is taken is for the [flags](SocketFlags) to say, in the functions that end
//!   in `_with`.
//! - What the system refuses is a [`SocketError`] that names the operation and the descriptor.
//! - Whoever gets a descriptor from an operation closes it: dropping the number does not.
//!
//! # Numbers that are not mistaken
//!
//! An [`AsyncFd`] is a number and can be copied, like the original's. It also carries when it was
//! registered, so that one that was closed is never taken for a later descriptor of the same number:
//! whatever is asked of it then is an error that names it.

mod accept;
mod connect;
mod create;
mod datagram;
mod dial;
mod handle;
mod receive;
mod receive_line;
mod register;
mod registered;
mod send;
mod table;
mod watch;

pub use super::socket::{
    Domain, Endpoint, IntoEndpoint, Operation, Payload, Protocol, SockAddr, SocketError,
    SocketFlags, Type,
};
pub use accept::{accept, accept_addr, accept_addr_with, accept_with};
pub use connect::connect;
pub use create::create_async_native_socket;
pub use datagram::{recv_from_into, recv_from_into_with, send_to};
pub use dial::{dial, dial_with};
pub use handle::AsyncFd;
pub use receive::{recv, recv_into, recv_into_with, recv_with};
pub use receive_line::{recv_line, recv_line_bytes, recv_line_bytes_with, recv_line_with};
pub use register::{
    close_socket, max_descriptors, register, register_borrowed, set_inheritable, unregister,
};
pub use send::{send, send_with};
pub(super) use table::Table;
pub use watch::{Watch, add_read, add_write};
