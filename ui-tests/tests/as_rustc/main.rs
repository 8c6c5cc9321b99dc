//! What rustc says of an annotated function is what it says of the same `async fn` without the
//! attribute: the same errors and lints, at the same places, each once.
//!
//! Every file of `cases/rustc` is compiled as it is and once more with its attributes blanked out,
//! and the two lists of what was said are compared: level, code and place. The first lines of a file
//! may say otherwise:
//!
//! - `//@ procs`: there is no such `async fn`; only that nothing is said twice is checked.
//! - `//@ differs CODE: why`: what has that code is left out of the comparison, not of the check
//!   that it is said once.
//! - `//@ twice CODE@LINE,…: why`: known to be said more often than of the plain function, there. When
//!   it no longer is, this line has to go.
//!
//! The files of `cases/clippy` are given to clippy, and compared in the same way. The functions of
//! `half_typed` are cut off after their tokens, one by one, as they are while being
//! typed, and compared in the same way.

mod case;
mod half_typed;
mod package;
mod said;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use crate::case::{Case, cases};
use crate::package::Package;
use crate::said::Said;

#[test]
fn annotated_functions_get_the_messages_of_plain_ones() -> io::Result<()> {
    let cases = cases("rustc")?;
    let said = Package::new("as_rustc", &cases)?.check("check")?;
    let mut report = differences(&cases, &said);
    for case in cases.iter().filter(|case| !said.contains_key(&case.ours())) {
        let _ = writeln!(report, "{}: nothing was said of it", case.name);
    }
    assert!(report.is_empty(), "what is said of annotated functions differs:\n{report}");
    Ok(())
}

#[test]
fn clippy_says_of_annotated_functions_what_it_says_of_plain_ones() -> io::Result<()> {
    let cases = cases("clippy")?;
    let said = Package::new("as_clippy", &cases)?.check("clippy")?;
    let report = differences(&cases, &said);
    assert!(report.is_empty(), "what clippy says of annotated functions differs:\n{report}");
    Ok(())
}

#[test]
fn half_typed_functions_get_the_messages_of_plain_ones() -> io::Result<()> {
    let cases = half_typed::cases()?;
    let said = Package::new("half_typed", &cases)?.check("check")?;
    let report = differences(&cases, &said);
    assert!(report.is_empty(), "what is said of half-typed functions differs:\n{report}");
    Ok(())
}

/// Where what was said of the annotated functions is not what was said of the plain ones.
fn differences(cases: &[Case], said: &BTreeMap<String, Vec<Said>>) -> String {
    let none = Vec::new();
    let mut report = String::new();
    for case in cases {
        let ours = said.get(&case.ours()).unwrap_or(&none);
        let plain = said.get(&case.plain()).unwrap_or(&none);
        for excess in case.known_excess() {
            let at = |said: &&Said| said.is(&excess);
            if ours.iter().filter(at).count() <= plain.iter().filter(at).count() {
                let _ = writeln!(report, "{}: {excess} is said as often as it should", case.name);
            }
        }
        for said in ours.iter().filter(|said| !case.known_excess().any(|excess| said.is(&excess))) {
            let expected = match case.procs() || case.differs(said) {
                true => 1,
                false => times(plain, said),
            };
            let count = times(ours, said);
            if count != expected {
                let _ = writeln!(report, "{}: {count} times, not {expected}: {said}", case.name);
            }
        }
        for said in plain {
            let skip = case.procs() || case.differs(said);
            if !skip && times(ours, said) == 0 {
                let _ = writeln!(report, "{}: missing: {said}", case.name);
            }
        }
    }
    report
}

fn times(list: &[Said], one: &Said) -> usize {
    list.iter().filter(|said| said.place() == one.place()).count()
}
