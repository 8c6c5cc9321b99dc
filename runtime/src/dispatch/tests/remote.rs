use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::Future;
use crate::dispatch::{Dispatcher, sleep_async, wait_for};

thread_local! {
    /// What was called on this thread: which thread asked, and for the how-manieth time.
    static CALLED: RefCell<Vec<(usize, usize)>> = RefCell::default();
    static DONE: RefCell<Option<Future<()>>> = RefCell::default();
}

/// Counts its drops, on whichever thread.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn calls_of_many_threads_all_come_and_each_threads_in_its_order() {
    const THREADS: usize = 8;
    const CALLS: usize = 10_000;
    let done = Future::<()>::new("all called");
    DONE.set(Some(done.clone()));
    let remote = Dispatcher::current().remote();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let remote = remote.clone();
            thread::spawn(move || {
                for call in 0..CALLS {
                    remote.call_soon(move || {
                        let count = CALLED.with_borrow_mut(|called| {
                            called.push((thread, call));
                            called.len()
                        });
                        if count == THREADS * CALLS {
                            DONE.take().unwrap().complete(()).unwrap();
                        }
                    });
                }
            })
        })
        .collect();
    let long = sleep_async(Duration::from_secs(3600));
    wait_for(done).unwrap();
    long.cancel();
    let called = CALLED.take();
    for thread in 0..THREADS {
        let of_thread = called.iter().filter(|call| call.0 == thread).map(|call| call.1);
        assert!(of_thread.eq(0..CALLS), "the calls of thread {thread} came in another order");
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_call_to_a_thread_that_has_ended_is_dropped_and_so_is_one_it_has_not_read() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (send, receive) = mpsc::channel();
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        send.send(Dispatcher::current().remote()).unwrap();
        // It ends without a turn.
        let _ = ended.recv();
    });
    let remote = receive.recv().unwrap();
    for _ in 0..3 {
        let dropped = Dropped(drops.clone());
        remote.call_soon(move || unreachable!("it runs no turn: {}", dropped.0.as_ptr().addr()));
    }
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    drop(end);
    thread.join().unwrap();
    assert_eq!(drops.load(Ordering::SeqCst), 3);
    let dropped = Dropped(drops.clone());
    remote.call_soon(move || unreachable!("there is nobody: {}", dropped.0.as_ptr().addr()));
    assert_eq!(drops.load(Ordering::SeqCst), 4, "at once");
}

#[test]
fn what_is_dropped_with_its_thread_may_send_to_it() {
    struct Sends(crate::dispatch::Remote);
    impl Drop for Sends {
        fn drop(&mut self) {
            self.0.call_soon(|| unreachable!("the thread ends"));
        }
    }
    let remote = thread::spawn(|| {
        let remote = Dispatcher::current().remote();
        let sends = Sends(remote.clone());
        remote.call_soon(move || drop(sends));
        remote
    })
    .join()
    .unwrap();
    let sends = Sends(remote.clone());
    remote.call_soon(move || drop(sends));
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn each_call_ends_one_wait_and_nothing_spins_in_between() {
    const CALLS: u64 = 50;
    let dispatcher = Dispatcher::current();
    let done = Future::<()>::new("all called");
    DONE.set(Some(done.clone()));
    let remote = dispatcher.remote();
    let thread = thread::spawn(move || {
        for call in 1..=CALLS {
            let (send, receive) = mpsc::channel();
            remote.call_soon(move || {
                send.send(()).unwrap();
                if call == CALLS {
                    DONE.take().unwrap().complete(()).unwrap();
                }
            });
            // The next one only when the dispatcher may be waiting again.
            receive.recv().unwrap();
        }
    });
    let long = sleep_async(Duration::from_secs(3600));
    let before = dispatcher.turns();
    wait_for(done).unwrap();
    // A bell may be rung for a letter that was read before the wait began: one turn more.
    assert!(dispatcher.turns() - before <= 2 * CALLS, "{}", dispatcher.turns() - before);
    long.cancel();
    thread.join().unwrap();
}
