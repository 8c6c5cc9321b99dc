//! A frame and its two closures, erased to a table of functions.

use std::alloc::Layout;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ptr;
use std::task::{Context, Poll};

use super::Function;

/// The storage of one machine: its state, its live bits, its slots.
///
/// # Safety
///
/// Implemented by emitted code only. `state` reads the state and nothing else, so that it may be
/// called while the machine is suspended and its slots borrow each other.
pub unsafe trait Frame {
    /// The function this is a frame of.
    const FUNCTION: &'static Function;

    /// The discriminant of the state the machine is in.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame that is not in the middle of a step.
    unsafe fn state(frame: *const Self) -> u16;
}

/// Runs a step: the frame, the context, where the result goes; `true` at the end.
type Resume = unsafe fn(*mut (), &mut Context<'_>, *mut ()) -> bool;

/// What can be done with a frame whose type has been forgotten.
#[derive(Debug)]
pub struct Vtable {
    /// The frame's size and alignment.
    pub layout: Layout,
    /// The function this is a frame of.
    pub function: &'static Function,
    resume: Resume,
    drop: unsafe fn(*mut ()),
    state: unsafe fn(*const ()) -> u16,
}

static ENDED: Vtable = Vtable {
    layout: Layout::new::<()>(),
    function: &Function { name: "ended", module: "", file: "", line: 0, suspensions: &[] },
    resume: |_, _, _| unreachable!("a machine that has ended is not resumed"),
    drop: |_| {},
    state: |_| u16::MAX,
};

/// The bounds of a frame's closures, in one place: `G` resumes, `X` drops.
struct Erased<F, R, G, X> {
    frame: PhantomData<F>,
    result: PhantomData<R>,
    closures: PhantomData<(G, X)>,
}

impl Vtable {
    /// Stands for a machine that has ended.
    pub(super) const ENDED: &'static Vtable = &ENDED;

    /// Whether this is [`Vtable::ENDED`].
    #[inline(always)]
    pub(super) fn is_ended(&self) -> bool {
        ptr::eq(self, Vtable::ENDED)
    }

    /// The table of a frame of type `F` that ends with an `R`.
    ///
    /// The closures are given by type alone: they capture nothing, which is checked when the
    /// function is compiled.
    pub fn of<F, R, G, X>(_: &F, _: G, _: X) -> &'static Vtable
    where
        F: Frame,
        G: Fn(*mut F, &mut Context<'_>) -> Poll<R> + Copy,
        X: Fn(*mut F) + Copy,
    {
        Erased::<F, R, G, X>::VTABLE
    }

    /// Runs the machine to its next suspension, or to its end. At the end the value is written to
    /// `out`, everything the frame held is dropped, and `true` is returned. If it unwinds,
    /// everything is dropped too.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame of this table's type that has not ended, and that is never moved
    /// again. `out` is valid for writing the machine's result type.
    #[inline]
    pub unsafe fn resume(&self, frame: *mut (), cx: &mut Context<'_>, out: *mut ()) -> bool {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (self.resume)(frame, cx, out) }
    }

    /// Drops everything the frame still holds. Dropping a frame that has ended does nothing.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame of this table's type, not in the middle of a step, and is not
    /// resumed again.
    #[inline]
    pub unsafe fn drop(&self, frame: *mut ()) {
        // SAFETY: the caller's promise is the callee's.
        unsafe { (self.drop)(frame) }
    }

    /// Where the machine waits, if it is suspended.
    ///
    /// # Safety
    ///
    /// `frame` points to a frame of this table's type, not in the middle of a step.
    pub unsafe fn suspension(&self, frame: *const ()) -> Option<&'static super::Suspension> {
        // SAFETY: the caller's promise is the callee's.
        self.function.suspension(unsafe { (self.state)(frame) })
    }
}

impl<F, R, G, X> Erased<F, R, G, X>
where
    F: Frame,
    G: Fn(*mut F, &mut Context<'_>) -> Poll<R> + Copy,
    X: Fn(*mut F) + Copy,
{
    const VTABLE: &'static Vtable = &Vtable {
        layout: Layout::new::<F>(),
        function: F::FUNCTION,
        resume: Self::resume,
        drop: Self::drop,
        state: Self::state,
    };

    /// A value of a closure type that captures nothing.
    #[inline(always)]
    fn closure<C: Copy>() -> C {
        const { assert!(mem::size_of::<C>() == 0, "a machine's closure captures a variable") };
        // SAFETY: a closure that captures nothing has one value, of no bytes; `Vtable::of` was
        // given one, so the type is inhabited.
        unsafe { ptr::dangling::<C>().read() }
    }

    unsafe fn resume(frame: *mut (), cx: &mut Context<'_>, out: *mut ()) -> bool {
        let frame = frame.cast::<F>();
        // Ending and unwinding both drop what is left in the frame.
        let rest = DropRest(frame, Self::closure::<X>());
        match Self::closure::<G>()(frame, cx) {
            Poll::Pending => {
                mem::forget(rest);
                false
            }
            Poll::Ready(value) => {
                // As in rustc's own machines, the value is lost if a variable's destructor panics.
                let value = ManuallyDrop::new(value);
                drop(rest);
                // SAFETY: the caller gives an `out` valid for an `R`.
                unsafe { out.cast::<R>().write(ManuallyDrop::into_inner(value)) };
                true
            }
        }
    }

    unsafe fn drop(frame: *mut ()) {
        Self::closure::<X>()(frame.cast::<F>());
    }

    unsafe fn state(frame: *const ()) -> u16 {
        // SAFETY: the caller gives a suspended frame of this type.
        unsafe { F::state(frame.cast::<F>()) }
    }
}

struct DropRest<F, X: Fn(*mut F) + Copy>(*mut F, X);

impl<F, X: Fn(*mut F) + Copy> Drop for DropRest<F, X> {
    fn drop(&mut self) {
        (self.1)(self.0);
    }
}
