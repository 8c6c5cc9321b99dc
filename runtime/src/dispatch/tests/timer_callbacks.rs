use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use crate::ErrorKind;
use crate::dispatch::{
    Dispatcher, WatchId, add_timer, call_soon, has_pending_operations, poll, run_forever,
    sleep_async, wait_for,
};

const MS: Duration = Duration::from_millis(1);

fn paused() -> Dispatcher {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    dispatcher
}

/// A timer that notes when it is called, in milliseconds from now, and has enough after `limit`
/// calls.
fn ticks(delay: Duration, oneshot: bool, limit: usize) -> (WatchId, Rc<RefCell<Vec<u128>>>) {
    let ticks: Rc<RefCell<Vec<u128>>> = Rc::default();
    let (log, start) = (ticks.clone(), Dispatcher::current().now());
    let timer = add_timer(delay, oneshot, move || {
        log.borrow_mut().push((Dispatcher::current().now() - start).as_millis());
        log.borrow().len() == limit
    });
    (timer, ticks)
}

#[test]
fn a_oneshot_is_called_once_and_leaves_nothing_whatever_it_returns() {
    let dispatcher = paused();
    for enough in [true, false] {
        let calls = Rc::new(Cell::new(0));
        let counted = calls.clone();
        let timer = add_timer(5 * MS, true, move || {
            counted.set(counted.get() + 1);
            enough
        });
        assert!(!has_pending_operations() && dispatcher.timers() == 1, "the clock is paused");
        dispatcher.advance(50 * MS);
        run_forever().unwrap();
        assert_eq!((calls.get(), dispatcher.timers()), (1, 0));
        assert_eq!(Rc::strong_count(&calls), 1, "the callback is dropped");
        assert!(!timer.remove());
    }
}

#[test]
fn a_periodic_one_is_called_until_it_has_enough() {
    let dispatcher = paused();
    let (timer, ticks) = ticks(10 * MS, false, 3);
    for _ in 0..60 {
        dispatcher.advance(MS);
        run_forever().unwrap();
    }
    assert_eq!(*ticks.borrow(), [10, 20, 30]);
    assert_eq!(dispatcher.timers(), 0);
    assert!(!timer.remove());
}

#[test]
fn a_late_call_does_not_shift_the_beat_and_missed_ones_are_one() {
    let dispatcher = paused();
    let (timer, ticks) = ticks(10 * MS, false, 0);
    for step in [13, 6, 1, 45, 4, 1, 100, 1, 9] {
        dispatcher.advance(step * MS);
        run_forever().unwrap();
    }
    // Late by 3; on the beat of 20; 30 to 60 are one call at 65; 70; 80 to 170 are one, and then 180.
    assert_eq!(*ticks.borrow(), [13, 20, 65, 70, 170, 180]);
    assert!(timer.remove());
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn a_delay_of_zero_is_called_in_the_next_turn_and_not_in_the_call() {
    paused();
    let (_, ticks) = ticks(Duration::ZERO, true, 0);
    assert!(ticks.borrow().is_empty());
    poll(None).unwrap();
    assert_eq!(ticks.borrow().len(), 1);
    assert!(!has_pending_operations());
}

#[test]
fn a_period_of_zero_is_one_call_a_turn_and_keeps_nobody_waiting() {
    let dispatcher = paused();
    let (timer, ticks) = ticks(Duration::ZERO, false, 0);
    let turns = dispatcher.turns();
    let other = Rc::new(Cell::new(0));
    let counted = other.clone();
    add_timer(5 * MS, true, move || {
        counted.set(counted.get() + 1);
        true
    });
    for _ in 0..10 {
        let counted = other.clone();
        call_soon(move || counted.set(counted.get() + 1));
        dispatcher.advance(MS);
        poll(None).unwrap();
    }
    assert_eq!(other.get(), 11);
    assert_eq!(ticks.borrow().len() as u64, dispatcher.turns() - turns);
    timer.remove();
}

#[test]
fn it_is_removed_by_hand_before_it_is_due_when_it_is_queued_and_from_within() {
    let dispatcher = paused();
    let never = || -> bool { unreachable!("it is removed") };
    assert!(add_timer(MS, false, never).remove());

    // Due in the same turn, and queued behind what removes it.
    let timer: Rc<RefCell<Option<WatchId>>> = Rc::default();
    let removed = timer.clone();
    add_timer(MS, true, move || removed.borrow().as_ref().unwrap().remove());
    timer.replace(Some(add_timer(MS, false, never)));
    dispatcher.advance(MS);
    run_forever().unwrap();
    assert_eq!(dispatcher.timers(), 0);

    let (own, calls) = (Rc::new(RefCell::new(None::<WatchId>)), Rc::new(Cell::new(0)));
    let (remove, counted) = (own.clone(), calls.clone());
    own.replace(Some(add_timer(MS, false, move || {
        counted.set(counted.get() + 1);
        assert!(remove.borrow().as_ref().unwrap().remove());
        false
    })));
    dispatcher.advance(10 * MS);
    run_forever().unwrap();
    assert_eq!((calls.get(), Rc::strong_count(&calls)), (1, 1));
}

#[test]
fn callbacks_and_futures_are_due_in_one_order() {
    let dispatcher = paused();
    let order: Rc<RefCell<Vec<u32>>> = Rc::default();
    for (place, delay) in [(0, 20), (1, 10), (2, 20), (3, 5), (4, 10)] {
        let log = order.clone();
        if place % 2 == 0 {
            sleep_async(MS * delay).add_callback(move |_| log.borrow_mut().push(place));
        } else {
            add_timer(MS * delay, true, move || {
                log.borrow_mut().push(place);
                true
            });
        }
    }
    dispatcher.advance(100 * MS);
    run_forever().unwrap();
    assert_eq!(*order.borrow(), [3, 1, 4, 0, 2]);
}

#[test]
fn a_periodic_one_counts_as_pending_while_it_runs() {
    paused();
    let seen = Rc::new(Cell::new(false));
    let pending = seen.clone();
    let timer = add_timer(Duration::ZERO, false, move || {
        pending.set(has_pending_operations());
        false
    });
    poll(None).unwrap();
    assert!(seen.get());
    timer.remove();
    assert!(!has_pending_operations());
}

#[test]
fn a_callback_that_panics_is_removed_and_the_others_go_on() {
    let dispatcher = paused();
    add_timer(MS, false, || panic!("bad tick"));
    let (_, ticks) = ticks(MS, true, 0);
    dispatcher.advance(MS);
    assert_eq!(run_forever().unwrap_err().kind(), ErrorKind::Panicked);
    run_forever().unwrap();
    assert_eq!((ticks.borrow().len(), dispatcher.timers()), (1, 0));
}

#[test]
fn a_turn_within_the_callback_does_not_call_it_again_inside() {
    paused();
    let depth = Rc::new(Cell::new((0, 0)));
    let measured = depth.clone();
    let timer = add_timer(Duration::ZERO, false, move || {
        let (now, most) = measured.get();
        measured.set((now + 1, most.max(now + 1)));
        poll(Duration::ZERO).unwrap();
        measured.set((now, measured.get().1));
        false
    });
    for _ in 0..3 {
        poll(None).unwrap();
    }
    assert_eq!(depth.get(), (0, 1));
    timer.remove();
}

#[test]
fn closing_the_dispatcher_drops_the_callback() {
    let dispatcher = Dispatcher::new();
    let old = crate::dispatch::set_global_dispatcher(&dispatcher).unwrap();
    let held = Rc::new(());
    let callback = |held: Rc<()>| move || -> bool { unreachable!("{held:?}") };
    let timer = add_timer(MS, false, callback(held.clone()));
    dispatcher.close();
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(!timer.remove());
    assert!(!add_timer(MS, true, callback(held.clone())).remove(), "it never stood");
    assert_eq!(Rc::strong_count(&held), 1);
    crate::dispatch::set_global_dispatcher(&old).unwrap();
}

#[test]
fn a_timer_belongs_to_the_dispatcher_it_was_added_to() {
    let second = Dispatcher::new();
    let first = crate::dispatch::set_global_dispatcher(&second).unwrap();
    let (timer, _) = ticks(3600 * 1000 * MS, false, 0);
    crate::dispatch::set_global_dispatcher(&first).unwrap();
    assert_eq!((first.timers(), second.timers()), (0, 1));
    assert!(timer.remove());
    assert_eq!(second.timers(), 0);
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn it_is_never_early_also_when_the_thread_was_blocked() {
    let start = Instant::now();
    let times: Rc<RefCell<Vec<(u32, Duration)>>> = Rc::default();
    for delay in [15, 5, 10] {
        let times = times.clone();
        add_timer(MS * delay, true, move || {
            times.borrow_mut().push((delay, start.elapsed()));
            true
        });
    }
    thread::sleep(12 * MS);
    wait_for(sleep_async(10 * MS)).unwrap();
    let times = times.take();
    assert_eq!(times.iter().map(|time| time.0).collect::<Vec<_>>(), [5, 10, 15]);
    assert!(times.iter().all(|(delay, after)| *after >= MS * *delay), "{times:?}");
}
