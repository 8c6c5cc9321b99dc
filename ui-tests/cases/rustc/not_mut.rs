//! E0596, E0384: changing what was not declared `mut`.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn parameter(numbers: Vec<u32>) -> usize {
    ready(()).await;
    numbers.push(1);
    numbers.len()
}

#[async_proc]
async fn local() -> u32 {
    let number = ready(1).await;
    number += 1;
    ready(()).await;
    number
}

#[async_proc]
async fn behind_reference(numbers: &Vec<u32>) {
    ready(()).await;
    numbers.push(1);
}

fn main() {
    drop(parameter(Vec::new()));
    drop(local());
    drop(behind_reference(&Vec::new()));
}

//@ twice E0596@24: what a reference refers to is reached as it was written
