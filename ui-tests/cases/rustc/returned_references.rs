//! Three functions that borrow one of their two arguments, as their signatures say; of the callers,
//! two change what is borrowed.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn first<'a>(first: &'a u32, _: &mut u32) -> &'a u32 {
    ready(first).await
}

#[async_proc]
async fn both<'a>(first: &'a u32, second: &'a mut u32) -> &'a u32 {
    ready(()).await;
    *second += 1;
    if *first > 1 { first } else { second }
}

#[async_proc]
async fn right() -> u32 {
    let (one, mut two) = (1, 2);
    let borrowed = first(&one, &mut two).await;
    two += 1;
    *borrowed + two
}

#[async_proc]
async fn first_changed() -> u32 {
    let (mut one, mut two) = (1, 2);
    let borrowed = first(&one, &mut two).await;
    one += 1;
    *borrowed
}

#[async_proc]
async fn second_changed() -> u32 {
    let (one, mut two) = (1, 2);
    let borrowed = both(&one, &mut two).await;
    two += 1;
    *borrowed
}

fn main() {
    drop(right());
    drop(first_changed());
    drop(second_changed());
}
