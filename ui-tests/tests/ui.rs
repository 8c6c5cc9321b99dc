//! What a user sees of the compiler's errors, and of rustc's: each once, on the user's tokens.
//!
//! `cases/refused` holds what `#[async_proc]` itself refuses, `cases/rustc` what rustc finds in an
//! annotated function, `cases/pass` what must compile without a word. The texts beside the cases
//! are those of one release of rustc; `TRYBUILD=overwrite cargo test -p async-proc-ui-tests` writes
//! them anew, and the difference wants to be read.

use std::process::Command;

/// The release of rustc whose texts are committed.
const WRITTEN_WITH: &str = "1.95";

#[test]
fn errors_are_as_committed() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(&format!("rustc {WRITTEN_WITH}.")) {
        println!("SKIPPED: the texts are those of rustc {WRITTEN_WITH}, and this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("cases/pass/*.rs");
    cases.compile_fail("cases/refused/*.rs");
    cases.compile_fail("cases/rustc/*.rs");
}
