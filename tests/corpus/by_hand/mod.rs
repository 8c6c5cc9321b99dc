//! Plain functions, written out twice: attributes on tokens that come from no macro.
//!
//! `real.rs` and `ours.rs` are the same file but for the attribute, which a test checks.

mod real;

#[cfg_attr(rustc_only, path = "real.rs")]
mod ours;

use async_proc_tests::driver::{Scenario, compare, drive};
use async_proc_tests::world::{D, Lock, Trio};

macro_rules! by_hand {
    ($($name:ident [$($run:expr),+ $(,)?])*) => {$(
        #[test]
        fn $name() {
            const REAL: &[Scenario] = {
                use real::*;
                &[$((stringify!($run), || drive($run))),+]
            };
            const OURS: &[Scenario] = {
                use ours::*;
                &[$((stringify!($run), || drive($run))),+]
            };
            compare(concat!("by_hand::", stringify!($name)), REAL, OURS);
        }
    )*};
}

by_hand! {
    copy_lines [copy_lines(&["a", "", "ccc"]), copy_lines(&[]), copy_lines(&["stop", "x"])]
    retry [retry(0), retry(2), retry(5)]
    choose [choose(Some(D::new("given"))), choose(None)]
    both_ends [both_ends(Trio::new("t"))]
    locked_sum [locked_sum(&mut Lock::new("m"), 3)]
    nested_loops [nested_loops(3)]
    longest [longest(&["a", "ccc", "bb"])]
    collected [collected(2), collected(0)]
    through_a_method [ours_or_real_session(1)]
    shadows [shadows(D::new("x"))]
    tail [tail()]
}

#[test]
fn the_two_files_are_the_same() {
    let real: Vec<&str> = include_str!("real.rs").lines().skip(1).collect();
    let ours: Vec<&str> = include_str!("ours.rs")
        .lines()
        .skip(1)
        .filter(|line| !line.contains("async_proc::async_proc"))
        .collect();
    assert_eq!(real, ours);
}
