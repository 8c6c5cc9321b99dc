//! A `let ... else` that suspends before it diverges.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        ready(()).await;
        return 0;
    };
    first.len_utf8()
}

fn main() {
    drop(number("text"));
}
