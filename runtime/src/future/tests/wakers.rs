use std::cell::{Cell, RefCell};
use std::future::{Future as StdFuture, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use super::settle;
use crate::Future;
use crate::dispatch::{has_pending_operations, wait_for};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A proc that gives its waker out and waits until it is told.
fn outside(polls: &Rc<Cell<u32>>, until: u32) -> (Future<()>, Waker) {
    let given: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (give, polls) = (given.clone(), polls.clone());
    let proc = Future::from_std(poll_fn(move |cx| {
        give.replace(Some(cx.waker().clone()));
        polls.set(polls.get() + 1);
        if polls.get() == until { Poll::Ready(Ok(())) } else { Poll::Pending }
    }));
    let waker = given.take().unwrap();
    (proc, waker)
}

#[test]
fn a_foreign_executor_is_woken_once_however_often_it_polls() {
    let mut future = Future::<u8>::new("f");
    let completer = future.clone();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut cx = Context::from_waker(&waker);
    for _ in 0..10 {
        assert!(Pin::new(&mut future).poll(&mut cx).is_pending());
    }
    assert_eq!(completer.handle().head().waiters.len(), 1);
    completer.complete(8).unwrap();
    assert_eq!(count.get(), 0);
    settle();
    assert_eq!(count.get(), 1);
    assert!(matches!(Pin::new(&mut future).poll(&mut cx), Poll::Ready(Ok(8))));
    drop(completer);
    assert_eq!(Arc::strong_count(&count), 2, "the future keeps no waker");
}

#[test]
fn a_foreign_waker_is_dropped_with_a_future_nobody_finishes() {
    let mut future = Future::<u8>::new("f");
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    assert!(Pin::new(&mut future).poll(&mut Context::from_waker(&waker)).is_pending());
    drop(future);
    assert_eq!((Arc::strong_count(&count), count.get()), (2, 0));
}

#[test]
fn a_waker_queues_its_proc_once() {
    let polls = Rc::default();
    let (proc, waker) = outside(&polls, 3);
    waker.wake_by_ref();
    let clone = waker.clone();
    clone.wake();
    assert_eq!(polls.get(), 1);
    settle();
    assert_eq!(polls.get(), 2);
    waker.wake();
    settle();
    assert_eq!(polls.get(), 3);
    assert!(proc.finished());
}

#[test]
fn a_waker_of_a_proc_that_has_ended_does_nothing_even_if_its_slot_is_used_again() {
    let polls = Rc::default();
    let (proc, waker) = outside(&polls, 2);
    waker.wake_by_ref();
    settle();
    assert!(proc.finished());
    let later = Rc::default();
    let (other, _) = outside(&later, 9);
    waker.wake();
    settle();
    assert_eq!((polls.get(), later.get()), (2, 1));
    other.cancel();
}

#[test]
fn a_proc_that_wakes_itself_is_stepped_again_after_the_others() {
    let log = super::Log::default();
    let gate = Future::<()>::new("gate");
    for name in ["a", "b"] {
        let (log, gate) = (log.clone(), gate.clone());
        crate::async_check(Future::from_std(async move {
            (&gate).await?;
            for n in 0..2 {
                log.note(format!("{name}{n}"));
                let mut yielded = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut yielded, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
            Ok(())
        }));
    }
    gate.complete(()).unwrap();
    settle();
    assert_eq!(log.take(), ["a0", "b0", "a1", "b1"]);
}

#[test]
fn a_proc_woken_from_elsewhere_while_it_waits_for_a_future_still_hears_of_that() {
    let gate = Future::<()>::new("gate");
    let polls = Rc::new(Cell::new(0));
    let given: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (mut wait, give, count) = (gate.clone(), given.clone(), polls.clone());
    let proc = Future::from_std(poll_fn(move |cx| {
        count.set(count.get() + 1);
        give.replace(Some(cx.waker().clone()));
        Pin::new(&mut wait).poll(cx)
    }));
    for n in 1..5 {
        assert_eq!((polls.get(), gate.handle().head().waiters.len()), (n, 1));
        given.borrow().as_ref().unwrap().wake_by_ref();
        settle();
    }
    gate.complete(()).unwrap();
    settle();
    assert_eq!(polls.get(), 6);
    assert!(proc.finished());
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn another_thread_wakes_a_proc_and_it_counts_as_pending_until_then() {
    let polls = Rc::default();
    let (proc, waker) = outside(&polls, 3);
    assert!(has_pending_operations());
    let thread = thread::spawn(move || {
        waker.wake_by_ref();
        waker
    });
    let waker = thread.join().unwrap();
    // The letter is there already; the second comes while the dispatcher waits.
    crate::dispatch::poll(None).unwrap();
    assert_eq!(polls.get(), 2);
    let thread = thread::spawn(move || waker.wake());
    wait_for(proc).unwrap();
    assert_eq!(polls.get(), 3);
    thread.join().unwrap();
    assert!(!has_pending_operations());
}

#[test]
fn a_proc_that_waits_for_a_future_of_ours_is_not_pending_by_itself() {
    let gate = Future::<()>::new("gate");
    let wait = gate.clone();
    let proc = Future::from_std(wait);
    assert!(!has_pending_operations());
    gate.complete(()).unwrap();
    assert!(has_pending_operations());
    settle();
    assert!(proc.finished() && !has_pending_operations());
}

#[test]
fn a_thread_that_ends_drops_its_procs_and_its_queue() {
    let token = Arc::new(());
    let (a, b, c) = (token.clone(), token.clone(), token.clone());
    thread::spawn(move || {
        drop(Future::<()>::from_std(async move {
            let _held = a;
            std::future::pending().await
        }));
        let gate = Future::<()>::new("gate");
        drop(Future::from_std(async move {
            let _held = b;
            gate.await
        }));
        crate::dispatch::call_soon(move || drop(c));
    })
    .join()
    .unwrap();
    assert_eq!(Arc::strong_count(&token), 1);
}
