use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::dispatch::{
    Dispatcher, drain, has_pending_operations, poll, run_forever, sleep_async, wait_for,
    with_timeout,
};
use crate::{Error, ErrorKind, Future};

const MS: Duration = Duration::from_millis(1);

fn paused() -> Dispatcher {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    dispatcher
}

/// Starts timers of these delays, and notes the place of each as it fires.
fn timers(delays: &[u32]) -> Rc<RefCell<Vec<usize>>> {
    let fired: Rc<RefCell<Vec<usize>>> = Rc::default();
    for (place, delay) in delays.iter().enumerate() {
        let fired = fired.clone();
        sleep_async(MS * *delay).add_callback(move |_| fired.borrow_mut().push(place));
    }
    fired
}

#[test]
fn they_fire_in_the_order_of_their_deadlines_and_equal_ones_in_the_order_made() {
    let dispatcher = paused();
    let fired = timers(&[30, 10, 20, 10, 0, 10]);
    dispatcher.advance(100 * MS);
    run_forever().unwrap();
    assert_eq!(*fired.borrow(), [4, 1, 3, 5, 2, 0]);
}

#[test]
fn they_fire_when_due_and_not_before() {
    let dispatcher = paused();
    let fired = timers(&[5, 10]);
    for (step, count) in [(4, 0), (1, 1), (4, 1), (1, 2)] {
        dispatcher.advance(step * MS);
        run_forever().unwrap();
        assert_eq!(fired.borrow().len(), count);
    }
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn a_delay_of_nothing_fires_in_the_next_turn_and_never_in_the_call() {
    paused();
    let nap = sleep_async(Duration::ZERO);
    assert!(!nap.finished());
    poll(None).unwrap();
    assert!(nap.finished());
}

#[test]
fn a_timer_made_by_a_timer_waits_for_a_turn_of_its_own() {
    paused();
    let fired = Rc::new(RefCell::new(Vec::new()));
    let (log, first) = (fired.clone(), sleep_async(Duration::ZERO));
    first.add_callback(move |_| {
        log.borrow_mut().push(1);
        let log = log.clone();
        sleep_async(Duration::ZERO).add_callback(move |_| log.borrow_mut().push(2));
    });
    poll(None).unwrap();
    assert_eq!(*fired.borrow(), [1]);
    poll(None).unwrap();
    assert_eq!(*fired.borrow(), [1, 2]);
}

#[test]
fn a_delay_that_no_clock_can_express_is_very_long() {
    let dispatcher = paused();
    let nap = sleep_async(Duration::MAX);
    dispatcher.advance(Duration::from_secs(3600 * 24 * 365));
    run_forever().unwrap();
    assert!(!nap.finished());
    assert!(nap.cancel());
}

#[test]
fn cancelling_a_sleep_removes_its_timer() {
    let dispatcher = Dispatcher::current();
    let nap = sleep_async(3600 * 1000 * MS);
    assert_eq!(dispatcher.timers(), 1);
    nap.cancel();
    assert_eq!(dispatcher.timers(), 0);
    assert!(!has_pending_operations() || poll(Duration::ZERO).is_ok());
}

#[test]
fn a_decided_race_removes_its_timer() {
    let dispatcher = paused();
    let future = Future::<u8>::new("f");
    let race = with_timeout(&future, 1000 * MS);
    assert_eq!(dispatcher.timers(), 1);
    future.complete(1).unwrap();
    run_forever().unwrap();
    assert!(race.read().unwrap());
    assert_eq!((dispatcher.timers(), future.read().unwrap()), (0, 1));
}

#[test]
fn a_race_lost_leaves_the_future_and_its_listeners_alone() {
    let dispatcher = paused();
    let future = Future::<u8>::new("f");
    let heard = Rc::new(RefCell::new(0));
    let hear = heard.clone();
    future.add_callback(move |_| *hear.borrow_mut() += 1);
    let race = with_timeout(&future, 10 * MS);
    dispatcher.advance(10 * MS);
    run_forever().unwrap();
    assert!(!race.read().unwrap() && !future.finished());
    assert_eq!(future.handle().head().waiters.len(), 1);
    future.complete(1).unwrap();
    run_forever().unwrap();
    assert_eq!(*heard.borrow(), 1);
}

#[test]
fn a_failure_in_time_goes_through_the_race() {
    let dispatcher = paused();
    let race = with_timeout(Future::<()>::failed_with(Error::new("refused")), 10 * MS);
    assert!(!race.finished());
    run_forever().unwrap();
    assert_eq!(race.read_error().unwrap().to_string(), "refused");
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn cancelling_a_race_cancels_the_future_and_removes_the_timer() {
    let dispatcher = paused();
    let future = Future::<()>::new("f");
    let race = with_timeout(&future, 10 * MS);
    race.cancel();
    assert!(future.cancelled());
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn timers_on_a_paused_clock_are_nothing_to_wait_for() {
    let dispatcher = paused();
    let nap = sleep_async(MS);
    assert!(!has_pending_operations());
    let error = wait_for(nap.clone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingPending);
    let message = error.to_string();
    assert!(message.contains("`sleep_async`") && message.contains("paused"), "{message}");
    dispatcher.resume_clock();
    wait_for(nap).unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn waiting_is_never_too_short_and_precise_to_a_fraction_of_a_millisecond() {
    for delay in [Duration::from_micros(100), MS, Duration::from_micros(1500)] {
        // A busy machine may be late at any time, but not every time.
        let late = (0..50).map(|_| {
            let start = Instant::now();
            wait_for(sleep_async(delay)).unwrap();
            let took = start.elapsed();
            assert!(took >= delay, "{took:?} is less than {delay:?}");
            took - delay
        });
        let best = late.min().unwrap();
        assert!(best < Duration::from_micros(200), "{delay:?} took {best:?} too long at best");
    }
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn a_poll_without_end_waits_for_timers() {
    let nap = sleep_async(5 * MS);
    poll(None).unwrap();
    assert!(nap.finished());
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn drain_takes_no_longer_than_its_total_and_does_all_it_can_until_then() {
    let (soon, late) = (timers(&[1, 2, 3, 4, 5]), sleep_async(3600 * 1000 * MS));
    let start = Instant::now();
    drain(50 * MS).unwrap();
    assert!(start.elapsed() >= 50 * MS, "a timer is still pending");
    assert_eq!(soon.borrow().len(), 5);
    late.cancel();
    assert_eq!(drain(MS).unwrap_err().kind(), ErrorKind::NothingPending);
}
