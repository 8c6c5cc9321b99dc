//! Telling when a process has exited.
//!
//! Where the system has descriptors of processes (Linux since 5.3), one is watched as any other
//! descriptor. Elsewhere each `SIGCHLD` has every process that is watched looked at. Neither takes
//! the exit away from whoever started the process: it is left to be waited for.

mod add;
mod error;
#[cfg(target_os = "linux")]
mod pidfd;
pub(super) mod sigchld;

pub use add::{add_process, process_exit};
pub use error::ProcessError;
