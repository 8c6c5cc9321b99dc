use std::cell::{Cell, RefCell};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::thread;

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::ErrorKind;
use crate::dispatch::process::sigchld;
use crate::dispatch::watch::Callback;
use crate::dispatch::{
    Dispatcher, ProcessError, WatchId, add_process, has_pending_operations, poll, process_exit,
    run_forever, set_global_dispatcher, wait_for,
};

/// The two ways of watching, of which a system has only one to offer, or both.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// By a descriptor of the process, where there are such.
    Best,
    BySignal,
}

impl Way {
    fn add(self, pid: u32, callback: impl FnOnce(u32) + 'static) -> Result<WatchId, ProcessError> {
        if self == Way::Best {
            return add_process(pid, callback);
        }
        let mut callback = Some(callback);
        let number = Pid::from_raw(pid as i32).unwrap();
        sigchld::add(
            number,
            Callback::new(move || {
                callback.take().unwrap()(pid);
                true
            }),
        )
    }
}

/// A child that exits when it is told to, by the end of its input.
fn child() -> Child {
    Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
}

/// A child that has exited, and is not waited for yet.
fn exited() -> Child {
    let child = Command::new("true").spawn().unwrap();
    let number = Pid::from_child(&child);
    waitid(WaitId::Pid(number), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    child
}

fn both(test: impl Fn(Way)) {
    test(Way::Best);
    test(Way::BySignal);
    assert!(!has_pending_operations());
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
}

#[test]
fn the_callback_is_called_once_and_the_exit_is_left_to_who_started_it() {
    both(|way| {
        let mut command = Command::new("sh");
        let mut child =
            command.args(["-c", "read _; exit 7"]).stdin(Stdio::piped()).spawn().unwrap();
        let told: Rc<RefCell<Vec<u32>>> = Rc::default();
        let log = told.clone();
        let watch = way.add(child.id(), move |pid| log.borrow_mut().push(pid)).unwrap();
        assert!(has_pending_operations() && told.borrow().is_empty());
        drop(child.stdin.take());
        run_forever().unwrap();
        assert_eq!(*told.borrow(), [child.id()]);
        assert!(!watch.remove());
        assert_eq!(child.wait().unwrap().code(), Some(7));
    });
}

#[test]
fn a_process_that_has_exited_already_is_told_of_too() {
    both(|way| {
        let mut child = exited();
        let told = Rc::new(Cell::new(0));
        let log = told.clone();
        way.add(child.id(), move |pid| log.set(pid)).unwrap();
        assert_eq!(told.get(), 0, "never in the call");
        run_forever().unwrap();
        assert_eq!(told.get(), child.id());
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn many_children_are_each_told_of() {
    both(|way| {
        let mut children: Vec<_> = (0..20).map(|_| child()).collect();
        let told: Rc<RefCell<Vec<u32>>> = Rc::default();
        for child in &children {
            let log = told.clone();
            way.add(child.id(), move |pid| log.borrow_mut().push(pid)).unwrap();
        }
        for child in &mut children {
            drop(child.stdin.take());
        }
        run_forever().unwrap();
        told.borrow_mut().sort_unstable();
        let mut pids: Vec<_> = children.iter().map(Child::id).collect();
        pids.sort_unstable();
        assert_eq!(*told.borrow(), pids);
        for child in &mut children {
            assert!(child.wait().unwrap().success());
        }
    });
}

#[test]
fn the_exit_of_another_child_is_neither_told_of_nor_taken() {
    both(|way| {
        let (mut watched, mut other) = (child(), exited());
        let told = Rc::new(Cell::new(0));
        let log = told.clone();
        way.add(watched.id(), move |pid| log.set(pid)).unwrap();
        // Its exit sends the signal while the other is watched.
        let mut third = exited();
        poll(std::time::Duration::ZERO).unwrap();
        assert_eq!(told.get(), 0);
        assert!(other.wait().unwrap().success() && third.wait().unwrap().success());
        drop(watched.stdin.take());
        run_forever().unwrap();
        assert_eq!(told.get(), watched.id());
        assert!(watched.wait().unwrap().success());
    });
}

#[test]
fn one_that_somebody_else_waits_for_is_told_of() {
    both(|way| {
        let mut child = child();
        let told = Rc::new(Cell::new(false));
        let log = told.clone();
        way.add(child.id(), move |_| log.set(true)).unwrap();
        drop(child.stdin.take());
        let waiting = thread::spawn(move || child.wait().unwrap());
        run_forever().unwrap();
        assert!(told.get() && waiting.join().unwrap().success());
    });
}

#[test]
fn what_is_no_process_is_an_error_that_names_it() {
    both(|way| {
        let mut child = exited();
        child.wait().unwrap();
        let unheard = |_| unreachable!("there is nothing to tell of");
        let error = way.add(child.id(), unheard).unwrap_err();
        assert!(
            matches!(error, ProcessError::NoSuchProcess { pid } if pid == child.id()),
            "{error:?}"
        );
        assert!(error.to_string().contains(&child.id().to_string()));
    });
    for none in [0, u32::MAX] {
        let error = add_process(none, |_| ()).unwrap_err();
        assert!(matches!(error, ProcessError::NoSuchProcess { pid } if pid == none));
        let error = process_exit(none).read_error().unwrap();
        assert!(matches!(error.downcast_ref(), Some(ProcessError::NoSuchProcess { .. })));
    }
}

#[test]
fn one_that_is_no_child_is_watched_or_an_error() {
    let parent = std::os::unix::process::parent_id();
    let error = Way::BySignal.add(parent, |_| ()).unwrap_err();
    assert!(matches!(error, ProcessError::NotAChild { pid } if pid == parent), "{error:?}");
    if cfg!(target_os = "linux") {
        let watch = add_process(parent, |_| unreachable!("it goes on")).unwrap();
        poll(std::time::Duration::ZERO).unwrap();
        assert!(watch.remove());
    }
    assert!(!has_pending_operations());
}

#[test]
fn removed_it_is_not_called_and_nothing_is_pending() {
    both(|way| {
        let held = Rc::new(());
        let mut child = child();
        let captured = held.clone();
        let watch = way.add(child.id(), move |_| unreachable!("{captured:?}")).unwrap();
        assert!(watch.remove() && !watch.remove());
        assert_eq!(Rc::strong_count(&held), 1);
        assert!(!has_pending_operations());
        drop(child.stdin.take());
        child.wait().unwrap();

        // The same when the call is queued already.
        let mut child = exited();
        let watch = way.add(child.id(), |_| unreachable!("it is removed")).unwrap();
        assert!(watch.remove());
        run_forever().unwrap();
        child.wait().unwrap();
    });
}

#[test]
fn a_callback_that_panics_is_the_error_of_the_poll() {
    both(|way| {
        let mut child = exited();
        way.add(child.id(), |_| panic!("bad callback")).unwrap();
        assert_eq!(run_forever().unwrap_err().kind(), ErrorKind::Panicked);
        run_forever().unwrap();
        child.wait().unwrap();
    });
}

#[test]
fn the_exit_as_a_future() {
    let mut child = child();
    let exit = process_exit(child.id());
    drop(child.stdin.take());
    wait_for(exit).unwrap();
    assert!(child.try_wait().unwrap().is_some());
    assert!(!has_pending_operations());
}

#[test]
fn the_future_is_cancelled_and_fails_with_its_dispatcher() {
    let mut child = child();
    let exit = process_exit(child.id());
    assert!(exit.cancel() && exit.cancelled());
    assert!(!has_pending_operations());

    let dispatcher = Dispatcher::new();
    let old = set_global_dispatcher(&dispatcher).unwrap();
    let held = Rc::new(());
    let watches: Vec<_> = [Way::Best, Way::BySignal]
        .map(|way| {
            let captured = held.clone();
            way.add(child.id(), move |_| unreachable!("{captured:?}")).unwrap()
        })
        .into();
    let exit = process_exit(child.id());
    dispatcher.close();
    assert_eq!(exit.read_error().unwrap().kind(), ErrorKind::Closed);
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(watches.iter().all(|watch| !watch.remove()));
    let error = add_process(child.id(), |_| ()).unwrap_err();
    assert!(matches!(error, ProcessError::Os { .. }) && error.to_string().contains("closed"));
    set_global_dispatcher(&old).unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn a_thread_that_ends_leaves_no_callback_behind() {
    let mut child = child();
    let (pid, held) = (child.id(), std::sync::Arc::new(()));
    for way in [Way::Best, Way::BySignal] {
        let captured = held.clone();
        thread::spawn(move || {
            way.add(pid, move |_| unreachable!("{captured:?}")).unwrap();
            assert!(!process_exit(pid).finished());
        })
        .join()
        .unwrap();
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
    }
    drop(child.stdin.take());
    child.wait().unwrap();
}
