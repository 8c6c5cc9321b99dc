//! Very many timers: what they cost, and that each fires in its place.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod thread_memory;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use async_proc::Future;
use async_proc::dispatch::{
    Dispatcher, WatchId, add_timer, has_pending_operations, run_forever, sleep_async,
};

use thread_memory::live;

const MILLION: usize = 1_000_000;

/// Delays in no order, with many equal ones, the same in every run.
fn delays(count: usize) -> impl Iterator<Item = Duration> {
    let mut state = 1_u64;
    (0..count).map(move |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(1 + (state >> 33) % 50_000)
    })
}

/// Makes a million timers and removes them, half of them in the order made and half in the opposite
/// one. Gives how many bytes each takes.
fn made_and_removed<T>(make: impl Fn(Duration) -> T, remove: impl Fn(&T) -> bool) -> usize {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    // What is kept once it is there: the schedule, the table of timers.
    assert!(remove(&make(Duration::from_secs(1))));
    run_forever().unwrap();
    let before = live();
    let mut timers = Vec::with_capacity(MILLION);
    let handles = live() - before;
    timers.extend(delays(MILLION).map(make));
    let each = (live() - before - handles).unsigned_abs() / MILLION;
    assert_eq!(dispatcher.timers(), MILLION);
    let (first, second) = timers.split_at(MILLION / 2);
    assert!(first.iter().all(&remove));
    assert_eq!(dispatcher.timers(), MILLION / 2);
    assert!(second.iter().rev().all(&remove));
    assert_eq!(dispatcher.timers(), 0);
    drop(timers);
    run_forever().unwrap();
    assert!(!has_pending_operations());
    assert_eq!(live(), before, "every byte was given back");
    each
}

#[test]
fn a_million_sleeps_are_made_and_cancelled_and_leave_no_byte() {
    let each = made_and_removed(sleep_async, Future::cancel);
    assert!(each <= 256, "{each} bytes a timer");
}

#[test]
fn a_million_callbacks_are_made_and_removed_and_leave_no_byte() {
    let make = |delay| add_timer(delay, true, || unreachable!("it is removed"));
    let each = made_and_removed(make, WatchId::remove);
    assert!(each <= 256, "{each} bytes a timer");
}

#[test]
fn a_hundred_thousand_that_are_due_at_once_fire_in_the_order_of_their_deadlines() {
    const COUNT: usize = 100_000;
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    let fired: Rc<RefCell<Vec<usize>>> = Rc::default();
    let mut expected: Vec<_> = delays(COUNT).enumerate().collect();
    for (number, delay) in &expected {
        let (number, log) = (*number, fired.clone());
        if number % 2 == 0 {
            sleep_async(*delay).add_callback(move |_| log.borrow_mut().push(number));
        } else {
            add_timer(*delay, true, move || {
                log.borrow_mut().push(number);
                true
            });
        }
    }
    // The clock has not moved: nothing is due.
    run_forever().unwrap();
    assert!(fired.borrow().is_empty());
    dispatcher.advance(Duration::from_secs(3600));
    run_forever().unwrap();
    // A stable sort: of equal ones, the one made first comes first.
    expected.sort_by_key(|(_, delay)| *delay);
    assert!(fired.borrow().iter().eq(expected.iter().map(|(number, _)| number)));
    assert_eq!(dispatcher.timers(), 0);
}
