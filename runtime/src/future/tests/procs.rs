use std::cell::Cell;
use std::future::{Future as StdFuture, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use super::{Log, many, settle};
use crate::dispatch::wait_for;
use crate::error::FutureErrorKind;
use crate::{Error, ErrorKind, Future, FutureError, await_fut, yield_fut};

/// A proc that counts how often it is polled.
fn counted<T: 'static>(
    polls: &Rc<Cell<u32>>,
    future: impl StdFuture<Output = Result<T, Error>> + 'static,
) -> Future<T> {
    let (polls, mut future) = (polls.clone(), Box::pin(future));
    Future::from_std(poll_fn(move |cx| {
        polls.set(polls.get() + 1);
        future.as_mut().poll(cx)
    }))
}

#[test]
fn one_starts_in_the_call_and_goes_on_from_the_queue() {
    let log = Log::default();
    let gate = Future::new("gate");
    let polls = Rc::default();
    let (l, g) = (log.clone(), gate.clone());
    let proc = counted(&polls, async move {
        l.note("started");
        let value: u8 = g.await?;
        l.note(value);
        Ok(value)
    });
    log.note("called");
    gate.complete(5).unwrap();
    log.note("completed");
    settle();
    assert_eq!(log.take(), ["started", "called", "completed", "5"]);
    assert_eq!((polls.get(), proc.read().unwrap()), (2, 5));
}

#[test]
fn a_finished_future_is_not_waited_for() {
    let polls = Rc::default();
    let count = many(100_000);
    let proc = counted(&polls, async move {
        for n in 0..count {
            assert_eq!(Future::ready(n).await?, n);
        }
        Ok(())
    });
    assert!(proc.finished());
    assert_eq!(polls.get(), 1);
}

#[test]
fn any_number_wait_for_one_future_and_go_on_in_order() {
    let count = many(1_000_000);
    let gate = Future::<()>::new("gate");
    let next = Rc::new(Cell::new(0));
    let procs: Vec<Future<()>> = (0..count)
        .map(|n| {
            let (gate, next) = (gate.clone(), next.clone());
            Future::from_std(async move {
                (&gate).await?;
                assert_eq!(next.replace(n + 1), n);
                Ok(())
            })
        })
        .collect();
    gate.complete(()).unwrap();
    settle();
    assert_eq!(next.get(), count);
    assert!(procs.iter().all(|proc| proc.read().is_ok()));
}

#[test]
fn awaiting_takes_the_value_and_awaiting_a_reference_clones_it() {
    let future = Future::ready(String::from("only one"));
    let f = future.clone();
    let proc = Future::from_std(async move { Ok((&f).await? + &f.clone().await?) });
    assert_eq!(proc.read().unwrap(), "only oneonly one");
    let again = Future::from_std(future);
    let error = again.read().unwrap_err();
    let error = error.downcast_ref::<FutureError>().unwrap();
    assert_eq!((error.kind(), error.name()), (FutureErrorKind::Taken, "ready"));
}

#[test]
fn any_number_may_await_a_signal_by_value() {
    let signal = Future::<()>::new("signal");
    let procs = [(); 3].map(|()| Future::from_std(signal.clone()));
    signal.complete(()).unwrap();
    settle();
    assert!(procs.iter().all(|proc| proc.read().is_ok()));
}

#[test]
fn dropping_every_handle_of_a_pending_one_does_not_stop_it() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let (l, g) = (log.clone(), gate.clone());
    drop(Future::from_std(async move {
        g.await?;
        l.note("went on");
        Ok(())
    }));
    gate.complete(()).unwrap();
    settle();
    assert_eq!(log.take(), ["went on"]);
}

/// Polls all in each step, as simple joins do.
async fn join(mut futures: Vec<Future<u32>>) -> Result<u32, Error> {
    let mut sum = 0;
    poll_fn(move |cx| {
        futures.retain_mut(|future| match Pin::new(future).poll(cx) {
            Poll::Ready(value) => {
                sum += value.unwrap_or(1000);
                false
            }
            Poll::Pending => true,
        });
        if futures.is_empty() { Poll::Ready(Ok(sum)) } else { Poll::Pending }
    })
    .await
}

#[test]
fn one_may_wait_for_several_futures_in_one_step() {
    let futures: Vec<Future<u32>> = (0..5).map(|_| Future::new("part")).collect();
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let futures: Vec<_> = futures.iter().map(|_| Future::<u32>::new("part")).collect();
        let polls = Rc::default();
        let proc = counted(&polls, join(futures.clone()));
        for (step, n) in order.into_iter().enumerate() {
            assert_eq!(polls.get(), step as u32 + 1);
            futures[n].complete(1 << n).unwrap();
            settle();
        }
        assert_eq!((polls.get(), proc.read().unwrap()), (6, 31));
    }
}

#[test]
fn futures_that_finish_together_have_a_proc_stepped_once() {
    let futures: Vec<Future<u32>> = (0..3).map(|_| Future::new("part")).collect();
    let polls = Rc::default();
    let proc = counted(&polls, join(futures.clone()));
    for future in &futures {
        future.complete(1).unwrap();
    }
    settle();
    assert_eq!((polls.get(), proc.read().unwrap()), (2, 3));
}

#[test]
fn a_future_polled_once_and_never_again_still_wakes() {
    // What the contract of wakers allows: the second step polls only the second future.
    let (a, b) = (Future::<()>::new("a"), Future::<()>::new("b"));
    let polls = Rc::new(Cell::new(0));
    let (mut a2, mut b2, count) = (a.clone(), b.clone(), polls.clone());
    let proc = Future::from_std(poll_fn(move |cx| {
        count.set(count.get() + 1);
        match count.get() {
            1 => {
                assert!(Pin::new(&mut a2).poll(cx).is_pending());
                assert!(Pin::new(&mut b2).poll(cx).is_pending());
                Poll::Pending
            }
            2 => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }));
    b.complete(()).unwrap();
    settle();
    assert_eq!(polls.get(), 2);
    a.complete(()).unwrap();
    settle();
    assert_eq!(polls.get(), 3);
    assert!(proc.finished());
}

#[test]
fn a_select_loop_on_a_long_lived_future_leaves_no_waiters_behind() {
    let stop = Future::<()>::new("stop");
    let ticks: Rc<Cell<Option<Future<()>>>> = Rc::default();
    let (mut until, tick) = (stop.clone(), ticks.clone());
    let proc = Future::from_std(async move {
        loop {
            let mut next = Future::<()>::new("tick");
            tick.set(Some(next.clone()));
            let stopped = poll_fn(|cx| {
                if Pin::new(&mut until).poll(cx).is_ready() {
                    return Poll::Ready(true);
                }
                Pin::new(&mut next).poll(cx).map(|_| false)
            });
            if stopped.await {
                return Ok(());
            }
        }
    });
    for _ in 0..100 {
        ticks.take().unwrap().complete(()).unwrap();
        settle();
        assert_eq!(stop.handle().head().waiters.len(), 1);
    }
    stop.complete(()).unwrap();
    settle();
    assert!(proc.finished());
}

#[test]
fn yielding_never_raises_and_gives_the_finished_handle_back() {
    let gate = Future::<u8>::new("gate");
    let wait = gate.clone();
    let proc = Future::from_std(async move {
        let first = yield_fut!(wait);
        assert!(first.finished() && first.failed());
        Ok(first.error().map(|error| error.to_string()))
    });
    gate.fail(Error::new("closed")).unwrap();
    settle();
    assert_eq!(proc.read().unwrap().as_deref(), Some("closed"));
    let sum = Future::from_std(async { Ok(await_fut!(Future::ready(1)) + 1) });
    assert_eq!(sum.read().unwrap(), 2);
}

#[test]
fn a_panic_fails_the_proc_and_nothing_else() {
    let log = Log::default();
    let gate = Future::<()>::new("gate");
    let g = gate.clone();
    let proc: Future<()> = Future::from_std(async move {
        g.clone().await?;
        panic!("boom {}", 1)
    });
    let l = log.clone();
    gate.add_callback(move |_| l.note("the next one"));
    gate.complete(()).unwrap();
    settle();
    assert_eq!(log.take(), ["the next one"]);
    let error = proc.read_error().unwrap();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Panicked, "panicked: boom 1")
    );
    let at_once: Future<()> = Future::from_std(async { std::panic::panic_any(7_u8) });
    let payload = at_once.read_error().unwrap().take_panic().unwrap();
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
}

#[test]
fn wait_for_may_be_used_inside_a_proc() {
    let gate = Future::<()>::new("gate");
    let (g, h) = (gate.clone(), gate.clone());
    let proc = Future::from_std(async move {
        let inner = Future::from_std(h);
        crate::dispatch::call_soon(move || g.complete(()).unwrap());
        wait_for(inner)
    });
    assert!(proc.finished());
    proc.read().unwrap();
}

#[test]
fn a_chain_of_procs_ends_without_recursion() {
    let count = many(200_000);
    let gate = Future::<()>::new("gate");
    let mut last = gate.clone();
    for _ in 0..count {
        last = Future::from_std(last);
    }
    gate.complete(()).unwrap();
    settle();
    assert!(last.finished());
}
