//! Procs made of the standard library's futures.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::Future;
use super::proc::start_machine;
use crate::Error;
use crate::machine::{Frame, Function, Vtable};

/// The frame of a proc whose machine is a `std::future::Future`. Empty once that has ended.
struct StdFrame<F>(Option<F>);

// SAFETY: `state` reads nothing.
unsafe impl<F> Frame for StdFrame<F> {
    const FUNCTION: &'static Function = &Function {
        name: "from_std",
        module: module_path!(),
        file: file!(),
        line: line!(),
        suspensions: &[],
    };

    unsafe fn state(_: *const Self) -> u16 {
        0
    }
}

impl<T: 'static> Future<T> {
    /// Drives any `std::future::Future` on this thread's dispatcher, as if it were a proc: it is
    /// polled once in the call, and then whenever it is woken.
    ///
    /// See [`from_infallible`](Future::from_infallible) for a future that ends with no `Result`.
    ///
    /// ```
    /// use async_proc::{Future, dispatch, sleep_async};
    /// use std::time::Duration;
    ///
    /// let answer = Future::from_std(async {
    ///     sleep_async(Duration::from_millis(1)).await?;
    ///     Ok(42)
    /// });
    /// assert_eq!(dispatch::wait_for(answer)?, 42);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[track_caller]
    pub fn from_std<F>(future: F) -> Future<T>
    where
        F: std::future::Future<Output = Result<T, Error>> + 'static,
    {
        let frame = StdFrame(Some(future));
        let vtable = Vtable::of(
            &frame,
            |frame: *mut StdFrame<F>, cx: &mut Context<'_>| {
                // SAFETY: a frame that has been resumed never moves, and nothing else touches it
                // while it is in a step. It is dropped in place.
                let slot = unsafe { &mut (*frame).0 };
                match slot {
                    // SAFETY: as above.
                    Some(future) => unsafe { Pin::new_unchecked(future) }.poll(cx),
                    None => Poll::Ready(Err(Error::new("resumed after its end"))),
                }
            },
            // SAFETY: as above; assigning drops the future in place.
            |frame: *mut StdFrame<F>| unsafe { (*frame).0 = None },
        );
        // SAFETY: the table is of this frame and of `Result<T, Error>`; both types are `'static`.
        unsafe { start_machine(frame, vtable) }
    }

    /// Drives a `std::future::Future` that cannot fail.
    ///
    /// ```
    /// let sum = async_proc::Future::from_infallible(async { 1 + 1 });
    /// assert_eq!(sum.read()?, 2);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[track_caller]
    pub fn from_infallible<F>(future: F) -> Future<T>
    where
        F: std::future::Future<Output = T> + 'static,
    {
        Future::from_std(async move { Ok(future.await) })
    }
}
