use std::cell::Cell;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use crate::dispatch::{
    BATCH, Dispatcher, call_soon, has_pending_operations, poll, run_forever, sleep_async, wait_for,
};
use crate::{ErrorKind, Future};

#[test]
fn nothing_pending_is_an_error_of_poll_and_the_end_of_run_forever() {
    assert!(!has_pending_operations());
    assert_eq!(poll(None).unwrap_err().kind(), ErrorKind::NothingPending);
    run_forever().unwrap();
    let never = Future::<()>::new("never");
    let error = wait_for(never).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingPending);
    assert!(error.to_string().contains("could finish `never` created at"));
}

#[test]
fn a_turn_runs_a_bounded_batch() {
    let ran = Rc::new(Cell::new(0));
    for _ in 0..BATCH + 1 {
        let ran = ran.clone();
        call_soon(move || ran.set(ran.get() + 1));
    }
    poll(None).unwrap();
    assert_eq!(ran.get(), BATCH);
    poll(None).unwrap();
    assert_eq!(ran.get(), BATCH + 1);
}

#[test]
fn what_queues_itself_for_ever_keeps_no_timer_waiting() {
    let dispatcher = Dispatcher::current();
    dispatcher.pause_clock();
    fn again(ran: Rc<Cell<usize>>) {
        ran.set(ran.get() + 1);
        call_soon(move || again(ran));
    }
    let ran = Rc::new(Cell::new(0));
    again(ran.clone());
    let nap = sleep_async(Duration::from_millis(1));
    poll(None).unwrap();
    dispatcher.advance(Duration::from_millis(1));
    wait_for(nap).unwrap();
    // The callback in the call, and one batch in each of two turns.
    assert_eq!(ran.get(), 1 + 2 * BATCH);
}

#[test]
fn a_poll_does_not_wait_while_anything_is_queued() {
    call_soon(|| {});
    let start = Instant::now();
    poll(Duration::from_secs(3600)).unwrap();
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn another_thread_ends_a_wait() {
    let never = Future::<u32>::new("set by another thread");
    let slot: Rc<Cell<Option<Future<u32>>>> = Rc::default();
    slot.set(Some(never.clone()));
    thread_local!(static SLOT: Cell<Option<Future<u32>>> = const { Cell::new(None) });
    SLOT.set(Some(never.clone()));
    let long = sleep_async(Duration::from_secs(3600));
    let remote = Dispatcher::current().remote();
    let thread = thread::spawn(move || {
        remote.call_soon(|| SLOT.take().unwrap().complete(5).unwrap());
    });
    assert_eq!(wait_for(never).unwrap(), 5);
    long.cancel();
    thread.join().unwrap();
}

#[test]
fn a_remote_of_a_thread_that_has_ended_drops_what_it_is_given() {
    let remote = thread::spawn(|| Dispatcher::current().remote()).join().unwrap();
    remote.call_soon(|| unreachable!("there is nobody to call it"));
}

#[test]
#[cfg_attr(miri, ignore = "what is queued that late is leaked, on purpose")]
fn futures_work_in_destructors_of_thread_locals() {
    struct Last(Cell<Option<Future<()>>>);
    impl Drop for Last {
        fn drop(&mut self) {
            if let Some(future) = self.0.take() {
                future.add_callback(|_| {});
                future.complete(()).unwrap();
            }
            drop(sleep_async(Duration::from_secs(1)));
            call_soon(|| {});
        }
    }
    thread_local!(static LAST: Last = const { Last(Cell::new(None)) });
    thread::spawn(|| {
        // Registered before the dispatcher's own, and after it.
        LAST.with(|last| last.0.set(Some(Future::new("last"))));
        call_soon(|| {});
    })
    .join()
    .unwrap();
}
