//! A variable that may not be there.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number() -> u32 {
    #[cfg(all())]
    let number = ready(1).await;
    ready(()).await;
    number
}

fn main() {
    drop(number());
}
