//! E0382: a variable is used after a part of it was moved.

use async_proc::prelude::*;
use std::future::ready;

struct Pair {
    left: String,
    right: String,
}

#[async_proc]
async fn both(pair: Pair) -> usize {
    let left = pair.left;
    ready(()).await;
    let borrowed = &pair;
    left.len() + borrowed.right.len()
}

fn main() {
    drop(both(Pair { left: String::new(), right: String::new() }));
}
