//! What an error shows of the procs it crossed.

use std::time::Duration;

use async_proc::prelude::*;
use async_proc::{Context, future};

use crate::Log;

/// The frames of an error: `proc:line`, the lines counted from `first`.
fn frames(error: &Error, first: u32) -> Vec<String> {
    error
        .traceback()
        .map(|frame| {
            assert_eq!(frame.file(), file!());
            let after = if frame.panicked() { "after " } else { "" };
            format!("{} {after}{}", frame.name(), frame.line() - first)
        })
        .collect()
}

mod three_levels {
    use super::*;

    pub(super) const FIRST: u32 = line!();

    #[async_proc]
    fn third(gate: Future<()>) {
        gate.await?;
        Err(Error::new("in the third"))?;
    }

    #[async_proc]
    fn second(gate: Future<()>) {
        third(gate).await?;
    }

    #[async_proc]
    pub(super) fn first(gate: Future<()>) -> Future<u8> {
        let third = second(gate);
        third.await?;
        Ok(1)
    }
}

const THREE: [&str; 3] = ["third 5", "second 10", "first 16"];

#[test]
fn an_error_shows_the_procs_it_crossed_in_order_also_if_none_of_them_waited() {
    let error = three_levels::first(Future::ready(())).read_error().unwrap();
    assert_eq!(frames(&error, three_levels::FIRST), THREE);
}

#[test]
fn an_error_after_a_wait_shows_the_same() {
    let gate = Future::new("gate");
    let proc = three_levels::first(gate.clone());
    gate.complete(()).unwrap();
    let error = wait_for(proc).unwrap_err();
    assert_eq!(frames(&error, three_levels::FIRST), THREE);
    let (file, first) = (file!(), three_levels::FIRST);
    assert_eq!(error.to_string(), "in the third", "the message has no traceback in it");
    assert_eq!(
        format!("{error:?}"),
        format!(
            "in the third\n  at third ({file}:{})\n  at second ({file}:{})\n  at first ({file}:{})",
            first + 5,
            first + 10,
            first + 16
        )
    );
}

#[test]
fn reading_an_error_again_and_again_adds_nothing_to_it() {
    let proc = three_levels::first(Future::ready(()));
    for _ in 0..3 {
        assert_eq!(frames(&proc.read().unwrap_err(), three_levels::FIRST), THREE);
    }
}

#[test]
fn each_who_awaits_a_failed_future_has_a_traceback_of_its_own() {
    const FIRST: u32 = line!();
    #[async_proc]
    fn one(shared: Future<()>) {
        (&shared).await?;
    }
    #[async_proc]
    fn other(shared: Future<()>) {
        shared.await?;
    }
    let gate = Future::new("gate");
    let procs = [one(gate.clone()), other(gate.clone()), one(gate.clone())];
    gate.fail(Error::new("shut")).unwrap();
    run_forever().unwrap();
    let lines = procs.map(|proc| frames(&proc.read_error().unwrap(), FIRST));
    assert_eq!(lines, [["one 3"], ["other 7"], ["one 3"]]);
    assert_eq!(gate.read_error().unwrap().traceback().count(), 0);
}

#[test]
fn an_error_that_is_raised_again_after_a_wait_is_still_the_one_it_was() {
    const FIRST: u32 = line!();
    #[async_proc]
    fn fails() {
        sleep_async(Duration::ZERO).await?;
        Err("x".parse::<u8>().unwrap_err())?;
    }
    #[async_proc]
    fn retries(log: Log) {
        if let Err(error) = fails().await {
            sleep_async(Duration::ZERO).await?;
            log.note("cleaned up");
            return Err(error);
        }
    }
    let log = Log::default();
    let error = wait_for(retries(log.clone())).unwrap_err();
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    assert_eq!(frames(&error, FIRST), ["fails 4", "retries 11"]);
    assert_eq!(log.take(), ["cleaned up"]);
}

#[test]
fn a_panic_shows_the_proc_that_panicked_and_how_far_it_had_come() {
    const FIRST: u32 = line!();
    #[async_proc]
    fn panics(gate: Future<()>, at_once: bool) {
        assert!(!at_once, "at once");
        gate.await?;
        sleep_async(Duration::ZERO).await?;
        panic!("later");
    }
    #[async_proc]
    fn outer(gate: Future<()>, at_once: bool) {
        panics(gate, at_once).await?;
    }
    for (at_once, frame, message) in [
        (true, "panics after 2", "panicked: at once"),
        (false, "panics after 5", "panicked: later"),
    ] {
        let error = wait_for(outer(Future::ready(()), at_once)).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Panicked, message));
        assert_eq!(frames(&error, FIRST), [frame, "outer 10"]);
    }
}

#[test]
fn a_panic_in_an_async_fn_shows_the_proc_that_awaits_it() {
    const FIRST: u32 = line!();
    #[async_proc]
    async fn lazy(gate: Future<()>) -> u8 {
        gate.await.expect("the gate opens");
        panic!("in the async fn")
    }
    #[async_proc]
    fn outer(gate: Future<()>) -> Future<u8> {
        sleep_async(Duration::ZERO).await?;
        let value = lazy(gate).await;
        Ok(value)
    }
    let gate = Future::new("gate");
    let proc = outer(gate.clone());
    sleep_async(Duration::from_millis(1)).add_callback(move |_| gate.complete(()).unwrap());
    let error = wait_for(proc).unwrap_err();
    assert_eq!(frames(&error, FIRST), ["outer after 9"]);
}

#[test]
fn a_caught_panic_is_not_taken_for_a_later_one() {
    const FIRST: u32 = line!();
    #[async_proc]
    async fn lazy() {
        panic!("caught")
    }
    #[async_proc]
    fn outer() -> Future<()> {
        let caught = std::panic::catch_unwind(|| {
            let mut lazy = std::pin::pin!(lazy());
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            std::future::Future::poll(lazy.as_mut(), &mut cx).is_ready()
        });
        assert!(caught.is_ok(), "its own");
    }
    let error = outer().read_error().unwrap();
    assert_eq!(frames(&error, FIRST), ["outer after 6"]);
}

#[test]
fn what_rustc_has_compiled_is_not_named() {
    let proc: Future<()> = Future::from_std(async { panic!("in a block") });
    assert_eq!(proc.read_error().unwrap().traceback().count(), 0);
}

#[test]
fn a_proc_that_calls_itself_is_one_line() {
    const FIRST: u32 = line!();
    #[async_proc]
    fn dig(depth: u32) {
        if depth == 0 {
            Err(Error::new("rock"))?;
        }
        dig(depth - 1).await?;
    }
    let error = dig(99).read_error().unwrap();
    assert_eq!(error.traceback().count(), 100);
    let file = file!();
    assert_eq!(
        format!("{error:?}"),
        format!("rock\n  at dig ({file}:{})\n  at dig ({file}:{}), 99 times", FIRST + 4, FIRST + 6)
    );
}

#[test]
fn context_goes_to_the_message_and_leaves_the_traceback_alone() {
    #[async_proc]
    fn greet(gate: Future<()>) {
        three_levels::first(gate).await.context("cannot greet")?;
    }
    let error = wait_for(greet(Future::ready(()))).unwrap_err();
    assert_eq!(format!("{error:#}"), "cannot greet: in the third");
    assert_eq!(frames(&error, three_levels::FIRST)[..3], THREE);
    assert_eq!(error.traceback().last().map(|frame| frame.name()), Some("greet"));
    assert!(
        format!("{error:?}").starts_with("cannot greet\n  caused by: in the third\n  at third")
    );
}

#[test]
fn an_error_that_comes_through_a_combinator_keeps_its_traceback() {
    const FIRST: u32 = line!();
    #[async_proc]
    fn both(gate: Future<()>) {
        let (one, never) = (three_levels::first(gate), Future::<()>::new("never"));
        future::and(&one, &never).await?;
    }
    let error = wait_for(both(Future::ready(()))).unwrap_err();
    assert_eq!(frames(&error, three_levels::FIRST)[..3], THREE);
    assert_eq!(error.traceback().last().map(|frame| frame.line() - FIRST), Some(4));
    let limited = with_timeout(three_levels::first(Future::ready(())), Duration::from_secs(9));
    assert_eq!(frames(&wait_for(limited).unwrap_err(), three_levels::FIRST), THREE);
}
