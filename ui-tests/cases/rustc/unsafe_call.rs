//! E0133: the machine's own `unsafe` is not the user's.

use async_proc::prelude::*;
use std::future::ready;

unsafe fn dangerous() -> u32 {
    1
}

#[async_proc]
async fn careless(pointer: *const u32) -> u32 {
    ready(()).await;
    dangerous() + *pointer
}

fn main() {
    drop(careless(&1));
}
