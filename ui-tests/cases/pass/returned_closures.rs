//! What is returned as `impl Trait` may be a closure, which is another one in the machine.

#![deny(warnings)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn adds(step: u32) -> impl Fn(u32) -> u32 {
    ready(()).await;
    move |number: u32| number + step
}

#[async_proc]
async fn later(step: u32) -> impl std::future::Future<Output = u32> {
    ready(()).await;
    async move { ready(step).await }
}

fn main() -> Result<(), Error> {
    let result = wait_for(sum())?;
    assert_eq!(result, 7);
    Ok(())
}

#[async_proc]
fn sum() -> Future<u32> {
    let add = adds(1).await;
    Ok(add(2) + later(4).await.await)
}
