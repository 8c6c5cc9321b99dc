//! E0381: what was declared without a value, and got one in parts or not at all.

use async_proc::prelude::*;
use std::future::ready;

struct Point {
    x: u32,
    y: u32,
}

#[async_proc]
async fn parts() -> u32 {
    let point: Point;
    point.x = ready(1).await;
    point.y = 2;
    point.x + point.y
}

#[async_proc]
async fn in_a_loop(turns: u32) -> u32 {
    let last;
    for turn in 0..turns {
        ready(()).await;
        last = turn;
    }
    last
}

#[async_proc]
async fn never() -> usize {
    let text: String;
    ready(()).await;
    text.len()
}

fn main() {
    drop(parts());
    drop(in_a_loop(1));
    drop(never());
}
