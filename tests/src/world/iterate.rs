//! An iterator over values.

use super::{D, event};

/// Gives values of the names it was made with; each `next` is an event.
#[derive(Debug)]
pub struct Items {
    names: &'static [&'static str],
    own: D,
}

/// An iterator over a value for each name.
pub fn items(names: &'static [&'static str]) -> Items {
    Items { names, own: D::new("items") }
}

impl Iterator for Items {
    type Item = D;

    fn next(&mut self) -> Option<D> {
        event(format!("next {}", self.own));
        let (first, rest) = self.names.split_first()?;
        self.names = rest;
        Some(D::new(*first))
    }
}
