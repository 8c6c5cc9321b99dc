//! What never ends, where it has to have a type.

#![deny(warnings, clippy::all, clippy::pedantic)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn forever() -> ! {
    loop {
        ready(()).await;
    }
}

#[async_proc]
async fn chosen(which: bool) -> u32 {
    if which { ready(1).await } else { forever().await }
}

#[async_proc]
async fn matched(which: Option<u32>) -> u32 {
    let number = match which {
        Some(number) => number,
        None => forever().await,
    };
    ready(number).await
}

#[async_proc]
async fn tail() -> u32 {
    ready(()).await;
    forever().await
}

fn main() {
    drop((chosen(true), matched(Some(1)), tail()));
}
