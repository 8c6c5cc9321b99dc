//! An enum with one variant of each form.

use super::D;

/// Something to match on.
#[derive(Debug)]
pub enum Shape {
    /// Nothing.
    Unit,
    /// One value.
    One(D),
    /// Two values.
    Two(D, D),
    /// Named fields, one of which is a number.
    Named {
        /// A value.
        left: D,
        /// A number.
        right: usize,
    },
}

/// The variants in their order, by number.
pub fn shape(n: usize) -> Shape {
    match n {
        0 => Shape::Unit,
        1 => Shape::One(D::new("one")),
        2 => Shape::Two(D::new("two.0"), D::new("two.1")),
        _ => Shape::Named { left: D::new("left"), right: n },
    }
}
