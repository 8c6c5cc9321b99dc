//! Constants are computed by the compiler, which waits for nothing.

use async_proc::prelude::*;

#[async_proc]
async fn zeros() -> usize {
    const LEN: usize = std::future::ready(4).await;
    let zeros = [0; { std::future::ready(4).await }];
    LEN + zeros.len()
}

fn main() {
    drop(zeros());
}
