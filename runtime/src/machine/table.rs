//! A proc's frame, with its type forgotten: a table of functions.

use std::alloc::Layout;
use std::marker::PhantomData;
use std::mem;
use std::ptr;
use std::task::{Context, Poll};

use super::frame::{self, At, Frame};
use super::{Function, Suspension};

/// Runs a step: the frame, the parameters or null, the context, where the result goes; `true` at
/// the end.
type Resume = unsafe fn(*mut (), *mut (), &mut Context<'_>, *mut ()) -> bool;

/// What can be done with a frame whose type has been forgotten.
#[derive(Debug)]
pub struct Vtable {
    /// The frame's size and alignment.
    pub layout: Layout,
    /// The function this is a frame of.
    pub function: &'static Function,
    resume: Resume,
    drop: unsafe fn(*mut ()),
    suspension: unsafe fn(*const ()) -> Option<&'static Suspension>,
}

/// Makes the table of a proc's frame.
#[derive(Debug)]
pub struct Tabulate<W, P, R>(pub(super) PhantomData<fn(W, P) -> R>);

impl<W, P, R> Tabulate<W, P, R> {
    /// Gives the closure that resumes the frame its arguments' types, and no return type; see
    /// [`Visit::resume`](super::Visit::resume).
    #[inline(always)]
    pub fn resume<F, Q, G>(&self, resume: G) -> G
    where
        F: Frame,
        G: Fn(At<F>, *const P, &mut Context<'_>) -> Q,
    {
        resume
    }

    /// The table. `in_parts` drops the variables that may be moved out of in part.
    #[inline(always)]
    pub fn run<F, G, X>(self, resume: G, in_parts: X) -> &'static Vtable
    where
        F: Frame,
        G: Fn(At<F>, *const P, &mut Context<'_>) -> Poll<R> + Copy,
        X: Fn(At<F>, u16) + Copy,
    {
        Vtable::of::<F, P, R, G, X>(resume, in_parts)
    }
}

/// The closures of a frame: `G` resumes it, `X` drops what may be moved out of in part.
struct Erased<F, P, R, G, X>(PhantomData<(*mut F, P, R, G, X)>);

impl Vtable {
    /// The table of a frame of type `F` that starts with a `P` and ends with an `R`.
    ///
    /// The closures are given by type alone: they capture nothing, which is checked when the
    /// function is compiled.
    pub(crate) fn of<F, P, R, G, X>(_: G, _: X) -> &'static Vtable
    where
        F: Frame,
        G: Fn(At<F>, *const P, &mut Context<'_>) -> Poll<R> + Copy,
        X: Fn(At<F>, u16) + Copy,
    {
        Erased::<F, P, R, G, X>::VTABLE
    }

    /// Runs the machine to its next suspension, or to its end. At the end the value is written to
    /// `out`, everything the frame held is dropped, and `true` is returned. If it unwinds,
    /// everything is dropped too.
    ///
    /// # Safety
    ///
    /// `frame` points to memory of the table's layout that is never moved again. At the first call
    /// `params` points to the parameters, which are moved out; at later ones it is null, and the
    /// frame has not ended. `out` is valid for writing the machine's result type.
    #[inline]
    pub(crate) unsafe fn resume(
        &self,
        frame: *mut (),
        params: *mut (),
        cx: &mut Context<'_>,
        out: *mut (),
    ) -> bool {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (self.resume)(frame, params, cx, out) }
    }

    /// Drops everything the frame still holds.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame of this table's type that has started, is in no step, and is not
    /// resumed again.
    #[inline]
    pub(crate) unsafe fn drop(&self, frame: *mut ()) {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (self.drop)(frame) }
    }

    /// Where the machine waits, if it is suspended.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame of this table's type that has started and is in no step.
    pub unsafe fn suspension(&self, frame: *const ()) -> Option<&'static Suspension> {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (self.suspension)(frame) }
    }
}

impl<F, P, R, G, X> Erased<F, P, R, G, X>
where
    F: Frame,
    G: Fn(At<F>, *const P, &mut Context<'_>) -> Poll<R> + Copy,
    X: Fn(At<F>, u16) + Copy,
{
    const VTABLE: &'static Vtable = &Vtable {
        layout: F::SHAPE.layout,
        function: F::FUNCTION,
        resume: Self::resume,
        drop: Self::drop,
        suspension: frame::suspension::<F>,
    };

    unsafe fn resume(frame: *mut (), params: *mut (), cx: &mut Context<'_>, out: *mut ()) -> bool {
        // SAFETY: the caller's promises; the closures are of types that `Vtable::of` was given.
        unsafe {
            let params = params.cast_const().cast::<P>();
            match frame::step(frame, params, cx, conjure::<G>(), conjure::<X>()) {
                Poll::Pending => false,
                Poll::Ready(value) => {
                    out.cast::<R>().write(value);
                    true
                }
            }
        }
    }

    unsafe fn drop(frame: *mut ()) {
        // SAFETY: the caller's promises; `Vtable::of` was given the closure.
        unsafe { frame::discard(frame, conjure::<X>()) };
    }
}

/// A value of a closure type that captures nothing.
///
/// # Safety
///
/// The type is inhabited.
#[inline(always)]
unsafe fn conjure<C: Copy>() -> C {
    const { assert!(mem::size_of::<C>() == 0, "a machine's closure captures a variable") };
    // SAFETY: a closure that captures nothing has one value, of no bytes.
    unsafe { ptr::dangling::<C>().read() }
}
