//! Children: started, waited for without blocking, sent signals, dropped. Each test looks whether it
//! has left a descriptor or a child behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod left_behind;
mod own_process;

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use async_proc::ProcessError;
use async_proc::dispatch::{self, Dispatcher, set_global_dispatcher};
use async_proc::prelude::*;
use async_proc::process::{Child, Command, CommandError};
use left_behind::{children, eventually, leaves_nothing};
use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, WaitId, WaitIdOptions, WaitOptions, getrlimit, setrlimit, waitid,
    waitpid,
};

/// Goes on until what is returned is dropped, and ends with success.
fn until_dropped() -> (Child, io::PipeWriter) {
    let (reader, writer) = io::pipe().unwrap();
    let command = Command::new("cat").stdin(reader).stdout(Stdio::null());
    (command.kill_on_drop(false).spawn().unwrap(), writer)
}

fn sleeping(kill_on_drop: bool) -> Child {
    Command::new("sleep").arg("1000").kill_on_drop(kill_on_drop).spawn().unwrap()
}

fn is_there(child: &Child) -> bool {
    children().iter().any(|&(pid, _)| pid == child.id())
}

#[test]
fn an_end_is_waited_for_by_any_number_also_after_it() {
    leaves_nothing("an_end_is_waited_for_by_any_number_also_after_it", || {
        let (child, input) = until_dropped();
        assert_eq!(child.try_wait().unwrap(), None);
        let waiting = [child.wait(), child.wait(), child.clone().wait()];
        assert!(waiting.iter().all(|wait| !wait.finished()));
        drop(input);
        for wait in waiting {
            assert!(wait_for(wait).unwrap().success());
        }
        assert!(!is_there(&child), "it was waited for");
        assert!(child.wait().read().unwrap().success(), "at once");
        assert!(child.try_wait().unwrap().unwrap().success());
    });
}

#[test]
fn the_loop_goes_on_while_an_end_is_waited_for() {
    leaves_nothing("the_loop_goes_on_while_an_end_is_waited_for", || {
        let (child, input) = until_dropped();
        let ticks = Rc::new(Cell::new(0));
        let (count, input) = (ticks.clone(), Cell::new(Some(input)));
        dispatch::add_timer(Duration::from_millis(1), false, move || {
            count.set(count.get() + 1);
            if count.get() == 20 {
                // The process ends only because the timer went on.
                drop(input.take());
            }
            count.get() == 20
        });
        assert!(wait_for(child.wait()).unwrap().success());
        assert_eq!(ticks.get(), 20);
    });
}

#[test]
fn how_it_ended_is_told_by_its_code_or_its_signal() {
    leaves_nothing("how_it_ended_is_told_by_its_code_or_its_signal", || {
        let mut fails = Command::new("sh").args(["-c", "exit 3"]);
        assert_eq!(wait_for(fails.status()).unwrap().code(), Some(3));
        assert_eq!(wait_for(fails.status()).unwrap().code(), Some(3), "and once more");
        for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGRTMIN()] {
            let child = sleeping(false);
            child.signal(signal).unwrap();
            let status = wait_for(child.wait()).unwrap();
            assert_eq!((status.code(), status.signal()), (None, Some(signal)));
            // Its number may be another's by now.
            child.signal(signal).unwrap();
            child.kill().unwrap();
        }
    });
}

#[test]
fn a_stopped_process_has_not_ended() {
    leaves_nothing("a_stopped_process_has_not_ended", || {
        let (child, input) = until_dropped();
        let wait = child.wait();
        child.signal(libc::SIGSTOP).unwrap();
        let is_stopped = || children().contains(&(child.id(), 'T'));
        eventually("it is stopped", is_stopped, || format!("{:?}", children()));
        dispatch::poll(Duration::ZERO).unwrap();
        assert!(!wait.finished());
        child.signal(libc::SIGCONT).unwrap();
        drop(input);
        assert!(wait_for(wait).unwrap().success());
    });
}

#[test]
fn what_is_built_is_what_the_program_gets() {
    leaves_nothing("what_is_built_is_what_the_program_gets", || {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut command = Command::new("sh")
            .arg("-c")
            .args(["echo $0 $1 $GIVEN ${TAKEN-nothing}; pwd; echo wrong >&2; cat", "name", "word"])
            .env("GIVEN", "value")
            .env_remove("TAKEN")
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer);
        assert_eq!(command.as_std().get_program(), OsStr::new("sh"));
        assert!(wait_for(command.status()).unwrap().success());
        drop(command);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "name word value nothing\n/\nwrong\n");

        let mut bare = Command::new("/usr/bin/env").env_clear().env("ONLY", "this");
        let (mut reader, writer) = io::pipe().unwrap();
        bare.as_std_mut().stdout(writer);
        assert!(wait_for(bare.status()).unwrap().success());
        drop(bare);
        text.clear();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "ONLY=this\n");
    });
}

#[test]
fn errors_name_the_program_and_what_was_asked_for() {
    leaves_nothing("errors_name_the_program_and_what_was_asked_for", || {
        let error = Command::new("/no/such/program").spawn().unwrap_err();
        assert_eq!(error.io_kind(), Some(io::ErrorKind::NotFound));
        assert!(error.to_string().starts_with("cannot start \"/no/such/program\": "), "{error}");
        assert!(matches!(error.downcast_ref(), Some(CommandError::Spawn { program, .. })
            if program == "/no/such/program"));
        let error = wait_for(Command::new("/no/such/program").status()).unwrap_err();
        assert_eq!(error.io_kind(), Some(io::ErrorKind::NotFound));

        let child = sleeping(true);
        let error = child.signal(10_000).unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(CommandError::Signal { signal: 10_000, pid, .. })
            if *pid == child.id())
        );
        let expected = format!("cannot send signal 10000 to \"sleep\" (process {}): ", child.id());
        assert!(error.to_string().starts_with(&expected), "{error}");
    });
}

#[test]
fn one_that_somebody_else_has_waited_for_is_an_error_that_names_it() {
    let test = "one_that_somebody_else_has_waited_for_is_an_error_that_names_it";
    leaves_nothing(test, || {
        let (child, input) = until_dropped();
        let before = child.wait();
        drop(input);
        let pid = Pid::from_raw(child.id().cast_signed());
        waitpid(pid, WaitOptions::empty()).unwrap();
        for wait in [before, child.wait()] {
            let error = wait_for(wait).unwrap_err();
            assert!(
                matches!(error.downcast_ref(), Some(CommandError::Wait { program, .. })
                if program == "cat"),
                "{error}"
            );
            assert_eq!(error.io_kind(), child.try_wait().unwrap_err().io_kind());
        }
        child.kill().unwrap();
    });
}

#[test]
fn a_child_that_is_dropped_goes_on_and_is_waited_for_though_no_dispatcher_runs() {
    let test = "a_child_that_is_dropped_goes_on_and_is_waited_for_though_no_dispatcher_runs";
    leaves_nothing(test, || {
        let (child, input) = until_dropped();
        let pid = child.id();
        drop(child.clone());
        drop(child);
        assert!(!has_pending_operations());
        assert!(children().iter().any(|&(other, state)| other == pid && state != 'Z'));
        drop(input);
        eventually("it is waited for", || children().is_empty(), || format!("{:?}", children()));
    });
}

#[test]
fn one_that_has_ended_is_waited_for_by_its_drop() {
    leaves_nothing("one_that_has_ended_is_waited_for_by_its_drop", || {
        let (child, input) = until_dropped();
        drop(input);
        let has_ended = || children().contains(&(child.id(), 'Z'));
        eventually("it has ended", has_ended, || format!("{:?}", children()));
        drop(child);
        assert_eq!(children(), []);
    });
}

#[test]
fn one_to_be_killed_by_its_drop_is_unless_somebody_waits() {
    leaves_nothing("one_to_be_killed_by_its_drop_is_unless_somebody_waits", || {
        drop(sleeping(true));
        eventually("it is gone", || children().is_empty(), || format!("{:?}", children()));

        let (reader, writer) = io::pipe().unwrap();
        let command = Command::new("cat").stdin(reader).stdout(Stdio::null());
        let wait = command.kill_on_drop(true).spawn().unwrap().wait();
        drop(writer);
        assert!(wait_for(wait).unwrap().success(), "it was not killed");

        // Whoever waited has given up.
        let wait = sleeping(true).wait();
        wait_for(with_timeout_cancel(wait, Duration::from_millis(1))).unwrap_err();
    });
}

#[test]
fn a_wait_that_is_cancelled_disturbs_nobody() {
    leaves_nothing("a_wait_that_is_cancelled_disturbs_nobody", || {
        let (child, input) = until_dropped();
        let (first, second) = (child.wait(), child.wait());
        assert!(first.cancel());
        assert!(!second.finished());
        assert!(second.cancel());
        assert!(!has_pending_operations());
        let third = child.wait();
        drop(input);
        assert!(wait_for(third).unwrap().success());
        assert!(wait_for(child.wait()).unwrap().success());
    });
}

#[test]
fn a_thread_that_ends_and_a_dispatcher_that_is_closed_leave_no_zombie() {
    let test = "a_thread_that_ends_and_a_dispatcher_that_is_closed_leave_no_zombie";
    leaves_nothing(test, || {
        let writer = thread::spawn(|| {
            let (child, input) = until_dropped();
            let (waited_for, other) = until_dropped();
            async_check(child.wait());
            drop(waited_for.wait());
            (input, other)
        });
        drop(writer.join().unwrap());
        eventually("both are gone", || children().is_empty(), || format!("{:?}", children()));

        let dispatcher = Dispatcher::new();
        let old = set_global_dispatcher(&dispatcher).unwrap();
        let (child, input) = until_dropped();
        let wait = child.wait();
        dispatcher.close();
        let error = wait_for(wait).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        set_global_dispatcher(&old).unwrap();
        drop(input);
        // The process is still there for another dispatcher of the thread.
        assert!(wait_for(child.wait()).unwrap().success());
    });
}

#[test]
fn three_hundred_that_are_dropped_at_once_by_eight_threads_are_all_waited_for() {
    let test = "three_hundred_that_are_dropped_at_once_by_eight_threads_are_all_waited_for";
    leaves_nothing(test, || {
        let threads: [_; 8] = std::array::from_fn(|at| {
            thread::spawn(move || {
                for _ in 0..40 {
                    drop(Command::new("sleep").arg(if at % 2 == 0 { "0" } else { "0.01" }).spawn());
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn a_wait_without_descriptors_fails_and_the_process_is_waited_for_later() {
    let test = "a_wait_without_descriptors_fails_and_the_process_is_waited_for_later";
    leaves_nothing(test, || {
        let (child, input) = until_dropped();
        let (dropped, other) = until_dropped();
        let mut taken = Vec::new();
        let limits = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(64), ..limits }).unwrap();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            taken.push(file);
        }
        let error = wait_for(child.wait()).unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(ProcessError::Os { source, .. })
            if source.raw_os_error() == Some(libc::EMFILE)),
            "{error}"
        );
        // The thread that waits has no descriptor to wait with, and looks from time to time.
        let pid = Pid::from_raw(dropped.id().cast_signed()).unwrap();
        drop(dropped);
        drop(other);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let is_gone = || waitid(WaitId::Pid(pid), options).err() == Some(Errno::CHILD);
        eventually("it is gone", is_gone, String::new);
        drop(taken);
        setrlimit(Resource::Nofile, limits).unwrap();
        drop(input);
        assert!(wait_for(child.wait()).unwrap().success());
    });
}
