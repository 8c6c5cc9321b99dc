//! E0382: parts of tuples, captures and values of loops, moved before a suspension.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn part(pair: (String, String)) -> usize {
    let first = pair.0;
    ready(()).await;
    first.len() + pair.0.len()
}

#[async_proc]
async fn captured(name: String) -> usize {
    let closure = move || name.len();
    ready(()).await;
    closure() + name.len()
}

#[async_proc]
async fn every_turn(name: String) {
    for _ in 0..2 {
        ready(()).await;
        drop(name);
    }
}

#[async_proc]
async fn awaited_twice(task: impl std::future::Future<Output = u32>) -> u32 {
    let first = task.await;
    let second = task.await;
    first + second
}

#[async_proc]
async fn matched(name: Option<String>) -> usize {
    let len = match name {
        Some(name) => ready(name).await.len(),
        None => 0,
    };
    len + name.map_or(0, |name| name.len())
}

fn main() {
    drop(part((String::new(), String::new())));
    drop(captured(String::new()));
    drop(every_turn(String::new()));
    drop(awaited_twice(ready(1)));
    drop(matched(None));
}

//@ twice E0507@13: the machine holds the variable behind a pointer
