//! E0596, E0594: changing what a local only borrows.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn local(numbers: Vec<u32>) -> usize {
    let borrowed = &numbers;
    ready(()).await;
    borrowed.push(1);
    borrowed.len()
}

#[async_proc]
async fn item(numbers: Vec<u32>) {
    for number in &numbers {
        ready(()).await;
        *number = 1;
    }
}

#[async_proc]
async fn in_rc(numbers: std::rc::Rc<Vec<u32>>) {
    ready(()).await;
    numbers.push(1);
}

fn main() {
    drop(local(Vec::new()));
    drop(item(Vec::new()));
    drop(in_rc(Vec::new().into()));
}

//@ twice E0594@18: what a reference refers to is reached as it was written
//@ twice E0596@10,25: what a reference refers to is reached as it was written
