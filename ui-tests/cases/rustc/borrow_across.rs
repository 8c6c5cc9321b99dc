//! E0502, E0499, E0506: a borrow that lives across a suspension.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn shared_and_unique(mut numbers: Vec<u32>) -> u32 {
    let first = &numbers[0];
    ready(()).await;
    numbers.push(2);
    *first
}

#[async_proc]
async fn twice_unique(mut numbers: Vec<u32>) {
    let first = &mut numbers;
    let second = &mut numbers;
    ready(()).await;
    first.push(1);
    second.push(2);
}

#[async_proc]
async fn assigned() -> u32 {
    let mut number = 1;
    let borrowed = &number;
    number = ready(2).await;
    *borrowed + number
}

fn main() {
    drop(shared_and_unique(vec![1]));
    drop(twice_unique(vec![1]));
    drop(assigned());
}
