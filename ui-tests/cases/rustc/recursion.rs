//! E0733 and its like: a machine that holds itself.

use async_proc::prelude::*;

#[async_proc]
async fn count(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + count(n - 1).await }
}

fn main() {
    drop(count(3));
}

//@ differs E0733: the place is that of the word `async`, as of an `async` block
