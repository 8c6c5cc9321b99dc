//! E0381: a variable is used before it has a value.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number(wanted: bool) -> u32 {
    let number;
    if wanted {
        number = ready(1).await;
    }
    ready(()).await;
    number
}

fn main() {
    drop(number(true));
}
