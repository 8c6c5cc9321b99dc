use super::{Log, settle};
use crate::future::{all, and, or};
use crate::{Error, Future};

fn pair() -> (Future<u8>, Future<&'static str>) {
    (Future::new("a"), Future::new("b"))
}

#[test]
fn and_waits_for_both() {
    let (a, b) = pair();
    let both = &a & &b;
    a.complete(1).unwrap();
    settle();
    assert!(!both.finished());
    b.complete("b").unwrap();
    settle();
    both.read().unwrap();
    assert_eq!((a.read().unwrap(), b.read().unwrap()), (1, "b"));
}

#[test]
fn and_fails_with_the_first_failure_at_once() {
    let (a, b) = pair();
    let both = and(&a, &b);
    b.fail(Error::new("b failed")).unwrap();
    settle();
    assert_eq!(both.read_error().unwrap().to_string(), "b failed");
    assert!(!a.finished());
    assert_eq!(a.handle().head().waiters.len(), 0);
}

#[test]
fn or_follows_the_first_and_leaves_the_loser_alone() {
    let log = Log::default();
    let (a, b) = pair();
    let l = log.clone();
    a.add_callback(move |a| l.note(a.read().unwrap()));
    let first = &a | &b;
    b.complete("b").unwrap();
    settle();
    first.read().unwrap();
    assert_eq!(a.handle().head().waiters.len(), 1, "its own listener");
    a.complete(3).unwrap();
    settle();
    assert_eq!(log.take(), ["3"]);
}

#[test]
fn or_of_two_finished_futures_follows_the_first_named() {
    let a = Future::<()>::failed_with(Error::new("a"));
    let b = Future::ready(());
    let first = or(&a, &b);
    assert!(!first.finished(), "callbacks are never run inside the call");
    settle();
    assert_eq!(first.read_error().unwrap().to_string(), "a");
    let second = or(&b, &a);
    settle();
    assert!(!second.failed());
}

#[test]
fn the_same_future_may_be_named_twice() {
    let a = Future::<u8>::new("a");
    let (both, either, twice) = (and(&a, &a), or(&a, &a), all([a.clone(), a.clone()]));
    a.complete(4).unwrap();
    settle();
    both.read().unwrap();
    either.read().unwrap();
    assert_eq!(twice.read().unwrap(), [4, 4]);
}

#[test]
fn all_gives_the_values_in_the_order_of_the_arguments() {
    let futures: Vec<Future<usize>> = (0..4).map(|_| Future::new("part")).collect();
    let together = all(futures.clone());
    for n in [2, 0, 3, 1] {
        assert!(!together.finished());
        futures[n].complete(n).unwrap();
        settle();
    }
    assert_eq!(together.read().unwrap(), [0, 1, 2, 3]);
    assert_eq!(futures[3].read().unwrap(), 3, "others may read it still");
    assert_eq!(all(Vec::<Future<u8>>::new()).read().unwrap(), []);
}

#[test]
fn all_fails_with_the_first_failure_at_once() {
    let futures: Vec<Future<u8>> = (0..3).map(|_| Future::new("part")).collect();
    let together = all(futures.clone());
    futures[1].fail(Error::new("second")).unwrap();
    settle();
    assert_eq!(together.read_error().unwrap().to_string(), "second");
    assert!(futures.iter().all(|future| future.handle().head().waiters.is_empty()));
}
