//! Where the order of evaluation depends on types.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn compared(mut numbers: Vec<u32>) -> bool {
    numbers[0] == {
        numbers.push(ready(1).await);
        1
    }
}

fn main() {
    drop(compared(vec![1]));
}
