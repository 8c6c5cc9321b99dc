//! `?`, for the five types of std that have it.
//!
//! A `?` in a machine leaves the step with a value of the *function*'s type, not of the step's, so
//! the emitted code cannot use rustc's own. `std::ops::Try` cannot be named on stable; nobody else
//! can implement it either, so the five types are all there are. The twin keeps the `?` as it was
//! written, and with it rustc's error messages.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::task::Poll;

use super::{Function, crossed};

/// What `?` does first: goes on with the output, or leaves with the residual.
pub trait Branch {
    /// What `?` gives when it goes on.
    type Output;
    /// What it leaves with.
    type Residual;

    /// Takes the value apart.
    fn branch(self) -> Result<Self::Output, Self::Residual>;
}

/// What `?` does when it leaves: makes the function's result of the residual.
pub trait FromResidual<R> {
    /// Makes the result. An [`Error`](crate::Error) notes that it left `function` at `line`.
    fn from_residual(residual: R, function: &'static Function, line: u32) -> Self;
}

impl<T, E> Branch for Result<T, E> {
    type Output = T;
    type Residual = Result<Infallible, E>;

    #[inline(always)]
    fn branch(self) -> Result<T, Self::Residual> {
        self.map_err(Err)
    }
}

impl<T> Branch for Option<T> {
    type Output = T;
    type Residual = Option<Infallible>;

    #[inline(always)]
    fn branch(self) -> Result<T, Self::Residual> {
        self.ok_or(None)
    }
}

impl<B, C> Branch for ControlFlow<B, C> {
    type Output = C;
    type Residual = ControlFlow<B, Infallible>;

    #[inline(always)]
    fn branch(self) -> Result<C, Self::Residual> {
        match self {
            ControlFlow::Continue(value) => Ok(value),
            ControlFlow::Break(value) => Err(ControlFlow::Break(value)),
        }
    }
}

impl<T, E> Branch for Poll<Result<T, E>> {
    type Output = Poll<T>;
    type Residual = Result<Infallible, E>;

    #[inline(always)]
    fn branch(self) -> Result<Poll<T>, Self::Residual> {
        match self {
            Poll::Ready(Ok(value)) => Ok(Poll::Ready(value)),
            Poll::Ready(Err(error)) => Err(Err(error)),
            Poll::Pending => Ok(Poll::Pending),
        }
    }
}

impl<T, E> Branch for Poll<Option<Result<T, E>>> {
    type Output = Poll<Option<T>>;
    type Residual = Result<Infallible, E>;

    #[inline(always)]
    fn branch(self) -> Result<Poll<Option<T>>, Self::Residual> {
        match self {
            Poll::Ready(Some(Ok(value))) => Ok(Poll::Ready(Some(value))),
            Poll::Ready(Some(Err(error))) => Err(Err(error)),
            Poll::Ready(None) => Ok(Poll::Ready(None)),
            Poll::Pending => Ok(Poll::Pending),
        }
    }
}

impl<T, E, F: From<E>> FromResidual<Result<Infallible, E>> for Result<T, F> {
    #[inline(always)]
    fn from_residual(
        residual: Result<Infallible, E>,
        function: &'static Function,
        line: u32,
    ) -> Self {
        match residual {
            Err(error) => crossed(Err(F::from(error)), function, line),
        }
    }
}

impl<T> FromResidual<Option<Infallible>> for Option<T> {
    #[inline(always)]
    fn from_residual(_: Option<Infallible>, _: &'static Function, _: u32) -> Self {
        None
    }
}

impl<B, C> FromResidual<ControlFlow<B, Infallible>> for ControlFlow<B, C> {
    #[inline(always)]
    fn from_residual(residual: ControlFlow<B, Infallible>, _: &'static Function, _: u32) -> Self {
        match residual {
            ControlFlow::Break(value) => ControlFlow::Break(value),
        }
    }
}

impl<T, E, F: From<E>> FromResidual<Result<Infallible, E>> for Poll<Result<T, F>> {
    #[inline(always)]
    fn from_residual(
        residual: Result<Infallible, E>,
        function: &'static Function,
        line: u32,
    ) -> Self {
        Poll::Ready(Result::from_residual(residual, function, line))
    }
}

impl<T, E, F: From<E>> FromResidual<Result<Infallible, E>> for Poll<Option<Result<T, F>>> {
    #[inline(always)]
    fn from_residual(
        residual: Result<Infallible, E>,
        function: &'static Function,
        line: u32,
    ) -> Self {
        Poll::Ready(Some(Result::from_residual(residual, function, line)))
    }
}

/// `?` inside a machine: goes on with the output, or ends the step with the function's result.
#[doc(hidden)]
#[macro_export]
macro_rules! propagate {
    ($value:expr, $function:expr, $line:expr) => {
        match $crate::machine::Branch::branch($value) {
            ::core::result::Result::Ok(output) => output,
            ::core::result::Result::Err(residual) => {
                return $crate::machine::Ready($crate::machine::FromResidual::from_residual(
                    residual, $function, $line,
                ))
            }
        }
    };
}
