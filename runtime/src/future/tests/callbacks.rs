use std::cell::Cell;
use std::rc::Rc;

use super::{Log, many, settle};
use crate::dispatch::call_soon;
use crate::error::FutureErrorKind;
use crate::{ErrorKind, Future};

#[test]
fn they_run_in_the_order_added_and_never_inside_complete() {
    let log = Log::default();
    let future = Future::new("f");
    for n in 0..3 {
        let log = log.clone();
        future.add_callback(move |f: &Future<u8>| log.note(format!("{n}:{}", f.read().unwrap())));
    }
    future.complete(9).unwrap();
    log.note("completed");
    let late = log.clone();
    future.add_callback(move |_| late.note("added late"));
    log.note("added");
    settle();
    assert_eq!(log.take(), ["completed", "added", "0:9", "1:9", "2:9", "added late"]);
}

#[test]
fn they_run_breadth_first_across_futures() {
    let log = Log::default();
    let (f, g) = (Future::<()>::new("f"), Future::<()>::new("g"));
    let (l, g2) = (log.clone(), g.clone());
    f.add_callback(move |_| {
        l.note("f1 completes g");
        g2.complete(()).unwrap();
    });
    let l = log.clone();
    f.add_callback(move |_| l.note("f2"));
    let l = log.clone();
    g.add_callback(move |_| l.note("g1"));
    f.complete(()).unwrap();
    let l = log.clone();
    call_soon(move || l.note("soon"));
    settle();
    assert_eq!(log.take(), ["f1 completes g", "f2", "soon", "g1"]);
}

#[test]
fn a_removed_one_never_runs_wherever_it_stood() {
    let log = Log::default();
    let future = Future::<()>::new("f");
    let ids: Vec<_> = (0..5)
        .map(|n| {
            let log = log.clone();
            future.add_callback(move |_| log.note(n))
        })
        .collect();
    assert!(ids[2].remove() && ids[0].remove());
    future.complete(()).unwrap();
    assert!(ids[4].remove(), "it is queued, and has not run");
    settle();
    assert_eq!(log.take(), ["1", "3"]);
    assert!(ids.iter().all(|id| !id.remove()));
}

#[test]
fn setting_one_replaces_callbacks_and_leaves_procs() {
    let log = Log::default();
    let future = Future::<()>::new("f");
    let (l, f) = (log.clone(), future.clone());
    let waiting = Future::from_std(async move {
        f.await?;
        l.note("proc");
        Ok(())
    });
    let l = log.clone();
    future.add_callback(move |_| l.note("first"));
    let l = log.clone();
    future.set_callback(move |_| l.note("second"));
    future.complete(()).unwrap();
    settle();
    assert_eq!(log.take(), ["proc", "second"]);
    assert!(waiting.finished());
}

#[test]
fn closures_are_dropped_when_run_removed_cleared_or_abandoned() {
    let token = Rc::new(());
    let holding = |future: &Future<()>| {
        let token = token.clone();
        future.add_callback(move |_| drop(token))
    };
    let future = Future::new("f");
    let (run, removed) = (holding(&future), holding(&future));
    removed.remove();
    assert_eq!(Rc::strong_count(&token), 2);
    future.complete(()).unwrap();
    settle();
    assert_eq!(Rc::strong_count(&token), 1);
    assert!(!run.remove());

    let abandoned = Future::new("g");
    let id = holding(&abandoned);
    holding(&abandoned);
    abandoned.clear_callbacks();
    assert_eq!(Rc::strong_count(&token), 1);
    let last = holding(&abandoned);
    drop(abandoned);
    assert_eq!(Rc::strong_count(&token), 1);
    assert!(!id.remove() && !last.remove());
}

#[test]
fn adding_and_removing_a_million_takes_linear_time() {
    let count = many(1_000_000);
    let ran = Rc::new(Cell::new(0));
    let future = Future::<()>::new("popular");
    let ids: Vec<_> = (0..count)
        .map(|_| {
            let ran = ran.clone();
            future.add_callback(move |_| ran.set(ran.get() + 1))
        })
        .collect();
    for id in ids.iter().step_by(2) {
        assert!(id.remove());
    }
    future.complete(()).unwrap();
    settle();
    assert_eq!(ran.get(), count / 2);
}

#[test]
fn finishing_twice_is_an_error_that_names_the_future_and_changes_nothing() {
    let line = line!() + 1;
    let future = Future::new("answer");
    future.complete(1).unwrap();
    for error in [future.complete(2).unwrap_err(), future.fail(std::fmt::Error).unwrap_err()] {
        assert_eq!(error.kind(), FutureErrorKind::AlreadyFinished);
        assert_eq!((error.name(), error.created().line()), ("answer", line));
        assert_eq!(error.created().file(), file!());
    }
    assert_eq!(future.read().unwrap(), 1);
    assert!(!future.failed());
}

#[test]
fn reading_at_the_wrong_time_is_an_error_value() {
    let future = Future::<u8>::new("f");
    assert_eq!(future.read().unwrap_err().kind(), ErrorKind::Future);
    assert_eq!(future.read_error().unwrap_err().kind(), FutureErrorKind::Pending);
    assert!(future.error().is_none() && !future.failed() && !future.finished());
    future.complete(3).unwrap();
    assert_eq!(future.read_error().unwrap_err().kind(), FutureErrorKind::NoError);
    assert_eq!((future.read().unwrap(), future.read().unwrap()), (3, 3));
    assert_eq!(future.take().unwrap(), 3);
    let taken = future.read().unwrap_err();
    assert_eq!(
        taken.downcast_ref::<crate::FutureError>().map(|error| error.kind()),
        Some(FutureErrorKind::Taken)
    );
}

#[test]
fn a_proc_cannot_be_completed_by_others() {
    let gate = Future::<()>::new("gate");
    let wait = gate.clone();
    let proc = Future::from_std(wait);
    assert_eq!(proc.complete(()).unwrap_err().kind(), FutureErrorKind::IsProc);
    gate.complete(()).unwrap();
    settle();
    assert!(proc.finished());
}

#[test]
fn a_value_stays_in_place_while_it_is_being_cloned() {
    struct Greedy(String, Rc<Cell<Option<Future<Greedy>>>>, Rc<Cell<usize>>);
    impl Clone for Greedy {
        fn clone(&self) -> Greedy {
            if let Some(future) = self.1.take() {
                self.2.set(self.2.get() + 1);
                assert!(future.take().is_err());
                assert_eq!(future.read().unwrap().0, self.0);
                assert!(future.take().is_err(), "the outer one is still at it");
            }
            Greedy(self.0.clone(), self.1.clone(), self.2.clone())
        }
    }
    let (own, tried) = (Rc::default(), Rc::<Cell<usize>>::default());
    let future = Future::ready(Greedy("value".into(), Rc::clone(&own), tried.clone()));
    own.set(Some(future.clone()));
    assert_eq!(future.read().unwrap().0, "value");
    assert_eq!(tried.get(), 1);
    assert_eq!(future.take().unwrap().0, "value");
}

#[test]
fn a_conversion_that_finishes_the_future_itself_is_noticed() {
    struct Sly(Future<()>);
    impl From<Sly> for crate::Error {
        fn from(sly: Sly) -> crate::Error {
            sly.0.complete(()).unwrap();
            crate::Error::new("sly")
        }
    }
    let future = Future::new("f");
    let error = future.fail(Sly(future.clone())).unwrap_err();
    assert_eq!(error.kind(), FutureErrorKind::AlreadyFinished);
    assert!(!future.failed());
}
