//! [`Future<T>`]: a hot, shared handle of an operation that has begun.
//!
//! A future is pending, then finished: with a value or with an [`Error`](crate::Error), once.
//! Clones are handles of the same operation. It belongs to the thread that made it.
//!
//! ```
//! use async_proc::dispatch;
//! use async_proc::Future;
//!
//! let future = Future::<u32>::new("answer");
//! future.add_callback(|future| assert_eq!(future.read().ok(), Some(42)));
//! future.complete(42)?;
//! dispatch::poll(None)?; // the callback runs here, not inside `complete`
//! # Ok::<(), async_proc::Error>(())
//! ```
//!
//! The standard trait of the same name is written `std::future::Future` where both are in scope,
//! or imported under another name: `use std::future::Future as StdFuture;`.
//!
//! # Who runs when
//!
//! Callbacks and waiting procs run from the thread's queue, in the order they were added, and
//! never inside the call that finished the future. The queue is first in, first out across all
//! futures: what a callback sets off runs after everything queued before it.
//!
//! # How it is stored
//!
//! One allocation holds everything: a `Head` (reference count, state, list of waiters), the
//! result, and, for a proc, its frame. `Future<T>` points to the head; a table in the head
//! (`Kind`) says where the rest is and how to drop it. Every proc in the process is stepped by one
//! function, `step`, that knows neither its frame nor its result.
//!
//! Who waits is a list of `Node`s linked through the nodes themselves:
//!
//! - a proc has one node in its own allocation, so waiting costs nothing. That node stands either
//!   in the waiters of the future it awaits, or in the thread's queue, or nowhere. When a future
//!   finishes, its nodes move to the queue;
//! - a callback's node is allocated together with its closure;
//! - a proc that polls several futures in one step (through a join or a select) uses its own node
//!   for the first, and an allocated one that holds its waker for each of the others;
//! - a foreign executor's task has an allocated node that holds its `Waker`.
//!
//! # How a future knows who polls it
//!
//! Procs are polled with a `Waker` that is a *key*: the number of the thread's schedule, a slot in
//! its table of procs, and the slot's generation, packed in the waker's data pointer. It is
//! cloned and dropped for free and owns nothing. [`Future`]'s `poll` compares the waker's table
//! with that of keys, and the key with that of the running proc: if both match it links the proc
//! directly. A key that is woken on its own thread queues the proc; from another thread it goes
//! into the schedule's inbox, which is found by the number in the key. A key of a proc that has
//! ended finds its slot empty or of another generation and does nothing. A generation may wrap
//! around: the worst that can happen is one wake too many, which every future allows for.
//!
//! # Why the pointers are sound
//!
//! - Nothing here is `Send`: heads, nodes and the schedule are touched by one thread. Other
//!   threads reach only the inbox.
//! - An unfinished proc holds one reference to itself, which ends with it. A node in a list is
//!   therefore alive: a proc's because the proc is unfinished, an allocated one because the list
//!   owns it.
//! - A node knows the future whose list it is in (`on`); the future clears that in every node
//!   before it is freed.
//! - No reference to a frame or a result is kept while user code runs that could reach it: a frame
//!   is touched only by its own step or, while suspended, by the cancellation that ends it.

mod callback;
mod cancel;
mod check;
mod combine;
mod handle;
mod head;
mod inbox;
mod key;
mod leaf;
mod list;
mod polling;
mod proc;
mod race;
pub(crate) mod schedule;
mod slots;
mod std_future;
mod stream;
mod unit;
mod unread;
mod var;
mod waiter;
mod yielded;

pub use callback::CallbackId;
pub use check::async_check;
pub use combine::{AsFuture, all, and, or};
pub use handle::Future;
pub use race::{Raced, race, settle};
pub use stream::{FutureStream, Piece};
pub use unread::{UnreadError, set_unread_error_hook};
#[doc(hidden)]
pub use var::{CompletedAtExit, completed_at_exit};
pub use var::{FutureVar, Reading};
pub use yielded::{Yielded, yielded};

pub(crate) use combine::Listening;
pub(crate) use head::Handle;
pub(crate) use inbox::{Bell, Inbox, Letter};
pub(crate) use leaf::{Leaf, Leafed};
#[allow(unused_imports, reason = "called by the machine module")]
pub(crate) use proc::{machine_of, start_machine};
pub(crate) use slots::{Place, Slots};
pub(crate) use waiter::call_soon;

#[cfg(test)]
mod tests;
