//! Futures that somebody else finishes: promises, timers, operations of the reactor, combinators.

use std::marker::PhantomData;
use std::mem::offset_of;
use std::panic::Location;
use std::ptr::NonNull;

use super::Future;
use super::head::{Handle, Head, Kind, ResultOf, Room, empty_room};
use crate::Error;

/// What a leaf future keeps in its allocation, beside its result.
pub(crate) trait Leaf {
    /// The future is about to be finished as cancelled. Whatever would have finished it is let go
    /// of; futures that it waited on are added to `upstream`.
    fn cancel(&self, upstream: &mut Vec<Handle>);

    /// The future is freed with a result that nobody looked at. `true` if it has been moved out.
    ///
    /// # Safety
    ///
    /// `result` points to an initialised `Result<T, Error>`, `T` being the type of the future's
    /// value. It is used again only if this returns `false`.
    unsafe fn abandoned(&self, result: *mut ()) -> bool {
        let _ = result;
        false
    }
}

/// A promise keeps nothing: whoever holds a handle finishes it.
impl Leaf for () {
    fn cancel(&self, _: &mut Vec<Handle>) {}
}

#[repr(C)]
struct Block<L, T> {
    head: Head,
    leaf: L,
    result: Room<T>,
}

impl<L: Leaf, T> Block<L, T> {
    const KIND: &'static Kind = &Kind {
        result: offset_of!(Block<L, T>, result),
        is_proc: false,
        is_failed: ResultOf::<T>::is_failed,
        put_error: ResultOf::<T>::put_error,
        take_error: ResultOf::<T>::take_error,
        drop_result: Self::drop_result,
        free: Self::free,
        cancel: Self::cancel,
    };

    unsafe fn drop_result(result: *mut ()) {
        // SAFETY: a result of this kind is that of a block of this type, which is alive; it is
        // initialised, and not used again.
        unsafe {
            let block = result.byte_sub(offset_of!(Self, result)).cast::<Self>();
            if (*block).head.seen.get() || !(*block).leaf.abandoned(result) {
                ResultOf::<T>::drop_result(result);
            }
        }
    }

    unsafe fn free(head: NonNull<Head>) {
        // SAFETY: a head of this kind begins a box of this type, and it is not used again.
        drop(unsafe { Box::from_raw(head.cast::<Block<L, T>>().as_ptr()) });
    }

    unsafe fn cancel(head: NonNull<Head>, upstream: &mut Vec<Handle>) -> Result<bool, Error> {
        // SAFETY: a head of this kind begins a block of this type, which is alive.
        unsafe { &(*head.cast::<Block<L, T>>().as_ptr()).leaf }.cancel(upstream);
        Ok(true)
    }
}

/// A future together with the type of what it keeps.
pub(crate) struct Leafed<L, T>(Future<T>, PhantomData<L>);

impl<L: Leaf, T> Leafed<L, T> {
    pub(crate) fn new(
        name: &'static str,
        created: &'static Location<'static>,
        leaf: L,
    ) -> Leafed<L, T> {
        let head = Head::new(Block::<L, T>::KIND, name, created);
        let block = Box::new(Block { head, leaf, result: empty_room::<T>() });
        // SAFETY: a box is not null.
        let head = unsafe { NonNull::new_unchecked(Box::into_raw(block)) }.cast::<Head>();
        // SAFETY: the block was made with one reference, and holds a `T`.
        Leafed(unsafe { Future::from_handle(Handle::from_raw(head)) }, PhantomData)
    }

    /// # Safety
    ///
    /// `handle` is of a future that `Leafed::<L, T>::new` made.
    pub(crate) unsafe fn from_handle(handle: Handle) -> Leafed<L, T> {
        // SAFETY: the caller's promise.
        Leafed(unsafe { Future::from_handle(handle) }, PhantomData)
    }

    pub(crate) fn leaf(&self) -> &L {
        // SAFETY: the future was made by `new`, so its head begins a block of this type, which
        // lives as long as `self`; a leaf is only ever shared.
        unsafe { &(*self.0.handle().raw().cast::<Block<L, T>>().as_ptr()).leaf }
    }

    pub(crate) fn future(&self) -> &Future<T> {
        &self.0
    }

    pub(crate) fn into_future(self) -> Future<T> {
        self.0
    }
}

impl<L, T> Clone for Leafed<L, T> {
    fn clone(&self) -> Self {
        Leafed(self.0.clone(), PhantomData)
    }
}
