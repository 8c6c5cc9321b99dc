//! Which operand of `+=` comes first depends on its type.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn add(numbers: &mut Vec<u32>) {
    *numbers.iter_mut().next().unwrap() += ready(1).await;
}

fn main() {
    drop(add(&mut vec![1]));
}
