//! A `#[cfg]` where rustc removes nothing, and one on a variable that is used all the same.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn sum() -> u32 {
    let one = #[cfg(all())]
    ready(1).await;
    one
}

#[async_proc]
async fn removed() -> u32 {
    #[cfg(any())]
    let one = ready(1).await;
    one + ready(2).await
}

fn main() {
    drop((sum(), removed()));
}
