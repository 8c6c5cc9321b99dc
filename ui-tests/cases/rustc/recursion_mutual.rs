//! E0733: machines that hold each other.

use async_proc::prelude::*;

#[async_proc]
async fn even(n: u32) -> bool {
    n == 0 || odd(n - 1).await
}

#[async_proc]
async fn odd(n: u32) -> bool {
    n != 0 && even(n - 1).await
}

fn main() {
    drop(even(3));
}

//@ differs E0733: the place is that of the word `async`, as of an `async` block
