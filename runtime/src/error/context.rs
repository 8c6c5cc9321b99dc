//! What was being done when something failed.

use std::fmt;

use super::{Error, Result};

/// Says of a failure what was being done: [`Error::context`] for results and options.
///
/// It is not in the prelude, where it would stand in the way of the same trait of `anyhow` or
/// `eyre`.
///
/// ```
/// use async_proc::{Context, prelude::*};
///
/// #[async_proc]
/// fn port(setting: Option<&'static str>) -> Future<u16> {
///     let text = setting.context("no port is set")?;
///     Ok(text.parse().with_context(|| format!("`{text}` is no port"))?)
/// }
///
/// assert_eq!(wait_for(port(None)).unwrap_err().to_string(), "no port is set");
/// let error = wait_for(port(Some("ninety"))).unwrap_err();
/// assert_eq!(format!("{error:#}"), "`ninety` is no port: invalid digit found in string");
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
/// ```
pub trait Context<T> {
    /// Puts `message` in front of the failure's own.
    ///
    /// # Errors
    ///
    /// There was one; or, of an option, there is no value.
    fn context(self, message: impl fmt::Display) -> Result<T>;

    /// The same, with a message that is made only if there is a failure.
    ///
    /// # Errors
    ///
    /// As [`context`](Context::context).
    fn with_context<M: fmt::Display>(self, message: impl FnOnce() -> M) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    fn context(self, message: impl fmt::Display) -> Result<T> {
        self.map_err(|error| error.into().context(message))
    }

    fn with_context<M: fmt::Display>(self, message: impl FnOnce() -> M) -> Result<T> {
        self.map_err(|error| error.into().context(message()))
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, message: impl fmt::Display) -> Result<T> {
        self.ok_or_else(|| Error::new(message))
    }

    fn with_context<M: fmt::Display>(self, message: impl FnOnce() -> M) -> Result<T> {
        self.ok_or_else(|| Error::new(message()))
    }
}
