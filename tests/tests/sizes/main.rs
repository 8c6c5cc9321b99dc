//! How large machines are: rustc's own, ours as an `async fn`, and the frames of procs.
//!
//! Every shape is one function, compiled three times from the same tokens. The table is committed
//! as `baseline.md`; a change of the compiler that changes a size changes that file. It is written
//! anew with
//!
//! ```sh
//! SIZES=write cargo test -p async-proc-tests --test sizes
//! ```
//!
//! What is awaited at the bottom is the same future of rustc's in all three. A shape that calls
//! another calls the one that is compiled as it is itself: the machine of a called `async fn` lies
//! inside the caller's, a called proc has a frame of its own. So two figures are given for procs,
//! the frame alone and the frames of the shape and of all it waits for together; the head that
//! every proc has beside its frame counts in neither, as the executor's in none of the others.

// The shapes are what a person might write, and the sizes are the point.
#![allow(unused, clippy::all, clippy::pedantic, clippy::unwrap_used)]
#![cfg(all(target_pointer_width = "64", not(miri)))]

#[macro_use]
mod shapes;

mod arguments;
mod ladders;
mod locals;
mod ordinary;
mod overlaps;
mod results;
mod table;

use table::Table;

/// Shapes whose machine as an `async fn` is larger than rustc's, or lies in a box. To become none.
const LARGER_ASYNC_FNS: usize = 1;
/// Shapes whose frame as a proc is larger than rustc's machine. To become none.
const LARGER_PROCS: usize = 10;
/// What the frames of procs are of rustc's machines, in geometric mean.
const PROC_RATIO: f64 = 0.28;

fn table() -> Table {
    let mut table = Table::default();
    arguments::measure(&mut table);
    locals::measure(&mut table);
    overlaps::measure(&mut table);
    results::measure(&mut table);
    ladders::measure(&mut table);
    ordinary::measure(&mut table);
    table
}

#[test]
fn sizes_are_those_of_the_baseline() {
    table().check_against_baseline();
}

#[test]
fn no_async_fn_is_larger_than_rustcs() {
    let larger = table().larger_async_fns();
    assert!(larger.len() <= LARGER_ASYNC_FNS, "{} shapes: {larger:?}", larger.len());
}

#[test]
fn no_frame_of_a_proc_is_larger_than_rustcs_machine() {
    let table = table();
    let larger = table.larger_procs();
    assert!(larger.len() <= LARGER_PROCS, "{} shapes: {larger:?}", larger.len());
    assert!(table.proc_ratio() <= PROC_RATIO, "{:.3} in geometric mean", table.proc_ratio());
}

#[test]
fn there_are_enough_shapes() {
    assert!(table().len() >= 40);
}
