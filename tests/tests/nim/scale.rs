//! Very many procs, and very long chains of them.

use std::cell::Cell;
use std::rc::Rc;
use std::thread;

use async_proc::prelude::*;

#[async_proc]
fn link(before: Future<u32>, dropped: Counted) -> Future<u32> {
    let n = before.await?;
    Ok(n + dropped.0.get().min(1))
}

/// Counts how often it was dropped.
#[derive(Clone, Default)]
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

const DEEP: u32 = 100_000;

/// Each link awaits the one before; gives the gate that the first awaits, and the last.
fn chain(dropped: &Counted) -> (Future<u32>, Future<u32>) {
    let gate = Future::new("gate");
    let last = (0..DEEP).fold(gate.clone(), |before, _| link(before, dropped.clone()));
    (gate, last)
}

#[test]
fn a_chain_of_a_hundred_thousand_awaits_unwinds_without_recursion() {
    let dropped = Counted::default();
    let (gate, last) = chain(&dropped);
    gate.complete(0).unwrap();
    // The first link sees no other dropped before it.
    assert_eq!(wait_for(last).unwrap(), DEEP - 1);
    assert_eq!(dropped.0.get(), DEEP);
}

#[test]
fn an_error_comes_up_a_chain_of_a_hundred_thousand_awaits_and_names_them_all() {
    let dropped = Counted::default();
    let (gate, last) = chain(&dropped);
    gate.fail(Error::new("at the bottom")).unwrap();
    let error = wait_for(last).unwrap_err();
    assert_eq!(error.traceback().count(), DEEP as usize);
    assert!(format!("{error:?}").ends_with(", 100000 times"));
    assert_eq!(dropped.0.get(), DEEP);
}

#[test]
fn a_chain_of_a_hundred_thousand_awaits_is_cancelled_and_dropped_without_recursion() {
    let dropped = Counted::default();
    let (gate, last) = chain(&dropped);
    assert!(last.cancel());
    assert!(gate.cancelled());
    assert_eq!(dropped.0.get(), DEEP);
    // Pending when its thread ends.
    thread::spawn(|| {
        let (gate, last) = chain(&Counted::default());
        drop(gate);
        drop(last);
    })
    .join()
    .unwrap();
}

#[test]
fn a_million_procs_are_pending_at_once() {
    #[async_proc]
    fn waits(gate: Future<u32>, ran: Rc<Cell<u32>>) {
        let own = (&gate).await?;
        sleep_free().await?;
        ran.set(ran.get() + own);
    }
    #[async_proc]
    fn sleep_free() {
        let next = Future::<()>::new("next");
        let complete = next.clone();
        call_soon(move || complete.complete(()).unwrap());
        next.await?;
    }
    const MANY: u32 = 1_000_000;
    let (gate, ran) = (Future::new("gate"), Rc::new(Cell::new(0)));
    let procs: Vec<Future<()>> = (0..MANY).map(|_| waits(gate.clone(), ran.clone())).collect();
    assert!(procs.iter().all(|proc| !proc.finished()));
    assert!(!has_pending_operations(), "whoever completes the gate is not its business");
    gate.complete(1).unwrap();
    run_forever().unwrap();
    assert_eq!(ran.get(), MANY);
    assert!(procs.iter().all(|proc| proc.read().is_ok()));
    drop(procs);
    assert_eq!(Rc::strong_count(&ran), 1);
}

#[test]
fn twenty_thousand_procs_on_one_future_go_on_in_order() {
    #[async_proc]
    fn waits(n: u32, gate: Future<()>, next: Rc<Cell<u32>>) {
        gate.await?;
        assert_eq!(next.replace(n + 1), n);
    }
    let (gate, next) = (Future::new("gate"), Rc::new(Cell::new(0)));
    let procs: Vec<_> = (0..20_000).map(|n| waits(n, gate.clone(), next.clone())).collect();
    gate.complete(()).unwrap();
    run_forever().unwrap();
    assert!(procs.iter().all(|proc| proc.read().is_ok()));
}
