//! What rustc says of programs that are wrong.
//!
//! `cases/refused` holds what the compiler itself refuses: the error stands on the exact tokens,
//! says what to write instead, comes with all others of the function, and a caller of the function
//! gets no error of its own. `cases/rustc` holds rustc's own errors and lints: each is there once,
//! and leads to the user's tokens, which `as_rustc` checks. `cases/pass` holds what must compile without a word.
//!
//! The `.stderr` files were written by the rustc in [`WRITTEN_WITH`]. After a change, look at what
//! is different, and if it is right:
//!
//! ```sh
//! TRYBUILD=overwrite cargo test -p async-proc-ui-tests
//! ```

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// Messages change from one rustc to the next; they are compared with this one alone.
const WRITTEN_WITH: &str = "rustc 1.95.";

/// Set in the process that only looks whether each case fails.
const MESSAGES_DIFFER: &str = "ASYNC_PROC_UI_MESSAGES_DIFFER";

#[test]
fn errors_are_the_users() -> io::Result<()> {
    let rustc = rustc_version()?;
    if env::var_os(MESSAGES_DIFFER).is_some() {
        check(Path::new(env!("CARGO_TARGET_TMPDIR")));
        return Ok(());
    }
    if rustc.starts_with(WRITTEN_WITH) {
        check(Path::new(""));
        return Ok(());
    }
    // Past the capture of the test's output.
    writeln!(
        io::stderr(),
        "\n*** SKIPPED: the messages in ui-tests/cases are those of {WRITTEN_WITH}*, this is \
         {rustc}; checking only that each case still fails ***\n"
    )?;
    // trybuild takes any message where there is none to compare with, if it is told to write it:
    // the cases are copied without theirs, and the variable is set for a process of its own.
    copy_cases(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let status = Command::new(env::current_exe()?)
        .args(["errors_are_the_users", "--exact", "--nocapture"])
        .env(MESSAGES_DIFFER, "1")
        .env("TRYBUILD", "overwrite")
        .status()?;
    assert!(status.success(), "a case that must fail compiles, or one that must compile fails");
    Ok(())
}

fn check(root: &Path) {
    let cases = trybuild::TestCases::new();
    cases.compile_fail(root.join("cases/refused/*.rs"));
    cases.compile_fail(root.join("cases/rustc/*.rs"));
    cases.pass(root.join("cases/pass/*.rs"));
}

fn copy_cases(to: &Path) -> io::Result<()> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    for directory in ["refused", "rustc", "pass"] {
        let target = to.join("cases").join(directory);
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        fs::create_dir_all(&target)?;
        for entry in fs::read_dir(from.join(directory))? {
            let path = entry?.path();
            if let Some(name) =
                path.file_name().filter(|_| path.extension().is_some_and(|e| e == "rs"))
            {
                fs::copy(&path, target.join(name))?;
            }
        }
    }
    Ok(())
}

/// The version of the rustc that trybuild is going to run.
fn rustc_version() -> io::Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
