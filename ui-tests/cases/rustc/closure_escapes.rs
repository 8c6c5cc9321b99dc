//! E0373: a closure that outlives the variable it borrows.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn counter(step: u32) -> impl Fn(u32) -> u32 {
    ready(()).await;
    |number: u32| number + step
}

#[async_proc]
async fn boxed() -> Box<dyn Fn() -> u32> {
    let step = ready(1).await;
    Box::new(|| step)
}

fn main() {
    drop(counter(1));
    drop(boxed());
}

//@ twice E0373@15: the machine returns it in another expression
//@ differs E0597: rustc says it in other words of a block
