//! The attribute takes no arguments.

use async_proc::prelude::*;

#[async_proc(lazy)]
async fn one() -> u32 {
    1
}

#[async_proc]
async fn caller() -> u32 {
    one().await
}

fn main() {
    drop(caller());
}
