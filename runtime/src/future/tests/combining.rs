use super::{Log, many, settle as settle_queue};
use crate::error::FutureErrorKind;
use crate::future::{all, and, or, race, settle};
use crate::{Error, ErrorKind, Future, FutureError};

fn pair() -> (Future<u8>, Future<&'static str>) {
    (Future::new("a"), Future::new("b"))
}

#[test]
fn and_waits_for_both() {
    let (a, b) = pair();
    let both = &a & &b;
    a.complete(1).unwrap();
    settle_queue();
    assert!(!both.finished());
    b.complete("b").unwrap();
    settle_queue();
    both.read().unwrap();
    assert_eq!((a.read().unwrap(), b.read().unwrap()), (1, "b"));
}

#[test]
fn and_fails_with_the_first_failure_at_once() {
    let (a, b) = pair();
    let both = and(&a, &b);
    b.fail(Error::new("b failed")).unwrap();
    settle_queue();
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
    settle_queue();
    first.read().unwrap();
    assert_eq!(a.handle().head().waiters.len(), 1, "its own listener");
    a.complete(3).unwrap();
    settle_queue();
    assert_eq!(log.take(), ["3"]);
}

#[test]
fn or_of_two_finished_futures_follows_the_first_named() {
    let a = Future::<()>::failed_with(Error::new("a"));
    let b = Future::ready(());
    let first = or(&a, &b);
    assert!(!first.finished(), "callbacks are never run inside the call");
    settle_queue();
    assert_eq!(first.read_error().unwrap().to_string(), "a");
    let second = or(&b, &a);
    settle_queue();
    assert!(!second.failed());
}

#[test]
fn the_same_future_may_be_named_twice() {
    let a = Future::<u8>::new("a");
    let (both, either, twice) = (and(&a, &a), or(&a, &a), all([a.clone(), a.clone()]));
    a.complete(4).unwrap();
    settle_queue();
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
        settle_queue();
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
    settle_queue();
    assert_eq!(together.read_error().unwrap().to_string(), "second");
    assert!(futures.iter().all(|future| future.handle().head().waiters.is_empty()));
}

#[test]
fn a_long_chain_that_can_never_finish_is_dropped_without_recursion() {
    let first = Future::<()>::new("first");
    let mut last = first.clone();
    for _ in 0..many(200_000) {
        last = and(&last, &last);
    }
    let token = std::rc::Rc::new(());
    let held = token.clone();
    last.add_callback(move |_| drop(held));
    drop((last, first));
    assert_eq!(std::rc::Rc::strong_count(&token), 1);

    let first = Future::<()>::new("first");
    let mut next = first.clone();
    for _ in 0..many(200_000) {
        let later = Future::<()>::new("later");
        let then = later.clone();
        next.add_callback(move |_| then.complete(()).unwrap());
        next = later;
    }
    let held = token.clone();
    next.add_callback(move |_| drop(held));
    drop((next, first));
    assert_eq!(std::rc::Rc::strong_count(&token), 1);
}

/// Some pending futures.
fn several(count: usize) -> Vec<Future<usize>> {
    (0..count).map(|_| Future::new("part")).collect()
}

fn listeners(futures: &[Future<usize>]) -> Vec<usize> {
    futures.iter().map(|future| future.handle().head().waiters.len()).collect()
}

#[test]
fn all_takes_values_references_and_iterators_of_either() {
    let parts = several(3);
    let together = [
        all(&parts),
        all(parts.clone()),
        all([&parts[0], &parts[1], &parts[2]]),
        all(parts.iter().filter(|_| true)),
    ];
    for (n, part) in parts.iter().enumerate() {
        part.complete(n).unwrap();
    }
    settle_queue();
    assert!(together.iter().all(|all| all.read().unwrap() == [0, 1, 2]));
}

#[test]
fn all_keeps_no_future_alive_that_nobody_can_finish() {
    let (first, second) = (Future::<u8>::new("first"), Future::<u8>::new("second"));
    let together = all([&first, &second]);
    let token = std::rc::Rc::new(());
    let held = token.clone();
    second.add_callback(move |_| drop(held));
    drop((first, second));
    assert_eq!(std::rc::Rc::strong_count(&token), 1);
    assert!(!together.finished());
}

#[test]
fn a_race_gives_the_first_its_place_and_the_others_which_go_on() {
    let parts = several(3);
    let first = race(&parts);
    parts[1].complete(11).unwrap();
    parts[0].complete(10).unwrap();
    settle_queue();
    let raced = first.take().unwrap();
    assert_eq!((raced.index, raced.finished.read().unwrap()), (1, 11));
    assert_eq!(raced.rest.len(), 2);
    assert_eq!(raced.rest[0].read().unwrap(), 10);
    assert!(!raced.rest[1].finished());
    assert_eq!(listeners(&parts), [0; 3]);
    parts[2].complete(12).unwrap();
    assert_eq!(raced.rest[1].read().unwrap(), 12);
}

#[test]
fn a_race_that_a_failure_wins_does_not_fail() {
    let parts = several(2);
    let first = race(&parts);
    parts[1].fail(Error::new("second")).unwrap();
    settle_queue();
    let raced = first.take().unwrap();
    assert_eq!(raced.index, 1);
    assert_eq!(raced.finished.read_error().unwrap().to_string(), "second");
}

#[test]
fn a_race_of_finished_futures_goes_to_the_one_named_first_and_one_of_none_fails() {
    let first = race([Future::ready(1), Future::ready(2)]);
    assert!(!first.finished());
    settle_queue();
    let raced = first.take().unwrap();
    assert_eq!((raced.index, raced.finished.read().unwrap()), (0, 1));

    let line = line!() + 1;
    let none = race(Vec::<Future<u8>>::new());
    let error = none.read_error().unwrap();
    let error = error.downcast_ref::<FutureError>().unwrap();
    assert_eq!((error.kind(), error.created().line()), (FutureErrorKind::NoMembers, line));
}

#[test]
fn a_race_disturbs_no_other_listener_and_passes_cancellation_on() {
    let log = Log::default();
    let parts = several(2);
    let l = log.clone();
    parts[1].add_callback(move |part| l.note(part.read().unwrap()));
    let first = race(&parts);
    assert_eq!(listeners(&parts), [1, 2]);
    parts[0].complete(0).unwrap();
    settle_queue();
    assert_eq!(listeners(&parts), [0, 1]);
    parts[1].complete(1).unwrap();
    settle_queue();
    assert_eq!((log.take(), first.take().unwrap().index), (vec!["1".to_owned()], 0));

    let parts = several(2);
    parts[1].add_callback(|_| {});
    assert!(race(&parts).cancel());
    assert!(parts[0].cancelled() && !parts[1].finished());
}

#[test]
fn settling_waits_for_all_and_gives_them_back_whatever_they_ended_with() {
    let parts = several(3);
    let settled = settle(&parts);
    parts[2].complete(2).unwrap();
    parts[0].fail(Error::new("first")).unwrap();
    settle_queue();
    assert!(!settled.finished());
    parts[1].cancel();
    settle_queue();
    let ended = settled.take().unwrap();
    assert_eq!(ended[0].read_error().unwrap().to_string(), "first");
    assert_eq!(ended[1].read_error().unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(ended[2].read().unwrap(), 2);
    assert!(settle(Vec::<Future<u8>>::new()).take().unwrap().is_empty());
}

#[test]
fn settling_can_be_cancelled_with_what_nobody_else_waits_for() {
    let parts = several(3);
    let settled = settle(&parts);
    parts[0].complete(0).unwrap();
    parts[2].add_callback(|_| {});
    settle_queue();
    assert!(settled.cancel());
    assert!(parts[1].cancelled() && !parts[2].finished());
    assert_eq!(listeners(&parts), [0, 0, 1]);
}
