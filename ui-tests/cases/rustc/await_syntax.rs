//! `await` in other languages' places: rustc refuses it before any macro sees it.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn prefix() -> u32 {
    await ready(1)
}

fn main() {
    drop(prefix());
}
