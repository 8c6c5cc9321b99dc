use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use super::{Log, many, settle};
use crate::future::{all, and, or};
use crate::{ErrorKind, Future};

/// Notes when it is dropped.
struct Guard(Log, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

fn waiting(log: &Log, what: &'static str, on: &Future<()>) -> Future<()> {
    let (guard, on) = (Guard(log.clone(), what), on.clone());
    Future::from_std(async move {
        let _guard = guard;
        on.await
    })
}

#[test]
fn it_drops_the_frame_where_it_is_suspended_and_cancels_what_it_waited_for() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let inner = waiting(&log, "inner", &gate);
    let outer = waiting(&log, "outer", &inner);
    assert!(outer.cancel());
    assert_eq!(log.take(), ["outer", "inner"]);
    for future in [&outer, &inner, &gate] {
        assert!(future.cancelled());
        assert_eq!(future.error().unwrap().kind(), ErrorKind::Cancelled);
    }
    assert!(!outer.cancel(), "it has finished");
    assert!(gate.complete(()).is_err());
}

#[test]
fn what_somebody_else_waits_for_goes_on() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let (one, other) = (waiting(&log, "one", &gate), waiting(&log, "other", &gate));
    one.cancel();
    assert_eq!(log.take(), ["one"]);
    assert!(!gate.finished() && !other.finished());
    gate.complete(()).unwrap();
    settle();
    assert!(other.read().is_ok());
}

#[test]
fn whoever_waits_for_it_hears_of_it() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let inner = waiting(&log, "inner", &gate);
    let outer = waiting(&log, "outer", &inner);
    inner.cancel();
    assert!(!outer.finished());
    settle();
    assert_eq!(outer.error().unwrap().kind(), ErrorKind::Cancelled);
    assert!(!outer.cancelled(), "it failed with the error of another");
    assert_eq!(log.take(), ["inner", "outer"]);
}

#[test]
fn one_that_is_queued_is_taken_out_of_the_queue() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let proc = waiting(&log, "dropped", &gate);
    gate.complete(()).unwrap();
    proc.cancel();
    assert_eq!(log.take(), ["dropped"]);
    settle();
    assert!(proc.cancelled());
}

#[test]
fn one_that_is_running_ends_at_its_next_suspension() {
    let log = Log::default();
    let own: Rc<RefCell<Option<Future<()>>>> = Rc::default();
    let gate = Future::<()>::new("gate");
    let (guard, me, g) = (Guard(log.clone(), "dropped"), own.clone(), gate.clone());
    let l = log.clone();
    let proc = Future::from_std(async move {
        let _guard = guard;
        (&g).await?;
        let me = me.take().unwrap();
        assert!(me.cancel());
        l.note("still running");
        pending::<()>().await;
        unreachable!("it was cancelled")
    });
    own.replace(Some(proc.clone()));
    gate.complete(()).unwrap();
    settle();
    assert_eq!(log.take(), ["still running", "dropped"]);
    assert!(proc.cancelled());
}

#[test]
fn one_that_waits_for_several_futures_cancels_them_all() {
    let (a, b, c) = (Future::<()>::new("a"), Future::<()>::new("b"), Future::<()>::new("c"));
    let (mut a2, mut b2, mut c2) = (a.clone(), b.clone(), c.clone());
    let proc: Future<()> = Future::from_std(std::future::poll_fn(move |cx| {
        for future in [&mut a2, &mut b2, &mut c2] {
            let _ = std::future::Future::poll(std::pin::Pin::new(future), cx);
        }
        std::task::Poll::Pending
    }));
    c.add_callback(|_| {});
    proc.cancel();
    assert!(a.cancelled() && b.cancelled() && !c.finished());
}

#[test]
fn combined_futures_pass_it_on_to_what_nobody_else_waits_for() {
    let both_in_a_proc = |a: &Future<()>, b: &Future<()>| {
        let all = all(vec![a.clone(), b.clone()]);
        Future::from_std(async move { all.await.map(drop) })
    };
    type Combine = fn(&Future<()>, &Future<()>) -> Future<()>;
    let combinators: [Combine; 3] = [|a, b| and(a, b), |a, b| or(a, b), both_in_a_proc];
    for combine in combinators {
        let (a, b) = (Future::<()>::new("a"), Future::<()>::new("b"));
        let combined = combine(&a, &b);
        b.add_callback(|_| {});
        assert!(combined.cancel());
        assert!(a.cancelled() && !b.finished());
    }
}

#[test]
fn a_panicking_destructor_is_the_error() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let proc: Future<()> = Future::from_std(async {
        let _bomb = Bomb;
        pending().await
    });
    assert!(proc.cancel());
    let error = proc.error().unwrap();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Panicked, "panicked: in drop")
    );
}

#[test]
fn a_chain_of_procs_is_cancelled_without_recursion() {
    let log = Log::default();
    let count = many(200_000);
    let mut last = Future::<()>::new("gate");
    for _ in 0..count {
        last = waiting(&log, "", &last);
    }
    last.cancel();
    assert_eq!(log.take().len(), count);
}
