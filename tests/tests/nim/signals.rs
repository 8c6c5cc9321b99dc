//! Signals of the system.

use std::process::Command;

use async_proc::dispatch::{Dispatcher, add_signal, ctrl_c, has_pending_operations, run_forever};
use async_proc::prelude::*;

use super::Log;

/// Has another process send this one a signal; returns when it has.
fn send(signal: &str) {
    let pid = std::process::id().to_string();
    assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
}

#[test]
fn three_signals_are_told_apart_and_leave_nothing_watched() {
    let log = Log::default();
    for (signal, name) in
        [(libc::SIGUSR1, "USR1"), (libc::SIGUSR2, "USR2"), (libc::SIGTERM, "TERM")]
    {
        let told = log.clone();
        add_signal(signal, move || {
            told.note(name);
            true
        })
        .unwrap();
    }
    for name in ["TERM", "USR1", "USR2"] {
        send(name);
        while log.0.borrow().last().is_none_or(|last| last != name) {
            poll(None).unwrap();
        }
    }
    assert_eq!(log.take(), ["TERM", "USR1", "USR2"]);
    run_forever().unwrap();
    assert!(!has_pending_operations());
    assert_eq!(Dispatcher::current().active_descriptors(), 0);
}

#[test]
fn an_interrupt_is_awaited_and_does_not_end_the_program() {
    let interrupted = ctrl_c();
    send("INT");
    wait_for(interrupted).unwrap();
    assert!(!has_pending_operations());
}
