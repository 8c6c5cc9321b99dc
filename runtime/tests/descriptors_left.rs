//! What is watched leaves no descriptor behind. One test in a process of its own, since it counts
//! those of the whole process.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use async_proc::dispatch::{
    AsyncEvent, Dispatcher, add_process, add_signal, add_timer, process_exit, run_forever, signal,
};

fn open() -> usize {
    std::fs::read_dir("/dev/fd").unwrap().count()
}

/// Watches something of every sort, has some of it happen, and removes some.
fn watch_everything() {
    let event = AsyncEvent::new();
    event.add(|| true).unwrap();
    event.trigger().unwrap();
    add_timer(Duration::ZERO, true, || true);
    add_signal(libc::SIGUSR1, || true).unwrap();
    add_signal(libc::SIGUSR1, || true).unwrap();
    add_signal(libc::SIGUSR2, || true).unwrap().remove();
    signal(libc::SIGUSR2).cancel();
    signal_hook::low_level::raise(libc::SIGUSR1).unwrap();
    let mut children: Vec<_> = (0..3).map(|_| Command::new("true").spawn().unwrap()).collect();
    add_process(children[0].id(), |_| ()).unwrap();
    add_process(children[1].id(), |_| ()).unwrap().remove();
    process_exit(children[2].id()).cancel();
    run_forever().unwrap();
    for child in &mut children {
        child.wait().unwrap();
    }
}

/// Watches what does not happen, and leaves it at that.
fn leave_everything(pid: u32) {
    add_timer(Duration::from_secs(3600), false, || true);
    add_signal(libc::SIGUSR2, || true).unwrap();
    assert!(!signal(libc::SIGUSR2).finished());
    add_process(pid, |_| ()).unwrap();
    assert!(!process_exit(pid).finished());
}

#[test]
fn nothing_that_is_watched_leaves_a_descriptor_behind() {
    // What the dispatcher and the standard library open once and keep.
    watch_everything();
    let before = open();
    for _ in 0..10 {
        watch_everything();
        assert_eq!(open(), before);
    }

    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let (with_child, pid) = (open(), child.id());
    thread::spawn(move || leave_everything(pid)).join().unwrap();
    assert_eq!(open(), with_child, "a thread that ends closes what it watched");

    let dispatcher = Dispatcher::new();
    let old = async_proc::dispatch::set_global_dispatcher(&dispatcher).unwrap();
    leave_everything(pid);
    assert!(open() > with_child);
    dispatcher.close();
    assert_eq!(open(), with_child, "and so does a dispatcher that is closed");
    run_forever().unwrap();
    async_proc::dispatch::set_global_dispatcher(&old).unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();
}
