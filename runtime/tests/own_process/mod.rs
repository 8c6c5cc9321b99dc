//! Tests that change what is the whole process's: its limits, its signals.

use std::process::Command;

const MARK: &str = "ASYNC_PROC_IN_OWN_PROCESS";

/// Runs `body` in a process in which there is no other test: this program once more, asked for the test
/// of that name alone.
pub(crate) fn in_own_process(test: &str, body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let program = std::env::current_exe().unwrap();
    let arguments = ["--exact", test, "--nocapture", "--test-threads=1"];
    let output = Command::new(program).args(arguments).env(MARK, "1").output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{test}: {}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "{test} was not run:\n{out}\n{err}");
}
