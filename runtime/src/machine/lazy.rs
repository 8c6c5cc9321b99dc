//! The handle of a machine made from an `async fn`.

use std::alloc::{self, Layout};
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use super::{Frame, Vtable};

/// A machine that has not ended, kept in storage of the twin's size.
///
/// The frame's own type names regions that no signature can name, so it is erased; the twin's type
/// `W`, which rustc made of the same body, gives the handle its size, its auto traits and its
/// lifetimes. A frame that is larger than the twin (which is a defect of ours, but not of the
/// program) is boxed.
pub struct Lazy<W, R> {
    vtable: Option<&'static Vtable>,
    storage: Storage<W>,
    result: PhantomData<fn() -> R>,
    _pinned: PhantomPinned,
}

#[repr(C)]
union Storage<W> {
    inline: mem::ManuallyDrop<MaybeUninit<W>>,
    boxed: *mut (),
}

// SAFETY: the twin holds the same values as the frame does, at every suspension, so the frame may
// go to another thread when the twin may. The boxed pointer owns the frame.
unsafe impl<W: Send, R> Send for Lazy<W, R> {}
// SAFETY: a shared `Lazy` gives access to nothing; the bound is that of the `async fn`.
unsafe impl<W: Sync, R> Sync for Lazy<W, R> {}

impl<W, R> Lazy<W, R> {
    /// A machine at its start.
    ///
    /// # Safety
    ///
    /// The frame is in its first state, with the parameters in their slots, and `vtable` is of its
    /// type and of `R`. `W` is the type of the twin of the same body.
    #[inline]
    pub(super) unsafe fn new<F: Frame>(frame: F, vtable: &'static Vtable) -> Self {
        let storage = if Self::fits(vtable.layout) {
            let mut storage = Storage { inline: mem::ManuallyDrop::new(MaybeUninit::uninit()) };
            // SAFETY: the frame fits the storage in size and alignment.
            unsafe { (&raw mut storage).cast::<F>().write(frame) };
            storage
        } else {
            Storage { boxed: Box::into_raw(Box::new(frame)).cast() }
        };
        Lazy { vtable: Some(vtable), storage, result: PhantomData, _pinned: PhantomPinned }
    }

    #[inline(always)]
    fn fits(frame: Layout) -> bool {
        frame.size() <= mem::size_of::<Storage<W>>()
            && frame.align() <= mem::align_of::<Storage<W>>()
    }

    #[inline(always)]
    fn frame(this: *mut Self, vtable: &Vtable) -> *mut () {
        // SAFETY: `this` points to a `Lazy`; which of the two the storage holds depends on the
        // frame's layout alone, as in `new`.
        unsafe {
            if Self::fits(vtable.layout) {
                (&raw mut (*this).storage).cast()
            } else {
                (*this).storage.boxed
            }
        }
    }
}

impl<W, R> Future for Lazy<W, R> {
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        // SAFETY: nothing is moved out of the pinned value.
        let this: *mut Self = unsafe { self.get_unchecked_mut() };
        // SAFETY: `this` is valid; the reference to `vtable` ends with the copy.
        let Some(vtable) = (unsafe { (*this).vtable }) else {
            panic!("`async fn` resumed after completion");
        };
        let mut result = MaybeUninit::<R>::uninit();
        // SAFETY: the frame has not ended, does not move while pinned, and is of the table's type
        // with result `R`, as promised to `new`.
        let ended =
            unsafe { vtable.resume(Self::frame(this, vtable), cx, result.as_mut_ptr().cast()) };
        if !ended {
            return Poll::Pending;
        }
        // SAFETY: as above; a machine that has ended dropped its values, and only the memory of a
        // boxed frame is left.
        unsafe {
            Self::free(this, vtable);
            (*this).vtable = None;
            Poll::Ready(result.assume_init())
        }
    }
}

impl<W, R> Lazy<W, R> {
    /// Gives back the memory of a boxed frame.
    ///
    /// # Safety
    ///
    /// The frame is not used again.
    #[inline]
    unsafe fn free(this: *mut Self, vtable: &Vtable) {
        if !Self::fits(vtable.layout) {
            let frame = Self::frame(this, vtable);
            if vtable.layout.size() != 0 {
                // SAFETY: `new` boxed a frame of this layout.
                unsafe { alloc::dealloc(frame.cast(), vtable.layout) };
            }
        }
    }
}

impl<W, R> Drop for Lazy<W, R> {
    #[inline]
    fn drop(&mut self) {
        let Some(vtable) = self.vtable.take() else { return };
        struct Free<W, R>(*mut Lazy<W, R>, &'static Vtable);
        impl<W, R> Drop for Free<W, R> {
            fn drop(&mut self) {
                // SAFETY: the frame's values have been dropped, or lost to a panic.
                unsafe { Lazy::free(self.0, self.1) };
            }
        }
        let this = ptr::from_mut(self);
        let _free = Free(this, vtable);
        // SAFETY: the frame has not ended and is not resumed again.
        unsafe { vtable.drop(Lazy::frame(this, vtable)) };
    }
}

impl<W, R> std::fmt::Debug for Lazy<W, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let function = self.vtable.map(|vtable| vtable.function.name);
        f.debug_struct("Lazy").field("function", &function).finish_non_exhaustive()
    }
}
