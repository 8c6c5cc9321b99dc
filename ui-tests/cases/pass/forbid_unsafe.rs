//! What the compiler emits does not count as the user's `unsafe`.

#![forbid(unsafe_code)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn lazy(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        sum += ready(name.len()).await;
    }
    sum
}

#[async_proc]
fn proc(names: Vec<String>) -> Future<usize> {
    let sum = lazy(&names).await;
    let same = yield_fut!(Future::ready(sum));
    Ok(await_fut!(same))
}

fn main() {
    let names = vec![String::from("one"), String::from("three")];
    assert_eq!(wait_for(proc(names)).unwrap(), 8);
}
