//! E0282, E0283, E0284: types that nothing tells, around suspensions.

use async_proc::prelude::*;
use std::future::ready;

async fn bar<T>() {}

#[async_proc]
async fn parameter() {
    bar().await;
}

#[async_proc]
async fn collected(numbers: Vec<u32>) -> usize {
    let all = numbers.into_iter().collect();
    ready(()).await;
    all.len()
}

#[async_proc]
async fn parsed() -> bool {
    let number = ready("1").await.parse().unwrap();
    ready(()).await;
    number == number
}

#[async_proc]
async fn empty() {
    let empty = Vec::new();
    ready(()).await;
    drop(empty);
}

fn main() {
    drop(parameter());
    drop(collected(Vec::new()));
    drop(parsed());
    drop(empty());
}
