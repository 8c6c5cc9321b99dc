use std::rc::Rc;
use std::time::Duration;

use crate::dispatch::{Dispatcher, ZeroPeriod, interval, run_forever};
use crate::{ErrorKind, Future};

const MS: Duration = Duration::from_millis(1);

fn paused() -> Dispatcher {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    dispatcher
}

fn advance(dispatcher: &Dispatcher, by: u32) {
    dispatcher.advance(by * MS);
    run_forever().unwrap();
}

#[test]
fn it_ticks_at_the_end_of_each_period_and_does_not_drift() {
    let dispatcher = paused();
    let ticks = interval(10 * MS).unwrap();
    // The work after each tick takes 3, 9 and 0 ms.
    for (wait, work) in [(10, 3), (7, 9), (1, 0), (10, 0)] {
        let tick = ticks.tick();
        advance(&dispatcher, wait - 1);
        assert!(!tick.finished());
        advance(&dispatcher, 1);
        assert_eq!(tick.read().unwrap(), 1);
        advance(&dispatcher, work);
    }
    assert_eq!(ticks.period(), 10 * MS);
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn missed_ticks_are_one_that_says_how_many_there_were() {
    let dispatcher = paused();
    let ticks = interval(10 * MS).unwrap();
    let tick = ticks.tick();
    advance(&dispatcher, 25);
    assert_eq!(tick.read().unwrap(), 2, "the wait took too long");
    advance(&dispatcher, 30);
    let tick = ticks.tick();
    assert!(!tick.finished(), "never in the call");
    run_forever().unwrap();
    assert_eq!(tick.read().unwrap(), 3, "nobody waited");
    let tick = ticks.tick();
    advance(&dispatcher, 4);
    assert!(!tick.finished());
    advance(&dispatcher, 1);
    assert_eq!(tick.read().unwrap(), 1, "on time again");
}

#[test]
fn who_asks_twice_waits_for_one_tick() {
    let dispatcher = paused();
    let ticks = interval(MS).unwrap();
    let (one, other) = (ticks.tick(), ticks.tick());
    assert_eq!(dispatcher.timers(), 1);
    advance(&dispatcher, 1);
    assert_eq!((one.read().unwrap(), other.read().unwrap()), (1, 1));
}

#[test]
fn a_cancelled_tick_takes_its_timer_back_and_the_next_one_counts_on() {
    let dispatcher = paused();
    let ticks = interval(10 * MS).unwrap();
    let token = Rc::new(());
    let (tick, held) = (ticks.tick(), token.clone());
    tick.add_callback(move |_| drop(held));
    assert!(tick.cancel());
    assert_eq!(dispatcher.timers(), 0);
    let tick = ticks.tick();
    advance(&dispatcher, 30);
    assert_eq!(tick.read().unwrap(), 3);
    assert_eq!(Rc::strong_count(&token), 1);
}

#[test]
fn dropping_it_ends_it_and_leaves_no_timer() {
    let dispatcher = paused();
    let ticks = interval(MS).unwrap();
    let tick = ticks.tick();
    let wait = tick.clone();
    let proc = Future::from_std(async move { wait.await.map(drop) });
    drop(ticks);
    assert_eq!(dispatcher.timers(), 0);
    run_forever().unwrap();
    for error in [tick.read_error().unwrap(), proc.read_error().unwrap()] {
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}

#[test]
fn a_period_of_nothing_is_an_error_that_says_where() {
    let line = line!() + 1;
    let error = interval(Duration::ZERO).unwrap_err();
    let error = error.downcast_ref::<ZeroPeriod>().unwrap();
    assert_eq!((error.created().file(), error.created().line()), (file!(), line));
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let dispatcher = paused();
    dispatcher.advance(3600 * 1000 * MS);
    let ticks = interval(MS).unwrap();
    dispatcher.resume_clock();
    dispatcher.pause_clock();
    let tick = ticks.tick();
    advance(&dispatcher, 3600 * 1000 + 1);
    assert_eq!(tick.read().unwrap(), 1);
}
