//@ procs
//! The lints `unused`: once, on the user's own names.

#![deny(unused)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn variables(argument: u32, mut other: u32) -> u32 {
    let variable = ready(1).await;
    let mut number = 2;
    ready(number).await;
    number = 3;
    return other;
    ready(()).await;
}

#[async_proc]
fn proc(argument: u32) -> Future<u32> {
    let (left, right) = ready((1, 2)).await;
    Ok(left)
}

fn main() {
    drop(variables(1, 2));
    drop(proc(1));
}
