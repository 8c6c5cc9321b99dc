//! Procs made of the standard library's futures.

use std::mem::offset_of;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Future;
use super::proc::start_machine;
use crate::Error;
use crate::machine::{At, Frame, Function, Live, Shape, Vtable};

/// The frame of a proc whose machine is a `std::future::Future`. Empty once that has ended.
struct StdFrame<F> {
    /// The state of a machine: that it has started.
    state: u8,
    future: Option<F>,
}

// SAFETY: the state is a byte at the place given; the frame keeps no live bits.
unsafe impl<F> Frame for StdFrame<F> {
    type Live = [Live; 0];
    type Scratch = ();
    const FUNCTION: &'static Function = &Function {
        name: "from_std",
        module: module_path!(),
        file: file!(),
        line: line!(),
        suspensions: &[],
    };
    const SHAPE: Shape = Shape::plain::<Self>(offset_of!(Self, state));
    const LIVE: &'static [[Live; 0]] = &[];
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
        let vtable = Vtable::of(
            |at: At<StdFrame<F>>, future: F| {
                // SAFETY: the frame holds nothing yet.
                unsafe { (&raw mut (*at.frame).future).write(Some(future)) };
            },
            |at: At<StdFrame<F>>, cx: &mut Context<'_>| {
                // SAFETY: a frame that has started never moves, and nothing else touches it while
                // it is in a step. It is dropped in place.
                let slot = unsafe { &mut (*at.frame).future };
                match slot {
                    // SAFETY: as above.
                    Some(future) => unsafe { Pin::new_unchecked(future) }.poll(cx),
                    None => Poll::Ready(Err(Error::new("resumed after its end"))),
                }
            },
            // SAFETY: as above; assigning drops the future in place.
            |at: At<StdFrame<F>>| unsafe { (*at.frame).future = None },
        );
        // SAFETY: the table is of this frame and of `Result<T, Error>`; both types are `'static`.
        unsafe { start_machine(future, vtable) }
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
