//! Several futures polled together: what `select!`, `join!` and `try_join!` are compiled to.
//!
//! The futures stand one in the other, as `Several { first, rest }` with [`Nothing`] in the end, in the
//! order they were written: so they are dropped in it, need no allocation, and can be any number.

mod join;
mod member;
mod select;
mod several;

pub use join::{Join, Members, TryJoin, TryMembers, Turns, join, try_join};
pub use member::{Member, member};
pub use select::{Branch, Branches, Chosen, Polled, Select, branch, none_is_open, select};
pub use several::{Nothing, Several, several};
