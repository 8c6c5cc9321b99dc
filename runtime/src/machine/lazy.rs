//! The handle of a machine made from an `async fn`.

use std::alloc::{self, Layout};
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use super::frame::{self, At, ENDED, Frame, RUNNING, START};

/// An `async fn` that has been called: not started yet, suspended, or ended.
///
/// Until its first poll it holds `P`, a tuple of the state and the parameters, and may be moved like
/// any value. The first poll, after which it never moves, lays the frame over the same storage, with
/// the state where it was.
///
/// The frame's own type names regions that no signature can name, so it appears only inside of `M`,
/// a closure that captures nothing and knows how to run and drop the frame. The twin's type `W`,
/// which rustc made of the same body, gives the handle its size, its auto traits and its lifetimes.
/// A frame that is larger than the twin is boxed.
pub struct Lazy<W, P, M, R>
where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    room: Room<W, P>,
    machine: M,
    result: PhantomData<fn() -> R>,
    _pinned: PhantomPinned,
}

#[repr(C)]
union Room<W, P> {
    params: ManuallyDrop<P>,
    twin: ManuallyDrop<MaybeUninit<W>>,
}

// SAFETY: the twin holds the same values as the machine does, from the call on and at every
// suspension, so the machine may go to another thread when the twin may. A boxed frame is owned.
unsafe impl<W: Send, P, M, R> Send for Lazy<W, P, M, R> where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>
{
}
// SAFETY: a shared `Lazy` gives access to nothing; the bound is that of the `async fn`.
unsafe impl<W: Sync, P, M, R> Sync for Lazy<W, P, M, R> where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>
{
}

/// What is to be done with the frame in a room.
#[derive(Debug)]
pub struct Visit<'v, 'c, W, P, R> {
    room: *mut (),
    /// To resume it, else to drop it.
    resume: Option<&'v mut Context<'c>>,
    types: PhantomData<fn(W, P) -> R>,
}

impl<W, P, R> Visit<'_, '_, W, P, R> {
    /// Gives the closure that resumes the frame its arguments' types. It says nothing of what the
    /// closure returns: rustc then infers it as it infers that of the twin, and a value that does
    /// not fit gets the same message in both, which is shown once.
    #[inline(always)]
    pub fn resume<F, Q, G>(&self, resume: G) -> G
    where
        F: Frame,
        G: Fn(At<F>, *const P, &mut Context<'_>) -> Q,
    {
        resume
    }

    /// Does what is to be done. `in_parts` drops the variables that may be moved out of in part.
    #[inline(always)]
    pub fn run<F, G, X>(self, resume: G, in_parts: X) -> Poll<R>
    where
        F: Frame,
        G: Fn(At<F>, *const P, &mut Context<'_>) -> Poll<R>,
        X: Fn(At<F>, u16),
    {
        const {
            assert!(
                Seat::<F, W, P>::FITS || Seat::<F, W, P>::BOX_FITS,
                "the frame of this function is larger than rustc's, which is too small to hold a \
                 pointer: put `Box::pin` around what it awaits",
            );
        }
        let Visit { room, resume: call, .. } = self;
        // SAFETY: `Lazy` gives a room that holds the parameters in the starting state, later on the
        // frame or a pointer to it; it is pinned when it is resumed.
        unsafe {
            let starts = frame::state::<F>(room) == START;
            let Some(cx) = call else {
                match starts {
                    true => ptr::drop_in_place(room.cast::<P>()),
                    false => Seat::<F, W, P>::discard(room, in_parts),
                }
                return Poll::Pending;
            };
            let result = if starts {
                let params = ManuallyDrop::new(room.cast::<P>().read());
                let frame = Seat::<F, W, P>::frame(room, true);
                frame::step(frame, &raw const *params, cx, resume, in_parts)
            } else {
                frame::check_not_ended::<F>(room);
                let frame = Seat::<F, W, P>::frame(room, false);
                frame::step(frame, ptr::null(), cx, resume, in_parts)
            };
            if result.is_ready() {
                Seat::<F, W, P>::free(room);
            }
            result
        }
    }
}

/// Where a frame of type `F` lies: in the room itself, or else in a box that the room points to.
struct Seat<F, W, P>(PhantomData<(*mut F, W, P)>);

impl<F: Frame, W, P> Seat<F, W, P> {
    const ROOM: Layout = Layout::new::<Room<W, P>>();
    const FITS: bool = F::SHAPE.layout.size() <= Self::ROOM.size()
        && F::SHAPE.layout.align() <= Self::ROOM.align();
    /// Where the pointer to a boxed frame is kept: beside the state.
    const POINTER: usize = if F::SHAPE.state >= mem::size_of::<*mut ()>() {
        0
    } else {
        F::SHAPE.state + mem::size_of::<u16>()
    };
    const BOX_FITS: bool = Self::POINTER + mem::size_of::<*mut ()>() <= Self::ROOM.size();

    /// The frame of a machine, which is allocated when it `starts`.
    ///
    /// # Safety
    ///
    /// The room is that of a `Lazy` which has not ended; where it starts, the parameters have been
    /// moved out.
    #[inline(always)]
    unsafe fn frame(room: *mut (), starts: bool) -> *mut () {
        if Self::FITS {
            return room;
        }
        // SAFETY: the pointer lies within the room and apart from the state; a frame that does not
        // fit into the room is of some size.
        unsafe {
            let pointer = room.byte_add(Self::POINTER).cast::<*mut ()>();
            if starts {
                let frame = alloc::alloc(F::SHAPE.layout);
                if frame.is_null() {
                    alloc::handle_alloc_error(F::SHAPE.layout);
                }
                pointer.write_unaligned(frame.cast());
                frame::set_state::<F>(room, RUNNING);
            }
            pointer.read_unaligned()
        }
    }

    /// Gives back the memory of a boxed frame.
    ///
    /// # Safety
    ///
    /// The frame has ended.
    #[inline(always)]
    unsafe fn free(room: *mut ()) {
        if !Self::FITS {
            // SAFETY: `frame` has allocated it; it is not used again.
            unsafe {
                alloc::dealloc(Self::frame(room, false).cast(), F::SHAPE.layout);
                frame::set_state::<F>(room, ENDED);
            }
        }
    }

    /// Drops the frame of a machine that has started.
    ///
    /// # Safety
    ///
    /// It is not resumed again.
    #[inline(always)]
    unsafe fn discard(room: *mut (), in_parts: impl Fn(At<F>, u16)) {
        struct Free<F: Frame, W, P>(*mut (), PhantomData<(*mut F, W, P)>);
        impl<F: Frame, W, P> Drop for Free<F, W, P> {
            #[inline(always)]
            fn drop(&mut self) {
                // SAFETY: the frame's values have been dropped, or lost to a panic.
                unsafe { Seat::<F, W, P>::free(self.0) };
            }
        }
        // SAFETY: the caller's promise; of a boxed frame that has ended only the room is left.
        unsafe {
            if !Self::FITS && frame::state::<F>(room) == ENDED {
                return;
            }
            let _free = Free::<F, W, P>(room, PhantomData);
            frame::discard(Self::frame(room, false), in_parts);
        }
    }
}

impl<W, P, M, R> Lazy<W, P, M, R>
where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    /// A machine before its start.
    ///
    /// # Safety
    ///
    /// `W` is the type of the twin of the same body. `params` holds the parameters and, where the
    /// frame has it, its starting state; `machine` is the emitted closure.
    #[inline(always)]
    pub(super) unsafe fn new(params: P, machine: M) -> Self {
        const { assert!(mem::size_of::<M>() == 0, "a machine's closure captures a variable") };
        let room = Room { params: ManuallyDrop::new(params) };
        Lazy { room, machine, result: PhantomData, _pinned: PhantomPinned }
    }
}

impl<W, P, M, R> Future for Lazy<W, P, M, R>
where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        // SAFETY: nothing is moved out of the pinned value but the parameters, before the start.
        let this: *mut Self = unsafe { self.get_unchecked_mut() };
        // SAFETY: `this` is valid. The closure captures nothing, so it does not alias the room.
        let (room, machine) = unsafe { ((&raw mut (*this).room).cast(), &(*this).machine) };
        machine(Visit { room, resume: Some(cx), types: PhantomData })
    }
}

impl<W, P, M, R> Drop for Lazy<W, P, M, R>
where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    #[inline]
    fn drop(&mut self) {
        let room = (&raw mut self.room).cast();
        // What it returns says nothing.
        let _ = (self.machine)(Visit { room, resume: None, types: PhantomData });
    }
}

impl<W, P, M, R> std::fmt::Debug for Lazy<W, P, M, R>
where
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lazy").finish_non_exhaustive()
    }
}
