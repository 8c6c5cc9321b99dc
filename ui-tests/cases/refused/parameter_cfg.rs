//! A parameter that may not be there.

use async_proc::prelude::*;

#[async_proc]
async fn sum(one: u32, #[cfg(all())] two: u32) -> u32 {
    one + two
}

fn main() {
    drop(sum(1, 2));
}
