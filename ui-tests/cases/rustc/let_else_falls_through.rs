//! E0308: the `else` of a `let … else` goes on.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn first(numbers: Vec<u32>) -> u32 {
    let Some(first) = ready(numbers.first().copied()).await else {
        drop(numbers);
    };
    first
}

fn main() {
    drop(first(Vec::new()));
}

//@ twice E0308@6: the machine meets the type elsewhere, or rustc has no advice there about futures
