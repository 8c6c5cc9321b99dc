//! Futures and their callbacks.

use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use async_proc::prelude::*;
use async_proc::{FutureError, FutureErrorKind, dispatch};

use crate::Log;

fn noting(log: &Log, what: &'static str) -> impl FnOnce(&Future<u8>) + 'static {
    let log = log.clone();
    move |_: &Future<u8>| log.note(what)
}

#[test]
fn callbacks_run_in_the_order_added_and_setting_one_replaces_them() {
    let log = Log::default();
    let future = Future::new("f");
    for what in ["1", "2", "3"] {
        future.add_callback(noting(&log, what));
    }
    future.complete(0).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["1", "2", "3"]);

    let future = Future::new("f");
    future.add_callback(noting(&log, "4"));
    future.set_callback(noting(&log, "5"));
    future.complete(0).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["5"]);

    let future = Future::new("f");
    future.add_callback(noting(&log, "6"));
    future.clear_callbacks();
    future.complete(0).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take().len(), 0);
}

#[test]
fn callbacks_are_queued_also_on_a_thread_that_has_no_dispatcher_yet() {
    let noted = thread::spawn(|| {
        let log = Log::default();
        let future = Future::new("f");
        future.add_callback(noting(&log, "before"));
        future.complete(0).unwrap();
        future.add_callback(noting(&log, "after"));
        let l = log.clone();
        call_soon(move || l.note("soon"));
        async_check(Future::<()>::failed_with(Error::new("checked")));
        log.note("not yet");
        let error = poll(None).unwrap_err();
        assert_eq!(error.to_string(), "checked");
        log.take()
    });
    assert_eq!(noted.join().unwrap(), ["not yet", "before", "after", "soon"]);
}

#[test]
fn a_callback_prints_what_the_future_completed_with() {
    let log = Log::default();
    let future = Future::new("f");
    let l = log.clone();
    future.add_callback(move |future: &Future<String>| {
        l.note(format_args!("The future is no longer empty, {}", future.read().unwrap()));
    });
    future.complete("42".to_owned()).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["The future is no longer empty, 42"]);
}

#[test]
fn three_procs_that_await_one_future_go_on_in_their_order() {
    #[async_proc]
    fn waits(name: char, gate: Future<()>, log: Log) {
        log.note(format_args!("{name} waits"));
        gate.await?;
        log.note(format_args!("{name} goes on"));
    }
    let (log, gate) = (Log::default(), Future::new("gate"));
    for name in ['a', 'b', 'c'] {
        async_check(waits(name, gate.clone(), log.clone()));
    }
    assert_eq!(log.take(), ["a waits", "b waits", "c waits"]);
    gate.complete(()).unwrap();
    assert_eq!(log.take().len(), 0, "never inside of `complete`");
    run_forever().unwrap();
    assert_eq!(log.take(), ["a goes on", "b goes on", "c goes on"]);
}

#[test]
fn who_awaits_a_future_is_not_disturbed_by_who_checks_combines_or_limits_it() {
    #[async_proc]
    fn waits(gate: Future<u8>, log: Log) {
        log.note((&gate).await?);
    }
    let (log, gate) = (Log::default(), Future::new("gate"));
    async_check(waits(gate.clone(), log.clone()));
    async_check(gate.clone());
    let others = [and(&gate, &gate), or(&gate, &gate)];
    let limited = with_timeout(&gate, std::time::Duration::from_secs(9));
    async_check(waits(gate.clone(), log.clone()));
    gate.complete(7).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["7", "7"]);
    assert!(others.iter().all(Future::finished) && limited.read().unwrap());
}

#[test]
fn a_future_finishes_once_and_the_error_says_where_it_was_made() {
    let line = line!() + 1;
    let future = Future::new("once");
    future.complete(1).unwrap();
    for error in [future.complete(2).unwrap_err(), future.fail(Error::new("late")).unwrap_err()] {
        assert_eq!(error.kind(), FutureErrorKind::AlreadyFinished);
        assert_eq!((error.name(), error.created().line()), ("once", line));
        assert!(error.to_string().contains(&format!("`once` created at {}:{line}:", file!())));
    }
    assert_eq!(future.read().unwrap(), 1);

    let failed = Future::<u8>::new("failed");
    failed.fail(Error::new("first")).unwrap();
    assert!(failed.complete(1).is_err());
    assert_eq!(failed.read_error().unwrap().to_string(), "first");
}

#[test]
fn reading_too_early_and_asking_for_an_error_that_is_not_there_are_errors_themselves() {
    let future = Future::new("f");
    let early = future.read().unwrap_err();
    assert_eq!(
        early.downcast_ref::<FutureError>().map(FutureError::kind),
        Some(FutureErrorKind::Pending)
    );
    assert_eq!(future.read_error().unwrap_err().kind(), FutureErrorKind::Pending);
    future.complete(1).unwrap();
    assert_eq!(future.read_error().unwrap_err().kind(), FutureErrorKind::NoError);
    assert_eq!((future.read().unwrap(), future.read().unwrap()), (1, 1));
}

#[test]
fn a_hand_written_machine_can_be_run_and_awaited() {
    /// Gives way as often as it says, then gives what it counted.
    struct Countdown(u32, u32);
    impl StdFuture for Countdown {
        type Output = Result<u32, Error>;
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<u32, Error>> {
            self.1 += 1;
            if self.0 == 0 {
                return Poll::Ready(Ok(self.1));
            }
            self.0 -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
    #[async_proc]
    fn doubled(n: u32) -> Future<u32> {
        let shared = Future::from_std(Countdown(n, 0));
        Ok(shared.await? + Countdown(n, 0).await?)
    }
    assert_eq!(wait_for(doubled(4)).unwrap(), 10);
}

#[test]
fn an_error_that_a_callback_raises_again_leaves_the_loop() {
    #[async_proc]
    fn inner() {
        sleep_async(std::time::Duration::ZERO).await?;
        Err(Error::new("foobar"))?;
    }
    #[async_proc]
    fn middle() {
        inner().await?;
    }
    let raised = middle();
    raised.add_callback(|raised| panic!("raised again: {}", raised.error().unwrap()));
    let error = run_forever().unwrap_err();
    assert_eq!(error.to_string(), "panicked: raised again: foobar");
    async_check(middle());
    assert_eq!(run_forever().unwrap_err().to_string(), "foobar");
    run_forever().unwrap();
}

#[test]
fn a_failure_under_check_leaves_whoever_runs_the_loop_which_can_go_on() {
    #[async_proc]
    fn background() {
        sleep_async(std::time::Duration::ZERO).await?;
        Err(Error::new("background"))?;
    }
    #[async_proc]
    fn main_task(gate: Future<u8>) -> Future<u8> {
        gate.await
    }
    let gate = Future::new("gate");
    let (main, checked) = (main_task(gate.clone()), background());
    async_check(checked.clone());
    async_check(checked);
    let error = wait_for(main.clone()).unwrap_err();
    assert_eq!(error.to_string(), "background");
    assert!(!main.finished());
    assert_eq!(dispatch::poll(None).unwrap_err().to_string(), "background", "once for each");
    gate.complete(3).unwrap();
    assert_eq!(wait_for(main).unwrap(), 3);
}

#[test]
fn checking_a_future_that_has_failed_already_returns_and_fails_the_next_turn() {
    async_check(Future::<u8>::failed_with(Error::new("before")));
    assert_eq!(poll(None).unwrap_err().to_string(), "before");
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
}

#[test]
fn each_thread_waits_on_a_dispatcher_of_its_own() {
    #[async_proc]
    fn answer(n: u32) -> Future<u32> {
        sleep_async(std::time::Duration::ZERO).await?;
        Ok(n * 2)
    }
    let threads: Vec<_> =
        (0..4).map(|n| thread::spawn(move || wait_for(answer(n)).unwrap())).collect();
    let answers: Vec<u32> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(answers, [0, 2, 4, 6]);
}
