//! E0308, E0277: `return` and `?` in an `async` block are the block's.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn returns() -> u32 {
    let block = async { return 1u8 };
    block.await
}

#[async_proc]
async fn question_mark() -> Result<u32, std::fmt::Error> {
    let block = async {
        ready(Err::<(), _>(std::fmt::Error)).await?;
        1
    };
    Ok(block.await)
}

fn main() {
    drop(returns());
    drop(question_mark());
}
