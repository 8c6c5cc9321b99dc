//! What is wrong with a program is said once, of the twin.
//!
//! A `?` on what has none, an `.await` on what is no future: the twin holds them as they were written,
//! and rustc speaks of those. In the machine they are method calls, on a type that has the method
//! where it makes sense and else leads, by `Deref`, to [`Wrong`], which has it for any result: rustc
//! infers nothing from that, and having found an error already, says nothing of it.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::mem::needs_drop;
use std::ops::Deref;

use super::Branch;

/// A value with a `?` behind it.
#[derive(Debug)]
pub struct Tried<T>(pub T);

impl<T: Branch> Tried<T> {
    /// Goes on with the output, or leaves with the residual.
    #[allow(clippy::missing_errors_doc, reason = "the error is the residual")]
    #[inline(always)]
    pub fn branch(self) -> Result<T::Output, T::Residual> {
        self.0.branch()
    }
}

/// A value with an `.await` behind it.
#[derive(Debug)]
pub struct Awaited<T>(pub T);

impl<T: IntoFuture> Awaited<T> {
    /// The future to wait for.
    #[inline(always)]
    pub fn into_future(self) -> T::IntoFuture {
        self.0.into_future()
    }
}

/// What a variable refers to that was declared as `&T`. It is read, and never written: a program that
/// writes to it is wrong, and rustc says so of the twin.
///
/// # Safety
///
/// `at` points to a reference.
#[inline(always)]
pub unsafe fn behind<T: ?Sized>(at: *mut &T) -> *mut T {
    // SAFETY: the caller's promise.
    unsafe { std::ptr::from_ref(*at).cast_mut() }
}

/// Copies what lies behind a reference. Nothing is moved out of that: a program that does is wrong.
///
/// # Safety
///
/// `at` points to a value.
#[inline(always)]
pub unsafe fn copied<T>(at: *const T) -> T {
    const { assert!(!needs_drop::<T>(), "`#[async_proc]` let a move out of a reference pass") };
    // SAFETY: the caller's promise; what has no destructor is not dropped twice.
    unsafe { at.read() }
}

/// What the twin has an error for. No program that has it is compiled.
#[derive(Debug)]
pub struct Wrong;

impl Wrong {
    /// In the place of [`Tried::branch`].
    #[allow(clippy::missing_errors_doc, reason = "it is never called")]
    pub fn branch<O, R>(&self) -> Result<O, R> {
        never::<Result<O, R>>()
    }

    /// In the place of [`Awaited::into_future`].
    pub fn into_future<F>(&self) -> F {
        never()
    }
}

impl<T> Deref for Tried<T> {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        never()
    }
}

impl<T> Deref for Awaited<T> {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        never()
    }
}

/// What there is of a function whose body `#[async_proc]` could not read.
pub fn unread<W>(_: &PhantomData<W>) {
    const {
        assert!(
            size_of::<W>() == usize::MAX,
            "`#[async_proc]` cannot read this function, though rustc can: is it newer Rust, or has \
             it a macro of its own under the name of one of std's?",
        );
    }
}

/// Cannot be called: the assertion fails when the caller is compiled.
fn never<T>() -> T {
    const {
        assert!(size_of::<T>() == usize::MAX, "`#[async_proc]` let an error of the twin pass");
    }
    unreachable!("the assertion above")
}
