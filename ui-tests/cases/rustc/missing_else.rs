//! E0317: an `if` without `else` has no value.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number(wanted: bool) -> u32 {
    ready(()).await;
    if wanted {
        ready(1).await
    }
}

#[async_proc]
async fn bound(wanted: bool) -> u32 {
    let number: u32 = if wanted { ready(1).await };
    number
}

fn main() {
    drop(number(true));
    drop(bound(true));
}
