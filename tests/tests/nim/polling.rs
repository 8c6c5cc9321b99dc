//! Turns of the dispatcher: how long they take, and what they leave.

use std::time::{Duration, Instant};

use async_proc::dispatch::{
    add_timer, call_soon, drain, has_pending_operations, poll, run_forever,
};
use async_proc::prelude::*;

use super::Log;

const MS: Duration = Duration::from_millis(1);

#[async_proc]
fn sleep_and_say(time: Duration, log: Log) -> Future<()> {
    sleep_async(time).await?;
    log.note("done");
}

#[test]
fn a_long_sleep_takes_several_drains_which_each_use_their_time() {
    let log = Log::default();
    let sleeping = sleep_and_say(50 * MS, log.clone());
    let mut drains = 0;
    while has_pending_operations() {
        let start = Instant::now();
        drain(10 * MS).unwrap();
        drains += 1;
        if !sleeping.finished() {
            assert!(start.elapsed() >= 10 * MS, "it was over with something pending");
        }
    }
    // Each took a fifth of the sleep, or more on a busy machine.
    assert!((1..=5).contains(&drains), "{drains} drains");
    assert_eq!(log.take(), ["done"]);
}

#[test]
fn a_drain_is_no_shorter_for_the_turns_it_takes() {
    let ticks = Log::default();
    let ticked = ticks.clone();
    let timer = add_timer(MS, false, move || {
        ticked.note("");
        false
    });
    let start = Instant::now();
    drain(30 * MS).unwrap();
    assert!(start.elapsed() >= 30 * MS);
    assert!(!ticks.take().is_empty());
    timer.remove();
}

#[test]
fn a_callback_that_raises_leaves_the_others_for_the_next_poll() {
    let log = Log::default();
    for number in 0..5 {
        let log = log.clone();
        call_soon(move || {
            assert!(number % 2 == 0, "number {number}");
            log.note(number);
        });
    }
    for raised in ["number 1", "number 3"] {
        let error = poll(None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        assert!(error.to_string().contains(raised), "{error}");
    }
    assert_eq!(log.0.borrow().as_slice(), ["0", "2"]);
    run_forever().unwrap();
    assert_eq!(log.take(), ["0", "2", "4"]);
}

#[test]
fn a_callback_may_wait_for_a_future_itself() {
    let log = Log::default();
    let outer = log.clone();
    call_soon(move || {
        outer.note("begin");
        let inner = outer.clone();
        call_soon(move || inner.note("meanwhile"));
        wait_for(sleep_async(MS)).unwrap();
        outer.note("end");
    });
    run_forever().unwrap();
    assert_eq!(log.take(), ["begin", "meanwhile", "end"]);
}

#[test]
fn the_end_of_everything_is_an_error_of_poll_and_drain_and_none_of_run_forever() {
    run_forever().unwrap();
    assert_eq!(poll(MS).unwrap_err().kind(), ErrorKind::NothingPending);
    assert_eq!(drain(MS).unwrap_err().kind(), ErrorKind::NothingPending);
    assert_eq!(
        wait_for(Future::<()>::new("nobody's")).unwrap_err().kind(),
        ErrorKind::NothingPending
    );
}
