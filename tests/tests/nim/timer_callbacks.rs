//! Callbacks that timers call.

use std::time::Duration;

use async_proc::dispatch::{Dispatcher, add_timer, has_pending_operations, poll, run_forever};

use super::Log;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_oneshot_and_a_periodic_timer_are_called_as_often_as_they_want() {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    let log = Log::default();
    for (name, delay, oneshot, limit) in [("once", 200, true, 0), ("often", 100, false, 3)] {
        let (told, mut calls) = (log.clone(), 0);
        add_timer(delay * MS, oneshot, move || {
            told.note(name);
            calls += 1;
            calls == limit
        });
    }
    for _ in 0..10 {
        dispatcher.advance(50 * MS);
        run_forever().unwrap();
    }
    assert_eq!(log.take(), ["often", "once", "often", "often"]);
    assert_eq!(dispatcher.timers(), 0);
    assert!(!has_pending_operations());
}

#[test]
fn a_delay_of_nothing_is_over_in_the_next_turn() {
    let log = Log::default();
    let told = log.clone();
    add_timer(Duration::ZERO, true, move || {
        told.note("fired");
        false
    });
    assert!(log.0.borrow().is_empty() && has_pending_operations());
    poll(None).unwrap();
    assert_eq!(log.take(), ["fired"]);
    assert!(!has_pending_operations());
}
