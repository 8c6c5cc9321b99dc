//! Procs made of the standard library's futures.

use std::marker::PhantomData;
use std::task::Context;

use super::Future;
use super::proc::start_machine;
use crate::Error;
use crate::machine::{self, At, Frame, Function, Live, Plan, Shape, Slot, Vtable, need};

/// The frame of a proc whose machine is a `std::future::Future`: that, and whether it waits.
struct StdFrame<F>(PhantomData<F>);

/// The number of the only state in which it waits.
const WAITS: u8 = 3;

impl<F> StdFrame<F> {
    const PLAN: &'static Plan<1> = &Plan::new([need::<F>().meets(&[])], 1, None);
}

// SAFETY: the plan is that of the slot below, which holds the future in the state that waits.
unsafe impl<F> Frame for StdFrame<F> {
    type Live = [Live; 1];
    type Scratch = ();
    const FUNCTION: &'static Function = &Function {
        name: "from_std",
        module: module_path!(),
        file: file!(),
        // What rustc has compiled is not known by its lines.
        line: 0,
        suspensions: &[],
    };
    const SHAPE: Shape = Self::PLAN.shape;
    const LIVE: &'static [[Live; 1]] = &Self::PLAN.live([&[0]]);
    const DROPS: &'static [machine::Destructor] = &Self::PLAN.drops([0]);
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
            // SAFETY: the first step is given the future, which stays in its slot until it is ready.
            |at: At<StdFrame<F>>, params: *const F, cx: &mut Context<'_>| unsafe {
                let slot = Slot::new(at.room(), StdFrame::<F>::PLAN, 0);
                if !params.is_null() {
                    slot.put(params.read());
                }
                let result = machine::poll(slot, cx);
                if result.is_pending() {
                    at.state::<u8>().write(WAITS);
                }
                result
            },
            machine::nothing_in_parts,
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
