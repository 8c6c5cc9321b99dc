//! Suspensions in match guards.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn kind(number: u32) -> &'static str {
    match number {
        0 => "nothing",
        n if ready(n).await % 2 == 0 => "even",
        1 => {
            ready(()).await;
            "one"
        }
        _ => "odd",
    }
}

fn main() {
    drop(kind(3));
}
