//! The memory of a thread, so that tests on other threads are not counted.
#![allow(dead_code, reason = "not every test uses all of it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // There is nothing to count by once the thread ends.
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(live.get())));
    });
}

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Memory that was allocated by this thread, less what was freed by it, in bytes.
pub(crate) fn live() -> isize {
    LIVE.get()
}

/// The most there has been of it at a time, since [`watch_most`].
pub(crate) fn most() -> isize {
    MOST.get()
}

/// Begins to look for the most; gives what there is now.
pub(crate) fn watch_most() -> isize {
    MOST.set(live());
    live()
}
