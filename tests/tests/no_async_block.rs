//! No `async` block of ours is ever executed, or even compiled to code.
//!
//! `#[async_proc]` emits a function's body a second time as an `async` block that rustc only
//! checks. If rustc compiled it, it would leave traces in the executable, which these tests
//! look for in the one they run in; each has a control that shows that the traces are there when
//! such a block does run.
#![cfg(all(target_os = "linux", not(miri)))]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_proc_tests::world::later;

/// Declares generic functions, of which each closure they are called with makes a symbol: in a
/// body they count in how many copies that body was compiled.
macro_rules! markers {
    ($($name:ident)*) => {$(
        #[inline(never)]
        fn $name<F: Fn() -> usize>(closure: F) -> usize {
            closure() + std::hint::black_box(std::mem::align_of_val(&closure))
        }
    )*};
}

markers! { marks_rustc_body marks_our_body marks_live_twin_body }

/// The control: a function of rustc's, compiled to the body of one coroutine.
async fn rustc_body(n: usize) -> usize {
    let m = later("m", n).await;
    marks_rustc_body(|| 1) + m
}

#[cfg_attr(not(rustc_only), async_proc::async_proc)]
async fn our_body(n: usize) -> usize {
    let m = later("m", n).await;
    marks_our_body(|| 1) + m
}

/// The other control: a body that stands there twice, in a machine (or what passes for one) and in
/// an `async` block, which runs. Its first `async` block is dead, like a twin.
fn live_twin_body(n: usize) -> impl Future<Output = usize> {
    if false {
        let _dead = async move { later("m", n).await + marks_live_twin_body(|| 1) };
        unreachable!();
    }
    let machine = move |m: usize| marks_live_twin_body(|| 1) + m;
    async move {
        let m = later("m", n).await;
        marks_live_twin_body(|| 1) + m + machine(m)
    }
}

fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn run_all() {
    assert_eq!(run(rustc_body(1)), 3);
    assert_eq!(run(our_body(1)), 3);
    assert_eq!(run(live_twin_body(1)), 6);
}

/// Every text of printable characters without a space in this executable.
fn texts() -> BTreeSet<String> {
    let path = env::current_exe().expect("the test's own path");
    let bytes = fs::read(path).expect("the test's own executable");
    bytes
        .split(|byte| !byte.is_ascii_graphic())
        .filter(|text| text.len() > 4)
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect()
}

/// In how many copies the body that calls `marker` was compiled: the symbols of the marker, each
/// of which is there for another closure.
fn copies(texts: &BTreeSet<String>, marker: &str) -> usize {
    let name = format!("{}{marker}", marker.len());
    texts
        .iter()
        .filter(|text| text.starts_with("_Z") || text.starts_with("_R"))
        .filter(|text| text.contains(&name))
        .count()
}

#[test]
fn a_body_is_compiled_once() {
    run_all();
    let texts = texts();
    let count = |marker| copies(&texts, marker);
    assert_eq!(count("marks_rustc_body"), 1, "a body of rustc's is seen once");
    assert_eq!(count("marks_live_twin_body"), 2, "a dead block is not seen, a live one is");
    assert_eq!(count("marks_our_body"), 1, "our body, in the machine and nowhere else");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "needs debug information, which this profile lacks")]
#[cfg_attr(rustc_only, ignore = "the compiler is switched off")]
fn the_body_is_not_a_coroutine() {
    run_all();
    let texts = texts();
    // In the debug information a copy of a marker is called by its closure's full name, in which
    // rustc says of every function around it what it is.
    let copies = |marker: &str| -> Vec<&str> {
        let start = format!("{marker}<");
        texts.iter().map(String::as_str).filter(|text| text.starts_with(&start)).collect()
    };
    let coroutines =
        |marker: &str| copies(marker).iter().filter(|name| name.contains("::{async_")).count();
    for (marker, all, in_coroutines) in
        [("marks_rustc_body", 1, 1), ("marks_live_twin_body", 2, 1), ("marks_our_body", 1, 0)]
    {
        let found = copies(marker);
        assert_eq!(found.len(), all, "{marker}: copies: {found:?}");
        assert_eq!(coroutines(marker), in_coroutines, "{marker}: coroutines: {found:?}");
    }
}
