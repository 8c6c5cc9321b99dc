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
//! and requires the same events in the same order, the same results and the same panics.
//!
//! The library holds nothing that depends on the edition. The corpus is compiled by two test
//! packages, this one (edition 2024) and `../edition-2021`, because temporaries are dropped at
//! different points in the two.

pub mod driver;
pub mod world;
