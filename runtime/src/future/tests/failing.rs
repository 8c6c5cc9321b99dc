use super::{Log, settle};
use crate::dispatch::{call_soon, poll, run_forever, wait_for};
use crate::future::set_unread_error_hook;
use crate::{Error, ErrorKind, Future, async_check};

fn hooked() -> Log {
    let log = Log::default();
    let reports = log.clone();
    set_unread_error_hook(move |unread| reports.note(unread));
    log
}

#[test]
fn an_error_nobody_read_is_reported_once_with_its_origin() {
    let log = hooked();
    let line = line!() + 1;
    let future = Future::<()>::new("lost");
    future.fail(Error::new("gone")).unwrap();
    let clone = future.clone();
    drop(future);
    assert_eq!(log.take().len(), 0);
    drop(clone);
    let file = file!();
    assert!(log.take()[0].starts_with(&format!(
        "`lost` created at {file}:{line}:18 failed and nobody read its error: gone"
    )));
}

#[test]
fn an_error_that_was_looked_at_is_not_reported() {
    let log = hooked();
    let fail = || Future::<()>::failed_with(Error::new("seen"));
    let looks: [fn(&Future<()>); 5] = [
        |future| drop(future.read()),
        |future| drop(future.error()),
        |future| drop(future.read_error()),
        |future| assert!(future.failed()),
        |future| drop(future.take()),
    ];
    for look in looks {
        look(&fail());
    }
    drop(Future::<()>::ready(()));
    let cancelled = Future::<()>::new("cancelled");
    cancelled.cancel();
    drop(cancelled);
    let proc = Future::from_std(async move { fail().await });
    assert!(proc.failed());
    drop(proc);
    assert_eq!(log.take().len(), 0);
}

#[test]
fn a_checked_failure_is_the_error_of_the_next_poll_which_can_go_on() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let (l, g) = (log.clone(), gate.clone());
    let main = Future::from_std(async move {
        g.await?;
        l.note("main");
        Ok(7)
    });
    let l = log.clone();
    let failing = Future::<()>::failed_with(Error::new("background"));
    failing.add_callback(move |_| l.note("listener"));
    async_check(failing);
    call_soon(move || gate.complete(()).unwrap());
    let error = wait_for(main.clone()).unwrap_err();
    assert_eq!(error.to_string(), "background");
    assert!(!main.finished());
    assert_eq!(wait_for(main).unwrap(), 7);
    assert_eq!(log.take(), ["listener", "main"]);
}

#[test]
fn a_checked_future_that_is_cancelled_is_no_failure() {
    let future = Future::<()>::new("task");
    async_check(future.clone());
    future.cancel();
    run_forever().unwrap();
}

#[test]
fn every_failure_of_a_turn_is_given_out_by_a_poll_of_its_own() {
    for n in 0..3 {
        async_check(Future::<()>::failed_with(Error::new(n)));
    }
    for n in ["0", "1", "2"] {
        assert_eq!(poll(None).unwrap_err().to_string(), n);
    }
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
}

#[test]
fn a_panicking_callback_is_the_error_of_the_poll_and_loses_nothing() {
    let log = Log::default();
    for n in 0..3 {
        let log = log.clone();
        call_soon(move || {
            assert_ne!(n, 1, "bad callback");
            log.note(n);
        });
    }
    let error = poll(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    run_forever().unwrap();
    assert_eq!(log.take(), ["0", "2"]);
}

#[test]
fn errors_pass_through_procs_by_question_mark() {
    let inner: Future<u16> = Future::from_std(async { Ok("x".parse()?) });
    let outer = Future::from_std(async move { Ok(inner.await? + 1) });
    settle();
    let error = outer.read_error().unwrap();
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
}

#[test]
fn a_proc_that_fails_after_its_last_handle_is_gone_is_reported() {
    let log = hooked();
    let gate = Future::<()>::new("gate");
    let wait = gate.clone();
    drop(Future::<()>::from_std(async move {
        wait.await?;
        Err(Error::new("too late"))
    }));
    gate.complete(()).unwrap();
    settle();
    let reports = log.take();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains("`from_std`") && reports[0].ends_with("too late"));
}
