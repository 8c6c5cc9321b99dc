//! A frame, and what it means to run it.

use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::task::{Context, Poll};

use super::plan::{Live, Shape};
use super::{Function, Suspension};

/// The number of the state before the first step.
pub(super) const START: u16 = 0;
/// The number of the state after the end.
pub(super) const ENDED: u16 = 1;
/// The number of the state in the middle of a step, and after one that unwound.
pub(super) const RUNNING: u16 = 2;
/// The number of the first state that waits; they are numbered in source order.
const FIRST_SUSPENSION: u16 = 3;

/// The storage of one machine: its state and its variables, laid out by a [`Plan`](super::Plan).
///
/// The type stands for the memory a `*mut Self` points to, and is nowhere a value.
///
/// # Safety
///
/// Implemented by emitted code, of its own frames: `SHAPE` is that of the plan which the slots are
/// made with, `LIVE` tells for each suspension which of the bits that do not vary are set there,
/// and the state is a `u16` if `WIDE` says so, else a `u8`.
pub unsafe trait Frame {
    /// The live bits, which are kept beside the frame while it is in a step.
    type Live: Words;
    /// Room, beside the frame too, for variables that need no storage at any suspension.
    type Scratch;
    /// The function this is a frame of.
    const FUNCTION: &'static Function;
    /// The frame's size, and where the state is.
    const SHAPE: Shape;
    /// The live bits at each suspension, so far as they do not vary.
    const LIVE: &'static [Self::Live];
    /// Whether the state takes two bytes.
    const WIDE: bool = false;
}

/// Where a machine's variables are while it is in a step.
pub struct At<F: Frame> {
    /// The frame.
    pub frame: *mut F,
    pub(super) live: *mut F::Live,
    pub(super) scratch: *mut F::Scratch,
}

impl<F: Frame> Clone for At<F> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Frame> Copy for At<F> {}

impl<F: Frame> std::fmt::Debug for At<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("At").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl<F: Frame> At<F> {
    /// Where the state is, which is an `S`.
    #[inline(always)]
    pub fn state<S>(self) -> *mut S {
        self.frame.cast::<S>().wrapping_byte_add(F::SHAPE.state)
    }
}

/// Live words: `[Live; N]`.
pub trait Words: Copy + 'static {
    /// With no bit set.
    const NONE: Self;
    /// The words, as a slice.
    fn words(&self) -> &[Live];
}

impl<const N: usize> Words for [Live; N] {
    const NONE: Self = [0; N];

    #[inline(always)]
    fn words(&self) -> &[Live] {
        self
    }
}

/// The number of the state that a frame is in.
///
/// # Safety
///
/// `frame` points to a frame, or to anything that has the frame's state at its place.
#[inline(always)]
pub(super) unsafe fn state<F: Frame>(frame: *const ()) -> u16 {
    // SAFETY: the caller's promise.
    unsafe {
        let state = frame.byte_add(F::SHAPE.state);
        if F::WIDE { state.cast::<u16>().read() } else { u16::from(state.cast::<u8>().read()) }
    }
}

/// Sets the number of a frame's state.
///
/// # Safety
///
/// As for [`state`], and `state` is a state of `F`.
#[inline(always)]
pub(super) unsafe fn set_state<F: Frame>(frame: *mut (), state: u16) {
    // SAFETY: the caller's promise.
    unsafe {
        let place = frame.byte_add(F::SHAPE.state);
        if F::WIDE {
            place.cast::<u16>().write(state);
        } else {
            // Every state has a number below 256.
            place.cast::<u8>().write(state as u8);
        }
    }
}

/// Where a frame waits, if it does.
///
/// # Safety
///
/// As for [`state`].
pub(super) unsafe fn suspension<F: Frame>(frame: *const ()) -> Option<&'static Suspension> {
    // SAFETY: the caller's promise.
    F::FUNCTION.suspension(unsafe { state::<F>(frame) })
}

/// The live bits of a frame that waits, or has ended.
///
/// # Safety
///
/// `frame` points to a frame that has started and is in no step.
#[inline(always)]
unsafe fn live<F: Frame>(frame: *const (), state: u16) -> F::Live {
    let Some(known) = F::LIVE.get(usize::from(state.wrapping_sub(FIRST_SUSPENSION))) else {
        return F::Live::NONE;
    };
    let mut live = *known;
    for word in 0..F::SHAPE.kept_words {
        // SAFETY: the frame has that many words there, written when it was suspended, and `live`
        // has no fewer.
        unsafe {
            let kept = frame.byte_add(F::SHAPE.kept).cast::<Live>().add(word).read();
            *(&raw mut live).cast::<Live>().add(word) |= kept;
        }
    }
    live
}

/// Keeps the live bits that the state does not tell.
///
/// # Safety
///
/// `frame` points to a frame that has just been suspended, with these live bits.
#[inline(always)]
unsafe fn keep<F: Frame>(frame: *mut (), live: &F::Live) {
    for word in 0..F::SHAPE.kept_words {
        let kept = live.words()[word] & F::SHAPE.kept_mask(word);
        // SAFETY: the frame has that many words there.
        unsafe { frame.byte_add(F::SHAPE.kept).cast::<Live>().add(word).write(kept) };
    }
    if cfg!(debug_assertions) {
        // SAFETY: it is suspended, and the words have been kept.
        let told = unsafe { self::live::<F>(frame, state::<F>(frame)) };
        assert!(
            told.words() == live.words(),
            "`{}` was suspended with other variables than its table says, {:?} and not {:?}: \
             this is a defect of `#[async_proc]`",
            F::FUNCTION.name,
            live.words(),
            told.words(),
        );
    }
}

/// Runs a frame to its next suspension, or to its end; at the end, and if it unwinds, everything it
/// held is dropped.
///
/// # Safety
///
/// `frame` points to memory of the frame's layout, which never moves again. It holds a frame in no
/// step that has not ended; or `params` is given, and the memory holds nothing: then these are the
/// parameters, which `start` puts into their slots.
#[inline(always)]
pub(super) unsafe fn step<F, P, R>(
    frame: *mut (),
    params: Option<P>,
    cx: &mut Context<'_>,
    start: impl Fn(At<F>, P),
    resume: impl Fn(At<F>, &mut Context<'_>) -> Poll<R>,
    drop: impl Fn(At<F>),
) -> Poll<R>
where
    F: Frame,
{
    let mut live = F::Live::NONE;
    let mut scratch = MaybeUninit::<F::Scratch>::uninit();
    let at = At { frame: frame.cast(), live: &raw mut live, scratch: scratch.as_mut_ptr() };
    // SAFETY: the memory is a frame's; without parameters it has started and is in no step.
    unsafe {
        match params {
            Some(params) => {
                set_state::<F>(frame, START);
                start(at, params);
            }
            None => at.live.write(self::live::<F>(frame, state::<F>(frame))),
        }
    }
    // Ending and unwinding both drop what is left in the frame.
    let rest = OnDrop(|| {
        // A local of the step whose destructor panicked may have left it with its next state.
        // SAFETY: the frame is still there.
        unsafe { set_state::<F>(frame, RUNNING) };
        drop(at);
    });
    match resume(at, cx) {
        Poll::Pending => {
            mem::forget(rest);
            // SAFETY: it has just been suspended.
            unsafe { keep::<F>(frame, &at.live.read()) };
            Poll::Pending
        }
        Poll::Ready(value) => {
            // As in rustc's own machines, the value is lost if a variable's destructor panics.
            let value = ManuallyDrop::new(value);
            mem::drop(rest);
            // SAFETY: the frame is still there.
            unsafe { set_state::<F>(frame, ENDED) };
            Poll::Ready(ManuallyDrop::into_inner(value))
        }
    }
}

/// Drops what a frame holds. Of one that has ended or unwound nothing is left.
///
/// # Safety
///
/// `frame` points to a frame that has started, is in no step and is not resumed again.
#[inline(always)]
pub(super) unsafe fn discard<F: Frame>(frame: *mut (), drop: impl Fn(At<F>)) {
    // SAFETY: the caller's promise.
    let mut live = unsafe {
        let state = state::<F>(frame);
        set_state::<F>(frame, ENDED);
        self::live::<F>(frame, state)
    };
    // What lies there holds nothing at a suspension.
    let mut scratch = MaybeUninit::<F::Scratch>::uninit();
    drop(At { frame: frame.cast(), live: &raw mut live, scratch: scratch.as_mut_ptr() });
}

/// Panics if a frame has ended.
///
/// # Safety
///
/// As for [`state`].
#[inline(always)]
pub(super) unsafe fn check_not_ended<F: Frame>(frame: *const ()) {
    // SAFETY: the caller's promise.
    if unsafe { state::<F>(frame) } == ENDED {
        ended();
    }
}

#[cold]
fn ended() -> ! {
    panic!("`async fn` resumed after completion")
}

struct OnDrop<X: Fn()>(X);

impl<X: Fn()> Drop for OnDrop<X> {
    #[inline(always)]
    fn drop(&mut self) {
        (self.0)();
    }
}
