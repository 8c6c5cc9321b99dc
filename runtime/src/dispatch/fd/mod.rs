//! Descriptors that are registered by hand: [`AsyncFd`], and readiness as the original has it.
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
//! # Numbers that are not mistaken
//!
//! An [`AsyncFd`] is a number and can be copied, like the original's. It also carries when it was
//! registered, so that one that was closed is never taken for a later descriptor of the same number:
//! whatever is asked of it then is an error that names it.

mod handle;
mod register;
mod table;
mod watch;

pub use handle::AsyncFd;
pub use register::{
    close_socket, max_descriptors, register, register_borrowed, set_inheritable, unregister,
};
pub(super) use table::Table;
pub use watch::{Watch, add_read, add_write};
