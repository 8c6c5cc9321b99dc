//! Very many connections: the memory they take, and the descriptors.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use rustix::process::{Resource, getrlimit, setrlimit};

/// How many descriptors a process needs beside those of its connections.
const BESIDE: usize = 100;

static LIVE: AtomicIsize = AtomicIsize::new(0);

struct Counting;

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller's promise is the callee's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Memory that this process has at present, in bytes.
pub(crate) fn live() -> isize {
    LIVE.load(Ordering::Relaxed)
}

/// Has the system allow as many descriptors as it can be made to; gives how many connections of
/// `each` descriptors fit, but no more than are wanted.
pub(crate) fn connections(wanted: usize, each: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let needed = (wanted * each + BESIDE) as u64;
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = limit.maximum.map(|maximum| maximum.min(needed)).or(Some(needed));
        setrlimit(Resource::Nofile, limit).unwrap();
    }
    let room = getrlimit(Resource::Nofile)
        .current
        .map_or(wanted, |room| (usize::try_from(room).unwrap_or(usize::MAX) - BESIDE) / each);
    if room < wanted {
        println!("==================================================================");
        println!(
            "FEWER CONNECTIONS: {room} instead of {wanted}; the system allows no more descriptors"
        );
        println!("==================================================================");
    }
    room.min(wanted)
}
