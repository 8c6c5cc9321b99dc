//! The result borrows from another argument than its signature says.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn first<'a, 'b>(left: &'a str, right: &'b str) -> &'a str {
    ready(()).await;
    if left.is_empty() { right } else { left }
}

fn main() {
    drop(first("a", "b"));
}
