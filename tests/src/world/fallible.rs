//! Futures and functions that fail.

use super::{D, Step, event, later};

/// An error that owns a value.
#[derive(Debug)]
pub struct Small(pub D);

/// The error a [`Small`] is converted to, which is an event.
#[derive(Debug)]
pub struct Large(pub D);

impl From<Small> for Large {
    fn from(small: Small) -> Large {
        event(format!("convert {}", small.0));
        let large = Large(D::new(format!("large {}", small.0)));
        drop(small);
        large
    }
}

/// Pending once, then `Ok(value)`.
pub fn good<T>(name: &str, value: T) -> Step<Result<T, Small>> {
    later(name, Ok(value))
}

/// Pending once, then an error of this name.
pub fn fails<T>(name: &str) -> Step<Result<T, Small>> {
    later(name, Err(Small(D::new(format!("error {name}")))))
}

/// Pending once, then `Some(value)`.
pub fn something<T>(name: &str, value: T) -> Step<Option<T>> {
    later(name, Some(value))
}

/// Pending once, then `None`.
pub fn nothing<T>(name: &str) -> Step<Option<T>> {
    later(name, None)
}
