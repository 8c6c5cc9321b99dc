//! The tour asserts what it says: it only has to be run.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::process::Command;

#[test]
fn the_tour_comes_to_its_end() {
    let output = Command::new(program::program("tour")).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("That was the tour."), "{printed}");
}
