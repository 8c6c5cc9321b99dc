//! The handle of a machine made from an `async fn`.

use std::alloc::{self, Layout};
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use super::{Frame, Vtable};

/// An `async fn` that has been called: not started yet, suspended, or ended.
///
/// Until its first poll it is `I`, a closure that holds the parameters and may be moved like any
/// value. The first poll, after which it never moves, lets the closure lay the frame over the same
/// storage. The frame's own type names regions that no signature can name, so it is erased; the
/// twin's type `W`, which rustc made of the same body, gives the handle its size, its auto traits
/// and its lifetimes. A frame that is larger than the twin (which is a defect of ours, but not of
/// the program) is boxed.
pub struct Lazy<W, I, R> {
    /// None before the start, [`ENDED`] after the end.
    vtable: Option<&'static Vtable>,
    storage: Storage<W, I>,
    result: PhantomData<fn() -> R>,
    _pinned: PhantomPinned,
}

#[repr(C)]
union Storage<W, I> {
    unstarted: ManuallyDrop<I>,
    inline: ManuallyDrop<MaybeUninit<W>>,
    boxed: *mut (),
}

/// Where a machine's frame is to be laid.
#[derive(Debug)]
pub struct Begin<W, R> {
    storage: *mut (),
    types: PhantomData<fn(W) -> R>,
}

// SAFETY: the twin holds the same values as the machine does, from the call on and at every
// suspension, so the machine may go to another thread when the twin may. The boxed pointer owns the
// frame.
unsafe impl<W: Send, I, R> Send for Lazy<W, I, R> {}
// SAFETY: a shared `Lazy` gives access to nothing; the bound is that of the `async fn`.
unsafe impl<W: Sync, I, R> Sync for Lazy<W, I, R> {}

/// Whether a frame of this layout lies in storage of the twin's size.
#[inline(always)]
const fn fits<W>(frame: Layout) -> bool {
    frame.size() <= mem::size_of::<W>() && frame.align() <= mem::align_of::<W>()
}

impl<W, R> Begin<W, R> {
    /// Lays the frame down; gives the table of its type.
    #[inline(always)]
    pub fn with<F, G, X>(self, frame: F, resume: G, drop: X) -> &'static Vtable
    where
        F: Frame,
        G: Fn(*mut F, &mut Context<'_>) -> Poll<R> + Copy,
        X: Fn(*mut F) + Copy,
    {
        let vtable = Vtable::of(&frame, resume, drop);
        // SAFETY: `storage` is that of a `Lazy` which holds nothing at the moment; it has room for
        // a frame that fits, or else for a pointer.
        unsafe {
            if fits::<W>(vtable.layout) {
                self.storage.cast::<F>().write(frame);
            } else {
                self.storage.cast::<*mut ()>().write(Box::into_raw(Box::new(frame)).cast());
            }
        }
        vtable
    }
}

impl<W, I, R> Lazy<W, I, R>
where
    I: FnOnce(Begin<W, R>) -> &'static Vtable,
{
    /// A machine before its start.
    ///
    /// # Safety
    ///
    /// `W` is the type of the twin of the same body, and `start` gives [`Begin::with`] the frame in
    /// its first state, with the parameters in their slots.
    #[inline]
    pub(super) unsafe fn new(start: I) -> Self {
        Lazy {
            vtable: None,
            storage: Storage { unstarted: ManuallyDrop::new(start) },
            result: PhantomData,
            _pinned: PhantomPinned,
        }
    }

    /// Starts the machine.
    ///
    /// # Safety
    ///
    /// It has not started, and does not move from now on.
    #[inline]
    unsafe fn start(this: *mut Self) -> &'static Vtable {
        // SAFETY: before the start the storage holds the closure, which is taken out of it once:
        // the storage holds nothing until the closure has laid the frame there.
        unsafe {
            let start = ptr::read(&raw const (*this).storage).unstarted;
            let storage = (&raw mut (*this).storage).cast();
            let vtable = ManuallyDrop::into_inner(start)(Begin { storage, types: PhantomData });
            (*this).vtable = Some(vtable);
            vtable
        }
    }
}

impl<W, I, R> Lazy<W, I, R> {
    /// The frame of a machine that has started.
    ///
    /// # Safety
    ///
    /// `this` is valid, has started with `vtable` and has not ended.
    #[inline(always)]
    unsafe fn frame(this: *mut Self, vtable: &Vtable) -> *mut () {
        // SAFETY: which of the two the storage holds depends on the frame's layout alone.
        unsafe {
            if fits::<W>(vtable.layout) {
                (&raw mut (*this).storage).cast()
            } else {
                (*this).storage.boxed
            }
        }
    }

    /// Gives back the memory of a boxed frame.
    ///
    /// # Safety
    ///
    /// As for [`Lazy::frame`], and the frame is not used again.
    #[inline]
    unsafe fn free(this: *mut Self, vtable: &Vtable) {
        if !fits::<W>(vtable.layout) && vtable.layout.size() != 0 {
            // SAFETY: `Begin::with` boxed a frame of this layout.
            unsafe { alloc::dealloc(Self::frame(this, vtable).cast(), vtable.layout) };
        }
    }
}

impl<W, I, R> Future for Lazy<W, I, R>
where
    I: FnOnce(Begin<W, R>) -> &'static Vtable,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        // SAFETY: nothing is moved out of the pinned value but the closure, before the start.
        let this: *mut Self = unsafe { self.get_unchecked_mut() };
        // SAFETY: `this` is valid; pinned, it does not move from now on.
        let vtable = match unsafe { (*this).vtable } {
            Some(vtable) if vtable.is_ended() => panic!("`async fn` resumed after completion"),
            Some(vtable) => vtable,
            // SAFETY: as above, and it has not started.
            None => unsafe { Self::start(this) },
        };
        let mut result = MaybeUninit::<R>::uninit();
        // SAFETY: the frame has not ended, does not move while pinned, and is of the table's type
        // with result `R`, as `Begin` has made it.
        let ended =
            unsafe { vtable.resume(Self::frame(this, vtable), cx, result.as_mut_ptr().cast()) };
        if !ended {
            return Poll::Pending;
        }
        // SAFETY: as above; a machine that has ended dropped its values, and only the memory of a
        // boxed frame is left.
        unsafe {
            Self::free(this, vtable);
            (*this).vtable = Some(Vtable::ENDED);
            Poll::Ready(result.assume_init())
        }
    }
}

impl<W, I, R> Drop for Lazy<W, I, R> {
    #[inline]
    fn drop(&mut self) {
        let this = ptr::from_mut(self);
        match self.vtable.replace(Vtable::ENDED) {
            // SAFETY: before the start the storage holds the closure, and nothing uses it again.
            None => unsafe { ManuallyDrop::drop(&mut self.storage.unstarted) },
            Some(vtable) if vtable.is_ended() => {}
            Some(vtable) => {
                struct Free<W, I, R>(*mut Lazy<W, I, R>, &'static Vtable);
                impl<W, I, R> Drop for Free<W, I, R> {
                    fn drop(&mut self) {
                        // SAFETY: the frame's values have been dropped, or lost to a panic.
                        unsafe { Lazy::free(self.0, self.1) };
                    }
                }
                let _free = Free(this, vtable);
                // SAFETY: the frame has not ended and is not resumed again.
                unsafe { vtable.drop(Lazy::frame(this, vtable)) };
            }
        }
    }
}

impl<W, I, R> std::fmt::Debug for Lazy<W, I, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let function = self.vtable.map(|vtable| vtable.function.name);
        f.debug_struct("Lazy").field("function", &function).finish_non_exhaustive()
    }
}
