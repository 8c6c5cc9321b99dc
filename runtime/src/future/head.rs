//! What every future begins with, and the counted pointer to it.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::mem::{self, MaybeUninit};
use std::panic::Location;
use std::ptr::{self, NonNull};

use super::list::List;
use super::schedule;
use super::unread;
use crate::Error;

/// How far a future has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    /// The result holds a value.
    Value,
    /// The result holds a value that is being cloned: it must stay where it is.
    Lent,
    /// The result holds an error.
    Failed,
    /// The result was moved out.
    Taken,
}

/// The part of a future that depends on neither its type nor its origin.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) kind: &'static Kind,
    refs: Cell<usize>,
    pub(crate) state: Cell<State>,
    /// Whether anybody has looked at the error.
    pub(crate) seen: Cell<bool>,
    /// Whether `cancel` finished it.
    pub(crate) cancelled: Cell<bool>,
    pub(crate) waiters: List,
    pub(crate) name: &'static str,
    pub(crate) created: &'static Location<'static>,
}

/// What one sort of future is, beyond its head.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Where the result stands, in bytes from the head.
    pub(crate) result: usize,
    /// Whether a machine finishes it.
    pub(crate) is_proc: bool,
    pub(crate) is_failed: unsafe fn(*const ()) -> bool,
    pub(crate) put_error: unsafe fn(*mut (), Error),
    pub(crate) take_error: unsafe fn(*mut ()) -> Option<Error>,
    pub(crate) drop_result: unsafe fn(*mut ()),
    /// Frees the memory. Everything in it that needs dropping, but the result, goes with it.
    pub(crate) free: unsafe fn(NonNull<Head>),
    /// Lets go of what would have finished the future, and names the futures that were waited for.
    /// `true` if the future may be finished as cancelled now.
    pub(crate) cancel: unsafe fn(NonNull<Head>, &mut Vec<Handle>) -> Result<bool, Error>,
}

/// The functions of a `Kind` that depend on the result's type alone.
pub(crate) struct ResultOf<T>(std::marker::PhantomData<T>);

impl<T> ResultOf<T> {
    /// # Safety
    ///
    /// `result` points to an initialised `Result<T, Error>`.
    pub(crate) unsafe fn is_failed(result: *const ()) -> bool {
        // SAFETY: the caller's promise.
        unsafe { &*result.cast::<Result<T, Error>>() }.is_err()
    }

    /// # Safety
    ///
    /// `result` is valid for writing a `Result<T, Error>`, and holds none.
    pub(crate) unsafe fn put_error(result: *mut (), error: Error) {
        // SAFETY: the caller's promise.
        unsafe { result.cast::<Result<T, Error>>().write(Err(error)) };
    }

    /// # Safety
    ///
    /// `result` points to an initialised `Result<T, Error>`, which is moved out.
    pub(crate) unsafe fn take_error(result: *mut ()) -> Option<Error> {
        // SAFETY: the caller's promise.
        unsafe { result.cast::<Result<T, Error>>().read() }.err()
    }

    /// # Safety
    ///
    /// `result` points to an initialised `Result<T, Error>`, which is not used again.
    pub(crate) unsafe fn drop_result(result: *mut ()) {
        // SAFETY: the caller's promise.
        unsafe { ptr::drop_in_place(result.cast::<Result<T, Error>>()) };
    }
}

/// Room for a result that is not there yet.
pub(crate) type Room<T> = UnsafeCell<MaybeUninit<Result<T, Error>>>;

pub(crate) fn empty_room<T>() -> Room<T> {
    UnsafeCell::new(MaybeUninit::uninit())
}

impl Head {
    pub(crate) fn new(
        kind: &'static Kind,
        name: &'static str,
        created: &'static Location<'static>,
    ) -> Head {
        Head {
            kind,
            refs: Cell::new(1),
            state: Cell::new(State::Pending),
            seen: Cell::new(false),
            cancelled: Cell::new(false),
            waiters: List::new(),
            name,
            created,
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.state.get() != State::Pending
    }

    pub(crate) fn is_unique(&self) -> bool {
        self.refs.get() == 1
    }

    /// Where the result stands.
    pub(crate) fn result(this: NonNull<Head>) -> *mut () {
        // SAFETY: the offset is that of a field of the allocation `this` points to.
        unsafe { this.byte_add(this.as_ref().kind.result) }.cast().as_ptr()
    }
}

/// Marks `head` as finished and queues everyone who waits on it, in order.
///
/// # Safety
///
/// `head` is alive and pending, and its result has been written as `state` says.
pub(crate) unsafe fn finish(head: NonNull<Head>, state: State) {
    // SAFETY: the caller promises that it is alive.
    let this = unsafe { head.as_ref() };
    this.state.set(state);
    if this.waiters.is_empty() {
        return;
    }
    schedule::with(|schedule| {
        while let Some(node) = this.waiters.pop_front() {
            // SAFETY: a node taken from a list is alive and ours; the queue keeps it until it runs.
            unsafe {
                if let Some(fired) = node.as_ref().kind().fired {
                    fired(node, head);
                }
                schedule.queue.push_back(node);
            }
        }
    });
}

/// A counted pointer to a future of a forgotten type.
#[derive(Debug)]
pub(crate) struct Handle(NonNull<Head>);

impl Handle {
    /// Takes over one reference.
    ///
    /// # Safety
    ///
    /// `head` is alive and one of its references is the caller's to give.
    pub(crate) unsafe fn from_raw(head: NonNull<Head>) -> Handle {
        Handle(head)
    }

    /// A new reference to `head`.
    ///
    /// # Safety
    ///
    /// `head` is alive and has a reference.
    pub(crate) unsafe fn of(head: NonNull<Head>) -> Handle {
        // SAFETY: the caller promises that it is alive.
        let refs = unsafe { &head.as_ref().refs };
        match refs.get().checked_add(1) {
            Some(more) => refs.set(more),
            // As many handles as addresses: they were leaked, and counting on would free too early.
            None => std::process::abort(),
        }
        Handle(head)
    }

    /// Gives up the handle and keeps the reference.
    pub(crate) fn into_raw(self) -> NonNull<Head> {
        let head = self.0;
        mem::forget(self);
        head
    }

    pub(crate) fn raw(&self) -> NonNull<Head> {
        self.0
    }

    /// Whether this is the last handle, and nobody waits.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.head().is_unique() && self.head().waiters.is_empty()
    }

    pub(crate) fn head(&self) -> &Head {
        // SAFETY: the handle's reference keeps it alive.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for Handle {
    fn clone(&self) -> Handle {
        // SAFETY: this handle has a reference.
        unsafe { Handle::of(self.0) }
    }
}

impl Drop for Handle {
    #[inline]
    fn drop(&mut self) {
        let refs = self.head().refs.get() - 1;
        self.head().refs.set(refs);
        if refs == 0 {
            // SAFETY: this was the last reference.
            unsafe { free(self.0) };
        }
    }
}

thread_local! {
    /// Futures to be freed after the one that is being freed: a chain of them, each freed by a
    /// callback of the one before, may be long.
    static LATER: RefCell<Option<Vec<NonNull<Head>>>> = const { RefCell::new(None) };
}

/// # Safety
///
/// No reference to `head` is left.
unsafe fn free(head: NonNull<Head>) {
    // SAFETY: the caller's promise.
    unsafe {
        match head.as_ref().waiters.is_empty() {
            true => free_now(head),
            false => free_by_turns(head),
        }
    }
}

/// Frees a future that somebody waits on. What that sets off is freed by turns, not in depth.
///
/// # Safety
///
/// As for [`free`].
#[cold]
unsafe fn free_by_turns(head: NonNull<Head>) {
    struct Outermost;
    impl Drop for Outermost {
        fn drop(&mut self) {
            // Also if a destructor has panicked.
            let rest = LATER.with(|later| later.take());
            for head in rest.into_iter().flatten() {
                // SAFETY: no reference is left to what stands there.
                unsafe { free_by_turns(head) };
            }
        }
    }
    let is_later = LATER.try_with(|later| match &mut *later.borrow_mut() {
        Some(later) => {
            later.push(head);
            true
        }
        none => {
            *none = Some(vec![head]);
            false
        }
    });
    match is_later {
        Ok(true) => {}
        Ok(false) => {
            let _outermost = Outermost;
            while let Some(head) = LATER.with_borrow_mut(|later| later.as_mut().and_then(Vec::pop))
            {
                // SAFETY: no reference is left to what stands there.
                unsafe { free_now(head) };
            }
        }
        // The thread ends.
        // SAFETY: the caller's promise.
        Err(_) => unsafe { free_now(head) },
    }
}

/// # Safety
///
/// As for [`free`].
unsafe fn free_now(head: NonNull<Head>) {
    // SAFETY: it is alive until the last line.
    let this = unsafe { head.as_ref() };
    // Nobody can finish it any more, so whoever waits on it never runs for it.
    while let Some(node) = this.waiters.pop_front() {
        // SAFETY: a node taken from a list is alive and ours.
        unsafe { (node.as_ref().kind().discard)(node) };
    }
    let result = Head::result(head);
    // The memory goes even if a destructor of the result panics.
    let memory = Memory(head);
    // SAFETY: the states say what the result holds, and nothing reads it again.
    unsafe {
        match this.state.get() {
            State::Pending | State::Taken => {}
            State::Value | State::Lent => (this.kind.drop_result)(result),
            State::Failed => match (this.kind.take_error)(result) {
                Some(error) if !this.seen.get() => unread::report(this, error),
                _ => {}
            },
        }
    }
    drop(memory);
}

struct Memory(NonNull<Head>);

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: made by `free`, which has dropped what is in it and uses it no more.
        unsafe { (self.0.as_ref().kind.free)(self.0) };
    }
}
