//! What the guard of a `match` arm sees of a binding, while it is suspended.
//!
//! Before its guard holds, an arm has bound nothing: the guard names what would be bound where it lies,
//! in the value that is matched. What a pattern binds by reference is different: the reference is made
//! for the guard, and must be kept. Which of the two it is depends on types (a pattern that meets a
//! reference binds by reference), so it is told by the type of what is bound: a reference is
//! kept, for it can be copied, and everything else stays where it is.

use std::mem::MaybeUninit;

/// A binding, as a guard sees it.
#[derive(Debug)]
pub struct Bound<T>(*const T);

impl<T> Bound<T> {
    /// The binding that a guard's reference leads to.
    #[inline(always)]
    pub fn of(binding: &T) -> Self {
        Bound(binding)
    }
}

/// A binding that is no reference, where it lies in the value that is matched.
#[derive(Debug)]
pub struct Shown<T>(*const T);

impl<T> Shown<T> {
    /// Where it lies. That a guard changes nothing there is for the twin to see to.
    #[inline(always)]
    pub const fn place(&self) -> *mut T {
        self.0.cast_mut()
    }

    /// Its value.
    ///
    /// # Safety
    ///
    /// The value can be copied, and the binding is still there.
    #[inline(always)]
    pub unsafe fn copy(&self) -> T {
        // SAFETY: the caller's promise.
        unsafe { self.0.read() }
    }
}

/// A binding that is a reference, kept.
#[derive(Debug)]
pub struct Kept<T>(MaybeUninit<T>);

impl<T> Kept<T> {
    /// Where it lies. That a guard changes nothing there is for the twin to see to.
    #[inline(always)]
    pub const fn place(&self) -> *mut T {
        self.0.as_ptr().cast_mut()
    }

    /// The reference.
    ///
    /// # Safety
    ///
    /// It can be copied.
    #[inline(always)]
    pub unsafe fn copy(&self) -> T {
        // SAFETY: made from a reference, and the caller's promise.
        unsafe { self.0.assume_init_read() }
    }
}

impl<'a, T: ?Sized> Bound<&'a T> {
    /// Shows the reference.
    #[inline(always)]
    pub fn show(self) -> Kept<&'a T> {
        // SAFETY: made from a reference to the binding, in the same expression.
        Kept(unsafe { self.0.cast::<MaybeUninit<_>>().read() })
    }
}

impl<'a, T: ?Sized> Bound<&'a mut T> {
    /// Shows the reference, which a guard can only read through.
    #[inline(always)]
    pub fn show(self) -> Kept<&'a mut T> {
        // SAFETY: made from a reference to the binding, in the same expression. As long as the copy
        // is used, the binding itself is not.
        Kept(unsafe { self.0.cast::<MaybeUninit<_>>().read() })
    }
}

/// The method for a binding that is no reference.
pub trait InFrame<T> {
    /// Shows the binding where it lies.
    fn show(self) -> Shown<T>;
}

impl<T> InFrame<T> for Bound<T> {
    #[inline(always)]
    fn show(self) -> Shown<T> {
        Shown(self.0)
    }
}
