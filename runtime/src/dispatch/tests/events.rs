use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::dispatch::{
    AsyncEvent, Dispatcher, EventError, call_soon, drain, has_pending_operations, poll,
    run_forever, sleep_async, wait_for,
};
use crate::future::schedule;
use crate::{ErrorKind, Future};

/// Registers a callback that counts its calls and has enough after `limit` of them.
fn count(event: &AsyncEvent, limit: usize) -> Rc<Cell<usize>> {
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    let add = event.add(move || {
        counted.set(counted.get() + 1);
        counted.get() == limit
    });
    add.unwrap();
    calls
}

/// Counts the drops of what is moved into a callback.
struct Dropped(Rc<Cell<usize>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn several_triggers_before_a_turn_are_one_call() {
    let event = AsyncEvent::new();
    let calls = count(&event, 2);
    for round in 1..=2 {
        for _ in 0..5 {
            event.trigger().unwrap();
        }
        poll(None).unwrap();
        assert_eq!(calls.get(), round);
    }
    assert!(!event.is_registered() && !has_pending_operations());
}

#[test]
fn a_trigger_with_nobody_waiting_is_kept_for_the_first_who_does() {
    let event = AsyncEvent::new();
    event.trigger().unwrap();
    event.trigger().unwrap();
    let calls = count(&event, 2);
    poll(None).unwrap();
    poll(Duration::ZERO).unwrap();
    assert_eq!(calls.get(), 1, "and told once");
    event.unregister().unwrap();
}

#[test]
fn it_is_registered_once() {
    let event = AsyncEvent::new();
    count(&event, 1);
    assert_eq!(event.add(|| true), Err(EventError::AlreadyRegistered));
    let error = event.wait().read_error().unwrap();
    assert_eq!(error.downcast_ref(), Some(&EventError::AlreadyRegistered));
    let other = event.clone();
    let elsewhere = thread::spawn(move || other.add(|| true)).join().unwrap();
    assert_eq!(elsewhere, Err(EventError::AlreadyRegistered));
    event.trigger().unwrap();
    run_forever().unwrap();
    event.add(|| true).unwrap();
    event.unregister().unwrap();
}

#[test]
fn unregistered_before_the_turn_it_is_not_delivered_but_kept() {
    let event = AsyncEvent::new();
    let dropped = Rc::new(Cell::new(0));
    let captured = Dropped(dropped.clone());
    event
        .add(move || {
            let _ = &captured;
            unreachable!("it is unregistered")
        })
        .unwrap();
    event.trigger().unwrap();
    event.unregister().unwrap();
    assert_eq!(dropped.get(), 1, "at once, on its own thread");
    assert_eq!(event.unregister(), Err(EventError::NotRegistered));
    let calls = count(&event, 1);
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_callback_may_unregister_close_and_register_its_own_event() {
    let event = AsyncEvent::new();
    let seen: Rc<RefCell<Vec<&str>>> = Rc::default();
    let (log, own) = (seen.clone(), event.clone());
    event
        .add(move || {
            log.borrow_mut().push("first");
            own.unregister().unwrap();
            let (log, next) = (log.clone(), own.clone());
            own.add(move || {
                log.borrow_mut().push("second");
                next.close();
                false
            })
            .unwrap();
            true
        })
        .unwrap();
    for _ in 0..2 {
        event.trigger().unwrap();
        poll(None).unwrap();
    }
    assert_eq!(*seen.borrow(), ["first", "second"]);
    assert!(!has_pending_operations());
    assert_eq!(event.trigger(), Err(EventError::Closed));
    assert_eq!(event.add(|| true), Err(EventError::Closed));
}

#[test]
fn a_trigger_from_within_the_callback_makes_another_call() {
    let event = AsyncEvent::new();
    let (calls, own) = (Rc::new(Cell::new(0)), event.clone());
    let counted = calls.clone();
    event
        .add(move || {
            counted.set(counted.get() + 1);
            own.trigger().unwrap();
            counted.get() == 3
        })
        .unwrap();
    event.trigger().unwrap();
    run_forever().unwrap();
    assert_eq!(calls.get(), 3);
    // The third trigger found nobody.
    wait_for(event.wait()).unwrap();
}

#[test]
fn a_turn_within_the_callback_calls_it_after_it_has_returned() {
    let event = AsyncEvent::new();
    let (depth, most, own) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)), event.clone());
    let (calls, counted) = (Rc::new(Cell::new(0)), depth.clone());
    let (called, max) = (calls.clone(), most.clone());
    event
        .add(move || {
            called.set(called.get() + 1);
            counted.set(counted.get() + 1);
            max.set(counted.get().max(max.get()));
            if called.get() == 1 {
                own.trigger().unwrap();
                poll(Duration::ZERO).unwrap();
            }
            counted.set(counted.get() - 1);
            called.get() == 2
        })
        .unwrap();
    event.trigger().unwrap();
    run_forever().unwrap();
    assert_eq!((calls.get(), most.get()), (2, 1));
}

#[test]
fn a_callback_that_panics_is_the_error_of_the_poll_and_nothing_else_is_lost() {
    let (bad, good) = (AsyncEvent::new(), AsyncEvent::new());
    bad.add(|| panic!("bad callback")).unwrap();
    let calls = count(&good, 1);
    bad.trigger().unwrap();
    good.trigger().unwrap();
    let error = run_forever().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.to_string().contains("bad callback"));
    assert!(!bad.is_registered());
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_future_that_waits_is_cancelled_without_losing_a_trigger() {
    let event = AsyncEvent::new();
    let waiting = event.wait();
    assert!(event.is_registered() && has_pending_operations());
    assert!(waiting.cancel());
    assert!(waiting.cancelled() && !event.is_registered());
    event.trigger().unwrap();
    let late = event.wait();
    assert!(late.cancel(), "its letter has not been read");
    wait_for(event.wait()).unwrap();
}

#[test]
fn a_future_that_waits_fails_when_the_event_is_unregistered_or_closed() {
    let event = AsyncEvent::new();
    let (first, second) = (event.wait(), AsyncEvent::new());
    event.unregister().unwrap();
    let why = |future: &Future<()>| -> EventError {
        *future.read_error().unwrap().downcast_ref().unwrap()
    };
    assert_eq!(why(&first), EventError::Unregistered);
    let waiting = second.wait();
    second.close();
    assert_eq!(why(&waiting), EventError::Closed);
    assert_eq!(why(&second.wait()), EventError::Closed);
}

#[test]
fn without_a_handle_nobody_is_waited_for() {
    let event = AsyncEvent::new();
    let waiting = event.wait();
    drop(event.clone());
    assert!(has_pending_operations(), "there is a handle yet");
    drop(event);
    assert_eq!(waiting.read_error().unwrap().downcast_ref(), Some(&EventError::Closed));
    assert!(!has_pending_operations());

    let event = AsyncEvent::new();
    let calls = count(&event, 9);
    event.trigger().unwrap();
    drop(event);
    run_forever().unwrap();
    assert_eq!(calls.get(), 1, "what was triggered in time is delivered");
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn the_last_handle_dropped_by_another_thread_ends_the_wait() {
    let event = AsyncEvent::new();
    let waiting = event.wait();
    let thread = thread::spawn(move || drop(event));
    run_forever().unwrap();
    assert_eq!(waiting.read_error().unwrap().downcast_ref(), Some(&EventError::Closed));
    thread.join().unwrap();
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn triggers_of_many_threads_each_end_a_wait_and_none_is_lost() {
    const THREADS: usize = 8;
    let event = AsyncEvent::new();
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (event, asked) = (event.clone(), asked.clone());
            thread::spawn(move || {
                for _ in 0..1000 {
                    asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    event.trigger().unwrap();
                }
            })
        })
        .collect();
    // Whatever was asked for before a trigger is seen by the call that it makes.
    let (seen, calls) = (asked.clone(), Rc::new(Cell::new(0)));
    let counted = calls.clone();
    event
        .add(move || {
            counted.set(counted.get() + 1);
            seen.load(std::sync::atomic::Ordering::SeqCst) == THREADS * 1000
        })
        .unwrap();
    run_forever().unwrap();
    assert!((1..=THREADS * 1000).contains(&calls.get()), "{}", calls.get());
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn another_thread_may_unregister_it() {
    let event = AsyncEvent::new();
    let dropped = Rc::new(Cell::new(0));
    let captured = Dropped(dropped.clone());
    event
        .add(move || {
            let _ = &captured;
            unreachable!("it is unregistered")
        })
        .unwrap();
    let other = event.clone();
    let thread = thread::spawn(move || {
        other.trigger().unwrap();
        other.unregister().unwrap();
        assert!(!other.is_registered());
    });
    thread.join().unwrap();
    run_forever().unwrap();
    assert_eq!(dropped.get(), 1);
    event.add(|| true).unwrap();
    run_forever().unwrap();
}

#[test]
fn an_event_of_a_thread_that_has_ended_may_be_registered_again() {
    let event = AsyncEvent::new();
    let other = event.clone();
    thread::spawn(move || other.add(|| unreachable!("its thread ends")).unwrap()).join().unwrap();
    assert!(!event.is_registered());
    event.trigger().unwrap();
    let calls = count(&event, 1);
    run_forever().unwrap();
    assert_eq!(calls.get(), 1);
}

#[test]
fn an_event_may_be_used_by_the_destructor_of_a_callback() {
    struct Again(AsyncEvent);
    impl Drop for Again {
        fn drop(&mut self) {
            let _ = self.0.add(|| false);
            let _ = self.0.trigger();
        }
    }
    let event = AsyncEvent::new();
    let again = Again(event.clone());
    event
        .add(move || {
            let _ = &again;
            true
        })
        .unwrap();
    event.trigger().unwrap();
    poll(None).unwrap();
    assert!(event.is_registered());
    event.unregister().unwrap();

    // The same where the thread is ending.
    thread::spawn(|| {
        let event = AsyncEvent::new();
        let again = Again(event.clone());
        event
            .add(move || {
                let _ = &again;
                true
            })
            .unwrap();
        event.trigger().unwrap();
    })
    .join()
    .unwrap();
}

#[test]
fn no_lock_is_held_while_a_callback_runs() {
    let event = AsyncEvent::new();
    let (to_thread, from_callback) = mpsc::channel();
    let (to_callback, from_thread) = mpsc::channel();
    let other = event.clone();
    let thread = thread::spawn(move || {
        from_callback.recv().unwrap();
        to_callback.send(other.trigger()).unwrap();
    });
    let mut first = true;
    event
        .add(move || {
            if std::mem::replace(&mut first, false) {
                to_thread.send(()).unwrap();
                from_thread.recv().unwrap().unwrap();
                return false;
            }
            true
        })
        .unwrap();
    event.trigger().unwrap();
    run_forever().unwrap();
    thread.join().unwrap();
}

#[test]
fn registering_and_unregistering_leaves_nothing_behind() {
    for _ in 0..1000 {
        let event = AsyncEvent::new();
        count(&event, 1);
        event.trigger().unwrap();
        event.unregister().unwrap();
        event.wait().cancel();
    }
    // What is queued finds nobody.
    let letters = 2000;
    let turns = Dispatcher::current().turns();
    run_forever().unwrap();
    assert!(Dispatcher::current().turns() - turns <= letters / crate::dispatch::BATCH as u64 + 1);
    assert!(!schedule::with(|schedule| schedule.has_foreign()));
}

#[test]
#[cfg_attr(miri, ignore = "the dispatcher waits for the system")]
fn a_registered_event_is_waited_for_without_spinning() {
    let event = AsyncEvent::new();
    count(&event, 1);
    let turns = Dispatcher::current().turns();
    drain(Duration::from_millis(20)).unwrap();
    assert!(Dispatcher::current().turns() - turns <= 2);
    let other = event.clone();
    let nap = sleep_async(Duration::from_millis(5));
    nap.add_callback(move |_| drop(thread::spawn(move || other.trigger())));
    call_soon(|| {});
    run_forever().unwrap();
    assert!(Dispatcher::current().turns() - turns <= 8, "a handful of turns");
}
