//! Where the order of evaluation depends on types.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn add(numbers: &mut Vec<u32>) {
    *numbers.iter_mut().next().unwrap() += ready(1).await;
}

#[async_proc]
async fn compared(mut numbers: Vec<u32>) -> bool {
    numbers[0] == {
        numbers.push(ready(1).await);
        1
    }
}

fn main() {
    drop(add(&mut vec![1]));
    drop(compared(vec![1]));
}
