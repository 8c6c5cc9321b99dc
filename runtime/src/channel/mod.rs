//! Channels in the style of Python's `asyncore`: sockets whose events are methods of a handler.
//!
//! A [`Channel`] is a socket, or a file, in a [`ChannelMap`]. Its [`ChannelHandler`] has a method
//! for every event, each with a default. [`run_loop`] asks every channel of the map what it wants,
//! waits until one is ready, and calls its handler, until all channels are closed. It runs the
//! thread's [dispatcher](crate::dispatch) meanwhile, and whatever else runs that serves the thread's
//! map: channels and procs mix freely.
//!
//! ```
//! use async_proc::Error;
//! use async_proc::channel::{Channel, ChannelHandler, DEFAULT_TIMEOUT, Domain, Type, run_loop};
//! # use std::io::{Read, Write};
//!
//! /// Fetches a page, and prints it.
//! struct HttpClient {
//!     buffer: Vec<u8>,
//! }
//!
//! impl ChannelHandler for HttpClient {
//!     fn handle_connect(&mut self, _: &Channel) -> Result<(), Error> {
//!         Ok(())
//!     }
//!
//!     fn handle_close(&mut self, channel: &Channel) -> Result<(), Error> {
//!         channel.close()
//!     }
//!
//!     fn handle_read(&mut self, channel: &Channel) -> Result<(), Error> {
//!         print!("{}", String::from_utf8_lossy(&channel.recv(8192)?));
//!         Ok(())
//!     }
//!
//!     fn writable(&mut self, _: &Channel) -> bool {
//!         !self.buffer.is_empty()
//!     }
//!
//!     fn handle_write(&mut self, channel: &Channel) -> Result<(), Error> {
//!         let sent = channel.send(&self.buffer)?;
//!         self.buffer.drain(..sent);
//!         Ok(())
//!     }
//! }
//!
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let address = server.local_addr()?;
//! # let serving = std::thread::spawn(move || -> std::io::Result<()> {
//! #     let mut peer = server.accept()?.0;
//! #     let mut request = [0; 18];
//! #     peer.read_exact(&mut request)?;
//! #     peer.write_all(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
//! # });
//! let client = Channel::new(HttpClient { buffer: b"GET / HTTP/1.0\r\n\r\n".to_vec() });
//! client.create_socket(Domain::IPV4, Type::STREAM)?;
//! client.connect(address)?;
//! run_loop(DEFAULT_TIMEOUT, false, None, None)?;
//! # serving.join().unwrap()?;
//! # Ok::<(), Error>(())
//! ```
//!
//! # Events
//!
//! Events are levels, not edges: a handler that leaves something unread is called again in the next
//! pass, and so is one whose `writable` says yes while there is room. Handlers are called by passes
//! alone, never from inside a method of a channel. What such a method brings about, such as the end
//! of a connection that `recv` finds, is told when the running handler has returned; if none is
//! running, at the start of the next pass, which does not wait then.
//!
//! A handler may do anything to any channel of the map, itself included: a channel that is closed
//! hears of nothing any more, and one that is added is served from the next pass on, also if it has
//! a number that a descriptor had before.
//!
//! # From Python
//!
//! | `asyncore` | here |
//! |---|---|
//! | `dispatcher` and its subclasses | a [`ChannelHandler`], given to [`Channel::new`] or, with a socket, [`Channel::from_socket`] |
//! | `self` in a handler | the handler (`self`), and the `channel` it is given |
//! | exceptions | [`Error`](crate::Error)s and panics, given to `handle_error` |
//! | `dispatcher_with_send`, `file_dispatcher`, `file_wrapper` | [`ChannelWithSend`], [`FileChannel`], [`FileWrapper`] |
//! | `asyncore.loop(timeout, use_poll, map, count)` | [`run_loop`]`(timeout, use_poll, map, count)` |
//! | `poll`, `poll2` | [`poll`], [`poll2`] |
//! | `socket_map`, a `map` of one's own | [`ChannelMap::global`], [`ChannelMap::new`] |
//! | `close_all`, `ExitNow`, `compact_traceback` | [`close_all`], [`ExitNow`], [`compact_traceback`] |
//! | `connected`, `accepting`, `connecting`, `addr` | [`Channel::is_connected`], [`is_accepting`](Channel::is_accepting), [`is_connecting`](Channel::is_connecting), [`address`](Channel::address) |
//! | `self.socket.…` | [`Channel::with_socket`] |
//! | `recv(n, MSG_OOB)`, `send(d, MSG_OOB)` on the socket | [`Channel::recv_out_of_band`], [`send_out_of_band`](Channel::send_out_of_band) |
//! | `ac_in_buffer_size`, `ac_out_buffer_size` | [`Channel::set_in_buffer_size`], [`set_out_buffer_size`](Channel::set_out_buffer_size) |
//!
//! What differs, on purpose: `handle_close` and the `handle_connect` of a connection that is made at
//! once are called after the method that brought them about, not in it. Everything that was received
//! before a hang-up is delivered, in both styles; the end is told once; nothing is called on a
//! channel that a handler has closed; a connection that fails is never told as made, and a `connect`
//! that fails at once leaves the channel closed. Receiving when nothing is there, and an empty datagram, do
//! not close a channel. A listener survives that there are no more descriptors. After
//! [`bind`](Channel::bind) the address is the one that the system gave.
//!
//! # Where it works
//!
//! On Unix. Data out of band are told by `poll(2)`; on systems other than Linux and Android the
//! event queue does not report them by themselves, and they show when other data do.

mod address;
mod compact;
mod error;
mod events;
mod file;
mod file_wrapper;
mod handler;
mod io;
mod kind;
mod make;
mod map;
mod report;
mod round;
mod route;
mod run;
mod socket;
mod state;
mod transfer;
mod with_send;

pub use address::IntoAddress;
pub use compact::compact_traceback;
pub use error::{ChannelError, ExitNow, Operation};
pub use file::FileChannel;
pub use file_wrapper::FileWrapper;
pub use handler::ChannelHandler;
pub use kind::ChannelKind;
pub use map::ChannelMap;
pub use run::{DEFAULT_TIMEOUT, Style, close_all, poll, poll2, run_loop};
pub use socket2::{Domain, SockAddr, Socket, Type};
pub use state::Channel;
pub use with_send::ChannelWithSend;

#[cfg(test)]
mod tests;
