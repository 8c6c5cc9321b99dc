//! Slots: the variables of a machine, in its frame.

use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::frame::Room;
use super::plan::{Live, Plan};

/// A variable: where it lies in the frame, and its live bit.
///
/// A bit is set if the slot holds a value that must be dropped, and never set for a type that needs
/// no dropping. A slot is a pointer and may be copied freely; it is the emitted code that keeps two
/// uses from overlapping, as the twin's borrow check has proved they do not.
pub struct Slot<T> {
    /// The variable itself.
    pub at: *mut T,
    live: *mut Live,
    bit: Live,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T> std::fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("at", &self.at).finish_non_exhaustive()
    }
}

impl<T> Slot<T> {
    /// A slot of a frame, by its number in the plan.
    ///
    /// # Safety
    ///
    /// `plan` is that of the frame, and the slot is used only while both exist.
    #[inline(always)]
    pub unsafe fn new<const N: usize>(room: Room, plan: &Plan<N>, slot: usize) -> Self {
        let (word, bit) = plan.bit(slot);
        let base = if plan.is_kept(slot) { room.frame } else { room.scratch };
        Slot {
            at: base.wrapping_byte_add(plan.offset(slot)).cast(),
            live: room.live.wrapping_add(word),
            bit,
        }
    }

    /// Initialises the variable.
    ///
    /// # Safety
    ///
    /// The variable holds nothing that must be dropped.
    #[inline(always)]
    pub unsafe fn put(self, value: T) {
        // SAFETY: `at` points to storage for a `T`, in a frame that exists.
        unsafe { self.at.write(value) };
        self.set_live();
    }

    /// Writes the value that an inner scope leaves with, which is lost if a destructor of that scope
    /// panics: as yet nobody drops it. [`Slot::hold`] comes next, or [`Slot::take`].
    ///
    /// # Safety
    ///
    /// As for [`Slot::put`].
    #[inline(always)]
    pub unsafe fn fill(self, value: T) {
        // SAFETY: `at` points to storage for a `T`, in a frame that exists.
        unsafe { self.at.write(value) };
    }

    /// Makes the variable own what was filled in.
    ///
    /// # Safety
    ///
    /// [`Slot::fill`] came before.
    #[inline(always)]
    pub unsafe fn hold(self) {
        self.set_live();
    }

    /// Moves the value out, or copies it where `T` is `Copy`.
    ///
    /// # Safety
    ///
    /// The variable is initialised, and if this moves it, is not used again before it is
    /// initialised again.
    #[inline(always)]
    pub unsafe fn take(self) -> T {
        self.clear_live();
        // SAFETY: the caller says it is initialised.
        unsafe { self.at.read() }
    }

    /// Copies the value of a variable that is used again.
    ///
    /// # Safety
    ///
    /// The variable is initialised. If it is a `&mut`, it is not used while the copy is.
    #[inline(always)]
    pub unsafe fn copy(self) -> T {
        const {
            assert!(
                !mem::needs_drop::<T>(),
                "a variable is moved which, as far as `#[async_proc]` can see, is used again",
            );
        }
        // SAFETY: the caller says it is initialised. Nothing is dropped twice: it has no destructor.
        unsafe { self.at.read() }
    }

    /// Assigns to the variable: drops what it held, if anything, and holds `value` even if that
    /// unwinds.
    ///
    /// # Safety
    ///
    /// Nothing borrows the old value any more.
    #[inline(always)]
    pub unsafe fn assign(self, value: T) {
        let _write = Write(self, ManuallyDrop::new(value));
        // SAFETY: nothing borrows the old value.
        unsafe { self.kill() };
    }

    /// Gives what assigns to a variable that was moved out of in part.
    ///
    /// # Safety
    ///
    /// As for [`Slot::assign`] and [`Slot::kill_with`], at the time the result is called.
    #[inline(always)]
    pub unsafe fn assign_with(self, rest: impl FnOnce(T)) -> impl FnOnce(T) {
        move |value| {
            let _write = Write(self, ManuallyDrop::new(value));
            // SAFETY: nothing borrows the old value, and `rest` forgets what was moved out of it.
            unsafe { self.kill_with(rest) };
        }
    }

    /// Ends the variable's life: drops what it holds, if anything.
    ///
    /// # Safety
    ///
    /// Nothing borrows the value any more.
    #[inline(always)]
    pub unsafe fn kill(self) {
        if self.clear_live() {
            // SAFETY: the bit said that a value is there; it is dropped where it lies, once.
            unsafe { self.at.drop_in_place() };
        }
    }

    /// Ends the life of a variable that was moved out of in part: `rest` forgets the parts that
    /// are gone and drops the others.
    ///
    /// # Safety
    ///
    /// As for [`Slot::kill`], and `rest` forgets every part that was moved.
    #[inline(always)]
    pub unsafe fn kill_with(self, rest: impl FnOnce(T)) {
        if self.clear_live() {
            // SAFETY: the bit said that a value is there; `rest` now owns it.
            rest(unsafe { self.at.read() });
        }
    }

    #[inline(always)]
    fn set_live(self) {
        if const { mem::needs_drop::<T>() } {
            // SAFETY: `live` points to a word of a frame that exists.
            unsafe { *self.live |= self.bit };
        }
    }

    /// Clears the bit; says whether it was set.
    #[inline(always)]
    fn clear_live(self) -> bool {
        if const { mem::needs_drop::<T>() } {
            // SAFETY: `live` points to a word of a frame that exists.
            let live = unsafe { &mut *self.live };
            let was = *live & self.bit != 0;
            *live &= !self.bit;
            was
        } else {
            false
        }
    }
}

/// Puts a value into a slot when the old one has been dropped, also where that unwinds.
struct Write<T>(Slot<T>, ManuallyDrop<T>);

impl<T> Drop for Write<T> {
    fn drop(&mut self) {
        // SAFETY: the value is taken once, here; the slot's old value has been dropped.
        unsafe { self.0.put(ManuallyDrop::take(&mut self.1)) };
    }
}

/// Polls the future in the slot, and drops it as soon as it is ready, before its value is used.
///
/// # Safety
///
/// The slot holds a future that has not been ready, in a frame that no longer moves.
#[inline(always)]
pub unsafe fn poll<F: Future>(slot: Slot<F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    // SAFETY: the future stays where it lies until it is dropped there.
    let future = unsafe { Pin::new_unchecked(&mut *slot.at) };
    let Poll::Ready(value) = future.poll(cx) else { return Poll::Pending };
    // As in rustc's own machines, the value is lost if the future's destructor panics.
    let value = ManuallyDrop::new(value);
    // SAFETY: a future that is ready is done with, and nothing else borrows it.
    unsafe { slot.kill() };
    Poll::Ready(ManuallyDrop::into_inner(value))
}

/// Whether parts of a variable (a field, or what a pattern binds) have been moved out of it.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    live: *mut Live,
    bit: Live,
}

impl Moved {
    /// A flag of a frame, by its number in the plan.
    ///
    /// # Safety
    ///
    /// As for [`Slot::new`].
    #[inline(always)]
    pub unsafe fn new<const N: usize>(room: Room, plan: &Plan<N>, flag: usize) -> Self {
        let (word, bit) = plan.bit(flag);
        Moved { live: room.live.wrapping_add(word), bit }
    }

    /// Moves the part at `at` out, or copies it.
    ///
    /// # Safety
    ///
    /// As for [`Slot::take`], of the part.
    #[inline(always)]
    pub unsafe fn take<T>(self, at: *const T) -> T {
        // SAFETY: `live` points to a word of a frame that exists, and the caller says that the
        // part is initialised.
        unsafe {
            if const { mem::needs_drop::<T>() } {
                *self.live |= self.bit;
            }
            at.read()
        }
    }

    /// Asserts, when the function is compiled, that the part can only have been copied.
    #[inline(always)]
    pub const fn copied<T>(self, _: &T) {
        const {
            assert!(
                !mem::needs_drop::<T>(),
                "a variable that lives across a suspension has parts moved out of it both by a \
                 pattern and by a field's name: bind the field with `let` before the pattern",
            );
        }
    }

    /// Notes that the parts which the flag stands for are gone.
    ///
    /// # Safety
    ///
    /// The frame exists.
    #[inline(always)]
    pub unsafe fn note(self) {
        // SAFETY: `live` points to a word of a frame that exists.
        unsafe { *self.live |= self.bit };
    }

    /// Gives what assigns to the part at `at`, dropping what it held if it was still there.
    ///
    /// # Safety
    ///
    /// As for [`Slot::assign`], of the part, at the time the result is called.
    #[inline(always)]
    pub unsafe fn refill<T>(self, at: *mut T) -> impl FnOnce(T) {
        move |value| {
            // SAFETY: the part is storage for a `T`; its old value is there unless the flag is set.
            unsafe {
                if self.clear() {
                    at.write(value);
                } else {
                    *at = value;
                }
            }
        }
    }

    /// Clears the flag; says whether the part was gone.
    ///
    /// # Safety
    ///
    /// The frame exists.
    #[inline(always)]
    pub unsafe fn clear(self) -> bool {
        // SAFETY: `live` points to a word of a frame that exists.
        let live = unsafe { &mut *self.live };
        let was = *live & self.bit != 0;
        *live &= !self.bit;
        was
    }
}

/// What a field is reached from: a value that has it, or one that leads to it, as a reference does.
/// Which of the two, the method that is found under one name tells.
#[derive(Debug)]
pub struct Base<T: ?Sized>(std::marker::PhantomData<*const T>);

impl<T: ?Sized> Base<T> {
    /// The base at a place.
    pub fn of(_: *const T) -> Self {
        Base(std::marker::PhantomData)
    }
}

/// The fields lie behind a pointer: a `move` closure captures that, not the field.
#[derive(Debug)]
pub struct FieldsBehindAPointer;

impl<T: std::ops::Deref + ?Sized> Base<T> {
    /// It does not.
    pub fn holds_its_fields(&self) -> FieldsBehindAPointer {
        FieldsBehindAPointer
    }
}

/// The method for a value that has its fields itself.
pub trait HoldsItsFields {
    /// It does.
    fn holds_its_fields(&self) {}
}

impl<T: ?Sized> HoldsItsFields for Base<T> {}
