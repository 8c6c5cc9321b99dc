//! `?`, for the five types of std that have it.
//!
//! A `?` in a machine leaves the step with a value of the *function*'s type, not of the step's, so
//! the emitted code cannot use rustc's own for the choice. `std::ops::Try` cannot be named on
//! stable; nobody else can implement it either, so the five types are all there are. The twin keeps
//! the `?` as it was written, and with it rustc's error messages.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::task::Poll;

/// What `?` does first: goes on with the output, or leaves with the residual.
pub trait Branch {
    /// What `?` gives when it goes on.
    type Output;
    /// What it leaves with.
    type Residual;

    /// Takes the value apart.
    fn branch(self) -> Result<Self::Output, Self::Residual>;
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

/// `?` inside a machine: goes on with the output, or ends the step with the function's result.
///
/// That result is made by rustc's own `?`, in a closure that returns what the function returns:
/// `propagate!(value, |residual| residual?, function, line)`. The `?` has the place of the user's,
/// and what rustc has to say of it is what it says of the twin's: it says so once. The last two
/// are left out where the result holds no error that could note what it crosses.
#[doc(hidden)]
#[macro_export]
macro_rules! propagate {
    ($value:expr, |$residual:ident| $leave:expr $(, $function:expr, $line:expr)?) => {
        match $crate::machine::Tried($value).branch() {
            ::core::result::Result::Ok(output) => output,
            ::core::result::Result::Err($residual) => {
                let result = (|| { $leave; ::core::unreachable!() })();
                $(let result = $crate::machine::crossed(result, $function, $line);)?
                return $crate::machine::Ready(result);
            }
        }
    };
}
