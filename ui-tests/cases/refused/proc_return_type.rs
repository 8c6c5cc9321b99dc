//! A proc returns a `Future<T>`.

use async_proc::prelude::*;

#[async_proc]
fn one() -> Result<u32, Error> {
    Ok(1)
}

#[async_proc]
fn hidden() -> impl std::future::Future<Output = u32> {
    1
}

fn main() {
    let _: Result<u32, Error> = one();
    drop(hidden());
}
