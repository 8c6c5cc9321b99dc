//! How many threads there are for functions that block. It is said by the environment of a process,
//! so the test starts itself once more.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use async_proc::dispatch::{has_pending_operations, run_forever, spawn_blocking, wait_for};
use async_proc::future::all;

const LIMIT: &str = "BLOCKING_MAX_THREADS";

/// Notes that it was dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn no_more_than_two_run_at_a_time() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let futures = (0..200).map(|_| {
        let (running, most) = (running.clone(), most.clone());
        spawn_blocking(move || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
        })
    });
    wait_for(all(futures)).unwrap();
    let most = most.load(Ordering::SeqCst);
    assert!((1..=2).contains(&most), "{most}");
}

fn cancelled_before_it_begins_it_is_dropped_at_once() {
    // Both threads are kept busy until `end` is dropped.
    let (begin, begun) = mpsc::channel();
    let (end, ended) = mpsc::channel::<()>();
    let ended = Arc::new(std::sync::Mutex::new(ended));
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let (begin, ended) = (begin.clone(), ended.clone());
            spawn_blocking(move || {
                begin.send(()).unwrap();
                let _ = ended.lock().unwrap().recv();
            })
        })
        .collect();
    begun.recv().unwrap();
    begun.recv().unwrap();
    let dropped = Arc::new(AtomicBool::new(false));
    let captured = Dropped(dropped.clone());
    let waiting = spawn_blocking(move || unreachable!("it is cancelled: {:?}", captured.0));
    let next = spawn_blocking(|| 5);
    assert!(!dropped.load(Ordering::SeqCst));
    assert!(waiting.cancel());
    assert!(dropped.load(Ordering::SeqCst), "in the call, not when its turn comes");
    drop(end);
    wait_for(all(busy)).unwrap();
    assert_eq!(wait_for(next).unwrap(), 5);
    run_forever().unwrap();
    assert!(!has_pending_operations() && waiting.cancelled());
}

#[test]
fn the_number_of_threads_has_a_limit_and_what_waits_for_one_can_be_cancelled() {
    if std::env::var_os(LIMIT).is_some() {
        no_more_than_two_run_at_a_time();
        cancelled_before_it_begins_it_is_dropped_at_once();
        return;
    }
    let test = "the_number_of_threads_has_a_limit_and_what_waits_for_one_can_be_cancelled";
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(LIMIT, "2")
        .status();
    assert!(status.unwrap().success());
}
