//! Child processes.
//!
//! A [`Command`] starts a program; the [`Child`] that it gives is waited for without stopping the
//! dispatcher. No child is left behind as a zombie: one that is dropped is waited for all the same.
//! An [`AsyncPipe`] feeds a process, or a [`Chain`] of several, and reads what comes out.
//!
//! ```
//! use async_proc::prelude::*;
//! use async_proc::process::Command;
//!
//! #[async_proc]
//! fn check() -> Future<bool> {
//!     let status = Command::new("test").args(["3", "-gt", "2"]).status().await?;
//!     Ok(status.success())
//! }
//!
//! assert!(wait_for(check())?);
//! # Ok::<(), Error>(())
//! ```

mod chain;
mod child;
mod command;
mod communicate;
mod end;
mod error;
mod orphans;
mod pipe;

pub use chain::Chain;
pub use child::Child;
pub use command::Command;
pub use communicate::{Communicated, Input};
pub use error::CommandError;
pub use pipe::AsyncPipe;
