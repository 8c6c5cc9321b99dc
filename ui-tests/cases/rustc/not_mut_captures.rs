//! E0596, E0594: what was not declared `mut`, in patterns, closures, and behind references.

use async_proc::prelude::*;
use std::future::ready;

struct Counter {
    count: u32,
}

#[async_proc]
async fn pattern((left, right): (Vec<u32>, u32)) -> usize {
    ready(()).await;
    left.push(right);
    left.len()
}

#[async_proc]
async fn closure(count: u32) -> u32 {
    let add = || count += 1;
    ready(()).await;
    add();
    count
}

#[async_proc]
async fn field(counter: Counter) -> u32 {
    ready(()).await;
    counter.count = 1;
    counter.count
}

#[async_proc]
async fn field_behind(counter: &Counter) {
    ready(()).await;
    counter.count = 1;
}

#[async_proc]
async fn compound_behind(counter: &Counter) {
    ready(()).await;
    counter.count += 1;
}

#[async_proc]
async fn through(number: &u32) {
    ready(()).await;
    *number = 1;
}

#[async_proc]
async fn awaited_through(number: &u32) {
    *number = ready(1).await;
}

impl Counter {
    #[async_proc]
    async fn count(&self) {
        ready(()).await;
        self.count += 1;
    }
}

#[async_proc]
async fn reborrowed(numbers: &Vec<u32>) {
    let unique = &mut *numbers;
    ready(()).await;
    unique.push(1);
}

fn main() {
    drop(pattern((Vec::new(), 1)));
    drop(closure(1));
    drop(field(Counter { count: 0 }));
    drop(field_behind(&Counter { count: 0 }));
    drop(compound_behind(&Counter { count: 0 }));
    drop(through(&1));
    drop(awaited_through(&1));
    drop(Counter { count: 0 }.count());
    drop(reborrowed(&Vec::new()));
}
