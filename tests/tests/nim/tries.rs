//! Failures in procs: caught, raised again, and cleaned up after. What is a `finally` elsewhere is a
//! destructor here, or, where it waits, what follows the attempt.

use std::io;
use std::num::ParseIntError;
use std::time::Duration;

use async_proc::future;
use async_proc::prelude::*;

use crate::Log;

/// Notes when it is dropped.
struct Finally(Log, &'static str);

impl Drop for Finally {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

#[async_proc]
fn pause() {
    sleep_async(Duration::ZERO).await?;
}

#[async_proc]
fn fails(with: &'static str) -> Future<u32> {
    pause().await?;
    match with {
        "parse" => Ok("x".parse()?),
        "io" => Err(io::Error::other("disk"))?,
        "panic" => panic!("a defect"),
        "text" => Err(Error::new("text")),
        _ => Ok(1),
    }
}

#[test]
fn yielding_never_raises_and_every_other_way_of_waiting_does() {
    #[async_proc]
    fn yields() -> Future<String> {
        let failed = yield_fut!(fails("text"));
        assert!(failed.finished() && failed.failed());
        let error = failed.read_error()?;
        Ok(error.to_string())
    }
    #[async_proc]
    fn directly() {
        fails("text").await?;
    }
    #[async_proc]
    fn by_a_variable() {
        let future = fails("text");
        pause().await?;
        await_fut!(future);
    }
    #[async_proc]
    fn by_or() {
        or(fails("text"), Future::<()>::new("never")).await?;
    }
    #[async_proc]
    fn by_and() {
        and(Future::<()>::new("never"), fails("text")).await?;
    }
    #[async_proc]
    fn by_all() {
        let never = Future::new("never");
        all([never, fails("text")]).await?;
    }
    assert_eq!(wait_for(yields()).unwrap(), "text");
    for raises in [directly, by_a_variable, by_or, by_and, by_all] {
        assert_eq!(wait_for(raises()).unwrap_err().to_string(), "text");
    }
}

#[test]
fn failures_are_told_apart_by_what_they_are_also_after_a_wait() {
    #[async_proc]
    fn told(with: &'static str) -> Future<&'static str> {
        let error = match fails(with).await {
            Ok(_) => return Ok("none"),
            Err(error) => error,
        };
        pause().await?;
        let told = match error.kind() {
            ErrorKind::Panicked => "a panic",
            ErrorKind::Io => "io",
            _ if error.downcast_ref::<ParseIntError>().is_some() => "parsing",
            _ => {
                pause().await?;
                "another"
            }
        };
        Ok(told)
    }
    let told = ["", "parse", "io", "panic", "text"].map(|with| wait_for(told(with)).unwrap());
    assert_eq!(told, ["none", "parsing", "io", "a panic", "another"]);
}

#[test]
fn a_failure_in_the_handling_of_a_failure_replaces_it() {
    #[async_proc]
    fn nested(log: Log) {
        let _finally = Finally(log.clone(), "finally");
        if let Err(error) = fails("text").await {
            log.note(&error);
            if let Err(error) = fails("io").await {
                log.note(&error);
                fails("parse").await?;
            }
            unreachable!("it was left");
        }
    }
    let log = Log::default();
    let error = wait_for(nested(log.clone())).unwrap_err();
    assert!(error.downcast_ref::<ParseIntError>().is_some());
    assert_eq!(log.take(), ["text", "disk", "finally"]);
}

#[test]
fn what_is_handled_is_over_and_the_proc_goes_on() {
    #[async_proc]
    fn goes_on(log: Log) -> Future<u32> {
        let mut sum = 0;
        for with in ["text", "", "io", ""] {
            sum += match fails(with).await {
                Ok(n) => n,
                Err(error) => {
                    log.note(error);
                    continue;
                }
            };
            pause().await?;
        }
        Ok(sum)
    }
    let log = Log::default();
    assert_eq!(wait_for(goes_on(log.clone())).unwrap(), 2);
    assert_eq!(log.take(), ["text", "disk"]);
}

#[test]
fn cleaning_up_that_waits_is_done_before_the_result_is_there() {
    #[async_proc]
    fn attempt(with: &'static str, log: Log) -> Future<u32> {
        let n = fails(with).await?;
        log.note("done");
        Ok(n + 1)
    }
    #[async_proc]
    fn cleans_up(with: &'static str, log: Log) -> Future<u32> {
        let result = attempt(with, log.clone()).await;
        log.note("finally A");
        pause().await?;
        log.note("finally B");
        pause().await?;
        log.note("finally C");
        result
    }
    #[async_proc]
    fn waits(with: &'static str, log: Log) {
        let result = cleans_up(with, log.clone()).await;
        log.note(format_args!("result {:?}", result.ok()));
    }
    let log = Log::default();
    wait_for(waits("", log.clone())).unwrap();
    assert_eq!(log.take(), ["done", "finally A", "finally B", "finally C", "result Some(2)"]);
    wait_for(waits("io", log.clone())).unwrap();
    assert_eq!(log.take(), ["finally A", "finally B", "finally C", "result None"]);
}

#[test]
fn what_follows_an_attempt_runs_where_it_has_not_returned() {
    #[async_proc]
    fn attempt(returns: bool, log: Log) -> Future<u32> {
        let _finally = Finally(log.clone(), "finally");
        pause().await?;
        if returns {
            return Ok(1);
        }
        pause().await?;
        log.note("not returned");
        Ok(3)
    }
    let log = Log::default();
    assert_eq!(wait_for(attempt(true, log.clone())).unwrap(), 1);
    assert_eq!(log.take(), ["finally"]);
    assert_eq!(wait_for(attempt(false, log.clone())).unwrap(), 3);
    assert_eq!(log.take(), ["not returned", "finally"]);
}

#[test]
fn leaving_a_loop_cleans_up_once_in_each_scope_that_is_left() {
    #[async_proc]
    fn leaves(how: &'static str, log: Log) -> Future<u32> {
        let _outer = Finally(log.clone(), "outer");
        for n in 0..2 {
            let _inner = Finally(log.clone(), "inner");
            pause().await?;
            match how {
                "break" => break,
                "continue" => continue,
                "return" => return Ok(n),
                "fail" => fails("text").await?,
                "panic" => panic!("a defect"),
                _ => 0,
            };
            log.note("through");
        }
        log.note("after");
        Ok(9)
    }
    let expected: [(&str, &[&str]); 6] = [
        ("break", &["inner", "after", "outer"]),
        ("continue", &["inner", "inner", "after", "outer"]),
        ("return", &["inner", "outer"]),
        ("fail", &["inner", "outer"]),
        ("panic", &["inner", "outer"]),
        ("", &["through", "inner", "through", "inner", "after", "outer"]),
    ];
    for (how, noted) in expected {
        let log = Log::default();
        let result = wait_for(leaves(how, log.clone()));
        assert_eq!(result.is_err(), matches!(how, "fail" | "panic"), "{how}");
        assert_eq!(log.take(), noted, "{how}");
    }
}

#[test]
fn what_is_put_off_to_the_end_is_done_in_reverse_and_before_the_value_is_there() {
    #[async_proc]
    fn defers(log: Log) -> Future<u32> {
        let _first = Finally(log.clone(), "first");
        pause().await?;
        let _second = Finally(log.clone(), "second");
        pause().await?;
        log.note("body");
        Ok(5)
    }
    let log = Log::default();
    let (proc, l) = (defers(log.clone()), log.clone());
    proc.add_callback(move |proc| l.note(format_args!("value {}", proc.read().unwrap())));
    run_forever().unwrap();
    assert_eq!(log.take(), ["body", "second", "first", "value 5"]);
}

#[test]
fn blocking_in_a_clean_up_keeps_the_failure_it_cleans_up_after() {
    struct Blocks(Log);
    impl Drop for Blocks {
        fn drop(&mut self) {
            let waited = wait_for(fails(""));
            self.0.note(format_args!("waited {waited:?}"));
        }
    }
    #[async_proc]
    fn outer(log: Log) {
        let _blocks = Blocks(log);
        fails("io").await?;
    }
    let log = Log::default();
    assert_eq!(wait_for(outer(log.clone())).unwrap_err().io_kind(), Some(io::ErrorKind::Other));
    assert_eq!(log.take(), ["waited Ok(1)"]);
}

#[test]
fn an_error_that_nobody_waits_for_is_reported_and_not_lost() {
    let log = Log::default();
    let reports = log.clone();
    future::set_unread_error_hook(move |unread| {
        reports.note(format_args!("{}: {}", unread.name(), unread.error()));
    });
    #[async_proc]
    fn forgets() {
        drop(fails("text"));
        pause().await?;
    }
    wait_for(forgets()).unwrap();
    run_forever().unwrap();
    assert_eq!(log.take(), ["fails: text"]);
}

#[test]
fn what_does_not_follow_from_a_caught_failure_is_unharmed_by_it() {
    #[async_proc]
    fn calls(log: Log) -> Future<u32> {
        let nested = || async {
            let both = all([fails(""), fails("text")]).await;
            both.map(|both| both.len())
        };
        let first = nested().await.unwrap_or(10);
        log.note(first);
        let sum = fails("").await? + fails("").await?;
        Ok(sum)
    }
    let log = Log::default();
    assert_eq!(wait_for(calls(log.clone())).unwrap(), 2);
    assert_eq!(log.take(), ["10"]);
}
