//! E0308: a value of another type than was asked for.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number() -> u32 {
    let number: u32 = ready("one").await;
    let other: String = 2;
    ready(()).await;
    number + other.len() as u32
}

#[async_proc]
async fn returned(early: bool) -> u32 {
    ready(()).await;
    if early {
        return "early";
    }
    "late"
}

fn main() {
    drop(number());
    drop(returned(true));
}
