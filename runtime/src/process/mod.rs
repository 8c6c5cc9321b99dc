//! Child processes.
//!
//! A [`Command`] starts a program; the [`Child`] that it gives is waited for without stopping the
//! dispatcher. No child is left behind as a zombie: one that is dropped is waited for all the same.
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

mod child;
mod command;
mod error;
mod orphans;

pub use child::Child;
pub use command::Command;
pub use error::CommandError;
