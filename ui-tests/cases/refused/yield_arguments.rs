//! `yield_fut!` and `await_fut!` take one future.

use async_proc::prelude::*;

#[async_proc]
fn two(one: Future<u32>, two: Future<u32>) -> Future<u32> {
    let pair = yield_fut!(one, two);
    let _ = pair;
    Ok(await_fut!())
}

fn main() {
    drop(two(Future::ready(1), Future::ready(2)));
}
