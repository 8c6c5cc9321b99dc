//! How much work waiting is, counted: entries put into lists, taken out, and passed by.

use super::{many, settle};
use crate::future::list::steps;
use crate::future::{CallbackId, all, race};
use crate::{Future, with_timeout};

/// The steps that `f` takes.
fn counted(f: impl FnOnce()) -> usize {
    let before = steps();
    f();
    steps() - before
}

#[test]
fn a_million_procs_wait_on_one_future_with_four_steps_each() {
    for count in [many(1000), many(10_000), many(100_000), many(1_000_000)] {
        let gate = Future::<()>::new("gate");
        let mut procs: Vec<Future<()>> = Vec::new();
        let waited = counted(|| {
            procs.extend((0..count).map(|_| Future::from_std(gate.clone())));
        });
        assert_eq!(waited, count);
        let ran = counted(|| {
            gate.complete(()).unwrap();
            settle();
        });
        // Out of the future's list, into the queue, and out of it.
        assert_eq!(ran, 3 * count);
        assert!(procs.iter().all(Future::finished));
    }
}

/// Up to a hundred thousand, by tens.
fn sizes() -> [usize; 3] {
    [many(1000), many(10_000), many(100_000)]
}

#[test]
fn a_callback_is_added_in_one_step_and_removed_in_one_wherever_it_stands() {
    for count in sizes() {
        let future = Future::<()>::new("popular");
        let mut ids: Vec<CallbackId> = Vec::new();
        let added = counted(|| ids.extend((0..count).map(|_| future.add_callback(|_| {}))));
        assert_eq!(added, count);
        let removed = counted(|| assert!(ids.iter().rev().step_by(2).all(CallbackId::remove)));
        assert_eq!(removed, count.div_ceil(2));
        let ran = counted(|| {
            future.complete(()).unwrap();
            settle();
        });
        assert_eq!(ran, 3 * (count / 2));
    }
}

#[test]
fn a_hundred_thousand_races_against_one_long_lived_future_take_linear_work() {
    for count in sizes() {
        let stop = Future::<()>::new("stop");
        let each = counted(|| {
            for _ in 0..count {
                let tick = Future::<()>::new("tick");
                let first = race([&stop, &tick]);
                tick.complete(()).unwrap();
                settle();
                assert_eq!(first.take().unwrap().index, 1);
            }
        });
        // Two listeners added, one moved to the queue and run, one removed.
        assert_eq!(each, 6 * count);
        assert!(stop.handle().head().waiters.is_empty());
    }
}

#[test]
fn waiting_for_many_at_once_is_linear_too() {
    for count in sizes() {
        let parts: Vec<Future<()>> = (0..count).map(|_| Future::new("part")).collect();
        let together = all(&parts);
        let ran = counted(|| {
            for part in &parts {
                part.complete(()).unwrap();
            }
            settle();
        });
        assert_eq!(ran, 3 * count);
        assert_eq!(together.take().unwrap().len(), count);
    }
}

#[test]
fn time_limits_leave_no_listener_and_no_timer() {
    let dispatcher = crate::Dispatcher::current();
    dispatcher.pause_clock();
    let future = Future::<()>::new("busy");
    let limits: Vec<_> = (0..many(100_000))
        .map(|n| with_timeout(&future, std::time::Duration::from_millis(n as u64 % 500)))
        .collect();
    assert_eq!(dispatcher.timers(), limits.len());
    future.complete(()).unwrap();
    settle();
    assert_eq!(dispatcher.timers(), 0);
    assert!(limits.iter().all(|limit| limit.take().unwrap()));
}
