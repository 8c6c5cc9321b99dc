//! E0282: a type that nothing tells.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn collected(numbers: Vec<u32>) -> usize {
    let doubled = numbers.iter().map(|number| number * 2).collect();
    ready(()).await;
    drop(doubled);
    1
}

#[async_proc]
async fn nothing() {
    let nothing = None;
    ready(()).await;
    drop(nothing);
}

fn main() {
    drop(collected(Vec::new()));
    drop(nothing());
}
