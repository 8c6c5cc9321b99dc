//! Macros that leave the function with a failure, like `bail!` and `ensure!`.
//!
//! The `return` in what they expand to is out of the compiler's sight. So such a macro runs in a
//! closure of its own, which returns what the function does, but for the value of success: that is
//! the macro's own value, in a type that nobody else can name.

/// What a function returns that may fail.
#[diagnostic::on_unimplemented(
    message = "a macro that leaves a function can be compiled only where that returns a `Result` or \
               an `Option`",
    label = "`{Self}` does not fail",
    note = "write what it expands to"
)]
pub trait Fails: Sized {
    /// The same with another value of success.
    type With<V>;
    /// Success.
    fn done<V>(value: V) -> Self::With<V>;
    /// Success, or what the function fails with.
    fn split<V>(result: Self::With<V>) -> Result<V, Self>;
}

impl<T, E> Fails for Result<T, E> {
    type With<V> = Result<V, E>;

    #[inline(always)]
    fn done<V>(value: V) -> Result<V, E> {
        Ok(value)
    }

    #[inline(always)]
    fn split<V>(result: Result<V, E>) -> Result<V, Self> {
        result.map_err(Err)
    }
}

impl<T> Fails for Option<T> {
    type With<V> = Option<V>;

    #[inline(always)]
    fn done<V>(value: V) -> Option<V> {
        Some(value)
    }

    #[inline(always)]
    fn split<V>(result: Option<V>) -> Result<V, Self> {
        result.ok_or(None)
    }
}

/// The value of a macro that did not leave the function.
#[derive(Debug)]
pub struct Done<V>(pub V);

/// Runs a macro that may leave a function which returns `$returned`.
#[doc(hidden)]
#[macro_export]
macro_rules! exits {
    ($returned:ty, $macro:expr, |$failure:ident| $leave:expr) => {
        match <$returned as $crate::machine::Fails>::split(
            (|| -> <$returned as $crate::machine::Fails>::With<$crate::machine::Done<_>> {
                <$returned as $crate::machine::Fails>::done($crate::machine::Done($macro))
            })(),
        ) {
            ::core::result::Result::Ok($crate::machine::Done(value)) => value,
            ::core::result::Result::Err($failure) => $leave,
        }
    };
}
