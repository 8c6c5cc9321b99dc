//! E0106: which argument the result borrows from.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn longest(left: &str, right: &str) -> &str {
    ready(()).await;
    if left.len() > right.len() { left } else { right }
}

fn main() {
    drop(longest("a", "b"));
}
