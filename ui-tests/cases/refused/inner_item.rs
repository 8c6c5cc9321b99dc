//! Items between statements that suspend, and an `impl` in an inner block.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn size(wide: bool) -> usize {
    if wide {
        struct Wide;
        ready(()).await;
        return std::mem::size_of::<Wide>();
    }
    4
}

#[async_proc]
async fn length() -> usize {
    {
        struct Long;
        impl Long {
            fn length(&self) -> usize {
                8
            }
        }
        Long.length()
    }
}

fn main() {
    drop(size(true));
    drop(length());
}
