//! Tests that leave nothing behind: neither a descriptor nor a child, dead or alive.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::own_process::in_own_process;

/// How long something may take that goes on in another thread. Only a failure takes as long.
const LONG: Duration = Duration::from_secs(20);

/// Runs `body` in a process of its own, and checks what that has open and whose parent it is.
pub(crate) fn leaves_nothing(test: &str, body: impl FnOnce()) {
    in_own_process(test, || {
        // What the dispatcher and the standard library open once and keep.
        async_proc::wait_for(async_proc::sleep_async(Duration::ZERO)).unwrap();
        let before = descriptors();
        body();
        assert!(!async_proc::has_pending_operations());
        eventually("no child is left", || children().is_empty(), || format!("{:?}", children()));
        eventually(
            "no descriptor is left",
            || descriptors() == before,
            || format!("{:?}, and at the beginning {before:?}", descriptors()),
        );
    });
}

/// What is open, and of what.
pub(crate) fn descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    // The one by which the directory is read is gone when this looks.
    let mut open: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            Some(format!("{}: {}", path.display(), fs::read_link(&path).ok()?.display()))
        })
        .filter(|open| !open.contains("/fd: ") && !open.contains("/proc/"))
        .collect();
    open.sort();
    open
}

/// The children of this process that have not been waited for, each with its state: `Z` is a zombie.
pub(crate) fn children() -> Vec<(u32, char)> {
    let this = std::process::id();
    let processes = fs::read_dir("/proc").unwrap();
    processes
        .filter_map(|entry| {
            let pid = entry.unwrap().file_name().to_str()?.parse().ok()?;
            let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // 17 (the name) S 1 …
            let (_, rest) = line.rsplit_once(") ")?;
            let mut words = rest.split(' ');
            let (state, parent) = (words.next()?.chars().next()?, words.next()?);
            (parent.parse() == Ok(this)).then_some((pid, state))
        })
        .collect()
}

/// Looks until it is so.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "not so after {LONG:?}: {what}; {}", otherwise());
        thread::sleep(Duration::from_millis(1));
    }
}
