//! Does a method call reach its receiver through a `Deref` of the user's own?
//!
//! rustc follows it before it evaluates the arguments. The machine evaluates the arguments of some
//! calls first, which is the same where following a pointer is nothing that anyone could see: a
//! reference, a box, a smart pointer of std. Whether it is, only types tell: [`Chain`] walks from
//! the receiver's type through what it points to, one method call a link, and the method that is
//! found under the one name `step` says what kind of link it is.

use std::borrow::Cow;
use std::cell::{Ref, RefMut};
use std::ffi::{CString, OsString};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, MutexGuard, RwLockReadGuard, RwLockWriteGuard};

/// A pointer of std that can be followed without anyone noticing.
pub trait Quiet: Deref {}

impl<T: ?Sized> Quiet for &T {}
impl<T: ?Sized> Quiet for &mut T {}
impl<T: ?Sized> Quiet for Box<T> {}
impl<T: ?Sized> Quiet for Rc<T> {}
impl<T: ?Sized> Quiet for Arc<T> {}
impl<T> Quiet for Vec<T> {}
impl Quiet for String {}
impl Quiet for PathBuf {}
impl Quiet for OsString {}
impl Quiet for CString {}
impl<T: ?Sized> Quiet for Ref<'_, T> {}
impl<T: ?Sized> Quiet for RefMut<'_, T> {}
impl<T: ?Sized> Quiet for MutexGuard<'_, T> {}
impl<T: ?Sized> Quiet for RwLockReadGuard<'_, T> {}
impl<T: ?Sized> Quiet for RwLockWriteGuard<'_, T> {}
impl<T: ?Sized> Quiet for ManuallyDrop<T> {}
impl<T> Quiet for AssertUnwindSafe<T> {}
impl Quiet for Cow<'_, str> {}
impl<T: Clone> Quiet for Cow<'_, [T]> {}
impl<P: Quiet> Quiet for Pin<P> {}

/// A link of the chain: a type that the receiver is, or leads to.
#[derive(Debug)]
pub struct Chain<T: ?Sized>(PhantomData<*const T>);

impl<T: ?Sized> Chain<T> {
    /// The first link: the type of a place.
    #[inline(always)]
    pub fn of(_: *const T) -> Self {
        Chain(PhantomData)
    }

    /// Five pointers of std one behind the other: taken for loud, since what follows is not known.
    #[inline(always)]
    pub fn is_loud(&self) -> bool {
        true
    }

    /// As [`Loud::place`].
    ///
    /// # Safety
    ///
    /// As for [`Loud::place`].
    #[inline(always)]
    pub unsafe fn place<'a, R>(&self, at: *mut R) -> &'a mut R {
        // SAFETY: the caller's promise.
        unsafe { Loud.place(at) }
    }
}

impl<T: Quiet + ?Sized> Chain<T> {
    /// What a pointer of std leads to.
    #[inline(always)]
    pub fn step(&self) -> Chain<T::Target> {
        Chain(PhantomData)
    }
}

/// The step from a type with a `Deref` that may do anything.
pub trait StepsLoudly {
    /// It is seen.
    #[inline(always)]
    fn step(&self) -> Loud {
        Loud
    }
}

impl<T: Deref + ?Sized> StepsLoudly for Chain<T> {}

/// The step from a type that is no pointer.
pub trait StepsNowhere {
    /// There is none.
    #[inline(always)]
    fn step(&self) -> Silent {
        Silent
    }
}

impl<T: ?Sized> StepsNowhere for &Chain<T> {}

/// The end of a chain in which some `Deref` may be seen to be followed.
#[derive(Clone, Copy, Debug)]
pub struct Loud;

/// The end of a chain in which none can.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Loud {
    /// Goes no further.
    #[inline(always)]
    pub fn step(&self) -> Loud {
        Loud
    }

    /// Whether following it may be seen.
    #[inline(always)]
    pub fn is_loud(&self) -> bool {
        true
    }

    /// The receiver where it lies.
    ///
    /// # Safety
    ///
    /// It is initialised, and borrowed by nothing else while the result is used.
    #[inline(always)]
    pub unsafe fn place<'a, T>(&self, at: *mut T) -> &'a mut T {
        // SAFETY: the caller's promise.
        unsafe { &mut *at }
    }
}

impl Silent {
    /// Goes no further.
    #[inline(always)]
    pub fn step(&self) -> Silent {
        Silent
    }

    /// Whether following it may be seen.
    #[inline(always)]
    pub fn is_loud(&self) -> bool {
        false
    }

    /// Stands for the receiver in a call that is made another way. It is owned, so that the call
    /// may move it.
    ///
    /// # Safety
    ///
    /// None: it is never called.
    pub unsafe fn place<T>(&self, _: *mut T) -> Box<T> {
        unreachable!("the receiver of a call that is made otherwise")
    }
}

/// What a receiver must be for its call's arguments to be evaluated before it is found.
#[diagnostic::on_unimplemented(
    message = "this receiver is found by a `Deref` of its type's own, before the arguments are \
               evaluated: that is not compiled yet where they suspend, or hold closures or \
               temporaries",
    label = "bind the argument, or `&*receiver`, to a variable before the call",
    note = "a reference, a box and a smart pointer of the standard library need no binding"
)]
pub trait FoundSilently {}

impl FoundSilently for Silent {}

/// Checks a receiver, in code that is compiled and never runs.
pub fn found_silently(_: impl FoundSilently) {}
