//! The equivalence harness: is a function that `#[async_proc]` compiled the same as rustc's?
//!
//! Every function of the corpus (`../corpus`) is compiled twice from the same tokens, as rustc's
//! own `async fn` and through `#[async_proc]`. Both are then run in a [`world`] where everything
//! that happens is an event: a value is created or dropped, a future is polled, something is
//! called. The [`driver`] runs both
//!
//! - with every number of polls, from none (dropped before it started) until it is finished, so
//!   that it is cancelled at every suspension;
//! - for each of these, with a panic injected at every single event, destructors included;
//!
//! and requires the same events in the same order, the same results and the same panics, and no
//! allocation that rustc's function does not make, but for a frame that does not fit into its
//! handle.
//!
//! To compile only some areas of the corpus, see `../build.rs`. Under Miri, where a run takes a
//! tenth of a second, all poll counts are run and one in sixteen of the panics:
//!
//! ```sh
//! MIRIFLAGS=-Zmiri-ignore-leaks cargo +nightly miri test -p async-proc-tests --test equivalence_2024
//! ```
//!
//! Leaks are left out there because rustc's own functions leak some values when a destructor
//! panics; that ours drop exactly what rustc's drop is what the harness compares.
//!
//! The library holds nothing that depends on the edition. The corpus is compiled by two test
//! packages, this one (edition 2024) and `../edition-2021`, because temporaries are dropped at
//! different points in the two.

mod allocations;
pub mod driver;
pub mod world;

pub use allocations::{allocations, live_allocations};
