//! Programs are compiled by rustc and by us, run, and compared.
//!
//! [`Toolchain`] knows where the compiled library is, [`Judge`] compiles and runs a batch and gives
//! each program its [`Verdict`], [`shrink`](Judge::shrink) makes a failing program small, and
//! [`Report`] counts.

mod judge;
mod report;
mod smaller;
mod source;
mod toolchain;

pub use judge::{Judge, Verdict};
pub use report::{Report, survey};
pub use source::Copies;
pub use toolchain::Toolchain;
