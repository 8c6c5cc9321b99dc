//! From programs in Nim and Python to this crate: what is called how here, of the names of Nim's
//! [`asyncdispatch`] and [`asyncnet`] and of Python's [`asyncore`].
//!
//! Their original names find ours in the search of these pages, too. Conventions are Rust's:
//!
//! - a time is a [`Duration`](std::time::Duration), not a number of milliseconds or seconds;
//! - what raised an exception gives a `Result`, or a [`Future`](crate::Future) that fails, with an
//!   [`Error`](crate::Error) that says what was at fault;
//! - a handler that was assigned to a field is a closure, a handler that was overridden is a method of a
//!   trait;
//! - text that comes from the network is bytes unless a name says otherwise.
//!
//! A program in Nim,
//!
//! ```nim
//! proc processClient(client: AsyncSocket) {.async.} =
//!   while true:
//!     let line = await client.recvLine()
//!     if line.len == 0: break
//!     for c in clients:
//!       await c.send(line & "\c\L")
//! ```
//!
//! and the same here:
//!
//! ```
//! use async_proc::net::AsyncSocket;
//! use async_proc::prelude::*;
//! use std::{cell::RefCell, rc::Rc};
//!
//! type Clients = Rc<RefCell<Vec<AsyncSocket>>>;
//!
//! #[async_proc]
//! fn process_client(client: AsyncSocket, clients: Clients) -> Future<()> {
//!     loop {
//!         let line = client.recv_line().await?;
//!         if line.is_empty() {
//!             break;
//!         }
//!         let everybody = clients.borrow().clone();
//!         for c in everybody {
//!             c.send(format!("{line}\r\n")).await?;
//!         }
//!     }
//! }
//! ```

#[doc = include_str!("asyncdispatch.md")]
pub mod asyncdispatch {}

#[doc = include_str!("asyncnet.md")]
#[cfg_attr(feature = "tls", doc = include_str!("asyncnet-tls.md"))]
pub mod asyncnet {}

#[doc = include_str!("asyncore.md")]
pub mod asyncore {}
