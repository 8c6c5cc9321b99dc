//! Procs, hot futures and a dispatcher: the proactor style of Nim's `asyncdispatch`, in Rust.
//!
//! A *proc* is a function that `#[async_proc]` compiles to a state machine. Calling it starts it:
//! it runs to the first place where it must wait, and returns a [`Future`], a shared handle of
//! what has begun. The thread's [dispatcher](dispatch) runs it from there.
//!
//! ```
//! use async_proc::prelude::*;
//! use std::time::Duration;
//!
//! let slow = sleep_async(Duration::from_millis(5));
//! slow.add_callback(|_| println!("slept"));
//! wait_for(slow)?;
//! # Ok::<(), Error>(())
//! ```
//!
//! | module | what is in it |
//! |---|---|
//! | [`future`] | [`Future`] and its combinators, [`async_check`] |
//! | [`dispatch`] | the dispatcher, timers, events, I/O readiness |
//! | [`net`] | sockets: connecting, accepting, bytes and lines |
//! | `channel` | sockets whose events are methods of a handler, as in Python's `asyncore` (on Unix) |
//! | `process` | programs that are started, and waited for without blocking (on Unix) |
//! | [`error`] | [`Error`], its kinds and its async traceback |
//! | [`machine`] | what compiled procs call |
//! | `porting` | the names of Nim's and Python's modules, and ours |

extern crate self as async_proc;

#[cfg(unix)]
pub mod channel;
pub mod dispatch;
pub mod error;
pub mod future;
#[cfg(feature = "hyper")]
pub mod hyper;
pub mod machine;
pub mod net;
#[cfg(unix)]
pub mod porting;
#[cfg(unix)]
pub mod process;

mod macros;

pub use async_proc_macros::async_proc;
pub use dispatch::{
    AsyncEvent, Dispatcher, EventError, WatchId, add_event, add_timer, call_soon, drain,
    has_pending_operations, interval, poll, run_forever, sleep_async, spawn_blocking, wait_for,
    with_timeout, with_timeout_cancel,
};
#[cfg(unix)]
pub use dispatch::{
    ProcessError, SignalError, add_process, add_signal, ctrl_c, process_exit, signal,
};
pub use error::{Context, DispatchError, Error, ErrorKind, FutureError, FutureErrorKind, Result};
pub use future::{Future, FutureStream, FutureVar, async_check};

/// What most programs use: `use async_proc::prelude::*;`.
///
/// It has a [`Future`] in it, which is not the trait of the standard library. Where both are
/// needed: `use std::future::Future as StdFuture;`.
pub mod prelude {
    pub use crate::dispatch::{
        AsyncEvent, add_timer, call_soon, drain, has_pending_operations, interval, poll,
        run_forever, sleep_async, spawn_blocking, wait_for, with_timeout, with_timeout_cancel,
    };
    pub use crate::error::{Error, ErrorKind};
    pub use crate::future::{
        Future, FutureStream, FutureVar, all, and, async_check, or, race, settle,
    };
    pub use crate::{await_fut, yield_fut};
    pub use async_proc_macros::async_proc;
}

/// The programs of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
