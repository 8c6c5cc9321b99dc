//! The grammar of function bodies, and the rules that make them pass rustc.
//!
//! The generator writes in order of evaluation, and asks `owner` what each variable allows where it
//! is: what was moved, what is borrowed, what a loop, a closure or a guard forbids. `places` finds the
//! variables and parts of variables of a type that may be used in some way.
//!
//! - `expressions` can be of any type, `values` of one; `patterns` take values apart.
//! - `statements` and `loops` make up blocks, `closures` capture, `functions` are the outermost.

mod closures;
mod expressions;
mod functions;
mod generator;
mod loops;
mod owner;
mod patterns;
mod places;
mod statements;
mod values;

pub use generator::Grammar;
