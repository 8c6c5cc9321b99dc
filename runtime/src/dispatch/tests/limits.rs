//! Time limits that cancel.

use std::rc::Rc;
use std::time::Duration;

use crate::dispatch::{Dispatcher, call_soon, run_forever, with_timeout_cancel};
use crate::{Error, ErrorKind, Future, FutureError, FutureErrorKind};

const MS: Duration = Duration::from_millis(1);

fn paused() -> Dispatcher {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    dispatcher
}

/// A value that cannot be cloned.
#[derive(Debug, PartialEq)]
struct Answer(u8);

#[test]
fn what_finishes_in_time_gives_its_own_value_and_the_timer_is_gone() {
    let dispatcher = paused();
    let future = Future::new("f");
    let limited = with_timeout_cancel(&future, 10 * MS);
    future.complete(Answer(1)).unwrap();
    run_forever().unwrap();
    assert_eq!(limited.take().unwrap(), Answer(1));
    assert_eq!(dispatcher.timers(), 0);
    let error = future.take().unwrap_err();
    let error = error.downcast_ref::<FutureError>().unwrap();
    assert_eq!(error.kind(), FutureErrorKind::Taken);

    let at_once = with_timeout_cancel(Future::ready(Answer(2)), MS);
    assert!(!at_once.finished());
    run_forever().unwrap();
    assert_eq!(at_once.take().unwrap(), Answer(2));
}

#[test]
fn what_fails_in_time_gives_its_own_error() {
    let dispatcher = paused();
    let limited = with_timeout_cancel(Future::<Answer>::failed_with(Error::new("no")), 10 * MS);
    run_forever().unwrap();
    assert_eq!(limited.read_error().unwrap().to_string(), "no");
    assert_eq!(dispatcher.timers(), 0);
}

#[test]
fn what_does_not_is_cancelled_and_the_error_names_it_and_where_it_was_made() {
    let dispatcher = paused();
    let future = Future::<Answer>::new("slow");
    let (wait, token) = (future.clone(), Rc::new(()));
    let held = token.clone();
    let proc = Future::from_std(async move {
        let _held = held;
        wait.await
    });
    let limited = with_timeout_cancel(proc, 10 * MS);
    let direct = with_timeout_cancel(Future::<()>::new("other"), 5 * MS);
    dispatcher.advance(9 * MS);
    run_forever().unwrap();
    assert!(direct.failed() && !limited.finished());
    dispatcher.advance(MS);
    run_forever().unwrap();
    assert_eq!(limited.read_error().unwrap().kind(), ErrorKind::TimedOut);
    assert!(future.cancelled());
    assert_eq!((Rc::strong_count(&token), dispatcher.timers()), (1, 0));

    let line = line!() + 1;
    let named = with_timeout_cancel(Future::<()>::new("slow"), 1500 * MS);
    dispatcher.advance(1500 * MS);
    run_forever().unwrap();
    let file = file!();
    assert_eq!(
        named.read_error().unwrap().to_string(),
        format!("`slow` created at {file}:{line}:37 did not finish within 1.5s"),
    );
}

#[test]
fn what_somebody_else_waits_for_goes_on() {
    let dispatcher = paused();
    let future = Future::new("f");
    let wait = future.clone();
    let other = Future::from_std(wait);
    let limited = with_timeout_cancel(&future, MS);
    dispatcher.advance(MS);
    run_forever().unwrap();
    assert_eq!(limited.read_error().unwrap().kind(), ErrorKind::TimedOut);
    future.complete(Answer(1)).unwrap();
    run_forever().unwrap();
    assert_eq!(other.take().unwrap(), Answer(1));
}

#[test]
fn what_ends_in_the_turn_in_which_the_time_is_over_is_not_lost() {
    let dispatcher = paused();
    let future = Future::new("f");
    let limited = with_timeout_cancel(&future, 10 * MS);
    // The timer's callback is queued between this and the future's.
    call_soon(move || future.complete(Answer(3)).unwrap());
    dispatcher.advance(10 * MS);
    run_forever().unwrap();
    assert_eq!(limited.take().unwrap(), Answer(3));
}

#[test]
fn cancelling_it_cancels_the_future_and_removes_the_timer() {
    let dispatcher = paused();
    let future = Future::<Answer>::new("f");
    let limited = with_timeout_cancel(&future, MS);
    assert!(limited.cancel());
    assert!(future.cancelled());
    assert_eq!(dispatcher.timers(), 0);
}
