//! Variables of the frame under their own names, for macros that the compiler cannot look into.

/// A variable: copied where it can be, lent on if it is a `&mut`, else referred to. Which of them, the
/// method that is found under one name tells.
#[derive(Debug)]
pub struct Alias<T>(*mut T);

impl<T> Alias<T> {
    /// The variable at a place.
    #[inline(always)]
    pub fn of(at: *const T) -> Self {
        Alias(at.cast_mut())
    }
}

impl<T: Copy> Alias<T> {
    /// A copy of it.
    ///
    /// # Safety
    ///
    /// It is initialised.
    #[inline(always)]
    pub unsafe fn shared(&self) -> T {
        // SAFETY: the caller's promise.
        unsafe { self.0.read() }
    }

    /// A copy of it.
    ///
    /// # Safety
    ///
    /// It is initialised.
    #[inline(always)]
    pub unsafe fn unique(&self) -> T {
        // SAFETY: the caller's promise.
        unsafe { self.0.read() }
    }
}

/// The method for a variable that is a `&mut`.
pub trait LentOn<'b, T: ?Sized> {
    /// What it leads to.
    ///
    /// # Safety
    ///
    /// It is initialised, and used by nothing else while the reference is.
    unsafe fn shared(&self) -> &'b mut T;
}

impl<'b, T: ?Sized> LentOn<'b, T> for Alias<&'b mut T> {
    #[inline(always)]
    unsafe fn shared(&self) -> &'b mut T {
        // SAFETY: the caller's promise.
        unsafe { &mut **self.0 }
    }
}

/// The methods for a variable that can be neither copied nor lent on. They are found last: at a
/// reference more.
pub trait ByReference<T> {
    /// A reference to it.
    ///
    /// # Safety
    ///
    /// It is initialised, and nothing changes it while the reference is used.
    unsafe fn shared<'a>(&self) -> &'a T;

    /// A reference to it.
    ///
    /// # Safety
    ///
    /// It is initialised, and used by nothing else while the reference is.
    unsafe fn unique<'a>(&self) -> &'a mut T;
}

impl<T> ByReference<T> for &Alias<T> {
    #[inline(always)]
    unsafe fn shared<'a>(&self) -> &'a T {
        // SAFETY: the caller's promise.
        unsafe { &*self.0 }
    }

    #[inline(always)]
    unsafe fn unique<'a>(&self) -> &'a mut T {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.0 }
    }
}

/// A variable of the frame for a macro that reads it.
#[doc(hidden)]
#[macro_export]
macro_rules! __alias {
    ($variable:expr) => {{
        use $crate::machine::{ByReference as _, LentOn as _};
        (&$crate::machine::Alias::of(&raw const $variable)).shared()
    }};
}

/// A `mut` variable of the frame for a macro that may change it.
#[doc(hidden)]
#[macro_export]
macro_rules! __alias_mut {
    ($variable:expr) => {{
        use $crate::machine::ByReference as _;
        (&$crate::machine::Alias::of(&raw const $variable)).unique()
    }};
}
