//! [`Error`]: the one error type of procs, futures and the dispatcher.
//!
//! An error has a message, a [kind](ErrorKind), usually a source that can be
//! [downcast](Error::downcast_ref), and the async traceback: which procs it crossed on its way up,
//! with the file and line of each await. The message is what `{}` shows, and nothing else; `{:#}` adds
//! the messages of what caused it, and `{:?}` these and the traceback, in lines:
//!
//! ```text
//! cannot greet the peer
//!   caused by: connection reset
//!   at send_line (src/lines.rs:31)
//!   at greet (src/main.rs:12)
//! ```
//!
//! The proc in which the error arose comes first. Nothing is noted before there is an error.
//!
//! Clones share the source. The traceback is copy-on-write: a future that failed keeps the error
//! as it was, each proc that awaits it adds its own lines to its own clone, and what the two have
//! in common is stored once.

mod cause;
mod context;
mod dispatch;
mod kind;
mod queue;
mod trace;
mod value;

pub(crate) use cause::{Closed, NothingPending};
pub use context::Context;
pub use dispatch::DispatchError;
pub use kind::{ErrorKind, FutureError, FutureErrorKind};
pub use queue::QueueError;
pub use trace::{TraceFrame, Traceback};
pub use value::Error;

/// A `Result` whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests;
