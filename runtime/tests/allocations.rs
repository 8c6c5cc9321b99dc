//! How often procs and futures allocate, counted.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use async_proc::prelude::*;
use async_proc::{Context, FutureVar};

struct Counting;

thread_local!(static COUNT: Cell<usize> = const { Cell::new(0) });

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations `f` makes, and its result.
fn counted<T>(f: impl FnOnce() -> T) -> (usize, T) {
    let before = COUNT.get();
    let result = f();
    (COUNT.get() - before, result)
}

/// A proc that awaits a future, then gives the value and one more. It is not compiled by us: what our
/// procs note on an error that leaves them is not what is counted here.
fn plus_1(future: Future<u32>) -> Future<u32> {
    Future::from_std(async move { Ok((&future).await? + 1) })
}

/// Has the tables of the thread grow to what they need.
fn warm_up() {
    let gate = Future::new("gate");
    let procs: Vec<_> = (0..200).map(|_| plus_1(gate.clone())).collect();
    gate.complete(0).unwrap();
    while procs.iter().any(|proc| !proc.finished()) {
        poll(std::time::Duration::ZERO).unwrap();
    }
}

#[test]
fn a_proc_is_one_allocation_with_its_first_waiter() {
    warm_up();
    let gate = Future::new("gate");
    let (started, procs) = counted(|| {
        let first = plus_1(gate.clone());
        let second = plus_1(first.clone());
        (first, second)
    });
    assert_eq!(started, 2);
    let (ran, ()) = counted(|| {
        gate.complete(1).unwrap();
        run_forever().unwrap();
    });
    assert_eq!(ran, 0);
    assert_eq!(procs.1.read().unwrap(), 3);
}

#[test]
fn any_number_of_procs_wait_for_one_future_without_allocating_for_that() {
    warm_up();
    let gate = Future::new("gate");
    let (started, procs) = counted(|| -> [Future<u32>; 100] {
        std::array::from_fn(|_| {
            let gate = gate.clone();
            plus_1(gate)
        })
    });
    assert_eq!(started, 100);
    let (ended, ()) = counted(|| {
        let _ = gate.fail(Error::new("all of them"));
    });
    assert_eq!(ended, counted(|| Error::new("one")).0);
    let (ran, ()) = counted(|| run_forever().unwrap());
    assert_eq!(ran, 0, "clones of an error share it");
    assert!(procs.iter().all(Future::failed));
}

#[test]
fn a_proc_that_need_not_wait_is_one_allocation_too() {
    warm_up();
    let (count, proc) = counted(|| plus_1(Future::ready(1)));
    assert_eq!((count, proc.read().unwrap()), (2, 2));
}

#[test]
fn a_promise_a_callback_and_a_timer_are_one_allocation_each() {
    drop(sleep_async(std::time::Duration::ZERO));
    run_forever().unwrap();
    let (count, future) = counted(|| Future::<u8>::new("promise"));
    assert_eq!(count, 1);
    let (count, _id) = counted(|| future.add_callback(|_| {}));
    assert_eq!(count, 1);
    let (count, nap) = counted(|| sleep_async(std::time::Duration::from_secs(9)));
    // The table of timers may take a node.
    assert!(count <= 2, "{count}");
    nap.cancel();
}

/// Everything that an error would be told on its way, were there one.
#[async_proc]
fn careful(gate: Future<u32>, depth: u32, out: FutureVar<u32>) -> Future<u32> {
    let sum = match depth {
        0 => (&gate).await.context("the gate is broken")?,
        _ => careful(gate, depth - 1, out.clone()).await.context(depth)?,
    };
    out.with(|out| *out += sum);
    Ok(sum + 1)
}

#[test]
fn nothing_is_allocated_for_tracebacks_before_there_is_an_error() {
    warm_up();
    let (gate, out) = (Future::new("gate"), FutureVar::new("out", 0));
    let (started, proc) = counted(|| careful(gate.clone(), 9, out.clone()));
    assert_eq!(started, 10, "one for each proc, and none for the variable that they complete");
    let (ran, ()) = counted(|| {
        gate.complete(1).unwrap();
        run_forever().unwrap();
    });
    assert_eq!((ran, proc.read().unwrap()), (0, 11));

    let gate = Future::new("gate");
    let proc = careful(gate.clone(), 9, out);
    gate.fail(Error::new("now")).unwrap();
    let (ran, ()) = counted(|| run_forever().unwrap());
    assert!(ran > 0 && proc.failed());
    assert_eq!(proc.error().map(|error| error.traceback().count()), Some(10));
}
