#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::error::Error as StdError;
use std::io;
use std::panic::{self, AssertUnwindSafe};

use super::*;
use crate::machine::Function;

static READ: Function =
    Function { name: "read", module: "m", file: "src/m.rs", line: 1, suspensions: &[] };
static SERVE: Function =
    Function { name: "serve", module: "m", file: "src/m.rs", line: 9, suspensions: &[] };

fn lines(error: &Error) -> Vec<u32> {
    error.traceback().map(TraceFrame::line).collect()
}

#[test]
fn is_one_pointer_and_may_go_to_other_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn the_traceback_is_shown_by_debug_alone_one_line_a_frame() {
    let error = Error::new("no route").crossed(&READ, 3).crossed(&SERVE, 11);
    assert_eq!(error.to_string(), "no route");
    assert_eq!(format!("{error:?}"), "no route\n  at read (src/m.rs:3)\n  at serve (src/m.rs:11)");
}

#[test]
fn clones_share_what_they_crossed_together_and_nothing_later() {
    let first = Error::new("e").crossed(&READ, 1);
    let second = first.clone().crossed(&SERVE, 2);
    let third = second.clone().crossed(&SERVE, 3).crossed(&SERVE, 4);
    assert_eq!(lines(&first), [1]);
    assert_eq!(lines(&second), [1, 2]);
    assert_eq!(lines(&third), [1, 2, 3, 4]);
}

#[test]
fn a_long_chain_of_clones_is_dropped_without_recursion() {
    let count = if cfg!(miri) { 300 } else { 200_000 };
    let mut error = Error::new("deep");
    for line in 0..count {
        let kept = error.clone();
        error = error.crossed(&READ, line);
        drop(kept);
        let shared = error.clone();
        error = error.crossed(&READ, line);
        drop(shared);
    }
    assert_eq!(error.traceback().count(), count as usize * 2);
}

#[test]
fn the_source_can_be_found_again() {
    let error = Error::from(io::Error::new(io::ErrorKind::AddrInUse, "port 80"));
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.io_kind(), Some(io::ErrorKind::AddrInUse));
    assert!(error.downcast_ref::<io::Error>().is_some());
    assert!(error.downcast_ref::<std::fmt::Error>().is_none());
    assert_eq!(Error::new("x").io_kind(), None);
    assert_eq!(Error::timed_out("too slow").kind(), ErrorKind::TimedOut);
}

#[test]
fn a_boxed_error_comes_out_of_its_box_with_its_traceback() {
    let boxed: Box<dyn StdError + Send + Sync> = Error::new("boxed").crossed(&READ, 7).into();
    assert_eq!(boxed.to_string(), "boxed");
    assert_eq!(format!("{boxed:?}"), "boxed\n  at read (src/m.rs:7)");
    let error = Error::from_boxed(boxed);
    assert_eq!(lines(&error), [7]);
    let other = Error::from_boxed("plain text".into());
    assert_eq!(other.to_string(), "plain text");
}

#[test]
fn the_payload_of_a_panic_is_kept_and_given_out_once() {
    let error = Error::panicked(Box::new(vec![1, 2, 3]));
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let clone = error.clone();
    let caught = panic::catch_unwind(AssertUnwindSafe(|| error.resume_panic())).unwrap_err();
    assert_eq!(caught.downcast_ref::<Vec<i32>>(), Some(&vec![1, 2, 3]));
    assert!(clone.take_panic().is_none());
    assert_eq!(Error::panicked(Box::new("boom")).to_string(), "panicked: boom");
    assert_eq!(Error::panicked(Box::new("b".to_owned())).to_string(), "panicked: b");
}

#[test]
fn context_comes_first_and_changes_nothing_else() {
    let first = Error::from(io::Error::new(io::ErrorKind::AddrInUse, "port 80")).crossed(&READ, 3);
    let error = first.clone().context("cannot listen").context("cannot start").crossed(&SERVE, 4);
    assert_eq!(error.to_string(), "cannot start");
    assert_eq!(format!("{error:#}"), "cannot start: cannot listen: port 80");
    assert_eq!(
        format!("{error:?}"),
        "cannot start\n  caused by: cannot listen\n  caused by: port 80\n  at read (src/m.rs:3)\n  \
         at serve (src/m.rs:4)"
    );
    assert_eq!((error.kind(), error.io_kind()), (ErrorKind::Io, Some(io::ErrorKind::AddrInUse)));
    assert!(error.downcast_ref::<io::Error>().is_some());
    assert_eq!(error.source().unwrap().to_string(), "cannot listen");
    assert!(error.source().unwrap().source().unwrap().is::<io::Error>());
    assert_eq!(format!("{first:#}"), "port 80", "a clone keeps its own message");

    let boxed: Box<dyn StdError + Send + Sync> = error.into();
    let mut chain = vec![boxed.to_string()];
    let mut next = boxed.source();
    while let Some(error) = next {
        chain.push(error.to_string());
        next = error.source();
    }
    assert_eq!(chain, ["cannot start", "cannot listen", "port 80"]);
}

#[test]
fn context_of_results_and_options() {
    let failed: std::result::Result<(), io::Error> = Err(io::ErrorKind::NotFound.into());
    assert_eq!(failed.context("no users").unwrap_err().io_kind(), Some(io::ErrorKind::NotFound));
    let ours: Result<()> = Err(Error::timed_out("too slow"));
    let error = ours.with_context(|| format!("attempt {}", 2)).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::TimedOut, "attempt 2"));
    assert_eq!(None::<u8>.context("nobody").unwrap_err().to_string(), "nobody");
    assert_eq!(None::<u8>.with_context(|| 7).unwrap_err().to_string(), "7");
    assert_eq!(Some(1).with_context::<u8>(|| unreachable!("there is a value")).unwrap(), 1);
    assert_eq!(Ok::<_, Error>(2).with_context::<u8>(|| unreachable!("it is fine")).unwrap(), 2);
    let panic = Error::panicked(Box::new(3_u8)).context("in the handler");
    assert_eq!(panic.kind(), ErrorKind::Panicked);
    assert_eq!(panic.take_panic().unwrap().downcast_ref(), Some(&3_u8));
}

#[test]
fn any_amount_of_context_is_shown_and_dropped_without_recursion() {
    let count = if cfg!(miri) { 300 } else { 200_000 };
    let mut error = Error::new("deep");
    for n in 0..count {
        error = error.context(n);
    }
    assert_eq!(format!("{error:#}").split(": ").count(), count + 1);
    assert_eq!(error.kind(), ErrorKind::Other);
}

#[test]
fn frames_that_repeat_are_counted() {
    let mut error = Error::new("deep").crossed(&READ, 1);
    for _ in 0..3 {
        error = error.crossed(&SERVE, 2);
    }
    let error = error.clone().crossed(&SERVE, 2).crossed(&SERVE, 3).panicked_in(&READ, 4);
    assert_eq!(
        format!("{error:?}"),
        "deep\n  at read (src/m.rs:1)\n  at serve (src/m.rs:2), 4 times\n  at serve (src/m.rs:3)\n  \
         at read (src/m.rs, after line 4)"
    );
    assert_eq!(lines(&error), [1, 2, 2, 2, 2, 3, 4], "they are all there");
}
