//! Benchmarks: each contender beside what it competes with, in one run.
//!
//! ```sh
//! cargo bench -p async-proc-benches
//! ```
//!
//! The contenders of a comparison take turns, round by round, so that whatever else the computer
//! does meets all of them alike. What is shown is the median over the rounds, with the quartiles
//! as its spread: two medians inside each other's spread are the same. Counts (bytes,
//! allocations) are exact.
//!
//! Without `--bench`, as in `cargo test --benches`, each contender runs once: enough to see that
//! it still works.

mod allocations;
mod rounds;

pub use allocations::{Counting, allocations_of};
pub use rounds::{Effort, Times, in_turn};
