//! What a generated program is: a tree that can be printed and made smaller.

mod function;
mod print;
mod shrink;
mod tree;
mod types;

pub use function::{Param, Program, Receiver};
pub use tree::{Block, Expr, Part, Stmt, parts};
pub use types::{Call, Ty};
