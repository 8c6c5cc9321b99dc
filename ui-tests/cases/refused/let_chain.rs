//! Suspensions in let chains.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn second(first: Option<u32>) -> u32 {
    if let Some(first) = first
        && let Some(second) = ready(Some(2)).await
    {
        return first + second;
    }
    let mut rest = first;
    while let Some(number) = rest
        && ready(number).await > 2
    {
        rest = None;
    }
    0
}

fn main() {
    drop(second(Some(1)));
}
