//! Generated programs: random `async fn`s, compiled by rustc and by us, and compared.
//!
//! The corpus (`../../corpus`) holds what somebody thought of. Here a generator writes functions over
//! the whole grammar of what a body can hold, from the same world of values that log what happens
//! to them, and the corpus's driver runs both copies in every way there is: every number of polls,
//! cancelled at every suspension, with a panic injected at every event.
//!
//! - [`program`] is a program as a tree that can be printed and made smaller.
//! - [`grammar`] writes one: expressions, statements and patterns, with a model of who owns and who
//!   borrows what, so that nearly every program passes rustc.
//! - [`check`] compiles batches, runs them, and shrinks what is wrong to a few lines, which are
//!   printed as a case for the corpus.
//!
//! A program is determined by its seed and its number. By hand:
//!
//! ```sh
//! cargo run -p async-proc-generated -- --seed 7 --count 5000 --edition 2021
//! cargo run -p async-proc-generated -- --seed 7 --first 123 --count 1 --print
//! ```
//!
//! What rustc does not compile is counted as rejected and is a shortcoming of the generator; what our
//! compiler says it does not compile is counted as refused. Constructs that the README lists as refused
//! or different are written only with `--beyond`.

pub mod check;
pub mod grammar;
pub mod program;
mod random;
