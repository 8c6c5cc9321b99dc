use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use crate::dispatch::{Dispatcher, has_pending_operations, run_forever, spawn_blocking, wait_for};
use crate::future::all;
use crate::{ErrorKind, Future};

/// Says on a channel that it was dropped, and where.
struct Dropped(mpsc::Sender<thread::ThreadId>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(thread::current().id());
    }
}

/// A function that has begun, and ends when it is let: with what it returns.
fn begun<T: Send + 'static>(value: T) -> (Future<T>, mpsc::Sender<()>) {
    let (begin, has_begun) = mpsc::channel();
    let (end, may_end) = mpsc::channel();
    let future = spawn_blocking(move || {
        begin.send(()).unwrap();
        let _ = may_end.recv();
        value
    });
    has_begun.recv().unwrap();
    (future, end)
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn the_value_comes_back_to_the_thread_of_the_dispatcher() {
    let here = thread::current().id();
    let future = spawn_blocking(|| thread::current().id());
    assert!(!future.finished() && has_pending_operations());
    let told = Rc::new(Cell::new(None));
    let tell = told.clone();
    future.add_callback(move |_| tell.set(Some(thread::current().id())));
    run_forever().unwrap();
    assert_eq!(told.get(), Some(here));
    assert_ne!(future.read().unwrap(), here);
    assert!(!has_pending_operations());
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn any_number_of_them_each_give_their_own_value() {
    let futures = (0..1000_u64).map(|number| spawn_blocking(move || number * number));
    let values = wait_for(all(futures)).unwrap();
    assert!(values.iter().copied().eq((0..1000).map(|number| number * number)));
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn a_panic_fails_the_future_with_its_payload() {
    let error = wait_for(spawn_blocking(|| -> u8 { panic!("no {}", "luck") })).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Panicked, "panicked: no luck".into())
    );
    let payload = wait_for(spawn_blocking(|| std::panic::panic_any(7_u8))).unwrap_err();
    assert_eq!(payload.take_panic().unwrap().downcast_ref(), Some(&7_u8));
    // The threads are as good as before.
    assert_eq!(wait_for(spawn_blocking(|| 1)).unwrap(), 1);
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn cancelled_while_it_runs_its_value_is_dropped_there() {
    let (drops, dropped) = mpsc::channel();
    let (future, end) = begun(Dropped(drops));
    assert!(future.cancel() && !has_pending_operations());
    end.send(()).unwrap();
    assert_ne!(dropped.recv().unwrap(), thread::current().id());
    run_forever().unwrap();
    assert!(future.cancelled());
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn cancelled_when_it_is_done_its_value_is_dropped_too() {
    let (drops, dropped) = mpsc::channel();
    let (future, end) = begun(Dropped(drops));
    // It is done when its channel is gone; the letter is not read without a turn.
    drop(end);
    let inbox = Dispatcher::current().remote();
    while !inbox.has_letters() {
        thread::yield_now();
    }
    assert!(future.cancel());
    assert_eq!(dropped.recv().unwrap(), thread::current().id());
    run_forever().unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn of_a_thread_that_ends_the_values_are_dropped() {
    let (drops, dropped) = mpsc::channel();
    let end = thread::spawn(move || begun(Dropped(drops)).1).join().unwrap();
    end.send(()).unwrap();
    dropped.recv().unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn dropping_every_handle_does_not_stop_it() {
    let (done, is_done) = mpsc::channel();
    drop(spawn_blocking(move || done.send(()).unwrap()));
    assert!(has_pending_operations());
    run_forever().unwrap();
    is_done.try_recv().unwrap();
}
