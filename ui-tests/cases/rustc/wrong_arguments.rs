//! E0061, E0107, E0282: calls that do not fit.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn add(left: u32, right: u32) -> u32 {
    left + right
}

#[async_proc]
async fn calls() -> u32 {
    let one = add(1).await;
    let two = add(1, "two").await;
    let nothing = ready(None).await;
    ready(()).await;
    drop(nothing);
    one + two
}

fn main() {
    drop(calls());
}
