//! What procs take, they give back.

use std::rc::Rc;
use std::time::Duration;

use async_proc::prelude::*;
use async_proc_tests::{allocations, live_allocations};

#[async_proc]
fn inner(value: Rc<String>, gate: Future<()>) -> Future<usize> {
    gate.await?;
    sleep_async(Duration::ZERO).await?;
    Ok(value.len())
}

#[async_proc]
fn outer(value: Rc<String>, gate: Future<()>) -> Future<usize> {
    let first = inner(value.clone(), gate.clone());
    let second = yield_fut!(inner(value.clone(), gate.clone()));
    let kept = value.len();
    let in_time = with_timeout(&first, Duration::from_secs(9)).await?;
    assert!(in_time);
    Ok(first.await? + second.read()? + kept)
}

fn round() {
    let value = Rc::new("value".repeat(10));
    let gate = Future::new("gate");
    let procs: Vec<_> = (0..100).map(|_| outer(value.clone(), gate.clone())).collect();
    let (ended, cancelled) = procs.split_at(60);
    for proc in &cancelled[..20] {
        assert!(proc.cancel());
    }
    gate.complete(()).unwrap();
    run_forever().unwrap();
    assert!(ended.iter().all(|proc| proc.read().unwrap() == 150));
    drop(procs);
    assert_eq!(Rc::strong_count(&value), 1);
}

#[test]
fn no_round_of_procs_leaves_anything_allocated() {
    round(); // The tables of the thread grow to what they need.
    let before = live_allocations();
    for _ in 0..10 {
        round();
        assert_eq!(live_allocations(), before);
    }
}

#[test]
fn a_thousand_awaits_of_a_proc_take_one_allocation_each() {
    #[async_proc]
    fn one(gate: Future<()>) -> Future<u32> {
        gate.await?;
        Ok(1)
    }
    #[async_proc]
    fn many(gate: Future<()>) -> Future<u32> {
        let mut sum = 0;
        for _ in 0..1001 {
            sum += one(gate.clone()).await?;
        }
        Ok(sum)
    }
    let gate = Future::ready(());
    wait_for(many(gate.clone())).unwrap();
    let before = (allocations(), live_allocations());
    let sum = wait_for(many(gate.clone())).unwrap();
    assert_eq!((sum, allocations() - before.0), (1001, 1002));
    assert_eq!(live_allocations(), before.1);
}

#[test]
fn what_is_held_in_a_circle_by_a_proc_and_its_own_future_is_freed_when_it_ends() {
    struct Circle(std::cell::RefCell<Option<Future<()>>>);
    #[async_proc]
    fn holds_itself(circle: Rc<Circle>, gate: Future<()>) {
        gate.await?;
        let own = circle.0.borrow().clone();
        assert!(own.is_some());
    }
    for cancels in [false, true] {
        let (circle, gate) = (Rc::new(Circle(None.into())), Future::new("gate"));
        let proc = holds_itself(circle.clone(), gate.clone());
        *circle.0.borrow_mut() = Some(proc.clone());
        if cancels {
            proc.cancel();
        } else {
            gate.complete(()).unwrap();
            run_forever().unwrap();
        }
        assert_eq!(Rc::strong_count(&circle), 1);
    }
}
