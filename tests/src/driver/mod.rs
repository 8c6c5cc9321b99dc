//! Runs a pair of functions side by side and says where they first differ.
//!
//! [`drive`] is one future in one run: it is polled as often as the run says, and dropped.
//! [`compare`] goes through all runs of a pair; [`Difference`] is what a person reads. [`batch`] goes through
//! many pairs, for `../generated`.

mod batch;
mod compare;
mod difference;
mod drive;

pub use batch::{Pair, batch};
pub use compare::{Compared, Scenario, compare, run_all};
pub use difference::Difference;
pub use drive::{Trace, drive, run};
