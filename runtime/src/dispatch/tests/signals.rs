use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use libc::{SIGUSR1, SIGUSR2};
use signal_hook::low_level::raise;

use crate::dispatch::{
    Dispatcher, SignalError, WatchId, add_signal, drain, has_pending_operations, poll, run_forever,
    set_global_dispatcher, signal,
};
use crate::{Error, ErrorKind};

/// Signals are the whole process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches a signal until it has come `limit` times.
fn count(signal: i32, limit: usize) -> (WatchId, Rc<Cell<usize>>) {
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    let watch = add_signal(signal, move || {
        counted.set(counted.get() + 1);
        counted.get() == limit
    });
    (watch.unwrap(), calls)
}

#[test]
fn a_callback_is_called_each_time_until_it_has_enough() {
    let _alone = alone();
    let (watch, calls) = count(SIGUSR1, 3);
    assert!(has_pending_operations());
    for call in 1..=3 {
        assert_eq!(calls.get(), call - 1);
        raise(SIGUSR1).unwrap();
        poll(None).unwrap();
    }
    assert_eq!(calls.get(), 3);
    assert!(!has_pending_operations() && !watch.remove());
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
}

#[test]
fn signals_before_a_turn_are_one_call() {
    let _alone = alone();
    let (watch, calls) = count(SIGUSR1, 0);
    for _ in 0..1000 {
        raise(SIGUSR1).unwrap();
    }
    drain(Duration::from_millis(5)).unwrap();
    assert_eq!(calls.get(), 1);
    watch.remove();
}

#[test]
fn several_watch_one_signal_in_the_order_they_came_and_others_another() {
    let _alone = alone();
    let order: Rc<RefCell<Vec<usize>>> = Rc::default();
    let watches: Vec<_> = (0..3)
        .map(|place| {
            let log = order.clone();
            add_signal(SIGUSR1, move || {
                log.borrow_mut().push(place);
                place == 1
            })
            .unwrap()
        })
        .collect();
    let (other, calls) = count(SIGUSR2, 0);
    raise(SIGUSR1).unwrap();
    poll(None).unwrap();
    raise(SIGUSR1).unwrap();
    poll(None).unwrap();
    assert_eq!(*order.borrow(), [0, 1, 2, 0, 2]);
    assert_eq!((calls.get(), Dispatcher::current().active_descriptors()), (0, 2));
    assert!(watches[0].remove() && !watches[1].remove() && watches[2].remove() && other.remove());
    assert!(!has_pending_operations());
}

#[test]
fn each_thread_that_watches_a_signal_is_told() {
    let _alone = alone();
    let (ready, watching) = mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ready = ready.clone();
            thread::spawn(move || {
                let waiting = signal(SIGUSR1);
                ready.send(()).unwrap();
                crate::dispatch::wait_for(waiting).unwrap();
            })
        })
        .collect();
    for _ in 0..4 {
        watching.recv().unwrap();
    }
    raise(SIGUSR1).unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn what_must_not_be_watched_is_an_error_that_names_it() {
    for signal in [libc::SIGKILL, libc::SIGSTOP, libc::SIGSEGV, libc::SIGILL, libc::SIGFPE] {
        let error = add_signal(signal, || true).unwrap_err();
        assert!(matches!(error, SignalError::Forbidden { signal: named } if named == signal));
    }
    let message = add_signal(libc::SIGKILL, || true).unwrap_err().to_string();
    assert_eq!(message, "SIGKILL must not be watched");
    for signal in [-1, 0, 4711] {
        let error = add_signal(signal, || true).unwrap_err();
        assert!(matches!(error, SignalError::Unknown { signal: named } if named == signal));
    }
    let future = signal(libc::SIGKILL);
    assert!(matches!(
        future.read_error().unwrap().downcast_ref(),
        Some(SignalError::Forbidden { .. })
    ));
    assert!(!has_pending_operations());
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
}

#[test]
fn nobody_watches_any_more_and_the_signal_is_ignored() {
    let _alone = alone();
    // By default it ends the process.
    let (watch, calls) = count(SIGUSR2, 0);
    watch.remove();
    raise(SIGUSR2).unwrap();
    let (watch, again) = count(SIGUSR2, 1);
    assert!(poll(Duration::ZERO).is_ok());
    assert_eq!((calls.get(), again.get()), (0, 0), "it was for nobody");
    watch.remove();
}

#[test]
fn removed_when_it_is_queued_it_is_not_called() {
    let _alone = alone();
    let second: Rc<RefCell<Option<WatchId>>> = Rc::default();
    let remove = second.clone();
    let first = add_signal(SIGUSR1, move || remove.borrow().as_ref().unwrap().remove());
    second.replace(Some(add_signal(SIGUSR1, || unreachable!("it is removed")).unwrap()));
    raise(SIGUSR1).unwrap();
    run_forever().unwrap();
    assert!(!first.unwrap().remove());
}

#[test]
fn a_callback_that_panics_is_removed_and_the_others_are_told() {
    let _alone = alone();
    add_signal(SIGUSR1, || panic!("bad handler")).unwrap();
    let (_, calls) = count(SIGUSR1, 1);
    raise(SIGUSR1).unwrap();
    assert_eq!(run_forever().unwrap_err().kind(), ErrorKind::Panicked);
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_future_is_cancelled_and_fails_with_its_dispatcher() {
    let _alone = alone();
    let waiting = signal(SIGUSR1);
    assert!(has_pending_operations());
    assert!(waiting.cancel());
    assert!(!has_pending_operations());

    let dispatcher = Dispatcher::new();
    let old = set_global_dispatcher(&dispatcher).unwrap();
    let waiting = signal(SIGUSR1);
    let (watch, calls) = count(SIGUSR1, 0);
    dispatcher.close();
    assert_eq!(waiting.read_error().unwrap().kind(), ErrorKind::Closed);
    assert!(!watch.remove());
    assert_eq!(Rc::strong_count(&calls), 1);
    let error = Error::from(add_signal(SIGUSR1, || true).unwrap_err());
    assert!(error.to_string().contains("SIGUSR1") && error.to_string().contains("closed"));
    set_global_dispatcher(&old).unwrap();
}

#[test]
fn a_thread_that_ends_leaves_its_watch_to_nobody() {
    let _alone = alone();
    let held = std::sync::Arc::new(());
    let captured = held.clone();
    thread::spawn(move || {
        let waiting = signal(SIGUSR1);
        add_signal(SIGUSR1, move || captured == ().into()).unwrap();
        assert!(!waiting.finished());
    })
    .join()
    .unwrap();
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
    raise(SIGUSR1).unwrap();
}
