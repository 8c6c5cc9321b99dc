//! The examples as programs.

use std::path::PathBuf;
use std::process::Command;

/// The program of an example, built if it is not up to date.
pub(crate) fn program(example: &str) -> PathBuf {
    // <target>/<profile>/deps/<test>-0123456789abcdef
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--example", example]);
    build.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    build.arg("--target-dir").arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success(), "{example} does not compile");
    profile.join("examples").join(example)
}
