//! A frame, and what it means to run it.

use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::task::{Context, Poll};

use super::plan::{Destructor, How, Live, Place, Shape};
use super::unwinding::Unwinding;
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
    /// The variables, in the order in which they are dropped.
    const DROPS: &'static [Destructor];
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

/// The same, of a frame whose type has been left out: with it, rustc would ask for each slot
/// whether every parameter of the type is sized.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub(super) frame: *mut (),
    pub(super) live: *mut Live,
    pub(super) scratch: *mut (),
}

impl<F: Frame> At<F> {
    /// Where the slots are.
    #[inline(always)]
    pub fn room(self) -> Room {
        Room { frame: self.frame.cast(), live: self.live.cast(), scratch: self.scratch.cast() }
    }

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
/// step that has not ended, and `params` is null; or it holds nothing, and `params` points to the
/// parameters, which are moved out.
#[inline(always)]
pub(super) unsafe fn step<F, P, R>(
    frame: *mut (),
    params: *const P,
    cx: &mut Context<'_>,
    resume: impl Fn(At<F>, *const P, &mut Context<'_>) -> Poll<R>,
    in_parts: impl Fn(At<F>, u16),
) -> Poll<R>
where
    F: Frame,
{
    let mut live = F::Live::NONE;
    let mut scratch = MaybeUninit::<F::Scratch>::uninit();
    let at: At<F> = At { frame: frame.cast(), live: &raw mut live, scratch: scratch.as_mut_ptr() };
    // SAFETY: the memory is a frame's; without parameters it has started and is in no step.
    let state = unsafe {
        if params.is_null() {
            let state = state::<F>(frame);
            at.live.write(self::live::<F>(frame, state));
            state
        } else {
            set_state::<F>(frame, START);
            START
        }
    };
    let unwinding = Unwinding { function: F::FUNCTION, state };
    // Ending and unwinding both drop what is left in the frame.
    let rest = Rest { at, drops: F::DROPS, in_parts };
    match resume(at, params, cx) {
        Poll::Pending => {
            mem::forget(rest);
            mem::forget(unwinding);
            // SAFETY: it has just been suspended.
            unsafe { keep::<F>(frame, &at.live.read()) };
            Poll::Pending
        }
        Poll::Ready(value) => {
            // As in rustc's own machines, the value is lost if a variable's destructor panics.
            let value = ManuallyDrop::new(value);
            mem::drop(rest);
            mem::forget(unwinding);
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
pub(super) unsafe fn discard<F: Frame>(frame: *mut (), in_parts: impl Fn(At<F>, u16)) {
    // SAFETY: the caller's promise.
    let mut live = unsafe {
        let state = state::<F>(frame);
        set_state::<F>(frame, ENDED);
        self::live::<F>(frame, state)
    };
    // What lies there holds nothing at a suspension.
    let mut scratch = MaybeUninit::<F::Scratch>::uninit();
    let at: At<F> = At { frame: frame.cast(), live: &raw mut live, scratch: scratch.as_mut_ptr() };
    mem::drop(Rest { at, drops: F::DROPS, in_parts });
}

/// What a frame still holds; dropped in order, also where one destructor panics.
struct Rest<F: Frame, X: Fn(At<F>, u16)> {
    at: At<F>,
    drops: &'static [Destructor],
    in_parts: X,
}

impl<F: Frame, X: Fn(At<F>, u16)> Rest<F, X> {
    #[inline]
    fn drop_all(&mut self) {
        let words = self.at.live.cast::<Live>();
        // SAFETY: the words are those of the frame, which is in no step any more.
        let any = |words: *mut Live| unsafe {
            words.cast::<F::Live>().read().words().iter().any(|word| *word != 0)
        };
        if !any(words) {
            return;
        }
        while let Some((Destructor { slot, word, bit, how }, rest)) = self.drops.split_first() {
            self.drops = rest;
            // SAFETY: as above; a plan's words lie within those of its frame.
            let live = unsafe { &mut *words.add(usize::from(*word)) };
            if *live & *bit == 0 {
                continue;
            }
            // The others are dropped also if this unwinds.
            let rest = Unwound(&raw mut *self);
            match how {
                How::Whole { drop, place } => {
                    *live &= !*bit;
                    let base = match place {
                        Place::Frame(offset) => {
                            self.at.frame.cast::<()>().wrapping_byte_add(*offset)
                        }
                        Place::Beside(offset) => {
                            self.at.scratch.cast::<()>().wrapping_byte_add(*offset)
                        }
                    };
                    // SAFETY: the bit said that a value is there; it is dropped once.
                    unsafe { drop(base) };
                }
                How::InParts => (self.in_parts)(self.at, *slot),
            }
            mem::forget(rest);
        }
    }
}

impl<F: Frame, X: Fn(At<F>, u16)> Drop for Rest<F, X> {
    #[inline]
    fn drop(&mut self) {
        // A local of the step whose destructor panicked may have left it with its next state.
        // SAFETY: the frame is still there.
        unsafe { set_state::<F>(self.at.frame.cast(), RUNNING) };
        self.drop_all();
    }
}

/// Goes on dropping when it is dropped itself.
struct Unwound<F: Frame, X: Fn(At<F>, u16)>(*mut Rest<F, X>);

impl<F: Frame, X: Fn(At<F>, u16)> Drop for Unwound<F, X> {
    fn drop(&mut self) {
        // SAFETY: the rest is being dropped further up the stack, by code that has unwound.
        unsafe { (*self.0).drop_all() };
    }
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
