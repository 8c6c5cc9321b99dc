//! The dispatcher: what runs callbacks and procs, timers and I/O, one a thread.
//!
//! It is made by the first use. Futures and procs begin at once, but go on only while the
//! dispatcher is run: by [`wait_for`], [`run_forever`], [`poll`] or [`drain`]. Nothing is shared
//! between threads but [events](AsyncEvent) and [`Remote`]. A thread may have
//! [more than one](set_global_dispatcher).
//!
//! ```
//! use async_proc::{dispatch, sleep_async};
//! use std::time::Duration;
//!
//! dispatch::call_soon(|| println!("in the first turn"));
//! let nap = sleep_async(Duration::from_millis(5));
//! dispatch::wait_for(nap)?;
//! # Ok::<(), async_proc::Error>(())
//! ```
//!
//! # One turn
//!
//! 1. The futures of all due timers are completed and their callbacks queued, earliest deadline
//!    first; equal deadlines in the order they were made.
//! 2. I/O events are taken from the system, which is waited for only if nothing is queued, and no
//!    longer than until the next timer. Operations that can go on now are retried, in order.
//! 3. Timers again, since time has passed.
//! 4. At most [`BATCH`] queued callbacks and procs are run. If more are queued, the next turn does
//!    not wait, so nothing that queues itself for ever can keep timers and I/O from their turn.
//!
//! Completing a future never runs anything by itself; whoever waits on it is queued for step 4.
//!
//! # What counts as pending
//!
//! Queued callbacks, timers, registered [events](AsyncEvent), watched signals and processes,
//! functions on [threads where they may block](spawn_blocking), operations submitted to a
//! [`Source`](reactor::Source), and procs that wait for something other than a
//! [`Future`](crate::Future) of this crate (only their waker tells when it is there). A registered
//! file or socket with no operation on it does not count, nor does a future that somebody in the
//! program is going to complete. With nothing pending there is nothing to wait for: [`poll`] says so
//! with an error, and [`run_forever`] returns.
//!
//! # When something goes wrong
//!
//! A panicking callback and a failed future under [`async_check`](crate::async_check) become the
//! error of the `poll` that is running. Everything else stays queued; the dispatcher can be run
//! again as if nothing had happened.
//!
//! # Precision
//!
//! Timers are never early. Where the system's wait counts in milliseconds (Linux), the dispatcher
//! waits for its descriptor with `ppoll`, which counts in nanoseconds, and then takes the events
//! without waiting: one system call more for a turn that waits for a timer, none for the others.

#[cfg(unix)]
pub(crate) mod attend;
mod blocking;
mod clock;
mod dispatcher;
mod event;
#[cfg(unix)]
mod expected;
#[cfg(unix)]
pub mod fd;
mod free;
mod global;
mod interval;
mod lane;
#[cfg(unix)]
pub(crate) mod level;
#[cfg(unix)]
mod once;
mod op;
#[cfg(unix)]
mod process;
pub mod reactor;
mod remote;
#[cfg(unix)]
mod signal;
mod sleep;
pub mod socket;
mod source;
mod sys;
mod timeout;
mod timer;
mod timers;
pub(crate) mod turn;
mod watch;
pub(crate) mod workers;

pub use blocking::spawn_blocking;
#[cfg(unix)]
pub(crate) use dispatcher::WeakDispatcher;
pub use dispatcher::{BATCH, Dispatcher};
pub use event::{AsyncEvent, EventError, add_event};
#[cfg(unix)]
pub use fd::{
    AsyncFd, add_read, add_write, close_socket, max_descriptors, register, register_borrowed,
    set_inheritable, unregister,
};
pub use free::{
    active_descriptors, call_soon, drain, has_pending_operations, poll, run_forever, wait_for,
};
#[cfg(feature = "tls")]
pub(crate) use global::thread_ends;
pub use global::{global_dispatcher, set_global_dispatcher};
pub use interval::{Interval, ZeroPeriod, interval};
#[cfg(unix)]
pub use process::{ProcessError, add_process, process_exit};
pub use remote::Remote;
#[cfg(unix)]
pub use signal::{SignalError, add_signal, ctrl_c, signal};
pub use sleep::sleep_async;
pub use timeout::{with_timeout, with_timeout_cancel};
pub use timer::add_timer;
pub use watch::WatchId;
pub use workers::{Stopper, Worker, WorkerError, Workers};

#[cfg(test)]
mod tests;
