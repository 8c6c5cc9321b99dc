//! The examples that have other programs work for them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A file that is gone at the end.
struct Given(PathBuf);

impl Given {
    fn new(name: &str, bytes: &[u8]) -> Given {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        Given(path)
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn run(example: &str, arguments: &[&str]) -> Output {
    Command::new(program::program(example)).args(arguments).output().unwrap()
}

#[test]
fn the_checksum_is_that_of_sha1sum_and_a_missing_file_is_named() {
    let given = Given::new("async-proc-checksum", &b"some text\n".repeat(500_000));
    let path = given.0.to_str().unwrap();
    let output = run("checksum", &[path]);
    assert!(output.status.success(), "{output:?}");
    let expected = Command::new("sha1sum").arg(path).output().unwrap();
    let expected = String::from_utf8(expected.stdout).unwrap();
    let digest = String::from_utf8(output.stdout).unwrap();
    assert_eq!((digest.trim_end().len(), digest.trim_end()), (40, &expected[..40]));

    let output = run("checksum", &["/no/such/file"]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("checksum: cannot open /no/such/file: "), "{told}");
}

#[test]
fn the_lines_that_match_are_counted_also_if_there_are_none() {
    let lines: String = (0..100_000)
        .map(|at| if at % 16 == 5 { format!("{at} ERROR\n") } else { format!("{at} fine\n") })
        .collect();
    let given = Given::new("async-proc-matches", lines.as_bytes());
    let path = given.0.to_str().unwrap();
    for (pattern, count) in [("error", 6250), ("fine", 93_750), ("nothing of the sort", 0)] {
        let output = run("matches", &[pattern, path]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{count}\n"), "{pattern}");
    }
    assert!(!run("matches", &["[", path]).status.success());
}
